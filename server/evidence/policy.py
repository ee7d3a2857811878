"""Who sees a photo: its uploader, and who sees its problem where no embargo lies on the photo."""

from datetime import datetime

from django.db.models import Q, QuerySet

from server.evidence.models import Photo
from server.problems.policy import hidden_embargoes, visible_to
from server.units.models import Person
from server.units.predicates import Capacities, capacities


def photos_visible_to(person: Person, at: datetime, held: Capacities | None = None) -> QuerySet[Photo]:
    """The photos this person may see; thumbnails, previews and originals all start from here."""
    held = held or capacities(person, at)
    of_problems = Q(problem__in=visible_to(person, at, held).values("pk"))
    free = Q(embargo__isnull=True) | ~Q(embargo__in=hidden_embargoes(person, held, at).values("pk"))
    return Photo.objects.filter(Q(uploader=person) | (of_problems & free))
