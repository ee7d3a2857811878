"""Reporting a problem and recording a visit at a PC: a unit can do everything there instead of on a phone."""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis.layers.models import Kind as LayerKind
from gis.layers.outlines import feature_collection, outlines
from server.inspections.actions import Received, ReportDraft, VisitDraft, submit_report, submit_visit
from server.inspections.models import Visit
from server.inspections.policy import may_visit, visible_inspections
from server.plans.queries import find_plan
from server.portal import forms, words
from server.portal.forms import choices
from server.portal.forms.fields import Field, Kind
from server.portal.forms.reading import Sender, is_uuid
from server.portal.visitors import Visitor, page
from server.problems.models import Problem
from server.problems.policy import may_report
from server.problems.queries import get_for
from server.runtime.refusals import Conflict, FieldError, Invalid, NotAllowed


def report_fields(visitor: Visitor) -> list[Field]:
    """The form of a report (Articles 5, 6 and 10)."""
    inspections = visible_inspections(visitor.person, visitor.at, visitor.held)
    named = [(str(i.pk), f"{i.get_kind_display()} {i.date:%Y-%m-%d}") for i in inspections[:50]]
    stages = sorted(words.STAGE_NAMES.items(), key=lambda item: item[0] != "before")
    return [
        Field("id", kind=Kind.HIDDEN),
        Field(
            "title",
            gettext_lazy("Title"),
            required=True,
            most=120,
            hint=gettext_lazy("Where and what, as in 石桥镇河岸垃圾堆放."),
        ),
        Field("category", gettext_lazy("Category"), Kind.SELECT, required=True, choices=choices.category_choices(), wide=False),
        Field("observed_at", gettext_lazy("Seen at"), Kind.MOMENT, required=True, wide=False),
        Field("description", gettext_lazy("What was seen"), Kind.LONG, required=True),
        Field("location", gettext_lazy("Place"), Kind.POINT, hint=gettext_lazy("Click on the map, or type the coordinates.")),
        Field("crs", gettext_lazy("Coordinate system"), Kind.SELECT, choices=choices.SYSTEMS, null=True, wide=False),
        Field(
            "area", gettext_lazy("Or only the area"), Kind.SELECT, choices=choices.area_choices(visitor.at), null=True, wide=False
        ),
        Field("no_location_reason", gettext_lazy("Why there is no point"), Kind.LONG),
        Field("photos", gettext_lazy("Photos"), Kind.PHOTOS, choices=stages),
        Field("no_photo_reason", gettext_lazy("Why there is no photo"), Kind.LONG),
        Field("sector", gettext_lazy("Sector"), Kind.SELECT, choices=choices.sector_choices(), null=True, wide=False),
        Field(
            "discovery", gettext_lazy("How it was found"), Kind.SELECT, choices=choices.discovery_choices(), null=True, wide=False
        ),
        Field("inspection", gettext_lazy("Found on the inspection"), Kind.SELECT, choices=named, null=True, wide=False),
        Field("further_categories", gettext_lazy("Further categories"), Kind.MANY, choices=choices.category_choices()),
    ]


@page
def report(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Report a problem. The form carries the report's id, so that sending it twice makes one."""
    if not may_report(visitor.held):
        raise NotAllowed
    fields = report_fields(visitor)
    if request.method != "POST":
        start = {"id": str(uuid4()), "observed_at": visitor.at, "crs": "wgs84", "inspection": request.GET.get("inspection", "")}
        return _show_report(request, fields, start)
    filled = forms.read(fields, request.POST, request.FILES, Sender(visitor.person, visitor.at))
    if filled.errors:
        return _show_report(request, fields, filled.shown, filled.errors)
    try:
        report_id = UUID(filled.content["id"]) if is_uuid(filled.content.get("id")) else uuid4()
        accepted = submit_report(report_id, _report(filled.content), received(filled.content), by=visitor.person, at=visitor.at)
    except Invalid as refused:
        return _show_report(request, fields, filled.shown, refused.errors)
    except Conflict as refused:
        return _show_report(request, fields, filled.shown, conflict=_(refused.text) % refused.params)
    messages.success(request, _("Reported. The rectification office examines it."))
    _tell_hints(request, accepted.hints)
    return redirect("problem", accepted.problem.pk)


def _report(content: Mapping[str, Any]) -> ReportDraft:
    needed = {name: value for name, value in content.items() if name not in ("id", "inspection", "photos", "observed_at")}
    return ReportDraft(
        **needed,
        observed_at=_required_moment(content),
        photos=[UUID(photo) for photo in content["photos"]],
        inspection=_chosen(content, "inspection"),
    )


def _required_moment(content: Mapping[str, Any]) -> datetime:
    moment: datetime | None = content["observed_at"]
    if moment is None:
        raise Invalid.one("observed_at", "required", "Say when it was seen.")
    return moment


def _chosen(content: Mapping[str, Any], name: str) -> UUID | None:
    given = content.get(name)
    if not given:
        return None
    if not is_uuid(given):
        raise Invalid.one(name, "unknown", "Unknown value: %(value)s.", value=given)
    return UUID(given)


def received(content: Mapping[str, Any]) -> Received:
    """The submission in its canonical spelling: a form has no bytes of its own that could be kept."""
    body = json.dumps(content, default=str, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = sha256(body.encode()).hexdigest()
    return Received(body, digest, digest)


HINTS = {
    "outside_district": gettext_lazy("The point lies outside the district; the office looks at it."),
    "maybe_swapped": gettext_lazy("Longitude and latitude may be swapped."),
    "maybe_gcj02": gettext_lazy("The coordinates may be GCJ-02 rather than WGS 84."),
    "maybe_known": gettext_lazy("There may be a problem close by already: %(title)s"),
    "late": gettext_lazy("The problem was closed or given to other units after this visit."),
    "moved": gettext_lazy("It counts as done in the post held at the time of the visit, which has ended since."),
}


def _tell_hints(request: HttpRequest, hints: list[dict[str, Any]]) -> None:
    for hint in hints:
        if hint.get("code") in HINTS:
            messages.warning(request, str(HINTS[hint["code"]]) % {"title": hint.get("title") or ""})


def _show_report(
    request: HttpRequest,
    fields: list[Field],
    values: Mapping[str, Any],
    errors: list[FieldError] | None = None,
    conflict: str = "",
) -> HttpResponse:
    context = {"form": forms.show(fields, values, errors or []), "conflict": conflict}
    return render(request, "portal/report.html", context, status=409 if conflict else 422 if errors else 200)


def visit_fields(problem: Problem, visitor: Visitor) -> list[Field]:
    """The form of a visit to a known problem (Article 10)."""
    plan = find_plan(problem)
    inspections = visible_inspections(visitor.person, visitor.at, visitor.held)
    named = [(str(i.pk), f"{i.get_kind_display()} {i.date:%Y-%m-%d}") for i in inspections[:50]]
    stages = sorted(words.STAGE_NAMES.items(), key=lambda item: item[0] != "after")
    measures = [(str(m.key), m.text) for m in plan.measures.all()] if plan else []
    return [
        Field("id", kind=Kind.HIDDEN),
        Field("verdict", gettext_lazy("Verdict"), Kind.RESULT, required=True, choices=list(Visit.Verdict.choices)),
        Field("observed_at", gettext_lazy("Seen at"), Kind.MOMENT, required=True, wide=False),
        Field("inspection", gettext_lazy("On the inspection"), Kind.SELECT, choices=named, null=True, wide=False),
        Field("location", gettext_lazy("Place"), Kind.POINT, required=True),
        Field("notes", gettext_lazy("What was seen"), Kind.LONG, required=True),
        *(
            Field(f"measure.{key}", text, Kind.SELECT, choices=choices.of(words.MEASURE_STATE_NAMES), wide=False)
            for key, text in measures
        ),
        Field("people", gettext_lazy("Who else was there, one a line"), Kind.LINES),
        Field("photos", gettext_lazy("Photos"), Kind.PHOTOS, choices=stages),
        Field("enterprise", gettext_lazy("Enterprise entered"), most=120, wide=False),
        Field("referred_to_enforcement", gettext_lazy("Referred to enforcement"), Kind.CHECK, wide=False),
    ]


@page
def visit(request: HttpRequest, visitor: Visitor, problem_id: UUID) -> HttpResponse:
    """Record a visit to a known problem."""
    problem = get_for(visitor.person, problem_id, visitor.at)
    fields = visit_fields(problem, visitor)
    if request.method != "POST":
        if not may_visit(visitor.held, problem, None, visitor.person) and not request.GET.get("inspection"):
            raise NotAllowed
        point = {"x": problem.lon, "y": problem.lat} if problem.lon is not None else {}
        start = {
            "id": str(uuid4()),
            "observed_at": visitor.at,
            "location": point,
            "inspection": request.GET.get("inspection", ""),
        }
        return _show_visit(request, problem, fields, start)
    filled = forms.read(fields, request.POST, request.FILES, Sender(visitor.person, visitor.at))
    if filled.errors:
        return _show_visit(request, problem, fields, filled.shown, filled.errors)
    try:
        visit_id = UUID(filled.content["id"]) if is_uuid(filled.content.get("id")) else uuid4()
        accepted = submit_visit(
            visit_id, _visit(problem, filled.content), received(filled.content), by=visitor.person, at=visitor.at
        )
    except Invalid as refused:
        return _show_visit(request, problem, fields, filled.shown, refused.errors)
    except Conflict as refused:
        return _show_visit(request, problem, fields, filled.shown, conflict=_(refused.text) % refused.params)
    messages.success(request, _("The visit is recorded."))
    _tell_hints(request, accepted.hints)
    return redirect("problem", problem.pk)


def _visit(problem: Problem, content: Mapping[str, Any]) -> VisitDraft:
    states = [
        {"id": name.removeprefix("measure."), "state": state}
        for name, state in content.items()
        if name.startswith("measure.") and state in words.MEASURE_STATE_NAMES
    ]
    return VisitDraft(
        problem=problem.pk,
        observed_at=_required_moment(content),
        location=content["location"],
        verdict=content["verdict"] or "",
        notes=content["notes"],
        photos=[UUID(photo) for photo in content["photos"]],
        inspection=_chosen(content, "inspection"),
        people=content["people"],
        measures=states,
        enterprise=content["enterprise"],
        referred_to_enforcement=content["referred_to_enforcement"],
    )


def _show_visit(
    request: HttpRequest,
    problem: Problem,
    fields: list[Field],
    values: Mapping[str, Any],
    errors: list[FieldError] | None = None,
    conflict: str = "",
) -> HttpResponse:
    context = {"problem": problem, "form": forms.show(fields, values, errors or []), "conflict": conflict}
    return render(request, "portal/visit.html", context, status=409 if conflict else 422 if errors else 200)


@page
def district_outlines(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The governed areas and what is drawn under them, for the small maps of forms."""
    shown = outlines(visitor.at, kinds=(LayerKind.ADMINISTRATIVE, LayerKind.PARK, LayerKind.BASE))
    return HttpResponse(feature_collection(shown), content_type="application/geo+json")
