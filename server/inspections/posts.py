"""What was seen in a post that ended before it could be sent: taken in by the post of that time, and marked ``moved``.

A phone may be without a network for weeks, and its person in another post when it comes back (Articles 5 and 10: what was
seen on the spot counts from when it was seen). A disabled account sends nothing; the office loads what its phone saved.
An earlier post opens nothing that was hidden then: docs/decisions/posts-that-ended.md says what it opens.
"""

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce, Least

from server.inspections import policy
from server.inspections.models import Found, Inspection, Stop, Visit
from server.problems.models import Embargo, Grant, Problem
from server.problems.policy import may_report, visible_to
from server.records.models import Entry
from server.regulation.lifecycle import Action
from server.units.models import Person, RoleHolding, StandIn
from server.units.predicates import OFFICE_ZONE, Capacities, capacities, office_day
from server.units.roles import ADMINISTRATORS, Role

# How long after a post has ended what was seen in it may still arrive.
ARRIVES_WITHIN = timedelta(days=60)
MOVED: dict[str, Any] = {"code": "moved"}


def sends_by_no_old_post(held: Capacities) -> bool:
    """The administrators, the auditor and discipline: who holds one of these posts today brings nothing from an earlier one."""
    return held.has(*ADMINISTRATORS, Role.DISCIPLINE)


def held_when_seen(person: Person, observed_at: datetime, at: datetime, held: Capacities) -> Capacities | None:
    """The posts of the time when it was seen; None where that is too long ago or still to come, or today's post forbids it."""
    if sends_by_no_old_post(held) or not at - ARRIVES_WITHIN <= observed_at <= at:
        return None
    return capacities(person, observed_at)


def may_still_send(person: Person, held: Capacities, at: datetime) -> bool:
    """Whether photos and reports of this person are taken: of whoever may report, or could in a post that ended lately.

    Held or stood in for alike. What is known already is another question: the same again is answered whoever sends it.
    """
    if may_report(held):
        return True
    if sends_by_no_old_post(held):
        return False
    lately = (office_day(at - ARRIVES_WITHIN), office_day(at) - timedelta(days=1))
    ended = RoleHolding.objects.filter(person=person, until_date__range=lately).values_list("until_date", flat=True)
    # A delegation ends with the post that is stood in for, if that ends first.
    last_day = Least("until_date", Coalesce("holding__until_date", "until_date"))
    delegations = StandIn.objects.filter(person=person).annotate(last_day=last_day).filter(last_day__range=lately)
    last_days = {day for day in (*ended, *delegations.values_list("last_day", flat=True)) if day is not None}
    return any(may_report(capacities(person, datetime.combine(day, time(12), OFFICE_ZONE))) for day in sorted(last_days))


def visitable_then(
    problem_id: Any, observed_at: datetime, inspection: Inspection | None, by: Person, at: datetime, held: Capacities
) -> tuple[Problem, Capacities] | None:
    """The problem and the posts by which it could be visited when it was, though not any more; None where it could not.

    By a post that visits anywhere, or as one of the people of the inspection that is named; and only what the person could know
    of then, with nothing about it that was hidden then or is now (Article 10).
    """
    then = held_when_seen(by, observed_at, at, held)
    if then is None:
        return None
    if not (then.has(*policy.VISITORS) or (inspection is not None and policy.takes_part(by, inspection))):
        return None
    seen = visible_to(by, observed_at, then).filter(pk=problem_id).first()
    if seen is None or _was_hidden(seen, inspection, observed_at) or not _was_known(seen, inspection, by, observed_at):
        return None
    return seen, then


def _was_hidden(problem: Problem, inspection: Inspection | None, observed_at: datetime) -> bool:
    """Whether the problem, or the inspection that is named, lay under an embargo then, or lies under one now.

    What hides the problem is the embargo it was found under. One that an unannounced inspection has laid beside a problem known
    without it hides that inspection's visits alone: a refusal for its sake would tell of that inspection.
    """
    laid = Q(pk=problem.embargo_id)
    if inspection is not None:
        laid |= Q(inspection=inspection.pk)
    return Embargo.objects.filter(laid).filter(Q(lifted_at__isnull=True) | Q(lifted_at__gt=observed_at)).exists()


def _was_known(problem: Problem, inspection: Inspection | None, by: Person, observed_at: datetime) -> bool:
    """Listed by then, this person's own report received by then, or opened to them by then through the inspection named."""
    if problem.reported_by_id == by.pk and problem.received_at <= observed_at:
        return True
    if Entry.objects.filter(problem=problem.pk, action=Action.LIST, at__lte=observed_at).exists():
        return True
    if inspection is None or not Grant.objects.filter(person=by, problem=problem, inspection=inspection.pk).exists():
        return False
    # A grant has no time of its own: it was given with the route, a find or a visit of that inspection.
    return (
        (inspection.made_at <= observed_at and Stop.objects.filter(inspection=inspection, problem=problem).exists())
        or Found.objects.filter(inspection=inspection, problem=problem, problem__received_at__lte=observed_at).exists()
        or Visit.objects.filter(inspection=inspection, problem=problem, received_at__lte=observed_at).exists()
    )
