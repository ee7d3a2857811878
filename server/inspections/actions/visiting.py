"""Taking in a visit to a known problem (Article 10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from server.evidence.actions import claim
from server.evidence.queries import missing_of
from server.inspections import policy
from server.inspections.actions.inspecting import open_to_its_people, take_verdict
from server.inspections.actions.submitting import (
    Accepted,
    OtherContent,
    Received,
    SecondContent,
    as_told,
    keep_aside,
    keep_first,
    named_inspection,
    not_ahead,
    sent_before,
)
from server.inspections.models import Submission, Visit
from server.inspections.posts import MOVED, visitable_then
from server.problems import marks, places, visibility
from server.problems import policy as problem_policy
from server.problems.models import Embargo, Problem
from server.problems.moves import locked
from server.records.actions import append
from server.records.models import Entry
from server.regulation.statuses import ENDED, FINISHED, Status
from server.runtime.refusals import FieldError, Invalid, NotAllowed
from server.units.models import Person
from server.units.predicates import actor, capacities


@dataclass(frozen=True)
class VisitDraft:
    """A visit as given (contract.md, ``PUT /visits``)."""

    problem: UUID
    observed_at: datetime
    location: Any
    verdict: str
    notes: str
    photos: Sequence[UUID]
    inspection: UUID | None = None
    crs: str | None = None
    accuracy_m: float | None = None
    people: Sequence[str] = ()
    measures: Sequence[dict[str, str]] = ()
    enterprise: str = ""
    referred_to_enforcement: bool = False


def submit_visit(visit_id: UUID, draft: VisitDraft, received: Received, *, by: Person, at: datetime) -> Accepted:
    """Accept a visit to a known problem once. A problem closed, merged or reassigned meanwhile: accepted and marked ``late``."""
    try:
        with transaction.atomic():
            known = sent_before(visit_id, Submission.Kind.VISIT, received, by)
            if known is not None:
                visit = Visit.objects.select_related("problem").get(pk=visit_id)
                missing = missing_of("visit", visit_id)
                return as_told(Accepted(known, visit.problem, False, missing, list(visit.hints)), by, at)
            visit, missing = _visit(visit_id, draft, received.facts(), by=by, at=at)
            submission = keep_first(visit_id, Submission.Kind.VISIT, visit.problem.title, received, by, at)
            return as_told(Accepted(submission, visit.problem, True, missing, list(visit.hints)), by, at)
    except SecondContent:
        kept = keep_aside(visit_id, Submission.Kind.VISIT, received, by, at)
        raise OtherContent(set_aside=kept) from None


def _visit(visit_id: UUID, draft: VisitDraft, facts: dict[str, object], *, by: Person, at: datetime) -> tuple[Visit, list[UUID]]:
    held = capacities(by, at)
    errors = not_ahead(draft.observed_at, at)
    inspection = named_inspection(draft.inspection, by, at)
    seen = problem_policy.visible_to(by, at, held).filter(pk=draft.problem).first()
    moved = False
    if seen is None or not policy.may_visit(held, seen, inspection, by):
        then = visitable_then(draft.problem, draft.observed_at, inspection, by, at, held)
        if then is not None:
            (seen, held), moved = then, True
        elif seen is not None:
            raise NotAllowed
        else:
            errors.append(FieldError("problem", "unknown", "Unknown value: %(value)s.", {"value": str(draft.problem)}))
    if draft.verdict not in Visit.Verdict.values:
        errors.append(FieldError("verdict", "unknown", "Unknown value: %(value)s.", {"value": draft.verdict}))
    place = None
    try:
        place = places.place_point(draft.location, draft.crs, draft.observed_at, accuracy_m=draft.accuracy_m)
    except Invalid as wrong:
        errors += wrong.errors
    if errors or seen is None or place is None or place.point is None:
        raise Invalid(errors)
    problem = locked(seen.pk)
    embargo: Embargo | None = None
    if inspection is not None and not inspection.is_open:
        embargo = visibility.embargo(inspection.pk, problem.pk)
        open_to_its_people(inspection, problem)
    hints = list(place.hints)
    if _changed_since(problem, draft.observed_at):
        hints.append({"code": "late"})
    if moved:
        hints.append(MOVED)
    visit = Visit.objects.create(
        id=visit_id,
        problem=problem,
        inspection=inspection,
        by=by,
        observed_at=draft.observed_at,
        received_at=at,
        lon=place.point.lon,
        lat=place.point.lat,
        given_x=place.point.given.x,
        given_y=place.point.given.y,
        given_crs=place.point.given.crs,
        accuracy_m=draft.accuracy_m,
        area_code=place.area.code if place.area else "",
        verdict=draft.verdict,
        notes=draft.notes,
        people=list(draft.people),
        measures=[{"id": str(m["id"]), "state": m["state"]} for m in draft.measures],
        enterprise=draft.enterprise,
        referred_to_enforcement=draft.referred_to_enforcement,
        embargo=embargo,
        hints=hints,
    )
    missing = claim(
        draft.photos,
        problem=problem,
        record_kind="visit",
        record_id=visit_id,
        by=by,
        at=at,
        observed_at=draft.observed_at,
        embargo=embargo,
    )
    if not visibility.hides_beside(problem, embargo):
        take_verdict(problem)
        marks.keep(problem, at)
    append(
        at=at,
        by=actor(by, held),
        action="visit",
        article="10",
        object_type="visit",
        object_id=visit_id,
        problem=problem.pk,
        after={
            "verdict": draft.verdict,
            "notes": draft.notes,
            "observed_at": draft.observed_at,
            "inspection": inspection.pk if inspection else None,
            "people": list(draft.people),
            "photos": [str(p) for p in draft.photos],
            "late": any(hint["code"] == "late" for hint in hints),
            **({"moved": True} if moved else {}),
            **facts,
        },
        embargo=embargo.pk if embargo else None,
    )
    return visit, missing


def _changed_since(problem: Problem, observed_at: datetime) -> bool:
    """Closed, merged, cancelled or given to other units after the visit was made on the spot."""
    if Status(problem.status) in ENDED | FINISHED and problem.status_since > observed_at:
        return True
    return Entry.objects.filter(problem=problem.pk, action="reassign", at__gt=observed_at).exists()
