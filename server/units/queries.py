"""Reads about units, areas and the responsibility list that several rooms ask."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from server.units.models import AreaUnit, Person, Responsibility, Unit


@dataclass(frozen=True)
class SectorDuty:
    """Who answers for a sector on a day (Article 4): the first supervising unit leads."""

    sector: str
    supervising_units: tuple[str, ...]
    district_leader: Person | None

    @property
    def lead_unit(self) -> str | None:
        return self.supervising_units[0] if self.supervising_units else None


def sector_duty(sector: str, on: date) -> SectorDuty | None:
    """The sector's line of the responsibility list in force on the day; None where there is none."""
    line = (
        Responsibility.objects.filter(Q(until_date__isnull=True) | Q(until_date__gte=on), sector=sector, from_date__lte=on)
        .select_related("district_leader")
        .prefetch_related("units")
        .order_by("-from_date")
        .first()
    )
    if line is None:
        return None
    return SectorDuty(sector, tuple(u.unit_id for u in line.units.all()), line.district_leader)


def sector_duties(on: date) -> dict[str, SectorDuty]:
    """All lines in force on the day by sector, in two queries."""
    lines = (
        Responsibility.objects.filter(Q(until_date__isnull=True) | Q(until_date__gte=on), from_date__lte=on)
        .select_related("district_leader")
        .prefetch_related("units")
        .order_by("from_date")
    )
    return {
        line.sector_id: SectorDuty(line.sector_id, tuple(u.unit_id for u in line.units.all()), line.district_leader)
        for line in lines
    }


def led_by(sector: str, on: date) -> str | None:
    """The lead unit of a sector on a day."""
    duty = sector_duty(sector, on)
    return duty.lead_unit if duty else None


def led_sectors(units: frozenset[str], on: date) -> frozenset[str]:
    """Sectors of which one of the units is the lead."""
    return frozenset(code for code, duty in sector_duties(on).items() if duty.lead_unit in units)


def supervised_sectors(units: frozenset[str], on: date) -> frozenset[str]:
    """Sectors that one of the units supervises, in any place of the order."""
    if not units:
        return frozenset()
    return frozenset(code for code, duty in sector_duties(on).items() if units.intersection(duty.supervising_units))


def sectors_of_leader(person: Person, on: date) -> frozenset[str]:
    """Sectors whose district leader on the day this person is, by the responsibility list."""
    lines = Responsibility.objects.filter(
        Q(until_date__isnull=True) | Q(until_date__gte=on), from_date__lte=on, district_leader=person
    )
    return frozenset(lines.values_list("sector_id", flat=True))


def unit_of_area(area_id: int | None) -> Unit | None:
    if area_id is None:
        return None
    answer = AreaUnit.objects.select_related("unit").filter(area_id=area_id).first()
    return answer.unit if answer else None


def area_codes_answered_by(units: frozenset[str]) -> frozenset[str]:
    """Codes of the areas, of any edition, for which one of the units answers."""
    if not units:
        return frozenset()
    return frozenset(AreaUnit.objects.filter(unit__in=units).values_list("area__code", flat=True))
