"""Telling people, in the transaction of what they are told of; and their having read it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_noop

from server.notices.models import Notice
from server.units.models import Person

# What each code says; the faces translate. %(title)s is the problem's title as it was then.
WORDS: Mapping[str, str] = {
    "report_to_list": gettext_noop("A report waits to be listed: %(title)s"),
    "returned_to_you": gettext_noop("Your report was returned: %(title)s"),
    "to_endorse": gettext_noop("A leader's find waits for your stamped page: %(title)s"),
    "plan_to_issue": gettext_noop("A listed problem waits for its plan: %(title)s"),
    "plan_issued": gettext_noop("You are to rectify: %(title)s"),
    "to_supervise": gettext_noop("You are to supervise: %(title)s"),
    "acceptance_to_do": gettext_noop("Acceptance was applied for: %(title)s"),
    "application_sent_back": gettext_noop("Your application was sent back: %(title)s"),
    "acceptance_failed": gettext_noop("Acceptance failed: %(title)s"),
    "closure_to_confirm": gettext_noop("A passed problem waits for your confirmation: %(title)s"),
    "closure_declined": gettext_noop("The district leader declined: %(title)s"),
    "closure_to_file": gettext_noop("A closed problem waits to be filed: %(title)s"),
    "reopened": gettext_noop("A closed problem was reopened: %(title)s"),
    "supervision": gettext_noop("On-site supervision, reply until %(due)s: %(title)s"),
    "supervision_reply": gettext_noop("A reply to a supervision waits for you: %(title)s"),
    "inspection_to_release": gettext_noop("The unannounced inspection of %(date)s waits to be released"),
    "findings_released": gettext_noop("What an unannounced inspection found was released: %(title)s"),
    "inspection": gettext_noop("You are named in an inspection on %(date)s"),
}


def tell(people: Iterable[Person], code: str, *, subject: UUID, at: datetime, **params: object) -> None:
    """Leave a notice with each of the people, once. Raises KeyError for a code that has no words."""
    WORDS[code]
    texts = {name: str(value) for name, value in params.items()}
    Notice.objects.bulk_create(
        [Notice(person=person, code=code, subject=subject, params=texts, at=at) for person in {p.pk: p for p in people}.values()],
        ignore_conflicts=True,
    )


def mark_read(person: Person, notices: Iterable[int] | None, at: datetime) -> int:
    """The person has read these of their notices (None: all); returns how many were unread."""
    unread = Notice.objects.filter(person=person, read_at__isnull=True)
    if notices is not None:
        unread = unread.filter(pk__in=list(notices))
    return unread.update(read_at=at)
