"""Doing an action once, however often a client sends it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from mobile_api.models import IdempotencyKey
from server.runtime import locks
from server.runtime.refusals import Conflict, Invalid, Refusal
from server.units.models import Person

KEPT = timedelta(days=30)
LONGEST = 200


def checked_key(given: str) -> str:
    """The key as it may be kept. Raises Invalid for an empty or too long one, or one that is not printable ASCII."""
    if not 0 < len(given) <= LONGEST or not given.isascii() or not given.isprintable():
        raise Invalid.one(
            "Idempotency-Key", "invalid", gettext_noop("A key has 1 to %(most)s printable ASCII characters."), most=LONGEST
        )
    return given


def once(
    key: str, problem: UUID, action: str, content_sha256: str, do: Callable[[], object], *, by: Person, at: datetime
) -> None:
    """Do it unless this person did this action to this problem under this key in the last 30 days.

    Thirty-two at once have one effect: the others wait for the first and find its key. A refused action leaves no key, and of
    itself only what a refusal is to leave behind (a wrong password is counted): an action is whole or nothing in a transaction
    of its own. Raises Conflict for a known key with another body, and whatever `do` raises.
    """
    refusal: Refusal | None = None
    with transaction.atomic():
        locks.hold(f"idempotency:{by.pk}:{problem}:{action}:{key}")
        IdempotencyKey.objects.filter(person=by, done_at__lt=at - KEPT).delete()
        known = IdempotencyKey.objects.filter(person=by, problem=problem, action=action, key=key).first()
        if known is not None:
            if known.content_sha256 != content_sha256:
                raise Conflict(gettext_noop("This Idempotency-Key was already used with another body."))
            return
        try:
            do()
        except Refusal as refused:
            refusal = refused
        else:
            IdempotencyKey.objects.create(
                person=by, problem=problem, action=action, key=key, content_sha256=content_sha256, done_at=at
            )
    if refusal is not None:
        raise refusal
