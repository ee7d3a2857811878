"""The life cycle of a problem: one table, and no other way to any state for anybody (rules.md; Articles 4 to 18)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from server.regulation.statuses import BEFORE_CLOSED, Status


class Action(StrEnum):
    """The verbs of the table; the values are the API's action names and the record's actions."""

    REPORT = "report"
    TAKE_OVER = "take_over"
    ENDORSE = "endorse"
    LIST = "list"
    RETURN = "return"
    MERGE = "merge"
    CANCEL = "cancel"
    RESTORE = "restore"
    CORRECT = "correct"
    ADD_SOURCE = "add_source"
    ADD_SITE = "add_site"
    ISSUE_PLAN = "issue_plan"
    ADJUST_PLAN = "adjust_plan"
    REASSIGN = "reassign"
    PROGRESS = "progress"
    APPLY = "apply"
    WITHDRAW = "withdraw"
    SEND_BACK = "send_back"
    OPINION = "opinion"
    SUSPEND = "suspend"
    RESUME = "resume"
    DECIDE = "decide"
    CONFIRM = "confirm"
    DECLINE = "decline"
    SUBMIT_UPWARD = "submit_upward"
    SUPERIOR_RESULT = "superior_result"
    FILE = "file"
    REOPEN = "reopen"


class WrongState(Exception):
    """The action does not start from the state the problem is in (the faces answer 409)."""

    def __init__(self, current: Status | None, action: Action) -> None:
        self.current = current
        self.action = action
        super().__init__(f"{action} does not start from {current or 'nothing'}")


@dataclass(frozen=True)
class Field:
    """One field of an action's body, as the contract names it."""

    name: str
    required: bool = True


@dataclass(frozen=True)
class Move:
    """One row of the table.

    `from_` empty: the action creates the problem. `to`: every state it can lead to; empty: the state stays.
    `stays`: it can also leave the state as it is. `who`: the code of the rule that says who may.
    `next_round`: the outcomes that open the next round of acceptance. `articles`: what the record names as its ground.
    """

    action: Action
    from_: frozenset[Status]
    to: tuple[Status, ...]
    who: str
    articles: tuple[str, ...]
    needs: tuple[Field, ...]
    stays: bool = False
    next_round: frozenset[Status] = frozenset()


def _fields(words: str) -> tuple[Field, ...]:
    """Read "reason document?" as the fields reason (required) and document (not)."""
    return tuple(Field(word.removesuffix("?"), not word.endswith("?")) for word in words.split())


def _states(*states: Status) -> frozenset[Status]:
    return frozenset(states)


_S = Status
_PLAN_FIELDS = (
    "kind measures goal main_units supervising_units assisting_units? deadline? deadline_text? stages? risk_control? "
    "superior_reference? accepted_by? approvals? document? document_number? common? mechanism? extended_check?"
)
_SIGNATURE = "password? otp? form? signed_by? signed_on?"

_TABLE: tuple[Move, ...] = (
    Move(
        Action.REPORT,
        _states(),
        (_S.REPORTED,),
        "reporter",
        ("5", "6", "10"),
        _fields(
            "title description category further_categories? sector? discovery? location? area? no_location_reason? "
            "observed_at inspection? sites? no_photo_reason? photos"
        ),
    ),
    Move(
        Action.TAKE_OVER,
        _states(),
        (_S.LISTED, _S.PLANNED, _S.RECTIFYING, _S.CLOSED, _S.FILED),
        "office",
        ("5", "7"),
        _fields("status ledger_file ledger_row missing_evidence?"),
    ),
    Move(Action.ENDORSE, _states(_S.REPORTED), (), "sector_lead_unit", ("6",), _fields("file")),
    Move(
        Action.LIST,
        _states(_S.REPORTED),
        (_S.LISTED,),
        "office",
        ("5", "6"),
        _fields(
            "source sector discovery? discovery_file? quarter? disclosed_on? case_class? category? superior_number? "
            "superior_round? superior_batch? original_text? note?"
        ),
    ),
    Move(Action.RETURN, _states(_S.REPORTED), (_S.RETURNED,), "office", ("5",), _fields("reason")),
    Move(
        Action.MERGE,
        _states(_S.REPORTED, _S.LISTED, _S.PLANNED, _S.RECTIFYING),
        (_S.MERGED,),
        "office",
        ("5",),
        _fields("into"),
    ),
    Move(
        Action.CANCEL,
        _states(_S.LISTED, _S.PLANNED, _S.RECTIFYING),
        (_S.CANCELLED,),
        "office",
        ("5",),
        _fields("ground document?"),
    ),
    Move(
        Action.RESTORE,
        _states(_S.RETURNED, _S.MERGED, _S.CANCELLED),
        (_S.REPORTED, _S.LISTED, _S.PLANNED, _S.RECTIFYING),
        "office",
        ("5",),
        _fields("reason"),
    ),
    Move(Action.CORRECT, BEFORE_CLOSED, (), "office", ("5",), _fields("field value ground")),
    Move(Action.ADD_SOURCE, BEFORE_CLOSED, (), "office", ("5",), _fields("source superior_number? disclosed_on?")),
    Move(Action.ADD_SITE, BEFORE_CLOSED, (), "office", ("5",), _fields("name location")),
    Move(Action.ISSUE_PLAN, _states(_S.LISTED), (_S.PLANNED,), "office", ("7",), _fields(_PLAN_FIELDS)),
    Move(
        Action.ADJUST_PLAN,
        _states(_S.PLANNED, _S.RECTIFYING),
        (),
        "office",
        ("7",),
        _fields(_PLAN_FIELDS.replace("document? ", "") + " ground approved_by document standard_not_lowered standard_text"),
    ),
    Move(
        Action.REASSIGN,
        _states(_S.PLANNED, _S.RECTIFYING, _S.APPLIED, _S.ACCEPTING, _S.PASSED),
        (_S.APPLIED,),
        "office",
        ("4", "7"),
        _fields("main_units? supervising_units? ground document"),
        stays=True,
    ),
    Move(
        Action.PROGRESS,
        _states(_S.PLANNED, _S.RECTIFYING),
        (_S.RECTIFYING,),
        "main_unit",
        ("8",),
        _fields("percent text done? reached? flag? photos?"),
    ),
    Move(
        Action.APPLY,
        _states(_S.RECTIFYING),
        (_S.APPLIED,),
        "first_main_unit",
        ("16",),
        _fields("statement pairs during registration_form? files? waivers? no_app_photo?"),
    ),
    Move(Action.WITHDRAW, _states(_S.APPLIED), (_S.RECTIFYING,), "first_main_unit", ("16",), _fields("reason")),
    Move(
        Action.SEND_BACK,
        _states(_S.APPLIED, _S.ACCEPTING),
        (_S.RECTIFYING,),
        "lead_unit",
        ("16",),
        _fields("missing"),
    ),
    Move(
        Action.OPINION,
        _states(_S.APPLIED, _S.ACCEPTING),
        (_S.ACCEPTING,),
        "supervising_unit",
        ("17",),
        _fields("result text checklist?"),
    ),
    Move(Action.SUSPEND, _states(_S.ACCEPTING), (), "lead_head", ("17",), _fields("ground until")),
    Move(Action.RESUME, _states(_S.ACCEPTING), (), "lead_head", ("17",), ()),
    Move(
        Action.DECIDE,
        _states(_S.ACCEPTING),
        (_S.PASSED, _S.RECTIFYING),
        "lead_head",
        ("17",),
        _fields("result text demands? " + _SIGNATURE),
        next_round=_states(_S.RECTIFYING),
    ),
    Move(
        Action.CONFIRM,
        _states(_S.PASSED),
        (_S.CLOSED, _S.PRE_ACCEPTED),
        "sector_leader",
        ("17",),
        _fields("text? " + _SIGNATURE),
    ),
    Move(
        Action.DECLINE,
        _states(_S.PASSED),
        (_S.RECTIFYING,),
        "sector_leader",
        ("17",),
        _fields("reason text? " + _SIGNATURE),
        next_round=_states(_S.RECTIFYING),
    ),
    Move(
        Action.SUBMIT_UPWARD,
        _states(_S.PRE_ACCEPTED),
        (_S.SUBMITTED_UPWARD,),
        "office",
        ("17",),
        _fields("to file?"),
    ),
    Move(
        Action.SUPERIOR_RESULT,
        _states(_S.SUBMITTED_UPWARD),
        (_S.CLOSED, _S.RECTIFYING),
        "office",
        ("17",),
        _fields("result document date"),
        next_round=_states(_S.RECTIFYING),
    ),
    Move(
        Action.FILE,
        _states(_S.CLOSED),
        (_S.FILED,),
        "office",
        ("17",),
        _fields("filing_number? note? countersigned_by? countersign_document?"),
    ),
    Move(
        Action.REOPEN,
        _states(_S.CLOSED, _S.FILED, _S.PRE_ACCEPTED),
        (_S.RECTIFYING,),
        "office",
        ("18",),
        _fields("reason text visit? document? measures deadline"),
        next_round=_states(_S.RECTIFYING),
    ),
)

MOVES: Mapping[Action, Move] = MappingProxyType({move.action: move for move in _TABLE})
"""The whole table, in the order of rules.md."""

ACCEPTED_ABOVE = frozenset({"city", "province", "sector"})
"""Bodies whose acceptance closes a problem that the district has only pre-accepted (Article 17)."""

_RESTORABLE: Mapping[Status, frozenset[Status]] = MappingProxyType(
    {
        ended: MOVES[action].from_
        for ended, action in (
            (Status.RETURNED, Action.RETURN),
            (Status.MERGED, Action.MERGE),
            (Status.CANCELLED, Action.CANCEL),
        )
    }
)


def find_move(action: str) -> Move:
    """The row of the table for an action's name. Raises KeyError where there is no such verb."""
    try:
        return MOVES[Action(action)]
    except ValueError:
        raise KeyError(action) from None


def moves_from(status: Status) -> tuple[Move, ...]:
    """The rows that start from a state, in the table's order."""
    return tuple(move for move in _TABLE if status in move.from_)


def destination(
    action: Action,
    current: Status | None,
    outcome: str | None = None,
    *,
    before: Status | None = None,
    accepted_by: str | None = None,
    new_lead: bool = False,
) -> Status:
    """The state a problem is in after the action.

    `current` None: there is no problem yet (report, take_over). `outcome`: "pass" or "fail" of decide and superior_result, or the
    state a taken-over row stands in. `before`: the state a returned, merged or cancelled problem came from. `accepted_by`: the
    body that accepts ("district", "city", "province", "sector"; Article 17). `new_lead`: the reassigning names another lead unit.

    Raises WrongState where the action does not start from `current`, ValueError where the outcome is none of the row's.
    """
    move = MOVES[action]
    if current is None:
        if move.from_:
            raise WrongState(current, action)
    elif current not in move.from_:
        raise WrongState(current, action)

    match action:
        case Action.DECIDE | Action.SUPERIOR_RESULT:
            return _by_result(move, outcome)
        case Action.CONFIRM:
            return Status.PRE_ACCEPTED if accepted_by in ACCEPTED_ABOVE else Status.CLOSED
        case Action.TAKE_OVER:
            return _one_of(move.to, outcome)
        case Action.RESTORE:
            if current is None or before not in _RESTORABLE[current]:
                raise ValueError(f"{before} does not lead to {current}")
            return before
        case Action.REASSIGN:
            # A new lead has not seen the application: its acceptance starts anew, with a clock of its own.
            if new_lead and current in (Status.APPLIED, Status.ACCEPTING, Status.PASSED):
                return Status.APPLIED
        case _ if len(move.to) == 1:
            return move.to[0]
    if current is None:
        raise WrongState(current, action)
    return current


def opens_next_round(action: Action, new: Status) -> bool:
    """Whether the outcome opens the next round of acceptance. A send_back or a withdrawal does not: no round has failed."""
    return new in MOVES[action].next_round


def _by_result(move: Move, outcome: str | None) -> Status:
    if outcome == "pass":
        return move.to[0]
    if outcome == "fail":
        return move.to[1]
    raise ValueError(f"{move.action} ends in pass or fail, not in {outcome!r}")


def _one_of(states: tuple[Status, ...], outcome: str | None) -> Status:
    for state in states:
        if state == outcome:
            return state
    raise ValueError(f"{outcome!r} is none of {', '.join(states)}")
