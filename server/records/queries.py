"""Reading the record. Whoever asks hands over the entries already cut to what they may see."""

from uuid import UUID

from django.db.models import Max, QuerySet

from server.records.models import Entry, Seal


class UnknownCursor(LookupError):
    """The cursor names no sealed entry."""


def in_order(among: QuerySet[Entry]) -> QuerySet[Entry]:
    """The sealed ones of these entries in the order of the record, which is that of the commits, each with its seal."""
    return among.filter(seal__isnull=False).select_related("seal").order_by("seal__sequence")


def entries_after(cursor: UUID | None, among: QuerySet[Entry]) -> QuerySet[Entry]:
    """Those of `among` that were committed after the entry whose id is `cursor`; None means from the start.

    Numbers are given at commit, so an entry that turns up later always stands behind every cursor handed out before: none is
    skipped. Raises UnknownCursor.
    """
    ordered = in_order(among)
    if cursor is None:
        return ordered
    sequence = Seal.objects.filter(entry_id=cursor).values_list("sequence", flat=True).first()
    if sequence is None:
        raise UnknownCursor(str(cursor))
    return ordered.filter(seal__sequence__gt=sequence)


def last_sequence(among: QuerySet[Entry] | None = None) -> int:
    """The number of the last entry, or of the last one of `among`; 0 when there is none. What revisions and ETags are made of."""
    if among is None:
        return Seal.objects.aggregate(last=Max("sequence"))["last"] or 0
    return among.aggregate(last=Max("seal__sequence"))["last"] or 0


def entries_of(problem: UUID) -> QuerySet[Entry]:
    """Everything recorded about one problem, oldest first. Which of it a person may see, the caller cuts."""
    return in_order(Entry.objects.filter(problem=problem))


def entries_about(object_type: str, object_id: object) -> QuerySet[Entry]:
    """Everything recorded about one object, oldest first."""
    return in_order(Entry.objects.filter(object_type=object_type, object_id=str(object_id)))
