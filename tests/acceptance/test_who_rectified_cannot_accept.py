"""谁整改、谁验收分开: the one who rectified cannot accept, by any of the ways there are (Articles 17 and 18)."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from server.acceptance.actions import Signature, decide, give_opinion, reassign
from server.acceptance.models import Opinion
from server.coordination.verbs import perform
from server.plans.actions import Adjustment, adjust_plan, issue_plan
from server.problems.models import Involvement, Problem
from server.runtime.refusals import Invalid, NotAllowed
from server.units.actions import grant_role, set_stand_in
from server.units.models import RoleHolding
from server.units.roles import Role
from tests.world import CHECKLIST, PASSWORD, T0, World, day

pytestmark = [pytest.mark.django_db, pytest.mark.clause("18-1")]


def test_a_plan_cannot_name_a_unit_on_both_sides(world: World) -> None:
    problem = world.listed()
    with pytest.raises(Invalid) as refused:
        issue_plan(problem.pk, world.plan_draft(supervising_units=["stone_bridge", "urban"]), by=world.office, at=day(0, 2))
    assert "own_acceptance" in {e.code for e in refused.value.errors}


def test_the_database_refuses_a_unit_on_both_sides(world: World) -> None:
    problem = world.planned()
    with pytest.raises(IntegrityError), transaction.atomic():
        Involvement.objects.create(problem=problem, unit_id="stone_bridge", role="supervising", position=5)


def test_the_town_itself_gives_no_opinion(world: World) -> None:
    problem = world.applied()
    with pytest.raises(NotAllowed):
        give_opinion(problem.pk, "pass", "合格", CHECKLIST, by=world.town_head, at=day(1))


def test_a_second_role_of_the_same_person_does_not_help(world: World) -> None:
    """The town's liaison is also made liaison of the supervising unit: one account, two roles."""
    problem = world.applied()
    grant_role(world.town_liaison, Role.UNIT_LIAISON, unit="urban", by=None, at=T0, from_date=T0.date())
    with pytest.raises(NotAllowed):
        give_opinion(problem.pk, "pass", "合格", CHECKLIST, by=world.town_liaison, at=day(1))


def test_a_former_post_in_the_rectifying_unit_does_not_help(world: World) -> None:
    problem = world.applied()
    RoleHolding.objects.filter(person=world.town_liaison).update(until_date=T0.date())
    grant_role(world.town_liaison, Role.UNIT_LIAISON, unit="urban", by=None, at=T0, from_date=T0.date() + timedelta(days=1))
    with pytest.raises(NotAllowed):
        give_opinion(problem.pk, "pass", "合格", CHECKLIST, by=world.town_liaison, at=day(2))


def test_a_stand_in_from_the_rectifying_unit_does_not_decide(world: World) -> None:
    problem = world.accepting()
    holding = RoleHolding.objects.get(person=world.supervisor_head)
    set_stand_in(
        holding.pk,
        world.town_head,
        document=world.document(world.office),
        from_date=T0.date(),
        until_date=T0.date() + timedelta(days=30),
        by=world.office,
        at=T0,
    )
    signature = Signature(world.town_head, password=PASSWORD, form=world.document(world.town_head))
    with pytest.raises(NotAllowed):
        decide(problem.pk, "pass", "合格", signature, at=day(1))


def test_a_superuser_flag_gives_nothing(world: World) -> None:
    problem = world.accepting()
    world.town_head.is_superuser = world.town_head.is_staff = True
    world.town_head.save()
    signature = Signature(world.town_head, password=PASSWORD, form=world.document(world.town_head))
    with pytest.raises(NotAllowed):
        decide(problem.pk, "pass", "合格", signature, at=day(1))


def test_the_rectifier_cannot_type_in_the_leads_paper(world: World) -> None:
    problem = world.accepting()
    form = world.document(world.town_liaison)
    body = {"result": "pass", "text": "合格", "form": str(form), "signed_by": "supervisor_head", "signed_on": "2026-03-02"}
    with pytest.raises(NotAllowed):
        perform(problem.pk, "decide", body, by=world.town_liaison, at=day(1))


def test_an_office_account_never_acts_as_the_lead(world: World) -> None:
    problem = world.accepting()
    grant_role(world.office, Role.UNIT_HEAD, unit="urban", by=None, at=T0, from_date=T0.date())
    signature = Signature(world.office, password=PASSWORD, form=world.document(world.office))
    with pytest.raises(NotAllowed):
        decide(problem.pk, "pass", "合格", signature, at=day(1))


def test_a_unit_that_was_replaced_stays_barred(world: World) -> None:
    """The town rectified, is replaced by Lotus, and is then proposed to supervise."""
    problem = world.rectifying(done=False)
    reassign(problem.pk, "区划调整", world.document(world.office), by=world.office, at=day(1), main_units=["lotus"])
    with pytest.raises(Invalid) as refused:
        reassign(
            problem.pk,
            "再调整",
            world.document(world.office),
            by=world.office,
            at=day(2),
            supervising_units=["stone_bridge", "urban"],
        )
    assert "own_acceptance" in {e.code for e in refused.value.errors}
    assert Involvement.objects.get(problem=problem, unit="stone_bridge").role == "former_main"


def test_an_adjusted_plan_names_no_other_units(world: World) -> None:
    """Else the town could leave the rectifying side for the accepting one in a single new version."""
    problem = world.rectifying(done=False)
    adjustment = Adjustment("汛期", "领导小组", world.document(world.office), True, "标准不变")
    other_units: list[dict[str, Any]] = [
        {"main_units": ["lotus"], "supervising_units": ["stone_bridge", "urban"]},
        {"main_units": ["lotus"]},
        {"supervising_units": ["water", "urban"]},
    ]
    for changes in other_units:
        with pytest.raises(Invalid) as refused:
            adjust_plan(problem.pk, world.plan_draft(**changes), adjustment, by=world.office, at=day(1))
        assert "units_by_reassign" in {e.code for e in refused.value.errors}
    adjust_plan(problem.pk, world.plan_draft(goal="河岸无垃圾,复绿"), adjustment, by=world.office, at=day(1))


def test_a_unit_that_was_replaced_does_not_come_back_by_way_of_assisting(world: World) -> None:
    problem = world.rectifying(done=False)
    reassign(problem.pk, "区划调整", world.document(world.office), by=world.office, at=day(1), main_units=["lotus"])
    adjustment = Adjustment("配合", "领导小组", world.document(world.office), True, "标准不变")
    draft = world.plan_draft(main_units=["lotus"], assisting_units=["stone_bridge"])
    with pytest.raises(Invalid) as refused:
        adjust_plan(problem.pk, draft, adjustment, by=world.office, at=day(2))
    assert "two_roles" in {e.code for e in refused.value.errors}


@pytest.mark.parametrize("role", ["supervising", "assisting", "former_supervising"])
def test_the_database_lets_no_rectifier_leave_its_side(world: World, role: str) -> None:
    problem = world.planned()
    with pytest.raises(DatabaseError), transaction.atomic():
        Involvement.objects.filter(problem=problem, unit="stone_bridge").update(role=role, position=9)
    with pytest.raises(DatabaseError), transaction.atomic():
        Involvement.objects.filter(problem=problem, unit="stone_bridge").delete()
    Involvement.objects.filter(problem=problem, unit="stone_bridge").update(role="former_main", position=0)


def test_a_unit_that_gave_its_opinion_is_not_made_the_rectifier(world: World) -> None:
    problem = world.accepting()
    with pytest.raises(Invalid) as refused:
        reassign(
            problem.pk,
            "职责调整",
            world.document(world.office),
            by=world.office,
            at=day(1),
            main_units=["urban"],
            supervising_units=["water"],
        )
    assert "has_accepted" in {e.code for e in refused.value.errors}


def test_the_heads_password_is_not_tried_through_a_typist(world: World) -> None:
    """With a guess or the right word: what comes back to who types is the same."""
    problem = world.accepting()

    def answer(password: str) -> set[str]:
        body = {"result": "pass", "text": "合格", "signed_by": "supervisor_head", "password": password}
        with pytest.raises(Invalid) as refused:
            perform(problem.pk, "decide", body, by=world.supervisor_liaison, at=day(1))
        return {e.code for e in refused.value.errors}

    assert answer("a guess") == answer(PASSWORD)


def test_who_may_not_type_learns_nothing_of_who_there_is(world: World) -> None:
    problem = world.accepting()
    for name in ("nobody", "supervisor_head"):
        with pytest.raises(NotAllowed):
            perform(problem.pk, "decide", {"signed_by": name}, by=world.second_supervisor_liaison, at=day(1))


def test_the_database_refuses_an_opinion_from_the_main_units_seat(world: World) -> None:
    """A batch, an import or the admin site writes rows without asking an action: the database itself says no."""
    problem = world.applied()
    seat = Involvement.objects.get(problem=problem, unit="stone_bridge")
    application = problem.applications.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        Opinion.objects.create(
            application=application, seat=seat, unit_id="stone_bridge", by=world.town_head, at=day(1), result="pass", text="合格"
        )


def test_a_unit_cannot_change_sides_under_an_opinion_it_gave(world: World) -> None:
    problem = world.accepting()
    with pytest.raises(DatabaseError), transaction.atomic():
        Involvement.objects.filter(problem=problem, unit="urban").update(role="main", position=7)


def test_there_is_no_django_admin_site_that_could_write_past_the_actions() -> None:
    assert not apps.is_installed("django.contrib.admin")


def test_the_one_who_did_not_rectify_decides(world: World) -> None:
    assert Problem.objects.get(pk=world.passed().pk).status == "passed"
