"""Who sees a problem (rules.md, "People see"): one queryset, asked here for every role in every situation that matters."""

from uuid import UUID

import pytest

from server.evidence.policy import photos_visible_to
from server.inspections.actions import InspectionDraft, Received, VisitDraft, make_inspection, release, submit_visit
from server.inspections.policy import visible_inspections, visits_visible_to
from server.problems.actions import cancel, merge, return_problem
from server.problems.models import Problem
from server.problems.policy import entries_visible_to, visible_to
from tests.world import IN_LOTUS, IN_STONE_BRIDGE, OUTSIDE, T0, World, day

pytestmark = pytest.mark.django_db

EVERYTHING = {"office", "leading_group"}
LISTED = EVERYTHING | {
    "committee_government",
    "district_leader",
    "other_district_leader",
    "oversight_leader",
    "inspection_bureau",
    "inspector",
    "other_inspector",
}
STONE_BRIDGE = {"town_head", "town_liaison"}
LOTUS = {"lotus_head", "lotus_liaison"}
SUPERVISING = {"supervisor_head", "supervisor_liaison", "second_supervisor_head", "second_supervisor_liaison", "ecology_head"}


def who_sees(world: World, problem: Problem, at_day: float = 5) -> set[str]:
    return {name for name, person in world.people.items() if visible_to(person, day(at_day)).filter(pk=problem.pk).exists()}


@pytest.mark.clause("1-3")
def test_a_report_is_seen_by_the_office_and_who_made_it(world: World) -> None:
    assert who_sees(world, world.report()) == EVERYTHING | {"inspector"}


def test_a_units_report_is_seen_by_its_people(world: World) -> None:
    assert who_sees(world, world.report(by=world.town_liaison)) == EVERYTHING | STONE_BRIDGE


@pytest.mark.clause("1-1")
@pytest.mark.clause("4-3")
def test_from_listing_on_leaders_the_area_and_the_sectors_departments_see_it(world: World) -> None:
    assert who_sees(world, world.listed()) == LISTED | STONE_BRIDGE | SUPERVISING | {"special_supervisor"}


def test_another_town_sees_nothing_of_it(world: World) -> None:
    assert not who_sees(world, world.planned()) & LOTUS


@pytest.mark.clause("3-3")
def test_a_unit_named_from_elsewhere_sees_it(world: World) -> None:
    assert who_sees(world, world.planned(main_units=["lotus"])) >= LOTUS


@pytest.mark.clause("6-9")
def test_a_special_supervisor_sees_area_and_sector_and_no_more(world: World) -> None:
    elsewhere = world.listed(problem=world.report(location=IN_LOTUS), sector="water")
    assert "special_supervisor" not in who_sees(world, elsewhere)
    sector = world.listed(problem=world.report(location=IN_LOTUS))
    assert "special_supervisor" in who_sees(world, sector)


def test_a_department_sees_listed_problems_of_its_sectors_alone(world: World) -> None:
    air = world.listed(problem=world.report(), sector="air")
    assert "second_supervisor_head" not in who_sees(world, air)
    assert "ecology_head" in who_sees(world, air)


def test_administrators_auditor_and_discipline_see_none(world: World) -> None:
    problem = world.listed()
    assert not who_sees(world, problem) & {"admin", "security_admin", "auditor", "discipline"}


def test_a_returned_report_stays_with_office_and_reporter(world: World) -> None:
    problem = world.report()
    return_problem(problem.pk, "不属突出问题", by=world.office, at=day(1))
    assert who_sees(world, problem) == EVERYTHING | {"inspector"}


def test_a_cancelled_problem_is_seen_by_who_saw_it_before(world: World) -> None:
    problem = world.listed()
    before = who_sees(world, problem)
    cancel(problem.pk, "不属实", world.document(world.office), by=world.office, at=day(1))
    assert who_sees(world, problem) == before


def test_a_report_merged_before_listing_opens_to_nobody(world: World) -> None:
    known, report = world.listed(), world.report()
    merge(report.pk, known.pk, by=world.office, at=day(1))
    assert who_sees(world, report) == EVERYTHING | {"inspector"}


def test_a_find_of_an_announced_inspection_is_seen_by_the_areas_unit_at_once(world: World) -> None:
    draft = InspectionDraft(kind="spot_check", announced=True, date=T0.date(), people=["inspector", "other_inspector"])
    inspection = make_inspection(draft, by=world.office, at=T0)
    problem = world.report(inspection=inspection.pk)
    assert who_sees(world, problem) == EVERYTHING | {"inspector", "other_inspector"} | STONE_BRIDGE


def test_an_oversight_find_is_seen_by_the_sectors_lead_for_its_stamp(world: World) -> None:
    problem = world.report(by=world.oversight_leader, sector="waste", discovery="oversight_leader")
    assert who_sees(world, problem) == EVERYTHING | {"oversight_leader", "supervisor_head", "supervisor_liaison"}


def test_a_point_outside_every_area_goes_to_the_office(world: World) -> None:
    problem = world.report(location=OUTSIDE)
    assert problem.outside_district
    assert who_sees(world, problem) == EVERYTHING | {"inspector"}


# -- an unannounced inspection: every other right to see yields ------------------------------------------------------------


def unannounced(world: World, problems: list[UUID] | None = None) -> UUID:
    draft = InspectionDraft(
        kind="spot_check",
        announced=False,
        date=T0.date(),
        people=["inspector"],
        led_by="oversight_leader",
        problems=problems or [],
    )
    return make_inspection(draft, by=world.office, at=day(1)).pk


ITS_PEOPLE = EVERYTHING | {"inspector", "oversight_leader"}


@pytest.mark.clause("10-2")
def test_the_find_is_seen_by_its_people_alone_even_where_others_would_see_it_by_right(world: World) -> None:
    problem = world.report(inspection=unannounced(world), at=day(1))
    assert who_sees(world, problem) == ITS_PEOPLE


def test_the_visit_and_its_photos_are_hidden_while_the_known_problem_stays_visible(world: World) -> None:
    problem = world.rectifying(done=False)
    inspection = unannounced(world, [problem.pk])
    photo = world.photo(at=day(2), stage="after")
    visit = VisitDraft(
        problem=problem.pk,
        observed_at=day(2),
        location=IN_STONE_BRIDGE,
        verdict="not_started",
        notes="现场未动工",
        photos=[photo],
        inspection=inspection,
    )
    before = (world.again(problem).yellow_from, world.again(problem).after_photos, world.again(problem).updated_at)
    submit_visit(UUID(int=7), visit, Received("{}", "0" * 64, "0" * 64), by=world.inspector, at=day(2))
    hidden_from = world.town_liaison

    def sees() -> tuple[bool, bool, bool, bool]:
        return (
            visits_visible_to(hidden_from, day(3)).exists(),
            photos_visible_to(hidden_from, day(3)).filter(pk=photo).exists(),
            entries_visible_to(hidden_from, day(3))
            .filter(object_type__in=["visit", "photo"], object_id__in=[UUID(int=7), photo])
            .exists(),
            visible_inspections(hidden_from, day(3)).exists(),
        )

    assert visible_to(hidden_from, day(3)).filter(pk=problem.pk).exists()
    assert sees() == (False, False, False, False)
    after = world.again(problem)
    assert (after.yellow_from, after.after_photos, after.updated_at) == before
    release(inspection, by=world.leading_group, at=day(3))
    assert sees() == (True, True, True, True)
    after = world.again(problem)
    assert (after.last_verdict, after.after_photos) == ("not_started", 1)


def test_single_problems_can_be_released_while_the_rest_stays_hidden(world: World) -> None:
    inspection = unannounced(world)
    first, second = (world.report(inspection=inspection, at=day(2)) for _n in range(2))
    release(inspection, [first.pk], by=world.oversight_leader, at=day(3))
    assert who_sees(world, first) == ITS_PEOPLE | STONE_BRIDGE
    assert who_sees(world, second) == ITS_PEOPLE
    assert not visible_inspections(world.town_head, day(3)).exists()
    assert visible_inspections(world.inspector, day(3)).exists()


def test_a_find_leaves_no_gap_in_the_numbers(world: World) -> None:
    world.report(inspection=unannounced(world), at=day(1))
    assert world.listed(at=day(2)).number == "2026-001"
