"""Statutory days of rest for years whose notice has not come (全国年节及纪念日放假办法, as amended from 2025).

Days that follow the moon are known for the years of the table below; for later years only the days of the solar calendar are
taken. Which weekends are worked instead, and where a day that falls on a weekend is made up, only the notice says: nothing of
that is assumed.
"""

from datetime import date, timedelta
from functools import cache

from server.regulation.ruleset import MonthDay

FIXED_DAYS = (
    MonthDay(1, 1),
    MonthDay(5, 1),
    MonthDay(5, 2),
    MonthDay(10, 1),
    MonthDay(10, 2),
    MonthDay(10, 3),
)

# Year → first day of the first lunar month, Qingming, fifth of the fifth month, fifteenth of the eighth month.
_BY_THE_MOON: dict[int, tuple[MonthDay, MonthDay, MonthDay, MonthDay]] = {
    2026: (MonthDay(2, 17), MonthDay(4, 5), MonthDay(6, 19), MonthDay(9, 25)),
    2027: (MonthDay(2, 6), MonthDay(4, 5), MonthDay(6, 9), MonthDay(9, 15)),
    2028: (MonthDay(1, 26), MonthDay(4, 4), MonthDay(5, 28), MonthDay(10, 3)),
    2029: (MonthDay(2, 13), MonthDay(4, 4), MonthDay(6, 16), MonthDay(9, 22)),
    2030: (MonthDay(2, 3), MonthDay(4, 5), MonthDay(6, 5), MonthDay(9, 12)),
    2031: (MonthDay(1, 23), MonthDay(4, 5), MonthDay(6, 24), MonthDay(10, 1)),
    2032: (MonthDay(2, 11), MonthDay(4, 4), MonthDay(6, 12), MonthDay(9, 19)),
    2033: (MonthDay(1, 31), MonthDay(4, 4), MonthDay(6, 1), MonthDay(9, 8)),
    2034: (MonthDay(2, 19), MonthDay(4, 5), MonthDay(6, 20), MonthDay(9, 27)),
    2035: (MonthDay(2, 8), MonthDay(4, 5), MonthDay(6, 10), MonthDay(9, 16)),
}


@cache
def statutory_days(year: int) -> frozenset[date]:
    """The statutory days of rest of a year as far as they can be known without its notice."""
    days = {day.in_year(year) for day in FIXED_DAYS}
    if year in _BY_THE_MOON:
        spring, qingming, dragon_boat, mid_autumn = (day.in_year(year) for day in _BY_THE_MOON[year])
        days |= {spring + timedelta(days=n) for n in (-1, 0, 1, 2)}  # the eve and the first three days
        days |= {qingming, dragon_boat, mid_autumn}
    return frozenset(days)


def moon_days_known(year: int) -> bool:
    """Whether the days that follow the moon are among `statutory_days` of that year."""
    return year in _BY_THE_MOON
