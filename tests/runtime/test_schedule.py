"""What is due at night runs once, whoever of several schedulers comes first, and again if it failed."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.runtime.models import DailyRun
from server.runtime.schedule import GIVEN_UP_AFTER, PAUSE, claim, day_due, run_daily

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
DAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 3, 2, 1, 59, tzinfo=SHANGHAI), date(2026, 3, 1)),
        (datetime(2026, 3, 2, 2, 0, tzinfo=SHANGHAI), date(2026, 3, 2)),
        (datetime(2026, 3, 2, 23, 59, tzinfo=SHANGHAI), date(2026, 3, 2)),
    ],
)
def test_a_day_is_due_from_its_hour_on(now: datetime, expected: date) -> None:
    assert day_due(now, time(2)) == expected


@pytest.mark.django_db
def test_a_day_runs_once_and_the_next_day_again() -> None:
    ran: list[str] = []
    assert run_daily("nightly", DAY, lambda: NOON, lambda: ran.append("first"))
    assert not run_daily("nightly", DAY, lambda: NOON + timedelta(hours=20), lambda: ran.append("second"))
    assert run_daily("nightly", DAY + timedelta(days=1), lambda: NOON, lambda: ran.append("next day"))
    assert run_daily("housekeeping", DAY, lambda: NOON, lambda: ran.append("other command"))
    assert ran == ["first", "next day", "other command"]


@pytest.mark.django_db
def test_of_two_schedulers_one_gets_the_day() -> None:
    assert claim("nightly", DAY, NOON)
    assert not claim("nightly", DAY, NOON)


def fail() -> None:
    raise ArithmeticError("broken")


@pytest.mark.django_db
def test_a_failed_run_is_tried_again_after_a_pause_and_three_times_in_all() -> None:
    assert not run_daily("nightly", DAY, lambda: NOON, fail)
    assert "broken" in DailyRun.objects.get().error
    assert not claim("nightly", DAY, NOON + PAUSE / 2)
    assert not run_daily("nightly", DAY, lambda: NOON + 2 * PAUSE, fail)
    assert not run_daily("nightly", DAY, lambda: NOON + 4 * PAUSE, fail)
    assert DailyRun.objects.get().tries == 3
    assert not claim("nightly", DAY, NOON + 6 * PAUSE)


@pytest.mark.django_db
def test_a_run_that_failed_once_ends_well_at_the_second_try() -> None:
    run_daily("nightly", DAY, lambda: NOON, fail)
    assert run_daily("nightly", DAY, lambda: NOON + PAUSE * 2, lambda: None)
    run = DailyRun.objects.get()
    assert (run.error, run.tries, run.finished_at) == ("", 2, NOON + PAUSE * 2)


@pytest.mark.django_db
def test_the_day_of_a_scheduler_that_died_in_the_middle_is_taken_over() -> None:
    claim("nightly", DAY, NOON)
    assert not claim("nightly", DAY, NOON + GIVEN_UP_AFTER / 2)
    assert claim("nightly", DAY, NOON + GIVEN_UP_AFTER * 2)
