"""Deadlines in words, acceptance clocks, back-planning."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.regulation.deadlines import UnreadableDeadline, acceptance_due, back_plan, deadline_from_words, last_safe_day
from server.regulation.ruleset import RuleSet
from server.regulation.workdays import WorkCalendar

ISSUED = date(2026, 3, 16)


@pytest.mark.clause("7-4")
@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("2026年底前", date(2026, 12, 31)),
        ("2026年底前完成整改", date(2026, 12, 31)),
        ("2027年底", date(2027, 12, 31)),
        ("2026年年底前", date(2026, 12, 31)),
        ("2028年前", None),
        ("2026年6月前", None),
        ("2027年", None),
        ("2026年内", date(2026, 12, 31)),
        ("年内", date(2026, 12, 31)),
        ("2026年6月内", date(2026, 6, 30)),
        ("年底前", date(2026, 12, 31)),
        ("今年年底前", date(2026, 12, 31)),
        ("明年底前", date(2027, 12, 31)),
        ("6月底前", date(2026, 6, 30)),
        ("2月底前", date(2027, 2, 28)),
        ("3月底前", date(2026, 3, 31)),
        ("2028年2月底前", date(2028, 2, 29)),
        ("2026年 6 月底前", date(2026, 6, 30)),
        ("2026年6月", date(2026, 6, 30)),
        ("2026年6月30日前", date(2026, 6, 30)),
        ("6月15日前", date(2026, 6, 15)),
        ("3月16日前", date(2026, 3, 16)),
        ("3月15日前", date(2027, 3, 15)),
        ("立行立改", date(2026, 4, 15)),
        ("立即整改", date(2026, 4, 15)),
        ("2月30日前", None),
        ("长期坚持", None),
        ("尽快", None),
        ("", None),
        ("13月底前", None),
        ("十四五末", None),
        ("前", None),
    ],
)
def test_words_are_read_as_dates_or_refused(rules: RuleSet, words: str, due: date | None) -> None:
    if due is None:
        with pytest.raises(UnreadableDeadline):
            deadline_from_words(words, ISSUED, rules)
    else:
        assert deadline_from_words(words, ISSUED, rules) == due


@given(words=st.text(alphabet="0123456789年月日底末前之内立行改完成今明本号 ", max_size=14))
def test_whatever_is_typed_is_a_date_or_refused(rules: RuleSet, words: str) -> None:
    try:
        due = deadline_from_words(words, ISSUED, rules)
    except UnreadableDeadline:
        return
    assert 2000 <= due.year < 2100


def test_how_long_at_once_is_comes_from_the_rules_in_force(rules: RuleSet) -> None:
    assert deadline_from_words("立行立改", ISSUED, rules.with_values({"immediate_days": 7})) == date(2026, 3, 23)


@pytest.mark.clause("17-1")
def test_the_acceptance_clock_is_ten_working_days_from_the_day_after_receipt(calendar: WorkCalendar) -> None:
    assert acceptance_due(date(2026, 9, 18), calendar) == date(2026, 10, 9)
    assert acceptance_due(date(2026, 9, 19), calendar) == date(2026, 10, 9)
    assert acceptance_due(date(2026, 9, 20), calendar) == date(2026, 10, 10)


@pytest.mark.clause("16-9")
def test_an_application_on_the_last_safe_day_leaves_the_whole_clock(calendar: WorkCalendar) -> None:
    deadline = date(2026, 10, 31)
    last = last_safe_day(deadline, calendar)
    assert acceptance_due(last, calendar) <= deadline
    assert acceptance_due(calendar.add(last, 1), calendar) > deadline


@pytest.mark.clause("8-2")
def test_measures_are_planned_back_from_the_deadline(calendar: WorkCalendar) -> None:
    dates = back_plan(3, date(2026, 9, 1), date(2026, 10, 10), calendar)
    assert [found.strftime("%m-%d %a") for found in dates] == ["09-14 Mon", "09-24 Thu", "10-10 Sat"]


@given(
    count=st.integers(1, 12),
    issued=st.dates(date(2026, 1, 5), date(2026, 6, 30)),
    term=st.integers(0, 180),
)
def test_planned_back_dates_keep_their_order_and_end_on_the_deadline(
    calendar: WorkCalendar, count: int, issued: date, term: int
) -> None:
    deadline = date.fromordinal(issued.toordinal() + term)
    dates = back_plan(count, issued, deadline, calendar)
    assert len(dates) == count
    assert list(dates) == sorted(dates)
    assert dates[-1] == deadline
    assert dates[0] >= issued
