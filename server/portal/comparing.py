"""What was set aside, line by line beside what came first under its number: whether the two differ, compared whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from server.evidence.models import Photo
from server.evidence.policy import photos_visible_to
from server.inspections.models import SetAside
from server.inspections.printing import printable
from server.inspections.queries import First, content_of, title_of
from server.portal.submissions_in_words import NOTHING, claimed, lines_of, lines_of_first, uuids
from server.portal.visitors import Visitor
from server.problems.models import Problem
from server.records.models import Entry
from server.regulation.lifecycle import Action

LONGEST = 4_000
MOST_PHOTOS = 50
MOST_ASKED = 500
_BEFORE_IT = 100


@dataclass(frozen=True)
class ComparedLine:
    """One thing that both say: its name, the first's words, the words of what was set aside, and whether they differ.

    Words are cut for showing alone. ``note``: why the first may say something else now, or where the difference lies.
    """

    name: str
    first: str
    second: str
    differs: bool
    note: str = ""


@dataclass(frozen=True)
class Comparison:
    """What was set aside as lines, with the photos that it and the first name, as far as this person may see them.

    ``raw``: its very text, where it cannot be read as lines.
    """

    title: str
    lines: list[ComparedLine]
    photos: list[Photo]
    first_photos: list[Photo]
    missing: int
    raw: str

    @property
    def differing(self) -> int:
        return sum(line.differs for line in self.lines)


def compare(row: SetAside, first: First | None, visitor: Visitor) -> Comparison:
    """Put what was set aside beside what came first; None: nothing did."""
    said = content_of(row.body)
    asked = list(dict.fromkeys(uuids(said.get("photos"))))[:MOST_ASKED]
    here = _seen_photos(asked, visitor)
    before = claimed(row.submission) if first is not None else []
    return Comparison(
        title=row.title or title_of(row.body),
        lines=_lines(row, said, first, visitor),
        photos=here[:MOST_PHOTOS],
        first_photos=_seen_photos(before, visitor),
        missing=len(asked) - len(here),
        raw="" if said else printable(row.body[:LONGEST]),
    )


def _lines(row: SetAside, said: Mapping[str, Any], first: First | None, visitor: Visitor) -> list[ComparedLine]:
    mine = lines_of(row.kind, said, row.submission, visitor)
    if first is None:
        return [ComparedLine(name, "", _cut(told.words), False) for name, told in mine.items() if told.words]
    since = _changed_since(first)
    theirs = lines_of_first(first, since.added_sites, visitor)
    lines = []
    for name in [*mine, *(name for name in theirs if name not in mine)]:
        one, two = theirs.get(name, NOTHING), mine.get(name, NOTHING)
        if not one.words and not two.words:
            continue
        note = since.notes.get(name, "")
        # What the list has settled and neither may have said is no difference between the two.
        differs = one.exact != two.exact and not (name in since.listed and not two.words)
        if differs and one.words == two.words and not note:
            note = _("differs beyond what is shown")
        lines.append(ComparedLine(name, *_shown(one.words, two.words), differs, note))
    return lines


@dataclass(frozen=True)
class _Since:
    """What became of a report after it came: notes by the names of lines, lines that listing settled, sites added."""

    notes: Mapping[str, str]
    listed: frozenset[str]
    added_sites: list[str]


def _changed_since(first: First) -> _Since:
    if not isinstance(first, Problem):
        return _Since({}, frozenset(), [])
    names = {
        "title": _("Title"),
        "category": _("Category"),
        "further_categories": _("Further categories"),
        "location": _("Place"),
        "description": _("What was seen"),
        "sector": _("Sector"),
        "discovery": _("How it was found"),
    }
    listed: set[str] = set()
    corrected: set[str] = set()
    added: list[str] = []
    reported: dict[str, Any] = {}
    told = (Action.REPORT, Action.LIST, Action.CORRECT, Action.ADD_SITE)
    for entry in Entry.objects.filter(problem=first.pk, action__in=told).order_by("recorded_at"):
        after = entry.after_values or {}
        if entry.action == Action.REPORT:
            reported = after
        elif entry.action == Action.CORRECT:
            corrected |= {names[member] for member in after if member in names}
        elif entry.action == Action.ADD_SITE:
            added.append(str(after.get("site")))
        else:
            listed |= {names[member] for member in ("sector", "discovery") if after.get(member)}
    if listed and reported.get("category") not in (None, first.category):
        listed.add(names["category"])
    notes = {name: _("settled on the list") for name in listed} | {name: _("corrected since") for name in corrected}
    return _Since(notes, frozenset(listed - corrected), added)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _shown(one: str, two: str) -> tuple[str, str]:
    """Both texts as long as a page can bear; where they differ only further on, from a little before that."""
    if max(len(one), len(two)) <= LONGEST or one[:LONGEST] != two[:LONGEST]:
        return _cut(one), _cut(two)
    apart = next((n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    if one == two:
        return _cut(one), _cut(two)
    start = apart - _BEFORE_IT
    return f"…{_cut(one[start:])}", f"…{_cut(two[start:])}"


def _seen_photos(ids: list[UUID], visitor: Visitor) -> list[Photo]:
    if not ids:
        return []
    seen = photos_visible_to(visitor.person, visitor.at, visitor.held).filter(pk__in=ids)
    return list(seen.order_by("captured_at", "received_at"))
