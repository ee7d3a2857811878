"""The light of a problem as two dates, and the words for it (rules.md, "Light, derived"; Article 13).

Without an event the light only worsens, so `yellow_from` and `red_from` on the row, computed with every change, are exact on
any day.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from server.regulation.messages import gettext_noop as _
from server.regulation.pace import PlanMarks, behind_by_points_from
from server.regulation.ruleset import RuleSet
from server.regulation.statuses import FINISHED, ON_MAIN_UNIT, OPEN, Status

_DAY = timedelta(days=1)
_BAD_VERDICTS = frozenset({"behind", "not_started"})
_BAD_WORDS = _BAD_VERDICTS | {"rebound"}
_RISKY_FLAGS = frozenset({"at_risk", "behind"})


class Light(StrEnum):
    """红黄绿灯, and grey for what is closed."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    GREY = "grey"


@dataclass(frozen=True)
class Marks:
    """The plain facts of one problem that its light rests on. Dates are days in the office's zone.

    `plan`: what pace knows of the plan in force; None before there is one. `last_percent_on`: the oldest among the main units'
    last percents. `flag`: the last risk flag given, on `flag_on`. `last_verdict`: of the last visit that is under no embargo.
    `acceptance_due`: last day of the acceptance clock that runs; None where none does. `supervision_open`, `interview_open`: the
    day it was opened, until the office accepts the reply.
    """

    status: Status
    listed_on: date | None = None
    plan: PlanMarks | None = None
    last_percent_on: date | None = None
    flag: str | None = None
    flag_on: date | None = None
    last_verdict: str | None = None
    last_verdict_on: date | None = None
    acceptance_due: date | None = None
    supervision_open: date | None = None
    interview_open: date | None = None


@dataclass(frozen=True)
class Seen:
    """What one visit found, on which day, and whether it was a main unit's own."""

    verdict: str
    on: date
    by_main_unit: bool = False


def last_word(visits: Iterable[Seen]) -> Seen | None:
    """The visit whose verdict stands, of all in the order in which they were made.

    The last one; but the one who rectifies does not clear itself (Article 15): of a main unit's own visits only a bad verdict
    counts, and none once another's bad verdict stands.
    """
    standing: Seen | None = None
    for seen in visits:
        stands_bad = standing is not None and standing.verdict in _BAD_WORDS
        if seen.by_main_unit and (stands_bad or seen.verdict not in _BAD_WORDS):
            continue
        standing = seen
    return standing


@dataclass(frozen=True)
class LightReason:
    """Why the light turns, from which day. `text`: an English msgid with %(name)s places."""

    code: str
    light: Light
    from_: date
    text: str
    params: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class LightDates:
    """When the light turns without an event; None: never, as things stand. `reasons`: all of them, the earliest first."""

    yellow_from: date | None = None
    red_from: date | None = None
    reasons: tuple[LightReason, ...] = ()

    def reasons_on(self, day: date) -> tuple[LightReason, ...]:
        """The reasons that hold on a day, red ones first."""
        held = [reason for reason in self.reasons if reason.from_ <= day]
        return tuple(sorted(held, key=lambda reason: reason.light is not Light.RED))


def light_dates(marks: Marks, rules: RuleSet) -> LightDates:
    """When and why the light of a problem turns yellow and red."""
    reasons = tuple(sorted(_reasons(marks, rules), key=lambda reason: reason.from_))
    return LightDates(
        yellow_from=min((reason.from_ for reason in reasons if reason.light is Light.YELLOW), default=None),
        red_from=min((reason.from_ for reason in reasons if reason.light is Light.RED), default=None),
        reasons=reasons,
    )


def light(status: Status, dates: LightDates, on: date) -> Light | None:
    """The light on a day: None off the ledger, grey once closed."""
    if status in FINISHED:
        return Light.GREY
    if status not in OPEN:
        return None
    if dates.red_from is not None and dates.red_from <= on:
        return Light.RED
    if dates.yellow_from is not None and dates.yellow_from <= on:
        return Light.YELLOW
    return Light.GREEN


def overdue(status: Status, deadline: date | None, on: date) -> bool:
    """逾期: only while the main unit's clock runs, from the day after the deadline."""
    return status in ON_MAIN_UNIT and deadline is not None and on > deadline


def days_left(status: Status, deadline: date | None, on: date) -> int | None:
    """Days to the deadline, 0 on the day itself, negative when overdue; None where the main unit's clock does not run."""
    if status not in ON_MAIN_UNIT or deadline is None:
        return None
    return (deadline - on).days


def prompt_window(term: int | None, rules: RuleSet) -> int:
    """Days before a date within which it is near (临近, Article 13): 30, for short plans a quarter of the term, at least 3."""
    most = rules.whole("prompt_days")
    if term is None:
        return most
    return max(rules.whole("prompt_least_days"), min(most, term // rules.whole("prompt_term_divisor")))


def _reasons(marks: Marks, rules: RuleSet) -> Iterator[LightReason]:
    if marks.status not in OPEN:
        return
    if marks.supervision_open is not None:
        yield LightReason("supervision", Light.RED, marks.supervision_open, _("Under supervision until the reply is accepted"))
    if marks.interview_open is not None:
        yield LightReason("interview", Light.RED, marks.interview_open, _("Under interview until the reply is accepted"))
    if marks.status is Status.LISTED and marks.listed_on is not None:
        days = rules.whole("unplanned_days")
        yield LightReason(
            "unplanned",
            Light.YELLOW,
            marks.listed_on + timedelta(days=days),
            _("On the list for %(days)s days without a plan"),
            {"days": days},
        )
    if marks.status in (Status.APPLIED, Status.ACCEPTING) and marks.acceptance_due is not None:
        yield LightReason(
            "acceptance_late",
            Light.YELLOW,
            marks.acceptance_due + _DAY,
            _("Acceptance was due on %(date)s"),
            {"date": marks.acceptance_due},
        )
    if marks.status in ON_MAIN_UNIT:
        yield from _risks(marks, rules)
        if marks.plan is not None:
            yield from _by_plan(marks.plan, rules)


def _by_plan(plan: PlanMarks, rules: RuleSet) -> Iterator[LightReason]:
    window = timedelta(days=prompt_window(plan.term, rules))
    if plan.deadline is not None:
        yield LightReason("overdue", Light.RED, plan.deadline + _DAY, _("Overdue since %(date)s"), {"date": plan.deadline})
        yield LightReason(
            "due_soon", Light.YELLOW, plan.deadline - window, _("The deadline is near: %(date)s"), {"date": plan.deadline}
        )
    for n, stage in enumerate(plan.stages, 1):
        if not stage.reached:
            yield LightReason(
                "stage_due_soon",
                Light.YELLOW,
                stage.due - window,
                _("Stage %(n)s: due on %(date)s"),
                {"n": n, "date": stage.due},
            )
    for code, colour in (("behind", Light.YELLOW), ("far_behind", Light.RED)):
        points = rules.whole(f"{code}_points")
        if (from_ := behind_by_points_from(plan, points, rules)) is not None:
            text = _("Behind the expected progress by %(points)s points or more")
            yield LightReason(code, colour, from_, text, {"points": points})


def _risks(marks: Marks, rules: RuleSet) -> Iterator[LightReason]:
    if marks.flag in _RISKY_FLAGS and marks.flag_on is not None:
        yield LightReason("flagged", Light.YELLOW, marks.flag_on, _("Flagged as a risk"), {"flag": marks.flag})
    if marks.last_verdict in _BAD_VERDICTS and marks.last_verdict_on is not None:
        yield LightReason(
            "last_visit",
            Light.YELLOW,
            marks.last_verdict_on,
            _("The last visit found it behind or not started"),
            {"verdict": marks.last_verdict},
        )
    if marks.last_percent_on is not None:
        days = rules.whole("percent_stale_days")
        yield LightReason(
            "percent_stale",
            Light.YELLOW,
            marks.last_percent_on + timedelta(days=days + 1),
            _("No progress given for more than %(days)s days"),
            {"days": days},
        )
