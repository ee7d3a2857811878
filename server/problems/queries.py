"""Reads of the ledger used by more than one face: fetching one with the check, filtering many, the figures on top."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from server.problems import marks, policy
from server.problems.models import FileReference, Involvement, Problem
from server.records.models import Entry
from server.regulation import lights
from server.regulation.lifecycle import Action
from server.regulation.statuses import LEDGER, OPEN, Status
from server.runtime.refusals import FieldError, Invalid, NotAllowed, NotThere
from server.units.models import Person
from server.units.predicates import Capacities, capacities, office_day

LIGHTS = ("red", "yellow", "green", "grey")
PACES = ("not_started", "ahead", "on_track", "behind", "far_behind")


def get_for(person: Person, problem_id: UUID, at: datetime, *, may: Action | None = None) -> Problem:
    """One problem this person sees; 404 unseen, 403 seen but not allowed: a face cannot get it without the check."""
    problem = (
        policy.visible_to(person, at)
        .select_related("area", "town", "park", "sector", "reported_by", "reporting_unit", "embargo", "merged_into")
        .prefetch_related("sites", "involvements__unit", "further_sources")
        .filter(pk=problem_id)
        .first()
    )
    if problem is None:
        raise NotThere
    if may is not None and not policy.may(person, may, problem, at):
        raise NotAllowed
    return problem


@dataclass
class Filters:
    """What a list, map, count or export is narrowed by; the names are those of the contract's query string."""

    status: tuple[str, ...] = ()
    mine: bool = False
    light: tuple[str, ...] = ()
    pace: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    sector: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    area: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    supervising_unit: tuple[str, ...] = ()
    led_by: str = ""
    overdue: bool | None = None
    deadline_before: date | None = None
    deadline_after: date | None = None
    found_before: datetime | None = None
    found_after: datetime | None = None
    closed_from: date | None = None
    bbox: tuple[float, float, float, float] | None = None
    q: str = ""
    updated_since: datetime | None = None
    problems_led_by: QuerySet[Problem] | None = field(default=None, repr=False)


def filtered(person: Person, at: datetime, filters: Filters, held: Capacities | None = None) -> QuerySet[Problem]:
    """What this person sees of the ledger (listed … filed unless other statuses are asked for), narrowed by the filters."""
    held = held or capacities(person, at)
    on = office_day(at)
    rows = policy.visible_to(person, at, held)
    if filters.mine:
        rows = rows.filter(reported_by=person)
        if filters.status:
            rows = rows.filter(status__in=filters.status)
    else:
        rows = rows.filter(status__in=filters.status or sorted(LEDGER))
    if filters.light:
        rows = rows.filter(_any(marks.with_light(name, on) for name in filters.light))
    if filters.pace:
        rows = rows.filter(_any(marks.with_pace(name, on) for name in filters.pace))
    rows = _without(rows, filters.without)
    for name, column in (
        ("kind", "plan_kind"),
        ("source", "source"),
        ("level", "level"),
        ("sector", "sector"),
        ("area", "area_code"),
    ):
        values = getattr(filters, name)
        if values:
            rows = rows.filter(**{f"{column}__in": values})
    if filters.category:
        rows = rows.filter(_any(_in_category(code) for code in filters.category))
    for values, role in ((filters.unit, "main"), (filters.supervising_unit, "supervising")):
        if values:
            rows = rows.filter(pk__in=Involvement.objects.filter(unit__in=values, role=role).values("problem"))
    if filters.problems_led_by is not None:
        rows = rows.filter(pk__in=filters.problems_led_by.values("pk"))
    if filters.overdue is not None:
        rows = rows.filter(marks.overdue_on(on)) if filters.overdue else rows.exclude(marks.overdue_on(on))
    rows = _between(rows, filters)
    if filters.bbox:
        rows = rows.filter(_in_box(*filters.bbox))
    if filters.q:
        rows = rows.filter(search(filters.q))
    return rows


def _any(conditions: Iterable[Q]) -> Q:
    result = Q(pk__in=[])
    for condition in conditions:
        result |= condition
    return result


def _in_category(code: str) -> Q:
    # JSON arrays have no portable "contains": the quoted code as text is exact, because codes hold no quotes.
    return Q(category=code) | Q(further_categories__icontains=f'"{code}"')


def _between(rows: QuerySet[Problem], filters: Filters) -> QuerySet[Problem]:
    bounds = {
        "deadline__lt": filters.deadline_before,
        "deadline__gt": filters.deadline_after,
        "observed_at__lt": filters.found_before,
        "observed_at__gt": filters.found_after,
        "closed_on__gte": filters.closed_from,
        "updated_at__gte": filters.updated_since,
    }
    return rows.filter(**{name: value for name, value in bounds.items() if value is not None})


def _without(rows: QuerySet[Problem], what: tuple[str, ...]) -> QuerySet[Problem]:
    if "after_photo" in what:
        rows = rows.filter(after_photos=0)
    if "plan" in what:
        rows = rows.filter(plan_issued_on__isnull=True)
    if "progress" in what:
        rows = rows.filter(percents={})
    return rows


def _in_box(west: float, south: float, east: float, north: float) -> Q:
    """A box in degrees; west > east crosses the antimeridian."""
    between = Q(lat__gte=south, lat__lte=north)
    if west <= east:
        return between & Q(lon__gte=west, lon__lte=east)
    return between & (Q(lon__gte=west) | Q(lon__lte=east))


def search(words: str) -> Q:
    """Every word must be found in number, superior's number, title, description or area."""
    found = Q()
    for word in words.split()[:8]:
        found &= (
            Q(number__icontains=word)
            | Q(superior_number__icontains=word)
            | Q(title__icontains=word)
            | Q(description__icontains=word)
            | Q(area__name__icontains=word)
        )
    return found


@dataclass(frozen=True)
class Figures:
    """The figures of what a person sees: open = red + yellow + green."""

    open: int = 0
    red: int = 0
    yellow: int = 0
    green: int = 0
    grey: int = 0
    overdue: int = 0


def count_figures(rows: QuerySet[Problem], on: date) -> Figures:
    """Count a queryset of the ledger in one query."""
    counts = rows.order_by().aggregate(
        open=Count("pk", filter=Q(status__in=sorted(OPEN))),
        **{name: Count("pk", filter=marks.with_light(name, on)) for name in LIGHTS},
        overdue=Count("pk", filter=marks.overdue_on(on)),
    )
    return Figures(**counts)


def days_left(problem: Problem, on: date) -> int | None:
    """Days to the deadline, negative when overdue; none while the main unit's clock does not run."""
    return lights.days_left(Status(problem.status), problem.deadline, on)


def return_reasons(problems: Iterable[Problem]) -> dict[UUID, str]:
    """Why each report among these that stands returned was returned, the last time it was (Article 5). One query."""
    returned = [problem.pk for problem in problems if problem.status == Status.RETURNED]
    entries = Entry.objects.filter(problem__in=returned, action=Action.RETURN).order_by("at")
    return {entry.problem: str((entry.after_values or {}).get("reason", "")) for entry in entries if entry.problem is not None}


def known_codes(name: str, values: Iterable[str], allowed: Iterable[str]) -> None:
    """Refuse a filter value that means nothing, instead of answering with an empty list."""
    unknown = sorted(set(values) - set(allowed))
    if unknown:
        raise Invalid([FieldError(name, "unknown", "Unknown value: %(value)s.", {"value": value}) for value in unknown])


def documents_visible_to(person: Person, at: datetime, held: Capacities | None = None) -> QuerySet[FileReference]:
    """The stored documents that problems this person sees name, where no embargo lies on the naming."""
    held = held or capacities(person, at)
    free = Q(embargo__isnull=True) | ~Q(embargo__in=policy.hidden_embargoes(person, held, at).values("pk"))
    return FileReference.objects.filter(free, problem__in=policy.visible_to(person, at, held).values("pk"))
