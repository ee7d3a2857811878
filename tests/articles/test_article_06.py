"""Article 6: the ways of the district's own check, as far as it is plain rules."""

from dataclasses import replace

import pytest

from server.regulation.discovery import DISCOVERIES
from server.regulation.requirements import EndorseFacts
from tests.articles.facts import LIST, codes


@pytest.mark.clause("6-1")
def test_there_are_six_ways_in_the_articles_order() -> None:
    assert [way.code for way in DISCOVERIES] == [
        "quarterly_film",
        "quarterly_unit_report",
        "oversight_leader",
        "special_supervisor",
        "petition",
        "other",
    ]
    assert [way.paragraph for way in DISCOVERIES] == [1, 2, 3, 4, 5, 6]


@pytest.mark.clause("6-1")
@pytest.mark.parametrize("way", ["quarterly_film", "quarterly_unit_report", "special_supervisor", "petition", "other"])
def test_a_district_find_is_listed_with_its_way(way: str) -> None:
    assert codes(replace(LIST, discovery=way)) == []


@pytest.mark.clause("6-1")
def test_a_district_find_without_its_way_is_refused_and_a_superiors_with_one_too() -> None:
    assert codes(replace(LIST, discovery=None)) == ["required"]
    assert codes(replace(LIST, discovery="by_chance")) == ["unknown"]
    assert codes(replace(LIST, source="central_inspection", discovery=None)) == []
    assert codes(replace(LIST, source="central_inspection", discovery="other")) == ["not_self_check"]


@pytest.mark.clause("6-13")
def test_finds_of_spot_checks_are_listed_as_other() -> None:
    assert codes(replace(LIST, discovery="other")) == []


@pytest.mark.clause("6-8")
def test_a_leaders_find_is_listed_only_with_the_stamped_page_of_the_sectors_lead() -> None:
    assert codes(replace(LIST, discovery="oversight_leader")) == ["stamped_page"]
    assert codes(replace(LIST, discovery="oversight_leader", endorsed=True)) == []
    assert codes(replace(LIST, discovery="oversight_leader", has_discovery_file=True)) == []


@pytest.mark.clause("6-8")
def test_endorsing_sends_a_page_up_and_only_for_leaders_finds() -> None:
    assert codes(EndorseFacts("oversight_leader", has_file=True)) == []
    assert codes(EndorseFacts("oversight_leader", has_file=False)) == ["stamped_page"]
    assert codes(EndorseFacts("petition", has_file=True)) == ["not_oversight"]


@pytest.mark.clause("10-3")
def test_what_an_unreleased_inspection_found_cannot_be_listed() -> None:
    assert codes(replace(LIST, embargoed=True)) == ["embargoed"]


@pytest.mark.clause("6-3")
def test_a_quarter_is_written_as_its_code() -> None:
    assert codes(replace(LIST, quarter="2026Q1")) == []
    assert codes(replace(LIST, quarter="2026年一季度")) == ["unknown"]


def test_a_case_is_typical_or_general() -> None:
    assert codes(replace(LIST, case_class="typical")) == []
    assert codes(replace(LIST, case_class="famous")) == ["unknown"]
    assert codes(replace(LIST, category="smells", category_known=False)) == ["unknown"]
