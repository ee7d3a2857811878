"""The server's clock, read once a request and passed on: no rule and no action reads it itself."""

from datetime import datetime

from django.utils import timezone

from server.units.predicates import OFFICE_ZONE


def now() -> datetime:
    return timezone.now()


def spelled(at: datetime | None) -> str | None:
    """An instant as clients get it: ISO 8601 with the office's offset; in UTC where the calendar ends before that."""
    if at is None:
        return None
    try:
        return at.astimezone(OFFICE_ZONE).isoformat()
    except OverflowError:
        return at.isoformat()
