"""Why a problem has its light, in the fewest words: what a list of many problems shows beside each title."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from server.problems import marks
from server.problems.models import STATUS_LABELS, Problem
from server.problems.queries import days_left
from server.regulation import lights
from server.regulation.lights import Light, LightReason
from server.regulation.progress import expected_progress
from server.regulation.statuses import Status
from server.regulation.workdays import WorkCalendar
from server.rulebook.queries import rules_of

# Reason → its group among the figures. The order is that of weight, the gravest first.
GROUP_OF = {
    "overdue": "overdue",
    "far_behind": "far_behind",
    "supervision": "supervised",
    "interview": "supervised",
    "acceptance_late": "acceptance_late",
    "due_soon": "due_soon",
    "stage_due_soon": "due_soon",
    "behind": "behind",
    "last_visit": "at_risk",
    "flagged": "at_risk",
    "percent_stale": "at_risk",
    "unplanned": "unplanned",
}
WEIGHT = {code: n for n, code in enumerate(GROUP_OF)}
STEP_OF = {
    Status.LISTED: "to_plan",
    Status.PLANNED: "rectifying",
    Status.RECTIFYING: "rectifying",
    Status.APPLIED: "accepting",
    Status.ACCEPTING: "accepting",
    Status.PASSED: "accepting",
    Status.PRE_ACCEPTED: "upward",
    Status.SUBMITTED_UPWARD: "upward",
}
GROUPS = {
    "red": ("overdue", "far_behind", "supervised"),
    "yellow": ("due_soon", "behind", "at_risk", "acceptance_late", "unplanned"),
    "green": ("to_plan", "rectifying", "accepting", "upward"),
}


def group_names() -> dict[str, str]:
    """The groups in two or three characters: they stand side by side under a figure."""
    return {
        "overdue": pgettext("figure", "Overdue"),
        "far_behind": pgettext("figure", "Far behind"),
        "supervised": pgettext("figure", "Under supervision"),
        "due_soon": pgettext("figure", "Due soon"),
        "behind": pgettext("figure", "Behind"),
        "at_risk": pgettext("figure", "Risk"),
        "acceptance_late": pgettext("figure", "Late acceptance"),
        "unplanned": pgettext("figure", "No plan"),
        "to_plan": pgettext("figure", "Awaiting a plan"),
        "rectifying": pgettext("figure", "Rectifying"),
        "accepting": pgettext("figure", "In acceptance"),
        "upward": pgettext("figure", "Superior"),
    }


@dataclass(frozen=True)
class Why:
    """`group`: where the figures count it; `words`: a few, in the reader's language; `order`: sorts the gravest first."""

    light: Light | None
    group: str
    words: str
    order: tuple[int, int, int]


def why(problem: Problem, on: date, calendar: WorkCalendar, *, replied: bool) -> Why:
    """The gravest reason for the light on a day. `replied`: the supervision's opinion has been answered."""
    light = marks.light(problem, on)
    if light in (Light.RED, Light.YELLOW):
        return alarming(problem, light, on, calendar, replied=replied)
    return calm(light, Status(problem.status), problem.deadline, problem.closed_on, on)


def calm(light: Light | None, status: Status, deadline: date | None, closed_on: date | None, on: date) -> Why:
    """The words for what is green, closed, or not in the ledger: they need no reason."""
    named = str(STATUS_LABELS[status])
    if light is None:
        return Why(None, "", named, (4, 0, 0))
    if light is Light.GREY:
        words = _("Closed %(date)s") % {"date": short_date(closed_on, on)} if closed_on else named
        return Why(light, "", words, (3, 0, -closed_on.toordinal() if closed_on else 0))
    left = lights.days_left(status, deadline, on)
    return Why(light, STEP_OF[status], named if left is None else days_words(left), (2, left is None, left or 0))


def alarming(problem: Problem, light: Light, on: date, calendar: WorkCalendar, *, replied: bool) -> Why:
    """The gravest reason of what is red or yellow."""
    held = [reason for reason in reasons_on(problem, on) if reason.light is light]
    rank = 0 if light is Light.RED else 1
    if not held:  # the light was set by an edition of the rules that no longer speaks for it
        return Why(light, STEP_OF[Status(problem.status)], str(STATUS_LABELS[Status(problem.status)]), (rank, len(WEIGHT), 0))
    gravest = min(held, key=lambda reason: WEIGHT[reason.code])
    words, size = _words(problem, gravest, on, calendar, replied)
    return Why(light, GROUP_OF[gravest.code], words, (rank, WEIGHT[gravest.code], -size))


def reasons_on(problem: Problem, on: date) -> tuple[LightReason, ...]:
    """All reasons that hold on a day, red ones first."""
    return marks.reasons(problem, rules_of(problem.rule_edition, on), on)


def _words(problem: Problem, reason: LightReason, on: date, calendar: WorkCalendar, replied: bool) -> tuple[str, int]:
    """The words and how grave it is within its kind: the larger, the graver."""
    left = days_left(problem, on)
    if reason.code in ("overdue", "due_soon") and left is not None:
        return days_words(left), -left
    if reason.code in ("far_behind", "behind"):
        points = points_behind(problem, on)
        return _("%(points)s points behind") % {"points": points}, points
    if reason.code == "acceptance_late" and problem.acceptance_due is not None:
        days = calendar.between(problem.acceptance_due, on)
        words = _("Acceptance %(days)s working days late") if days else _("Acceptance past its day")
        return words % {"days": days}, days
    if reason.code == "supervision":
        words = _("Supervision reply to be accepted") if replied else _("Supervision reply awaited")
        return words, 0 if replied else 1
    if reason.code == "stage_due_soon":
        due = next((date.fromisoformat(s["due"]) for s in problem.stages if not s["reached"]), on)
        return _("Stage due %(date)s") % {"date": short_date(due, on)}, (on - due).days
    if reason.code == "unplanned":
        days = (on - problem.listed_on).days if problem.listed_on else 0
        return _("%(days)s d without a plan") % {"days": days}, days
    return {
        "interview": _("Interview report awaited"),
        "last_visit": _("Found behind on a visit"),
        "flagged": _("Flagged as a risk"),
        "percent_stale": _("Progress not updated"),
    }.get(reason.code, _("At risk")), 0


def days_words(left: int) -> str:
    """Days to the deadline in words; negative: overdue."""
    if left < 0:
        return _("%(days)s d overdue") % {"days": -left}
    return _("%(days)s d left") % {"days": left} if left else _("Due today")


def points_behind(problem: Problem, on: date) -> int:
    """Whole points by which the actual progress lies behind the expected one; 0 where it does not."""
    plan = marks.plan_marks(problem)
    if plan is None:
        return 0
    behind: Fraction = expected_progress(plan.issued, plan.deadline, plan.stages, on) - plan.actual
    return max(0, int(behind))


def short_date(day: date, on: date) -> str:
    """Month and day; with the year where it is another one."""
    return f"{day:%m-%d}" if day.year == on.year else f"{day:%Y-%m-%d}"
