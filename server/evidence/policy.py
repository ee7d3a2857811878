"""Who sees a photo (its uploader, and who sees its problem where no embargo lies on the photo), and whose phones."""

from datetime import datetime

from django.db.models import Q, QuerySet

from server.evidence.models import Photo
from server.problems.policy import hidden_embargoes, visible_to
from server.units.models import Person
from server.units.predicates import Capacities, capacities
from server.units.roles import Role


def photos_visible_to(person: Person, at: datetime, held: Capacities | None = None) -> QuerySet[Photo]:
    """The photos this person may see; thumbnails, previews and originals all start from here."""
    held = held or capacities(person, at)
    of_problems = Q(problem__in=visible_to(person, at, held).values("pk"))
    free = Q(embargo__isnull=True) | ~Q(embargo__in=hidden_embargoes(person, held, at).values("pk"))
    return Photo.objects.filter(Q(uploader=person) | (of_problems & free))


def may_look_at_phones(held: Capacities) -> bool:
    """Whether this person may look at others' phones: the office, which judges by what they sign, and the security_admin."""
    return held.has(Role.OFFICE, Role.SECURITY_ADMIN)


def may_revoke_phones(held: Capacities) -> bool:
    """Whether this person may revoke another's phone that is lost: the security_admin, whose business keys are."""
    return held.has(Role.SECURITY_ADMIN)
