"""An unannounced inspection is told of by nothing before its release: no mark, time, 409 or entry (Article 10)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest

from server.acceptance.actions import apply_for_acceptance, reopen
from server.acceptance.actions.applying import ApplicationDraft
from server.coordination.verbs import perform
from server.evidence.policy import photos_visible_to
from server.inspections.actions import InspectionDraft, Received, VisitDraft, make_inspection, release, submit_visit
from server.inspections.policy import visits_visible_to
from server.plans.actions import MeasureDraft
from server.problems.actions import correct
from server.problems.models import Problem
from server.problems.policy import entries_visible_to, sealed_for, visible_to
from server.records.models import Entry
from server.runtime.refusals import Invalid, NotThere, WrongState
from server.units.predicates import capacities
from tests.world import IN_STONE_BRIDGE, T0, World, day

pytestmark = [pytest.mark.django_db, pytest.mark.clause("10-2")]


def unannounced(world: World, problems: Sequence[UUID] = (), people: Sequence[str] = ("inspector",), at: float = 1) -> UUID:
    draft = InspectionDraft(kind="spot_check", announced=False, date=T0.date(), people=people, problems=problems)
    return make_inspection(draft, by=world.office, at=day(at)).pk


def visit(world: World, problem: Problem, inspection: UUID | None, at: float = 2, by: str = "inspector", **changes: Any) -> UUID:
    visit_id = uuid4()
    content: dict[str, Any] = {
        "problem": problem.pk,
        "observed_at": day(at),
        "location": IN_STONE_BRIDGE,
        "verdict": "not_started",
        "notes": "未动工",
        "photos": [],
        "inspection": inspection,
        **changes,
    }
    digest = visit_id.hex.ljust(64, "0")
    received_at = changes.pop("received_at", content.pop("received_at", day(at)))
    submit_visit(visit_id, VisitDraft(**content), Received("{}", digest, digest), by=getattr(world, by), at=received_at)
    return visit_id


def row(problem: Problem) -> dict[str, Any]:
    return dict(Problem.objects.filter(pk=problem.pk).values().get())


def test_a_hidden_photo_that_arrives_after_its_visit_changes_nothing_of_the_problem(world: World) -> None:
    problem = world.rectifying(done=False)
    photo = uuid4()
    visit(world, problem, unannounced(world, [problem.pk]), photos=[photo])
    before = row(problem)
    world.photo(at=day(3), stage="after", photo_id=photo)
    assert row(problem) == before
    assert not photos_visible_to(world.town_liaison, day(3)).filter(pk=photo).exists()


def test_a_409_names_who_brought_the_problem_there_and_no_hidden_visitor(world: World) -> None:
    problem = world.rectifying(done=False)
    visit(world, problem, unannounced(world, [problem.pk]))
    with pytest.raises(WrongState) as refused:
        perform(problem.pk, "withdraw", {"reason": "x"}, by=world.town_liaison, at=day(3))
    assert (refused.value.by, refused.value.at) == ("石桥镇 联络员", day(0, 3))


def test_a_409_names_who_changed_the_state_and_not_who_corrected_a_word_since(world: World) -> None:
    problem = world.rectifying(done=False)
    correct(problem.pk, "title", "石桥镇青溪河岸垃圾", "录入有误", by=world.office, at=day(2))
    with pytest.raises(WrongState) as refused:
        perform(problem.pk, "withdraw", {"reason": "x"}, by=world.town_liaison, at=day(3))
    assert refused.value.by == "石桥镇 联络员"


def test_a_problem_is_not_reopened_on_a_visit_still_hidden(world: World) -> None:
    problem = world.closed()
    inspection = unannounced(world, [problem.pk])
    hidden = visit(world, problem, inspection, verdict="rebound")
    content: dict[str, Any] = {"measures": [MeasureDraft("再次清运")], "deadline": day(60).date(), "by": world.office}
    for named in (hidden, uuid4()):
        with pytest.raises(Invalid) as refused:
            reopen(problem.pk, "rebound", "又堆放", at=day(3), visit=named, **content)
        assert [e.field for e in refused.value.errors] == ["visit"]
    release(inspection, by=world.office, at=day(4))
    reopen(problem.pk, "rebound", "又堆放", at=day(5), visit=hidden, **content)
    assert world.again(problem).status == "rectifying"


def test_another_problems_visit_reopens_nothing(world: World) -> None:
    problem, other = world.closed(), world.planned()
    elsewhere = visit(world, other, None)
    with pytest.raises(Invalid) as refused:
        reopen(
            problem.pk,
            "rebound",
            "又堆放",
            [MeasureDraft("再次清运")],
            day(60).date(),
            by=world.office,
            at=day(3),
            visit=elsewhere,
        )
    assert [e.field for e in refused.value.errors] == ["visit"]


def test_what_else_happens_to_a_hidden_find_is_sealed_to_the_auditor_too(world: World) -> None:
    """The office visits the find outside its inspection, and a second inspection goes there and is released."""
    problem = world.report(inspection=unannounced(world), at=day(1))
    second = unannounced(world, [problem.pk], people=["leading_group"])
    visit(world, problem, None, by="office", photos=[world.photo(by=world.office, at=day(2))])
    visit(world, problem, second, by="leading_group")
    release(second, by=world.office, at=day(3))
    auditor = capacities(world.auditor, day(4))
    entries = Entry.objects.filter(problem=problem.pk)
    assert {e.action for e in entries} == {"report", "visit", "photo", "release"}
    assert all(sealed_for(entry, auditor) for entry in entries)
    assert not visible_to(world.town_head, day(4)).filter(pk=problem.pk).exists()


def test_of_two_inspections_at_one_problem_each_keeps_its_own_secret(world: World) -> None:
    problem = world.planned()
    first = unannounced(world, [problem.pk])
    second = unannounced(world, [problem.pk], people=["other_inspector"])
    early = visit(world, problem, first, at=2, verdict="behind")
    late = visit(world, problem, second, at=3, by="other_inspector", verdict="on_schedule")
    assert set(visits_visible_to(world.inspector, day(4)).values_list("pk", flat=True)) == {early}
    release(first, by=world.office, at=day(4))
    seen = set(visits_visible_to(world.town_head, day(5)).values_list("pk", flat=True))
    assert (seen, world.again(problem).last_verdict) == ({early}, "behind")
    assert not entries_visible_to(world.town_head, day(5)).filter(object_id=str(late)).exists()
    release(second, by=world.office, at=day(6))
    assert world.again(problem).last_verdict == "on_schedule"


def test_a_visit_sent_late_to_a_problem_already_released_counts_at_once(world: World) -> None:
    """Single problems were released; the phone's later item belongs to one of them."""
    problem, other = world.planned(), world.planned()
    inspection = unannounced(world, [problem.pk, other.pk])
    release(inspection, [problem.pk], by=world.office, at=day(3))
    late = visit(world, problem, inspection, at=2, received_at=day(4), photos=[world.photo(at=day(2), stage="during")])
    assert visits_visible_to(world.town_head, day(5)).filter(pk=late).exists()
    after = world.again(problem)
    assert (after.last_verdict, after.during_photos) == ("not_started", 1)


def test_a_second_look_at_a_hidden_find_counts_its_photos_at_once(world: World) -> None:
    inspection = unannounced(world)
    find = world.report(inspection=inspection, at=day(1))
    visit(world, find, inspection, photos=[world.photo(at=day(2), stage="after")])
    assert world.again(find).after_photos == 1


def test_a_find_sent_after_the_whole_was_released_is_open(world: World) -> None:
    inspection = unannounced(world)
    first = world.report(inspection=inspection, at=day(1))
    release(inspection, by=world.office, at=day(2))
    late = world.report(inspection=inspection, at=day(3))
    for problem in (first, late):
        assert visible_to(world.town_head, day(4)).filter(pk=problem.pk).exists()


def test_releasing_no_problem_at_all_is_refused(world: World) -> None:
    inspection = unannounced(world)
    world.report(inspection=inspection, at=day(1))
    with pytest.raises(Invalid):
        release(inspection, [], by=world.office, at=day(2))
    assert not Entry.objects.filter(action="release").exists()


def test_an_unknown_signer_tells_nothing_of_a_hidden_problem(world: World) -> None:
    hidden = world.report(inspection=unannounced(world), at=day(1))
    for problem_id in (hidden.pk, uuid4()):
        with pytest.raises(NotThere):
            perform(problem_id, "decide", {"signed_by": "nobody"}, by=world.town_liaison, at=day(2))


def test_a_hidden_after_photo_helps_no_application(world: World) -> None:
    problem = world.rectifying()
    problem.photos.filter(photo_stage="after").update(photo_stage="during")
    hidden = world.photo(at=day(2), stage="after", shade=200)
    visit(world, problem, unannounced(world, [problem.pk]), photos=[hidden], verdict="rectified")
    draft = ApplicationDraft(statement="完成", registration_form=world.document(world.town_liaison))
    with pytest.raises(Invalid) as refused:
        apply_for_acceptance(problem.pk, draft, by=world.town_liaison, at=day(3))
    assert "no_after" in {e.code for e in refused.value.errors}
