"""The marks on a problem's row that light, pace and filters are judged by, and the standings kept of them.

Higher rooms (plans, progress, acceptance, supervision, evidence) set marks through here and read nothing back down.
"""

from datetime import date, datetime

from django.db.models import Q

from server.problems import policy
from server.problems.models import Problem, Standing
from server.regulation import lights, pace
from server.regulation.lights import Light
from server.regulation.pace import PlanMarks
from server.regulation.progress import Stage
from server.regulation.ruleset import RuleSet
from server.regulation.statuses import ENDED, FINISHED, ON_MAIN_UNIT, OPEN, Status
from server.rulebook.queries import rules_of
from server.units.predicates import office_day

_GRAVITY = ("on_track", "at_risk", "behind")


def plan_marks(problem: Problem) -> PlanMarks | None:
    """What pace knows of the plan in force; None before there is one."""
    if problem.plan_issued_on is None:
        return None
    return PlanMarks(
        issued=problem.plan_issued_on,
        deadline=problem.deadline,
        stages=tuple(Stage(date.fromisoformat(s["due"]), bool(s["reached"])) for s in problem.stages),
        measures_done=problem.measures_done,
        measures=problem.measures_total,
        # A main unit that has given none yet counts as nothing done: the others' percents do not speak for it.
        percents=tuple(problem.percents.get(code, {}).get("percent") for code in policy.main_units(problem)),
    )


def facts(problem: Problem) -> lights.Marks:
    """The plain facts of one row that the regulation derives its light from."""
    return lights.Marks(
        status=Status(problem.status),
        listed_on=problem.listed_on,
        plan=plan_marks(problem),
        last_percent_on=min((date.fromisoformat(row["on"]) for row in problem.percents.values()), default=None),
        flag=problem.flag or None,
        flag_on=problem.flag_on,
        last_verdict=problem.last_verdict or None,
        last_verdict_on=problem.last_verdict_on,
        acceptance_due=problem.acceptance_due,
        supervision_open=problem.supervision_open,
        interview_open=problem.interview_open,
    )


def take_progress(problem: Problem, unit: str, percent: int, flag: str, on: date) -> None:
    """What a main unit says of its progress and, where it says so, of its risk; an earlier flag stands until then (not saved
    here).
    """
    before = problem.percents.get(unit, {})
    flagged_on = before.get("flag_on") if flag in ("", before.get("flag")) else on.isoformat()
    said = {"percent": percent, "on": on.isoformat(), "flag": flag or before.get("flag", ""), "flag_on": flagged_on}
    problem.percents = {**problem.percents, unit: said}
    take_flags(problem)


def take_flags(problem: Problem) -> None:
    """The worst of what the main units last said of their risk, since when it is said (not saved here)."""
    said = [(_GRAVITY.index(row["flag"]), row["flag_on"]) for row in problem.percents.values() if row.get("flag")]
    worst = max((gravity for gravity, _since in said), default=None)
    if worst is None:
        problem.flag, problem.flag_on = "", None
        return
    problem.flag = _GRAVITY[worst]
    problem.flag_on = min(date.fromisoformat(since) for gravity, since in said if gravity == worst)


def refresh(problem: Problem, rules: RuleSet) -> None:
    """Write the dates on the row (not saved here)."""
    dates = lights.light_dates(facts(problem), rules)
    problem.yellow_from, problem.red_from = dates.yellow_from, dates.red_from
    paces = pace.pace_dates(plan_marks(problem), rules)
    problem.started = paces.started
    problem.ahead_until = paces.ahead_until
    problem.behind_from = paces.behind_from
    problem.far_behind_from = paces.far_behind_from


def write_standing(problem: Problem, at: datetime, *, born: bool = False) -> None:
    """Close the open standing and open another where status, light dates or area changed. ``born``: there is none yet."""
    last = None if born else Standing.objects.filter(problem=problem, until_at__isnull=True).first()
    now = (problem.status, problem.yellow_from, problem.red_from, problem.area_id)
    if last is not None:
        if (last.status, last.yellow_from, last.red_from, last.area_id) == now:
            return
        last.until_at = max(at, last.from_at)
        last.save(update_fields=["until_at"])
    Standing.objects.create(
        problem=problem,
        from_at=max(at, last.from_at) if last else at,
        status=problem.status,
        yellow_from=problem.yellow_from,
        red_from=problem.red_from,
        area_id=problem.area_id,
    )


def keep(problem: Problem, at: datetime) -> None:
    """Save a locked row whose marks were set outside a move; derived dates and standing are kept true."""
    problem.updated_at = max(at, problem.updated_at)
    refresh(problem, rules_of(problem.rule_edition, office_day(at)))
    problem.save(force_update=True)
    write_standing(problem, at)


def light(problem: Problem, on: date) -> Light | None:
    """The light on a day (rules.md, "Light, derived")."""
    return lights.light(Status(problem.status), lights.LightDates(problem.yellow_from, problem.red_from), on)


def reasons(problem: Problem, rules: RuleSet, on: date) -> tuple[lights.LightReason, ...]:
    """Why the light is what it is on a day, red reasons first."""
    return lights.light_dates(facts(problem), rules).reasons_on(on)


def pace_of(problem: Problem, on: date) -> pace.Pace:
    """The pace on a day (rules.md, "Pace")."""
    dates = pace.PaceDates(problem.started, problem.ahead_until, problem.behind_from, problem.far_behind_from)
    return pace.pace(Status(problem.status), dates, on)


def with_light(wanted: str, on: date) -> Q:
    """The same rule as SQL over the stored dates, so that lists and maps count what the page shows."""
    open_ = Q(status__in=sorted(OPEN))
    red = Q(red_from__isnull=False, red_from__lte=on)
    yellow = Q(yellow_from__isnull=False, yellow_from__lte=on)
    return {
        "grey": Q(status__in=sorted(FINISHED)),
        "red": open_ & red,
        "yellow": open_ & ~red & yellow,
        "green": open_ & ~red & ~yellow,
    }[wanted]


def with_pace(wanted: str, on: date) -> Q:
    """The same for pace: a problem is counted under what its page says."""
    runs = Q(status__in=sorted(ON_MAIN_UNIT))
    before = Q(status__in=sorted(ENDED | {Status.REPORTED, Status.LISTED}))
    far = Q(far_behind_from__isnull=False, far_behind_from__lte=on)
    behind = Q(behind_from__isnull=False, behind_from__lte=on)
    ahead = Q(ahead_until__isnull=False, ahead_until__gte=on)
    started = Q(started=True)
    return {
        "not_started": (runs & ~started) | before,
        "far_behind": runs & started & far,
        "behind": runs & started & ~far & behind,
        "ahead": runs & started & ~far & ~behind & ahead,
        "on_track": (runs & started & ~far & ~behind & ~ahead) | (~runs & ~before),
    }[wanted]


def overdue_on(on: date) -> Q:
    """Past its deadline while the main unit's clock runs."""
    return Q(status__in=sorted(ON_MAIN_UNIT), deadline__isnull=False, deadline__lt=on)
