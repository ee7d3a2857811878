"""Article 16: the application, as far as it is plain rules."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.regulation.requirements import ApplyFacts, PhotoFact, ReasonFacts, SendBackFacts, WaiverFact
from tests.articles.facts import APPLY, OUTFALL, RULES, YARD, codes, photos_of


def without(facts: ApplyFacts, *ids: str) -> ApplyFacts:
    """The same application without some photos, pairs that named them included."""
    return replace(
        facts,
        photos=tuple(photo for photo in facts.photos if photo.id not in ids),
        pairs=tuple(pair for pair in facts.pairs if not set(pair) & set(ids)),
        named=tuple(photo for photo in facts.named if photo not in ids),
    )


def with_photo(facts: ApplyFacts, photo_id: str, **changed: object) -> ApplyFacts:
    """The same application with one photo changed."""
    return replace(
        facts,
        photos=tuple(replace(photo, **changed) if photo.id == photo_id else photo for photo in facts.photos),  # type: ignore[arg-type]  # the test names the fields
    )


@pytest.mark.clause("16-1", "16-3", "16-4", "16-5")
def test_a_complete_application_lacks_nothing() -> None:
    assert codes(APPLY) == []
    assert APPLY.doubts() == []


@pytest.mark.clause("16-1")
def test_every_measure_must_be_done_and_each_that_is_not_is_named() -> None:
    lacks = replace(APPLY, undone_measures=("Close the pipe", "Connect the yard")).missing(RULES)
    assert [lack.params["text"] for lack in lacks] == ["Close the pipe", "Connect the yard"]


@pytest.mark.clause("16-3")
def test_without_the_signed_and_stamped_form_it_is_refused() -> None:
    assert codes(replace(APPLY, has_registration_form=False)) == ["registration_form"]
    assert codes(replace(APPLY, statement="")) == ["required"]


@pytest.mark.clause("16-4")
@pytest.mark.parametrize("stage", ["before", "during", "after"])
@pytest.mark.parametrize("site", [YARD, OUTFALL])
def test_a_stage_missing_at_any_site_is_named_with_the_site(stage: str, site: object) -> None:
    assert site in (YARD, OUTFALL)
    which = YARD if site == YARD else OUTFALL
    (lack,) = without(APPLY, f"{which.id}-{stage}").missing(RULES)
    assert lack.code == f"no_{stage}"
    assert lack.params["site"] == which.name
    assert which.name in lack.in_english()


@pytest.mark.clause("16-4")
def test_all_that_is_missing_is_named_at_once() -> None:
    nothing = ApplyFacts(
        statement="", undone_measures=("Close the pipe",), has_registration_form=False, sites=(YARD, OUTFALL), photos=()
    )
    assert codes(nothing) == [
        "required",
        "measure_undone",
        "registration_form",
        *["no_before", "no_during", "no_after"] * 2,
    ]


@pytest.mark.clause("16-5")
def test_each_site_needs_a_pair_of_before_and_after() -> None:
    assert codes(replace(APPLY, pairs=APPLY.pairs[:1])) == ["no_pair"]
    assert codes(replace(APPLY, pairs=())) == ["no_pair", "no_pair"]


@pytest.mark.clause("16-5")
def test_a_pair_is_a_before_and_an_after_of_the_same_site() -> None:
    crossed = (("site-1-before", "site-2-after"), ("site-2-before", "site-1-after"))
    assert codes(replace(APPLY, pairs=crossed)) == ["pair_sites", "pair_sites", "no_pair", "no_pair"]
    backwards = (("site-1-after", "site-1-before"), APPLY.pairs[1])
    assert codes(replace(APPLY, pairs=backwards)) == ["pair_stages", "no_pair"]


@pytest.mark.clause("16-6")
@pytest.mark.parametrize("stage", ["before", "during"])
def test_a_stage_that_cannot_exist_is_waived_with_a_reason(stage: str) -> None:
    bare = without(APPLY, f"site-1-{stage}")
    assert codes(replace(bare, waivers=(WaiverFact("site-1", stage, "Fixed within the hour."),))) == []
    assert codes(replace(bare, waivers=(WaiverFact("site-1", stage, " "),))) == ["waiver_reason", f"no_{stage}"]
    assert codes(replace(bare, waivers=(WaiverFact("site-2", stage, "Fixed within the hour."),))) == [f"no_{stage}"]


@pytest.mark.clause("16-6")
def test_the_photo_of_after_is_never_waived() -> None:
    bare = without(APPLY, "site-1-after")
    assert codes(replace(bare, waivers=(WaiverFact("site-1", "after", "Too far."),))) == ["after_waived", "no_after"]


def test_waivers_and_reasons_name_real_sites_and_stages() -> None:
    assert codes(replace(APPLY, waivers=(WaiverFact("site-9", "during", "x"), WaiverFact("site-1", "later", "x")))) == [
        "unknown",
        "unknown",
    ]
    assert codes(replace(APPLY, no_app_photo=(("site-9", "x"), ("site-1", "")))) == ["unknown", "no_app_photo_reason"]


@pytest.mark.clause("16-7")
def test_one_after_photo_of_each_site_is_taken_in_the_app_or_the_reason_stands() -> None:
    chosen = with_photo(APPLY, "site-1-after", in_app=False)
    assert codes(chosen) == ["no_app_photo"]
    assert codes(replace(chosen, no_app_photo=(("site-1", "The phone fell into the river."),))) == []
    assert codes(replace(chosen, no_app_photo=(("site-2", "Another site's reason."),))) == ["no_app_photo"]
    second = replace(chosen, photos=(*chosen.photos, PhotoFact("p", "site-1", "after")))
    assert codes(second) == []


@pytest.mark.clause("16-7")
@pytest.mark.parametrize(("refused", "code"), [("damaged", "damaged"), ("reused", "reused")])
def test_a_damaged_or_reused_photo_is_named_and_proves_nothing(refused: str, code: str) -> None:
    assert codes(with_photo(APPLY, "site-1-after", refused=refused)) == [code, "no_after"]


@pytest.mark.clause("16-7")
def test_a_photo_that_has_not_arrived_is_named_and_proves_nothing_yet() -> None:
    assert codes(with_photo(APPLY, "site-1-during", arrived=False)) == ["not_arrived", "no_during"]


def test_a_damaged_photo_that_the_application_does_not_name_is_no_matter() -> None:
    stray = replace(APPLY, photos=(*APPLY.photos, PhotoFact("stray", "site-1", "during", refused="damaged")))
    assert codes(stray) == []


def test_unknown_photos_are_named() -> None:
    assert codes(replace(APPLY, unknown_photos=("p1", "p2"))) == ["unknown", "unknown"]


@pytest.mark.clause("16-7")
def test_photos_older_than_the_plan_are_a_doubt_and_no_refusal() -> None:
    issued = date(2026, 3, 16)
    old = replace(with_photo(APPLY, "site-1-after", taken_on=date(2026, 3, 15)), plan_issued_on=issued)
    assert codes(old) == []
    assert [(doubt.code, doubt.params["photo"]) for doubt in old.doubts()] == [("older_than_plan", "site-1-after")]
    assert replace(with_photo(APPLY, "site-1-before", taken_on=date(2025, 1, 1)), plan_issued_on=issued).doubts() == []
    assert replace(with_photo(APPLY, "site-1-after", taken_on=issued), plan_issued_on=issued).doubts() == []


@pytest.mark.clause("7-6")
def test_a_task_that_goes_on_for_good_is_applied_for_when_a_review_found_the_goal_held() -> None:
    assert codes(replace(APPLY, goal_held=False)) == ["goal_not_held"]
    assert codes(replace(APPLY, goal_held=True)) == []


@given(gone=st.sets(st.sampled_from([photo.id for photo in photos_of(YARD) + photos_of(OUTFALL)])))
def test_an_application_is_complete_only_with_every_photo(gone: set[str]) -> None:
    named = {f"{lack.params['site_id']}-{lack.params['stage']}" for lack in without(APPLY, *gone).missing(RULES)}
    assert named == gone


@pytest.mark.clause("16-11")
def test_sending_back_names_what_is_missing_and_happens_once_a_round() -> None:
    assert codes(SendBackFacts(("The stamp is missing.",))) == []
    assert codes(SendBackFacts(())) == ["required"]
    assert codes(SendBackFacts((" ",))) == ["required"]
    assert codes(SendBackFacts(("The stamp is missing.",), sent_back_this_round=True)) == ["sent_back_already"]


@pytest.mark.clause("16-12")
def test_withdrawing_needs_its_reason() -> None:
    assert codes(ReasonFacts("The wall broke again.")) == []
    assert codes(ReasonFacts("")) == ["required"]
