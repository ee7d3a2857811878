"""Article 8: carrying out, as far as it is plain rules."""

from dataclasses import replace

import pytest

from server.regulation.requirements import ProgressFacts
from tests.articles.facts import codes

PROGRESS = ProgressFacts(percent=40, text="The pipe is closed.")


@pytest.mark.clause("8-1")
@pytest.mark.parametrize("percent", [0, 1, 99, 100])
def test_progress_is_a_percent_with_words(percent: int) -> None:
    assert codes(replace(PROGRESS, percent=percent)) == []


@pytest.mark.clause("8-1")
def test_progress_without_percent_or_words_or_out_of_range_is_refused() -> None:
    assert codes(replace(PROGRESS, percent=None, text="")) == ["required", "required"]
    assert codes(replace(PROGRESS, percent=101)) == ["percent"]
    assert codes(replace(PROGRESS, percent=-1)) == ["percent"]


@pytest.mark.clause("8-1")
def test_a_unit_reports_its_own_measures_only() -> None:
    assert codes(replace(PROGRESS, foreign_measures=("Dredge the river",))) == ["foreign_measure"]
    assert codes(replace(PROGRESS, unknown_measures=("m9",), unknown_stages=("s9",))) == ["unknown", "unknown"]


def test_a_risk_flag_is_one_of_three() -> None:
    assert codes(replace(PROGRESS, flag="at_risk")) == []
    assert codes(replace(PROGRESS, flag="panic")) == ["unknown"]
