"""On-site supervision: recording it, replying to it, accepting the reply (Article 13)."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from server.portal import forms, words
from server.portal.clock import time_left
from server.portal.forms.fields import Field, Kind
from server.portal.forms.reading import Sender
from server.portal.views.acting import wrong_state_in_words
from server.portal.visitors import Visitor, page
from server.problems import marks, policy
from server.problems.models import Problem
from server.problems.queries import get_for
from server.regulation.workdays import WorkCalendar
from server.rulebook.queries import rules_in_force, work_calendar
from server.runtime.refusals import Conflict, FieldError, Invalid, NotAllowed, NotThere, WrongState
from server.supervision.actions import (
    SupervisionDraft,
    accept_supervision_reply,
    record_supervision,
    reply_to_supervision,
)
from server.supervision.models import SupervisionRecord
from server.units.roles import Role

SHOWN = 200


@page
def list_supervisions(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Supervisions of problems this person sees: those without an accepted reply first, the earliest due first."""
    seen = policy.visible_to(visitor.person, visitor.at, visitor.held).values("pk")
    rows = SupervisionRecord.objects.filter(problem__in=seen).select_related("problem__area", "replying_unit")
    waiting = rows.filter(accepted_at__isnull=True).order_by("reply_due")
    ended = rows.filter(accepted_at__isnull=False).order_by("-accepted_at")
    calendar = work_calendar()
    return render(
        request,
        "portal/supervisions.html",
        {
            "waiting": [_row(row, visitor, calendar) for row in waiting.prefetch_related("problem__involvements__unit")[:SHOWN]],
            "ended": ended[:SHOWN],
        },
    )


def _row(record: SupervisionRecord, visitor: Visitor, calendar: WorkCalendar) -> dict[str, Any]:
    problem = record.problem
    main = [i for i in sorted(problem.involvements.all(), key=lambda i: i.position) if i.role == "main"]
    return {
        "record": record,
        "light": marks.light(problem, visitor.on),
        "main": [i.unit.short_name for i in main],
        "left": time_left(record.reply_due, visitor.on, calendar),
        "may_reply": bool(visitor.held.units().intersection(i.unit_id for i in main)),
        "may_accept": visitor.is_office and record.replied_at is not None,
    }


def _supervision_fields() -> list[Field]:
    return [
        Field("date", gettext_lazy("Day of the visit"), Kind.DATE, required=True, wide=False),
        Field("reply_due", gettext_lazy("Reply due"), Kind.DATE, wide=False),
        Field("people", gettext_lazy("Who was on site, one a line"), Kind.LINES, required=True),
        Field("opinion", gettext_lazy("Written opinion"), Kind.LONG, required=True),
        Field("document", gettext_lazy("The opinion as issued"), Kind.FILE),
        Field(
            "photos",
            gettext_lazy("Photos"),
            Kind.PHOTOS,
            choices=sorted(words.STAGE_NAMES.items(), key=lambda item: item[0] != "during"),
        ),
    ]


@page
def supervise(request: HttpRequest, visitor: Visitor, problem_id: UUID) -> HttpResponse:
    """Record an on-site supervision."""
    problem = get_for(visitor.person, problem_id, visitor.at)
    if not visitor.held.has(Role.LEADING_GROUP, Role.OFFICE):
        raise NotAllowed
    fields = _supervision_fields()
    title = _("Record a supervision")
    if request.method != "POST":
        days = rules_in_force(visitor.on).whole("supervision_reply_days")
        return _show(request, problem, title, fields, {"date": visitor.on, "reply_due": work_calendar().add(visitor.on, days)})
    filled = forms.read(fields, request.POST, request.FILES, Sender(visitor.person, visitor.at))
    if filled.errors:
        return _show(request, problem, title, fields, filled.shown, filled.errors)
    try:
        record_supervision(problem.pk, _draft(filled.content), by=visitor.person, at=visitor.at)
    except Invalid as refused:
        return _show(request, problem, title, fields, filled.shown, refused.errors)
    except WrongState as refused:
        return _show(request, problem, title, fields, filled.shown, conflict=wrong_state_in_words(refused))
    except Conflict as refused:
        return _show(request, problem, title, fields, filled.shown, conflict=_(refused.text) % refused.params)
    messages.success(request, _("The supervision is recorded; the main unit replies."))
    return redirect("problem", problem.pk)


def _draft(content: Mapping[str, Any]) -> SupervisionDraft:
    days: dict[str, date | None] = {}
    wrong = []
    for name in ("date", "reply_due"):
        try:
            days[name] = date.fromisoformat(content[name]) if content[name] else None
        except ValueError:
            wrong.append(FieldError(name, "unreadable", "This is no day."))
    if not wrong and days["date"] is None:
        wrong.append(FieldError("date", "required", "Say on which day."))
    visited = days.get("date")
    if wrong or visited is None:
        raise Invalid(wrong)
    return SupervisionDraft(
        date=visited,
        people=content["people"],
        opinion=content["opinion"],
        reply_due=days["reply_due"],
        document=UUID(content["document"]) if content["document"] else None,
        photos=[UUID(photo) for photo in content["photos"]],
    )


def _visible_record(visitor: Visitor, record_id: UUID) -> tuple[SupervisionRecord, Problem]:
    record = SupervisionRecord.objects.filter(pk=record_id).first()
    if record is None:
        raise NotThere
    return record, get_for(visitor.person, record.problem_id, visitor.at)


@page
def reply(request: HttpRequest, visitor: Visitor, record_id: UUID) -> HttpResponse:
    """A main unit's reply."""
    record, problem = _visible_record(visitor, record_id)
    if not visitor.held.units().intersection(policy.main_units(problem)):
        raise NotAllowed
    fields = [
        Field("text", gettext_lazy("Reply"), Kind.LONG, required=True),
        Field("file", gettext_lazy("Attached document"), Kind.FILE),
    ]
    title = _("Reply to the supervision")
    if request.method != "POST":
        return _show(request, problem, title, fields, {"text": record.reply}, record=record)
    filled = forms.read(fields, request.POST, request.FILES, Sender(visitor.person, visitor.at))
    if filled.errors:
        return _show(request, problem, title, fields, filled.shown, filled.errors, record=record)
    try:
        file = UUID(filled.content["file"]) if filled.content["file"] else None
        reply_to_supervision(record.pk, filled.content["text"], file, by=visitor.person, at=visitor.at)
    except Invalid as refused:
        return _show(request, problem, title, fields, filled.shown, refused.errors, record=record)
    except Conflict as refused:
        return _show(request, problem, title, fields, filled.shown, conflict=_(refused.text) % refused.params, record=record)
    messages.success(request, _("The reply is sent to the rectification office."))
    return redirect("problem", problem.pk)


@page
def accept(request: HttpRequest, visitor: Visitor, record_id: UUID) -> HttpResponse:
    """The office reads the reply and accepts it."""
    record, problem = _visible_record(visitor, record_id)
    if not visitor.is_office:
        raise NotAllowed
    title = _("Accept the reply to the supervision")
    if request.method != "POST":
        conflict = "" if record.replied_at else _("There is no reply yet.")
        return _show(request, problem, title, [], {}, conflict=conflict, record=record)
    try:
        accept_supervision_reply(record.pk, by=visitor.person, at=visitor.at)
    except Conflict as refused:
        return _show(request, problem, title, [], {}, conflict=_(refused.text) % refused.params, record=record)
    messages.success(request, _("The reply is accepted."))
    return redirect("problem", problem.pk)


def _show(
    request: HttpRequest,
    problem: Problem,
    title: str,
    fields: list[Field],
    values: Mapping[str, Any],
    errors: list[FieldError] | None = None,
    *,
    conflict: str = "",
    record: SupervisionRecord | None = None,
) -> HttpResponse:
    context = {
        "problem": problem,
        "title": title,
        "form": forms.show(fields, values, errors or []),
        "conflict": conflict,
        "record": record,
    }
    return render(request, "portal/supervision_form.html", context, status=409 if conflict else 422 if errors else 200)
