"""What a person may do now with a problem, what each thing needs, and who acts next: asked by both faces."""

from dataclasses import dataclass, replace
from datetime import datetime

from server.acceptance.queries import apply_facts, open_application, standing_opinions
from server.problems import policy
from server.problems.models import Problem
from server.problems.moves import judged
from server.problems.visibility import is_embargoed
from server.regulation.lifecycle import MOVES, Action, Move
from server.regulation.statuses import Status
from server.rulebook.queries import rules_of
from server.runtime.refusals import FieldError
from server.units.models import Person
from server.units.predicates import Capacities, capacities, office_day
from server.units.queries import sector_duty

NO_PROBLEM_YET = frozenset({Action.REPORT, Action.TAKE_OVER})


@dataclass(frozen=True)
class AllowedAction:
    """One verb this person may do in this state, with what is still missing for it."""

    move: Move
    missing: list[FieldError]
    checklist: list[tuple[str, str, str]]

    @property
    def action(self) -> str:
        return str(self.move.action.value)

    @property
    def article(self) -> str:
        return ", ".join(self.move.articles)


def allowed_actions(problem: Problem, person: Person, at: datetime, held: Capacities | None = None) -> list[AllowedAction]:
    """The verbs for the right person in the right state, listed even while something is missing."""
    held = held or capacities(person, at)
    status = Status(problem.status)
    rules = rules_of(problem.rule_edition, office_day(at))
    allowed = []
    for move in MOVES.values():
        if move.action in NO_PROBLEM_YET or status not in move.from_:
            continue
        if not policy.may(person, move.action, problem, at, held) and not policy.may_enter_on_paper(
            person, move.action, problem, at, held
        ):
            continue
        if move.action in (Action.SUSPEND, Action.RESUME) and not rules.flag("suspension_allowed"):
            continue
        if move.action is Action.ENDORSE and problem.discovery != "oversight_leader":
            continue
        checklist = [(item.code, item.text, item.text_zh) for item in rules.checklist] if move.action is Action.OPINION else []
        allowed.append(AllowedAction(move, _missing(problem, move.action, at), checklist))
    return allowed


def _missing(problem: Problem, action: Action, at: datetime) -> list[FieldError]:
    """What the problem itself still lacks for the action, before anything is filled in."""
    rules = rules_of(problem.rule_edition, office_day(at))
    if action is Action.APPLY:
        facts = replace(apply_facts(problem), statement="-", has_registration_form=True)
        return [error for error in judged(rules, facts) if error.code != "no_pair"]
    if action is Action.DECIDE:
        application = open_application(problem)
        opinions = standing_opinions(application) if application else {}
        lead = policy.supervising_units(problem)[:1]
        if not any(code in opinions for code in lead):
            return [FieldError("result", "own_opinion", "The lead unit has not given its own opinion")]
    if action in (Action.LIST, Action.MERGE, Action.ISSUE_PLAN) and is_embargoed(problem):
        return [FieldError("inspection", "embargoed", "Release the unannounced inspection for this problem first (Article 10)")]
    if action is Action.ISSUE_PLAN and problem.sector_id:
        duty = sector_duty(problem.sector_id, office_day(at))
        missing = []
        if duty is None or duty.lead_unit is None:
            missing.append(FieldError("sector", "sector_without_lead", "The sector has no lead unit in the responsibility list"))
        if duty is None or duty.district_leader is None:
            missing.append(FieldError("sector", "sector_without_leader", "The sector has no district leader in charge"))
        return missing
    return []


PRIMARY = (
    Action.CONFIRM,
    Action.DECIDE,
    Action.OPINION,
    Action.ENDORSE,
    Action.APPLY,
    Action.PROGRESS,
    Action.LIST,
    Action.ISSUE_PLAN,
    Action.FILE,
    Action.SUPERIOR_RESULT,
    Action.SUBMIT_UPWARD,
)


def primary_action(allowed: list[AllowedAction]) -> AllowedAction | None:
    """The one thing to offer on top of the page: the first in the order of the way that lacks nothing, else the first."""
    ranked = sorted((a for a in allowed if a.move.action in PRIMARY), key=lambda a: PRIMARY.index(a.move.action))
    return next((a for a in ranked if not a.missing), ranked[0] if ranked else None)


@dataclass(frozen=True)
class Turn:
    """Whose turn it is: ``who`` is a code of the life cycle's rule of who, ``units`` their codes where units are meant."""

    action: Action
    who: str
    units: tuple[str, ...] = ()


def whose_turn(problem: Problem) -> Turn | None:
    """Who acts next on a problem; None once it is filed or off the ledger."""
    main, supervising = policy.main_units(problem), policy.supervising_units(problem)
    return {
        Status.REPORTED: Turn(Action.LIST, "office"),
        Status.LISTED: Turn(Action.ISSUE_PLAN, "office"),
        Status.PLANNED: Turn(Action.PROGRESS, "main_unit", tuple(main)),
        Status.RECTIFYING: Turn(Action.APPLY, "first_main_unit", tuple(main[:1])),
        Status.APPLIED: Turn(Action.OPINION, "supervising_unit", tuple(supervising)),
        Status.ACCEPTING: Turn(Action.DECIDE, "lead_head", tuple(supervising[:1])),
        Status.PASSED: Turn(Action.CONFIRM, "sector_leader"),
        Status.PRE_ACCEPTED: Turn(Action.SUBMIT_UPWARD, "office"),
        Status.SUBMITTED_UPWARD: Turn(Action.SUPERIOR_RESULT, "office"),
        Status.CLOSED: Turn(Action.FILE, "office"),
    }.get(Status(problem.status))
