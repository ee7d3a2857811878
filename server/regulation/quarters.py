"""The quarterly lists and their cut-offs (Article 6)."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from server.regulation.ruleset import RuleSet
from server.regulation.workdays import WorkCalendar

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")
_CODE = re.compile(r"(?P<year>20\d\d)Q(?P<number>[1-4])")


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of the list, from the 11th after the cut-off before to its own cut-off."""

    year: int
    number: int

    @property
    def code(self) -> str:
        """E.g. "2026Q1", as the API and the database hold it."""
        return f"{self.year}Q{self.number}"

    @property
    def next(self) -> "Quarter":
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)

    @property
    def previous(self) -> "Quarter":
        return Quarter(self.year - 1, 4) if self.number == 1 else Quarter(self.year, self.number - 1)


@dataclass(frozen=True)
class Receipt:
    """Where a unit's quarterly report goes.

    `late`: received after the cut-off of the quarter it was due for, so it goes to the next list by itself. `may_be_accepted`:
    the office may still take it into the quarter it was due for, with a reason.
    """

    quarter: Quarter
    late: bool
    may_be_accepted: bool


def quarter_from_code(code: str) -> Quarter:
    """Read "2026Q1". Raises ValueError."""
    if not (match := _CODE.fullmatch(code)):
        raise ValueError(code)
    return Quarter(int(match["year"]), int(match["number"]))


def is_quarter(code: str) -> bool:
    """Whether a text is a quarter's code."""
    return _CODE.fullmatch(code) is not None


def cut_off(quarter: Quarter, rules: RuleSet, calendar: WorkCalendar | None = None) -> date:
    """Last day of a quarter's list, until 24:00 in the office's zone.

    It moves past days off only where the parameter `cut_off_rolls_over` says so; then the calendar is needed (ValueError).
    """
    day = rules.dates("quarterly_cut_offs")[quarter.number - 1].in_year(quarter.year)
    if not rules.flag("cut_off_rolls_over"):
        return day
    if calendar is None:
        raise ValueError("a cut-off that rolls over needs the calendar")
    return day if calendar.is_working(day) else calendar.add(day, 1)


def first_day(quarter: Quarter, rules: RuleSet, calendar: WorkCalendar | None = None) -> date:
    """First day of a quarter's list: the day after the cut-off before."""
    return cut_off(quarter.previous, rules, calendar) + timedelta(days=1)


def quarter_of(day: date, rules: RuleSet, calendar: WorkCalendar | None = None) -> Quarter:
    """The quarter whose list a day belongs to: 10 March 2026 is 2026Q1, 11 March 2026Q2, 11 December 2027Q1."""
    quarter = Quarter(day.year - 1, 4)
    while cut_off(quarter, rules, calendar) < day:
        quarter = quarter.next
    return quarter


def judge_receipt(
    due_for: Quarter,
    received_at: datetime,
    captured_at: datetime | None,
    rules: RuleSet,
    calendar: WorkCalendar | None = None,
) -> Receipt:
    """Which list a quarterly report that was due for a quarter goes to, by the server's receipt (aware datetimes).

    Captured before the cut-off and received within `late_capture_hours` after it: late all the same, but the office may accept.
    """
    received_on = received_at.astimezone(OFFICE_ZONE).date()
    if received_on <= cut_off(due_for, rules, calendar):
        return Receipt(due_for, late=False, may_be_accepted=False)
    end = _end_of(cut_off(due_for, rules, calendar))
    in_reach = (
        captured_at is not None and captured_at < end and received_at <= end + timedelta(hours=rules.whole("late_capture_hours"))
    )
    return Receipt(max(due_for.next, quarter_of(received_on, rules, calendar)), late=True, may_be_accepted=in_reach)


def paper_is_late(due_for: Quarter, arrived_on: date, rules: RuleSet, calendar: WorkCalendar | None = None) -> bool:
    """Whether the stamped paper came after the cut-off and its grace (parameter `paper_grace_days`)."""
    return arrived_on > cut_off(due_for, rules, calendar) + timedelta(days=rules.whole("paper_grace_days"))


def _end_of(day: date) -> datetime:
    """24:00 of a day in the office's zone."""
    after = day + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=OFFICE_ZONE)
