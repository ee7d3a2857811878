"""Entries of the record as clients get them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from mobile_api.clock import spelled
from server.problems.policy import sealed_for, sees_sequence, visible_to
from server.records.models import Entry
from server.units.models import Person
from server.units.predicates import Capacities

# What an entry says of a problem it is not about: told only to who may see that one too.
ELSEWHERE = frozenset({"into", "into_number", "merged_into"})


def events(entries: Iterable[Entry], person: Person, at: datetime, held: Capacities) -> list[dict[str, Any]]:
    """The entries, each cut to what this person may know of it."""
    listed = list(entries)
    named = {value for entry in listed for value in _elsewhere(entry)}
    seen = {str(pk) for pk in visible_to(person, at, held).filter(pk__in=named).values_list("pk", flat=True)} if named else set()
    return [_event(entry, held, seen) for entry in listed]


def _elsewhere(entry: Entry) -> list[UUID]:
    said = [*(entry.before_values or {}).items(), *(entry.after_values or {}).items()]
    return [UUID(value) for name, value in said if name in ("into", "merged_into") and isinstance(value, str)]


def _event(entry: Entry, held: Capacities, seen: set[str]) -> dict[str, Any]:
    place = {"sequence": entry.seal.sequence, "digest": entry.seal.digest} if sees_sequence(held) else {}
    if sealed_for(entry, held):
        nothing = dict.fromkeys(("by", "action", "article", "object", "problem", "before", "after"))
        return {"id": str(entry.pk), "at": None, **nothing, "sealed": True, **place}
    hidden = {str(other) for other in _elsewhere(entry)} - seen
    told: dict[str, Any] = {
        "id": str(entry.pk),
        "at": spelled(entry.at),
        "by": {"name": entry.by_name, "unit": entry.by_unit or None},
        "action": entry.action,
        "article": entry.article,
        "object": {"type": entry.object_type, "id": entry.object_id},
        "problem": str(entry.problem) if entry.problem else None,
        "before": _cut(entry.before_values, hidden),
        "after": _cut(entry.after_values, hidden),
        **place,
    }
    if entry.signed_by_id:
        told["signed_by"] = {"name": entry.signed_by_name}
    return told


def _cut(values: dict[str, Any] | None, hidden: set[str]) -> dict[str, Any] | None:
    if not values or not hidden:
        return values
    return {name: value for name, value in values.items() if name not in ELSEWHERE}
