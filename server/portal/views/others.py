"""Suggestions, the record for the auditor, units and people, what is in acceptance."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from server.acceptance.models import Application
from server.coordination.actions import suggest as send_suggestion
from server.coordination.models import Suggestion
from server.evidence.policy import may_look_at_phones
from server.portal.clock import time_left
from server.portal.forms.showing import in_words
from server.portal.navigation import IN_ACCEPTANCE
from server.portal.views.ledger import page_address, row_of
from server.portal.visitors import Visitor, page
from server.problems.models import Embargo
from server.problems.policy import visible_to
from server.records.models import Entry
from server.records.queries import in_order
from server.rulebook.queries import work_calendar
from server.runtime.refusals import Invalid, NotAllowed
from server.units.models import Person, RoleHolding, Sector, Unit
from server.units.queries import sector_duties
from server.units.roles import Role

PAGE_SIZE = 100


@page
def suggest(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Send a complaint or suggestion to the office, from any page."""
    back = request.POST.get("page") or request.GET.get("page") or "/"
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    error, text = "", request.POST.get("text", "")
    if request.method == "POST":
        try:
            send_suggestion(text, by=visitor.person, at=visitor.at, page=back)
        except Invalid as refused:
            error = in_words(refused.errors[0])
        else:
            messages.success(request, _("Thank you. The rectification office has it."))
            return redirect(back)
    context = {"error": error, "text": text, "back": back}
    return render(request, "portal/suggest.html", context, status=422 if error else 200)


@page
def list_suggestions(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What people said; the office reads it."""
    if not visitor.is_office:
        raise NotAllowed
    sheet = Paginator(Suggestion.objects.select_related("by").order_by("-at"), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "portal/suggestions.html", {"sheet": sheet, **_around(request, sheet.number)})


@page
def show_record(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The whole record in its order, for the auditor: what is under embargo or sealed shows as a sealed entry."""
    if not visitor.held.has(Role.AUDITOR):
        raise NotAllowed
    entries = in_order(Entry.objects.all()).order_by("-seal__sequence")
    sheet = Paginator(entries, PAGE_SIZE).get_page(request.GET.get("page"))
    shown = list(sheet.object_list)
    still_hidden = set(
        Embargo.objects.filter(pk__in={e.embargo for e in shown if e.embargo}, lifted_at__isnull=True).values_list(
            "pk", flat=True
        )
    )
    lines = [{"entry": e, "sealed": bool(e.sealed_kind) or e.embargo in still_hidden} for e in shown]
    return render(request, "portal/record.html", {"sheet": sheet, "lines": lines, **_around(request, sheet.number)})


def _around(request: HttpRequest, number: int) -> dict[str, str]:
    return {"before": page_address(request, number - 1), "after": page_address(request, number + 1)}


@page
def show_units(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Units, the responsibility list in force, and people with their roles: to read only."""
    if not visitor.held.has(Role.OFFICE, Role.ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR):
        raise NotAllowed
    wanted = request.GET.get("q", "").strip()[:60]
    units = list(Unit.objects.all())
    sectors = _sectors(visitor, {unit.code: unit.name for unit in units})
    rows = Person.objects.filter(is_active=True).prefetch_related("holdings__unit").order_by("name", "username")
    people: list[dict[str, Any]] = [{"person": p, "holdings": [h for h in p.holdings.all() if _holds(h, visitor)]} for p in rows]
    context = {
        "units": [u for u in units if _says(wanted, u.name, u.short_name, u.code, u.get_kind_display())],
        "sectors": [s for s in sectors if _says(wanted, s["sector"].name, s["leader"], *s["units"])],
        "people": [p for p in people if _says(wanted, p["person"].name, p["person"].username, *_held(p["holdings"]))],
        "counts": {"units": len(units), "sectors": len(sectors), "people": len(people)},
        "q": wanted,
        "may_look_at_phones": may_look_at_phones(visitor.held),
    }
    return render(request, "portal/units.html", context)


def _sectors(visitor: Visitor, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The responsibility list in force, line by line."""
    duties = sector_duties(visitor.on)
    return [
        {
            "sector": sector,
            "units": [names.get(code, code) for code in duties[sector.code].supervising_units] if sector.code in duties else [],
            "leader": duties[sector.code].district_leader if sector.code in duties else None,
        }
        for sector in Sector.objects.all()
    ]


def _held(holdings: Iterable[RoleHolding]) -> Iterator[str]:
    for holding in holdings:
        yield holding.unit.name if holding.unit else ""
        yield str(holding.get_role_display())


def _says(wanted: str, *texts: object) -> bool:
    """Whether one of the texts holds what is looked for; a list of some hundred lines needs no index."""
    return any(wanted.casefold() in str(text).casefold() for text in texts if text) if wanted else True


def _holds(holding: RoleHolding, visitor: Visitor) -> bool:
    return holding.from_date <= visitor.on and (holding.until_date is None or holding.until_date >= visitor.on)


@page
def list_acceptances(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What is in acceptance, the clock that ends first on top."""
    seen = visible_to(visitor.person, visitor.at, visitor.held).filter(status__in=IN_ACCEPTANCE)
    problems = list(seen.select_related("area").prefetch_related("involvements__unit"))
    applications = {
        a.problem_id: a
        for a in Application.objects.filter(problem__in=problems, outcome__in=["", Application.Outcome.PASSED]).order_by(
            "received_at"
        )
    }
    calendar = work_calendar()
    rows = []
    for problem in problems:
        application = applications.get(problem.pk)
        due = problem.acceptance_due
        left = None if due is None else time_left(due, visitor.on, calendar)
        rows.append({"row": row_of(problem, visitor), "problem": problem, "application": application, "due": due, "left": left})
    rows.sort(key=lambda row: (row["due"] is None, row["due"] or visitor.on))
    return render(request, "portal/acceptances.html", {"rows": rows})
