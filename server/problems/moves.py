"""The one way to a status (design.md, "Bones").

``with move(...) as step`` opens the transaction, locks the problem's row (always first, always this one), asks who sees and
who may, and looks the move up in the life-cycle table. Inside, the caller's room gathers plain facts, ``step.require`` lets
the regulation judge them, and the room writes its own rows. On leaving, the status changes, the standing is written and the
one entry of the record is appended. Nothing else in the program assigns a status; a test looks for it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction

from server.problems import marks, policy
from server.problems.models import FileReference, Problem
from server.records.actions import append
from server.records.models import Entry
from server.regulation import lifecycle
from server.regulation.lifecycle import Action
from server.regulation.requirements import Missing
from server.regulation.ruleset import RuleSet
from server.regulation.statuses import Status
from server.rulebook.queries import rules_of
from server.runtime.refusals import FieldError, Invalid, NotAllowed, NotThere, WrongState
from server.units.models import Person, Unit
from server.units.predicates import Capacities, actor, capacities, office_day

_CHANGING = sorted(move.action.value for move in lifecycle.MOVES.values() if move.to)


class Facts(Protocol):
    """Plain facts of one action, judged by the regulation."""

    def missing(self, rules: RuleSet) -> list[Missing]: ...


def judged(rules: RuleSet, *facts: Facts) -> list[FieldError]:
    """What the regulation finds missing, with units called by their names."""
    lacking = [missing for fact in facts for missing in fact.missing(rules)]
    codes = {str(missing.params["unit"]) for missing in lacking if "unit" in missing.params}
    names = dict(Unit.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
    return [
        FieldError(m.field, m.code, m.text, {**m.params, "unit": names.get(str(m.params["unit"]), m.params["unit"])})
        if "unit" in m.params
        else FieldError(m.field, m.code, m.text, m.params)
        for m in lacking
    ]


class Step:
    """One move under way: the locked problem, the rules that hold for it, and what is to be recorded."""

    def __init__(
        self, problem: Problem, action: Action, *, by: Person, typist: Person | None, at: datetime, held: Capacities
    ) -> None:
        self.problem = problem
        self.action = action
        self.by = by
        self.typist = typist
        self.at = at
        self.on = office_day(at)
        self.held = held
        self.unit = policy.acting_unit(by, action, problem, at, self.held)
        self.rules = rules_of(problem.rule_edition, self.on)
        self.move = lifecycle.find_move(action)
        self.status_before = Status(problem.status) if problem.status else None
        self.outcome: str | None = None
        self.new_lead = False
        self.object_type = "problem"
        self.object_id: object = problem.pk
        self._before: dict[str, Any] = {}
        self._after: dict[str, Any] = {}
        self.entry: Entry | None = None

    def require(self, *facts: Facts) -> None:
        """Let the regulation judge; raises Invalid with everything that is missing, named at once (422)."""
        errors = judged(self.rules, *facts)
        if errors:
            raise Invalid(errors)

    def name_files(self, *files: UUID | None) -> None:
        """Let who sees the problem read these documents, now that the action names them."""
        for file in files:
            if file is not None:
                FileReference.objects.get_or_create(
                    file=file,
                    problem=self.problem,
                    action=self.action,
                    defaults={"named_at": self.at, "embargo_id": self.problem.embargo_id},
                )

    def turn(self, outcome: str) -> None:
        """Choose among the destinations of the table's line: "pass" or "fail"."""
        self.outcome = outcome

    def record(
        self,
        after: Mapping[str, Any],
        before: Mapping[str, Any] | None = None,
        *,
        object_type: str = "",
        object_id: object = None,
    ) -> None:
        """What the one entry says of this move, beside the status; given at most once a step for each key."""
        self._after.update(after)
        self._before.update(before or {})
        if object_type:
            self.object_type, self.object_id = object_type, object_id

    def finish(self) -> None:
        """Change the status, write marks and standing, append the entry."""
        problem = self.problem
        destination = lifecycle.destination(
            self.action,
            self.status_before,
            self.outcome,
            before=Status(problem.status_before) if problem.status_before else None,
            accepted_by=problem.accepted_by or None,
            new_lead=self.new_lead,
        )
        if self.status_before is not None and destination != self.status_before:
            problem.status_before = self.status_before
        if destination != self.status_before:
            problem.status = destination
            problem.status_since = self.at
        problem.updated_at = max(self.at, problem.updated_at)
        marks.refresh(problem, self.rules)
        problem.save(force_update=True)
        marks.write_standing(problem, self.at)
        signer = actor(self.by, self.held, self.unit)
        typist = actor(self.typist, capacities(self.typist, self.at)) if self.typist else None
        self.entry = append(
            at=self.at,
            by=typist or signer,
            signed_by=signer if typist else None,
            action=self.action,
            article=", ".join(self.move.articles),
            object_type=self.object_type,
            object_id=self.object_id,
            problem=problem.pk,
            before={"status": self.status_before, **self._before},
            after={"status": problem.status, **self._after},
            embargo=problem.embargo_id,
            rule_edition=self.rules.edition,
        )


@contextmanager
def move(problem_id: UUID, action: Action | str, *, by: Person, at: datetime, typist: Person | None = None) -> Iterator[Step]:
    """Make one move of the life-cycle table.

    ``by`` is who does it, or signed it on paper; ``typist`` who entered the paper. Raises NotThere (404) unless both see the
    problem, NotAllowed (403) unless the signer may make the move (and the typist may enter it), WrongState (409) with who
    did what is there already, and Invalid (422) from ``step.require``.
    """
    action = Action(action)
    with transaction.atomic():
        problem = locked(problem_id)
        held = capacities(by, at)
        check(problem, action, by=by, at=at, typist=typist, held=held)
        step = Step(problem, action, by=by, typist=typist, at=at, held=held)
        yield step
        step.finish()


def locked(problem_id: UUID) -> Problem:
    """The problem with its row locked: everything that changes a problem starts here, so locks are taken in one order.

    Two changes wait for each other, a new row that only names the problem (a claim, a stop, a grant) waits for neither.
    """
    problem = Problem.objects.select_for_update(no_key=True).filter(pk=problem_id).first()
    if problem is None:
        raise NotThere
    return problem


def check(
    problem: Problem,
    action: Action | str,
    *,
    by: Person,
    at: datetime,
    typist: Person | None = None,
    held: Capacities | None = None,
) -> None:
    """Who sees, who may, in which state: in the order of the contract (404, 403, 409). ``held``: what ``by`` is known to hold."""
    action = Action(action)
    held = held or capacities(by, at)
    if typist is not None and not policy.visible_to(typist, at).filter(pk=problem.pk).exists():
        raise NotThere
    if not policy.visible_to(by, at, held).filter(pk=problem.pk).exists():
        raise NotThere
    if typist is not None and not policy.may_enter_on_paper(typist, action, problem, at):
        raise NotAllowed("This may be entered only by the office or the signing unit's liaison.")
    if not policy.may(by, action, problem, at, held):
        raise NotAllowed
    if Status(problem.status) not in lifecycle.find_move(action).from_:
        raise _wrong_state(problem)


def _wrong_state(problem: Problem) -> WrongState:
    # Verbs that change a state alone: who visited under an embargo, and when, is not for everybody who meets a closed door.
    moved = Entry.objects.filter(problem=problem.pk, at=problem.status_since, action__in=_CHANGING)
    last = moved.order_by("-recorded_at").first()
    return WrongState(problem.status, by=last.by_name if last else "", at=problem.status_since)
