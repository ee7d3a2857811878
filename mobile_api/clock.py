"""The server's clock, read once a request and passed on: no rule and no action reads it itself. And what phones say of theirs."""

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone

from server.units.predicates import OFFICE_ZONE

PHONE_TIME = "Phone-Time"


def now() -> datetime:
    return timezone.now()


def phone_offset_s(headers: Mapping[str, str], at: datetime) -> float | None:
    """How many seconds the server's clock (`at`) is ahead of the phone's own, by the header `Phone-Time`: the phone's raw wall
    clock at the moment of sending, ISO 8601 with its offset. None where it does not say, or cannot be read: never refused.
    """
    try:
        said = datetime.fromisoformat(headers.get(PHONE_TIME, ""))
        return round((at - said).total_seconds(), 3)
    except (TypeError, ValueError, OverflowError):  # TypeError: without an offset it says nothing
        return None


def spelled(at: datetime | None) -> str | None:
    """An instant as clients get it: ISO 8601 with the office's offset; in UTC where the calendar ends before that."""
    if at is None:
        return None
    try:
        return at.astimezone(OFFICE_ZONE).isoformat()
    except OverflowError:
        return at.isoformat()
