"""Who makes, sees and releases inspections, who visits, and who sees a visit (Article 10)."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from server.inspections.models import Found, Inspection, SetAside, Stop, Visit
from server.problems import policy as problem_policy
from server.problems.models import Involvement, Problem
from server.units.models import Person
from server.units.predicates import Capacities, capacities
from server.units.queries import led_sectors
from server.units.roles import SEE_ALL_LISTED, UNIT_ROLES, Role

MAKERS = (Role.OFFICE, Role.INSPECTION_BUREAU, Role.OVERSIGHT_LEADER)
VISITORS = (
    Role.INSPECTOR,
    Role.OFFICE,
    Role.LEADING_GROUP,
    Role.COMMITTEE_GOVERNMENT,
    Role.DISTRICT_LEADER,
    Role.OVERSIGHT_LEADER,
    Role.SPECIAL_SUPERVISOR,
    Role.INSPECTION_BUREAU,
)


def visible_inspections(person: Person, at: datetime, held: Capacities | None = None) -> QuerySet[Inspection]:
    """The inspections this person may know of.

    An unannounced one before its release: office, leading_group, its leader and its people alone (Article 10).
    """
    held = held or capacities(person, at)
    if held.sees_everything:
        return Inspection.objects.all()
    named = Q(led_by=person) | Q(pk__in=Inspection.people.through.objects.filter(person=person).values("inspection"))
    is_open = Q(announced=True) | Q(released_at__isnull=False)
    if held.has(*SEE_ALL_LISTED):
        return Inspection.objects.filter(named | is_open)
    own = named | (is_open & Q(made_by=person))
    units = held.units()
    if units:
        seen = problem_policy.visible_to(person, at, held).values("pk")
        concerned = (
            Q(pk__in=Inspection.units.through.objects.filter(unit__in=units).values("inspection"))
            | Q(pk__in=Stop.objects.filter(problem__in=seen).values("inspection"))
            | Q(pk__in=Found.objects.filter(problem__in=seen).values("inspection"))
        )
        own |= is_open & concerned
    return Inspection.objects.filter(own)


def may_make(held: Capacities, kind: str, problems: list[Problem]) -> bool:
    """Who may make an inspection (Article 10).

    The office, inspection_bureau and oversight leaders; a unit its own self_check; a problem's lead unit a site_check; a
    department that leads a sector a campaign.
    """
    if held.has(*MAKERS):
        return True
    units = held.units()
    if not units:
        return False
    if kind == Inspection.Kind.SELF_CHECK:
        return True
    if kind == Inspection.Kind.SITE_CHECK:
        return bool(problems) and all(units.intersection(problem_policy.supervising_units(p)[:1]) for p in problems)
    return kind == Inspection.Kind.CAMPAIGN and bool(led_sectors(units, held.on))


def may_be_named(person: Person, maker: Capacities, problems: list[Problem], at: datetime) -> bool:
    """Whether a unit that makes an inspection may name this person: one of its own, or one who sees all of its route anyway."""
    held = capacities(person, at)
    if held.units() & maker.units():
        return True
    route = [problem.pk for problem in problems]
    return bool(route) and problem_policy.visible_to(person, at, held).filter(pk__in=route).count() == len(route)


def may_release(person: Person, held: Capacities, inspection: Inspection) -> bool:
    return held.has(Role.OFFICE, Role.LEADING_GROUP) or inspection.led_by_id == person.pk


def may_visit(held: Capacities, problem: Problem, inspection: Inspection | None, person: Person) -> bool:
    """Inspectors and leaders; units for self-checks and problems they are named in; anybody named in the inspection."""
    if held.has(*VISITORS):
        return True
    if inspection is not None and takes_part(person, inspection):
        return True
    named = Involvement.objects.filter(problem=problem, unit__in=held.units(*UNIT_ROLES))
    return named.exists()


def takes_part(person: Person, inspection: Inspection) -> bool:
    """Its leader, or one of its people."""
    return inspection.led_by_id == person.pk or inspection.people.filter(pk=person.pk).exists()


def visits_visible_to(person: Person, at: datetime, held: Capacities | None = None) -> QuerySet[Visit]:
    """Visits to problems this person sees, where no embargo lies on the visit."""
    held = held or capacities(person, at)
    seen = problem_policy.visible_to(person, at, held).values("pk")
    free = Q(embargo__isnull=True) | ~Q(embargo__in=problem_policy.hidden_embargoes(person, held, at).values("pk"))
    return Visit.objects.filter(Q(by=person) | (Q(problem__in=seen) & free))


def set_aside_visible_to(held: Capacities) -> QuerySet[SetAside]:
    """What was set aside is the office's alone, which sees unreleased finds too."""
    return SetAside.objects.all() if held.has(Role.OFFICE) else SetAside.objects.none()


def inspection_for(person: Person, inspection_id: UUID, at: datetime) -> Inspection | None:
    """The inspection that a report or visit names: one this person takes part in.

    Who inspects by office may name any they see; a unit that is inspected may not put its own findings among the inspectors'.
    """
    held = capacities(person, at)
    inspection = visible_inspections(person, at, held).filter(pk=inspection_id).first()
    if inspection is None or not (held.has(*VISITORS) or takes_part(person, inspection)):
        return None
    return inspection
