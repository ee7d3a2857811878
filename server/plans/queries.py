"""Reads of plans that later rooms share."""

from datetime import date
from uuid import UUID

from server.plans.models import Plan
from server.problems.models import Problem
from server.units.queries import sector_duty


def current_plan(problem: Problem) -> Plan:
    """The version in force. Raises Plan.DoesNotExist before one is issued."""
    return problem.plans.prefetch_related("measures", "stages").latest("version")


def find_plan(problem: Problem) -> Plan | None:
    """The version in force, or None."""
    return problem.plans.prefetch_related("measures", "stages").order_by("-version").first()


def answers_for(measure_unit: str | None, main_units: list[str]) -> str | None:
    """Whose a measure is: its unit's; None: any main unit's. One whose unit was replaced falls to the first (Article 7)."""
    if measure_unit is None or measure_unit in main_units:
        return measure_unit
    return main_units[0] if main_units else None


def done_measure_keys(problem: Problem) -> set[UUID]:
    """Keys of the measures reported done, as the marks on the problem keep them."""
    return {UUID(key) for key in problem.done_keys}


def proposed_supervisors(sector: str, main_units: list[str], on: date) -> list[str]:
    """The supervising units the responsibility list proposes, in order; a main unit is struck and the next leads (Article 4)."""
    duty = sector_duty(sector, on)
    return [code for code in duty.supervising_units if code not in main_units] if duty else []
