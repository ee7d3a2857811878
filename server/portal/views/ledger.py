"""The ledger: lists of problems, with filters in the address."""

from dataclasses import dataclass, replace

from django.core.paginator import Paginator
from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from server.portal import filters
from server.portal.visitors import Visitor, page
from server.problems import marks
from server.problems.models import Problem
from server.problems.policy import may_report, visible_to
from server.problems.queries import LIGHTS, count_figures, filtered
from server.regulation.statuses import LEDGER, Status

PAGE_SIZE = 50
SORTS = ("urgent", "deadline", "number", "updated")


@dataclass(frozen=True)
class Tab:
    """One list beside the others: which statuses stand in it, and how many."""

    code: str
    name: str
    statuses: tuple[Status, ...]
    count: int
    mine: bool = False


def tabs(visitor: Visitor) -> list[Tab]:
    """The lists that this person has anything in, counted in one query; the ledger always."""
    ledger = tuple(sorted(LEDGER))
    lists: list[tuple[str, str, tuple[Status, ...], bool]] = [
        ("", _("Ledger"), ledger, False),
        ("reported", _("To be examined"), (Status.REPORTED,), False),
        ("returned", _("Returned reports"), (Status.RETURNED,), False),
        ("ended", _("Merged or cancelled"), (Status.MERGED, Status.CANCELLED), False),
        ("mine", _("Reported by me"), tuple(Status), True),
    ]
    counted = {
        f"n{n}": Count("pk", filter=Q(reported_by=visitor.person) if mine else Q(status__in=statuses))
        for n, (_code, _name, statuses, mine) in enumerate(lists)
    }
    counts = visible_to(visitor.person, visitor.at, visitor.held).order_by().aggregate(**counted)
    return [
        Tab(code, name, statuses, counts[f"n{n}"], mine)
        for n, (code, name, statuses, mine) in enumerate(lists)
        if counts[f"n{n}"] or not code
    ]


def in_order(rows: QuerySet[Problem], sort: str, visitor: Visitor) -> QuerySet[Problem]:
    """Most urgent first unless asked otherwise: red, yellow, green, then closed; the nearest deadline first."""
    if sort == "deadline":
        return rows.order_by(F("deadline").asc(nulls_last=True), "pk")
    if sort == "number":
        return rows.order_by(F("number").desc(nulls_last=True), "-received_at", "pk")
    if sort == "updated":
        return rows.order_by("-updated_at", "pk")
    rank = Case(
        *(When(marks.with_light(name, visitor.on), then=Value(n)) for n, name in enumerate(LIGHTS)),
        default=Value(len(LIGHTS)),
        output_field=IntegerField(),
    )
    return rows.order_by(rank, F("deadline").asc(nulls_last=True), "-received_at", "pk")


@page
def show_ledger(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The list of one tab, narrowed by what stands in the address."""
    lists = tabs(visitor)
    tab = next((t for t in lists if t.code == request.GET.get("list", "")), lists[0])
    reading = filters.read(request.GET, visitor, tab.statuses)
    wanted = replace(reading.filters, mine=True, status=()) if tab.mine else reading.filters
    rows = filtered(visitor.person, visitor.at, wanted, visitor.held)
    # The figures on top offer the lights to choose from, so they count without the choice made.
    any_light = filtered(visitor.person, visitor.at, replace(wanted, light=()), visitor.held)
    figures = count_figures(any_light, visitor.on)
    sort = request.GET.get("sort", "urgent")
    shown = in_order(rows, sort if sort in SORTS else "urgent", visitor)
    shown = shown.select_related("area").prefetch_related("involvements__unit")
    paginator = Paginator(shown, PAGE_SIZE)
    sheet = paginator.get_page(request.GET.get("page"))
    return render(
        request,
        "portal/ledger.html",
        {
            "tabs": lists,
            "tab": tab,
            "rows": [row_of(problem, visitor) for problem in sheet.object_list],
            "sheet": sheet,
            "total": paginator.count,
            "figures": figures,
            "lights": filters.light_options(reading),
            "chips": filters.chips(reading),
            "reading": reading,
            "sort": sort if sort in SORTS else "urgent",
            "sorts": [
                (code, filters.address(request.GET, sort=[code]), name)
                for code, name in zip(SORTS, (_("Most urgent first"), _("Deadline"), _("Number"), _("Last changed")), strict=True)
            ],
            "cleared": f"?list={tab.code}" if tab.code else "?",
            "before": page_address(request, sheet.number - 1),
            "after": page_address(request, sheet.number + 1),
            "may_report": may_report(visitor.held),
        },
    )


def page_address(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode(safe=',')}"


@dataclass(frozen=True)
class Row:
    """A problem as a line of a list, with what is derived for today."""

    problem: Problem
    light: str | None
    pace: str
    main: list[str]
    lead: str
    others: int


def row_of(problem: Problem, visitor: Visitor) -> Row:
    """Make a line of a problem whose involvements and their units are fetched already."""
    involved = sorted(problem.involvements.all(), key=lambda i: i.position)
    main = [i.unit.short_name for i in involved if i.role == "main"]
    supervising = [i.unit.short_name for i in involved if i.role == "supervising"]
    return Row(
        problem=problem,
        light=marks.light(problem, visitor.on),
        pace=marks.pace_of(problem, visitor.on),
        main=main,
        lead=supervising[0] if supervising else "",
        others=max(0, len(supervising) - 1),
    )
