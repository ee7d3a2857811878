"""A report, a visit or a photo as named lines of words, from what a phone sent or from what stands here.

What a phone sent comes as it was: any member may be missing, or be of another kind than it should.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from gis.coordinates import BadCoordinates, UnknownSystem, parse_point, system_named
from server.evidence.models import Claim, Photo
from server.inspections.ids import as_uuid
from server.inspections.models import Inspection, Visit
from server.inspections.policy import visible_inspections
from server.inspections.printing import printable
from server.inspections.queries import First
from server.plans.models import Measure
from server.portal import words
from server.portal.visitors import Visitor
from server.problems.models import Problem
from server.regulation.discovery import of_inspection
from server.units.models import Sector
from server.units.predicates import OFFICE_ZONE

MOST_LISTED = 200
MOST_LINES = 30
_SAME_PLACE = 7  # decimals of a degree: about a centimetre


@dataclass(frozen=True, slots=True)
class Told:
    """One member: its words, whole; and what it is exactly, where words are rounded or name it."""

    words: str
    exact: object

    @classmethod
    def plainly(cls, value: Any) -> "Told":
        text = printable(value)
        return cls(text, text)


NOTHING = Told("", "")
Lines = dict[str, Told]


def lines_of(kind: str, said: Mapping[str, Any], submission: UUID, visitor: Visitor) -> Lines:
    """What was sent, by the names of its members."""
    if kind == "report":
        return _report_lines(said, _sites(said, submission), visitor)
    if kind == "visit":
        return _visit_lines(said, visitor)
    if kind == "photo":
        return _photo_lines(said)
    return {printable(name)[:40]: Told.plainly(value) for name, value in list(said.items())[:MOST_LINES]}


def lines_of_first(first: First, added_sites: Iterable[str], visitor: Visitor) -> Lines:
    """What came first, as it stands now, in the same words. Sites that were added to it later were not in it."""
    if isinstance(first, Problem):
        return _report_lines(_said_by_report(first), _sites_of(first, set(added_sites)), visitor)
    if isinstance(first, Visit):
        return _visit_lines(_said_by_visit(first), visitor)
    return _photo_lines(_said_by_photo(first))


def metres(value: Any) -> str:
    """A distance to the metre; what is no finite number, as it is."""
    number = _number(value)
    if number is None:
        return printable(value)[:40]
    return f"{number:.0f} m" if abs(number) < 1e9 else f"{number:.3g} m"


def listed(value: Any) -> list[Any]:
    """What should be a list, as one."""
    return value if isinstance(value, list) else ([] if value in (None, "") else [value])


def uuids(value: Any) -> list[UUID]:
    """The ids among what should be a list of ids."""
    return [found for one in listed(value) if (found := one if isinstance(one, UUID) else as_uuid(one)) is not None]


def _report_lines(said: Mapping[str, Any], sites: Told, visitor: Visitor) -> Lines:
    inspection = _inspection_of(said.get("inspection"), visitor)
    discovery = said.get("discovery") or (of_inspection(inspection.kind) if inspection is not None else None)
    moved = _number(said.get("moved_m"))
    return {
        _("Title"): Told.plainly(said.get("title")),
        _("Category"): _coded(said.get("category"), words.category_name),
        _("Further categories"): _joined(said.get("further_categories"), words.category_name),
        _("Seen at"): _moment(said.get("observed_at")),
        _("Place"): _place(said),
        _("Further sites"): sites,
        _("Pin moved"): NOTHING if moved == 0 else Told(metres(said.get("moved_m")), _exact(said.get("moved_m"))),
        _("Why there is no point"): Told.plainly(said.get("no_location_reason")),
        _("What was seen"): Told.plainly(said.get("description")),
        _("Sector"): _coded(said.get("sector"), _sector_name),
        _("How it was found"): _coded(discovery, words.discovery_name),
        _("Found on the inspection"): _inspection(said.get("inspection"), inspection),
        _("Photos"): _photos(said.get("photos")),
        _("Why there is no photo"): Told.plainly(said.get("no_photo_reason")),
    }


def _visit_lines(said: Mapping[str, Any], visitor: Visitor) -> Lines:
    verdicts = {verdict.value: str(verdict.label) for verdict in Visit.Verdict}
    inspection = _inspection_of(said.get("inspection"), visitor)
    return {
        _("Problem"): _problem(said.get("problem"), visitor),
        _("Verdict"): _coded(said.get("verdict"), lambda code: verdicts.get(code, code)),
        _("Seen at"): _moment(said.get("observed_at")),
        _("Place"): _place(said),
        _("What was seen"): Told.plainly(said.get("notes")),
        _("Who else was there"): _joined(said.get("people"), str),
        _("Measures"): _measures(said.get("measures"), visitor),
        _("On the inspection"): _inspection(said.get("inspection"), inspection),
        _("Enterprise entered"): Told.plainly(said.get("enterprise")),
        _("Referred to enforcement"): Told(_("yes"), "true")
        if said.get("referred_to_enforcement") is True
        else Told.plainly(said.get("referred_to_enforcement")),
        _("Photos"): _photos(said.get("photos")),
    }


def _photo_lines(said: Mapping[str, Any]) -> Lines:
    sources = {"camera": _("taken in the app"), "library": _("chosen from files")}
    return {
        _("File name"): Told.plainly(said.get("filename")),
        _("Stage"): _coded(said.get("stage"), lambda code: words.word(words.STAGE_NAMES, code)),
        _("Taken"): _moment(said.get("captured_at")),
        _("Place"): _place(said),
        _("Comes from"): _coded(said.get("source"), lambda code: sources.get(code, code)),
        "SHA-256": Told.plainly(said.get("sha256")),
    }


# -- what stands here, in the words of the API ---------------------------------------------------------------------------------


def _said_by_report(problem: Problem) -> dict[str, Any]:
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
        "photos": claimed(problem.pk),
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
        "photos": claimed(visit.pk),
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
    """The position as it was given, so that the same position compares equal."""
    if row.given_x is None or row.given_y is None:
        return {"accuracy_m": row.accuracy_m}
    point = {"type": "Point", "coordinates": [row.given_x, row.given_y]}
    return {"location": point, "crs": row.given_crs, "accuracy_m": row.accuracy_m}


def claimed(record: UUID) -> list[UUID]:
    """The photos that a report or a visit names."""
    return list(Claim.objects.filter(record_id=record).values_list("photo", flat=True))


def _sites_of(problem: Problem, added: set[str]) -> Told:
    told = []
    for site in problem.sites.exclude(pk=problem.pk):
        if str(site.pk) not in added:
            told.append(_site(str(site.pk), site.name, (site.location.x, site.location.y) if site.location else None))
    return _together(told)


# -- one member ----------------------------------------------------------------------------------------------------------------


def _number(value: Any) -> float | None:
    """A finite number, from a form also as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or (isinstance(value, str) and len(value) > 40):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _exact(value: Any) -> float | str:
    number = _number(value)
    return printable(value) if number is None else number


def _coded(value: Any, name_of: Callable[[str], str]) -> Told:
    """A code by its name. What is no code by its very characters is looked up nowhere."""
    code = printable(value)
    return Told(name_of(code) if isinstance(value, str) and code == value.strip() else code, code) if code else NOTHING


def _joined(value: Any, name_of: Callable[[str], str]) -> Told:
    exact = [printable(one) for one in listed(value)]
    shown = [name_of(one) for one in exact[:MOST_LISTED]]
    return Told(_(", ").join(shown + (["…"] if len(exact) > MOST_LISTED else [])), exact)


def _photos(value: Any) -> Told:
    """How many photos are named; which, exactly."""
    named = [str(one) if isinstance(one, UUID) else printable(one) for one in listed(value)]
    return Told(str(len(named)), sorted(one.lower() for one in named)) if named else NOTHING


def _moment(value: Any) -> Told:
    """A time in the office's zone, to the second."""
    if not isinstance(value, datetime | str):
        return Told.plainly(value)
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        if moment.utcoffset() is None:
            return Told.plainly(value)
        return Told(f"{moment.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M:%S}", moment.astimezone(UTC))
    except (ValueError, OverflowError):
        return Told.plainly(value)


def _place(said: Mapping[str, Any]) -> Told:
    """A position as given with its system and accuracy, or the area."""
    location, area = said.get("location"), said.get("area")
    if isinstance(location, str) and location.count(",") == 1:
        location = {"coordinates": location.split(",")}
    if isinstance(location, dict) and "area" in location:
        area = location["area"]
    coordinates = location.get("coordinates") if isinstance(location, dict) else None
    if isinstance(coordinates, list) and len(coordinates) >= 2:
        system, accuracy = _system(said.get("crs")), said.get("accuracy_m")
        x, y = (_degrees(one) for one in coordinates[:2])
        beside = f" ({system})" if system != "wgs84" else ""
        within = f" ±{metres(accuracy)}" if printable(accuracy) else ""
        exact = ([_exact(one) for one in coordinates], system, _exact(accuracy))
        return Told(f"{x}, {y}{beside}{within}", exact)
    code = printable(area)
    if code == "district":
        return Told(_("Whole district"), code)
    return Told.plainly(area) if code else Told.plainly(location)


def _system(crs: Any) -> str:
    try:
        system = system_named(crs or None)
    except (UnknownSystem, ValueError, OverflowError):
        return printable(crs)[:40]
    return "wgs84" if system == "EPSG:4326" else system


def _degrees(value: Any) -> str:
    number = _number(value)
    return printable(value)[:40] if number is None else f"{number:.6f}"


def _sites(said: Mapping[str, Any], submission: UUID) -> Told:
    """Further sites of a report. The one with the report's own id is where the report itself is."""
    told = []
    for one in listed(said.get("sites")):
        if not isinstance(one, dict):
            told.append(Told.plainly(one))
        elif printable(one.get("id")).lower() != str(submission):
            told.append(_site(printable(one.get("id")), one.get("name"), _wgs84(one.get("location"), said.get("crs"))))
    return _together(told)


def _site(site: str, name: Any, place: tuple[float, float] | str | None) -> Told:
    where = f"{place[0]:.6f}, {place[1]:.6f}" if isinstance(place, tuple) else place or ""
    exact = [round(one, _SAME_PLACE) for one in place] if isinstance(place, tuple) else where
    return Told(f"{printable(name)} {where}".strip(), (site.lower(), printable(name), exact))


def _wgs84(location: Any, crs: Any) -> tuple[float, float] | str:
    try:
        point = parse_point(location, crs)
    except (BadCoordinates, UnknownSystem, ValueError, OverflowError):
        return printable(location)
    return point.lon, point.lat


def _together(told: list[Told]) -> Told:
    shown = [one.words for one in told[:MOST_LISTED]] + (["…"] if len(told) > MOST_LISTED else [])
    return Told("\n".join(shown), [one.exact for one in told])


def _measures(value: Any, visitor: Visitor) -> Told:
    """Each measure with what was found of it. In which order they were ticked says nothing."""
    given = [one if isinstance(one, dict) else {"id": one} for one in listed(value)]
    ids = uuids([one.get("id") for one in given[:MOST_LISTED]])
    known = Measure.objects.filter(key__in=ids, plan__problem__in=visitor.seen.values("pk")) if ids else Measure.objects.none()
    texts = {str(key): text for key, text in known.order_by("plan__version").values_list("key", "text")}
    told = []
    for one in given[:MOST_LISTED]:
        measure, state = (
            printable(one.get("id")),
            _coded(one.get("state"), lambda code: words.word(words.MEASURE_STATE_NAMES, code)),
        )
        told.append(f"{texts.get(measure.lower(), measure)}{_(': ')}{state.words}")
    more = ["…"] if len(given) > MOST_LISTED else []
    return Told("\n".join(told + more), sorted((printable(one.get("id")).lower(), printable(one.get("state"))) for one in given))


def _sector_name(code: str) -> str:
    return Sector.objects.filter(pk=code).values_list("name", flat=True).first() or code


def _problem(value: Any, visitor: Visitor) -> Told:
    """A problem by number and title; its bare id where this person does not see it."""
    found = uuids([value])
    seen = visitor.seen.filter(pk__in=found).values_list("number", "title").first() if found else None
    return Told(f"{seen[0] or ''} {seen[1]}".strip() if seen else printable(value), printable(value).lower())


def _inspection_of(value: Any, visitor: Visitor) -> Inspection | None:
    found = uuids([value])
    return visible_inspections(visitor.person, visitor.at, visitor.held).filter(pk__in=found).first() if found else None


def _inspection(value: Any, known: Inspection | None) -> Told:
    spelled = str(value) if isinstance(value, UUID) else printable(value)
    return Told(f"{known.get_kind_display()} {known.date:%Y-%m-%d}" if known else spelled, spelled.lower())
