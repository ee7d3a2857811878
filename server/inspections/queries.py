"""Reads of what was set aside: what came first under its uuid, and whether an unreleased inspection hides it."""

from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from server.evidence.models import Claim, Photo
from server.evidence.policy import photos_visible_to
from server.inspections.archives import read_json
from server.inspections.ids import as_uuid
from server.inspections.models import SetAside, Visit
from server.inspections.policy import visits_visible_to
from server.inspections.printing import printable
from server.problems.models import Embargo, Problem
from server.problems.policy import visible_to
from server.units.models import Person
from server.units.predicates import Capacities

First: TypeAlias = Problem | Visit | Photo
LONGEST_TITLE = 80


def content_of(body: str) -> dict[str, Any]:
    """What the text of a submission says; empty for what is no JSON object."""
    try:
        said = read_json(body.encode("utf-8", "surrogatepass"))
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def title_of(body: str) -> str:
    """What a submission is about in one line of at most 80 characters: a title, what was seen, the name of a file."""
    said = content_of(body)
    texts = (printable(said.get(name)) for name in ("title", "notes", "filename"))
    return next((text[:LONGEST_TITLE] for text in texts if text), "")


def came_first(submission: UUID) -> bool:
    """Whether a report, visit or photo was taken in under this uuid."""
    return any(model.objects.filter(pk=submission).exists() for model in (Problem, Visit, Photo))


def first_of(row: SetAside, person: Person, at: datetime, held: Capacities) -> First | None:
    """What was taken in under the uuid of something set aside, as it is now; None: nothing, or this person may not see it."""
    problems = visible_to(person, at, held).select_related("reported_by", "sector", "area")
    visits = visits_visible_to(person, at, held).select_related("by", "problem", "inspection")
    photos = photos_visible_to(person, at, held).select_related("uploader", "file", "problem")
    return (
        problems.filter(pk=row.submission).first()
        or visits.filter(pk=row.submission).first()
        or photos.filter(pk=row.submission).first()
    )


def embargo_over(submission: UUID, body: str) -> UUID | None:
    """An embargo that still lies on a submission: on what was taken in under its uuid, on what claims it as its photo, on the
    inspection or the problem it names; its own inspection's first.

    Its entries in the record stay sealed as long as that one is not lifted (Article 10).
    """
    said = content_of(body)
    inspection, problem = (as_uuid(said.get(name)) for name in ("inspection", "problem"))
    laid: list[UUID | None] = [
        *Problem.objects.filter(pk__in=[one for one in (submission, problem) if one]).values_list("embargo", flat=True),
        *Visit.objects.filter(pk=submission).values_list("embargo", flat=True),
        *Photo.objects.filter(pk=submission).values_list("embargo", flat=True),
        *Claim.objects.filter(photo=submission).values_list("embargo", flat=True),
    ]
    if inspection is not None:
        laid += Embargo.objects.filter(inspection=inspection, subject=inspection).values_list("pk", flat=True)
    hiding = Embargo.objects.filter(pk__in=[one for one in laid if one is not None], lifted_at__isnull=True)
    own_first = sorted(hiding, key=lambda one: (one.inspection != inspection, one.pk))
    return own_first[0].pk if own_first else None
