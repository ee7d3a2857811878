"""Who sees a problem, and who may make each move. Asked by pages, API, map, search, exports, photos and the record alike.

"May this person see this one" is :func:`visible_to` with a primary key; nothing else answers it.
"""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from server.problems.models import Embargo, Grant, Involvement, Problem
from server.records.models import Entry
from server.regulation.lifecycle import Action, Move, find_move
from server.regulation.statuses import LEDGER, Status
from server.units.models import AreaUnit, Person, RoleHolding
from server.units.predicates import Capacities, capacities
from server.units.queries import area_codes_answered_by, led_sectors, sector_duty, sectors_of_leader, supervised_sectors
from server.units.roles import ADMINISTRATORS, SEE_ALL_LISTED, Role

AFTER_LISTING = sorted(LEDGER | {Status.MERGED, Status.CANCELLED})
ENTERS_PAPER = frozenset({Action.DECIDE, Action.CONFIRM, Action.DECLINE})


def hidden_embargoes(person: Person, held: Capacities, at: datetime) -> QuerySet[Embargo]:
    """The embargoes that still hide something from this person: not lifted, and not of an inspection of theirs."""
    unlifted = Embargo.objects.filter(lifted_at__isnull=True)
    if held.sees_everything:
        return unlifted.none()
    granted = Grant.objects.filter(person=person, inspection__isnull=False).filter(Q(until__isnull=True) | Q(until__gt=at))
    return unlifted.exclude(inspection__in=granted.values("inspection"))


def visible_to(person: Person, at: datetime, held: Capacities | None = None) -> QuerySet[Problem]:
    """The problems this person may see (rules.md, "People see"), as one queryset without joins.

    Every other right to see yields to an embargo; the three administrators and the auditor see none.
    """
    held = held or capacities(person, at)
    if held.sees_everything:
        return Problem.objects.all()
    if held.has(*ADMINISTRATORS):
        return Problem.objects.none()
    listed = Q(status__in=AFTER_LISTING) & (Q(number__isnull=False) | Q(listed_on__isnull=False))
    sees = Q(pk__in=_granted(person, at)) | (Q(reported_by=person) if not held.has(Role.DISCIPLINE) else Q(pk__in=[]))
    if held.has(*SEE_ALL_LISTED):
        sees |= listed
    sees |= _by_unit(held, listed)
    sees |= _by_post(held, listed)
    return Problem.objects.filter(sees).exclude(embargo__in=hidden_embargoes(person, held, at))


def _granted(person: Person, at: datetime) -> QuerySet[Grant, UUID]:
    live = Grant.objects.filter(Q(until__isnull=True) | Q(until__gt=at), person=person)
    return live.values_list("problem_id", flat=True)


def _by_unit(held: Capacities, listed: Q) -> Q:
    """A unit sees what it is named in or reported, and what lies in its area.

    The latter once listed, or as soon as it was found on an announced or released inspection.
    """
    units = held.units()
    if not units:
        return Q(pk__in=[])
    named = Q(pk__in=Involvement.objects.filter(unit__in=units).values("problem"))
    its_area = Q(area__in=AreaUnit.objects.filter(unit__in=units).values("area")) | Q(area_code__in=area_codes_answered_by(units))
    found_openly = Q(status__in=[Status.REPORTED, Status.RETURNED, Status.MERGED]) & (
        Q(open_inspection=True) | Q(embargo__isnull=False)
    )
    sees = named | Q(reporting_unit__in=units) | (its_area & (listed | found_openly))
    sectors = supervised_sectors(units, held.on)
    if sectors:
        sees |= Q(sector__in=sectors) & listed
        for_endorsement = Q(status=Status.REPORTED, discovery="oversight_leader", sector__in=led_sectors(units, held.on))
        sees |= for_endorsement
    return sees


def _by_post(held: Capacities, listed: Q) -> Q:
    """Inspectors see their areas once listed (no areas: the district); special supervisors their areas and sectors.

    A special supervisor with neither has the whole district, one with sectors alone has those.
    """
    sees = Q(pk__in=[])
    for capacity in held.of(Role.INSPECTOR):
        sees |= listed & (Q(area_code__in=capacity.areas) if capacity.areas else Q())
    for capacity in held.of(Role.SPECIAL_SUPERVISOR):
        theirs = Q(area_code__in=capacity.areas) | Q(sector__in=capacity.sectors)
        sees |= listed & (theirs if capacity.areas or capacity.sectors else Q())
    return sees


def may_report(held: Capacities) -> bool:
    """Everybody with a role, but the three administrators and discipline."""
    return bool(held.held) and not held.has(*ADMINISTRATORS, Role.DISCIPLINE)


def rectified_by(person: Person, problem: Problem) -> bool:
    """Whether the person belongs, or ever belonged, to a unit that rectifies or rectified this problem.

    Holdings of any date and any role count, whether held or stood in for: no second account's role, delegation or change of
    post lets the one who rectified accept (Articles 17 and 18).
    """
    return _rectifying_holdings(problem).filter(Q(person=person) | Q(stand_ins__person=person)).exists()


def rectifiers(problem: Problem) -> frozenset[UUID]:
    """Ids of everybody of whom :func:`rectified_by` holds."""
    people = _rectifying_holdings(problem).values_list("person_id", "stand_ins__person_id")
    return frozenset(person for pair in people for person in pair if person is not None)


def _rectifying_holdings(problem: Problem) -> QuerySet[RoleHolding]:
    rectifiers = Involvement.objects.filter(problem=problem, role__in=["main", "former_main"]).values("unit")
    return RoleHolding.objects.filter(unit__in=rectifiers)


def main_units(problem: Problem) -> list[str]:
    return _units(problem, Involvement.Role.MAIN)


def supervising_units(problem: Problem) -> list[str]:
    return _units(problem, Involvement.Role.SUPERVISING)


def _units(problem: Problem, role: str) -> list[str]:
    involved = [i for i in problem.involvements.all() if i.role == role]
    return [i.unit_id for i in sorted(involved, key=lambda i: i.position)]


def may(person: Person, action: Action | str, problem: Problem, at: datetime, held: Capacities | None = None) -> bool:
    """Whether this person may make this move on a problem they see; the state is asked separately."""
    held = held or capacities(person, at)
    move = find_move(Action(action))
    return _WHO[move.who](person, held, problem, move)


def acting_unit(
    person: Person, action: Action | str, problem: Problem, at: datetime, held: Capacities | None = None
) -> str | None:
    """For which of the problem's units the person acts in this move: the one to write into the record."""
    held = held or capacities(person, at)
    move = find_move(Action(action))
    if move.who in {"main_unit", "first_main_unit"}:
        mine = [u for u in main_units(problem) if u in held.units()]
        return mine[0] if mine else None
    if move.who in {"supervising_unit", "lead_unit", "lead_head"}:
        mine = [u for u in supervising_units(problem) if u in held.units()]
        return mine[0] if mine else None
    if move.who == "sector_lead_unit" and problem.sector_id:
        duty = sector_duty(problem.sector_id, held.on)
        return duty.lead_unit if duty else None
    return held.main_unit()


def _office(person: Person, held: Capacities, problem: Problem, move: Move) -> bool:
    return held.has(Role.OFFICE)


def _reporter(person: Person, held: Capacities, problem: Problem, move: Move) -> bool:
    return may_report(held)


def _main_unit(person: Person, held: Capacities, problem: Problem, move: Move) -> bool:
    return bool(held.units().intersection(main_units(problem)))


def _first_main_unit(person: Person, held: Capacities, problem: Problem, move: Move) -> bool:
    return bool(held.units().intersection(main_units(problem)[:1]))


def _accepts(person: Person, held: Capacities, problem: Problem) -> bool:
    """Neither the rectifier nor an office account (the office is the ecology bureau) gives opinions or decides."""
    return not held.has(Role.OFFICE) and not rectified_by(person, problem)


def _supervising_unit(person: Person, held: Capacities, problem: Problem, move: Move) -> bool:
    return bool(held.units().intersection(supervising_units(problem))) and _accepts(person, held, problem)


def _lead_unit(person: Person, held: Capacities, problem: Problem, move: Move) -> bool:
    return bool(held.units().intersection(supervising_units(problem)[:1])) and _accepts(person, held, problem)


def _lead_head(person: Person, held: Capacities, problem: Problem, move: Move) -> bool:
    return bool(held.headed_units().intersection(supervising_units(problem)[:1])) and _accepts(person, held, problem)


def _sector_leader(person: Person, held: Capacities, problem: Problem, move: Move) -> bool:
    """The leader named for the sector on that day, or who stands in for that leader; never one of the rectifying units."""
    if problem.sector_id is None or not held.has(Role.DISTRICT_LEADER) or rectified_by(person, problem):
        return False
    if problem.sector_id in sectors_of_leader(person, held.on):
        return True
    absent = [c.stands_in_for for c in held.of(Role.DISTRICT_LEADER) if c.stands_in_for]
    duty = sector_duty(problem.sector_id, held.on)
    return bool(duty and duty.district_leader and duty.district_leader.pk in absent)


def _sector_lead_unit(person: Person, held: Capacities, problem: Problem, move: Move) -> bool:
    if problem.sector_id is None or held.has(Role.OFFICE):
        return False
    duty = sector_duty(problem.sector_id, held.on)
    return bool(duty and duty.lead_unit in held.units())


_WHO = {
    "office": _office,
    "reporter": _reporter,
    "main_unit": _main_unit,
    "first_main_unit": _first_main_unit,
    "supervising_unit": _supervising_unit,
    "lead_unit": _lead_unit,
    "lead_head": _lead_head,
    "sector_leader": _sector_leader,
    "sector_lead_unit": _sector_lead_unit,
}


def may_enter_on_paper(
    typist: Person, action: Action | str, problem: Problem, at: datetime, held: Capacities | None = None
) -> bool:
    """Who may type in what a head or leader signed on paper: the office or a liaison of the signing unit, never the rectifier."""
    if Action(action) not in ENTERS_PAPER:
        return False
    held = held or capacities(typist, at)
    if held.has(Role.OFFICE):
        return not rectified_by(typist, problem)
    liaison_of = held.units(Role.UNIT_LIAISON, Role.UNIT_DEPUTY)
    lead = supervising_units(problem)[:1]
    return Action(action) is Action.DECIDE and bool(liaison_of.intersection(lead)) and not rectified_by(typist, problem)


def entries_visible_to(person: Person, at: datetime, held: Capacities | None = None) -> QuerySet[Entry]:
    """The entries of the record this person may read: those of problems they see, where no embargo lies on the entry.

    The office and leading_group read all of the business record, the auditor every entry (some of them sealed, see
    :func:`sealed_for`); what concerns no problem is for the office, leading_group and the auditor alone.
    """
    held = held or capacities(person, at)
    if held.has(Role.OFFICE, Role.AUDITOR):
        return Entry.objects.all()
    if held.has(Role.LEADING_GROUP):
        return Entry.objects.filter(sealed_kind="")
    seen = visible_to(person, at, held).values("pk")
    free = Q(embargo__isnull=True) | ~Q(embargo__in=hidden_embargoes(person, held, at).values("pk"))
    return Entry.objects.filter(free, problem__in=seen, sealed_kind="")


def sealed_for(entry: Entry, held: Capacities) -> bool:
    """Whether an entry shows the auditor no content: petitions, accountability cases, and what an embargo still covers."""
    if not held.has(Role.AUDITOR):
        return False
    if entry.sealed_kind:
        return True
    covers = Q(pk__in=[entry.embargo] if entry.embargo else [])
    if entry.problem:
        covers |= Q(pk__in=Problem.objects.filter(pk=entry.problem, embargo__isnull=False).values("embargo"))
    return Embargo.objects.filter(covers, lifted_at__isnull=True).exists()


def sees_sequence(held: Capacities) -> bool:
    """Sequence and digest of the record are for the office and the auditor."""
    return held.has(Role.OFFICE, Role.AUDITOR)
