"""From a photo on the river bank to a closed problem, as each person in turn (Articles 5 to 18)."""

from datetime import date, timedelta

import pytest

from server.acceptance.actions import (
    ApplicationDraft,
    Pair,
    Signature,
    apply_for_acceptance,
    confirm,
    decide,
    decline,
    file_closure,
    give_opinion,
    reassign,
    record_superior_result,
    reopen,
    send_back,
    submit_upward,
    withdraw,
)
from server.coordination.next_steps import whose_turn
from server.inspections.actions import InspectionDraft, make_inspection, release
from server.plans.actions import MeasureDraft
from server.problems.actions import Listing, list_problem
from server.problems.models import Problem, Standing
from server.problems.policy import visible_to
from server.progress.actions import report_progress
from server.records.models import Entry, Seal
from server.records.sealing import seal_now
from server.runtime.refusals import Conflict, Invalid, NotAllowed, NotThere, WrongState
from server.units.models import PasswordTrial, Person
from server.units.signing import try_password
from tests.world import CHECKLIST, PASSWORD, T0, World, day

pytestmark = pytest.mark.django_db


def test_a_problem_goes_the_whole_way_and_every_step_names_its_article(world: World) -> None:
    problem = world.closed()
    file_closure(problem.pk, by=world.office, at=day(1))
    problem = world.again(problem)
    assert (problem.status, problem.number, problem.filing_number) == ("filed", "2026-001", "备2026-001")
    entries = Entry.objects.filter(problem=problem.pk).exclude(action="photo").order_by("at")
    assert [(e.action, e.article) for e in entries] == [
        ("report", "5, 6, 10"),
        ("list", "5, 6"),
        ("issue_plan", "7"),
        ("progress", "8"),
        ("apply", "16"),
        ("opinion", "17"),
        ("decide", "17"),
        ("confirm", "17"),
        ("file", "17"),
    ]
    seal_now()
    assert Seal.objects.count() == Entry.objects.count()


def test_every_status_leaves_a_standing_behind(world: World) -> None:
    problem = world.closed()
    rows = list(Standing.objects.filter(problem=problem).values_list("status", "until_at"))
    assert [status for status, _until in rows] == [
        "reported",
        "listed",
        "planned",
        "rectifying",
        "applied",
        "accepting",
        "passed",
        "closed",
    ]
    assert [until for _status, until in rows if until is None] == [None]


def test_an_application_starts_a_clock_of_ten_working_days(world: World) -> None:
    problem = world.applied()
    assert problem.acceptance_due is not None
    assert problem.acceptance_due.isoformat() == "2026-03-16"


def test_an_application_without_photos_or_done_measures_is_refused_with_all_that_is_missing(world: World) -> None:
    problem = world.rectifying(done=False)
    with pytest.raises(Invalid) as refused:
        apply_for_acceptance(problem.pk, ApplicationDraft(statement="完成"), by=world.town_liaison, at=day(0, 4))
    codes = {error.code for error in refused.value.errors}
    assert {"measure_undone", "registration_form", "no_before", "no_during", "no_after"} <= codes
    assert world.again(problem).status == "rectifying"


def test_the_application_can_be_withdrawn_before_an_opinion_but_not_after(world: World) -> None:
    problem = world.applied()
    withdraw(problem.pk, "补充材料", by=world.town_liaison, at=day(0, 5))
    assert world.again(problem).status == "rectifying"
    accepting = world.accepting(at=day(10))
    with pytest.raises(WrongState):
        withdraw(accepting.pk, "补充材料", by=world.town_liaison, at=day(11))


def test_a_round_is_sent_back_only_once(world: World) -> None:
    problem = world.applied()
    send_back(problem.pk, ["登记表未盖章"], by=world.supervisor_liaison, at=day(1))
    draft = ApplicationDraft(
        statement="已补正", pairs=[world.pair(problem)], registration_form=world.document(world.town_liaison, day(2), "again")
    )
    apply_for_acceptance(problem.pk, draft, by=world.town_liaison, at=day(2))
    assert world.again(problem).round == 1
    with pytest.raises(Invalid) as refused:
        send_back(problem.pk, ["照片不清"], by=world.supervisor_liaison, at=day(3))
    assert [e.code for e in refused.value.errors] == ["sent_back_already"]


def test_a_failed_acceptance_returns_the_problem_with_its_opinions_in_the_next_round(world: World) -> None:
    problem = world.accepting(result="fail")
    signature = Signature(world.supervisor_head, password=PASSWORD)
    decide(problem.pk, "fail", "水边仍有残留垃圾。", signature, at=day(1))
    problem = world.again(problem)
    assert (problem.status, problem.round, problem.acceptance_due) == ("rectifying", 2, None)


def test_a_pass_is_refused_when_most_opinions_fail(world: World) -> None:
    problem = world.accepting(result="fail")
    signature = Signature(world.supervisor_head, password=PASSWORD, form=world.document(world.supervisor_head))
    with pytest.raises(Invalid) as refused:
        decide(problem.pk, "pass", "合格", signature, at=day(1))
    assert "most_failed" in {e.code for e in refused.value.errors}


@pytest.mark.parametrize(
    ("password", "form", "code"),
    [(None, False, "stamped_form"), ("wrong", True, "wrong_password")],
)
def test_a_pass_needs_the_stamped_form_and_the_heads_signature(world: World, password: str | None, form: bool, code: str) -> None:
    problem = world.accepting()
    signature = Signature(world.supervisor_head, password=password, form=world.document(world.supervisor_head) if form else None)
    with pytest.raises(Invalid) as refused:
        decide(problem.pk, "pass", "合格", signature, at=day(1))
    assert code in {e.code for e in refused.value.errors}


def test_of_two_deciding_one_wins_and_the_other_sees_who(world: World) -> None:
    problem = world.passed()
    signature = Signature(world.supervisor_head, password=PASSWORD, form=world.document(world.supervisor_head))
    with pytest.raises(WrongState) as refused:
        decide(problem.pk, "fail", "不合格", signature, at=day(1))
    assert (refused.value.status, refused.value.by) == ("passed", "城管局 局长")


def test_only_the_leader_of_the_sector_confirms(world: World) -> None:
    problem = world.passed()
    with pytest.raises(NotAllowed):
        confirm(problem.pk, Signature(world.other_district_leader, password=PASSWORD), at=day(1))
    decline(problem.pk, "照片不足", Signature(world.district_leader, password=PASSWORD), at=day(1))
    problem = world.again(problem)
    assert (problem.status, problem.round) == ("rectifying", 2)


def test_only_the_superiors_result_closes_what_the_superior_accepts(world: World) -> None:
    problem = world.listed(source="provincial_inspection", discovery=None, superior_number="第二轮第12项")
    draft = world.plan_draft(superior_reference="省整改方案第12项", accepted_by="province")
    from server.plans.actions import issue_plan
    from server.progress.actions import report_progress

    issue_plan(problem.pk, draft, by=world.office, at=day(0, 2))
    keys = [m.key for m in world.plan_of(problem).measures.all()]
    report_progress(
        problem.pk, 100, "完成", by=world.town_liaison, at=day(0, 3), done=keys, photos=world.stages(world.town_liaison, T0)
    )
    problem = world.again(problem)
    apply_for_acceptance(
        problem.pk,
        ApplicationDraft(statement="完成", pairs=[world.pair(problem)], registration_form=world.document(world.town_liaison)),
        by=world.town_liaison,
        at=day(0, 4),
    )
    give_opinion(problem.pk, "pass", "合格", CHECKLIST, by=world.supervisor_liaison, at=day(0, 5))
    signature = Signature(world.supervisor_head, password=PASSWORD, form=world.document(world.supervisor_head))
    decide(problem.pk, "pass", "合格", signature, at=day(0, 6))
    confirm(problem.pk, Signature(world.district_leader, password=PASSWORD), at=day(0, 7))
    assert world.again(problem).status == "pre_accepted"
    submit_upward(problem.pk, "province", None, by=world.office, at=day(1))
    record_superior_result(
        problem.pk, "fail", world.document(world.office), T0.date() + timedelta(days=1), by=world.office, at=day(2)
    )
    problem = world.again(problem)
    assert (problem.status, problem.round) == ("rectifying", 2)


def test_a_closed_problem_is_reopened_with_new_measures_and_both_units_named(world: World) -> None:
    problem = world.closed()
    row = reopen(
        problem.pk,
        "rebound",
        "又见倾倒",
        [MeasureDraft("再次清运")],
        T0.date() + timedelta(days=60),
        by=world.office,
        at=day(30),
        document=world.document(world.office),
    )
    problem = world.again(problem)
    assert (problem.status, problem.round, problem.measures_done) == ("rectifying", 2, 0)
    assert [u["code"] for u in row.rectified_by] == ["stone_bridge"]
    assert [u["code"] for u in row.accepted_by] == ["urban", "water"]


def test_an_unannounced_find_is_seen_by_its_people_alone_until_it_is_released(world: World) -> None:
    inspection = make_inspection(
        InspectionDraft(kind="spot_check", announced=False, date=T0.date(), people=["inspector"], led_by="oversight_leader"),
        by=world.office,
        at=T0,
    )
    problem = world.report(inspection=inspection.pk, photos=[world.photo()])

    def sees(name: str) -> bool:
        return visible_to(world.people[name], day(1)).filter(pk=problem.pk).exists()

    assert [n for n in world.people if sees(n)] == ["office", "leading_group", "oversight_leader", "inspector"]
    with pytest.raises(Invalid) as refused:
        list_problem(
            problem.pk, Listing(source="district_self_check", sector="waste", discovery="other"), by=world.office, at=day(1)
        )
    assert [e.code for e in refused.value.errors] == ["embargoed"]
    with pytest.raises(NotThere):
        release(inspection.pk, by=world.town_head, at=day(1))
    release(inspection.pk, by=world.office, at=day(1))
    assert sees("town_liaison")
    assert sees("town_head")
    assert not sees("lotus_liaison")
    with pytest.raises(Conflict):
        release(inspection.pk, by=world.office, at=day(2))


def test_the_same_number_is_never_given_twice(world: World) -> None:
    numbers = [world.listed(at=day(n)).number for n in range(3)]
    assert numbers == ["2026-001", "2026-002", "2026-003"]
    assert Problem.objects.count() == 3


@pytest.mark.clause("16-2")
@pytest.mark.clause("16-8")
def test_the_application_goes_to_the_first_supervising_unit_with_its_supporting_files(world: World) -> None:
    problem = world.rectifying()
    files = [world.document(world.town_liaison, text=f"receipt {n}") for n in range(2)]
    draft = ApplicationDraft(
        statement="整改完成", pairs=[world.pair(problem)], registration_form=world.document(world.town_liaison), files=files
    )
    application = apply_for_acceptance(problem.pk, draft, by=world.town_liaison, at=day(0, 4))
    assert application.files == [str(f) for f in files]
    turn = whose_turn(world.again(problem))
    assert turn is not None
    assert turn.units[0] == "urban"
    with pytest.raises(NotAllowed):
        send_back(problem.pk, ["缺照片"], by=world.second_supervisor_head, at=day(1))


@pytest.mark.clause("5-13")
def test_the_superiors_number_round_batch_and_words_are_kept_beside_ours(world: World) -> None:
    problem = world.listed(
        source="central_petition",
        discovery=None,
        superior_number="X3HB202406020025",
        superior_round="第二轮",
        superior_batch="第三批",
        original_text="群众反映河边堆放垃圾。",
    )
    assert (problem.number, problem.superior_number, problem.level) == ("2026-001", "X3HB202406020025", "central")
    assert (problem.superior_round, problem.superior_batch, problem.original_text) == (
        "第二轮",
        "第三批",
        "群众反映河边堆放垃圾。",
    )


@pytest.mark.clause("17-13")
def test_a_password_cannot_be_guessed_at_the_decision(world: World) -> None:
    problem = world.accepting()
    form = world.document(world.supervisor_head)

    def sign(password: str, minutes: int) -> set[str]:
        signature = Signature(world.supervisor_head, password=password, form=form)
        with pytest.raises(Invalid) as refused:
            decide(problem.pk, "pass", "合格", signature, at=day(1) + timedelta(minutes=minutes))
        return {e.code for e in refused.value.errors}

    assert [sign(f"guess {n}", n) for n in range(10)] == [{"wrong_password"}] * 10
    assert sign(PASSWORD, 11) == {"locked"}
    # The first of the ten is a quarter of an hour old, and one more may be tried; a right one clears them all.
    decide(
        problem.pk,
        "pass",
        "合格",
        Signature(world.supervisor_head, password=PASSWORD, form=form),
        at=day(1) + timedelta(minutes=15, seconds=30),
    )
    assert world.again(problem).status == "passed"
    assert not PasswordTrial.objects.filter(person=world.supervisor_head).exists()


def test_wrong_passwords_of_one_leader_lock_nobody_else(world: World) -> None:
    problem = world.passed()
    for n in range(12):
        with pytest.raises(Invalid):
            confirm(problem.pk, Signature(world.district_leader, password="guess"), at=day(1) + timedelta(seconds=n))
    assert try_password(world.supervisor_head, PASSWORD, day(1)).right
    assert try_password(world.district_leader, PASSWORD, day(1) + timedelta(minutes=5)).locked_until is not None


@pytest.mark.clause("16-5")
def test_an_after_photo_of_the_failed_round_is_a_doubt_in_the_next_and_a_new_one_is_none(world: World) -> None:
    problem = world.accepting(result="fail")
    decide(problem.pk, "fail", "水边仍有残留垃圾。", Signature(world.supervisor_head, password=PASSWORD), at=day(5))
    old = world.pair(problem)
    form = world.document(world.town_liaison, day(6))
    for pair, doubts in ((old, ["earlier_round"]), (None, [])):
        new = world.photo(by=world.town_liaison, at=day(6), stage="after", shade=200) if pair is None else old.after
        draft = ApplicationDraft(statement="已整改到位", pairs=[Pair(old.before, new)], registration_form=form)
        application = apply_for_acceptance(problem.pk, draft, by=world.town_liaison, at=day(6, 1))
        assert [doubt["code"] for doubt in application.doubts] == doubts
        withdraw(problem.pk, "补充照片", by=world.town_liaison, at=day(6, 2))


@pytest.mark.clause("8-1")
def test_the_measures_of_a_replaced_unit_fall_to_the_first_main_unit(world: World) -> None:
    two = ["stone_bridge", "lotus"]
    measures = [MeasureDraft("清运河岸垃圾", unit="stone_bridge"), MeasureDraft("设立保洁责任牌", unit="lotus")]
    problem = world.planned(main_units=two, measures=measures)
    cleared, signs = (m.key for m in world.plan_of(problem).measures.all())
    with pytest.raises(Invalid):
        report_progress(problem.pk, 50, "已设立", by=world.town_liaison, at=day(1), done=[signs])
    document = world.document(world.office)
    reassign(problem.pk, "荷塘镇无此地块", document, by=world.office, at=day(2), main_units=["stone_bridge"])
    report_progress(problem.pk, 100, "均已完成", by=world.town_liaison, at=day(3), done=[cleared, signs])
    assert world.again(problem).measures_done == 2


@pytest.mark.clause("8-1")
def test_the_worst_flag_of_the_main_units_stands_until_that_unit_takes_it_back(world: World) -> None:
    problem = world.planned(main_units=["stone_bridge", "lotus"])

    def says(unit: Person, n: int, **flag: str) -> tuple[str, date | None]:
        report_progress(problem.pk, 10 * n, "进展", by=unit, at=day(n), **flag)
        again = world.again(problem)
        return again.flag, again.flag_on

    behind = ("behind", day(1).date())
    assert says(world.town_liaison, 1, flag="behind") == behind
    assert says(world.lotus_liaison, 2, flag="on_track") == behind
    assert says(world.town_liaison, 3) == behind
    assert says(world.town_liaison, 4, flag="behind") == behind
    document = world.document(world.office)
    reassign(problem.pk, "换监管单位", document, by=world.office, at=day(5), supervising_units=["water", "urban"])
    assert world.again(problem).flag == "behind"
    assert says(world.town_liaison, 6, flag="on_track") == ("on_track", day(2).date())


@pytest.mark.clause("18-1")
def test_the_closing_record_names_a_replaced_unit_too(world: World) -> None:
    problem = world.passed()
    document = world.document(world.office)
    reassign(problem.pk, "区划调整", document, by=world.office, at=day(1), main_units=["lotus"])
    closure = confirm(problem.pk, Signature(world.district_leader, password=PASSWORD), at=day(2))
    assert [(unit["code"], unit.get("former", False)) for unit in closure.rectified_by] == [
        ("lotus", False),
        ("stone_bridge", True),
    ]
