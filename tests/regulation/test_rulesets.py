"""Rule sets: every number with its article, editions by date."""

from dataclasses import FrozenInstanceError, replace
from datetime import date
from decimal import Decimal

import pytest

from server.regulation.clauses import CLAUSES
from server.regulation.ruleset import (
    MonthDay,
    RuleSet,
    UnknownEdition,
    UnknownParameter,
    chosen,
    editions,
    in_force,
    load,
    read,
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("acceptance_days", 10),
        ("opinion_days", 5),
        ("application_days_before_deadline", 10),
        ("prompt_days", 30),
        ("prompt_again_days", 7),
        ("behind_points", 20),
        ("far_behind_points", 40),
        ("pace_term_days", 60),
        ("percent_stale_days", 35),
        ("unplanned_days", 30),
        ("unit_objection_days", 5),
        ("petition_respond_days", 7),
        ("supervision_reply_days", 10),
        ("interview_after_days", 15),
        ("suspension_days", 30),
        ("incomplete_within_days", 90),
        ("warning_letter_points", 10),
        ("deputy_interview_points", 20),
        ("head_interview_points", 30),
        ("points_missed_typical_national", 10),
        ("points_missed_general", 5),
        ("paper_grace_days", 0),
    ],
)
def test_the_numbers_of_the_first_edition(rules: RuleSet, name: str, value: int) -> None:
    assert rules.whole(name) == value


@pytest.mark.clause("25-2")
def test_every_parameter_carries_its_article_and_its_titles(rules: RuleSet) -> None:
    for parameter in rules.parameters.values():
        assert 1 <= int(parameter.article) <= 25
        assert parameter.title.isascii()
        assert not parameter.title_zh.isascii()
        assert parameter.unit


def test_every_parameter_stands_in_a_clause_and_every_clause_names_real_ones(rules: RuleSet) -> None:
    named = {name for clause in CLAUSES for name in clause.parameters}
    assert named == set(rules.parameters)


def test_the_getters_give_their_kind_and_refuse_another(rules: RuleSet) -> None:
    assert rules.decimal("factor_least") == Decimal("0.8")
    assert rules.flag("stamped_form_for_pass") is True
    assert rules.numbers("look_back_months") == (3, 6, 12)
    assert rules.words("closure_public_levels") == ("central", "provincial")
    assert rules.dates("quarterly_cut_offs") == (MonthDay(3, 10), MonthDay(6, 10), MonthDay(9, 10), MonthDay(12, 10))
    assert rules.day("start_date") == date(2027, 1, 1)
    for getter, name in (
        (rules.whole, "stamped_form_for_pass"),
        (rules.whole, "factor_least"),
        (rules.flag, "acceptance_days"),
        (rules.words, "acceptance_days"),
        (rules.day, "acceptance_days"),
        (rules.decimal, "stamped_form_for_pass"),
        (rules.whole, "no_such_parameter"),
    ):
        with pytest.raises(UnknownParameter):
            getter(name)


@pytest.mark.clause("25-2")
def test_a_value_put_in_force_is_a_copy_and_the_edition_stays(rules: RuleSet) -> None:
    changed = rules.with_values(
        {"acceptance_days": "15", "suspension_allowed": True, "start_date": "2026-06-01", "factor_most": 1.5}
    )
    assert changed.whole("acceptance_days") == 15
    assert changed.flag("suspension_allowed")
    assert changed.day("start_date") == date(2026, 6, 1)
    assert changed.decimal("factor_most") == Decimal("1.5")
    assert rules.whole("acceptance_days") == 10
    assert changed.parameters["acceptance_days"].article == "17"


@pytest.mark.parametrize(
    "values",
    [
        {"acceptance_days": True},
        {"acceptance_days": "ten"},
        {"stamped_form_for_pass": 1},
        {"look_back_months": 3},
        {"start_date": "soon"},
    ],
)
def test_a_value_of_another_kind_is_refused(rules: RuleSet, values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        rules.with_values(values)


def test_an_unknown_parameter_or_edition_is_refused(rules: RuleSet) -> None:
    with pytest.raises(UnknownParameter):
        rules.with_values({"acceptance_day": 15})
    with pytest.raises(UnknownEdition):
        load("../2026")


def test_a_rule_set_is_frozen(rules: RuleSet) -> None:
    with pytest.raises(FrozenInstanceError):
        rules.edition = "mine"  # type: ignore[misc]  # the refusal is what is tested
    with pytest.raises(TypeError):
        rules.parameters["acceptance_days"] = rules.parameters["opinion_days"]  # type: ignore[index]  # likewise


@pytest.mark.clause("23-1")
def test_every_edition_says_who_interprets_it() -> None:
    for edition in editions():
        assert load(edition).interpreted_by
        assert load(edition).interpreted_by_zh


@pytest.mark.clause("24-1")
def test_the_edition_in_force_is_found_by_date(rules: RuleSet) -> None:
    assert in_force(date(2026, 1, 1)).edition == "2026"
    assert in_force(date(2026, 11, 24)).edition == "2026"


@pytest.mark.clause("25-1")
def test_a_revision_applies_from_its_day_and_not_before(rules: RuleSet) -> None:
    revised = replace(rules, edition="2028", in_force_from=date(2028, 7, 1))
    assert chosen([revised, rules], date(2028, 6, 30)).edition == "2026"
    assert chosen([revised, rules], date(2028, 7, 1)).edition == "2028"


def test_before_the_first_edition_the_first_one_answers_for_plans_taken_over() -> None:
    assert in_force(date(2023, 5, 1)).edition == editions()[0]


def test_a_parameter_without_its_article_is_refused() -> None:
    text = """
    checklist = []
    [edition]
    name = "x"
    in_force_from = 2026-01-01
    title = ""
    title_zh = ""
    interpreted_by = ""
    interpreted_by_zh = ""
    [parameters.days]
    value = 1
    title = "Days"
    title_zh = "天"
    unit = "days"
    """
    with pytest.raises(ValueError, match="days lacks article"):
        read(text)


def test_the_checklist_has_its_five_questions_in_both_languages(rules: RuleSet) -> None:
    assert [item.code for item in rules.checklist] == [
        "measures_done",
        "violations_dealt_with",
        "result_meets_standard",
        "similar_solved",
        "mechanism_keeps_it",
    ]
    assert all(item.text and item.text_zh for item in rules.checklist)
