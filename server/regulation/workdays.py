"""Working days: the State Council's yearly notice, adjusted weekends (调休) included.

A year without its notice is never guessed silently: weekends and the statutory days are taken, and `is_provisional` says so
(待国务院放假安排公布). Load the notice and compute again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib.metadata import version

import chinese_calendar
from chinese_calendar import constants

from server.regulation.statutory import statutory_days

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class YearNotice:
    """One year's notice: days of rest that are no weekend or belong to a holiday, and weekend days worked instead.

    Either set may reach into the last days of the year before (31 December 2022 was given by the notice for 2023). `notice`: its
    number, e.g. 国办发明电〔…〕…号, or where the days are from.
    """

    year: int
    rest: frozenset[date]
    work: frozenset[date]
    notice: str


@dataclass(frozen=True)
class WorkCalendar:
    """Counts working days by the notices in force. `notices`: year → its notice."""

    notices: Mapping[int, YearNotice]
    _rest: frozenset[date] = field(init=False, repr=False, compare=False)
    _work: frozenset[date] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_rest", frozenset().union(*(notice.rest for notice in self.notices.values())))
        object.__setattr__(self, "_work", frozenset().union(*(notice.work for notice in self.notices.values())))

    def is_working(self, day: date) -> bool:
        """Whether a day is a working day; of a year without notice, weekends and statutory days are not."""
        if day in self._work:
            return True
        if day in self._rest or day.weekday() >= 5:
            return False
        return day.year in self.notices or day not in statutory_days(day.year)

    def add(self, start: date, n: int) -> date:
        """The n-th working day after `start`; the first counted is the first working day after it. 0: `start` itself."""
        if n < 0:
            raise ValueError("count back with subtract")
        return self.counted(start, n)[-1] if n else start

    def subtract(self, deadline: date, n: int) -> date:
        """The last working day from which n working days end by `deadline`: add(it, n) ≤ deadline."""
        if n < 0:
            raise ValueError("count on with add")
        day = deadline
        left = n
        while True:
            if self.is_working(day):
                if left == 0:
                    return day
                left -= 1
            day -= _DAY

    def counted(self, start: date, n: int) -> list[date]:
        """The n working days after `start`, to be shown beside a deadline."""
        days = self._working_after(start)
        return [next(days) for _unused in range(n)]

    def between(self, earlier: date, later: date) -> int:
        """Working days after `earlier` up to and including `later`; negative where `later` comes first."""
        if later < earlier:
            return -self.between(later, earlier)
        return sum(self.is_working(earlier + timedelta(days=n)) for n in range(1, (later - earlier).days + 1))

    def is_provisional(self, start: date, end: date) -> bool:
        """Whether a day from `start` to `end` lies in a year whose notice is not loaded (待国务院放假安排公布)."""
        return any(year not in self.notices for year in range(min(start, end).year, max(start, end).year + 1))

    def _working_after(self, start: date) -> Iterator[date]:
        day = start
        while True:
            day += _DAY
            if self.is_working(day):
                yield day


def notice_from_chinesecalendar(year: int) -> YearNotice | None:
    """The year's days as the chinesecalendar package has them; None for a year it does not know (there it raises)."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
        chinese_calendar.is_workday(date(year, 12, 31))
    except NotImplementedError:
        return None
    return YearNotice(
        year=year,
        rest=frozenset(day for day in constants.holidays if day.year == year),
        work=frozenset(day for day in constants.workdays if day.year == year and day.weekday() >= 5),
        notice=f"chinesecalendar {version('chinesecalendar')}",
    )
