"""A problem as the contract's GeoJSON feature: the same for list, stream, bootstrap and detail."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.utils.translation import get_language

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
    "area__code",
    "area__name",
    "lon",
    "lat",
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
    return rows.select_related("area").only("area", *COLUMNS, *more)


def features(problems: Sequence[Problem], on: date) -> list[Feature]:
    """The features of these problems on the office's day `on`, in their order: two queries, however many they are."""
    prefetch_related_objects(
        list(problems),
        Prefetch("sites", Site.objects.only("problem_id", "name", "location", "position")),
        Prefetch(
            "involvements",
            Involvement.objects.select_related("unit").only("problem_id", "role", "position", "unit__code", "unit__name"),
        ),
    )
    return [feature(problem, on) for problem in problems]


def feature(problem: Problem, on: date) -> Feature:
    """One feature, of a problem whose sites and involvements are there."""
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
            "area": {"code": problem.area.code, "name": problem.area.name} if problem.area else None,
            "whole_district": problem.whole_district,
            "outside_district": problem.outside_district,
            "sites": [
                {
                    "id": str(site.pk),
                    "name": site.name,
                    "location": point(site.location.x, site.location.y) if site.location else None,
                }
                for site in problem.sites.all()
            ],
            "main_units": _units(problem, Involvement.Role.MAIN),
            "supervising_units": _units(problem, Involvement.Role.SUPERVISING),
            "assisting_units": _units(problem, Involvement.Role.ASSISTING),
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


def _units(problem: Problem, role: Involvement.Role) -> list[dict[str, str]]:
    named = sorted((i for i in problem.involvements.all() if i.role == role), key=lambda i: i.position)
    return [{"code": i.unit.code, "name": i.unit.name} for i in named]


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
