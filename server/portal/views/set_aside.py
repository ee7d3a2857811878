"""What was set aside of what phones sent: the office looks at it beside what came first, and settles it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from server.evidence.images import limited
from server.evidence.images.refusals import ImageRefused, NoRendition
from server.evidence.models import Photo
from server.files.kinds import HEAD, picture_kind
from server.files.models import StoredFile
from server.files.queries import open_file, read_bytes
from server.files.refusals import BytesDamaged, SealedBytes
from server.inspections.actions import settle_set_aside
from server.inspections.actions.settling import LONGEST_WORDS
from server.inspections.models import SetAside, Visit
from server.inspections.policy import set_aside_visible_to
from server.inspections.queries import First, first_of
from server.portal import forms
from server.portal.comparing import compare
from server.portal.forms.fields import Field, Kind
from server.portal.forms.reading import Sender
from server.portal.views.ledger import page_address
from server.portal.visitors import Visitor, page
from server.problems.models import Problem
from server.records.actions import note_access
from server.records.models import Entry
from server.runtime.refusals import Conflict, FieldError, Invalid, NotAllowed, NotThere
from server.units.predicates import actor
from server.units.roles import Role

PAGE_SIZE = 50


@page
def list_set_aside(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What waits, the oldest first; and what was settled, the latest first."""
    if not visitor.held.has(Role.OFFICE):
        raise NotAllowed
    settled = request.GET.get("list") == "settled"
    rows = set_aside_visible_to(visitor.held).select_related("person", "looked_by").defer("body")  # megabytes each
    waiting = rows.filter(looked_at__isnull=True)
    ended = rows.filter(looked_at__isnull=False)
    shown = ended.order_by("-looked_at", "-pk") if settled else waiting.order_by("received_at", "pk")
    sheet = Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "rows": sheet.object_list,
        "sheet": sheet,
        "settled": settled,
        "waiting_count": visitor.set_aside_waiting,
        "settled_count": ended.count(),
        "before": page_address(request, sheet.number - 1),
        "after": page_address(request, sheet.number + 1),
    }
    return render(request, "portal/set_aside_list.html", context)


def _row(visitor: Visitor, set_aside_id: int) -> SetAside:
    rows = set_aside_visible_to(visitor.held).select_related("person", "looked_by")
    row = rows.filter(pk=set_aside_id).first()
    if row is None:
        raise NotThere
    return row


def _settling_fields(row: SetAside, first: First | None) -> list[Field]:
    decisions = [d for d in SetAside.Decision if first is not None or d is not SetAside.Decision.KEPT_FIRST]
    return [
        Field(
            "decision",
            gettext_lazy("What became of it"),
            Kind.RESULT,
            required=True,
            choices=[(d.value, str(d.label)) for d in decisions],
        ),
        Field(
            "words",
            gettext_lazy("Words of the office"),
            Kind.LONG,
            required=True,
            most=LONGEST_WORDS,
            hint=gettext_lazy("They go into the record, with your name. What was set aside stays as it is."),
        ),
    ]


@page
def show_set_aside(request: HttpRequest, visitor: Visitor, set_aside_id: int) -> HttpResponse:
    """One of them beside what came first; settling it."""
    row = _row(visitor, set_aside_id)
    first = first_of(row, visitor.person, visitor.at, visitor.held)
    fields = _settling_fields(row, first)
    if request.method != "POST":
        return _show(request, visitor, row, first, fields, {})
    filled = forms.read(fields, request.POST, request.FILES, Sender(visitor.person, visitor.at))
    if filled.errors:
        return _show(request, visitor, row, first, fields, filled.shown, filled.errors)
    try:
        settle_set_aside(row.pk, filled.content["decision"] or "", filled.content["words"], by=visitor.person, at=visitor.at)
    except Invalid as refused:
        return _show(request, visitor, row, first, fields, filled.shown, refused.errors)
    except Conflict as refused:
        again = _row(visitor, set_aside_id)
        return _show(request, visitor, again, first, fields, filled.shown, conflict=_(refused.text) % refused.params)
    messages.success(request, _("Settled. It stays here with its content, and the record has your words."))
    return redirect("set_aside_list")


def _show(
    request: HttpRequest,
    visitor: Visitor,
    row: SetAside,
    first: First | None,
    fields: list[Field],
    values: dict[str, Any],
    errors: list[FieldError] | None = None,
    *,
    conflict: str = "",
) -> HttpResponse:
    file = _file_of(row)
    context = {
        "row": row,
        "first": first,
        "first_address": _address(first),
        "first_by": _sender(first),
        "first_at": first.received_at if first is not None else None,
        "corrected": isinstance(first, Problem) and Entry.objects.filter(problem=first.pk, action="correct").exists(),
        "compared": compare(row, first, visitor),
        "file": file,
        "file_shows": _shows(file),
        "form": forms.show(fields, values, errors or []),
        "conflict_said": conflict,
    }
    return render(request, "portal/set_aside.html", context, status=409 if conflict else 422 if errors else 200)


def _address(first: First | None) -> tuple[str, Any] | None:
    """Route and id of the page of what came first."""
    if isinstance(first, Photo):
        return "photo", first.pk
    if isinstance(first, Visit):
        return "problem", first.problem_id
    return ("problem", first.pk) if first is not None else None


def _sender(first: First | None) -> str:
    if isinstance(first, Photo):
        return str(first.uploader)
    if isinstance(first, Visit):
        return str(first.by)
    return str(first.reported_by) if first is not None else ""


def _file_of(row: SetAside) -> StoredFile | None:
    return StoredFile.objects.select_related("content__sealing").filter(pk=row.file).first() if row.file else None


def _shows(file: StoredFile | None) -> str:
    """ "picture" where its first bytes are a picture's (whether it can be drawn, drawing it shows), "lost", or nothing."""
    if file is None:
        return ""
    try:
        with open_file(file) as stored:
            return "picture" if picture_kind(stored.read(HEAD)) is not None else ""
    except (SealedBytes, BytesDamaged):
        return "lost"


def _stored(visitor: Visitor, set_aside_id: int) -> StoredFile:
    file = _file_of(_row(visitor, set_aside_id))
    if file is None:
        raise NotThere
    return file


def _note(visitor: Visitor, file: StoredFile, kind: str) -> None:
    who = actor(visitor.person, visitor.held)
    note_access(at=visitor.at, by=who, kind=kind, object_type="file", object_id=file.pk)


@page
def give_file(request: HttpRequest, visitor: Visitor, set_aside_id: int) -> HttpResponseBase:
    """The bytes as they came, to be saved, never to be run; that somebody took them is noted."""
    file = _stored(visitor, set_aside_id)
    try:
        response = FileResponse(open_file(file), content_type="application/octet-stream")
    except SealedBytes:
        raise NotThere from None
    _note(visitor, file, "original")
    response["Content-Disposition"] = content_disposition_header(True, file.name or str(file.pk)) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@page
def give_picture(request: HttpRequest, visitor: Visitor, set_aside_id: int) -> HttpResponse:
    """What the file shows, drawn anew in the limited process: nothing that hides in the bytes comes along. It is noted too."""
    file = _stored(visitor, set_aside_id)
    try:
        drawn = limited.make_renditions(read_bytes(file))["preview"]
    except (ImageRefused, NoRendition, SealedBytes):
        raise NotThere from None
    _note(visitor, file, "picture")
    response = HttpResponse(drawn, content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    return response
