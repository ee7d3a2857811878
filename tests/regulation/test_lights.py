"""The light: two dates computed once agree with the words of the rules read day by day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.regulation.lights import Light, LightDates, Marks, days_left, light, light_dates, overdue, prompt_window
from server.regulation.pace import PlanMarks
from server.regulation.progress import Stage, expected_progress
from server.regulation.ruleset import RuleSet
from server.regulation.statuses import Status
from tests.regulation.plans import FIRST, marks

DAY = timedelta(days=1)
ISSUED = date(2026, 1, 1)
DEADLINE = date(2026, 7, 20)  # 200 days
PLAN = PlanMarks(ISSUED, DEADLINE, measures=2, percents=(50,))


def on(status: Status, rules: RuleSet, day: date, **known: object) -> Light | None:
    found = Marks(status=status, **known)  # type: ignore[arg-type]  # the test names the marks it is about
    return light(status, light_dates(found, rules), day)


@pytest.mark.parametrize("status", [Status.REPORTED, Status.RETURNED, Status.MERGED, Status.CANCELLED])
def test_off_the_ledger_there_is_no_light(rules: RuleSet, status: Status) -> None:
    assert on(status, rules, date(2030, 1, 1), plan=PLAN, supervision_open=ISSUED) is None


@pytest.mark.parametrize("status", [Status.CLOSED, Status.FILED])
def test_what_is_closed_is_grey(rules: RuleSet, status: Status) -> None:
    assert on(status, rules, date(2030, 1, 1), plan=PLAN, supervision_open=ISSUED) is Light.GREY


@pytest.mark.clause("13-4")
def test_overdue_is_red_from_the_day_after_the_deadline(rules: RuleSet) -> None:
    done = PlanMarks(ISSUED, DEADLINE, measures=2, percents=(99,))
    assert on(Status.RECTIFYING, rules, DEADLINE, plan=done) is Light.YELLOW
    assert on(Status.RECTIFYING, rules, DEADLINE + DAY, plan=done) is Light.RED


@pytest.mark.clause("16-10", "13-10")
@pytest.mark.parametrize(
    "status", [Status.APPLIED, Status.ACCEPTING, Status.PASSED, Status.PRE_ACCEPTED, Status.SUBMITTED_UPWARD]
)
def test_once_applied_for_nothing_of_the_plan_turns_the_light(rules: RuleSet, status: Status) -> None:
    far_on = DEADLINE + timedelta(days=300)
    assert on(status, rules, far_on, plan=PLAN, last_percent_on=ISSUED, flag="at_risk", flag_on=ISSUED) is Light.GREEN
    assert not overdue(status, DEADLINE, far_on)
    assert days_left(status, DEADLINE, far_on) is None


@pytest.mark.clause("13-10")
def test_an_acceptance_past_its_clock_is_yellow(rules: RuleSet) -> None:
    due = date(2026, 6, 1)
    for status in (Status.APPLIED, Status.ACCEPTING):
        assert on(status, rules, due, acceptance_due=due) is Light.GREEN
        assert on(status, rules, due + DAY, acceptance_due=due) is Light.YELLOW
    assert on(Status.PASSED, rules, due + DAY, acceptance_due=due) is Light.GREEN


@pytest.mark.clause("13-3")
def test_behind_by_20_points_is_yellow(rules: RuleSet) -> None:
    behind = PlanMarks(ISSUED, DEADLINE, measures=2, percents=(0,))
    assert on(Status.RECTIFYING, rules, ISSUED + timedelta(days=39), plan=behind) is Light.GREEN
    assert on(Status.RECTIFYING, rules, ISSUED + timedelta(days=40), plan=behind) is Light.YELLOW


@pytest.mark.clause("13-4")
def test_behind_by_40_points_is_red(rules: RuleSet) -> None:
    behind = PlanMarks(ISSUED, DEADLINE, measures=2, percents=(0,))
    assert on(Status.RECTIFYING, rules, ISSUED + timedelta(days=79), plan=behind) is Light.YELLOW
    assert on(Status.RECTIFYING, rules, ISSUED + timedelta(days=80), plan=behind) is Light.RED


@pytest.mark.clause("13-1")
def test_near_the_deadline_is_yellow_from_thirty_days_before(rules: RuleSet) -> None:
    in_time = PlanMarks(ISSUED, DEADLINE, measures=2, percents=(80,))
    assert on(Status.PLANNED, rules, DEADLINE - timedelta(days=31), plan=in_time) is Light.GREEN
    assert on(Status.PLANNED, rules, DEADLINE - timedelta(days=30), plan=in_time) is Light.YELLOW


@pytest.mark.clause("13-1")
def test_near_a_stage_not_reached_is_yellow_and_near_a_reached_one_is_not(rules: RuleSet) -> None:
    stage = date(2026, 4, 1)
    for reached, expected in ((False, Light.YELLOW), (True, Light.GREEN)):
        staged = PlanMarks(ISSUED, DEADLINE, (Stage(stage, reached), Stage(DEADLINE)), 1, 2)
        assert on(Status.RECTIFYING, rules, stage - timedelta(days=30), plan=staged) is expected


@pytest.mark.clause("13-1")
@pytest.mark.parametrize(
    ("term", "window"), [(365, 30), (120, 30), (119, 29), (60, 15), (30, 7), (12, 3), (5, 3), (0, 3), (None, 30)]
)
def test_for_short_plans_near_is_a_quarter_of_the_term_and_at_least_three_days(
    rules: RuleSet, term: int | None, window: int
) -> None:
    assert prompt_window(term, rules) == window


@pytest.mark.clause("13-3", "8-7")
def test_a_percent_older_than_35_days_is_yellow(rules: RuleSet) -> None:
    given_on = date(2026, 2, 1)
    assert on(Status.RECTIFYING, rules, given_on + timedelta(days=35), last_percent_on=given_on) is Light.GREEN
    assert on(Status.RECTIFYING, rules, given_on + timedelta(days=36), last_percent_on=given_on) is Light.YELLOW


@pytest.mark.clause("13-3")
@pytest.mark.parametrize(("flag", "expected"), [("at_risk", Light.YELLOW), ("behind", Light.YELLOW), ("on_track", Light.GREEN)])
def test_a_flagged_risk_is_yellow(rules: RuleSet, flag: str, expected: Light) -> None:
    assert on(Status.RECTIFYING, rules, ISSUED, flag=flag, flag_on=ISSUED) is expected


@pytest.mark.clause("13-3")
@pytest.mark.parametrize(
    ("verdict", "expected"), [("behind", Light.YELLOW), ("not_started", Light.YELLOW), ("on_schedule", Light.GREEN)]
)
def test_a_bad_last_visit_is_yellow(rules: RuleSet, verdict: str, expected: Light) -> None:
    assert on(Status.RECTIFYING, rules, ISSUED, last_verdict=verdict, last_verdict_on=ISSUED) is expected


@pytest.mark.clause("7-12")
def test_listed_for_thirty_days_without_a_plan_is_yellow(rules: RuleSet) -> None:
    listed = date(2026, 3, 1)
    assert on(Status.LISTED, rules, date(2026, 3, 30), listed_on=listed) is Light.GREEN
    assert on(Status.LISTED, rules, date(2026, 3, 31), listed_on=listed) is Light.YELLOW
    assert on(Status.PLANNED, rules, date(2026, 3, 31), listed_on=listed) is Light.GREEN


@pytest.mark.clause("13-5")
@pytest.mark.parametrize("mark", ["supervision_open", "interview_open"])
def test_under_supervision_or_interview_is_red_whatever_the_state(rules: RuleSet, mark: str) -> None:
    for status in (Status.LISTED, Status.RECTIFYING, Status.ACCEPTING, Status.SUBMITTED_UPWARD):
        assert on(status, rules, ISSUED, **{mark: ISSUED}) is Light.RED
        assert on(status, rules, ISSUED, **{mark: None}) is Light.GREEN


def test_only_planned_and_rectifying_can_be_overdue() -> None:
    late = {status for status in Status if overdue(status, DEADLINE, DEADLINE + DAY)}
    assert late == {Status.PLANNED, Status.RECTIFYING}
    assert not overdue(Status.PLANNED, DEADLINE, DEADLINE)
    assert not overdue(Status.PLANNED, None, date(2030, 1, 1))


def test_days_left_are_negative_when_overdue() -> None:
    assert days_left(Status.PLANNED, DEADLINE, DEADLINE - timedelta(days=3)) == 3
    assert days_left(Status.PLANNED, DEADLINE, DEADLINE) == 0
    assert days_left(Status.RECTIFYING, DEADLINE, DEADLINE + timedelta(days=2)) == -2
    assert days_left(Status.PLANNED, None, DEADLINE) is None


@pytest.mark.clause("8-7")
def test_every_reason_says_since_when_in_words_and_figures(rules: RuleSet) -> None:
    found = light_dates(Marks(Status.RECTIFYING, plan=PLAN, flag="at_risk", flag_on=ISSUED), rules)
    assert {reason.code for reason in found.reasons} == {"overdue", "due_soon", "behind", "far_behind", "flagged"}
    assert all(reason.text % reason.params for reason in found.reasons)
    assert [reason.code for reason in found.reasons_on(ISSUED)] == ["flagged"]
    assert found.reasons_on(DEADLINE + DAY)[0].light is Light.RED


def by_the_day(known: Marks, day: date) -> Light | None:
    """The light by the words of the rules, with the numbers of the first edition, for one day."""
    status, plan = known.status, known.plan
    if status in (Status.REPORTED, Status.RETURNED, Status.MERGED, Status.CANCELLED):
        return None
    if status in (Status.CLOSED, Status.FILED):
        return Light.GREY
    red = any(opened is not None and opened <= day for opened in (known.supervision_open, known.interview_open))
    yellow = status is Status.LISTED and known.listed_on is not None and (day - known.listed_on).days >= 30
    if status in (Status.APPLIED, Status.ACCEPTING):
        yellow |= known.acceptance_due is not None and day > known.acceptance_due
    if status in (Status.PLANNED, Status.RECTIFYING):
        yellow |= known.flag in ("at_risk", "behind") and known.flag_on is not None and known.flag_on <= day
        bad_visit = known.last_verdict in ("behind", "not_started")
        yellow |= bad_visit and known.last_verdict_on is not None and known.last_verdict_on <= day
        yellow |= known.last_percent_on is not None and (day - known.last_percent_on).days > 35
        if plan is not None:
            term = None if plan.deadline is None else (plan.deadline - plan.issued).days
            window = 30 if term is None else max(3, min(30, term // 4))
            if plan.deadline is not None:
                red |= day > plan.deadline
                yellow |= (plan.deadline - day).days <= window
            yellow |= any((stage.due - day).days <= window for stage in plan.stages if not stage.reached)
            if term is not None and term >= 60 and any(percent is not None for percent in plan.percents):
                points = expected_progress(plan.issued, plan.deadline, plan.stages, day) - plan.actual
                red |= points >= 40
                yellow |= points >= 20
    return Light.RED if red else Light.YELLOW if yellow else Light.GREEN


@given(known=marks(), days=st.integers(0, 700))
def test_the_dates_agree_with_the_rules_read_day_by_day(rules: RuleSet, known: Marks, days: int) -> None:
    day = FIRST + timedelta(days=days)
    assert light(known.status, light_dates(known, rules), day) is by_the_day(known, day)


@given(known=marks())
def test_without_an_event_the_light_only_worsens(rules: RuleSet, known: Marks) -> None:
    dates = light_dates(known, rules)
    order = [None, Light.GREY, Light.GREEN, Light.YELLOW, Light.RED]
    seen = [order.index(light(known.status, dates, FIRST + timedelta(days=n))) for n in range(0, 700, 5)]
    assert seen == sorted(seen)


def test_nothing_known_is_green_for_good(rules: RuleSet) -> None:
    assert light_dates(Marks(Status.RECTIFYING), rules) == LightDates()
