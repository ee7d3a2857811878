"""Settling what was set aside: a person of the office looked at it and says what became of it. Nothing is deleted."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from server.inspections import policy, queries
from server.inspections.models import SetAside
from server.records.actions import append
from server.runtime.refusals import Conflict, FieldError, Invalid, NotThere
from server.units.models import Person
from server.units.predicates import actor, capacities

LONGEST_WORDS = 2_000


@transaction.atomic
def settle_set_aside(set_aside_id: int, decision: str, words: str, *, by: Person, at: datetime) -> SetAside:
    """Settle something set aside, once, with a decision (``SetAside.Decision``) and the words why; its content and bytes stay.

    Raises NotThere unless the office asks, Conflict where somebody has settled it, Invalid for an unknown decision, for one
    that names a first submission where there is none, and without words.
    """
    held = capacities(by, at)
    row = policy.set_aside_visible_to(held).select_for_update().filter(pk=set_aside_id).first()
    if row is None:
        raise NotThere
    if row.looked_at is not None:
        raise Conflict(gettext_noop("%(who)s has settled it already."), who=str(row.looked_by))
    words = words.strip()
    errors = _errors(row, decision, words)
    if errors:
        raise Invalid(errors)
    row.decision, row.words, row.looked_by, row.looked_at = decision, words, by, at
    row.save(update_fields=["decision", "words", "looked_by", "looked_at"])
    append(
        at=at,
        by=actor(by, held),
        action="settle_set_aside",
        article="",
        object_type=row.kind,
        object_id=row.submission,
        after={"body_sha256": row.body_sha256, "decision": decision, "words": words},
        embargo=queries.embargo_over(row.submission, row.body),
    )
    return row


def _errors(row: SetAside, decision: str, words: str) -> list[FieldError]:
    errors = []
    if decision not in SetAside.Decision.values:
        errors.append(FieldError("decision", "required", gettext_noop("Say what became of it.")))
    elif decision == SetAside.Decision.KEPT_FIRST and not queries.came_first(row.submission):
        errors.append(FieldError("decision", "no_first", gettext_noop("Nothing was taken in under this number before.")))
    if not words:
        errors.append(FieldError("words", "required", gettext_noop("Say in a few words why.")))
    elif len(words) > LONGEST_WORDS:
        errors.append(FieldError("words", "too_long", gettext_noop("At most %(most)s characters."), {"most": LONGEST_WORDS}))
    return errors
