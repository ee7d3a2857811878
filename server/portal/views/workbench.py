"""The workbench: the first page after login."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from server.coordination.models import Suggestion
from server.portal.views.ledger import in_order, row_of
from server.portal.visitors import Visitor, page
from server.portal.workbench import workbench
from server.problems import marks
from server.problems.models import Problem
from server.problems.policy import may_report
from server.problems.queries import Filters, count_figures, filtered
from server.regulation.lights import LightReason
from server.rulebook.queries import rules_of, work_calendar
from server.units.roles import SEE_ALL_LISTED, Role

WORST = 10


def _first_reason(problem: Problem, visitor: Visitor) -> LightReason | None:
    """Why it is red, the first of the reasons."""
    return next(iter(marks.reasons(problem, rules_of(problem.rule_edition, visitor.on), visitor.on)), None)


@page
def show_workbench(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What waits for this person, in the office's order: what is due first on top."""
    desk = workbench(visitor, work_calendar())
    ledger = filtered(visitor.person, visitor.at, Filters(), visitor.held)
    looks_on = visitor.held.has(*SEE_ALL_LISTED, Role.LEADING_GROUP, Role.OFFICE)
    red = filtered(visitor.person, visitor.at, Filters(light=("red",)), visitor.held) if looks_on else None
    worst = (
        in_order(red, "deadline", visitor).select_related("area").prefetch_related("involvements__unit")[:WORST]
        if red is not None
        else []
    )
    return render(
        request,
        "portal/workbench.html",
        {
            "desk": desk,
            "main_panels": [p for p in desk.panels if not p.aside],
            "side_panels": [p for p in desk.panels if p.aside],
            "figures": None if visitor.administers else count_figures(ledger, visitor.on),
            "today": visitor.on,
            "worst": [(row_of(problem, visitor), _first_reason(problem, visitor)) for problem in worst],
            "looks_on": looks_on,
            "may_report": may_report(visitor.held),
            "suggestions": Suggestion.objects.filter(answered_at__isnull=True).count() if visitor.is_office else None,
            "set_aside": visitor.set_aside_waiting,
            "administers": visitor.administers,
            "audits": visitor.held.has(Role.AUDITOR),
        },
    )
