"""What one person may do with a problem now, the first of it, by when; and whose turn it is."""

from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from server.acceptance.queries import open_application
from server.coordination.next_steps import AllowedAction, Turn, allowed_actions, primary_action, whose_turn
from server.inspections.policy import may_visit
from server.portal import words
from server.portal.clock import TimeLeft, opinion_day, safe_day, time_left
from server.portal.visitors import Visitor
from server.problems import policy
from server.problems.models import Problem
from server.regulation.lifecycle import Action
from server.regulation.ruleset import RuleSet
from server.regulation.statuses import FINISHED, OPEN, Status
from server.regulation.workdays import WorkCalendar
from server.runtime.refusals import FieldError
from server.supervision.models import SupervisionRecord
from server.units.models import Unit
from server.units.roles import Role

IN_MENU_LAST = frozenset({Action.CANCEL, Action.MERGE, Action.RETURN, Action.DECLINE, Action.WITHDRAW})
AFTER: dict[Status, tuple[Action, str]] = {
    Status.REPORTED: (Action.ISSUE_PLAN, "office"),
    Status.LISTED: (Action.PROGRESS, "main_unit"),
    Status.PLANNED: (Action.APPLY, "first_main_unit"),
    Status.RECTIFYING: (Action.OPINION, "supervising_unit"),
    Status.APPLIED: (Action.DECIDE, "lead_head"),
    Status.ACCEPTING: (Action.CONFIRM, "sector_leader"),
    Status.PASSED: (Action.FILE, "office"),
    Status.PRE_ACCEPTED: (Action.SUPERIOR_RESULT, "office"),
    Status.SUBMITTED_UPWARD: (Action.FILE, "office"),
}


@dataclass(frozen=True)
class Doable:
    """One thing this person may do: its word, where, the article it rests on, what is still missing for it."""

    code: str
    name: str
    address: str
    articles: str
    missing: list[FieldError] = field(default_factory=list)


@dataclass(frozen=True)
class Duty:
    """The one thing on top of the page, by when, and how long that is."""

    doable: Doable
    until: date | None = None
    left: TimeLeft | None = None


@dataclass(frozen=True)
class Duties:
    """Everything this person may do, the first apart."""

    first: Duty | None
    others: list[Doable]


def duties(problem: Problem, visitor: Visitor, rules: RuleSet, calendar: WorkCalendar) -> Duties:
    """What this person may do now; a reply to a supervision comes before everything (Article 13)."""
    allowed = allowed_actions(problem, visitor.person, visitor.at, visitor.held)
    # What somebody else signs and this person only types in never stands on top.
    own = [one for one in allowed if policy.may(visitor.person, one.move.action, problem, visitor.at, visitor.held)]
    top = primary_action(own)
    first = _with_date(_doable(problem, top), top.move.action, problem, visitor, rules, calendar) if top else None
    others = [_doable(problem, one) for one in _ordered(allowed) if top is None or one.action != top.action]
    beside = _beside_the_table(problem, visitor, calendar)
    urgent = next((duty for duty in beside if duty.until is not None or duty.doable.code == "accept_supervision_reply"), None)
    if urgent is not None:
        if first is not None:
            others.insert(0, first.doable)
        first = urgent
    others += [duty.doable for duty in beside if duty is not urgent]
    return Duties(first, others)


def _ordered(allowed: list[AllowedAction]) -> list[AllowedAction]:
    return sorted(allowed, key=lambda one: one.move.action in IN_MENU_LAST)


def _doable(problem: Problem, one: AllowedAction) -> Doable:
    return Doable(
        one.action,
        words.word(words.ACTION_NAMES, one.action),
        reverse("act", args=[problem.pk, one.action]),
        one.article,
        one.missing,
    )


def _with_date(
    doable: Doable, action: Action, problem: Problem, visitor: Visitor, rules: RuleSet, calendar: WorkCalendar
) -> Duty:
    on = visitor.on
    if action in (Action.PROGRESS, Action.APPLY):
        safe = safe_day(problem, rules, calendar)
        until = safe if action is Action.APPLY and safe is not None and safe >= on else problem.deadline
        return Duty(doable, until, time_left(until, on) if until else None)
    if action in (Action.OPINION, Action.DECIDE):
        application = open_application(problem)
        if application is None:
            return Duty(doable)
        asked = opinion_day(application, rules, calendar)
        until = asked if action is Action.OPINION and asked >= on else application.due
        return Duty(doable, until, time_left(until, on, calendar))
    return Duty(doable)


def _beside_the_table(problem: Problem, visitor: Visitor, calendar: WorkCalendar) -> list[Duty]:
    """What is done beside the life cycle: on-site supervision and visits."""
    held, status = visitor.held, Status(problem.status)
    found: list[Duty] = []
    for record in problem.supervision_records.filter(accepted_at__isnull=True):
        found += _of_supervision(record, problem, visitor, calendar)
    if held.has(Role.LEADING_GROUP, Role.OFFICE) and status in OPEN:
        found.append(Duty(Doable("supervise", _("Record a supervision"), reverse("supervise", args=[problem.pk]), "13")))
    if status in OPEN | FINISHED and may_visit(held, problem, None, visitor.person):
        found.append(Duty(Doable("visit", _("Record a visit"), reverse("visit", args=[problem.pk]), "10")))
    return found


def _of_supervision(record: SupervisionRecord, problem: Problem, visitor: Visitor, calendar: WorkCalendar) -> list[Duty]:
    found = []
    if visitor.held.units().intersection(policy.main_units(problem)):
        reply = Doable("supervision_reply", _("Reply to the supervision"), reverse("supervision_reply", args=[record.pk]), "13")
        if record.replied_at is None:
            found.append(Duty(reply, record.reply_due, time_left(record.reply_due, visitor.on, calendar)))
        else:
            found.append(Duty(Doable(reply.code, _("Change the reply to the supervision"), reply.address, "13")))
    if visitor.is_office and record.replied_at is not None:
        accept = reverse("supervision_accept", args=[record.pk])
        found.append(Duty(Doable("accept_supervision_reply", _("Accept the reply to the supervision"), accept, "13")))
    return found


@dataclass(frozen=True)
class Step:
    """Who does what."""

    who: str
    what: str


def turn_in_words(problem: Problem) -> tuple[Step | None, Step | None]:
    """Whose turn it is now, and after that; a supervision waiting for its reply comes first."""
    turn = whose_turn(problem)
    waiting = problem.supervision_records.filter(accepted_at__isnull=True).order_by("date").first()
    if waiting is not None and Status(problem.status) in OPEN:
        then = _step(problem, turn) if turn else None
        if waiting.replied_at is None:
            return Step(_units(problem, policy.main_units(problem)), _("Reply to the supervision")), then
        return Step(str(words.WHO_NAMES["office"]), _("Accept the reply to the supervision")), then
    if turn is None:
        return None, None
    after = AFTER.get(Status(problem.status))
    return _step(problem, turn), _step(problem, Turn(after[0], after[1], _side(problem, after[1]))) if after else None


def _side(problem: Problem, who: str) -> tuple[str, ...]:
    main, supervising = policy.main_units(problem), policy.supervising_units(problem)
    return {
        "main_unit": tuple(main),
        "first_main_unit": tuple(main[:1]),
        "supervising_unit": tuple(supervising),
        "lead_head": tuple(supervising[:1]),
    }.get(who, ())


def _step(problem: Problem, turn: Turn) -> Step:
    who = words.word(words.WHO_NAMES, turn.who) if turn.who in words.WHO_NAMES else _units(problem, turn.units)
    return Step(who or _("The main unit"), words.word(words.ACTION_NAMES, turn.action))


def _units(problem: Problem, codes: tuple[str, ...] | list[str]) -> str:
    names = {i.unit_id: i.unit.short_name for i in problem.involvements.all()}
    names |= dict(Unit.objects.filter(pk__in=[c for c in codes if c not in names]).values_list("code", "short_name"))
    return _(", ").join(names.get(code, code) for code in codes)
