"""What reports and visits have in common: a uuid from the client is taken once, and other content under it is set aside.

The same content again gives the same answer; other content under the same uuid is refused (409) and set aside for the office;
nothing is lost and nothing is doubled.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from server.inspections import policy
from server.inspections.actions.inspecting import locked_inspection
from server.inspections.models import Inspection, SetAside, Submission
from server.inspections.posts import MOVED
from server.inspections.queries import embargo_over, title_of
from server.problems import policy as problem_policy
from server.problems.models import Problem
from server.records.actions import append
from server.records.actor import Actor
from server.runtime import locks
from server.runtime.refusals import Conflict, FieldError, Invalid
from server.units.models import Person
from server.units.predicates import actor, capacities

SET_ASIDE_A_DAY = 30
CLOCK_AHEAD = timedelta(minutes=10)


@dataclass(frozen=True)
class Received:
    """The bytes of a submission as they came, and the digest of their canonical content.

    ``clock_offset_s``: how far the server's clock was ahead of the sender's own, where it said what time it had.
    ``brought_by``: who loaded the phone's archive, where it did not come from the sender.
    """

    body: str
    body_sha256: str
    content_sha256: str
    clock_offset_s: float | None = None
    brought_by: Actor | None = None

    def facts(self) -> dict[str, object]:
        """What the record says of the way it came."""
        return {"brought_by": {"id": self.brought_by.id, "name": self.brought_by.name}} if self.brought_by else {}


@dataclass(frozen=True)
class Accepted:
    """What became of a submission: new or known already, the problem as it is now, photos still to come, hints.

    ``seen``: whether its sender may still see the problem; else nothing of it is told, neither its number nor its state.
    """

    submission: Submission
    problem: Problem
    created: bool
    missing: list[UUID]
    hints: list[dict[str, Any]] = field(default_factory=list)
    seen: bool = True


class SecondContent(Exception):
    """The uuid is known with other content, or from another person."""


class OtherContent(Conflict):
    """The same, as its sender hears it. ``set_aside``: whether what was sent now is kept for the office, which decides on it."""

    def __init__(self, *, set_aside: bool) -> None:
        super().__init__(
            gettext_noop("This id was already used for another submission. The office has this one and decides.")
            if set_aside
            else gettext_noop(
                "This id was already used for another submission, and no more are set aside today. Send it again tomorrow."
            )
        )
        self.set_aside = set_aside


def as_told(accepted: Accepted, by: Person, at: datetime) -> Accepted:
    """What the sender is told: of a problem that they do not see any more nothing, but that it arrived."""
    if problem_policy.visible_to(by, at).filter(pk=accepted.problem.pk).exists():
        return accepted
    return replace(accepted, seen=False, hints=[hint for hint in accepted.hints if hint == MOVED])


def sent_before(submission_id: UUID, kind: str, received: Received, by: Person) -> Submission | None:
    """The first submission of this uuid if this is the same again. Thirty-two at once wait here for the first."""
    locks.hold(f"submission:{submission_id}")
    known = Submission.objects.filter(pk=submission_id).first()
    if known is None:
        if Problem.objects.filter(pk=submission_id).exists():
            raise SecondContent
        return None
    if (known.kind, known.person_id, known.content_sha256) != (kind, by.pk, received.content_sha256):
        raise SecondContent
    return known


def keep_first(submission_id: UUID, kind: str, title: str, received: Received, by: Person, at: datetime) -> Submission:
    return Submission.objects.create(
        id=submission_id,
        kind=kind,
        person=by,
        body_sha256=received.body_sha256,
        content_sha256=received.content_sha256,
        title=title,
        clock_offset_s=received.clock_offset_s,
        received_at=at,
    )


@transaction.atomic
def keep_aside(submission_id: UUID, kind: str, received: Received, by: Person, at: datetime) -> bool:
    """Keep other content under a known uuid for the office. False when this person has had enough set aside today."""
    same = {"submission": submission_id, "person": by, "body_sha256": received.body_sha256}
    today = SetAside.objects.filter(person=by, received_at__gt=at - timedelta(days=1)).count()
    if today >= SET_ASIDE_A_DAY:
        return SetAside.objects.filter(**same).exists()
    _row, made = SetAside.objects.get_or_create(
        **same, defaults={"kind": kind, "title": title_of(received.body), "body": received.body, "received_at": at}
    )
    if made:
        append(
            at=at,
            by=actor(by, capacities(by, at)),
            action="set_aside",
            article="",
            object_type=kind,
            object_id=submission_id,
            after={"body_sha256": received.body_sha256, **received.facts()},
            embargo=embargo_over(submission_id, received.body),
        )
    return True


def not_ahead(observed_at: datetime, at: datetime) -> list[FieldError]:
    if observed_at <= at + CLOCK_AHEAD:
        return []
    return [
        FieldError("observed_at", "in_future", "This time lies ahead of the server's clock. Check the phone's date and time.")
    ]


def named_inspection(inspection_id: UUID | None, by: Person, at: datetime) -> Inspection | None:
    if inspection_id is None:
        return None
    inspection = policy.inspection_for(by, inspection_id, at)
    if inspection is None:
        raise Invalid.one("inspection", "unknown", "Unknown value: %(value)s.", value=str(inspection_id))
    return inspection if inspection.is_open else locked_inspection(inspection.pk)
