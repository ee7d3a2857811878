"""Reads that concern several rooms and both faces."""

from datetime import datetime

from django.db.models import Q, QuerySet

from server.inspections.policy import visible_inspections
from server.notices.models import Notice
from server.problems.policy import visible_to
from server.units.models import Person
from server.units.predicates import Capacities, capacities


def notices_for(person: Person, at: datetime, held: Capacities | None = None) -> QuerySet[Notice]:
    """This person's notices, unread ones first and the newest first among them.

    Only while they may still see the subject, a problem or an inspection: no notice tells of what its reader may not know.
    """
    held = held or capacities(person, at)
    seen = Q(subject__in=visible_to(person, at, held).values("pk")) | Q(
        subject__in=visible_inspections(person, at, held).values("pk")
    )
    own = Notice.objects.filter(seen, person=person).annotate(is_read=Q(read_at__isnull=False))
    return own.order_by("is_read", "-at", "-pk")


INSPECTION_CODES = frozenset({"inspection", "inspection_to_release"})


def subject_kind(notice: Notice) -> str:
    """What a notice leads to: "problem" or "inspection"."""
    return "inspection" if notice.code in INSPECTION_CODES else "problem"
