"""Quarterly lists: from the 11th to the 10th, until 24:00."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.regulation.quarters import (
    OFFICE_ZONE,
    Quarter,
    cut_off,
    first_day,
    judge_receipt,
    paper_is_late,
    quarter_from_code,
    quarter_of,
)
from server.regulation.ruleset import RuleSet
from server.regulation.workdays import WorkCalendar

Q1, Q2 = Quarter(2026, 1), Quarter(2026, 2)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=OFFICE_ZONE)  # type: ignore[arg-type,misc]  # year, month, day, hour, minute, second


@pytest.mark.clause("6-3")
@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2026, 3, 10), "2026Q1"),
        (date(2026, 3, 11), "2026Q2"),
        (date(2026, 6, 10), "2026Q2"),
        (date(2026, 6, 11), "2026Q3"),
        (date(2026, 12, 10), "2026Q4"),
        (date(2026, 12, 11), "2027Q1"),
        (date(2027, 1, 1), "2027Q1"),
        (date(2025, 12, 11), "2026Q1"),
    ],
)
def test_the_quarter_of_a_list_runs_from_the_11th_to_the_10th(rules: RuleSet, day: date, code: str) -> None:
    assert quarter_of(day, rules).code == code


@given(day=st.dates(date(2020, 1, 1), date(2035, 12, 31)))
def test_every_day_belongs_to_exactly_one_quarter(rules: RuleSet, day: date) -> None:
    quarter = quarter_of(day, rules)
    assert first_day(quarter, rules) <= day <= cut_off(quarter, rules)
    assert quarter.next.previous == quarter
    assert first_day(quarter.next, rules) == cut_off(quarter, rules) + timedelta(days=1)


@pytest.mark.clause("6-3")
def test_the_cut_off_does_not_roll_over_a_day_off_unless_the_rules_say_so(rules: RuleSet, calendar: WorkCalendar) -> None:
    in_2024 = Quarter(2024, 1)
    assert date(2024, 3, 10).strftime("%a") == "Sun"
    assert cut_off(in_2024, rules, calendar) == date(2024, 3, 10)
    rolling = rules.with_values({"cut_off_rolls_over": True})
    assert cut_off(in_2024, rolling, calendar) == date(2024, 3, 11)
    assert quarter_of(date(2024, 3, 11), rolling, calendar) == in_2024
    with pytest.raises(ValueError, match="calendar"):
        cut_off(in_2024, rolling)


@pytest.mark.clause("6-3", "6-4")
def test_a_report_in_the_last_second_is_in_time_and_one_at_midnight_is_late(rules: RuleSet) -> None:
    in_time = judge_receipt(Q1, at(2026, 3, 10, 23, 59, 59), None, rules)
    assert (in_time.quarter, in_time.late) == (Q1, False)
    late = judge_receipt(Q1, at(2026, 3, 11), None, rules)
    assert (late.quarter, late.late, late.may_be_accepted) == (Q2, True, False)


def test_the_receipt_is_judged_in_the_offices_zone(rules: RuleSet) -> None:
    assert not judge_receipt(Q1, datetime(2026, 3, 10, 15, 59, tzinfo=UTC), None, rules).late
    assert judge_receipt(Q1, datetime(2026, 3, 10, 16, 0, tzinfo=UTC), None, rules).late


@pytest.mark.clause("6-4")
def test_a_report_two_quarters_late_goes_to_the_list_that_is_open(rules: RuleSet) -> None:
    assert judge_receipt(Q1, at(2026, 7, 1), None, rules).quarter == Quarter(2026, 3)


@pytest.mark.clause("6-5")
@pytest.mark.parametrize(
    ("captured", "received", "acceptable"),
    [
        ((2026, 3, 10, 20), (2026, 3, 11, 9), True),
        ((2026, 3, 10, 20), (2026, 3, 12, 0), True),
        ((2026, 3, 10, 20), (2026, 3, 12, 0, 1), False),
        ((2026, 3, 11, 0), (2026, 3, 11, 9), False),
    ],
)
def test_what_was_captured_before_and_received_within_a_day_may_be_accepted_and_is_late_all_the_same(
    rules: RuleSet, captured: tuple[int, ...], received: tuple[int, ...], acceptable: bool
) -> None:
    receipt = judge_receipt(Q1, at(*received), at(*captured), rules)
    assert receipt.late
    assert receipt.may_be_accepted is acceptable


@pytest.mark.clause("6-6")
def test_the_paper_has_no_grace_unless_the_rules_give_one(rules: RuleSet) -> None:
    assert not paper_is_late(Q1, date(2026, 3, 10), rules)
    assert paper_is_late(Q1, date(2026, 3, 11), rules)
    assert not paper_is_late(Q1, date(2026, 3, 13), rules.with_values({"paper_grace_days": 3}))


def test_codes_are_read_back(rules: RuleSet) -> None:
    assert quarter_from_code("2026Q4") == Quarter(2026, 4)
    for wrong in ("2026Q5", "26Q1", "2026q1", ""):
        with pytest.raises(ValueError, match=r"^$|Q|q"):
            quarter_from_code(wrong)
