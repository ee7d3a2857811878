"""What people and the office do beside single problems."""

from datetime import datetime

from django.db import transaction

from server.coordination.models import Suggestion
from server.records.actions import append
from server.runtime.refusals import Invalid
from server.units.models import Person
from server.units.predicates import actor, capacities


@transaction.atomic
def suggest(text: str, *, by: Person, at: datetime, page: str = "") -> Suggestion:
    """Send a complaint or suggestion to the office. Raises Invalid for one without words, or longer than 5,000 characters."""
    words = text.strip()
    if not words:
        raise Invalid.one("text", "required", "Write down what you want to say.")
    if len(words) > 5_000:
        raise Invalid.one("text", "too_long", "At most %(most)s characters.", most=5_000)
    row = Suggestion.objects.create(by=by, at=at, text=words, page=page[:200])
    append(
        at=at,
        by=actor(by, capacities(by, at)),
        action="suggest",
        article="",
        object_type="suggestion",
        object_id=row.pk,
        after={},
    )
    return row
