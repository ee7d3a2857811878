"""The form of every verb of the life cycle, and doing it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import select_template
from django.utils.translation import gettext as _

from server.coordination.verbs import VERBS, perform
from server.plans.queries import proposed_supervisors
from server.portal import forms, problem_page, words
from server.portal.forms import planning, verbs
from server.portal.forms.reading import Sender
from server.portal.forms.situation import Situation
from server.portal.timeline import entries_for
from server.portal.visitors import Visitor, page
from server.problems import marks, policy
from server.problems.models import STATUS_LABELS, Problem
from server.problems.queries import get_for
from server.regulation.lifecycle import Action, find_move
from server.regulation.statuses import Status
from server.rulebook.queries import work_calendar
from server.runtime.refusals import Conflict, FieldError, Invalid, NotAllowed, NotThere, WrongState
from server.units.predicates import OFFICE_ZONE


@page
def act(request: HttpRequest, visitor: Visitor, problem_id: UUID, action: str) -> HttpResponse:
    """Show the form of a verb, or do it: 404 unseen, 403 not allowed, 409 with who did what when, 422 with every field."""
    problem = get_for(visitor.person, problem_id, visitor.at)
    situation = _situation(request, visitor, problem, action)
    if request.method != "POST":
        conflict = _in_wrong_state(problem, situation.action, visitor)
        return _show(request, situation, verbs.initial_of(situation), conflict=conflict, status=409 if conflict else 200)
    fields = verbs.fields_of(situation)
    if conflict := _in_wrong_state(problem, situation.action, visitor):
        return _show(request, situation, _as_sent(request, fields), conflict=conflict, status=409)
    filled = forms.read(fields, request.POST, request.FILES, Sender(visitor.person, visitor.at))
    if filled.errors:
        return _show(request, situation, filled.shown, filled.errors, status=422)
    try:
        perform(problem.pk, action, _content(situation, filled.content), by=visitor.person, at=visitor.at)
    except Invalid as refused:
        return _show(request, situation, filled.shown, refused.errors, status=422)
    except WrongState as refused:
        return _show(request, situation, filled.shown, conflict=wrong_state_in_words(refused), status=409)
    except Conflict as refused:
        return _show(request, situation, filled.shown, conflict=_(refused.text) % refused.params, status=409)
    messages.success(request, _("Done: %(what)s.") % {"what": words.word(words.ACTION_NAMES, action)})
    return redirect("problem", problem.pk)


def _situation(request: HttpRequest, visitor: Visitor, problem: Problem, action: str) -> Situation:
    if action not in VERBS:
        raise NotThere
    verb = Action(action)
    allowed = policy.may(visitor.person, verb, problem, visitor.at, visitor.held)
    if not allowed and not policy.may_enter_on_paper(visitor.person, verb, problem, visitor.at, visitor.held):
        raise NotAllowed
    chosen = (request.POST if request.method == "POST" else request.GET).get("field", "")
    return Situation(problem, verb, visitor, chosen)


def _as_sent(request: HttpRequest, fields: list[forms.Field]) -> dict[str, Any]:
    """The plain words of a form that comes too late, without storing its files."""
    plain: QueryDict = request.POST
    return {one.name: plain[one.name] for one in fields if one.name in plain and isinstance(one.blank, str)}


def _content(situation: Situation, content: dict[str, Any]) -> dict[str, Any]:
    """What the form read, as the action's body takes it: what was not chosen is left out, so that it is named as missing."""
    left_out = {name for name, value in content.items() if name == "result" and value is None}
    if situation.action is Action.PROGRESS and content.get("percent") is None:
        left_out.add("percent")
    return {name: value for name, value in content.items() if name not in left_out}


def _in_wrong_state(problem: Problem, action: Action, visitor: Visitor) -> str:
    if Status(problem.status) in find_move(action).from_:
        return ""
    return wrong_state_in_words(_last_change(problem, visitor))


def _last_change(problem: Problem, visitor: Visitor) -> WrongState:
    """The state and who brought it there, as far as this person may know."""
    last = entries_for(problem, visitor).last()
    return WrongState(problem.status, by=last.by_name if last else "", at=last.at if last else problem.status_since)


def wrong_state_in_words(refused: WrongState) -> str:
    """Who brought it there, and when."""
    status = str(STATUS_LABELS[Status(refused.status)]) if refused.status else ""
    if refused.by and refused.at:
        when = f"{refused.at.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}"
        return _("It is “%(status)s” now: %(who)s acted on it at %(when)s. Nothing has been changed.") % {
            "status": status,
            "who": refused.by,
            "when": when,
        }
    return _("It is “%(status)s” now. Nothing has been changed.") % {"status": status}


def _show(
    request: HttpRequest,
    situation: Situation,
    values: dict[str, Any],
    errors: list[FieldError] | None = None,
    *,
    conflict: str = "",
    status: int = 200,
) -> HttpResponse:
    problem, visitor, action = situation.problem, situation.visitor, situation.action
    involved = sorted(problem.involvements.all(), key=lambda i: i.position)
    accepting = action in (Action.OPINION, Action.DECIDE, Action.SEND_BACK, Action.CONFIRM, Action.DECLINE)
    pairs = situation.application.pairs if situation.application and accepting else []
    by_id = {str(photo.pk): photo for photo in situation.photos}
    context = {
        "problem": problem,
        "action": action.value,
        "title": words.word(words.ACTION_NAMES, action),
        "articles": ", ".join(find_move(action).articles),
        "light": marks.light(problem, visitor.on),
        "form": forms.show(verbs.fields_of(situation), values, errors or []),
        "conflict": conflict,
        "on_paper": situation.on_paper,
        "main": [i.unit for i in involved if i.role == "main"],
        "supervising": [i.unit for i in involved if i.role == "supervising"],
        "plan": problem_page.plan_part(problem, problem_page.visits_of(problem, visitor), visitor.on),
        "rounds": problem_page.rounds(problem, visitor.on, work_calendar()) if accepting or action is Action.APPLY else [],
        "pairs": [(by_id[p["before"]], by_id[p["after"]]) for p in pairs if p.get("before") in by_id and p.get("after") in by_id],
        "strips": problem_page.strips(problem, visitor),
        "closing": _closes(action),
        "next_question": _consequence(action),
    }
    template = select_template([f"portal/acts/{action.value}.html", "portal/acts/act.html"])
    return render(request, template.template.name, context, status=status)


def _closes(action: Action) -> bool:
    """Deeds that end something: said in words before the button."""
    return action in (Action.CANCEL, Action.MERGE, Action.RETURN, Action.DECLINE, Action.WITHDRAW)


def _consequence(action: Action) -> str:
    """What happens then, in one line beside the button."""
    said = {
        Action.LIST: _("The problem gets its number, and the units of its area see it."),
        Action.ISSUE_PLAN: _("The units named see the plan; the deadline and the pace run from today."),
        Action.APPLY: _("The lead unit has ten working days from tomorrow on; your own clock stands meanwhile."),
        Action.DECIDE: _("A pass goes to the district leader; a fail opens the next round with your demands."),
        Action.CONFIRM: _("The problem is closed. Who rectified and who accepted stand in the closing record."),
        Action.DECLINE: _("The problem goes back to rectification in the next round."),
        Action.RETURN: _("Who reported it sees the reason."),
        Action.REOPEN: _("A new round begins; both units are named in the record."),
        Action.CANCEL: _("The problem leaves the ledger; its number is never used again."),
        Action.MERGE: _("This problem leaves the ledger; the other keeps all its sources, photos and histories."),
    }
    return said.get(action, "")


@page
def propose_supervisors(request: HttpRequest, visitor: Visitor, problem_id: UUID) -> HttpResponse:
    """The supervising units that the responsibility list proposes for the main units now chosen: a fragment for the form."""
    problem = get_for(visitor.person, problem_id, visitor.at, may=Action.ISSUE_PLAN)
    main = [code for code in request.GET.getlist("main_units") if code]
    proposed = proposed_supervisors(problem.sector_id, main, visitor.on) if problem.sector_id else []
    bound = forms.show([planning.supervising_units_field()], {"supervising_units": proposed})["supervising_units"]
    return render(request, "portal/forms/field.html", {"bound": bound})
