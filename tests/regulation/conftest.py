"""The rule set in force and calendars with notices, for tests of pure rules."""

import pytest

from server.regulation.ruleset import RuleSet, load
from server.regulation.workdays import WorkCalendar, notice_from_chinesecalendar


@pytest.fixture(scope="session")
def rules() -> RuleSet:
    return load("2026")


@pytest.fixture(scope="session")
def calendar() -> WorkCalendar:
    """2024 to 2026 by their notices; 2027 has none."""
    notices = (notice_from_chinesecalendar(year) for year in (2024, 2025, 2026))
    return WorkCalendar({notice.year: notice for notice in notices if notice is not None})
