"""Writing the record. Every action appends its one entry here, in its own transaction."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import connections, router, transaction
from django.db.models import CharField
from django.utils import timezone
from django.utils.translation import gettext_noop

from server.records import guards
from server.records.actor import Actor
from server.records.canonical import NotCanonical, canonical_json
from server.records.models import AccessEntry, Entry
from server.records.sealing import seal_in_append, seal_now

__all__ = ["Actor", "append", "note_access", "seal_now"]


def append(
    *,
    at: datetime,
    by: Actor,
    action: str,
    article: str,
    object_type: str,
    object_id: object,
    problem: UUID | None = None,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    embargo: UUID | None = None,
    signed_by: Actor | None = None,
    rule_edition: str = "",
    sealed_kind: str = "",
) -> Entry:
    """Append one entry to the record, in the caller's transaction, so that the deed and its entry stand or fall together.

    `at` is when it was done (aware), `article` what it rests on ("5, 6"), `signed_by` who signed on paper where `by`
    only typed it in.
    Its number and digest are there after the commit (`seal_now` where a test needs them before).

    Raises TransactionManagementError outside a transaction, NotCanonical for what cannot be recorded (NaN, NUL, a time
    without zone …), and Unguarded when the database would let the record be changed.
    """
    using = router.db_for_write(Entry)
    connection = connections[using]
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A record entry is appended inside the transaction of what it tells of.")
    guards.require(using)
    if at.utcoffset() is None:
        raise NotCanonical("at", gettext_noop("This time has no zone."))
    entry = Entry(
        at=at,
        recorded_at=timezone.now(),
        by_id=by.id,
        by_name=by.name,
        by_unit=by.unit,
        by_unit_name=by.unit_name,
        signed_by_id=signed_by.id if signed_by else "",
        signed_by_name=signed_by.name if signed_by else "",
        action=action,
        article=article,
        object_type=object_type,
        object_id=str(object_id),
        problem=problem,
        embargo=embargo,
        sealed_kind=sealed_kind,
        rule_edition=rule_edition,
        before=canonical_json(before),
        after=canonical_json(after),
    )
    _refuse_too_long(entry)
    entry.canonical = entry.canonical_form()
    entry.save(using=using, force_insert=True)
    if connection.vendor == "sqlite":
        seal_in_append(entry, using)
    return entry


def _refuse_too_long(entry: Entry) -> None:
    """PostgreSQL refuses a text that is too long for its column, SQLite keeps it: here both refuse."""
    for field in Entry._meta.concrete_fields:
        most = field.max_length if isinstance(field, CharField) else None
        if most is not None and len(getattr(entry, field.attname)) > most:
            raise NotCanonical(field.name, gettext_noop("This text has more than %(most)s characters."), most=most)


def note_access(*, at: datetime, by: Actor, kind: str, object_type: str, object_id: object = "", amount: int = 1) -> AccessEntry:
    """Note in the access log that somebody read something: an export of `amount` rows, an original, a petitioner's contact."""
    return AccessEntry.objects.create(
        at=at,
        by_id=by.id,
        by_name=by.name,
        by_unit=by.unit,
        kind=kind,
        object_type=object_type,
        object_id=str(object_id),
        amount=amount,
    )
