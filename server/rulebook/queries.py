"""The rules and the calendar that hold: what every action asks before it judges."""

from datetime import date

from server.regulation.ruleset import RuleSet, in_force, load
from server.regulation.workdays import WorkCalendar, YearNotice
from server.rulebook.models import CalendarYear


def rules_in_force(on: date) -> RuleSet:
    """The rule set that applies on a day (Article 25: each edition says from when)."""
    return in_force(on)


def rules_of(edition: str, on: date) -> RuleSet:
    """The edition that a problem keeps since its plan was issued; before that the one in force on the day."""
    return load(edition) if edition else in_force(on)


def work_calendar() -> WorkCalendar:
    """The working days of every year whose notice is in force; other years answer provisionally."""
    notices = {
        row.year: YearNotice(
            row.year,
            frozenset(date.fromisoformat(day) for day in row.rest),
            frozenset(date.fromisoformat(day) for day in row.work),
            row.notice,
        )
        for row in CalendarYear.objects.all()
    }
    return WorkCalendar(notices)
