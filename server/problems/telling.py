"""Whom a change of a problem concerns, told through notices in the change's own transaction."""

from datetime import datetime

from server.notices.actions import tell
from server.problems import policy
from server.problems.models import Problem
from server.units.models import Person
from server.units.predicates import office_day, people_with, with_stand_ins
from server.units.queries import sector_duty
from server.units.roles import Role

_OF_UNITS = (Role.UNIT_HEAD, Role.UNIT_DEPUTY, Role.UNIT_LIAISON)


def tell_office(problem: Problem, code: str, at: datetime) -> None:
    tell(people_with(Role.OFFICE, at), code, subject=problem.pk, at=at, title=problem.title)


def tell_person(person: Person, problem: Problem, code: str, at: datetime) -> None:
    tell([person], code, subject=problem.pk, at=at, title=problem.title)


def tell_units(units: list[str], problem: Problem, code: str, at: datetime, **params: object) -> None:
    """Heads, deputies and liaisons of the units."""
    people = [person for role in _OF_UNITS for person in people_with(role, at, units=units)] if units else []
    tell(people, code, subject=problem.pk, at=at, title=problem.title, **params)


def tell_main_units(problem: Problem, code: str, at: datetime, **params: object) -> None:
    tell_units(policy.main_units(problem), problem, code, at, **params)


def tell_supervising_units(problem: Problem, code: str, at: datetime) -> None:
    tell_units(policy.supervising_units(problem), problem, code, at)


def tell_sector_leader(problem: Problem, code: str, at: datetime) -> None:
    """The district leader of the sector on that day, and who stands in."""
    duty = sector_duty(problem.sector_id, office_day(at)) if problem.sector_id else None
    if duty is not None and duty.district_leader is not None:
        leaders = with_stand_ins(duty.district_leader, Role.DISTRICT_LEADER, at)
        tell(leaders, code, subject=problem.pk, at=at, title=problem.title)
