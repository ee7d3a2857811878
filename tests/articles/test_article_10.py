"""Spot checks, open and unannounced (Article 10)."""

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest

from server.acceptance.actions import reassign
from server.inspections.actions import InspectionDraft, Received, VisitDraft, make_inspection, release, submit_visit
from server.inspections.models import Inspection, SetAside, Visit
from server.inspections.policy import visible_inspections
from server.notices.models import Notice
from server.problems.models import Problem
from server.runtime.refusals import Conflict, Invalid, NotAllowed
from server.units.models import Person, RoleHolding
from server.units.roles import Role
from tests.world import IN_STONE_BRIDGE, T0, World, day

pytestmark = pytest.mark.django_db


def visit(problem: Problem, **changes: object) -> VisitDraft:
    content: dict[str, object] = {
        "problem": problem.pk,
        "observed_at": day(1),
        "location": IN_STONE_BRIDGE,
        "verdict": "behind",
        "notes": "仅完成一半",
        "photos": [],
        **changes,
    }
    return VisitDraft(**content)  # type: ignore[arg-type]  # tests hand over wrong kinds on purpose


def received(text: str = "{}") -> Received:
    return Received(text, text.ljust(64, "0")[:64], text.ljust(64, "0")[:64])


@pytest.mark.clause("10-1")
def test_a_spot_check_has_a_leader_people_units_and_a_route(world: World) -> None:
    problem = world.planned()
    draft = InspectionDraft(
        kind="spot_check",
        announced=True,
        date=T0.date(),
        people=["inspector", "supervisor_liaison"],
        led_by="oversight_leader",
        units=["stone_bridge"],
        problems=[problem.pk],
        note="城北河段",
    )
    inspection = make_inspection(draft, by=world.oversight_leader, at=day(1))
    assert inspection.led_by == world.oversight_leader
    assert inspection.people.count() == 2
    assert [s.problem_id for s in inspection.stops.all()] == [problem.pk]


def test_unknown_people_and_hidden_problems_are_named_alike(world: World) -> None:
    draft = InspectionDraft(kind="spot_check", announced=True, date=T0.date(), people=["nobody"], problems=[uuid4()])
    with pytest.raises(Invalid) as refused:
        make_inspection(draft, by=world.office, at=day(1))
    assert {(e.field, e.code) for e in refused.value.errors} == {("people", "unknown"), ("problems", "unknown")}
    assert not Inspection.objects.exists()


@pytest.mark.clause("10-4")
def test_a_visit_keeps_place_time_people_verdict_measures_and_enterprise(world: World) -> None:
    problem = world.rectifying(done=False)
    measures = [{"id": str(m.key), "state": "partly"} for m in world.plan_of(problem).measures.all()]
    draft = visit(problem, people=["林静", "郑凯"], measures=measures, enterprise="某砂石厂", accuracy_m=6.0)
    accepted = submit_visit(uuid4(), draft, received(), by=world.inspector, at=day(1))
    row = Visit.objects.get(pk=accepted.submission.pk)
    assert (row.lon, row.lat, row.accuracy_m) == (118.31, 30.91, 6.0)
    assert (row.people, row.measures, row.enterprise, row.verdict) == (["林静", "郑凯"], measures, "某砂石厂", "behind")


def test_a_visit_that_finds_it_behind_turns_the_problem_yellow(world: World) -> None:
    problem = world.planned()
    submit_visit(uuid4(), visit(problem), received(), by=world.inspector, at=day(1))
    assert world.again(problem).yellow_from == day(1).date()


def test_a_visit_to_a_problem_closed_meanwhile_is_accepted_and_marked_late(world: World) -> None:
    problem = world.closed()
    draft = visit(problem, observed_at=day(0, 6.5), verdict="rectified")
    accepted = submit_visit(uuid4(), draft, received(), by=world.inspector, at=day(2))
    assert accepted.hints == [{"code": "late"}]


def test_a_look_back_at_a_closed_problem_is_not_late(world: World) -> None:
    problem = world.closed()
    accepted = submit_visit(
        uuid4(), visit(problem, observed_at=day(90), verdict="closed_holds"), received(), by=world.inspector, at=day(90)
    )
    assert accepted.hints == []


def test_the_same_visit_again_changes_nothing_and_another_content_is_set_aside(world: World) -> None:
    problem, visit_id = world.planned(), uuid4()
    first = submit_visit(visit_id, visit(problem), received("one"), by=world.inspector, at=day(1))
    again = submit_visit(visit_id, visit(problem), received("one"), by=world.inspector, at=day(2))
    assert (first.created, again.created, first.submission.body_sha256) == (True, False, again.submission.body_sha256)
    with pytest.raises(Conflict):
        submit_visit(visit_id, visit(problem, verdict="rectified"), received("two"), by=world.inspector, at=day(2))
    with pytest.raises(Conflict):
        submit_visit(visit_id, visit(problem), received("one"), by=world.other_inspector, at=day(2))
    assert Visit.objects.get().verdict == "behind"
    assert {(s.person.username, s.body) for s in SetAside.objects.all()} == {("inspector", "two"), ("other_inspector", "one")}


def test_a_time_ahead_of_the_clock_is_refused(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        submit_visit(uuid4(), visit(world.planned(), observed_at=day(2)), received(), by=world.inspector, at=day(1))
    assert [e.code for e in refused.value.errors] == ["in_future"]


def test_an_unknown_problem_and_a_hidden_one_are_refused_alike(world: World) -> None:
    hidden = world.report(by=world.town_liaison)
    for problem_id in (hidden.pk, UUID(int=9)):
        with pytest.raises(Invalid) as refused:
            submit_visit(uuid4(), replace(visit(hidden), problem=problem_id), received(), by=world.inspector, at=day(1))
        assert [(e.field, e.code) for e in refused.value.errors] == [("problem", "unknown")]


def test_a_unit_visits_what_it_is_named_in_and_nothing_else(world: World) -> None:
    named, area = world.planned(), world.listed()
    submit_visit(uuid4(), visit(named), received(), by=world.town_liaison, at=day(1))
    with pytest.raises(NotAllowed):
        submit_visit(uuid4(), visit(area), received(), by=world.town_liaison, at=day(1))


def test_who_makes_an_unannounced_check_goes_on_seeing_it_and_is_named_in_it(world: World) -> None:
    draft = InspectionDraft(kind="spot_check", announced=False, date=T0.date(), people=["inspector"])
    by_bureau = make_inspection(draft, by=world.inspection_bureau, at=day(1))
    assert {person.username for person in by_bureau.people.all()} == {"inspector", "inspection_bureau"}
    assert visible_inspections(world.inspection_bureau, day(1)).filter(pk=by_bureau.pk).exists()
    by_office = make_inspection(draft, by=world.office, at=day(1))
    assert {person.username for person in by_office.people.all()} == {"inspector"}


def seen(world: World, problem: Problem, verdict: str, by: Person, n: int) -> tuple[str, date | None]:
    """What stands on the problem after one more visit on day n."""
    made = visit(problem, verdict=verdict, observed_at=day(n))
    submit_visit(uuid4(), made, received(f"{n}"), by=by, at=day(n))
    again = world.again(problem)
    return again.last_verdict, again.last_verdict_on


@pytest.mark.clause("15-1")
def test_a_main_units_own_visit_never_clears_its_light(world: World) -> None:
    problem = world.planned()
    first = ("not_started", day(1).date())
    assert seen(world, problem, "not_started", world.inspector, 1) == first
    assert seen(world, problem, "rectified", world.town_head, 2) == first
    assert seen(world, problem, "behind", world.town_liaison, 3) == first
    assert world.again(problem).yellow_from == day(1).date()
    assert seen(world, problem, "on_schedule", world.inspector, 4) == ("on_schedule", day(4).date())


@pytest.mark.clause("15-1")
@pytest.mark.parametrize("verdict", ["behind", "not_started", "rebound"])
def test_a_main_units_own_bad_word_counts(world: World, verdict: str) -> None:
    problem = world.planned()
    seen(world, problem, "rectified", world.inspector, 1)
    assert seen(world, problem, verdict, world.town_liaison, 2) == (verdict, day(2).date())


@pytest.mark.clause("15-1")
@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.OFFICE, Role.SPECIAL_SUPERVISOR])
def test_whatever_else_its_people_are_a_main_unit_does_not_clear_itself(world: World, role: Role) -> None:
    problem = world.planned()
    seen(world, problem, "behind", world.other_inspector, 1)
    RoleHolding.objects.create(person=world.inspector, role=role, unit_id="stone_bridge", from_date=T0.date())
    assert seen(world, problem, "rectified", world.inspector, 2) == ("behind", day(1).date())


@pytest.mark.clause("15-1")
def test_the_good_word_of_a_unit_that_becomes_a_main_unit_falls_away(world: World) -> None:
    problem = world.planned(assisting_units=["lotus"])
    seen(world, problem, "behind", world.inspector, 1)
    assert seen(world, problem, "rectified", world.lotus_liaison, 2)[0] == "rectified"
    document = world.document(world.office)
    reassign(problem.pk, "同为责任单位", document, by=world.office, at=day(3), main_units=["stone_bridge", "lotus"])
    assert world.again(problem).last_verdict == "behind"


def test_a_find_that_another_check_still_hides_is_told_of_when_that_one_is_released(world: World) -> None:
    draft = InspectionDraft(kind="spot_check", announced=False, date=T0.date(), people=["inspector"])
    first = make_inspection(draft, by=world.office, at=day(1))
    found = world.report(at=day(1), inspection=first.pk)
    second = make_inspection(replace(draft, problems=[found.pk]), by=world.office, at=day(2))
    release(second.pk, by=world.office, at=day(3))
    assert not Notice.objects.filter(code="findings_released").exists()
    release(first.pk, by=world.office, at=day(4))
    assert {notice.at for notice in Notice.objects.filter(code="findings_released", subject=found.pk)} == {day(4)}


def test_a_release_tells_the_units_that_may_know_from_then_on(world: World) -> None:
    known = world.planned()
    draft = InspectionDraft(kind="spot_check", announced=False, date=T0.date(), people=["inspector"], problems=[known.pk])
    inspection = make_inspection(draft, by=world.office, at=day(1))
    found = world.report(at=day(1), inspection=inspection.pk)
    submit_visit(uuid4(), visit(known, inspection=inspection.pk), received(), by=world.inspector, at=day(1))
    told = Notice.objects.filter(code="findings_released")
    assert not told.exists()
    release(inspection.pk, by=world.office, at=day(2))
    town = {"town_head", "town_liaison"}
    supervisors = {"supervisor_head", "supervisor_liaison", "second_supervisor_head", "second_supervisor_liaison"}
    assert {notice.person.username for notice in told.filter(subject=found.pk)} == town
    assert {notice.person.username for notice in told.filter(subject=known.pk)} == town | supervisors


@pytest.mark.clause("6-8", "6-13")
def test_a_find_on_a_leaders_oversight_is_that_leaders_and_one_of_a_spot_check_is_other(world: World) -> None:
    for kind, way in (("oversight", "oversight_leader"), ("spot_check", "other"), ("look_back", "")):
        draft = InspectionDraft(kind=kind, announced=True, date=T0.date(), people=["inspector"], led_by="oversight_leader")
        inspection = make_inspection(draft, by=world.office, at=day(1))
        assert world.report(at=day(1), inspection=inspection.pk).discovery == way
    said = world.report(at=day(1), inspection=inspection.pk, discovery="petition")
    assert said.discovery == "petition"
