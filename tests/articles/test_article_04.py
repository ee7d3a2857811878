"""Article 4: supervising responsibility, as far as it is plain rules."""

from dataclasses import replace

import pytest

from server.regulation.requirements import ReassignFacts, UnitsFact
from tests.articles.facts import LEAD, SECOND, TOWN, UNITS, codes

REASSIGN = ReassignFacts(units=UNITS, ground="Duties moved to another bureau.", has_document=True)


@pytest.mark.clause("4-7")
def test_units_change_with_ground_and_document() -> None:
    assert codes(REASSIGN) == []
    assert codes(replace(REASSIGN, ground=" ", has_document=False)) == ["required", "document"]


@pytest.mark.clause("4-7")
def test_reassigning_to_the_same_units_is_refused() -> None:
    assert codes(replace(REASSIGN, changes=False)) == ["unchanged"]


@pytest.mark.clause("18-1", "4-7")
def test_a_main_unit_cannot_be_made_a_supervising_one() -> None:
    assert codes(replace(REASSIGN, units=UnitsFact((TOWN, LEAD), (LEAD, SECOND)))) == ["own_acceptance"]


@pytest.mark.clause("18-1")
def test_a_unit_that_rectified_before_stays_barred_from_accepting() -> None:
    assert codes(replace(REASSIGN, units=UnitsFact(("other_town",), (LEAD,), former_main=(LEAD,)))) == ["own_acceptance"]
    assert codes(replace(REASSIGN, units=UnitsFact(("other_town",), (SECOND,), former_main=(LEAD,)))) == []


def test_nobody_is_left_without_a_main_or_a_lead_unit() -> None:
    assert codes(replace(REASSIGN, units=UnitsFact((), ()))) == ["required", "required"]


def test_a_unit_is_named_once_and_in_one_role() -> None:
    assert codes(replace(REASSIGN, units=UnitsFact((TOWN, TOWN), (LEAD,)))) == ["twice"]
    assert codes(replace(REASSIGN, units=UnitsFact((TOWN,), (LEAD,), assisting=(TOWN, LEAD)))) == ["two_roles", "two_roles"]
    assert codes(replace(REASSIGN, units=UnitsFact((TOWN,), ("nobody",), unknown=("nobody",)))) == ["unknown"]
