"""On-site supervision: recorded, replied to, the reply accepted (Article 13(3))."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from server.evidence.actions import claim
from server.problems import marks, policy, telling
from server.problems.models import FileReference, Problem
from server.problems.moves import locked
from server.records.actions import append
from server.regulation.statuses import OPEN, Status
from server.rulebook.queries import rules_of, work_calendar
from server.runtime.refusals import Conflict, FieldError, Invalid, NotAllowed, NotThere, WrongState
from server.supervision.models import SupervisionRecord
from server.units.models import Person
from server.units.predicates import Capacities, actor, capacities, office_day
from server.units.roles import Role


@dataclass(frozen=True)
class SupervisionDraft:
    """What the leading group found and asks for; the reply is due in ten working days unless a day is named."""

    date: dt.date
    people: Sequence[str]
    opinion: str
    reply_due: dt.date | None = None
    document: UUID | None = None
    photos: Sequence[UUID] = ()


def _seen(problem_id: UUID, by: Person, at: datetime, held: Capacities) -> Problem:
    problem = locked(problem_id)
    if not policy.visible_to(by, at, held).filter(pk=problem_id).exists():
        raise NotThere
    return problem


@transaction.atomic
def record_supervision(problem_id: UUID, draft: SupervisionDraft, *, by: Person, at: datetime) -> SupervisionRecord:
    """Record an on-site supervision with its opinion; the problem is red until the office accepts the reply (Article 13)."""
    held = capacities(by, at)
    problem = _seen(problem_id, by, at, held)
    if not held.has(Role.LEADING_GROUP, Role.OFFICE):
        raise NotAllowed
    if Status(problem.status) not in OPEN:
        raise WrongState(problem.status, at=problem.status_since)
    on = office_day(at)
    people = [name.strip() for name in draft.people if name.strip()]
    due = draft.reply_due or work_calendar().add(on, rules_of(problem.rule_edition, on).whole("supervision_reply_days"))
    errors = []
    if not people:
        errors.append(FieldError("people", "required", "Name who was on site."))
    if not draft.opinion.strip():
        errors.append(FieldError("opinion", "required", "Write down the opinion."))
    if draft.date > on:
        errors.append(FieldError("date", "in_future", "The day of the visit lies ahead."))
    if due < draft.date:
        errors.append(FieldError("reply_due", "before_start", "The reply is due before the visit."))
    if errors:
        raise Invalid(errors)
    row = SupervisionRecord.objects.create(
        problem=problem,
        date=draft.date,
        people=people,
        opinion=draft.opinion.strip(),
        document=draft.document,
        reply_due=due,
        by=by,
        at=at,
    )
    _name_file(problem, draft.document, "supervision", at)
    claim(draft.photos, problem=problem, record_kind="supervision", record_id=row.pk, by=by, at=at, observed_at=at)
    telling.tell_main_units(problem, "supervision", at, due=due)
    problem.supervision_open = min(problem.supervision_open or draft.date, draft.date)
    marks.keep(problem, at)
    append(
        at=at,
        by=actor(by, held),
        action="supervision",
        article="13",
        object_type="supervision",
        object_id=row.pk,
        problem=problem.pk,
        after={
            "date": draft.date,
            "people": people,
            "opinion": row.opinion,
            "reply_due": due,
            "photos": [str(p) for p in draft.photos],
        },
    )
    return row


@transaction.atomic
def reply_to_supervision(
    supervision_id: UUID, text: str, file: UUID | None = None, *, by: Person, at: datetime
) -> SupervisionRecord:
    """A main unit replies to the opinion; a later reply replaces one not yet accepted (Article 13)."""
    held = capacities(by, at)
    row = _row(supervision_id)
    problem = _seen(row.problem_id, by, at, held)
    unit = next((code for code in policy.main_units(problem) if code in held.units()), None)
    if unit is None:
        raise NotAllowed
    if row.accepted_at is not None:
        raise Conflict("The reply has been accepted already.")
    if not text.strip():
        raise Invalid.one("text", "required", "Write down the reply.")
    before = row.reply
    row.reply, row.reply_file, row.replied_by, row.replied_at, row.replying_unit_id = text.strip(), file, by, at, unit
    row.save(update_fields=["reply", "reply_file", "replied_by", "replied_at", "replying_unit"])
    _name_file(problem, file, "supervision_reply", at)
    telling.tell_office(problem, "supervision_reply", at)
    append(
        at=at,
        by=actor(by, held, unit),
        action="supervision_reply",
        article="13",
        object_type="supervision",
        object_id=row.pk,
        problem=problem.pk,
        before={"reply": before or None},
        after={"reply": row.reply, "late": office_day(at) > row.reply_due},
    )
    return row


@transaction.atomic
def accept_supervision_reply(supervision_id: UUID, *, by: Person, at: datetime) -> SupervisionRecord:
    """The office accepts the reply: the supervision no longer makes the problem red (Article 13)."""
    held = capacities(by, at)
    row = _row(supervision_id)
    problem = _seen(row.problem_id, by, at, held)
    if not held.has(Role.OFFICE):
        raise NotAllowed
    if row.replied_at is None:
        raise Conflict("There is no reply yet.")
    if row.accepted_at is not None:
        raise Conflict("The reply has been accepted already.")
    row.accepted_at, row.accepted_by = at, by
    row.save(update_fields=["accepted_at", "accepted_by"])
    still = problem.supervision_records.filter(accepted_at__isnull=True).order_by("date").first()
    problem.supervision_open = still.date if still else None
    marks.keep(problem, at)
    append(
        at=at,
        by=actor(by, held),
        action="accept_supervision_reply",
        article="13",
        object_type="supervision",
        object_id=row.pk,
        problem=problem.pk,
        after={"accepted": True},
    )
    return row


def _row(supervision_id: UUID) -> SupervisionRecord:
    row = SupervisionRecord.objects.filter(pk=supervision_id).first()
    if row is None:
        raise NotThere
    return row


def _name_file(problem: Problem, file: UUID | None, action: str, at: datetime) -> None:
    if file is not None:
        FileReference.objects.get_or_create(file=file, problem=problem, action=action, defaults={"named_at": at})
