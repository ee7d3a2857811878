"""Article 17: acceptance, confirmation, filing, as far as it is plain rules."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.regulation.requirements import (
    ConfirmFacts,
    DeclineFacts,
    DemandFact,
    FileFacts,
    OpinionFacts,
    ResumeFacts,
    SignatureFacts,
    SubmitUpwardFacts,
    SuperiorResultFacts,
    SuspendFacts,
    too_many_fail,
)
from tests.articles.facts import DECIDE, RULES, SIGNED, TODAY, codes, fields

TOMORROW = date(2026, 3, 17)
OPINION = OpinionFacts("pass", "Clean.", {"measures_done": True})


@pytest.mark.clause("17-3")
def test_an_opinion_is_pass_or_fail_with_words() -> None:
    assert codes(OPINION) == []
    assert fields(OpinionFacts("perhaps", "")) == ["result", "text"]


@pytest.mark.clause("17-3")
def test_the_checklist_is_demanded_whole_where_the_rules_say_so() -> None:
    assert codes(replace(OPINION, checklist={"beauty": True})) == ["unknown"]
    strict = RULES.with_values({"checklist_demanded": True})
    assert codes(OPINION, strict) == ["checklist"] * 4
    assert codes(replace(OPINION, checklist={item.code: True for item in RULES.checklist}), strict) == []


@pytest.mark.clause("17-4", "17-5")
def test_a_complete_decision_lacks_nothing() -> None:
    assert codes(DECIDE) == []


@pytest.mark.clause("17-4")
def test_the_lead_cannot_decide_before_its_own_opinion() -> None:
    assert codes(replace(DECIDE, own_opinion=None)) == ["own_opinion"]


@pytest.mark.clause("17-4")
@pytest.mark.parametrize(
    ("own", "others", "refused"),
    [
        ("pass", (), False),
        ("fail", (), True),
        ("pass", ("fail",), False),
        ("fail", ("pass",), False),
        ("pass", ("fail", "fail"), True),
        ("fail", ("fail", "pass"), True),
        ("fail", ("pass", "pass"), False),
        ("pass", ("fail", "fail", "pass"), False),
    ],
)
def test_a_pass_is_refused_when_more_than_half_of_the_opinions_given_say_fail(
    own: str, others: tuple[str, ...], refused: bool
) -> None:
    decision = replace(DECIDE, own_opinion=own, other_opinions=others)
    assert codes(decision) == (["most_failed"] if refused else [])
    assert codes(replace(decision, result="fail")) == []


@given(own=st.sampled_from(["pass", "fail"]), others=st.lists(st.sampled_from(["pass", "fail"])).map(tuple))
def test_a_tie_leaves_the_decision_to_the_head(own: str, others: tuple[str, ...]) -> None:
    fails = [own, *others].count("fail")
    assert too_many_fail(own, others) is (fails > len(others) + 1 - fails)


@pytest.mark.clause("17-5")
def test_a_pass_needs_the_stamped_form_unless_the_rules_do_not_ask_for_it() -> None:
    assert codes(replace(DECIDE, has_form=False)) == ["stamped_form"]
    assert codes(replace(DECIDE, has_form=False), RULES.with_values({"stamped_form_for_pass": False})) == []
    assert codes(replace(DECIDE, has_form=False, result="fail")) == []


@pytest.mark.clause("17-9")
def test_a_fail_has_its_words_and_demands_with_words() -> None:
    fail = replace(DECIDE, result="fail", demands=(DemandFact("Remove the sludge", date(2026, 4, 1)), DemandFact("Plant reeds")))
    assert codes(fail) == []
    assert codes(replace(fail, text="", demands=(DemandFact(""),))) == ["required", "demand_text"]
    assert codes(replace(fail, demands=(DemandFact("Remove the sludge", date(2026, 3, 15)),))) == ["demand_past"]


@pytest.mark.clause("17-13")
@pytest.mark.parametrize(
    "signature",
    [
        SignatureFacts(TODAY, password_right=True),
        SignatureFacts(TODAY, code_right=True),
        SignatureFacts(TODAY, has_form=True),
        SignatureFacts(TODAY, has_form=True, by_signer=False, signer_given=True, signed_on=TODAY),
    ],
)
def test_a_leader_signs_by_password_second_factor_or_paper(signature: SignatureFacts) -> None:
    assert codes(ConfirmFacts(signature)) == []


@pytest.mark.clause("17-13", "17-6")
def test_no_signature_and_a_wrong_one_are_refused_on_the_password() -> None:
    assert fields(ConfirmFacts(SignatureFacts(TODAY))) == ["password"]
    assert codes(ConfirmFacts(SignatureFacts(TODAY, password_right=False))) == ["wrong_password"]
    assert fields(ConfirmFacts(SignatureFacts(TODAY, password_right=False))) == ["password"]


@pytest.mark.clause("17-13")
def test_a_wrong_password_is_not_mended_by_a_form_nor_a_wrong_code_by_a_password() -> None:
    assert codes(SignatureFacts(TODAY, password_right=False, has_form=True)) == ["wrong_password"]
    assert codes(SignatureFacts(TODAY, password_right=True, code_right=False)) == ["wrong_code"]


@pytest.mark.clause("17-13")
def test_paper_entered_by_another_names_signer_and_day_and_has_the_scan() -> None:
    typed = SignatureFacts(TODAY, by_signer=False)
    assert fields(typed) == ["password", "form", "signed_by", "signed_on"]
    ahead = SignatureFacts(TODAY, has_form=True, by_signer=False, signer_given=True, signed_on=TOMORROW)
    assert codes(ahead) == ["signed_in_future"]


@pytest.mark.clause("17-13")
def test_another_persons_password_is_no_leaders_signature() -> None:
    """The typist's own password proves the typist: without the scan it signs nothing."""
    typed = SignatureFacts(TODAY, password_right=True, by_signer=False, signer_given=True, signed_on=TODAY)
    assert "form" in fields(typed)


@pytest.mark.clause("17-7")
def test_declining_needs_its_reason_and_the_signature() -> None:
    assert codes(DeclineFacts("The bank is still grey.", SIGNED)) == []
    assert fields(DeclineFacts("", SignatureFacts(TODAY))) == ["reason", "password"]


@pytest.mark.clause("17-8")
def test_filing_is_countersigned_where_the_offices_own_bureau_is_part_of_the_problem() -> None:
    assert codes(FileFacts(own_bureau=False)) == []
    assert fields(FileFacts(own_bureau=True)) == ["countersigned_by", "countersign_document"]
    assert codes(FileFacts(own_bureau=True, countersigner_right=False, has_countersign_document=True)) == ["countersigner"]
    assert codes(FileFacts(own_bureau=True, countersigner_right=True, has_countersign_document=True)) == []


@pytest.mark.clause("17-10")
def test_a_pre_accepted_problem_goes_to_the_body_that_the_plan_names() -> None:
    assert codes(SubmitUpwardFacts("city", "city")) == []
    assert codes(SubmitUpwardFacts("province", "city")) == ["other_body"]
    assert codes(SubmitUpwardFacts("moon", "city")) == ["unknown"]


@pytest.mark.clause("17-11")
def test_the_superiors_result_has_its_document_and_its_day() -> None:
    result = SuperiorResultFacts(TODAY, "pass", has_document=True, date=date(2026, 3, 10))
    assert codes(result) == []
    assert fields(replace(result, result="so-so", has_document=False, date=None)) == ["result", "document", "date"]
    assert codes(replace(result, date=TOMORROW)) == ["in_future"]


SUSPEND = SuspendFacts(TODAY, "Flood.", date(2026, 4, 15))


@pytest.mark.clause("17-12")
def test_suspension_is_off_by_default() -> None:
    assert codes(SUSPEND) == ["not_allowed"]


@pytest.mark.clause("17-12")
def test_where_it_is_allowed_a_suspension_has_its_ground_and_ends_within_thirty_days() -> None:
    allowed = RULES.with_values({"suspension_allowed": True})
    assert codes(SUSPEND, allowed) == []
    assert codes(replace(SUSPEND, until=date(2026, 4, 16)), allowed) == ["too_long"]
    assert codes(replace(SUSPEND, until=TODAY), allowed) == ["until_past"]
    assert fields(replace(SUSPEND, ground="", until=None), allowed) == ["ground", "until"]
    assert codes(replace(SUSPEND, suspended_already=True), allowed) == ["suspended_already"]


@pytest.mark.clause("17-12")
def test_only_a_clock_that_stands_is_resumed() -> None:
    assert codes(ResumeFacts(suspended=True)) == []
    assert codes(ResumeFacts(suspended=False)) == ["not_suspended"]
