"""The record of one problem as a timeline: only what the person may see, each line with its article."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from server.inspections.models import Visit
from server.portal import words
from server.portal.visitors import Visitor
from server.problems.models import Problem
from server.problems.policy import hidden_embargoes
from server.records.models import Entry
from server.records.queries import entries_of
from server.units.models import Unit

SHOWN_FIRST = 9
NOT_SHOWN = ("photo", "store_file")


@dataclass(frozen=True)
class Line:
    """One entry: when, what in words, by whom, what of it matters, on which article."""

    at: datetime
    action: str
    what: str
    by: str
    detail: str
    articles: str


def entries_for(problem: Problem, visitor: Visitor) -> QuerySet[Entry]:
    """The problem's entries that this person may see: none that an unreleased inspection still hides."""
    hidden = hidden_embargoes(visitor.person, visitor.held, visitor.at).values("pk")
    return entries_of(problem.pk).exclude(embargo__isnull=False, embargo__in=hidden).exclude(action__in=NOT_SHOWN)


def timeline(problem: Problem, visitor: Visitor) -> list[Line]:
    """All lines, the newest first."""
    entries = list(entries_for(problem, visitor))
    units = dict(Unit.objects.values_list("name", "short_name"))
    return [_line(entry, units) for entry in reversed(entries)]


def _line(entry: Entry, units: Mapping[str, str]) -> Line:
    unit = units.get(entry.by_unit_name, entry.by_unit_name)
    by = entry.signed_by_name or entry.by_name
    if entry.signed_by_name:
        by = _("%(signer)s (entered by %(typist)s)") % {"signer": entry.signed_by_name, "typist": entry.by_name}
    return Line(
        at=entry.at,
        action=entry.action,
        what=_what(entry),
        by=f"{unit}・{by}" if unit and unit not in by else by,
        detail=_detail(entry.action, entry.after_values or {}),
        articles=entry.article,
    )


def _what(entry: Entry) -> str:
    after = entry.after_values or {}
    result = after.get("result")
    if entry.action == "decide" and result:
        return _("Accepted: pass") if result == "pass" else _("Accepted: fail")
    if entry.action == "opinion" and result:
        return _("Opinion: pass") if result == "pass" else _("Opinion: fail")
    return words.word(words.ENTRY_NAMES, entry.action)


def _detail(action: str, after: Mapping[str, Any]) -> str:
    """The one figure or phrase of an entry that a reader looks for."""
    said: list[str] = []
    if action == "list":
        said += [str(after.get("number") or ""), words.source_name(str(after.get("source") or ""))]
    elif action in ("issue_plan", "adjust_plan"):
        said += [str(after.get("document_number") or "")]
        if after.get("deadline"):
            said.append(_("deadline %(day)s") % {"day": after["deadline"]})
    elif action == "progress":
        said.append(f"{after.get('percent')} %")
    elif action in ("apply", "decide", "send_back") and after.get("round"):
        said.append(_("round %(n)s") % {"n": after["round"]})
    elif action == "visit":
        verdict = str(after.get("verdict") or "")
        said.append(str(Visit.Verdict(verdict).label) if verdict in Visit.Verdict.values else verdict)
    elif action == "supervision" and after.get("reply_due"):
        said.append(_("reply due on %(day)s") % {"day": after["reply_due"]})
    elif action == "file":
        said.append(str(after.get("filing_number") or ""))
    elif action == "reopen":
        said.append(words.word(words.REOPEN_NAMES, str(after.get("reason") or "")))
    elif action == "correct":
        said.append(str(after.get("ground") or ""))
    if action in ("return", "cancel", "withdraw", "decline", "restore"):
        said.append(str(after.get("reason") or after.get("ground") or after.get("text") or ""))
    return "・".join(part for part in said if part and part != "None")[:120]
