"""Article 7: the plan, as far as it is plain rules."""

from dataclasses import replace
from datetime import date

import pytest

from server.regulation.plan_changes import changes
from server.regulation.requirements import ApprovalFact, IssuePlanFacts, MeasureFact, StageFact, UnitsFact
from server.regulation.sources import Level
from tests.articles.facts import ADJUSTED, LEAD, LONG_PLAN, PLAN, RULES, SECOND, SUPERIOR_PLAN, TOWN, codes, fields


@pytest.mark.clause("7-2", "7-3")
@pytest.mark.parametrize("plan", [PLAN, LONG_PLAN, SUPERIOR_PLAN])
def test_a_complete_plan_lacks_nothing(plan: IssuePlanFacts) -> None:
    assert codes(plan) == []


@pytest.mark.clause("7-3")
def test_all_that_the_list_lacks_is_named_at_once() -> None:
    empty = replace(PLAN, goal="", measures=(), units=UnitsFact((), ()), deadline=None, approvals=(), document_number="")
    assert fields(empty) == [
        "goal",
        "main_units",
        "supervising_units",
        "deadline",
        "measures",
        "approvals",
        "document_number",
    ]


@pytest.mark.clause("7-2")
def test_a_district_plan_needs_its_approval_and_its_document_number() -> None:
    assert codes(replace(PLAN, approvals=())) == ["approvals"]
    assert codes(replace(PLAN, document_number=" ")) == ["document_number"]
    assert codes(replace(PLAN, approvals=(ApprovalFact("", "Head", None),))) == ["approval_step"]
    assert codes(replace(PLAN, approvals=(ApprovalFact("Approved", "Head", date(2026, 3, 17)),))) == ["approval_future"]


@pytest.mark.clause("7-1")
@pytest.mark.parametrize("level", [Level.CENTRAL, Level.PROVINCIAL, Level.MUNICIPAL])
def test_a_superior_problems_plan_names_the_superiors_plan_and_who_accepts(level: Level) -> None:
    plan = replace(SUPERIOR_PLAN, level=level)
    assert codes(plan) == []
    assert codes(replace(plan, superior_reference="", accepted_by=None)) == ["superior_reference", "required"]
    assert codes(replace(plan, accepted_by="county")) == ["unknown"]
    assert codes(replace(plan, approvals=())) == ["approvals"]


@pytest.mark.clause("7-1")
@pytest.mark.parametrize("body", ["district", "city", "province", "sector"])
def test_every_body_that_may_accept_is_taken(body: str) -> None:
    assert codes(replace(SUPERIOR_PLAN, accepted_by=body)) == []


@pytest.mark.clause("7-4")
def test_a_deadline_in_words_stands_for_its_date() -> None:
    worded = replace(PLAN, deadline=None, deadline_text="6月底前")
    assert codes(worded) == []
    assert worded.due(RULES) == date(2026, 6, 30)
    assert codes(replace(worded, deadline_text="尽快")) == ["deadline_unreadable"]
    assert codes(replace(worded, deadline_text="尽快", deadline=date(2026, 6, 1))) == []
    assert codes(replace(worded, deadline_text="")) == ["required"]


@pytest.mark.clause("7-10")
def test_a_deadline_before_the_day_of_issue_is_refused() -> None:
    assert codes(replace(PLAN, deadline=date(2026, 3, 15))) == ["deadline_past"]
    assert codes(replace(PLAN, deadline=date(2026, 3, 16))) == []


@pytest.mark.clause("7-5")
def test_a_long_term_plan_needs_two_stages_with_goal_and_date() -> None:
    one = LONG_PLAN.stages[1:]
    assert codes(replace(LONG_PLAN, stages=())) == ["stages"]
    assert codes(replace(LONG_PLAN, stages=one)) == ["stages"]
    assert codes(replace(LONG_PLAN, stages=(StageFact("", None), *one))) == ["stage_goal", "stage_due"]


@pytest.mark.clause("7-5")
def test_the_last_stage_ends_on_the_deadline() -> None:
    early = (LONG_PLAN.stages[0], StageFact("In operation", date(2027, 5, 31)))
    assert codes(replace(LONG_PLAN, stages=early)) == ["last_stage"]
    swapped = (LONG_PLAN.stages[1], LONG_PLAN.stages[0])
    assert codes(replace(LONG_PLAN, stages=swapped)) == ["stage_order"]
    assert codes(replace(LONG_PLAN, deadline=None, deadline_text="2027年6月底前")) == []


@pytest.mark.clause("8-4")
def test_a_legacy_plan_needs_risk_control() -> None:
    legacy = replace(PLAN, kind="legacy")
    assert codes(legacy) == ["risk_control"]
    assert codes(replace(legacy, risk_control="Fence and cover the dump.")) == []


@pytest.mark.clause("7-6")
def test_continuous_only_where_the_superiors_plan_says_so_and_without_deadline() -> None:
    assert codes(replace(SUPERIOR_PLAN, kind="continuous", deadline=None)) == []
    assert codes(replace(SUPERIOR_PLAN, kind="continuous")) == ["continuous_deadline"]
    assert codes(replace(PLAN, kind="continuous", deadline=None)) == ["continuous_level"]
    assert replace(SUPERIOR_PLAN, kind="continuous", deadline=None).due(RULES) is None


@pytest.mark.clause("7-7", "2-6")
def test_a_common_problem_needs_a_mechanism_and_an_extended_check() -> None:
    assert codes(replace(PLAN, common=True)) == ["mechanism", "extended_check"]
    assert codes(replace(PLAN, common=True, mechanism="A river chief's weekly round.", extended_check="All yards.")) == []


@pytest.mark.clause("7-11", "18-1")
def test_a_main_unit_cannot_supervise_the_same_problem() -> None:
    assert codes(replace(PLAN, units=UnitsFact((TOWN, SECOND), (LEAD, SECOND)))) == ["own_acceptance"]
    assert codes(replace(PLAN, units=UnitsFact((LEAD,), (LEAD,)))) == ["own_acceptance"]


@pytest.mark.clause("7-10")
def test_a_sector_without_lead_or_leader_gets_no_plan() -> None:
    assert codes(replace(PLAN, sector_has_lead=False, sector_has_leader=False)) == [
        "sector_without_lead",
        "sector_without_leader",
    ]


@pytest.mark.clause("10-3")
def test_what_an_unreleased_inspection_found_gets_no_plan() -> None:
    assert codes(replace(PLAN, embargoed=True)) == ["embargoed"]


@pytest.mark.clause("7-10")
def test_measures_have_words_a_main_unit_and_an_end_within_the_plan() -> None:
    assert codes(replace(PLAN, measures=(MeasureFact(" "),))) == ["measure_text"]
    assert codes(replace(PLAN, measures=(MeasureFact("Close it", unit=LEAD),))) == ["measure_unit"]
    assert codes(replace(PLAN, measures=(MeasureFact("Close it", unit=TOWN),))) == []
    assert codes(replace(PLAN, measures=(MeasureFact("Close it", deadline=date(2026, 5, 1)),))) == ["measure_deadline"]
    assert codes(replace(PLAN, measures=(MeasureFact("Close it", deadline=date(2026, 4, 30)),))) == []


@pytest.mark.clause("7-10")
def test_unknown_units_and_kinds_are_named() -> None:
    unknown = UnitsFact((TOWN, "atlantis"), (LEAD,), unknown=("atlantis",))
    assert fields(replace(PLAN, units=unknown)) == ["main_units"]
    assert codes(replace(PLAN, kind="someday")) == ["unknown"]


@pytest.mark.clause("7-8")
def test_an_adjustment_needs_ground_approver_and_document() -> None:
    assert codes(ADJUSTED) == []
    assert fields(replace(ADJUSTED, ground="", approved_by="", has_document=False)) == ["ground", "approved_by", "document"]


@pytest.mark.clause("7-8")
def test_an_adjustment_after_the_deadline_may_leave_the_deadline_as_it_was() -> None:
    later = replace(ADJUSTED, plan=replace(PLAN, issued=date(2026, 5, 20)))
    assert codes(later) == ["deadline_past"]
    assert codes(replace(later, deadline_before=date(2026, 4, 30))) == []


@pytest.mark.clause("7-8", "7-4")
def test_words_that_have_not_changed_keep_their_date_and_new_ones_are_read_from_the_adjustment() -> None:
    worded = replace(PLAN, deadline=None, deadline_text="6月底前", issued=date(2026, 7, 20))
    adjusted = replace(ADJUSTED, plan=worded, deadline_before=date(2026, 6, 30), deadline_text_before="6月底前")
    assert codes(adjusted) == []
    assert adjusted.due(RULES) == date(2026, 6, 30)
    assert replace(adjusted, plan=replace(worded, deadline_text="9月底前")).due(RULES) == date(2026, 9, 30)


@pytest.mark.clause("7-11")
def test_refusals_call_a_unit_by_its_name() -> None:
    units = UnitsFact((TOWN,), (TOWN,), names={TOWN: "Stone Bridge Town"})
    (lack,) = units.missing(RULES)
    assert lack.in_english().startswith("Stone Bridge Town")
    assert lack.params["code"] == TOWN


@pytest.mark.clause("7-8")
def test_a_superior_plan_is_adjusted_by_the_superiors_own_document() -> None:
    assert codes(replace(ADJUSTED, plan=SUPERIOR_PLAN, has_document=False)) == ["superior_document"]


@pytest.mark.clause("7-9")
def test_the_office_confirms_in_words_that_the_standard_is_not_lowered() -> None:
    assert codes(replace(ADJUSTED, standard_not_lowered=False)) == ["standard"]
    assert codes(replace(ADJUSTED, standard_text="")) == ["standard_text"]


@pytest.mark.clause("7-9")
def test_what_is_done_cannot_be_left_out() -> None:
    assert codes(replace(ADJUSTED, dropped_done=("Close the pipe",))) == ["done_dropped"]


@pytest.mark.clause("7-9")
def test_removed_and_changed_goals_and_later_deadlines_are_marked() -> None:
    weaker = replace(
        PLAN,
        goal="Less grey water reaches the river.",
        deadline=date(2026, 6, 30),
        measures=(replace(PLAN.measures[0], text="Watch the pipe"),),
    )
    marked = {change.what for change in changes(PLAN, weaker) if change.marked}
    assert marked == {"goal", "deadline", "measure_goal", "measure_removed"}
    assert changes(PLAN, PLAN) == ()


@pytest.mark.clause("7-9")
def test_an_earlier_deadline_is_a_difference_and_not_marked() -> None:
    (change,) = changes(PLAN, replace(PLAN, deadline=date(2026, 4, 1)))
    assert (change.what, change.old, change.new, change.marked) == ("deadline", "2026-04-30", "2026-04-01", False)


@pytest.mark.clause("7-9")
def test_stages_removed_moved_or_reworded_are_marked() -> None:
    first, last = LONG_PLAN.stages
    reworded = replace(LONG_PLAN, stages=(replace(first, goal="Design begun", due=date(2026, 12, 31)), last))
    assert [(change.what, change.marked) for change in changes(LONG_PLAN, reworded)] == [
        ("stage_goal", True),
        ("stage_due", True),
    ]
    assert [change.what for change in changes(LONG_PLAN, replace(LONG_PLAN, stages=(last,)))] == ["stage_removed"]
    controlled = replace(LONG_PLAN, risk_control="A fence.")
    assert [change.what for change in changes(controlled, LONG_PLAN)] == ["risk_control"]
