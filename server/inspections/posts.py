"""What was seen in a post that ended before it could be sent: taken in by the post of that time, and marked ``moved``.

A phone may be without a network for weeks, and its person in another post when it comes back (Articles 5 and 10: what was
seen on the spot counts from when it was seen). A disabled account sends nothing; the office loads what its phone saved.
"""

from datetime import datetime, time, timedelta
from typing import Any

from server.problems.policy import may_report
from server.units.models import Person, RoleHolding
from server.units.predicates import OFFICE_ZONE, Capacities, capacities, office_day

# How long after a post has ended what was seen in it may still arrive.
ARRIVES_WITHIN = timedelta(days=60)
MOVED: dict[str, Any] = {"code": "moved"}


def held_when_seen(person: Person, observed_at: datetime, at: datetime) -> Capacities | None:
    """The posts of the time when it was seen, None where that is too long ago, or still to come."""
    return capacities(person, observed_at) if at - ARRIVES_WITHIN <= observed_at <= at else None


def may_still_send(person: Person, held: Capacities, at: datetime) -> bool:
    """Whether photos and reports of this person are taken: of whoever may report, or could in a post that ended lately."""
    if may_report(held):
        return True
    today = office_day(at)
    ended = RoleHolding.objects.filter(
        person=person, until_date__lt=today, until_date__gte=office_day(at - ARRIVES_WITHIN)
    ).values_list("until_date", flat=True)
    last_days = [datetime.combine(day, time(12), OFFICE_ZONE) for day in set(ended) if day is not None]
    return any(may_report(capacities(person, day)) for day in last_days)
