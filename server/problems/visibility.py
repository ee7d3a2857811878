"""Writing who sees a problem before its time: grants and embargoes. Higher rooms call these; nothing here reads them."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from server.problems.models import Embargo, Grant, Problem
from server.units.models import Person


def grant(
    person: Person, problem: Problem, ground: str, *, inspection: UUID | None = None, until: datetime | None = None
) -> None:
    """Let a person see one problem; with ``inspection`` also what that inspection's embargo hides."""
    Grant.objects.get_or_create(
        person=person, problem=problem, inspection=inspection, defaults={"ground": ground, "until": until}
    )


def embargo(inspection: UUID, subject: UUID) -> Embargo:
    """The embargo of an unannounced inspection on one problem (or on the inspection itself); made once."""
    row, _made = Embargo.objects.get_or_create(inspection=inspection, subject=subject)
    return row


def lift(inspection: UUID, subjects: Iterable[UUID] | None, at: datetime) -> list[UUID]:
    """Lift the embargoes of an inspection, all or for single subjects; returns the subjects that are now open."""
    rows = Embargo.objects.filter(inspection=inspection, lifted_at__isnull=True)
    if subjects is not None:
        rows = rows.filter(subject__in=list(subjects))
    opened = list(rows.values_list("subject", flat=True))
    rows.update(lifted_at=at)
    return opened


def is_embargoed(problem: Problem) -> bool:
    """Whether the problem was found on an inspection not yet released for it: it cannot be listed, merged or planned."""
    return lies_on(problem.embargo)


def hides_beside(problem: Problem, embargo: Embargo | None) -> bool:
    """Whether an unreleased inspection brought this to a problem known without it: then nothing of the problem's row may change.

    What lies under the problem's own embargo is as hidden as the problem, and counts.
    """
    return lies_on(embargo) and embargo is not None and embargo.pk != problem.embargo_id


def lies_on(embargo: Embargo | None) -> bool:
    """Whether an embargo still hides what holds it; none hides nothing."""
    return embargo is not None and embargo.lifted_at is None
