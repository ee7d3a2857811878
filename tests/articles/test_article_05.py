"""Article 5: sources "1+1+N" and their dynamic update, as far as it is plain rules."""

from dataclasses import replace
from datetime import date

import pytest

from server.regulation import sources
from server.regulation.categories import CATEGORIES
from server.regulation.requirements import (
    AddSiteFacts,
    AddSourceFacts,
    CancelFacts,
    CorrectFacts,
    MergeFacts,
    ReasonFacts,
    TakeOverFacts,
)
from server.regulation.sources import SOURCES, Level, highest
from server.regulation.statuses import OPEN, Status
from tests.articles.facts import LIST, REPORT, codes, fields


@pytest.mark.clause("5-1", "5-2", "5-3")
@pytest.mark.parametrize(
    ("level", "leaves"),
    [
        (
            Level.CENTRAL,
            [
                "central_inspection_tour",
                "yangtze_film_national",
                "central_inspection",
                "central_petition",
                "npc_enforcement",
                "green_shield",
                "mee_supervision",
            ],
        ),
        (
            Level.PROVINCIAL,
            ["yangtze_film_provincial", "provincial_inspection", "provincial_petition", "provincial_supervision"],
        ),
        (Level.MUNICIPAL, ["municipal_film", "municipal_circular"]),
        (Level.DISTRICT, ["district_self_check"]),
    ],
)
def test_the_tree_of_sources_has_these_leaves_and_no_others(level: Level, leaves: list[str]) -> None:
    assert [source.code for source in SOURCES if source.level is level] == leaves


def test_every_leaf_has_both_names_and_a_code_of_its_own() -> None:
    assert len(sources.BY_CODE) == len(SOURCES) == 14
    assert all(source.name.isascii() and not source.name_zh.isascii() for source in SOURCES)
    assert [category.code for category in CATEGORIES] == ["water", "air", "soil", "solid_waste", "noise", "ecology", "other"]


@pytest.mark.clause("5-4")
def test_the_highest_level_rules_where_there_are_several() -> None:
    assert highest([Level.DISTRICT, Level.PROVINCIAL, Level.MUNICIPAL]) is Level.PROVINCIAL
    assert highest([Level.DISTRICT]) is Level.DISTRICT


@pytest.mark.clause("5-4")
def test_a_further_source_is_a_known_one_and_a_new_one() -> None:
    assert codes(AddSourceFacts("central_petition", source_known=True)) == []
    assert codes(AddSourceFacts("rumour", source_known=False)) == ["unknown"]
    assert codes(AddSourceFacts(None, source_known=False)) == ["required"]
    assert codes(AddSourceFacts("central_petition", source_known=True, already_there=True)) == ["already_there"]


MERGE = MergeFacts(status=Status.LISTED, into_known=True, into_status=Status.RECTIFYING)


@pytest.mark.clause("5-5")
@pytest.mark.parametrize("into", sorted(OPEN))
def test_a_problem_joins_one_that_is_on_the_list_and_open(into: Status) -> None:
    assert codes(replace(MERGE, into_status=into)) == []


@pytest.mark.clause("5-5")
@pytest.mark.parametrize("into", sorted(set(Status) - OPEN))
def test_a_listed_problem_cannot_vanish_into_one_off_the_list_or_closed(into: Status) -> None:
    assert codes(replace(MERGE, into_status=into)) == ["target_state"]


@pytest.mark.clause("5-5")
def test_two_reports_of_the_same_thing_can_be_joined_before_listing() -> None:
    assert codes(MergeFacts(status=Status.REPORTED, into_known=True, into_status=Status.REPORTED)) == []


@pytest.mark.clause("5-5")
def test_never_into_itself_in_a_circle_or_into_what_may_not_be_seen() -> None:
    assert codes(replace(MERGE, into_self=True)) == ["into_itself"]
    assert codes(replace(MERGE, makes_cycle=True)) == ["cycle"]
    assert codes(replace(MERGE, into_known=False, into_status=None)) == ["unknown"]


@pytest.mark.clause("10-3")
def test_what_an_unreleased_inspection_found_cannot_be_merged() -> None:
    assert codes(replace(MERGE, embargoed=True)) == ["embargoed"]


@pytest.mark.clause("5-6")
def test_cancelling_needs_ground_and_document() -> None:
    assert codes(CancelFacts("Not founded.", Level.DISTRICT, has_document=True)) == []
    assert codes(CancelFacts("", Level.DISTRICT, has_document=False)) == ["required", "document"]


@pytest.mark.clause("5-6")
@pytest.mark.parametrize("level", [Level.CENTRAL, Level.PROVINCIAL, Level.MUNICIPAL])
def test_a_superior_problem_is_cancelled_by_the_superiors_document_alone(level: Level) -> None:
    assert codes(CancelFacts("Not founded.", level, has_document=False)) == ["superior_document"]


@pytest.mark.clause("5-7", "5-8")
@pytest.mark.parametrize("reason", ["", "  ", "\u3000", "\u200b", "\n\t"])
def test_returning_and_restoring_need_a_reason_in_words(reason: str) -> None:
    assert codes(ReasonFacts("Not in this district.")) == []
    assert codes(ReasonFacts(reason)) == ["required"]


@pytest.mark.clause("5-10")
@pytest.mark.parametrize("field", ["title", "category", "superior_number", "original_text", "location"])
def test_facts_are_corrected_with_a_ground(field: str) -> None:
    assert codes(CorrectFacts(field, "A typing error.", value_given=True)) == []
    assert codes(CorrectFacts(field, "", value_given=True)) == ["required"]


@pytest.mark.clause("5-10")
@pytest.mark.parametrize(
    "field",
    [
        "plan",
        "deadline",
        "deadline_text",
        "main_units",
        "supervising_units",
        "status",
        "number",
        "goal",
        "measures",
        "id",
        "source",
    ],
)
def test_plan_deadline_and_units_are_never_corrected(field: str) -> None:
    assert codes(CorrectFacts(field, "A typing error.", value_given=True)) == ["not_correctable"]


@pytest.mark.clause("5-10")
def test_a_correction_changes_something_to_something_possible() -> None:
    assert codes(CorrectFacts("category", "Mistaken.", value_given=False)) == ["required"]
    assert codes(CorrectFacts("category", "Mistaken.", value_given=True, value_known=False)) == ["unknown"]
    assert codes(CorrectFacts("category", "Mistaken.", value_given=True, changes=False)) == ["unchanged"]


@pytest.mark.clause("5-11")
def test_a_report_needs_a_point_or_an_area_with_the_reason() -> None:
    assert codes(REPORT) == []
    assert codes(replace(REPORT, has_point=False)) == ["no_place"]
    assert codes(replace(REPORT, has_point=False, area="district")) == ["no_location_reason"]
    assert codes(replace(REPORT, has_point=False, area="district", no_location_reason="Smell all over.")) == []
    assert codes(replace(REPORT, has_point=False, area="x", area_known=False, no_location_reason="Smell.")) == ["unknown"]


@pytest.mark.clause("5-12")
def test_a_report_needs_a_photo_or_the_reason_why_none() -> None:
    assert codes(replace(REPORT, photos=0)) == ["no_photo"]
    assert codes(replace(REPORT, photos=0, no_photo_reason="A smell at night.")) == []


@pytest.mark.clause("5-12")
def test_all_that_a_report_lacks_is_named_at_once() -> None:
    empty = replace(REPORT, title=" ", description="", category=None, category_known=False, has_point=False, photos=0)
    assert fields(empty) == ["title", "category", "location", "photos"]
    assert codes(replace(REPORT, category="smells", category_known=False)) == ["unknown"]


@pytest.mark.clause("5-11")
def test_a_further_site_needs_a_name_and_a_point() -> None:
    assert codes(AddSiteFacts("Outfall", has_point=True)) == []
    assert fields(AddSiteFacts("", has_point=False)) == ["name", "location"]


@pytest.mark.clause("5-9")
def test_listing_needs_source_and_sector() -> None:
    assert codes(LIST) == []
    assert fields(replace(LIST, source=None, source_known=False, sector=None, discovery=None)) == ["source", "sector"]
    assert codes(replace(LIST, sector="x", sector_known=False)) == ["unknown"]


TAKEN = TakeOverFacts(
    on=date(2026, 12, 31),
    status="rectifying",
    status_known=True,
    has_ledger_file=True,
    ledger_row="17",
    title="Old dump",
    source="municipal_circular",
    source_known=True,
)


@pytest.mark.clause("5-14")
def test_a_ledger_is_taken_over_before_the_start_date_and_not_on_it() -> None:
    assert codes(TAKEN) == []
    assert codes(replace(TAKEN, on=date(2027, 1, 1))) == ["after_start"]


@pytest.mark.clause("5-14")
def test_a_row_taken_over_names_its_stamped_ledger_and_row() -> None:
    assert fields(replace(TAKEN, has_ledger_file=False, ledger_row="")) == ["ledger_file", "ledger_row"]
    assert codes(replace(TAKEN, status="passed", status_known=False)) == ["unknown"]
