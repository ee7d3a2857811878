"""Who makes an inspection opens its route to the people named: a unit opens nothing that is not theirs to see (Article 10)."""

import pytest

from server.inspections.actions import InspectionDraft, Received, VisitDraft, make_inspection, submit_visit
from server.problems.policy import visible_to
from server.runtime.refusals import Invalid
from tests.world import IN_STONE_BRIDGE, T0, World, day

pytestmark = pytest.mark.django_db


def test_a_units_self_check_opens_nothing_to_another_unit(world: World) -> None:
    problem = world.planned()
    for more in ({"people": ["lotus_liaison"]}, {"people": ["town_liaison"], "led_by": "lotus_head"}):
        draft = InspectionDraft(kind="self_check", announced=True, date=T0.date(), problems=[problem.pk], **more)
        with pytest.raises(Invalid) as refused:
            make_inspection(draft, by=world.town_head, at=day(1))
        assert {e.code for e in refused.value.errors} == {"unknown"}
    assert not visible_to(world.lotus_liaison, day(2)).filter(pk=problem.pk).exists()


def test_a_unit_names_its_own_people_and_who_sees_the_route_anyway(world: World) -> None:
    problem = world.planned()
    draft = InspectionDraft(
        kind="site_check",
        announced=True,
        date=T0.date(),
        people=["supervisor_liaison", "second_supervisor_liaison"],
        problems=[problem.pk],
    )
    assert make_inspection(draft, by=world.supervisor_head, at=day(1)).people.count() == 2


def test_the_inspected_unit_puts_no_visit_of_its_own_among_the_inspectors(world: World) -> None:
    problem = world.planned()
    draft = InspectionDraft(
        kind="spot_check", announced=True, date=T0.date(), people=["inspector"], units=["stone_bridge"], problems=[problem.pk]
    )
    inspection = make_inspection(draft, by=world.office, at=day(1))
    visit = VisitDraft(problem.pk, day(2), IN_STONE_BRIDGE, "rectified", "已完成", [], inspection=inspection.pk)
    with pytest.raises(Invalid) as refused:
        submit_visit(inspection.pk, visit, Received("{}", "0" * 64, "0" * 64), by=world.town_liaison, at=day(2))
    assert [(e.field, e.code) for e in refused.value.errors] == [("inspection", "unknown")]
    submit_visit(inspection.pk, visit, Received("{}", "0" * 64, "0" * 64), by=world.inspector, at=day(2))
