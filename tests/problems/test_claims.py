"""Whose a photo is: it proves one thing, and only for who took it (design.md, "Claims")."""

from uuid import uuid4

import pytest

from server.acceptance.actions import reopen
from server.inspections.actions import Received, VisitDraft, submit_visit
from server.plans.actions import MeasureDraft
from server.progress.actions import report_progress
from server.runtime.refusals import Conflict
from tests.world import IN_STONE_BRIDGE, World, day

pytestmark = pytest.mark.django_db


def test_a_visit_does_not_rest_on_the_photos_of_the_unit_it_visits(world: World) -> None:
    """An application holds them and nothing else does: they are the town's all the same."""
    problem = world.applied()
    problem.claims.exclude(record_kind="application").delete()
    towns = problem.photos.get(photo_stage="after").pk
    visit = VisitDraft(problem.pk, day(1), IN_STONE_BRIDGE, "rectified", "合格", [towns])
    with pytest.raises(Conflict):
        submit_visit(uuid4(), visit, Received("{}", "0" * 64, "0" * 64), by=world.inspector, at=day(1))
    own = VisitDraft(problem.pk, day(1), IN_STONE_BRIDGE, "rectified", "合格", [world.photo(at=day(1))])
    submit_visit(uuid4(), own, Received("{}", "1" * 64, "1" * 64), by=world.inspector, at=day(1))


@pytest.mark.clause("18-3")
def test_what_was_done_in_the_round_before_is_not_done_in_the_next(world: World) -> None:
    problem = world.closed()
    done = world.plan_of(problem).measures.all()[0]
    again = MeasureDraft("再次清运", id=done.key)
    document = world.document(world.office)
    reopen(problem.pk, "rebound", "又堆放", [again], day(60).date(), by=world.office, at=day(9), document=document)
    problem = world.again(problem)
    assert (problem.measures_total, problem.measures_done) == (1, 0)


def test_one_main_units_percent_does_not_speak_for_the_other(world: World) -> None:
    problem = world.planned(main_units=["stone_bridge", "lotus"])
    report_progress(problem.pk, 80, "石桥镇已清运", by=world.town_liaison, at=day(1))
    alone = world.again(problem).behind_from
    report_progress(problem.pk, 0, "荷塘镇未动工", by=world.lotus_liaison, at=day(1, 1))
    assert world.again(problem).behind_from == alone
    report_progress(problem.pk, 80, "荷塘镇已清运", by=world.lotus_liaison, at=day(1, 2))
    later = world.again(problem).behind_from
    assert alone is not None
    assert later is not None
    assert later > alone
