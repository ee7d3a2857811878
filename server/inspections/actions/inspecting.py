"""Making an inspection and releasing what an unannounced one found (Article 10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from server.evidence.actions import recount
from server.inspections import policy
from server.inspections.models import Inspection, Stop, Visit
from server.notices.actions import tell
from server.problems import marks, telling, visibility
from server.problems import policy as problem_policy
from server.problems.models import Embargo, Problem
from server.problems.moves import locked
from server.records.actions import append
from server.regulation.lights import Seen, last_word
from server.runtime.refusals import Conflict, FieldError, Invalid, NotAllowed, NotThere
from server.units.models import Person, Unit
from server.units.predicates import actor, capacities, office_day
from server.units.queries import unit_of_area


@dataclass(frozen=True)
class InspectionDraft:
    """What an inspection is to be."""

    kind: str
    announced: bool
    date: date
    people: Sequence[str] = ()
    problems: Sequence[UUID] = ()
    led_by: str | None = None
    units: Sequence[str] = ()
    note: str = ""


@transaction.atomic
def make_inspection(draft: InspectionDraft, *, by: Person, at: datetime) -> Inspection:
    """Plan an inspection with people and a route (Article 10).

    An unannounced one gets an embargo for itself and for each problem of its route at once. Raises NotAllowed, and Invalid
    naming unknown people, units and problems (hidden ones alike).
    """
    held = capacities(by, at)
    seen = problem_policy.visible_to(by, at, held).prefetch_related("involvements")
    problems = list(seen.filter(pk__in=list(draft.problems)))
    if not policy.may_make(held, draft.kind, problems):
        raise NotAllowed
    people = list(Person.objects.filter(username__in=list(draft.people), is_active=True))
    leader = Person.objects.filter(username=draft.led_by, is_active=True).first() if draft.led_by else None
    units = list(Unit.objects.filter(code__in=list(draft.units)))
    errors = _unknown("people", draft.people, [p.username for p in people])
    errors += _unknown("units", draft.units, [u.code for u in units])
    errors += _unknown("problems", [str(p) for p in draft.problems], [str(p.pk) for p in problems])
    if draft.led_by and leader is None:
        errors.append(FieldError("led_by", "unknown", "Unknown value: %(value)s.", {"value": draft.led_by}))
    if draft.kind not in Inspection.Kind.values:
        errors.append(FieldError("kind", "unknown", "Unknown value: %(value)s.", {"value": draft.kind}))
    goers = [*people, *([leader] if leader else [])]
    if not held.has(*policy.MAKERS):
        # A unit opens nothing to anybody by naming them: its own people, and who sees the whole route already.
        strangers = {p.username for p in goers if not policy.may_be_named(p, held, problems, at)}
        errors += _unknown("people", [name for name in draft.people if name in strangers], [])
        errors += _unknown("led_by", [draft.led_by] if draft.led_by in strangers else [], [])
    if not draft.people and leader is None:
        errors.append(FieldError("people", "required", "Name who goes."))
    if errors:
        raise Invalid(errors)
    inspection = Inspection.objects.create(
        kind=draft.kind, announced=draft.announced, led_by=leader, date=draft.date, note=draft.note, made_by=by, made_at=at
    )
    if not policy.visible_inspections(by, at, held).filter(pk=inspection.pk).exists():
        # Who makes it goes on seeing it, and is named so that everybody in it knows (Article 10).
        people.append(by)
    inspection.people.set(people)
    inspection.units.set(units)
    by_id = {p.pk: p for p in problems}
    for position, problem_id in enumerate(dict.fromkeys(draft.problems)):
        Stop.objects.create(inspection=inspection, problem=by_id[problem_id], position=position)
    tell(goers, "inspection", subject=inspection.pk, at=at, date=draft.date)
    own = None
    if not draft.announced:
        own = visibility.embargo(inspection.pk, inspection.pk)
        for problem in problems:
            visibility.embargo(inspection.pk, problem.pk)
    for problem in problems:
        open_to_its_people(inspection, problem)
    append(
        at=at,
        by=actor(by, held),
        action="make_inspection",
        article="10",
        object_type="inspection",
        object_id=inspection.pk,
        after={
            "kind": draft.kind,
            "announced": draft.announced,
            "led_by": draft.led_by,
            "people": [person.username for person in people],
            "units": list(draft.units),
            "date": draft.date,
            "problems": [str(p) for p in draft.problems],
        },
        embargo=own.pk if own else None,
    )
    return inspection


def _unknown(field: str, wanted: Sequence[str], found: Sequence[str]) -> list[FieldError]:
    return [
        FieldError(field, "unknown", "Unknown value: %(value)s.", {"value": value})
        for value in dict.fromkeys(wanted)
        if value not in found
    ]


def open_to_its_people(inspection: Inspection, problem: Problem) -> None:
    """Let the inspection's people and its leader see a problem of it, embargoed or not."""
    people = {person.pk: person for person in inspection.people.all()}
    if inspection.led_by is not None:
        people[inspection.led_by.pk] = inspection.led_by
    for person in people.values():
        visibility.grant(person, problem, "inspection", inspection=inspection.pk)


@transaction.atomic
def release(inspection_id: UUID, problems: Sequence[UUID] | None = None, *, by: Person, at: datetime) -> Inspection:
    """Release an unannounced inspection, whole or for single problems (Article 10).

    Only ``lifted_at`` of its embargoes changes: problem, visit, photo and record entry held the embargo from the start. A
    known problem now takes the visit's verdict and photos into its marks. Each problem gets an entry of its own, since that
    is what opens it to others. Raises NotThere, NotAllowed, Conflict where it is open already, Invalid for a problem that is
    not of it.
    """
    held = capacities(by, at)
    inspection = policy.visible_inspections(by, at, held).filter(pk=inspection_id).first()
    if inspection is None:
        raise NotThere
    if not policy.may_release(by, held, inspection):
        raise NotAllowed
    inspection = locked_inspection(inspection.pk)
    if inspection.is_open:
        raise Conflict("This inspection is open already.")
    if problems is not None and not problems:
        raise Invalid.one("problems", "required", "Name the problems to release, or release the whole inspection.")
    subjects = Embargo.objects.filter(inspection=inspection.pk, lifted_at__isnull=True).exclude(subject=inspection.pk)
    hidden = set(subjects.values_list("subject", flat=True))
    wanted = hidden if problems is None else set(problems)
    if wanted - hidden:
        raise Invalid(
            [FieldError("problems", "unknown", "Unknown value: %(value)s.", {"value": str(p)}) for p in sorted(wanted - hidden)]
        )
    opened = visibility.lift(inspection.pk, wanted, at)
    whole = wanted == hidden
    if whole:
        visibility.lift(inspection.pk, [inspection.pk], at)
        inspection.released_at, inspection.released_by = at, by
        inspection.save(update_fields=["released_at", "released_by"])
    who = actor(by, held)
    for problem_id in sorted(opened):
        problem = locked(problem_id)
        take_verdict(problem)
        recount(problem)
        marks.keep(problem, at)
        append(
            at=at,
            by=who,
            action="release",
            article="10",
            object_type="inspection",
            object_id=inspection.pk,
            problem=problem_id,
            after={"released": True},
        )
        if not visibility.is_embargoed(problem):  # another unreleased inspection found it
            _tell_of_release(problem, at)
    if not opened:
        append(
            at=at,
            by=who,
            action="release",
            article="10",
            object_type="inspection",
            object_id=inspection.pk,
            after={"released": True},
        )
    return inspection


def _tell_of_release(problem: Problem, at: datetime) -> None:
    """Those who may know from now on: the units named in a known problem, for a new find the unit of its area."""
    units = [*problem_policy.main_units(problem), *problem_policy.supervising_units(problem)]
    area_unit = unit_of_area(problem.area_id)
    if not units and area_unit is not None:
        units = [area_unit.code]
    telling.tell_units(units, problem, "findings_released", at)


def locked_inspection(inspection_id: UUID) -> Inspection:
    """An inspection with its row locked, before any problem's.

    What is submitted under it and its release wait for each other, so that nothing is hidden under an inspection that has just
    been released: no second release would open it.
    """
    return Inspection.objects.select_for_update(no_key=True).get(pk=inspection_id)


def take_verdict(problem: Problem) -> None:
    """Let the visits that are under no embargo speak on the locked problem's row (not saved here), as `lights.last_word` says.

    Phones send late and in any order: what counts is when it was seen, not when it came.
    """
    free = Q(embargo__isnull=True) | Q(embargo__lifted_at__isnull=False)
    made = Visit.objects.filter(free, problem=problem).order_by("observed_at", "received_at")
    own = problem_policy.rectifiers(problem)
    stands = last_word(
        Seen(verdict, office_day(observed_at), by in own)
        for verdict, observed_at, by in made.values_list("verdict", "observed_at", "by_id")
    )
    problem.last_verdict, problem.last_verdict_on = (stands.verdict, stands.on) if stands is not None else ("", None)
