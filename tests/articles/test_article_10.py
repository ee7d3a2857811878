"""Spot checks, open and unannounced (Article 10)."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from server.inspections.actions import InspectionDraft, Received, VisitDraft, make_inspection, release, submit_visit
from server.inspections.models import Inspection, SetAside, Visit
from server.inspections.policy import visible_inspections
from server.notices.models import Notice
from server.problems.models import Problem
from server.runtime.refusals import Conflict, Invalid, NotAllowed
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


def test_a_main_units_own_visit_worsens_the_light_and_never_clears_it(world: World) -> None:
    problem = world.planned()
    submit_visit(uuid4(), visit(problem), received("1"), by=world.inspector, at=day(1))
    own = visit(problem, verdict="rectified", observed_at=day(2))
    submit_visit(uuid4(), own, received("2"), by=world.town_head, at=day(2))
    assert world.again(problem).yellow_from == day(1).date()
    theirs = visit(problem, verdict="on_schedule", observed_at=day(3))
    submit_visit(uuid4(), theirs, received("3"), by=world.inspector, at=day(3))
    assert world.again(problem).last_verdict == "on_schedule"
    submit_visit(uuid4(), visit(problem, observed_at=day(4)), received("4"), by=world.town_liaison, at=day(4))
    assert (world.again(problem).last_verdict, world.again(problem).yellow_from) == ("behind", day(4).date())


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
