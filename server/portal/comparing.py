"""What was set aside in readable lines, beside what came first under its number: each line says whether the two differ.

The content comes from a phone as it was: any member may be missing, or be of another kind than it should.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from server.evidence.models import Claim, Photo
from server.evidence.policy import photos_visible_to
from server.inspections.models import Inspection, SetAside, Visit
from server.inspections.policy import visible_inspections
from server.inspections.queries import First, content_of
from server.portal import words
from server.portal.visitors import Visitor
from server.problems.models import Problem
from server.units.models import Sector
from server.units.predicates import OFFICE_ZONE

LONGEST = 4_000
SAME_PLACE = 1e-6  # degrees, about 10 cm


@dataclass(frozen=True)
class Line:
    """One thing that both say: its name, the first's words, the words of what was set aside, and whether they differ."""

    name: str
    first: str
    second: str
    differs: bool


@dataclass(frozen=True)
class Comparison:
    """What was set aside as lines, with the photos that it and the first name, as far as this person may see them.

    ``raw``: its very text, where it cannot be read as lines.
    """

    title: str
    lines: list[Line]
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
    mine = _LINES.get(row.kind, _plain)(said, visitor)
    theirs = _of_first(first, visitor) if first is not None else {}
    named = _uuids(said.get("photos"))
    photos = _seen_photos(named, visitor)
    before = list(Claim.objects.filter(record_id=row.submission).values_list("photo", flat=True)) if first is not None else []
    other_photos = first is not None and set(named) != set(before)
    names = [*mine, *(name for name in theirs if name not in mine)]
    lines = []
    for name in names:
        of_first, of_this = theirs.get(name, ""), mine.get(name, "")
        if of_first or of_this:
            differs = first is not None and (of_first != of_this or (name == _("Photos") and other_photos))
            lines.append(Line(name, of_first, of_this, differs))
    return Comparison(
        title=heading(row, said),
        lines=lines,
        photos=photos,
        first_photos=_seen_photos(before, visitor),
        missing=len(named) - len(photos),
        raw="" if said else row.body[:LONGEST],
    )


def heading(row: SetAside, said: Mapping[str, Any] | None = None) -> str:
    """What it is about in one line: a title, what was seen, the name of a file."""
    said = content_of(row.body) if said is None else said
    for name in ("title", "notes", "filename"):
        if text := _text(said.get(name)):
            return text[:80]
    return ""


def _of_first(first: First, visitor: Visitor) -> dict[str, str]:
    if isinstance(first, Problem):
        return _report_lines(_said_by_report(first), visitor)
    if isinstance(first, Visit):
        return _visit_lines(_said_by_visit(first), visitor)
    return _photo_lines(_said_by_photo(first), visitor)


def _report_lines(said: Mapping[str, Any], visitor: Visitor) -> dict[str, str]:
    further = said.get("further_categories")
    return {
        _("Title"): _text(said.get("title")),
        _("Category"): words.category_name(_text(said.get("category"))),
        _("Further categories"): _(", ").join(words.category_name(_text(one)) for one in _list(further)),
        _("Seen at"): _moment(said.get("observed_at")),
        _("Place"): _place(said),
        _("Pin moved"): f"{said['moved_m']:.0f} m" if isinstance(said.get("moved_m"), float | int) and said["moved_m"] else "",
        _("Why there is no point"): _text(said.get("no_location_reason")),
        _("What was seen"): _text(said.get("description")),
        _("Sector"): _sector(_text(said.get("sector"))),
        _("How it was found"): words.discovery_name(_text(said.get("discovery"))),
        _("Found on the inspection"): _inspection(said.get("inspection"), visitor),
        _("Photos"): _count(said.get("photos")),
        _("Why there is no photo"): _text(said.get("no_photo_reason")),
    }


def _visit_lines(said: Mapping[str, Any], visitor: Visitor) -> dict[str, str]:
    verdict = _text(said.get("verdict"))
    return {
        _("Problem"): _problem(said.get("problem"), visitor),
        _("Verdict"): str(Visit.Verdict(verdict).label) if verdict in Visit.Verdict.values else verdict,
        _("Seen at"): _moment(said.get("observed_at")),
        _("Place"): _place(said),
        _("What was seen"): _text(said.get("notes")),
        _("Who else was there"): _(", ").join(_text(one) for one in _list(said.get("people"))),
        _("Measures"): _measures(said.get("measures")),
        _("On the inspection"): _inspection(said.get("inspection"), visitor),
        _("Enterprise entered"): _text(said.get("enterprise")),
        _("Referred to enforcement"): _("yes") if said.get("referred_to_enforcement") is True else "",
        _("Photos"): _count(said.get("photos")),
    }


def _photo_lines(said: Mapping[str, Any], _visitor: Visitor) -> dict[str, str]:
    sources = {"camera": _("taken in the app"), "library": _("chosen from files")}
    source = _text(said.get("source"))
    return {
        _("File name"): _text(said.get("filename")),
        _("Stage"): words.word(words.STAGE_NAMES, _text(said.get("stage"))),
        _("Taken"): _moment(said.get("captured_at")),
        _("Place"): _place(said),
        _("Comes from"): sources.get(source, source),
        "SHA-256": _text(said.get("sha256")),
    }


def _plain(said: Mapping[str, Any], _visitor: Visitor) -> dict[str, str]:
    return {str(name)[:40]: _text(value) for name, value in list(said.items())[:30]}


_LINES = {"report": _report_lines, "visit": _visit_lines, "photo": _photo_lines}


def _said_by_report(problem: Problem) -> dict[str, Any]:
    """A report as it stands now, in the words of the API."""
    return {
        "title": problem.title,
        "category": problem.category,
        "further_categories": problem.further_categories,
        "observed_at": problem.observed_at,
        "description": problem.description,
        "sector": problem.sector_id,
        "discovery": problem.discovery,
        "inspection": getattr(getattr(problem, "found_on", None), "inspection_id", None),
        "no_photo_reason": problem.no_photo_reason,
        "moved_m": problem.moved_m,
        "no_location_reason": problem.no_location_reason,
        "area": "district" if problem.whole_district else ("" if problem.lon is not None else problem.area_code),
        "photos": _claimed("report", problem.pk),
        **_given(problem),
    }


def _said_by_visit(visit: Visit) -> dict[str, Any]:
    return {
        "problem": str(visit.problem_id),
        "verdict": visit.verdict,
        "observed_at": visit.observed_at,
        "notes": visit.notes,
        "people": visit.people,
        "measures": visit.measures,
        "inspection": visit.inspection_id,
        "enterprise": visit.enterprise,
        "referred_to_enforcement": visit.referred_to_enforcement,
        "photos": _claimed("visit", visit.pk),
        **_given(visit),
    }


def _said_by_photo(photo: Photo) -> dict[str, Any]:
    place = f"{photo.lon},{photo.lat}" if photo.lon is not None else ""
    return {
        "filename": photo.file.name,
        "stage": photo.photo_stage,
        "captured_at": photo.captured_at,
        "location": place,
        "source": photo.source,
        "sha256": photo.sha256,
        "accuracy_m": photo.accuracy_m,
    }


def _given(row: Problem | Visit) -> dict[str, Any]:
    """The position as it was given, so that the same words compare equal."""
    if row.given_x is None or row.given_y is None:
        return {"accuracy_m": row.accuracy_m}
    point = {"type": "Point", "coordinates": [row.given_x, row.given_y]}
    return {"location": point, "crs": row.given_crs, "accuracy_m": row.accuracy_m}


def _claimed(kind: str, record: UUID) -> list[str]:
    return [str(photo) for photo in Claim.objects.filter(record_kind=kind, record_id=record).values_list("photo", flat=True)]


def _text(value: Any) -> str:
    if value is None or value is False:
        return ""
    if isinstance(value, str):
        return value.strip()[:LONGEST]
    return json.dumps(value, ensure_ascii=False, default=str)[:LONGEST]


def _list(value: Any) -> list[Any]:
    return value[:50] if isinstance(value, list) else ([] if value in (None, "") else [value])


def _count(value: Any) -> str:
    return str(len(_list(value))) if _list(value) else ""


def _moment(value: Any) -> str:
    """A time in the office's zone, to the second: two that differ by less are the same words."""
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        if moment.utcoffset() is None:
            return _text(value)
        return f"{moment.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M:%S}"
    except (ValueError, OverflowError):
        return _text(value)


def _place(said: Mapping[str, Any]) -> str:
    """A position as given with its system and accuracy, or the area."""
    accuracy = said.get("accuracy_m")
    metres = f" ±{accuracy:.0f} m" if isinstance(accuracy, int | float) and not isinstance(accuracy, bool) else ""
    location = said.get("location")
    if isinstance(location, str) and location.count(",") == 1:
        location = {"coordinates": location.split(",")}
    if isinstance(location, dict) and "area" in location:
        said = {**said, "area": location["area"]}
    if isinstance(location, dict) and isinstance(location.get("coordinates"), list) and len(location["coordinates"]) >= 2:
        system = _text(said.get("crs")) or "wgs84"
        x, y = (_degrees(one) for one in location["coordinates"][:2])
        return f"{x}, {y}{'' if system.lower() in ('wgs84', 'epsg:4326') else f' ({system})'}{metres}"
    area = _text(said.get("area"))
    if area == "district":
        return _("Whole district")
    return area or _text(location)


def _degrees(value: Any) -> str:
    try:
        return f"{float(value):.6f}"
    except (TypeError, ValueError, OverflowError):
        return _text(value)


def _sector(code: str) -> str:
    return (Sector.objects.filter(pk=code).values_list("name", flat=True).first() or code) if code else ""


def _problem(value: Any, visitor: Visitor) -> str:
    """A problem by number and title; its bare id where this person does not see it."""
    found = _uuids([value])
    seen = visitor.seen.filter(pk__in=found).values_list("number", "title").first() if found else None
    return f"{seen[0] or ''} {seen[1]}".strip() if seen else _text(value)


def _inspection(value: Any, visitor: Visitor) -> str:
    found = _uuids([value])
    known = visible_inspections(visitor.person, visitor.at, visitor.held).filter(pk__in=found).first() if found else None
    return _named(known) if known else _text(str(value) if isinstance(value, UUID) else value)


def _named(inspection: Inspection) -> str:
    return f"{inspection.get_kind_display()} {inspection.date:%Y-%m-%d}"


def _measures(value: Any) -> str:
    states = [_text(one.get("state")) for one in _list(value) if isinstance(one, dict)]
    return _(", ").join(words.word(words.MEASURE_STATE_NAMES, state) for state in states)


def _uuids(value: Any) -> list[UUID]:
    found = []
    for one in _list(value):
        try:
            found.append(one if isinstance(one, UUID) else UUID(str(one)))
        except ValueError:
            continue
    return found


def _seen_photos(ids: list[UUID], visitor: Visitor) -> list[Photo]:
    if not ids:
        return []
    seen = photos_visible_to(visitor.person, visitor.at, visitor.held).filter(pk__in=ids)
    return list(seen.order_by("captured_at", "received_at"))
