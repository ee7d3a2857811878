"""Progress and pace: dates computed once agree with an evaluation day by day."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.regulation.pace import Pace, PaceDates, PlanMarks, pace, pace_dates
from server.regulation.progress import Stage, actual_progress, expected_progress
from server.regulation.ruleset import RuleSet
from server.regulation.statuses import Status
from tests.regulation.plans import plan_marks

ISSUED = date(2026, 1, 1)
DEADLINE = date(2026, 4, 11)  # 100 days


def percents(*given_: int | None) -> PlanMarks:
    return PlanMarks(ISSUED, DEADLINE, measures=2, percents=given_)


@pytest.mark.clause("8-5")
def test_without_stages_the_share_of_time_is_expected() -> None:
    assert expected_progress(ISSUED, DEADLINE, (), ISSUED) == 0
    assert expected_progress(ISSUED, DEADLINE, (), date(2026, 1, 26)) == 25
    assert expected_progress(ISSUED, DEADLINE, (), DEADLINE) == 100
    assert expected_progress(ISSUED, DEADLINE, (), date(2027, 1, 1)) == 100
    assert expected_progress(ISSUED, None, (), date(2027, 1, 1)) == 0


@pytest.mark.clause("8-3")
def test_with_stages_the_share_of_stages_due_is_expected_from_the_day_after() -> None:
    stages = (Stage(date(2026, 2, 1)), Stage(date(2026, 3, 1)), Stage(DEADLINE))
    assert expected_progress(ISSUED, DEADLINE, stages, date(2026, 2, 1)) == 0
    assert expected_progress(ISSUED, DEADLINE, stages, date(2026, 2, 2)) == Fraction(100, 3)
    assert expected_progress(ISSUED, DEADLINE, stages, date(2026, 4, 12)) == 100


@pytest.mark.clause("8-5")
def test_actual_progress_is_the_larger_of_measures_done_and_the_units_mean() -> None:
    assert actual_progress((), 1, 4, (10, 20)) == 25
    assert actual_progress((), 1, 4, (60, 40)) == 50
    assert actual_progress((), 0, 0, (60,)) == 60
    assert actual_progress((), 0, 4, (80, None)) == 40


@pytest.mark.clause("8-5")
def test_progress_stays_at_99_until_every_measure_is_done() -> None:
    assert actual_progress((), 3, 4, (100,)) == 99
    assert actual_progress((), 4, 4, (100,)) == 100
    assert actual_progress((Stage(DEADLINE, reached=True),), 3, 4, ()) == 99
    assert actual_progress((Stage(DEADLINE, reached=True),), 4, 4, ()) == 100


@pytest.mark.clause("8-3")
def test_with_stages_progress_is_the_share_reached_whatever_percent_is_given() -> None:
    assert actual_progress((Stage(ISSUED, reached=True), Stage(DEADLINE)), 0, 1, (95,)) == 50


@pytest.mark.clause("8-5")
def test_behind_and_far_behind_begin_on_exact_days(rules: RuleSet) -> None:
    dates = pace_dates(percents(30), rules)
    assert dates.behind_from == ISSUED + timedelta(days=50)
    assert dates.far_behind_from == ISSUED + timedelta(days=70)
    assert dates.ahead_until == ISSUED + timedelta(days=20)
    for days, expected in ((20, Pace.AHEAD), (21, Pace.ON_TRACK), (49, Pace.ON_TRACK), (50, Pace.BEHIND), (70, Pace.FAR_BEHIND)):
        assert pace(Status.RECTIFYING, dates, ISSUED + timedelta(days=days)) is expected


@pytest.mark.clause("8-3")
def test_with_stages_pace_steps_on_the_day_after_a_stage(rules: RuleSet) -> None:
    stages = (Stage(date(2026, 2, 1)), Stage(date(2026, 3, 1)), Stage(DEADLINE))
    dates = pace_dates(PlanMarks(ISSUED, DEADLINE, stages, 0, 3, (10,)), rules)
    assert dates.behind_from == date(2026, 2, 2)
    assert dates.far_behind_from == date(2026, 3, 2)


def test_points_count_only_once_a_percent_has_been_given(rules: RuleSet) -> None:
    unstarted = pace_dates(percents(None, None), rules)
    assert unstarted == PaceDates()
    assert pace(Status.PLANNED, unstarted, date(2026, 4, 1)) is Pace.NOT_STARTED
    assert pace_dates(percents(0), rules).far_behind_from == ISSUED + timedelta(days=40)


def test_short_plans_are_judged_by_their_dates(rules: RuleSet) -> None:
    sixty = PlanMarks(ISSUED, ISSUED + timedelta(days=60), measures=1, percents=(0,))
    shorter = PlanMarks(ISSUED, ISSUED + timedelta(days=59), measures=1, percents=(0,))
    assert pace_dates(sixty, rules).far_behind_from == ISSUED + timedelta(days=24)
    assert pace_dates(shorter, rules) == PaceDates(started=True, behind_from=ISSUED + timedelta(days=60))
    staged = PlanMarks(ISSUED, ISSUED + timedelta(days=50), (Stage(ISSUED + timedelta(days=20)),), 0, 1, (0,))
    assert pace_dates(staged, rules).behind_from == ISSUED + timedelta(days=21)


def test_past_its_deadline_no_plan_is_better_than_behind(rules: RuleSet) -> None:
    dates = pace_dates(percents(99), rules)
    assert pace(Status.RECTIFYING, dates, DEADLINE) is Pace.ON_TRACK
    assert pace(Status.RECTIFYING, dates, DEADLINE + timedelta(days=1)) is Pace.BEHIND


def test_a_task_that_goes_on_for_good_is_never_behind(rules: RuleSet) -> None:
    assert pace_dates(PlanMarks(ISSUED, None, measures=1, percents=(5,)), rules) == PaceDates(started=True)


@pytest.mark.parametrize("status", list(Status))
def test_pace_speaks_only_while_the_main_units_clock_runs(rules: RuleSet, status: Status) -> None:
    dates = pace_dates(percents(0), rules)
    late = pace(status, dates, DEADLINE)
    if status in (Status.PLANNED, Status.RECTIFYING):
        assert late is Pace.FAR_BEHIND
    else:
        assert late in (Pace.NOT_STARTED, Pace.ON_TRACK)


def by_the_day(plan: PlanMarks, on: date) -> Pace:
    """Pace by the words of the rules, with the numbers of the first edition, for one day."""
    if (
        not any(percent is not None for percent in plan.percents)
        and not plan.measures_done
        and not any(s.reached for s in plan.stages)
    ):
        return Pace.NOT_STARTED
    term = None if plan.deadline is None else (plan.deadline - plan.issued).days
    late = plan.deadline is not None and on > plan.deadline
    if not any(percent is not None for percent in plan.percents) or term is None or term < 60:
        missed = any(stage.due < on and not stage.reached for stage in plan.stages)
        return Pace.BEHIND if late or missed else Pace.ON_TRACK
    points = expected_progress(plan.issued, plan.deadline, plan.stages, on) - plan.actual
    if points >= 40:
        return Pace.FAR_BEHIND
    if points >= 20 or late:
        return Pace.BEHIND
    return Pace.AHEAD if points <= -10 else Pace.ON_TRACK


@given(plan=plan_marks(), days=st.integers(0, 500))
def test_the_dates_agree_with_an_evaluation_day_by_day(rules: RuleSet, plan: PlanMarks, days: int) -> None:
    on = plan.issued + timedelta(days=days)
    assert pace(Status.RECTIFYING, pace_dates(plan, rules), on) is by_the_day(plan, on)


@given(plan=plan_marks())
def test_without_an_event_pace_only_worsens(rules: RuleSet, plan: PlanMarks) -> None:
    dates = pace_dates(plan, rules)
    order = list(Pace)
    seen = [order.index(pace(Status.RECTIFYING, dates, plan.issued + timedelta(days=n))) for n in range(0, 500, 3)]
    assert seen == sorted(seen)
