"""Taking in what somebody found (Articles 5, 6 and 10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from server.evidence.actions import claim
from server.evidence.queries import missing_of
from server.inspections.actions.inspecting import open_to_its_people
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
from server.inspections.models import Found, Submission
from server.inspections.posts import MOVED, held_when_seen
from server.problems import actions as problem_actions
from server.problems import marks, places, visibility
from server.problems import policy as problem_policy
from server.problems.actions import NewSite, Report
from server.problems.models import Problem
from server.regulation.discovery import of_inspection
from server.regulation.statuses import ENDED, FINISHED
from server.runtime.refusals import Invalid, NotAllowed
from server.units.models import Person
from server.units.predicates import Capacities, capacities


@dataclass(frozen=True)
class SiteDraft:
    """A further site as given."""

    id: UUID
    name: str
    location: Any


@dataclass(frozen=True)
class ReportDraft:
    """A report as given (contract.md, ``PUT /reports``); shapes are checked by the face, content by the regulation."""

    title: str
    description: str
    category: str
    observed_at: datetime
    photos: Sequence[UUID]
    further_categories: Sequence[str] = ()
    sector: str | None = None
    discovery: str | None = None
    location: Any = None
    area: str | None = None
    no_location_reason: str = ""
    crs: str | None = None
    accuracy_m: float | None = None
    moved_m: float | None = None
    inspection: UUID | None = None
    sites: Sequence[SiteDraft] = ()
    no_photo_reason: str = ""


def submit_report(
    report_id: UUID, draft: ReportDraft, received: Received, *, by: Person, at: datetime, held: Capacities | None = None
) -> Accepted:
    """Accept a report once, before or after its photos (Articles 5, 6 and 10). ``held``: what the caller has looked up already.

    Raises NotAllowed, Invalid with all that is wrong, Conflict for a known uuid with other content or another person.
    """
    try:
        with transaction.atomic():
            known = sent_before(report_id, Submission.Kind.REPORT, received, by)
            if known is not None:
                problem = Problem.objects.get(pk=report_id)
                missing = missing_of("report", report_id)
                return as_told(Accepted(known, problem, False, missing, list(problem.hints)), by, at)
            held = held or capacities(by, at)
            moved = not problem_policy.may_report(held)
            if moved:
                held = held_when_seen(by, draft.observed_at, at, held) or held
            problem, missing = _report(report_id, draft, by=by, at=at, held=held, moved=moved, facts=received.facts())
            submission = keep_first(report_id, Submission.Kind.REPORT, problem.title, received, by, at)
        # A hint is a read: it is looked for after the commit, where nobody waits for it.
        hints = [*problem.hints, *([MOVED] if moved else _maybe_known(problem, by, at, held))]
        accepted = Accepted(submission, problem, True, missing, hints)
        return as_told(accepted, by, at) if moved else accepted
    except SecondContent:
        kept = keep_aside(report_id, Submission.Kind.REPORT, received, by, at)
        raise OtherContent(set_aside=kept) from None


def _report(
    report_id: UUID,
    draft: ReportDraft,
    *,
    by: Person,
    at: datetime,
    held: Capacities,
    moved: bool,
    facts: dict[str, object],
) -> tuple[Problem, list[UUID]]:
    if not problem_policy.may_report(held):
        raise NotAllowed
    errors = not_ahead(draft.observed_at, at)
    inspection = named_inspection(draft.inspection, by, at)
    place = places.Place()
    new_sites: list[NewSite] = []
    try:
        place = _place(draft, at)
    except Invalid as wrong:
        errors += wrong.errors
    for n, site in enumerate(draft.sites):
        try:
            located = places.place_point(site.location, draft.crs, draft.observed_at, field_name=f"sites.{n}.location")
            new_sites.append(NewSite(site.id, site.name, located))
        except Invalid as wrong:
            errors += wrong.errors
    if errors:
        raise Invalid(errors)
    embargo = None
    if inspection is not None and not inspection.is_open:
        embargo = visibility.embargo(inspection.pk, report_id)
    problem = problem_actions.report(
        report_id,
        Report(
            title=draft.title,
            description=draft.description,
            category=draft.category,
            place=place,
            observed_at=draft.observed_at,
            further_categories=draft.further_categories,
            sector=draft.sector,
            discovery=draft.discovery or (of_inspection(inspection.kind) if inspection is not None else None),
            accuracy_m=draft.accuracy_m,
            moved_m=draft.moved_m,
            sites=new_sites,
            photos=len(draft.photos),
            no_photo_reason=draft.no_photo_reason,
            open_inspection=inspection is not None and inspection.is_open,
            facts={
                **facts,
                "photos": [str(p) for p in draft.photos],
                "inspection": inspection.pk if inspection else None,
                **({"moved": True} if moved else {}),
            },
        ),
        by=by,
        at=at,
        embargo=embargo,
        held=held,
    )
    if inspection is not None:
        Found.objects.create(inspection=inspection, problem=problem)
        open_to_its_people(inspection, problem)
    if not draft.photos:
        return problem, []
    missing = claim(
        draft.photos,
        problem=problem,
        record_kind="report",
        record_id=report_id,
        by=by,
        at=at,
        observed_at=draft.observed_at,
        embargo=embargo,
    )
    marks.keep(problem, at)
    return problem, missing


def _place(draft: ReportDraft, at: datetime) -> places.Place:
    if draft.location is None and draft.area:
        return places.place_area(draft.area, draft.no_location_reason, at)
    if draft.location is None:
        return places.Place(no_location_reason=draft.no_location_reason)
    return places.place_point(draft.location, draft.crs, draft.observed_at, accuracy_m=draft.accuracy_m)


def _maybe_known(problem: Problem, by: Person, at: datetime, held: Capacities) -> list[dict[str, Any]]:
    """A problem of the same category within a stone's throw that this person sees: offered, never forced."""
    if problem.lon is None or problem.lat is None:
        return []
    reach = 0.0009  # about 100 m of latitude; a box is enough for a hint
    box = {"lat__range": (problem.lat - reach, problem.lat + reach), "lon__range": (problem.lon - reach, problem.lon + reach)}
    near = Problem.objects.filter(category=problem.category, **box).exclude(pk=problem.pk)
    # The box first, by its index: the question who sees what is then asked of a handful of rows, mostly of none.
    candidates = list(
        near.exclude(status__in=sorted(ENDED | FINISHED)).order_by("-received_at").values_list("pk", flat=True)[:50]
    )
    if not candidates:
        return []
    seen = problem_policy.visible_to(by, at, held).filter(pk__in=candidates).order_by("-received_at")
    known = seen.values("pk", "number", "title").first()
    if known is None:
        return []
    return [{"code": "maybe_known", "problem": str(known["pk"]), "number": known["number"], "title": known["title"]}]
