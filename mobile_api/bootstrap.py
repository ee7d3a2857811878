"""All that a phone needs without a network, in one answer."""

import json
import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import ExpressionWrapper, F, FloatField, Q, QuerySet

from mobile_api import reference
from mobile_api.clock import spelled
from mobile_api.features import PLAN_COLUMNS, Feature, features, for_features, plan_of, plans_of, point
from mobile_api.serializers import inspections as inspection_lines
from mobile_api.serializers.photos import address
from mobile_api.serializers.session import me, unit_line
from server.evidence.models import Photo, PhotoStage
from server.evidence.policy import photos_visible_to
from server.files.originals import LIMIT
from server.inspections.actions.submitting import CLOCK_AHEAD
from server.inspections.models import Inspection, Stop
from server.inspections.policy import visible_inspections
from server.inspections.reading import MOST_PHOTOS
from server.problems.models import Problem
from server.problems.policy import visible_to
from server.problems.queries import Filters, filtered
from server.rulebook.queries import rules_in_force
from server.units.models import Person, Unit
from server.units.predicates import Capacities, office_day

MOST_PROBLEMS = 300
REACH_DEGREES = 0.15  # about 15 km
BEFORE_PHOTOS = 3
TASKS_SINCE = timedelta(days=60)


def bootstrap(person: Person, at: datetime, held: Capacities, near: tuple[float, float] | None) -> str:
    """The answer as JSON text; `near` is lon, lat. Everything in it is cut to what this person sees."""
    tasks = tasks_of(person, at, held)
    content = {
        "me": me(person, held),
        "units": [unit_line(unit) for unit in Unit.objects.all()],
        "sources": reference.source_lines(),
        "categories": reference.category_lines(),
        "discoveries": reference.discovery_lines(),
        "sectors": reference.sector_lines(office_day(at)),
        "tasks": inspection_lines.described(tasks, person, at, held),
        "problems": _problems(person, at, held, near, tasks),
        "parameters": {
            "rule_edition": rules_in_force(office_day(at)).edition,
            "photos_a_report": MOST_PHOTOS,
            "photo_bytes": LIMIT,
            "clock_ahead_seconds": int(CLOCK_AHEAD.total_seconds()),
        },
    }
    plain = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    # The areas are text already: they are put in as they are.
    drawn = {
        "areas": reference.areas(at, simplified=True),
        "protected": reference.protected_areas(at),
        "lines": reference.lines(at),
    }
    return plain[:-1] + "".join(f',"{name}":{text}' for name, text in drawn.items()) + "}"


def tasks_of(person: Person, at: datetime, held: Capacities) -> list[Inspection]:
    """The inspections this person leads or takes part in, of the last two months and still to come."""
    taking_part = Inspection.people.through.objects.filter(person=person).values("inspection")
    own = visible_inspections(person, at, held).filter(Q(led_by=person) | Q(pk__in=taking_part))
    since = office_day(at - TASKS_SINCE)
    return list(own.filter(date__gte=since).select_related("led_by").prefetch_related("units", "people").order_by("date", "pk"))


def _problems(
    person: Person, at: datetime, held: Capacities, near: tuple[float, float] | None, tasks: Sequence[Inspection]
) -> list[Feature]:
    """What is to be visited, and of the ledger what lies in reach, the nearest first; without a place the newest."""
    stops = Stop.objects.filter(inspection__in=[task.pk for task in tasks]).values("problem")
    to_visit = list(for_features(visible_to(person, at, held).filter(pk__in=stops), *PLAN_COLUMNS).order_by("-received_at", "pk"))
    known = {problem.pk for problem in to_visit}
    ledger = for_features(filtered(person, at, Filters(), held).exclude(pk__in=known), *PLAN_COLUMNS)
    rest = list((_nearest(ledger, *near) if near else ledger.order_by("-received_at", "pk"))[: MOST_PROBLEMS - len(to_visit)])
    problems = [*to_visit, *rest] if len(to_visit) < MOST_PROBLEMS else to_visit
    plans = plans_of(problems)
    photos = _before_photos(problems, person, at, held)
    shown = features(problems, office_day(at))
    for problem, one in zip(problems, shown, strict=True):
        plan = plans.get(problem.pk)
        one["properties"]["plan"] = plan_of(problem, plan) if plan else None
        one["properties"]["photos"] = photos[problem.pk]
    return shown


def _nearest(rows: QuerySet[Problem], lon: float, lat: float) -> QuerySet[Problem]:
    stretch = max(math.cos(math.radians(lat)), 0.01)
    east, north = F("lon") - lon, F("lat") - lat
    apart = ExpressionWrapper(east * east * (stretch * stretch) + north * north, output_field=FloatField())
    in_reach = rows.filter(
        lat__range=(lat - REACH_DEGREES, lat + REACH_DEGREES),
        lon__range=(lon - REACH_DEGREES / stretch, lon + REACH_DEGREES / stretch),
    )
    return in_reach.annotate(apart=apart).order_by("apart", "pk")


def _before_photos(
    problems: Sequence[Problem], person: Person, at: datetime, held: Capacities
) -> defaultdict[UUID, list[dict[str, Any]]]:
    """The last photos of before of each problem, where they were taken and which way: what a visit is compared with."""
    rows = photos_visible_to(person, at, held).filter(
        problem__in=[problem.pk for problem in problems], photo_stage=PhotoStage.BEFORE, damaged=False
    )
    gathered: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for photo in rows.order_by("-received_at", "pk"):
        if photo.problem_id is not None and len(gathered[photo.problem_id]) < BEFORE_PHOTOS:
            gathered[photo.problem_id].append(_line(photo))
    return gathered


def _line(photo: Photo) -> dict[str, Any]:
    return {
        "id": str(photo.pk),
        "stage": photo.photo_stage,
        "site": str(photo.site or photo.problem_id),
        "captured_at": spelled(photo.captured_at),
        "location": point(photo.lon, photo.lat),
        "heading": photo.heading,
        "url": address(photo, "thumb"),
    }
