"""Reading what a phone wrote down into the drafts that the actions take: shapes alone, and everything wrong at once."""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.utils.translation import gettext_noop

from gis.boxes import parse_lon_lat
from gis.coordinates import BadCoordinates
from server.evidence.actions import Declared
from server.inspections.actions.reporting import ReportDraft, SiteDraft
from server.inspections.actions.visiting import VisitDraft
from server.inspections.ids import as_uuid as as_uuid  # read here, where whatever a phone spells is read
from server.runtime.refusals import FieldError, Invalid

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
# The limits of what a phone may say, for whoever reads it: the API's bodies take them from here.
MOST_PHOTOS = 50
MOST_ACCURACY = 1_000_000.0
MOST_MOVED = 100_000.0
_ROOM = timedelta(days=2)
Value = TypeVar("Value")
Otherwise = TypeVar("Otherwise")


class _Wrong(Exception):
    pass


class _Reader:
    """Takes members of an object one by one and remembers what was wrong with them."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        self.said = said
        self.errors: list[FieldError] = []

    def take(self, name: str, read: Callable[[Any], Value], otherwise: Otherwise, *, required: bool = False) -> Value | Otherwise:
        given = self.said.get(name)
        if given is None or (given == "" and not required):
            if required:
                self.errors.append(FieldError(name, "required", gettext_noop("This is missing.")))
            return otherwise
        try:
            return read(given)
        except _Wrong:
            self.errors.append(FieldError(name, "unreadable", gettext_noop("This value cannot be read.")))
            return otherwise

    def finish(self) -> None:
        if self.errors:
            raise Invalid(self.errors)


def read_uuid(given: Any) -> UUID:
    known = as_uuid(given)
    if known is None:
        raise _Wrong
    return known


def _text(most: int) -> Callable[[Any], str]:
    def read(given: Any) -> str:
        if not isinstance(given, str) or len(given.strip()) > most:
            raise _Wrong
        if any((ord(c) < 32 and c not in "\n\r\t") or 0xD800 <= ord(c) <= 0xDFFF for c in given):
            raise _Wrong
        return given.strip()

    return read


def _moment(given: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(given)
        if moment.utcoffset() is None:
            raise _Wrong
        moment = moment.astimezone(UTC)
        (moment - _ROOM, moment + _ROOM)  # every zone it will be shown in must be able to show it
    except (TypeError, ValueError, OverflowError):
        raise _Wrong from None
    return moment


def _recent(given: Any) -> datetime:
    moment = _moment(given)
    if moment < EARLIEST:
        raise _Wrong
    return moment


def _number(least: float, most: float) -> Callable[[Any], float]:
    def read(given: Any) -> float:
        if isinstance(given, bool) or not isinstance(given, int | float | str) or len(str(given)) > 40:
            raise _Wrong
        try:
            number = float(given)
        except ValueError:
            raise _Wrong from None
        if not math.isfinite(number) or not least <= number <= most:
            raise _Wrong
        return number

    return read


def _flag(given: Any) -> bool:
    if not isinstance(given, bool):
        raise _Wrong
    return given


def _list(read: Callable[[Any], Value], most: int) -> Callable[[Any], list[Value]]:
    def read_all(given: Any) -> list[Value]:
        if not isinstance(given, list) or len(given) > most:
            raise _Wrong
        return [read(one) for one in given]

    return read_all


def _one_of(*allowed: str) -> Callable[[Any], str]:
    def read(given: Any) -> str:
        if given not in allowed:
            raise _Wrong
        return str(given)

    return read


def _site(given: Any) -> SiteDraft:
    if not isinstance(given, dict):
        raise _Wrong
    return SiteDraft(read_uuid(given.get("id")), _text(80)(given.get("name")), given.get("location"))


def _measure(given: Any) -> dict[str, str]:
    if not isinstance(given, dict):
        raise _Wrong
    state = _one_of("done", "partly", "not_done", "not_applicable")(given.get("state"))
    return {"id": str(read_uuid(given.get("id"))), "state": state}


def report_draft(report_id: UUID, body: dict[str, Any]) -> ReportDraft:
    """The body of a report (contract.md, ``PUT /reports``). Raises Invalid naming everything that cannot be read."""
    said = dict(body)
    place = said.get("location")
    if isinstance(place, dict) and "type" not in place and "area" in place:
        said |= {"location": None, "area": place["area"], "no_location_reason": place.get("no_location_reason", "")}
    reader = _Reader(said)
    no_sites: list[SiteDraft] = []
    sites = reader.take("sites", _list(_site, MOST_PHOTOS), no_sites)
    draft = ReportDraft(
        title=reader.take("title", _text(120), "", required=True),
        description=reader.take("description", _text(10_000), "", required=True),
        category=reader.take("category", _text(30), "", required=True),
        observed_at=reader.take("observed_at", _recent, EARLIEST, required=True),
        photos=reader.take("photos", _list(read_uuid, MOST_PHOTOS), []),
        further_categories=reader.take("further_categories", _list(_text(30), 20), []),
        sector=reader.take("sector", _text(40), None),
        discovery=reader.take("discovery", _text(40), None),
        location=said.get("location"),
        area=reader.take("area", _text(40), None),
        no_location_reason=reader.take("no_location_reason", _text(10_000), ""),
        crs=reader.take("crs", _text(20), None),
        accuracy_m=reader.take("accuracy_m", _number(0, MOST_ACCURACY), None),
        moved_m=reader.take("moved_m", _number(0, MOST_MOVED), None),
        inspection=reader.take("inspection", read_uuid, None),
        sites=[site for site in sites if site.id != report_id],
        no_photo_reason=reader.take("no_photo_reason", _text(10_000), ""),
    )
    reader.finish()
    return draft


def visit_draft(body: dict[str, Any]) -> VisitDraft:
    """The body of a visit (contract.md, ``PUT /visits``). Raises Invalid naming everything that cannot be read."""
    reader = _Reader(body)
    problem = reader.take("problem", read_uuid, None, required=True)
    draft = VisitDraft(
        problem=problem or UUID(int=0),
        observed_at=reader.take("observed_at", _recent, EARLIEST, required=True),
        location=body.get("location"),
        verdict=reader.take("verdict", _text(20), "", required=True),
        notes=reader.take("notes", _text(10_000), "", required=True),
        photos=reader.take("photos", _list(read_uuid, MOST_PHOTOS), []),
        inspection=reader.take("inspection", read_uuid, None),
        crs=reader.take("crs", _text(20), None),
        accuracy_m=reader.take("accuracy_m", _number(0, MOST_ACCURACY), None),
        people=reader.take("people", _list(_text(60), 50), []),
        measures=reader.take("measures", _list(_measure, 500), []),
        enterprise=reader.take("enterprise", _text(120), ""),
        referred_to_enforcement=reader.take("referred_to_enforcement", _flag, False),
    )
    reader.finish()
    return draft


def _lon_lat(given: Any) -> tuple[float, float]:
    try:
        place = parse_lon_lat(str(given))
    except BadCoordinates:
        raise _Wrong from None
    return place.lon, place.lat


def photo_declared(fields: dict[str, Any], sha256: str) -> Declared:
    """What a phone says of a photo of this digest. Raises Invalid naming everything that cannot be read."""
    reader = _Reader(fields)
    place = reader.take("location", _lon_lat, None)
    declared = Declared(
        sha256=sha256,
        stage=reader.take("stage", _one_of("before", "during", "after"), "before"),
        site=reader.take("site", read_uuid, None),
        captured_at=reader.take("captured_at", _moment, None),
        source=reader.take("source", _one_of("camera", "library"), ""),
        lon=place[0] if place else None,
        lat=place[1] if place else None,
        accuracy_m=reader.take("accuracy_m", _number(0, MOST_ACCURACY), None),
        heading=reader.take("heading", _number(0, 360), None),
        filename=reader.take("filename", _text(1_000), ""),
        statement=reader.take("statement", _text(4_000), ""),
        signature=reader.take("signature", _text(120), ""),
    )
    reader.finish()
    return declared
