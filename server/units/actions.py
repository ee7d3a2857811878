"""What administrators and the office do with units, people, roles and the responsibility list.

Accounts, units and layers are the admin's; roles are the security_admin's; the responsibility list and delegations the
office's (and the head's own). ``by=None`` is the server's own command line, recorded as the system.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from gis.layers.loading import load_edition
from gis.layers.models import Area, LayerEdition
from gis.layers.reading import ReadLayer
from server.records.actions import append
from server.records.actor import Actor
from server.runtime.refusals import FieldError, Invalid, NotAllowed
from server.units.models import AreaUnit, Person, Responsibility, ResponsibleUnit, RoleHolding, Sector, StandIn, Unit
from server.units.predicates import actor, capacities
from server.units.roles import ADMINISTRATORS, DELEGABLE, UNIT_ROLES, Role


def _who(by: Person | None, at: datetime, *allowed: Role) -> Actor:
    if by is None:
        return Actor.system()
    held = capacities(by, at)
    if not held.has(*allowed):
        raise NotAllowed
    return actor(by, held)


@transaction.atomic
def create_unit(
    code: str,
    name: str,
    kind: str,
    *,
    by: Person | None,
    at: datetime,
    short_name: str = "",
    sector_authority: bool = False,
    houses_office: bool = False,
    position: int = 0,
) -> Unit:
    """Add a unit (Articles 3 and 4). Raises Invalid for a code or name already in use or a kind unknown."""
    who = _who(by, at, Role.ADMIN)
    errors = []
    if kind not in Unit.Kind.values:
        errors.append(FieldError("kind", "unknown", "There is no such kind of unit."))
    if Unit.objects.filter(Q(code=code) | Q(name=name)).exists():
        errors.append(FieldError("code", "in_use", "This code or name is in use."))
    if errors:
        raise Invalid(errors)
    unit = Unit.objects.create(
        code=code,
        name=name,
        kind=kind,
        short_name=short_name or name,
        sector_authority=sector_authority,
        houses_office=houses_office,
        position=position,
    )
    append(
        at=at,
        by=who,
        action="create_unit",
        article="3, 4",
        object_type="unit",
        object_id=code,
        after={"name": name, "kind": kind},
    )
    return unit


@transaction.atomic
def create_person(username: str, name: str, password: str | None, *, by: Person | None, at: datetime) -> Person:
    """Open an account. It may do nothing until the security_admin gives it a role."""
    who = _who(by, at, Role.ADMIN)
    if Person.objects.filter(username=username).exists():
        raise Invalid.one("username", "in_use", "This user name is in use.")
    person = Person(username=username, name=name)
    person.set_password(password)
    person.save()
    append(
        at=at,
        by=who,
        action="create_person",
        article="",
        object_type="person",
        object_id=person.pk,
        after={"username": username, "name": name},
    )
    return person


@transaction.atomic
def grant_role(
    person: Person,
    role: Role | str,
    *,
    by: Person | None,
    at: datetime,
    unit: str | None = None,
    areas: Sequence[str] = (),
    sectors: Sequence[str] = (),
    from_date: date,
    until_date: date | None = None,
) -> RoleHolding:
    """Give a role. The three administrators are never one person, and an administrator has no business role (等保 2.0)."""
    who = _who(by, at, Role.SECURITY_ADMIN)
    role = Role(role)
    if by is not None and by.pk == person.pk:
        raise NotAllowed("Nobody gives themselves a role.")
    held = RoleHolding.objects.filter(Q(until_date__isnull=True) | Q(until_date__gte=from_date), person=person)
    has_admin = held.filter(role__in=ADMINISTRATORS).exclude(role=role).exists()
    if role in ADMINISTRATORS and held.exclude(role=role).exists():
        raise Invalid.one("role", "incompatible", "An administrator holds no other role.")
    if has_admin:
        raise Invalid.one("role", "incompatible", "An administrator holds no other role.")
    if role in UNIT_ROLES and not unit:
        raise Invalid.one("unit", "required", "Say for which unit.")
    try:
        with transaction.atomic():
            holding = RoleHolding.objects.create(
                person=person,
                role=role,
                unit_id=unit,
                areas=list(areas),
                sectors=list(sectors),
                from_date=from_date,
                until_date=until_date,
            )
    except IntegrityError:
        raise Invalid.one("role", "incompatible", "This role cannot be held this way.") from None
    append(
        at=at,
        by=who,
        action="grant_role",
        article="",
        object_type="person",
        object_id=person.pk,
        after={
            "role": role,
            "unit": unit,
            "areas": list(areas),
            "sectors": list(sectors),
            "from": from_date,
            "until": until_date,
        },
    )
    return holding


@transaction.atomic
def end_role(holding_id: int, *, by: Person | None, at: datetime, last_day: date) -> None:
    """End a holding after a day; it stays in the record and on the list of what the person held."""
    who = _who(by, at, Role.SECURITY_ADMIN)
    holding = RoleHolding.objects.select_for_update().get(pk=holding_id)
    before = holding.until_date
    # A holding that starts after its last day never held; one day before the start would break the constraint.
    holding.until_date = max(last_day, holding.from_date)
    holding.save(update_fields=["until_date"])
    append(
        at=at,
        by=who,
        action="end_role",
        article="",
        object_type="person",
        object_id=holding.person_id,
        before={"role": holding.role, "unit": holding.unit_id, "until": before},
        after={"until": holding.until_date},
    )


@transaction.atomic
def set_stand_in(
    holding_id: int, stand_in: Person, *, document: UUID, from_date: date, until_date: date, by: Person, at: datetime
) -> StandIn:
    """代行: a head's or district leader's absence, entered by the head or the office, with document and dates."""
    holding = RoleHolding.objects.select_related("person").get(pk=holding_id)
    held = capacities(by, at)
    if by.pk != holding.person_id and not held.has(Role.OFFICE):
        raise NotAllowed
    if Role(holding.role) not in DELEGABLE:
        raise Invalid.one("holding", "not_delegable", "Only a head or a district leader is stood in for.")
    if stand_in.pk == holding.person_id:
        raise Invalid.one("person", "same_person", "Nobody stands in for themselves.")
    if until_date < from_date:
        raise Invalid.one("until", "before_start", "The last day lies before the first.")
    row = StandIn.objects.create(
        holding=holding, person=stand_in, document=document, from_date=from_date, until_date=until_date, entered_by=by
    )
    append(
        at=at,
        by=actor(by, held),
        action="set_stand_in",
        article="",
        object_type="person",
        object_id=holding.person_id,
        after={"stand_in": stand_in.pk, "role": holding.role, "document": document, "from": from_date, "until": until_date},
    )
    return row


@transaction.atomic
def create_sector(code: str, name: str, *, by: Person | None, at: datetime, position: int = 0) -> Sector:
    """Add a sector of the responsibility list (Article 4)."""
    who = _who(by, at, Role.OFFICE)
    sector = Sector.objects.create(code=code, name=name, position=position)
    append(at=at, by=who, action="create_sector", article="4", object_type="sector", object_id=code, after={"name": name})
    return sector


@transaction.atomic
def set_responsibility(
    sector: str,
    supervising_units: Iterable[str],
    district_leader: Person | None,
    *,
    from_date: date,
    by: Person | None,
    at: datetime,
    document: str = "",
) -> Responsibility:
    """Put a line of the responsibility list in force from a day; the line before ends on the eve (Article 4)."""
    who = _who(by, at, Role.OFFICE)
    units = list(supervising_units)
    if not units:
        raise Invalid.one("supervising_units", "required", "Name at least the lead unit.")
    if len(set(units)) != len(units):
        raise Invalid.one("supervising_units", "doubled", "A unit is named twice.")
    unknown = set(units) - set(Unit.objects.filter(code__in=units).values_list("code", flat=True))
    if unknown:
        raise Invalid.one("supervising_units", "unknown", "There is no unit %(codes)s.", codes=", ".join(sorted(unknown)))
    before = Responsibility.objects.select_for_update().filter(sector=sector, until_date__isnull=True).first()
    if before is not None:
        if before.from_date >= from_date:
            raise Invalid.one("from", "before_last", "A line already holds from %(day)s.", day=before.from_date)
        before.until_date = from_date - timedelta(days=1)
        before.save(update_fields=["until_date"])
    line = Responsibility.objects.create(
        sector_id=sector, district_leader=district_leader, from_date=from_date, document=document
    )
    ResponsibleUnit.objects.bulk_create(ResponsibleUnit(line=line, unit_id=code, position=n) for n, code in enumerate(units))
    append(
        at=at,
        by=who,
        action="set_responsibility",
        article="4",
        object_type="sector",
        object_id=sector,
        after={
            "units": units,
            "district_leader": district_leader.pk if district_leader else None,
            "from": from_date,
            "document": document,
        },
    )
    return line


@transaction.atomic
def load_layer(
    read: ReadLayer, *, layer: str, name: str, kind: str, source: str, by: Person | None, at: datetime
) -> LayerEdition:
    """Load a new edition of a layer, whole or not at all, and say which unit answers for each area.

    Without units in the file an area keeps the unit of the same code in the edition before, else none.
    Raises Invalid where the file names a unit that does not exist.
    """
    who = _who(by, at, Role.ADMIN)
    named = {area.code: area.unit_code for area in read.features if area.unit_code}
    unknown = set(named.values()) - set(Unit.objects.values_list("code", flat=True))
    if unknown:
        raise Invalid.one("unit_field", "unknown", "There is no unit %(codes)s.", codes=", ".join(sorted(map(str, unknown))))
    before = LayerEdition.objects.filter(layer=layer, in_force_to__isnull=True).first()
    answered = dict(AreaUnit.objects.filter(area__edition=before).values_list("area__code", "unit_id")) if before else {}
    edition = load_edition(layer, name, kind, read, source, read.digest, at)
    answers = [
        AreaUnit(area=area, unit_id=named.get(area.code) or answered[area.code])
        for area in Area.objects.filter(edition=edition)
        if area.code in named or area.code in answered
    ]
    AreaUnit.objects.bulk_create(answers)
    append(
        at=at,
        by=who,
        action="load_layer",
        article="",
        object_type="layer",
        object_id=layer,
        before={"edition": before.number if before else None},
        after={"edition": edition.number, "areas": len(read.features), "digest": read.digest, "source": source},
    )
    return edition
