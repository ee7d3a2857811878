"""Pace: an axis of its own beside the state (rules.md, "Pace, derived").

Without an event pace only worsens: not_started and what is ahead become on_track, behind, far_behind as days pass. So a few exact
dates, computed with every change, say it for any day, and the database compares them.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor

from server.regulation.progress import WHOLE, Stage, actual_progress
from server.regulation.ruleset import RuleSet
from server.regulation.statuses import ENDED, ON_MAIN_UNIT, Status

_DAY = timedelta(days=1)


class Pace(StrEnum):
    """How a plan stands against its time."""

    NOT_STARTED = "not_started"
    AHEAD = "ahead"
    ON_TRACK = "on_track"
    BEHIND = "behind"
    FAR_BEHIND = "far_behind"


@dataclass(frozen=True)
class PlanMarks:
    """What pace needs to know of a plan.

    `issued`: the day pace counts from; for a plan taken over the start date where that is later. `percents`: as in
    `actual_progress`.
    """

    issued: date
    deadline: date | None
    stages: tuple[Stage, ...] = ()
    measures_done: int = 0
    measures: int = 0
    percents: tuple[int | None, ...] = ()

    @property
    def percent_given(self) -> bool:
        return any(percent is not None for percent in self.percents)

    @property
    def started(self) -> bool:
        """Whether anything has been reported done: a percent, a measure or a stage."""
        return self.percent_given or self.measures_done > 0 or any(stage.reached for stage in self.stages)

    @property
    def term(self) -> int | None:
        """Days between issue and deadline."""
        return None if self.deadline is None else (self.deadline - self.issued).days

    @property
    def actual(self) -> Fraction:
        return actual_progress(self.stages, self.measures_done, self.measures, self.percents)


@dataclass(frozen=True)
class PaceDates:
    """Exact dates for the row. None: never, as things stand.

    `ahead_until`: last day on which it is ahead. `behind_from`, `far_behind_from`: first day.
    """

    started: bool = False
    ahead_until: date | None = None
    behind_from: date | None = None
    far_behind_from: date | None = None


def pace_dates(plan: PlanMarks | None, rules: RuleSet) -> PaceDates:
    """When pace changes without an event.

    Points count once a percent has been given and for a term of at least `pace_term_days`; shorter plans are judged by their
    dates: a stage or the deadline that has passed puts them behind. Past its deadline no plan is better than behind.
    """
    if plan is None or not plan.started:
        return PaceDates()
    by_date = _first_missed(plan, stages_too=not _points_count(plan, rules))
    if not _points_count(plan, rules):
        return PaceDates(started=True, behind_from=by_date)
    ahead_until = _last_day_expecting_at_most(plan, plan.actual - rules.exact("ahead_points"))
    behind_from = behind_by_points_from(plan, rules.whole("behind_points"), rules)
    far_behind_from = behind_by_points_from(plan, rules.whole("far_behind_points"), rules)
    return PaceDates(
        started=True,
        ahead_until=ahead_until,
        behind_from=min((day for day in (behind_from, by_date) if day is not None), default=None),
        far_behind_from=far_behind_from,
    )


def behind_by_points_from(plan: PlanMarks, points: int, rules: RuleSet) -> date | None:
    """First day on which the plan is that many points behind the expected progress; None where points do not count, or never."""
    if not _points_count(plan, rules):
        return None
    return _first_day_expecting(plan, plan.actual + points)


def pace(status: Status, dates: PaceDates, on: date) -> Pace:
    """The pace on a day.

    Before a plan is carried out it is not_started; once applied for, the main unit's clock stands and it is on_track.
    """
    if status in ON_MAIN_UNIT:
        if not dates.started:
            return Pace.NOT_STARTED
        if dates.far_behind_from is not None and dates.far_behind_from <= on:
            return Pace.FAR_BEHIND
        if dates.behind_from is not None and dates.behind_from <= on:
            return Pace.BEHIND
        if dates.ahead_until is not None and on <= dates.ahead_until:
            return Pace.AHEAD
        return Pace.ON_TRACK
    if status in ENDED or status in (Status.REPORTED, Status.LISTED):
        return Pace.NOT_STARTED
    return Pace.ON_TRACK


def _points_count(plan: PlanMarks, rules: RuleSet) -> bool:
    return plan.percent_given and plan.term is not None and plan.term >= rules.whole("pace_term_days")


def _first_missed(plan: PlanMarks, *, stages_too: bool) -> date | None:
    days = [stage.due for stage in plan.stages if not stage.reached] if stages_too else []
    if plan.deadline is not None:
        days.append(plan.deadline)
    return min(days) + _DAY if days else None


def _first_day_expecting(plan: PlanMarks, points: Fraction) -> date | None:
    """First day on which the expected progress is at least `points`; None where it never is."""
    if points > WHOLE:
        return None
    if plan.stages:
        for n, due in enumerate(sorted(stage.due for stage in plan.stages), 1):
            if WHOLE * n / len(plan.stages) >= points:
                return due + _DAY
        return None
    if plan.term is None:
        return None
    return plan.issued + timedelta(days=ceil(points * plan.term / WHOLE))


def _last_day_expecting_at_most(plan: PlanMarks, points: Fraction) -> date | None:
    """Last day on which the expected progress is at most `points`; None where it is more from the start."""
    if points < 0:
        return None
    if plan.stages:
        for n, due in enumerate(sorted(stage.due for stage in plan.stages), 1):
            if WHOLE * n / len(plan.stages) > points:
                return due
        return date.max
    if plan.term is None:
        return None
    return plan.issued + timedelta(days=floor(points * plan.term / WHOLE))
