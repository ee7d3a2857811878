"""Reads that concern several rooms and both faces."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from server.inspections.policy import visible_inspections
from server.notices.models import Notice
from server.problems.models import Problem
from server.problems.policy import visible_to
from server.units.models import Person
from server.units.predicates import Capacities, capacities

INSPECTION_CODES = frozenset({"inspection", "inspection_to_release"})


def notices_for(person: Person, at: datetime, held: Capacities | None = None) -> QuerySet[Notice]:
    """This person's notices, unread ones first and the newest first among them.

    Only while they may still see the subject, a problem or an inspection: no notice tells of what its reader may not know.
    """
    held = held or capacities(person, at)
    problems, inspections = visible_to(person, at, held), visible_inspections(person, at, held)
    seen = Q(subject__in=problems.values("pk")) | Q(subject__in=inspections.values("pk"))
    own = Notice.objects.filter(seen, person=person).annotate(is_read=Q(read_at__isnull=False))
    return own.order_by("is_read", "-at", "-pk")


def unread_count(person: Person, at: datetime, held: Capacities | None = None, problems: QuerySet[Problem] | None = None) -> int:
    """How many of ``notices_for`` are unread. It stands on every page: one query where nothing is, and where something is,
    one about the problems that these speak of (``problems``: what the person sees, where the caller knows that already).
    """
    unread = Notice.objects.filter(person=person, read_at__isnull=True)
    told = list(unread.values_list("subject", "code"))
    if not told:
        return 0
    held = held or capacities(person, at)
    seen: set[UUID] = set()
    if any(code not in INSPECTION_CODES for _subject, code in told):
        visible = visible_to(person, at, held) if problems is None else problems
        seen |= set(visible.filter(pk__in=unread.values("subject")).values_list("pk", flat=True))
    if any(code in INSPECTION_CODES for _subject, code in told):
        known = visible_inspections(person, at, held).filter(pk__in=unread.values("subject"))
        seen |= set(known.values_list("pk", flat=True))
    return sum(subject in seen for subject, _code in told)


def subject_kind(notice: Notice) -> str:
    """What a notice leads to: "problem" or "inspection"."""
    return "inspection" if notice.code in INSPECTION_CODES else "problem"
