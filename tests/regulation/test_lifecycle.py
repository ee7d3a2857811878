"""The life-cycle table, written out once more by hand: no other way to any state."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.regulation.lifecycle import MOVES, Action, WrongState, destination, find_move, moves_from, opens_next_round
from server.regulation.statuses import BEFORE_CLOSED, ENDED, FINISHED, LEDGER, ON_MAIN_UNIT, OPEN, Status

S, A = Status, Action

# Every state and the only actions that may lead into it, with the states they come from.
WAYS_IN: dict[Status, set[tuple[Status | None, Action]]] = {
    S.REPORTED: {(None, A.REPORT), (S.RETURNED, A.RESTORE), (S.MERGED, A.RESTORE)},
    S.RETURNED: {(S.REPORTED, A.RETURN)},
    S.MERGED: {(s, A.MERGE) for s in (S.REPORTED, S.LISTED, S.PLANNED, S.RECTIFYING)},
    S.CANCELLED: {(s, A.CANCEL) for s in (S.LISTED, S.PLANNED, S.RECTIFYING)},
    S.LISTED: {(None, A.TAKE_OVER), (S.REPORTED, A.LIST), (S.MERGED, A.RESTORE), (S.CANCELLED, A.RESTORE)},
    S.PLANNED: {(None, A.TAKE_OVER), (S.LISTED, A.ISSUE_PLAN), (S.MERGED, A.RESTORE), (S.CANCELLED, A.RESTORE)},
    S.RECTIFYING: {
        (None, A.TAKE_OVER),
        (S.PLANNED, A.PROGRESS),
        (S.RECTIFYING, A.PROGRESS),
        (S.APPLIED, A.WITHDRAW),
        (S.APPLIED, A.SEND_BACK),
        (S.ACCEPTING, A.SEND_BACK),
        (S.ACCEPTING, A.DECIDE),
        (S.PASSED, A.DECLINE),
        (S.SUBMITTED_UPWARD, A.SUPERIOR_RESULT),
        (S.CLOSED, A.REOPEN),
        (S.FILED, A.REOPEN),
        (S.PRE_ACCEPTED, A.REOPEN),
        (S.MERGED, A.RESTORE),
        (S.CANCELLED, A.RESTORE),
    },
    S.APPLIED: {
        (S.RECTIFYING, A.APPLY),
        (S.APPLIED, A.REASSIGN),
        (S.ACCEPTING, A.REASSIGN),
        (S.PASSED, A.REASSIGN),
    },
    S.ACCEPTING: {(S.APPLIED, A.OPINION), (S.ACCEPTING, A.OPINION)},
    S.PASSED: {(S.ACCEPTING, A.DECIDE)},
    S.PRE_ACCEPTED: {(S.PASSED, A.CONFIRM)},
    S.SUBMITTED_UPWARD: {(S.PRE_ACCEPTED, A.SUBMIT_UPWARD)},
    S.CLOSED: {(None, A.TAKE_OVER), (S.PASSED, A.CONFIRM), (S.SUBMITTED_UPWARD, A.SUPERIOR_RESULT)},
    S.FILED: {(None, A.TAKE_OVER), (S.CLOSED, A.FILE)},
}

STAYING = {A.ENDORSE, A.CORRECT, A.ADD_SOURCE, A.ADD_SITE, A.ADJUST_PLAN, A.SUSPEND, A.RESUME}


def every_way() -> set[tuple[Status | None, Action, Status]]:
    """All that `destination` ever answers, over every argument there is."""
    found = set()
    for current in (None, *Status):
        for action in Action:
            for outcome in (None, "pass", "fail", *Status):
                for before in (None, *Status):
                    for accepted_by in (None, "district", "city", "province", "sector"):
                        for new_lead in (False, True):
                            try:
                                new = destination(
                                    action, current, outcome, before=before, accepted_by=accepted_by, new_lead=new_lead
                                )
                            except (WrongState, ValueError):
                                continue
                            found.add((current, action, new))
    return found


@pytest.mark.clause("15-1", "15-2")
def test_there_is_no_other_way_to_any_state() -> None:
    moving = {(current, action, new) for current, action, new in every_way() if action not in STAYING}
    unmoved_by_reassign = {(s, A.REASSIGN, s) for s in MOVES[A.REASSIGN].from_}
    expected = {(current, action, new) for new, ways in WAYS_IN.items() for current, action in ways}
    assert moving - unmoved_by_reassign == expected - unmoved_by_reassign


@pytest.mark.clause("15-1")
def test_closed_is_reached_by_confirmation_or_the_superiors_result_alone_once_the_program_has_started() -> None:
    ways = {(current, action) for current, action, new in every_way() if new is S.CLOSED and current is not S.CLOSED}
    assert ways == {(None, A.TAKE_OVER), (S.PASSED, A.CONFIRM), (S.SUBMITTED_UPWARD, A.SUPERIOR_RESULT)}


def test_an_action_that_changes_no_state_changes_none() -> None:
    for current, action, new in every_way():
        if action in STAYING:
            assert new is current


@given(action=st.sampled_from(Action), current=st.sampled_from(Status))
def test_an_action_outside_its_states_is_refused_and_says_which(action: Action, current: Status) -> None:
    if current in MOVES[action].from_:
        return
    with pytest.raises(WrongState) as refusal:
        destination(action, current, "pass", before=S.LISTED)
    assert (refusal.value.current, refusal.value.action) == (current, action)


def test_every_answer_stands_among_the_rows_possible_outcomes() -> None:
    for current, action, new in every_way():
        move = MOVES[action]
        assert new in move.to or (new is current and (move.stays or not move.to))


def test_the_table_is_whole() -> None:
    assert set(MOVES) == set(Action)
    assert all(move.who and move.articles for move in MOVES.values())
    assert len({move.action for move in MOVES.values()}) == 28


@pytest.mark.parametrize(
    ("action", "who"),
    [
        (A.LIST, "office"),
        (A.ENDORSE, "sector_lead_unit"),
        (A.PROGRESS, "main_unit"),
        (A.APPLY, "first_main_unit"),
        (A.WITHDRAW, "first_main_unit"),
        (A.SEND_BACK, "lead_unit"),
        (A.OPINION, "supervising_unit"),
        (A.DECIDE, "lead_head"),
        (A.CONFIRM, "sector_leader"),
        (A.DECLINE, "sector_leader"),
        (A.REPORT, "reporter"),
        (A.REOPEN, "office"),
    ],
)
def test_who_may(action: Action, who: str) -> None:
    assert MOVES[action].who == who


@pytest.mark.clause("5-7")
@pytest.mark.parametrize(
    ("ended", "before", "possible"),
    [
        (S.RETURNED, S.REPORTED, True),
        (S.RETURNED, S.LISTED, False),
        (S.MERGED, S.REPORTED, True),
        (S.MERGED, S.RECTIFYING, True),
        (S.MERGED, S.CLOSED, False),
        (S.CANCELLED, S.PLANNED, True),
        (S.CANCELLED, S.REPORTED, False),
        (S.CANCELLED, S.PASSED, False),
    ],
)
def test_restoring_leads_to_the_state_before_and_to_no_other(ended: Status, before: Status, possible: bool) -> None:
    if possible:
        assert destination(A.RESTORE, ended, before=before) is before
    else:
        with pytest.raises(ValueError, match="does not lead"):
            destination(A.RESTORE, ended, before=before)


@pytest.mark.clause("17-9")
def test_a_failed_decision_opens_the_next_round_and_a_passed_one_does_not() -> None:
    assert destination(A.DECIDE, S.ACCEPTING, "fail") is S.RECTIFYING
    assert opens_next_round(A.DECIDE, S.RECTIFYING)
    assert destination(A.DECIDE, S.ACCEPTING, "pass") is S.PASSED
    assert not opens_next_round(A.DECIDE, S.PASSED)
    with pytest.raises(ValueError, match="pass or fail"):
        destination(A.DECIDE, S.ACCEPTING, "maybe")


@pytest.mark.clause("17-7")
def test_a_declined_confirmation_opens_the_next_round() -> None:
    assert destination(A.DECLINE, S.PASSED) is S.RECTIFYING
    assert opens_next_round(A.DECLINE, S.RECTIFYING)


@pytest.mark.clause("16-11", "16-12")
def test_sending_back_and_withdrawing_count_as_no_failed_round() -> None:
    assert destination(A.SEND_BACK, S.APPLIED) is S.RECTIFYING
    assert destination(A.WITHDRAW, S.APPLIED) is S.RECTIFYING
    assert not opens_next_round(A.SEND_BACK, S.RECTIFYING)
    assert not opens_next_round(A.WITHDRAW, S.RECTIFYING)
    with pytest.raises(WrongState):
        destination(A.WITHDRAW, S.ACCEPTING)


@pytest.mark.clause("17-10")
@pytest.mark.parametrize(
    ("accepted_by", "new"),
    [
        (None, S.CLOSED),
        ("district", S.CLOSED),
        ("city", S.PRE_ACCEPTED),
        ("province", S.PRE_ACCEPTED),
        ("sector", S.PRE_ACCEPTED),
    ],
)
def test_confirmation_closes_only_where_the_district_itself_accepts(accepted_by: str | None, new: Status) -> None:
    assert destination(A.CONFIRM, S.PASSED, accepted_by=accepted_by) is new


@pytest.mark.clause("17-11")
def test_only_the_superiors_result_closes_what_was_submitted_upward() -> None:
    assert destination(A.SUPERIOR_RESULT, S.SUBMITTED_UPWARD, "pass") is S.CLOSED
    assert destination(A.SUPERIOR_RESULT, S.SUBMITTED_UPWARD, "fail") is S.RECTIFYING
    for action in (A.CONFIRM, A.FILE, A.DECIDE):
        with pytest.raises(WrongState):
            destination(action, S.SUBMITTED_UPWARD, "pass")


@pytest.mark.clause("4-7")
def test_a_new_lead_after_application_starts_the_acceptance_anew() -> None:
    for current in (S.APPLIED, S.ACCEPTING, S.PASSED):
        assert destination(A.REASSIGN, current, new_lead=True) is S.APPLIED
        assert destination(A.REASSIGN, current, new_lead=False) is current
    for current in (S.PLANNED, S.RECTIFYING):
        assert destination(A.REASSIGN, current, new_lead=True) is current
    with pytest.raises(WrongState):
        destination(A.REASSIGN, S.CLOSED, new_lead=True)


@pytest.mark.clause("8-1")
def test_the_first_progress_begins_the_rectifying() -> None:
    assert destination(A.PROGRESS, S.PLANNED) is S.RECTIFYING
    assert destination(A.PROGRESS, S.RECTIFYING) is S.RECTIFYING
    with pytest.raises(WrongState):
        destination(A.PROGRESS, S.APPLIED)


@pytest.mark.clause("16-1")
def test_nobody_applies_for_what_has_not_begun() -> None:
    with pytest.raises(WrongState):
        destination(A.APPLY, S.PLANNED)


@pytest.mark.clause("17-3")
def test_the_first_opinion_begins_the_acceptance() -> None:
    assert destination(A.OPINION, S.APPLIED) is S.ACCEPTING
    assert destination(A.OPINION, S.ACCEPTING) is S.ACCEPTING


@pytest.mark.clause("5-14")
@pytest.mark.parametrize("status", list(Status))
def test_a_ledger_row_is_taken_over_only_into_the_states_of_the_table(status: Status) -> None:
    if status in (S.LISTED, S.PLANNED, S.RECTIFYING, S.CLOSED, S.FILED):
        assert destination(A.TAKE_OVER, None, status) is status
    else:
        with pytest.raises(ValueError, match="none of"):
            destination(A.TAKE_OVER, None, status)


def test_what_exists_cannot_be_reported_again() -> None:
    with pytest.raises(WrongState):
        destination(A.REPORT, S.REPORTED)
    with pytest.raises(WrongState):
        destination(A.LIST, None)


def test_the_sets_of_states_fit_each_other() -> None:
    assert LEDGER == OPEN | FINISHED
    assert LEDGER | ENDED | {S.REPORTED} == set(Status)
    assert not LEDGER & ENDED
    assert ON_MAIN_UNIT < OPEN
    assert OPEN | {S.REPORTED} == BEFORE_CLOSED


@pytest.mark.parametrize(
    ("action", "required", "optional"),
    [
        (A.REPORT, "title description category observed_at photos", "location area no_location_reason no_photo_reason sites"),
        (A.LIST, "source sector", "discovery discovery_file superior_number original_text"),
        (A.ISSUE_PLAN, "kind measures goal main_units supervising_units", "deadline deadline_text stages document accepted_by"),
        (A.ADJUST_PLAN, "measures ground approved_by document standard_not_lowered standard_text", "stages document_number"),
        (A.APPLY, "statement pairs during", "registration_form files waivers no_app_photo"),
        (A.DECIDE, "result text", "demands password otp form signed_by signed_on"),
        (A.DECLINE, "reason", "text password otp form signed_by signed_on"),
        (A.FILE, "", "filing_number note countersigned_by countersign_document"),
        (A.REOPEN, "reason text measures deadline", "visit document"),
        (A.RESUME, "", ""),
    ],
)
def test_the_fields_a_body_must_and_may_have(action: Action, required: str, optional: str) -> None:
    needs = {field.name: field.required for field in MOVES[action].needs}
    assert len(needs) == len(MOVES[action].needs)
    assert {name for name in required.split() if needs[name]} == set(required.split())
    assert not any(needs[name] for name in optional.split())


def test_find_move_knows_the_verbs_and_no_other() -> None:
    assert find_move("send_back").action is A.SEND_BACK
    with pytest.raises(KeyError):
        find_move("close")


def test_moves_from_a_state_are_those_that_start_there() -> None:
    assert {move.action for move in moves_from(S.PRE_ACCEPTED)} == {
        A.CORRECT,
        A.ADD_SOURCE,
        A.ADD_SITE,
        A.SUBMIT_UPWARD,
        A.REOPEN,
    }
