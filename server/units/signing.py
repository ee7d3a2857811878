"""The password with which a person signs: asked again at decide, confirm and decline, and not to be guessed there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from server.units.models import PasswordTrial, Person


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of trying a password; `locked_until`: too many were wrong, and this one was not even looked at."""

    right: bool
    locked_until: datetime | None = None


def try_password(person: Person, password: str, at: datetime) -> Trial:
    """Whether this is the person's own password, as many times as at signing in and no more.

    To be called outside the transaction of what is signed: a refusal there must not forget the wrong trial, and nobody should
    wait for the slow hash behind a lock. The trial is written before the comparison, so that many at once do not slip through.
    """
    since = at - timedelta(hours=settings.AXES_COOLOFF_TIME)
    trials = PasswordTrial.objects.filter(person=person, at__gt=since, at__lte=at)
    trial = PasswordTrial.objects.create(person=person, at=at)
    others = trials.exclude(pk=trial.pk).order_by("-at")
    if others.count() >= settings.AXES_FAILURE_LIMIT:
        first = others[settings.AXES_FAILURE_LIMIT - 1]
        # What was not looked at does not lengthen the wait.
        trial.delete()
        return Trial(False, first.at + timedelta(hours=settings.AXES_COOLOFF_TIME))
    if not person.check_password(password):
        return Trial(False)
    PasswordTrial.objects.filter(person=person).delete()
    return Trial(True)
