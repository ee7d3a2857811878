"""A phone's "save to file" archive, loaded by the office for the day when all else fails."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from server.evidence.policy import photos_visible_to
from server.inspections.actions import Loaded, load_archive
from server.inspections.policy import set_aside_visible_to, visits_visible_to
from server.inspections.reading import as_uuid
from server.portal import words
from server.portal.forms.showing import in_words
from server.portal.visitors import Visitor, page
from server.records.models import Entry
from server.runtime.refusals import Invalid, NotAllowed
from server.units.models import Person
from server.units.roles import Role

LATEST = 10
MOST_LINES = 2_000


@dataclass(frozen=True)
class LoadedLine:
    """One item of an archive: what it was, whose, and what became of it, with the way to it."""

    kind: str
    title: str
    person: str
    outcome: str
    outcome_name: str
    reason: str
    address: str


@csrf_exempt
@page
def load(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Choose an archive, load it, and read what became of each item.

    Looking for the token writes the whole upload to the disk, hence who it is comes first: nobody else fills the disk.
    """
    if not visitor.held.has(Role.OFFICE):
        raise NotAllowed
    return _load(request, visitor)


@csrf_protect
def _load(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    if request.method != "POST":
        return _show(request)
    sent = request.FILES.get("file")
    if sent is None or sent.file is None:
        return _show(request, error=_("Choose the file that the phone has saved."))
    if not sent.size:
        return _show(request, error=_("The file is empty. Save it on the phone once more and send that one."))
    try:
        # More than 2.5 MB lie on the disk already; the archive is read from there, item by item.
        loaded = load_archive(sent.file, by=visitor.person, at=visitor.at)
    except Invalid as refused:
        return _show(request, error=" ".join(in_words(error) for error in refused.errors), name=sent.name or "")
    lines = _lines(loaded, visitor)
    counts = Counter(item.outcome for item in loaded)
    figures = [(code, words.word(words.OUTCOME_OF_LOADING, code), counts[code]) for code in ("new", "known", "set_aside", "left")]
    return _show(request, lines=lines, figures=figures, name=sent.name or "", more=len(loaded) - len(lines))


def _show(
    request: HttpRequest,
    *,
    error: str = "",
    name: str = "",
    lines: list[LoadedLine] | None = None,
    figures: list[tuple[str, str, int]] | None = None,
    more: int = 0,
) -> HttpResponse:
    earlier = [
        (entry, entry.after_values or {})
        for entry in Entry.objects.filter(action="load_phone", object_type="archive").order_by("-at")[:LATEST]
    ]
    usernames = {username for _entry, after in earlier for username in after.get("people", [])}
    names = dict(Person.objects.filter(username__in=usernames).values_list("username", "name"))
    context = {
        "error": error,
        "name": name,
        "lines": lines,
        "figures": figures,
        "more": more,
        "earlier": [(entry, after, [names.get(one) or one for one in after.get("people", [])]) for entry, after in earlier],
    }
    return render(request, "portal/phone_archives.html", context, status=422 if error else 200)


def _lines(loaded: list[Loaded], visitor: Visitor) -> list[LoadedLine]:
    """The items in words: what needs a person first, then what came in."""
    names = dict(Person.objects.filter(username__in={item.person for item in loaded}).values_list("username", "name"))
    ids = [item_id for item in loaded if (item_id := as_uuid(item.uuid))]
    ways = _ways(ids, visitor)
    aside = dict(_set_aside(ids, visitor))
    order = list(words.OUTCOME_OF_LOADING)
    lines = []
    for item in sorted(loaded, key=lambda one: order.index(one.outcome))[:MOST_LINES]:
        title, address = (aside if item.outcome == "set_aside" else ways).get(item.uuid.lower(), ("", ""))
        is_loose = item.kind == "photo" and item.outcome in ("new", "known")
        lines.append(
            LoadedLine(
                kind=words.word(words.OBJECT_NAMES, item.kind) or _("unknown"),
                title=title or (_("belongs to no report yet") if is_loose else ""),
                person=names.get(item.person) or item.person,
                outcome=item.outcome,
                outcome_name=words.word(words.OUTCOME_OF_LOADING, item.outcome),
                reason=item.reason,
                address=address,
            )
        )
    return lines


def _ways(ids: list[UUID], visitor: Visitor) -> dict[str, tuple[str, str]]:
    """Title and address of what is here under these ids, as far as this person sees it."""
    found: dict[str, tuple[str, str]] = {}
    for pk, title in visitor.seen.filter(pk__in=ids).values_list("pk", "title"):
        found[str(pk)] = (title, reverse("problem", args=[pk]))
    visits = visits_visible_to(visitor.person, visitor.at, visitor.held).filter(pk__in=ids)
    for pk, problem, title in visits.values_list("pk", "problem", "problem__title"):
        found[str(pk)] = (title, reverse("problem", args=[problem]))
    photos = photos_visible_to(visitor.person, visitor.at, visitor.held).filter(pk__in=ids)
    for pk, name, title in photos.values_list("pk", "file__name", "problem__title"):
        found[str(pk)] = (title or name, reverse("photo", args=[pk]))
    return found


def _set_aside(ids: list[UUID], visitor: Visitor) -> Iterable[tuple[str, tuple[str, str]]]:
    rows = set_aside_visible_to(visitor.held).filter(submission__in=ids).order_by("received_at", "pk")
    for pk, submission, title in rows.values_list("pk", "submission", "title"):
        yield str(submission), (title, reverse("set_aside", args=[pk]))
