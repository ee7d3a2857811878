"""Taking in what a phone or a page submits: reports of new problems and visits to known ones (Articles 5, 6 and 10).

The uuid comes from the client. The same content again gives the same answer; other content under the same uuid is refused
(409) and set aside for the office; nothing is lost and nothing is doubled.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from server.evidence.actions import claim
from server.evidence.queries import missing_of
from server.inspections import policy
from server.inspections.actions.inspecting import locked_inspection, open_to_its_people, take_verdict
from server.inspections.models import Found, Inspection, SetAside, Submission, Visit
from server.inspections.posts import MOVED, held_when_seen, visitable_then
from server.inspections.queries import embargo_over, title_of
from server.problems import actions as problem_actions
from server.problems import marks, places, visibility
from server.problems import policy as problem_policy
from server.problems.actions import NewSite, Report
from server.problems.models import Embargo, Problem
from server.problems.moves import locked
from server.records.actions import append
from server.records.actor import Actor
from server.records.models import Entry
from server.regulation.discovery import of_inspection
from server.regulation.statuses import ENDED, FINISHED, Status
from server.runtime import locks
from server.runtime.refusals import Conflict, FieldError, Invalid, NotAllowed
from server.units.models import Person
from server.units.predicates import Capacities, actor, capacities

SET_ASIDE_A_DAY = 30
CLOCK_AHEAD = timedelta(minutes=10)


@dataclass(frozen=True)
class Received:
    """The bytes of a submission as they came, and the digest of their canonical content.

    ``clock_offset_s``: how far the server's clock was ahead of the sender's own, where it said what time it had.
    ``brought_by``: who loaded the phone's archive, where it did not come from the sender.
    """

    body: str
    body_sha256: str
    content_sha256: str
    clock_offset_s: float | None = None
    brought_by: Actor | None = None

    def facts(self) -> dict[str, object]:
        """What the record says of the way it came."""
        return {"brought_by": {"id": self.brought_by.id, "name": self.brought_by.name}} if self.brought_by else {}


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


@dataclass(frozen=True)
class Accepted:
    """What became of a submission: new or known already, the problem as it is now, photos still to come, hints.

    ``seen``: whether its sender may still see the problem; else nothing of it is told, neither its number nor its state.
    """

    submission: Submission
    problem: Problem
    created: bool
    missing: list[UUID]
    hints: list[dict[str, Any]] = field(default_factory=list)
    seen: bool = True


def submit_report(
    report_id: UUID, draft: ReportDraft, received: Received, *, by: Person, at: datetime, held: Capacities | None = None
) -> Accepted:
    """Accept a report once, before or after its photos (Articles 5, 6 and 10). ``held``: what the caller has looked up already.

    Raises NotAllowed, Invalid with all that is wrong, Conflict for a known uuid with other content or another person.
    """
    try:
        with transaction.atomic():
            known = _known(report_id, Submission.Kind.REPORT, received, by)
            if known is not None:
                problem = Problem.objects.get(pk=report_id)
                missing = missing_of("report", report_id)
                return _told(Accepted(known, problem, False, missing, list(problem.hints)), by, at)
            held = held or capacities(by, at)
            moved = not problem_policy.may_report(held)
            if moved:
                held = held_when_seen(by, draft.observed_at, at, held) or held
            problem, missing = _report(report_id, draft, by=by, at=at, held=held, moved=moved, facts=received.facts())
            submission = _first(report_id, Submission.Kind.REPORT, problem.title, received, by, at)
        # A hint is a read: it is looked for after the commit, where nobody waits for it.
        hints = [*problem.hints, *([MOVED] if moved else _maybe_known(problem, by, at, held))]
        accepted = Accepted(submission, problem, True, missing, hints)
        return _told(accepted, by, at) if moved else accepted
    except SecondContent:
        _set_aside(report_id, Submission.Kind.REPORT, received, by, at)
        raise Conflict("This id was already used for another submission.") from None


def submit_visit(visit_id: UUID, draft: VisitDraft, received: Received, *, by: Person, at: datetime) -> Accepted:
    """Accept a visit to a known problem once. A problem closed, merged or reassigned meanwhile: accepted and marked ``late``."""
    try:
        with transaction.atomic():
            known = _known(visit_id, Submission.Kind.VISIT, received, by)
            if known is not None:
                visit = Visit.objects.select_related("problem").get(pk=visit_id)
                missing = missing_of("visit", visit_id)
                return _told(Accepted(known, visit.problem, False, missing, list(visit.hints)), by, at)
            visit, missing = _visit(visit_id, draft, received.facts(), by=by, at=at)
            submission = _first(visit_id, Submission.Kind.VISIT, visit.problem.title, received, by, at)
            return _told(Accepted(submission, visit.problem, True, missing, list(visit.hints)), by, at)
    except SecondContent:
        _set_aside(visit_id, Submission.Kind.VISIT, received, by, at)
        raise Conflict("This id was already used for another submission.") from None


def _told(accepted: Accepted, by: Person, at: datetime) -> Accepted:
    """What the sender is told: of a problem that they do not see any more nothing, but that it arrived."""
    if problem_policy.visible_to(by, at).filter(pk=accepted.problem.pk).exists():
        return accepted
    return replace(accepted, seen=False, hints=[hint for hint in accepted.hints if hint == MOVED])


class SecondContent(Exception):
    """The uuid is known with other content, or from another person."""


def _known(submission_id: UUID, kind: str, received: Received, by: Person) -> Submission | None:
    """The first submission of this uuid if this is the same again. Thirty-two at once wait here for the first."""
    locks.hold(f"submission:{submission_id}")
    known = Submission.objects.filter(pk=submission_id).first()
    if known is None:
        if Problem.objects.filter(pk=submission_id).exists():
            raise SecondContent
        return None
    if (known.kind, known.person_id, known.content_sha256) != (kind, by.pk, received.content_sha256):
        raise SecondContent
    return known


def _first(submission_id: UUID, kind: str, title: str, received: Received, by: Person, at: datetime) -> Submission:
    return Submission.objects.create(
        id=submission_id,
        kind=kind,
        person=by,
        body_sha256=received.body_sha256,
        content_sha256=received.content_sha256,
        title=title,
        clock_offset_s=received.clock_offset_s,
        received_at=at,
    )


@transaction.atomic
def _set_aside(submission_id: UUID, kind: str, received: Received, by: Person, at: datetime) -> None:
    today = SetAside.objects.filter(person=by, received_at__gt=at - timedelta(days=1)).count()
    if today >= SET_ASIDE_A_DAY:
        return
    _row, made = SetAside.objects.get_or_create(
        submission=submission_id,
        person=by,
        body_sha256=received.body_sha256,
        defaults={"kind": kind, "title": title_of(received.body), "body": received.body, "received_at": at},
    )
    if made:
        append(
            at=at,
            by=actor(by, capacities(by, at)),
            action="set_aside",
            article="",
            object_type=kind,
            object_id=submission_id,
            after={"body_sha256": received.body_sha256, **received.facts()},
            embargo=embargo_over(submission_id, received.body),
        )


def _not_ahead(observed_at: datetime, at: datetime) -> list[FieldError]:
    if observed_at <= at + CLOCK_AHEAD:
        return []
    return [
        FieldError("observed_at", "in_future", "This time lies ahead of the server's clock. Check the phone's date and time.")
    ]


def _inspection(inspection_id: UUID | None, by: Person, at: datetime) -> Inspection | None:
    if inspection_id is None:
        return None
    inspection = policy.inspection_for(by, inspection_id, at)
    if inspection is None:
        raise Invalid.one("inspection", "unknown", "Unknown value: %(value)s.", value=str(inspection_id))
    return inspection if inspection.is_open else locked_inspection(inspection.pk)


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
    errors = _not_ahead(draft.observed_at, at)
    inspection = _inspection(draft.inspection, by, at)
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


def _visit(visit_id: UUID, draft: VisitDraft, facts: dict[str, object], *, by: Person, at: datetime) -> tuple[Visit, list[UUID]]:
    held = capacities(by, at)
    errors = _not_ahead(draft.observed_at, at)
    inspection = _inspection(draft.inspection, by, at)
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
