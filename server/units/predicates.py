"""In what capacities a person acts on a day. Every policy is built from these and from nothing else.

A capacity is a role held, or a head's or district leader's role stood in for under a delegation (代行). Django's own
``is_staff`` and ``is_superuser`` give no capacity.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from server.records.actor import Actor
from server.units.models import Person, RoleHolding, StandIn, Unit
from server.units.roles import SEE_EVERYTHING, UNIT_ROLES, Role

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")


def office_day(at: datetime) -> date:
    """The calendar day of an instant in the district's office (Asia/Shanghai)."""
    return at.astimezone(OFFICE_ZONE).date()


@dataclass(frozen=True)
class Capacity:
    """One role in which a person acts; ``stands_in_for`` is the holder's id where it is held by delegation."""

    role: Role
    unit: str | None = None
    areas: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    stands_in_for: UUID | None = None


@dataclass(frozen=True)
class Capacities:
    """All capacities of one person on one day."""

    person_id: UUID
    on: date
    held: tuple[Capacity, ...]

    def has(self, *roles: Role) -> bool:
        return any(capacity.role in roles for capacity in self.held)

    def units(self, *roles: Role) -> frozenset[str]:
        """Codes of the units for which the person acts in one of the roles (default: any unit role)."""
        wanted = frozenset(roles) or UNIT_ROLES
        return frozenset(c.unit for c in self.held if c.unit and c.role in wanted)

    def headed_units(self) -> frozenset[str]:
        return self.units(Role.UNIT_HEAD)

    def of(self, role: Role) -> tuple[Capacity, ...]:
        return tuple(capacity for capacity in self.held if capacity.role == role)

    def main_unit(self) -> str | None:
        """The unit a record entry names beside the person: the first one held."""
        return next((capacity.unit for capacity in self.held if capacity.unit), None)

    @property
    def sees_everything(self) -> bool:
        return self.has(*SEE_EVERYTHING)


def capacities(person: Person, at: datetime) -> Capacities:
    """What the person holds, or stands in for, on the office's day of ``at``; nothing for a disabled account."""
    on = office_day(at)
    if not person.is_active:
        return Capacities(person.pk, on, ())
    in_force = Q(from_date__lte=on) & (Q(until_date__isnull=True) | Q(until_date__gte=on))
    held = [
        Capacity(Role(h.role), h.unit_id, tuple(h.areas), tuple(h.sectors))
        for h in RoleHolding.objects.filter(in_force, person=person).order_by("pk")
    ]
    delegations = StandIn.objects.filter(in_force, person=person).select_related("holding").order_by("pk")
    held += [
        Capacity(Role(d.holding.role), d.holding.unit_id, tuple(d.holding.areas), tuple(d.holding.sectors), d.holding.person_id)
        for d in delegations
        if d.holding.from_date <= on and (d.holding.until_date is None or d.holding.until_date >= on)
    ]
    return Capacities(person.pk, on, tuple(held))


def all_units_ever(person: Person) -> frozenset[str]:
    """Every unit the person has, had, or stands in for: used where a conflict of interest must not be dodged by dates."""
    own = RoleHolding.objects.filter(person=person, unit__isnull=False).values_list("unit_id", flat=True)
    return frozenset(code for code in own if code)


def people_with(role: Role, at: datetime, *, units: Iterable[str] | None = None, sector: str | None = None) -> list[Person]:
    """The people who hold a role on the day or stand in for one who does, for notices; a sector narrows to holdings of it or
    of all sectors.
    """
    on = office_day(at)
    in_force = Q(from_date__lte=on) & (Q(until_date__isnull=True) | Q(until_date__gte=on))
    holdings = RoleHolding.objects.filter(in_force, role=role).select_related("person")
    if units is not None:
        holdings = holdings.filter(unit__in=list(units))
    held = [h for h in holdings if sector is None or not h.sectors or sector in h.sectors]
    standing_in = StandIn.objects.filter(in_force, holding__in=held).select_related("person").order_by("pk")
    people = [h.person for h in held] + [delegation.person for delegation in standing_in]
    return [person for person in {person.pk: person for person in people}.values() if person.is_active]


def with_stand_ins(person: Person, role: Role, at: datetime) -> list[Person]:
    """The person, and who stands in for them in this role on the day (代行)."""
    on = office_day(at)
    in_force = Q(from_date__lte=on) & (Q(until_date__isnull=True) | Q(until_date__gte=on))
    holdings = RoleHolding.objects.filter(in_force, role=role, person=person)
    delegations = StandIn.objects.filter(in_force, holding__in=holdings, person__is_active=True).select_related("person")
    return [person, *(delegation.person for delegation in delegations.order_by("pk"))]


def actor(person: Person, held: Capacities, unit: str | None = None) -> Actor:
    """The person as the record keeps them: values, no foreign key."""
    code = unit or held.main_unit() or ""
    name = Unit.objects.filter(pk=code).values_list("name", flat=True).first() if code else ""
    return Actor(str(person.pk), str(person), code, name or "")
