"""Article 18: who rectifies and who accepts answers for it, as far as it is plain rules."""

from dataclasses import replace
from datetime import date

import pytest

from server.regulation.requirements import MeasureFact, proposed_reason
from tests.articles.facts import LEAD, REOPEN, RULES, TODAY, TOWN, codes, fields


@pytest.mark.clause("18-3")
def test_reopening_needs_reason_proof_measures_and_a_new_deadline() -> None:
    assert codes(REOPEN) == []
    bare = replace(REOPEN, reason="", text="", has_visit=False, measures=(), deadline=None)
    assert fields(bare) == ["reason", "text", "visit", "measures", "deadline"]


@pytest.mark.clause("18-3")
def test_the_superiors_document_proves_as_well_as_a_visit() -> None:
    assert codes(replace(REOPEN, has_visit=False, has_document=True)) == []


@pytest.mark.clause("18-3")
def test_the_new_deadline_lies_ahead_and_holds_every_measure() -> None:
    assert codes(replace(REOPEN, deadline=TODAY)) == ["deadline_past"]
    assert codes(replace(REOPEN, measures=(MeasureFact("Close it", deadline=date(2026, 6, 1)),))) == ["measure_deadline"]
    assert codes(replace(REOPEN, measures=(MeasureFact(""),))) == ["measure_text"]


@pytest.mark.clause("18-3")
def test_the_new_measures_are_the_main_units() -> None:
    assert codes(replace(REOPEN, measures=(MeasureFact("Close it", unit=TOWN),), main_units=(TOWN,))) == []
    assert codes(replace(REOPEN, measures=(MeasureFact("Close it", unit=LEAD),), main_units=(TOWN,))) == ["measure_unit"]


@pytest.mark.clause("18-2")
@pytest.mark.parametrize(
    ("found", "same_cause", "reason"),
    [
        (date(2026, 3, 31), True, "incomplete"),
        (date(2026, 4, 1), True, "rebound"),
        (date(2026, 1, 2), False, "rebound"),
    ],
)
def test_within_ninety_days_incomplete_is_proposed_and_later_rebound(found: date, same_cause: bool, reason: str) -> None:
    assert proposed_reason(date(2025, 12, 31), found, same_cause, RULES) == reason
