"""The password with which a person signs: asked again at decide, confirm and decline, and not to be guessed there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from server.runtime import locks
from server.units.models import PasswordTrial, Person


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of trying a password; `locked_until`: too many were wrong, and this one was not even looked at."""

    right: bool
    locked_until: datetime | None = None


def try_password(person: Person, password: str, at: datetime) -> Trial:
    """Whether this is the person's own password, as many times as at signing in and no more.

    To be called before the transaction of what is signed: a refusal there must not forget the wrong trial, and nobody should
    wait for the slow hash behind a lock on a problem. One of a person's trials is written at a time and before its comparison,
    so that many at once do not slip through; inside a caller's transaction (an idempotency key's) the others wait for its end.
    """
    cool_off = timedelta(hours=settings.AXES_COOLOFF_TIME)
    with transaction.atomic():
        locks.hold(f"password:{person.pk}")
        before = PasswordTrial.objects.filter(person=person, at__gt=at - cool_off, at__lte=at).order_by("-at")
        counted = list(before.values_list("at", flat=True)[: settings.AXES_FAILURE_LIMIT])
        if len(counted) >= settings.AXES_FAILURE_LIMIT:
            # What is not looked at does not lengthen the wait.
            return Trial(False, counted[-1] + cool_off)
        PasswordTrial.objects.create(person=person, at=at)
    if not person.check_password(password):
        return Trial(False)
    PasswordTrial.objects.filter(person=person).delete()
    return Trial(True)
