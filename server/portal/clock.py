"""Deadlines as a page shows them: the clock of an acceptance with its days counted, and the last safe day to apply."""

from dataclasses import dataclass
from datetime import date

from server.acceptance.models import Application
from server.portal.words import days_in_words, working_days_in_words
from server.problems.models import Problem
from server.regulation.deadlines import last_safe_day
from server.regulation.ruleset import RuleSet
from server.regulation.statuses import ON_MAIN_UNIT, Status
from server.regulation.workdays import WorkCalendar
from server.units.predicates import office_day


@dataclass(frozen=True)
class ClockDay:
    """One working day counted: passed, today, or to come."""

    day: date
    state: str


@dataclass(frozen=True)
class AcceptanceClock:
    """Ten working days from receipt (Article 17), the days that were counted shown one by one."""

    received: date
    due: date
    days: list[ClockDay]
    passed: int
    left: int
    late: int
    provisional: bool


def acceptance_clock(application: Application, on: date, calendar: WorkCalendar) -> AcceptanceClock:
    """The clock of an application on a day; ``passed`` counts today when it is a working day."""
    received = office_day(application.received_at)
    days = calendar.counted(received, max(0, calendar.between(received, application.due)))
    return AcceptanceClock(
        received=received,
        due=application.due,
        days=[ClockDay(day, "passed" if day < on else "today" if day == on else "ahead") for day in days],
        passed=sum(day <= on for day in days),
        left=sum(day > on for day in days),
        late=calendar.between(application.due, on) if on > application.due else 0,
        provisional=application.due_provisional,
    )


def safe_day(problem: Problem, rules: RuleSet, calendar: WorkCalendar) -> date | None:
    """最迟申请: the last day on which an application leaves the acceptance its full clock (Article 16)."""
    if problem.deadline is None or Status(problem.status) not in ON_MAIN_UNIT:
        return None
    return last_safe_day(problem.deadline, calendar, rules.whole("acceptance_days"))


def opinion_day(application: Application, rules: RuleSet, calendar: WorkCalendar) -> date:
    """The working day by which each supervising unit is asked for its opinion (Article 17)."""
    return calendar.add(office_day(application.received_at), rules.whole("opinion_days"))


@dataclass(frozen=True)
class TimeLeft:
    """What is left until a day, in the unit of the rule that set it, in words; ``late`` once the day has passed."""

    words: str
    late: bool
    today: bool


def time_left(until: date, on: date, calendar: WorkCalendar | None = None) -> TimeLeft:
    """The time left on a day: with a calendar in working days, as its rule counts, else in days."""
    if calendar is None or until == on:
        said = days_in_words((until - on).days)
    else:
        said = working_days_in_words(calendar.between(on, until), late=until < on)
    return TimeLeft(said, until < on, until == on)
