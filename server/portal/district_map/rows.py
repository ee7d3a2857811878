"""The map's problems as a few plain values each, and the figures that are counted of the same rows: so they add up.

Everything starts from `visible_to`: what a person may not see is in no row, no figure and no tag of the answer (Article 10).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from server.inspections.models import Visit
from server.inspections.policy import visits_visible_to
from server.portal.district_map.narrowing import Narrowing, closed_between, drawn, month_of, narrowed
from server.portal.district_map.why import GROUPS, Why, alarming, calm, group_names, short_date
from server.problems import marks
from server.problems.models import Involvement, Problem, Standing
from server.problems.policy import visible_to
from server.problems.queries import LIGHTS
from server.regulation import lights
from server.regulation.lights import Light, LightDates
from server.regulation.sources import Level
from server.regulation.statuses import OPEN, Status
from server.rulebook.queries import work_calendar
from server.supervision.models import SupervisionRecord
from server.units.models import Person, Unit
from server.units.predicates import Capacities, capacities, office_day

COLUMNS = ("id", "number", "title", "light", "lon", "lat", "area", "why", "unit", "supervised", "level")
DECIMALS = 6  # of a degree: ten centimetres
VISIT_DAYS = 30
WHOLE_DISTRICT = "*"  # stands for the area of what concerns the whole district
_REASONED = (
    *("status", "rule_edition", "listed_on", "plan_issued_on", "deadline", "stages", "measures_done", "measures_total"),
    *("percents", "flag", "flag_on", "last_verdict", "last_verdict_on", "acceptance_due", "supervision_open", "interview_open"),
)


class Line(NamedTuple):
    """The columns of a problem that every row needs."""

    pk: UUID
    number: str | None
    title: str
    status: str
    level: str
    lon: float | None
    lat: float | None
    area_code: str
    whole_district: bool
    deadline: date | None
    closed_on: date | None
    supervision_open: date | None
    yellow_from: date | None
    red_from: date | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """One problem with why it has its light."""

    problem: Line
    why: Why


def worst_first(rows: QuerySet[Problem], on: date) -> list[Drawn]:
    """The problems, red ones first, within each light the gravest first. Four queries.

    Of thousands most are green or closed: only what is red or yellow is read whole, for its reasons.
    """
    lines = [Line(*values) for values in rows.order_by().values_list(*Line._fields)]
    alarmed = (
        rows.order_by()
        .filter(marks.with_light("red", on) | marks.with_light("yellow", on))
        .only(*_REASONED)
        .prefetch_related("involvements")
    )
    reasoned = {problem.pk: problem for problem in alarmed}
    waiting = SupervisionRecord.objects.filter(accepted_at__isnull=True, replied_at__isnull=True)
    unanswered = set(waiting.filter(problem__supervision_open__isnull=False).values_list("problem_id", flat=True))
    calendar = work_calendar()
    standing = []
    for line in lines:
        status = Status(line.status)
        light = lights.light(status, LightDates(line.yellow_from, line.red_from), on)
        problem = reasoned.get(line.pk)
        if light is not None and problem is not None:
            reason = alarming(problem, light, on, calendar, replied=line.pk not in unanswered)
        else:
            reason = calm(light, status, line.deadline, line.closed_on, on)
        standing.append(Drawn(line, reason))
    return sorted(standing, key=lambda one: (one.why.order, one.problem.number or "", one.problem.pk))


def map_data(person: Person, at: datetime, narrowing: Narrowing, wanted: UUID | None = None) -> dict[str, Any]:
    """All that the page draws for this person on this day: rows worst first, figures, visits; ready for JSON.

    `wanted`: a problem that an address asks for; where it is seen but not among the rows (closed long ago, say) it is given
    as `wanted`, beside them, and counts nowhere.
    """
    held = capacities(person, at)
    on = office_day(at)
    among = narrowed(person, at, narrowing, held)
    chosen = drawn(among, narrowing, on)
    standing = worst_first(chosen, on)
    if wanted is not None and all(one.problem.pk != wanted for one in standing):
        beside = worst_first(visible_to(person, at, held).filter(pk=wanted), on)
    else:
        beside = []
    units = _first_main_units(chosen)
    named = {code: n for n, code in enumerate(sorted(set(units.values())))}
    names = _unit_names(named)
    return {
        "on": on.isoformat(),
        "columns": COLUMNS,
        "rows": [_row(one, named.get(units.get(one.problem.pk, ""))) for one in standing],
        "wanted": [_row(one, None) for one in beside],
        "units": [names[code] for code in named],
        "figures": figures(among, standing, on, _open_a_week_ago(person, at, held) if narrowing == Narrowing() else None),
        "visits": _visits(person, at, held, chosen, on),
        "ledger": narrowing.query(),
        "month": month_of(on).isoformat(),
    }


def _row(one: Drawn, unit: int | None) -> list[object]:
    problem = one.problem
    light = LIGHTS.index(one.why.light.value) if one.why.light else len(LIGHTS)
    return [
        str(problem.pk),
        problem.number or "",
        problem.title,
        light,
        None if problem.lon is None else round(problem.lon, DECIMALS),
        None if problem.lat is None else round(problem.lat, DECIMALS),
        WHOLE_DISTRICT if problem.whole_district else problem.area_code,
        one.why.words,
        unit,
        int(problem.supervision_open is not None and one.why.light is Light.RED),
        problem.level,
    ]


def _first_main_units(chosen: QuerySet[Problem]) -> dict[object, str]:
    first = Involvement.objects.filter(role=Involvement.Role.MAIN, position=0, problem__in=chosen.order_by().values("pk"))
    return dict(first.values_list("problem_id", "unit_id"))


def _unit_names(codes: Iterable[str]) -> dict[str, str]:
    return {
        code: short or name for code, short, name in Unit.objects.filter(pk__in=codes).values_list("code", "short_name", "name")
    }


def figures(among: QuerySet[Problem], standing: list[Drawn], on: date, week_ago: int | None) -> dict[str, Any]:
    """The strip on top, counted of the very rows that are drawn; what was closed before this month in one query more.

    `week_ago`: how many were open seven days ago, None where it is not asked.
    """
    lit = Counter(one.why.light.value for one in standing if one.why.light)
    groups, names = Counter(one.why.group for one in standing), group_names()
    levels = Counter(one.problem.level for one in standing if one.problem.status in OPEN)
    count = sum(levels.values())
    month = month_of(on)
    before = month - timedelta(days=1)
    closed = among.order_by().aggregate(
        year=Count("pk", filter=closed_between(on.replace(month=1, day=1), on)),
        last=Count("pk", filter=closed_between(month_of(before), before)),
    )
    return {
        "open": {
            "count": count,
            "parts": [[name, levels[level.value]] for level, name in _short_levels() if levels[level.value]],
            "week": None if week_ago is None else count - week_ago,
        },
        **{
            light: {"count": lit[light], "parts": [[names[group], groups[group]] for group in GROUPS[light] if groups[group]]}
            for light in GROUPS
        },
        "grey": {
            "count": lit["grey"],
            "parts": [[_("This year"), closed["year"]], [_("Last month"), closed["last"]]],
        },
    }


def _short_levels() -> list[tuple[Level, str]]:
    return [
        (Level.CENTRAL, pgettext("level", "Central")),
        (Level.PROVINCIAL, pgettext("level", "Province")),
        (Level.MUNICIPAL, pgettext("level", "City")),
        (Level.DISTRICT, pgettext("level", "District")),
    ]


def _open_a_week_ago(person: Person, at: datetime, held: Capacities) -> int:
    """How many of what this person sees now were open seven days ago."""
    then = at - timedelta(days=7)
    stood = Standing.objects.filter(from_at__lte=then, status__in=sorted(OPEN))
    stood = stood.filter(Q(until_at__isnull=True) | Q(until_at__gt=then))
    return stood.filter(problem__in=visible_to(person, at, held).values("pk")).count()


def _visits(person: Person, at: datetime, held: Capacities, chosen: QuerySet[Problem], on: date) -> list[list[object]]:
    """Visits of the last days to the problems drawn, those of unreleased checks to their own people alone (Article 10)."""
    seen = visits_visible_to(person, at, held).filter(
        problem__in=chosen.order_by().values("pk"), observed_at__gte=at - timedelta(days=VISIT_DAYS)
    )
    verdicts = dict(Visit.Verdict.choices)
    return [
        [str(problem), round(lon, DECIMALS), round(lat, DECIMALS), short_date(office_day(seen_at), on), str(verdicts[verdict])]
        for problem, lon, lat, seen_at, verdict in seen.order_by("observed_at", "pk").values_list(
            "problem_id", "lon", "lat", "observed_at", "verdict"
        )
    ]
