"""Inspections: the list, planning one, its page, releasing it (Article 10)."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from server.inspections.actions import InspectionDraft, make_inspection, release
from server.inspections.models import Inspection
from server.inspections.policy import MAKERS, may_make, may_release, visible_inspections, visits_visible_to
from server.portal import forms
from server.portal.forms import choices
from server.portal.forms.fields import Field, Kind
from server.portal.forms.reading import Sender, is_uuid
from server.portal.views.ledger import row_of
from server.portal.visitors import Visitor, page
from server.problems.models import Embargo
from server.problems.policy import visible_to
from server.regulation.statuses import LEDGER
from server.runtime.refusals import FieldError, Invalid, NotAllowed, NotThere
from server.units.models import Person

SHOWN = 100


def _kinds(visitor: Visitor) -> list[tuple[str, str]]:
    """The kinds that this person may make, before any problem is chosen."""
    if visitor.held.has(*MAKERS):
        return [(kind.value, str(kind.label)) for kind in Inspection.Kind]
    kinds = [kind for kind in Inspection.Kind if may_make(visitor.held, kind.value, [])]
    if visitor.held.units() and Inspection.Kind.SITE_CHECK not in kinds:
        kinds.append(Inspection.Kind.SITE_CHECK)
    return [(kind.value, str(kind.label)) for kind in kinds]


@page
def list_inspections(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The inspections this person may know of, the newest first."""
    rows = visible_inspections(visitor.person, visitor.at, visitor.held).select_related("led_by")
    rows = rows.prefetch_related("people", "units").annotate(
        stop_count=Count("stops", distinct=True),
        found_count=Count("found", distinct=True),
        visit_count=Count("visits", distinct=True),
    )
    context = {"inspections": rows.order_by("-date", "-made_at")[:SHOWN], "count": rows.count(), "kinds": _kinds(visitor)}
    return render(request, "portal/inspections.html", context)


def inspection_fields(visitor: Visitor) -> list[Field]:
    """The form of an inspection: people and a route."""
    people = [(p.username, str(p)) for p in Person.objects.filter(is_active=True, holdings__isnull=False).distinct()]
    seen = visible_to(visitor.person, visitor.at, visitor.held).filter(status__in=sorted(LEDGER)).order_by("-number")
    route = [(str(pk), f"{number} {title}") for pk, number, title in seen.values_list("pk", "number", "title")[:500]]
    return [
        Field("kind", gettext_lazy("Kind"), Kind.SELECT, required=True, choices=_kinds(visitor), wide=False),
        Field("date", gettext_lazy("Day"), Kind.DATE, required=True, wide=False),
        Field(
            "announced",
            gettext_lazy("Announced"),
            Kind.RESULT,
            required=True,
            choices=[("yes", gettext_lazy("Announced 明察")), ("no", gettext_lazy("Unannounced 暗访"))],
            hint=gettext_lazy(
                "Of an unannounced one nobody but its people, the office and the leading group learns before its release."
            ),
        ),
        Field("led_by", gettext_lazy("Led by"), Kind.SELECT, choices=people, null=True, wide=False),
        Field("people", gettext_lazy("People"), Kind.ORDERED, required=True, choices=people, wide=False),
        Field("problems", gettext_lazy("Route: known problems"), Kind.ORDERED, choices=route),
        Field("units", gettext_lazy("Units"), Kind.ORDERED, choices=choices.unit_choices()),
        Field("note", gettext_lazy("Note"), Kind.LONG),
    ]


@page
def new_inspection(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Plan an inspection."""
    if not _kinds(visitor):
        raise NotAllowed
    fields = inspection_fields(visitor)
    if request.method != "POST":
        problem = request.GET.get("problem", "")
        start = {"date": visitor.on, "problems": [problem] if problem else [], "led_by": ""}
        return _show_form(request, fields, start)
    filled = forms.read(fields, request.POST, request.FILES, Sender(visitor.person, visitor.at))
    try:
        made = make_inspection(_draft(filled.content), by=visitor.person, at=visitor.at)
    except Invalid as refused:
        return _show_form(request, fields, filled.shown, refused.errors)
    messages.success(request, _("The inspection is planned."))
    return redirect("inspection", made.pk)


def _draft(content: Mapping[str, Any]) -> InspectionDraft:
    lacking = []
    if not content["kind"]:
        lacking.append(FieldError("kind", "required", "Choose the kind of inspection."))
    if not content["date"]:
        lacking.append(FieldError("date", "required", "Say on which day."))
    if not content["announced"]:
        lacking.append(FieldError("announced", "required", "Say whether it is announced."))
    unknown = [code for code in content["problems"] if not is_uuid(code)]
    lacking += [FieldError("problems", "unknown", "Unknown value: %(value)s.", {"value": code}) for code in unknown]
    day = _day(content["date"])
    if content["date"] and day is None:
        lacking.append(FieldError("date", "unreadable", "This is no day."))
    if lacking or day is None:
        raise Invalid(lacking)
    return InspectionDraft(
        kind=content["kind"],
        announced=content["announced"] == "yes",
        date=day,
        people=content["people"],
        problems=[UUID(code) for code in content["problems"]],
        led_by=content["led_by"],
        units=content["units"],
        note=content["note"],
    )


def _day(given: str | None) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        return None


def _show_form(
    request: HttpRequest, fields: list[Field], values: Mapping[str, Any], errors: list[FieldError] | None = None
) -> HttpResponse:
    context = {"form": forms.show(fields, values, errors or [])}
    return render(request, "portal/inspection_new.html", context, status=422 if errors else 200)


@page
def show_inspection(request: HttpRequest, visitor: Visitor, inspection_id: UUID) -> HttpResponse:
    """One inspection: people, route, visits, what was found; and its release."""
    known = visible_inspections(visitor.person, visitor.at, visitor.held)
    inspection = known.select_related("led_by", "made_by", "released_by").filter(pk=inspection_id).first()
    if inspection is None:
        raise NotThere
    seen = visible_to(visitor.person, visitor.at, visitor.held).select_related("area").prefetch_related("involvements__unit")
    hidden: set[UUID] = set()
    if not inspection.is_open:
        hidden = set(Embargo.objects.filter(inspection=inspection.pk, lifted_at__isnull=True).values_list("subject", flat=True))
    found = [row_of(p, visitor) for p in seen.filter(found_on__inspection=inspection).order_by("received_at")]
    on_route = {p.pk: p for p in seen.filter(pk__in=inspection.stops.values("problem"))}
    order = inspection.stops.values_list("problem", flat=True)
    visits = visits_visible_to(visitor.person, visitor.at, visitor.held).filter(inspection=inspection)
    return render(
        request,
        "portal/inspection.html",
        {
            "inspection": inspection,
            "people": inspection.people.all(),
            "units": inspection.units.all(),
            "route": [row_of(on_route[pk], visitor) for pk in order if pk in on_route],
            "found": found,
            "visits": visits.select_related("problem", "by").order_by("observed_at"),
            "hidden": hidden,
            "releasable": seen.filter(pk__in=hidden).order_by("received_at"),
            "may_release": not inspection.is_open and may_release(visitor.person, visitor.held, inspection),
            "takes_part": inspection.led_by_id == visitor.person.pk or visitor.person in inspection.people.all(),
        },
    )


@require_POST
@page
def release_inspection(request: HttpRequest, visitor: Visitor, inspection_id: UUID) -> HttpResponse:
    """Release an unannounced inspection, whole or for the problems ticked."""
    chosen = [UUID(code) for code in request.POST.getlist("problems") if is_uuid(code)]
    whole = request.POST.get("whole") == "yes"
    if not whole and not chosen:
        messages.error(request, _("Tick the problems that are to be released, or release the whole inspection."))
        return redirect("inspection", inspection_id)
    try:
        release(inspection_id, None if whole else chosen, by=visitor.person, at=visitor.at)
    except Invalid:
        messages.error(request, _("One of the problems is not hidden by this inspection any more. Nothing has been changed."))
    else:
        messages.success(request, _("Released: whoever may see these problems sees them now."))
    return redirect("inspection", inspection_id)
