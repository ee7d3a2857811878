"""What a person is told: their notices, opening one, having read them all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from server.coordination.queries import notices_for, subject_kind
from server.notices.actions import WORDS, mark_read
from server.notices.models import Notice
from server.portal.views.ledger import page_address
from server.portal.visitors import Visitor, page
from server.runtime.refusals import NotThere

PAGE_SIZE = 50


@dataclass(frozen=True)
class Line:
    """One notice in words."""

    notice: Notice
    text: str
    unread: bool


@page
def list_notices(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Notices of what this person may still see, unread ones first."""
    known = notices_for(visitor.person, visitor.at, visitor.held)
    sheet = Paginator(known, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "lines": [Line(notice, in_words(notice), notice.read_at is None) for notice in sheet.object_list],
        "sheet": sheet,
        "before": page_address(request, sheet.number - 1),
        "after": page_address(request, sheet.number + 1),
    }
    return render(request, "portal/notices.html", context)


@page
def open_notice(request: HttpRequest, visitor: Visitor, notice_id: int) -> HttpResponse:
    """Go to what a notice speaks of; it is read then."""
    notice = notices_for(visitor.person, visitor.at, visitor.held).filter(pk=notice_id).first()
    if notice is None:
        raise NotThere
    if request.method == "GET":
        mark_read(visitor.person, [notice.pk], visitor.at)
    return redirect(subject_kind(notice), notice.subject)


@require_POST
@page
def read_all(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """All that are shown are read."""
    unread = notices_for(visitor.person, visitor.at, visitor.held).filter(read_at__isnull=True)
    mark_read(visitor.person, list(unread.values_list("pk", flat=True)), visitor.at)
    messages.success(request, _("All notices are marked as read."))
    return redirect("notices")


def in_words(notice: Notice) -> str:
    """What a notice says, in the reader's language; an unknown code shows itself rather than nothing."""
    said = _(WORDS[notice.code]) if notice.code in WORDS else notice.code
    params: Mapping[str, Any] = notice.params
    try:
        return said % params if params else said
    except (KeyError, TypeError, ValueError):
        return said
