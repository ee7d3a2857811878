"""Chapter 1, who answers for what, through the actions and both databases (Articles 1 to 4)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from server.acceptance.actions import Signature, confirm
from server.coordination.next_steps import allowed_actions, whose_turn
from server.inspections.actions import InspectionDraft, make_inspection
from server.plans.actions import issue_plan
from server.plans.queries import proposed_supervisors
from server.problems.policy import may
from server.regulation.lifecycle import MOVES
from server.runtime.refusals import Invalid, NotAllowed, NotThere
from server.supervision.actions import SupervisionDraft, accept_supervision_reply, record_supervision, reply_to_supervision
from server.units.actions import create_unit, grant_role, set_responsibility, set_stand_in
from server.units.models import RoleHolding
from server.units.queries import sector_duty
from server.units.roles import Role
from tests.world import PASSWORD, T0, World, day

pytestmark = pytest.mark.django_db

OFFICES_ALONE = [move.action for move in MOVES.values() if move.who == "office" and move.from_]


@pytest.mark.clause("2-1")
@pytest.mark.parametrize("action", OFFICES_ALONE)
def test_what_the_office_does_nobody_else_may(world: World, action: str) -> None:
    problem = world.listed()
    able = {name for name, person in world.people.items() if may(person, action, problem, day(1))}
    assert able == {"office"}


@pytest.mark.clause("2-3")
def test_the_office_opens_inspections_and_on_site_supervision(world: World) -> None:
    problem = world.rectifying(done=False)
    draft = InspectionDraft(
        kind="special_inspection", announced=True, date=T0.date(), people=["inspector"], problems=[problem.pk]
    )
    assert make_inspection(draft, by=world.office, at=day(1)).stops.count() == 1
    record = record_supervision(
        problem.pk,
        SupervisionDraft(date=day(1).date(), people=["赵组长", "城管局"], opinion="七日内清运完毕"),
        by=world.office,
        at=day(1),
    )
    assert (record.reply_due.isoformat(), world.again(problem).red_from) == ("2026-03-17", day(1).date())
    with pytest.raises(NotAllowed):
        make_inspection(draft, by=world.town_head, at=day(1))


def test_a_supervised_problem_is_red_until_the_office_accepts_the_reply(world: World) -> None:
    problem = world.rectifying(done=False)
    draft = SupervisionDraft(date=day(1).date(), people=["赵组长"], opinion="七日内清运完毕")
    record = record_supervision(problem.pk, draft, by=world.leading_group, at=day(1))
    with pytest.raises(NotThere):
        reply_to_supervision(record.pk, "已清运", by=world.lotus_head, at=day(2))
    with pytest.raises(NotAllowed):
        reply_to_supervision(record.pk, "已清运", by=world.supervisor_head, at=day(2))
    reply_to_supervision(record.pk, "已清运", by=world.town_head, at=day(2))
    assert world.again(problem).supervision_open == day(1).date()
    accept_supervision_reply(record.pk, by=world.office, at=day(3))
    assert world.again(problem).supervision_open is None


@pytest.mark.clause("3-1")
def test_a_plan_names_the_main_units_in_order_and_a_unit_is_of_one_of_four_kinds(world: World) -> None:
    problem = world.planned(main_units=["stone_bridge", "lotus"])
    turn = whose_turn(problem)
    assert turn is not None
    assert turn.units == ("stone_bridge", "lotus")
    with pytest.raises(Invalid) as refused:
        create_unit("x", "某公司", "company", by=world.admin, at=T0)
    assert [e.field for e in refused.value.errors] == ["kind"]


@pytest.mark.clause("3-4")
def test_a_stand_in_acts_within_the_dates_of_the_delegation_and_never_beyond(world: World) -> None:
    problem = world.passed()
    holding = RoleHolding.objects.get(person=world.district_leader)
    set_stand_in(
        holding.pk,
        world.other_district_leader,
        document=uuid4(),
        from_date=T0.date(),
        until_date=T0.date() + timedelta(days=2),
        by=world.office,
        at=T0,
    )
    with pytest.raises(NotAllowed):
        confirm(problem.pk, Signature(world.other_district_leader, password=PASSWORD), at=day(4))
    confirm(problem.pk, Signature(world.other_district_leader, password=PASSWORD), at=day(1))
    assert world.again(problem).status == "closed"


def test_only_heads_and_district_leaders_are_stood_in_for(world: World) -> None:
    holding = RoleHolding.objects.get(person=world.inspector)
    with pytest.raises(Invalid) as refused:
        set_stand_in(
            holding.pk, world.other_inspector, document=uuid4(), from_date=T0.date(), until_date=T0.date(), by=world.office, at=T0
        )
    assert [e.code for e in refused.value.errors] == ["not_delegable"]


@pytest.mark.clause("4-1")
def test_a_sector_proposes_its_supervising_units_and_a_main_unit_is_struck(world: World) -> None:
    assert proposed_supervisors("waste", ["stone_bridge"], T0.date()) == ["urban", "water", "ecology"]
    assert proposed_supervisors("waste", ["urban"], T0.date()) == ["water", "ecology"]


@pytest.mark.clause("4-2")
def test_the_responsibility_list_is_kept_by_date(world: World) -> None:
    set_responsibility(
        "waste", ["water", "urban"], world.other_district_leader, from_date=T0.date() + timedelta(days=10), by=world.office, at=T0
    )
    before, after = sector_duty("waste", T0.date() + timedelta(days=9)), sector_duty("waste", T0.date() + timedelta(days=10))
    assert before is not None
    assert after is not None
    assert (before.lead_unit, after.lead_unit) == ("urban", "water")
    assert (before.district_leader, after.district_leader) == (world.district_leader, world.other_district_leader)
    with pytest.raises(NotAllowed):
        set_responsibility("waste", ["water"], None, from_date=T0.date() + timedelta(days=20), by=world.town_head, at=T0)


def test_no_plan_is_issued_for_a_sector_without_a_leader(world: World) -> None:
    set_responsibility("water", ["water"], None, from_date=T0.date(), by=world.office, at=T0)
    problem = world.listed(sector="water")
    with pytest.raises(Invalid) as refused:
        issue_plan(problem.pk, world.plan_draft(supervising_units=["water"]), by=world.office, at=day(0, 2))
    assert {e.code for e in refused.value.errors} == {"sector_without_leader"}


@pytest.mark.clause("4-6")
def test_only_supervising_units_accept_and_the_first_of_them_leads(world: World) -> None:
    problem = world.accepting()
    opinions = {n for n, p in world.people.items() if may(p, "opinion", problem, day(1))}
    decides = {n for n, p in world.people.items() if may(p, "decide", problem, day(1))}
    assert opinions == {"supervisor_head", "supervisor_liaison", "second_supervisor_head", "second_supervisor_liaison"}
    assert decides == {"supervisor_head"}


def test_what_a_person_may_do_now_is_offered_with_what_is_missing(world: World) -> None:
    problem = world.rectifying(done=False)
    offered = {a.action: {e.code for e in a.missing} for a in allowed_actions(problem, world.town_liaison, day(1))}
    assert set(offered) == {"progress", "apply"}
    assert offered["apply"] == {"measure_undone", "no_before", "no_during", "no_after"}
    assert allowed_actions(problem, world.inspector, day(1)) == []


@pytest.mark.parametrize("first", [Role.ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR])
@pytest.mark.parametrize("second", [Role.ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR, Role.OFFICE])
def test_the_three_administrators_are_never_one_person(world: World, first: Role, second: Role) -> None:
    person = {Role.ADMIN: world.admin, Role.SECURITY_ADMIN: world.security_admin, Role.AUDITOR: world.auditor}[first]
    if first == second:
        return
    with pytest.raises(Invalid):
        grant_role(person, second, by=None, at=T0, from_date=T0.date())
