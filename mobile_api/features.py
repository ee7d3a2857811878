"""A problem as the contract's GeoJSON feature: the same for list, stream, bootstrap and detail."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import get_language

from gis.layers.models import Area
from mobile_api.clock import spelled
from mobile_api.problem_details import translated
from server.coordination.next_steps import AllowedAction, allowed_actions
from server.evidence.models import Photo
from server.evidence.queries import grade_of, photos_of
from server.plans.models import Plan
from server.plans.queries import find_plan
from server.problems import marks
from server.problems.models import Involvement, Problem, Site
from server.problems.queries import days_left
from server.units.models import Person
from server.units.predicates import Capacities, office_day

Feature = dict[str, Any]
# What a feature is made of; the other columns are not read for lists.
COLUMNS = (
    "number",
    "superior_number",
    "title",
    "description",
    "category",
    "further_categories",
    "status",
    "source",
    "level",
    "sector_id",
    "area_id",
    "lon",
    "lat",
    "moved_m",
    "whole_district",
    "outside_district",
    "plan_kind",
    "deadline",
    "deadline_text",
    "round",
    "missing_photos",
    "percents",
    "yellow_from",
    "red_from",
    "started",
    "ahead_until",
    "behind_from",
    "far_behind_from",
    "observed_at",
    "received_at",
    "updated_at",
)


PLAN_COLUMNS = ("done_keys", "stages")


def for_features(rows: QuerySet[Problem], *more: str) -> QuerySet[Problem]:
    """The same rows with the columns that features need, and `more`, but no other."""
    return rows.only(*COLUMNS, *more)


@dataclass(frozen=True)
class Around:
    """What stands in other tables about some problems, as values: a row of a model costs more than all it says here."""

    areas: dict[int, dict[str, str]]
    sites: dict[UUID, list[dict[str, Any]]]
    units: dict[tuple[UUID, str], list[dict[str, str]]]


def _around(problems: Sequence[Problem]) -> Around:
    """Four queries, however many problems they are for."""
    ids = [problem.pk for problem in problems]
    wanted = {problem.area_id for problem in problems if problem.area_id is not None}
    areas = {
        pk: {"code": code, "name": name}
        for pk, code, name in Area.objects.filter(pk__in=wanted).values_list("pk", "code", "name")
    }
    of_sites = Site.objects.filter(problem__in=ids).order_by("position")
    # The first site lies where its problem does; reading a geometry costs as much as the rest of the row.
    further = of_sites.filter(position__gt=0, location__isnull=False)
    places = {pk: point(place.x, place.y) for pk, place in further.values_list("pk", "location") if place is not None}
    first = {problem.pk: point(problem.lon, problem.lat) for problem in problems}
    sites: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for problem_id, site, name in of_sites.values_list("problem_id", "pk", "name"):
        location = first[problem_id] if site == problem_id else places.get(site)
        sites[problem_id].append({"id": str(site), "name": name, "location": location})
    units: defaultdict[tuple[UUID, str], list[dict[str, str]]] = defaultdict(list)
    involved = Involvement.objects.filter(problem__in=ids).order_by("position")
    for problem_id, role, code, name in involved.values_list("problem_id", "role", "unit_id", "unit__name"):
        units[problem_id, role].append({"code": code, "name": name})
    return Around(areas, sites, units)


def features(problems: Sequence[Problem], on: date) -> list[Feature]:
    """The features of these problems on the office's day `on`, in their order."""
    around = _around(problems)
    return [_feature(problem, on, around) for problem in problems]


def _feature(problem: Problem, on: date, around: Around) -> Feature:
    light = marks.light(problem, on)
    return {
        "type": "Feature",
        "id": str(problem.pk),
        "geometry": point(problem.lon, problem.lat),
        "properties": {
            "number": problem.number,
            "superior_number": problem.superior_number or None,
            "title": problem.title,
            "description": problem.description,
            "category": problem.category,
            "further_categories": problem.further_categories,
            "status": problem.status,
            "light": light.value if light else None,
            "pace": marks.pace_of(problem, on).value,
            "incomplete": problem.incomplete,
            "source": problem.source or None,
            "level": problem.level or None,
            "sector": problem.sector_id,
            "area": around.areas[problem.area_id] if problem.area_id is not None else None,
            "whole_district": problem.whole_district,
            "outside_district": problem.outside_district,
            "moved_m": problem.moved_m,
            "sites": around.sites.get(problem.pk, []),
            "main_units": around.units.get((problem.pk, Involvement.Role.MAIN), []),
            "supervising_units": around.units.get((problem.pk, Involvement.Role.SUPERVISING), []),
            "assisting_units": around.units.get((problem.pk, Involvement.Role.ASSISTING), []),
            "kind": problem.plan_kind or None,
            "percent": _percent(problem),
            "deadline": problem.deadline.isoformat() if problem.deadline else None,
            "deadline_text": problem.deadline_text,
            "days_left": days_left(problem, on),
            "round": problem.round,
            "observed_at": spelled(problem.observed_at),
            "received_at": spelled(problem.received_at),
            "updated_at": spelled(problem.updated_at),
        },
    }


def detail(problem: Problem, person: Person, at: datetime, held: Capacities) -> Feature:
    """The feature of one problem with plan, photos, and what this person may do now."""
    whole = features([problem], office_day(at))[0]
    plan = find_plan(problem)
    whole["properties"] |= {
        "plan": plan_of(problem, plan) if plan else None,
        "photos": [photo_line(photo) for photo in photos_of(problem, person, at)],
        "allowed_actions": [allowed(action) for action in allowed_actions(problem, person, at, held)],
    }
    return whole


def point(lon: float | None, lat: float | None) -> dict[str, Any] | None:
    return {"type": "Point", "coordinates": [lon, lat]} if lon is not None and lat is not None else None


def _percent(problem: Problem) -> int | None:
    """What the main units last said, on average."""
    given = [row["percent"] for row in problem.percents.values()]
    return round(sum(given) / len(given)) if given else None


def plan_of(problem: Problem, plan: Plan) -> dict[str, Any]:
    """A plan's version with what of it is done and reached."""
    done = {UUID(key) for key in problem.done_keys}
    reached = {stage["key"]: stage["reached"] for stage in problem.stages if "key" in stage}
    return {
        "version": plan.version,
        "kind": plan.kind,
        "goal": plan.goal,
        "deadline": plan.deadline.isoformat() if plan.deadline else None,
        "deadline_text": plan.deadline_text,
        "measures": [
            {
                "id": str(measure.key),
                "text": measure.text,
                "goal": measure.goal,
                "deadline": measure.deadline.isoformat() if measure.deadline else None,
                "unit": measure.unit_id,
                "done": measure.key in done,
            }
            for measure in plan.measures.all()
        ],
        "stages": [
            {
                "id": str(stage.key),
                "goal": stage.goal,
                "due": stage.due.isoformat(),
                "reached": bool(reached.get(str(stage.key), False)),
            }
            for stage in plan.stages.all()
        ],
        "document_number": plan.document_number,
        "rule_edition": plan.rule_edition,
    }


def plans_of(problems: Iterable[Problem]) -> dict[UUID, Plan]:
    """The version in force of each problem that has one, in three queries."""
    versions = Plan.objects.filter(problem__in=[problem.pk for problem in problems]).prefetch_related("measures", "stages")
    return {plan.problem_id: plan for plan in versions.order_by("version")}


def photo_line(photo: Photo) -> dict[str, Any]:
    return {
        "id": str(photo.pk),
        "stage": photo.photo_stage,
        "site": str(photo.site or photo.problem_id),
        "sha256": photo.sha256,
        "captured_at": spelled(photo.captured_at),
        "grade": grade_of(photo),
    }


def allowed(action: AllowedAction) -> dict[str, Any]:
    """One thing that may be done now, what it needs, and what of it is missing."""
    needs: dict[str, Any] = {
        "fields": [{"name": field.name, "required": field.required} for field in action.move.needs],
        "missing": [{"code": error.code, "text": translated(error.text, error.params)} for error in action.missing],
    }
    if action.checklist:
        needs["checklist"] = [{"code": code, "text": in_language(text, text_zh)} for code, text, text_zh in action.checklist]
    return {"action": action.action, "article": action.article, "needs": needs}


def in_language(english: str, chinese: str) -> str:
    """A name that the regulation keeps in both languages."""
    return chinese if (get_language() or "zh").startswith("zh") else english
