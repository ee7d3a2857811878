"""Working days: adjusted weekends, holidays, years without a notice. Each date stands beside its weekday, checked too."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.regulation.statutory import FIXED_DAYS, moon_days_known, statutory_days
from server.regulation.workdays import WorkCalendar, YearNotice, notice_from_chinesecalendar

DAYS = st.dates(date(2024, 1, 2), date(2026, 11, 30))


def day(text: str) -> date:
    """Read "2026-10-08 Thu" and check the weekday."""
    iso, weekday = text.split()
    found = date.fromisoformat(iso)
    assert found.strftime("%a") == weekday, text
    return found


@pytest.mark.clause("17-2")
@pytest.mark.parametrize(
    ("text", "working", "why"),
    [
        ("2026-10-01 Thu", False, "National Day"),
        ("2026-10-07 Wed", False, "given with National Day"),
        ("2026-10-08 Thu", True, "first day after it"),
        ("2026-10-10 Sat", True, "Saturday worked instead"),
        ("2026-09-20 Sun", True, "Sunday worked instead"),
        ("2026-09-19 Sat", False, "plain Saturday"),
        ("2026-02-14 Sat", True, "Saturday worked before the Spring Festival"),
        ("2026-02-15 Sun", False, "Spring Festival begins"),
        ("2026-02-23 Mon", False, "Spring Festival ends"),
        ("2026-02-28 Sat", True, "Saturday worked after it"),
        ("2026-04-06 Mon", False, "Qingming, made up on Monday"),
        ("2026-05-09 Sat", True, "Saturday worked after Labour Day"),
        ("2026-06-19 Fri", False, "Dragon Boat"),
        ("2026-09-25 Fri", False, "Mid-Autumn"),
        ("2026-11-24 Tue", True, "plain Tuesday"),
    ],
)
def test_adjusted_weekends_and_holidays_of_2026(calendar: WorkCalendar, text: str, working: bool, why: str) -> None:
    assert calendar.is_working(day(text)) is working, why


@pytest.mark.clause("17-1", "17-2")
@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2026-09-18 Fri", 10, "2026-10-09 Fri"),
        ("2026-09-30 Wed", 10, "2026-10-20 Tue"),
        ("2026-10-01 Thu", 10, "2026-10-20 Tue"),
        ("2026-10-07 Wed", 10, "2026-10-20 Tue"),
        ("2026-02-13 Fri", 10, "2026-03-05 Thu"),
        ("2026-04-30 Thu", 10, "2026-05-18 Mon"),
        ("2026-06-12 Fri", 5, "2026-06-22 Mon"),
        ("2026-11-21 Sat", 1, "2026-11-23 Mon"),
        ("2026-11-22 Sun", 1, "2026-11-23 Mon"),
        ("2026-11-20 Fri", 1, "2026-11-23 Mon"),
        ("2026-11-20 Fri", 0, "2026-11-20 Fri"),
    ],
)
def test_the_first_day_counted_is_the_first_working_day_after(calendar: WorkCalendar, start: str, n: int, end: str) -> None:
    assert calendar.add(day(start), n) == day(end)


@pytest.mark.clause("16-9")
@pytest.mark.parametrize(
    ("deadline", "n", "last"),
    [
        ("2026-10-15 Thu", 10, "2026-09-24 Thu"),
        ("2026-10-09 Fri", 10, "2026-09-18 Fri"),
        ("2026-10-05 Mon", 10, "2026-09-16 Wed"),
        ("2026-06-30 Tue", 10, "2026-06-15 Mon"),
        ("2026-11-22 Sun", 0, "2026-11-20 Fri"),
    ],
)
def test_counting_back_from_a_deadline(calendar: WorkCalendar, deadline: str, n: int, last: str) -> None:
    assert calendar.subtract(day(deadline), n) == day(last)


def test_the_days_counted_can_be_shown(calendar: WorkCalendar) -> None:
    shown = [found.strftime("%m-%d %a") for found in calendar.counted(date(2026, 9, 18), 10)]
    assert shown == [
        "09-20 Sun",
        "09-21 Mon",
        "09-22 Tue",
        "09-23 Wed",
        "09-24 Thu",
        "09-28 Mon",
        "09-29 Tue",
        "09-30 Wed",
        "10-08 Thu",
        "10-09 Fri",
    ]


@given(start=DAYS, n=st.integers(0, 12))
def test_adding_lands_on_the_nth_working_day(calendar: WorkCalendar, start: date, n: int) -> None:
    end = calendar.add(start, n)
    between = [start + timedelta(days=k) for k in range(1, (end - start).days + 1)]
    assert sum(calendar.is_working(found) for found in between) == n == calendar.between(start, end)
    assert calendar.between(end, start) == -n
    assert n == 0 or calendar.is_working(end)


@given(deadline=st.dates(date(2024, 3, 1), date(2026, 12, 31)), n=st.integers(0, 12))
def test_the_last_safe_day_is_the_last_working_day_that_still_fits(calendar: WorkCalendar, deadline: date, n: int) -> None:
    last = calendar.subtract(deadline, n)
    assert calendar.is_working(last)
    assert calendar.add(last, n) <= deadline
    assert calendar.add(calendar.add(last, 1), n) > deadline


def test_counting_the_wrong_way_is_refused(calendar: WorkCalendar) -> None:
    with pytest.raises(ValueError, match="back"):
        calendar.add(date(2026, 1, 5), -1)
    with pytest.raises(ValueError, match="on"):
        calendar.subtract(date(2026, 1, 5), -1)


@pytest.mark.clause("17-2")
def test_a_year_without_its_notice_is_provisional(calendar: WorkCalendar) -> None:
    assert calendar.is_provisional(date(2026, 12, 25), date(2027, 1, 8))
    assert calendar.is_provisional(date(2027, 1, 8), date(2026, 12, 25))
    assert not calendar.is_provisional(date(2026, 12, 1), date(2026, 12, 31))


@pytest.mark.clause("17-2")
@pytest.mark.parametrize(
    ("text", "working", "why"),
    [
        ("2027-01-01 Fri", False, "New Year's Day"),
        ("2027-02-05 Fri", False, "the eve"),
        ("2027-02-08 Mon", False, "third day of the Spring Festival"),
        ("2027-02-09 Tue", True, "what the notice may add is not assumed"),
        ("2027-04-05 Mon", False, "Qingming"),
        ("2027-05-02 Sun", False, "Labour Day and a Sunday"),
        ("2027-05-03 Mon", True, "where a Sunday is made up only the notice says"),
        ("2027-06-09 Wed", False, "Dragon Boat"),
        ("2027-09-15 Wed", False, "Mid-Autumn"),
        ("2027-10-01 Fri", False, "National Day"),
        ("2027-10-04 Mon", True, "not statutory"),
    ],
)
def test_without_a_notice_weekends_and_statutory_days_are_taken(
    calendar: WorkCalendar, text: str, working: bool, why: str
) -> None:
    assert calendar.is_working(day(text)) is working, why


def test_a_loaded_notice_moves_the_provisional_date(calendar: WorkCalendar) -> None:
    received = date(2026, 12, 28)
    assert calendar.add(received, 10) == date(2027, 1, 12)
    notice = YearNotice(2027, frozenset({date(2027, 1, 1), date(2027, 1, 4)}), frozenset({date(2027, 1, 9)}), "a notice made up")
    loaded = WorkCalendar({**calendar.notices, 2027: notice})
    assert loaded.add(received, 10) == date(2027, 1, 12)
    assert loaded.is_working(date(2027, 1, 9))
    assert not loaded.is_working(date(2027, 1, 4))
    assert loaded.add(received, 4) == date(2027, 1, 5)
    assert not loaded.is_provisional(received, date(2027, 1, 12))


def test_a_notice_may_reach_into_the_last_days_of_the_year_before() -> None:
    notice = YearNotice(2023, frozenset({date(2022, 12, 31), date(2023, 1, 2)}), frozenset(), "a notice made up")
    year_before = YearNotice(2022, frozenset(), frozenset({date(2022, 12, 31)}), "worked, had the next notice not given it")
    assert not WorkCalendar({2023: notice}).is_working(date(2022, 12, 31))
    assert WorkCalendar({2022: year_before}).is_working(date(2022, 12, 31))


def test_years_that_the_package_does_not_know_have_no_notice() -> None:
    assert notice_from_chinesecalendar(1990) is None
    assert notice_from_chinesecalendar(2100) is None


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_known_years_have_rest_and_only_weekends_worked_instead(year: int) -> None:
    notice = notice_from_chinesecalendar(year)
    assert notice is not None
    assert len(notice.rest) >= 11
    assert notice.work
    assert all(found.weekday() >= 5 for found in notice.work)
    assert all(found.year == year for found in notice.rest | notice.work)


@pytest.mark.parametrize("year", [2026])
def test_the_statutory_table_agrees_with_the_notice_of_a_year_that_is_known(year: int) -> None:
    notice = notice_from_chinesecalendar(year)
    assert notice is not None
    assert statutory_days(year) <= notice.rest


@pytest.mark.parametrize("year", range(2026, 2036))
def test_the_days_that_follow_the_moon_stand_at_their_phase(year: int) -> None:
    """The Spring Festival at a new moon, Dragon Boat four days after one, Mid-Autumn fourteen; by the mean moon, give a day."""
    known = datetime(2000, 1, 6, 18, 14, tzinfo=UTC)  # a new moon
    month = 29.530588861
    moving = sorted(statutory_days(year) - {day.in_year(year) for day in FIXED_DAYS})
    spring = [found for found in moving if found.month < 3]
    assert [(later - earlier).days for earlier, later in pairwise(spring)] == [1, 1, 1]
    qingming = [found for found in moving if found.month == 4]
    assert [(found.month, found.day) for found in qingming] in ([(4, 4)], [(4, 5)])
    dragon_boat = [found for found in moving if found.month in (5, 6)]
    mid_autumn = [found for found in moving if found.month in (9, 10)]
    for found, age in ((spring[1], 0), (dragon_boat[0], 4), *((day, 14) for day in mid_autumn)):
        noon = datetime(found.year, found.month, found.day, 4, tzinfo=UTC)  # noon in Beijing
        phase = (noon - known).total_seconds() / 86400 % month
        assert min(abs(phase - age), abs(phase - month - age)) < 1.2, found


def test_years_beyond_the_moon_table_say_so() -> None:
    assert moon_days_known(2035)
    assert not moon_days_known(2050)
    assert statutory_days(2050) == {
        date(2050, 1, 1),
        date(2050, 5, 1),
        date(2050, 5, 2),
        date(2050, 10, 1),
        date(2050, 10, 2),
        date(2050, 10, 3),
    }
