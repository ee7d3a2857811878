"""Deadlines: from words to dates (Article 7)."""

import calendar
import re
from datetime import date, timedelta

from server.regulation.ruleset import RuleSet
from server.regulation.workdays import WorkCalendar

# "2026年6月前" and "2027年前" are not read: some mean the beginning of that time, some its end.
_MONTH_END = re.compile(r"(?:(?P<year>20\d\d)年)?(?P<month>1[0-2]|0?[1-9])月(?:[底末内](?:之?前)?)?")
_YEAR_END = re.compile(r"(?:(?P<year>20\d\d)年)年?[底末内](?:之?前)?")
_DAY = re.compile(r"(?:(?P<year>20\d\d)年)?(?P<month>1[0-2]|0?[1-9])月(?P<day>3[01]|[12]\d|0?[1-9])(?:日|号)(?:之?前)?")
_THIS_YEAR_END = re.compile(r"(?P<which>今年|本年|明年)?(?:年?[底末])(?:之?前)?|(?:今年|本年|年)内")
_TAIL = re.compile(r"(?:完成整改|整改完成|整改到位|完成验收销号|完成销号|完成)$")


class UnreadableDeadline(ValueError):
    """The words name no date that can be read without guessing."""


def deadline_from_words(words: str, issued: date, rules: RuleSet) -> date:
    """The date that a deadline in words means (Article 7: 完成时限).

    "2026年底前" is 31 December, "6月底前" 30 June: of the year of issue, or of the next where that day has passed. "6月30日前" is
    that day itself ("以前" includes it, Civil Code 1259). "立行立改" is the day of issue and the parameter `immediate_days`.

    Raises UnreadableDeadline where the words say no such thing; the caller asks for a date then.
    """
    text = _TAIL.sub("", re.sub(r"[\s,,。;;]", "", words))
    if text in ("立行立改", "立即整改", "立知立改"):
        return issued + timedelta(days=rules.whole("immediate_days"))
    if match := _DAY.fullmatch(text):
        return _named_day(match, issued, words)
    if match := _MONTH_END.fullmatch(text):
        month = int(match["month"])
        if match["year"]:
            return _end_of_month(int(match["year"]), month)
        this_year = _end_of_month(issued.year, month)
        return this_year if this_year >= issued else _end_of_month(issued.year + 1, month)
    if match := _YEAR_END.fullmatch(text):
        return date(int(match["year"]), 12, 31)
    if text and (match := _THIS_YEAR_END.fullmatch(text)):
        return date(issued.year + (match["which"] == "明年"), 12, 31)
    raise UnreadableDeadline(words)


def _end_of_month(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _named_day(match: re.Match[str], issued: date, words: str) -> date:
    try:
        if match["year"]:
            return date(int(match["year"]), int(match["month"]), int(match["day"]))
        day = date(issued.year, int(match["month"]), int(match["day"]))
        return day if day >= issued else day.replace(year=issued.year + 1)
    except ValueError:
        raise UnreadableDeadline(words) from None


def acceptance_due(received: date, calendar: WorkCalendar, days: int = 10) -> date:
    """Last day on which the lead unit may decide (Article 17: ten working days from receipt).

    The first day counted is the first working day after receipt, whether or not the day of receipt is a working day.
    """
    return calendar.add(received, days)


def last_safe_day(deadline: date, calendar: WorkCalendar, days: int = 10) -> date:
    """Last working day on which an application leaves the acceptance its full clock before the deadline (Article 16)."""
    return calendar.subtract(deadline, days)


def back_plan(count: int, issued: date, deadline: date, calendar: WorkCalendar) -> tuple[date, ...]:
    """倒排工期: dates proposed for `count` measures in order, counted back from the deadline (Article 8).

    The last is the deadline itself; the others divide the term evenly and lie on working days where one is left, none before
    the issue.
    """
    term = (deadline - issued).days
    proposed = [deadline - timedelta(days=term * (count - n) // count) for n in range(1, count + 1)]
    return tuple(day if day == deadline else _working_on_or_before(day, issued, calendar) for day in proposed)


def _working_on_or_before(day: date, earliest: date, calendar: WorkCalendar) -> date:
    moved = day
    while moved > earliest and not calendar.is_working(moved):
        moved -= timedelta(days=1)
    return moved if calendar.is_working(moved) else day
