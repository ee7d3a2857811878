"""Ids and values a client may choose: whatever they are, the answer is a refusal and never a fault (hostile.md)."""

from typing import Any
from uuid import uuid4

import pytest

from server.acceptance.actions import file_closure
from server.coordination.verbs import perform
from server.inspections.actions import SiteDraft
from server.problems.models import Problem
from server.problems.policy import visible_to
from server.runtime.refusals import Invalid
from tests.world import IN_STONE_BRIDGE, World, day

pytestmark = pytest.mark.django_db


def codes(refused: pytest.ExceptionInfo[Invalid]) -> set[tuple[str, str]]:
    return {(e.field, e.code) for e in refused.value.errors}


def test_a_site_does_not_take_an_id_that_is_taken(world: World) -> None:
    """Another problem's, seen or hidden alike, and the same one twice in one report."""
    hidden = world.report(by=world.town_liaison)
    with pytest.raises(Invalid) as refused:
        world.report(by=world.lotus_liaison, sites=[SiteDraft(hidden.pk, "南侧", IN_STONE_BRIDGE)])
    assert codes(refused) == {("sites.0.id", "in_use")}
    twice = uuid4()
    with pytest.raises(Invalid) as refused:
        world.report(sites=[SiteDraft(twice, "南侧", IN_STONE_BRIDGE), SiteDraft(twice, "北侧", IN_STONE_BRIDGE)])
    assert codes(refused) == {("sites.1.id", "in_use")}
    assert Problem.objects.count() == 1
    free = uuid4()
    assert world.report(sites=[SiteDraft(free, "南侧", IN_STONE_BRIDGE)]).sites.filter(pk=free).exists()


def test_a_site_added_later_does_not_take_an_id_that_is_taken(world: World) -> None:
    problem, other = world.listed(), world.report()
    body = {"id": str(other.pk), "name": "南侧", "location": IN_STONE_BRIDGE}
    with pytest.raises(Invalid) as refused:
        perform(problem.pk, "add_site", body, by=world.office, at=day(1))
    assert codes(refused) == {("id", "in_use")}
    perform(problem.pk, "add_site", {**body, "id": str(uuid4())}, by=world.office, at=day(1))
    assert problem.sites.count() == 2


@pytest.mark.parametrize("rows", ["measures", "stages"])
def test_two_rows_of_a_plan_have_not_the_same_id(world: World, rows: str) -> None:
    problem, same = world.listed(), str(uuid4())
    stages = [{"id": None, "goal": "过半", "due": "2026-04-01"}, {"id": None, "goal": "完成", "due": "2026-05-31"}]
    body: dict[str, Any] = {
        "kind": "long_term",
        "goal": "河岸无垃圾",
        "measures": [{"text": "清运"}, {"text": "设牌"}],
        "stages": stages,
        "main_units": ["stone_bridge"],
        "supervising_units": ["urban"],
        "deadline": "2026-05-31",
        "approvals": [{"step": "审核", "by": "王主任", "date": "2026-03-02"}],
        "document_number": "示整改办〔2026〕1号",
    }
    doubled = {**body, rows: [{**row, "id": same} for row in body[rows]]}
    with pytest.raises(Invalid) as refused:
        perform(problem.pk, "issue_plan", doubled, by=world.office, at=day(0, 2))
    assert (rows, "twice") in codes(refused)
    perform(problem.pk, "issue_plan", body, by=world.office, at=day(0, 2))


def test_a_filing_number_is_not_used_again(world: World) -> None:
    first, second = world.closed(), world.closed()
    file_closure(first.pk, "备2026-甲", by=world.office, at=day(1))
    with pytest.raises(Invalid) as refused:
        file_closure(second.pk, "备2026-甲", by=world.office, at=day(1))
    assert codes(refused) == {("filing_number", "in_use")}
    assert world.again(second).status == "closed"
    file_closure(second.pk, by=world.office, at=day(2))
    assert world.again(second).filing_number == "备2026-001"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("category", ["water"]),
        ("category", {"a": 1}),
        ("further_categories", [["water"]]),
        ("further_categories", ["water", "water"]),
        ("discovery", ["petition"]),
        ("title", "a\x00b"),
        ("title", "\ud800"),
        ("title", "   "),
        ("description", "a\x07b"),
        ("quarter", "banana"),
        ("sector", "a\x00b"),
        ("location", "here"),
        ("location", [118.3, 30.9]),
        ("disclosed_on", 20260201),
        ("case_class", ["typical"]),
    ],
)
def test_no_value_of_a_correction_is_a_fault(world: World, field: str, value: object) -> None:
    problem = world.listed()
    with pytest.raises(Invalid):
        perform(problem.pk, "correct", {"field": field, "value": value, "ground": "录入有误"}, by=world.office, at=day(1))


def test_a_special_supervisor_with_sectors_alone_sees_those_alone(world: World) -> None:
    world.special_supervisor.holdings.update(areas=[])
    waste, air = world.listed(), world.listed(sector="air")
    seen = visible_to(world.special_supervisor, day(1))
    assert (seen.filter(pk=waste.pk).exists(), seen.filter(pk=air.pk).exists()) == (True, False)
    world.special_supervisor.holdings.update(sectors=[])
    assert visible_to(world.special_supervisor, day(1)).filter(pk=air.pk).exists()
