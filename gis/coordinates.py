"""Coordinates at the door: every given position becomes WGS 84 once, and what was given is kept beside it.

Coordinates are x (east), y (north) for every system. Nothing that is not a finite number in range leaves this module,
because the geometry library and the databases would take NaN, infinity and latitude 200 without a word.
"""

import math
from dataclasses import dataclass
from typing import NoReturn

from django.utils.translation import gettext_noop

from gis import chinese_offsets
from gis.reference_systems import UnknownSystem, epsg_code, to_degrees

__all__ = ["BadCoordinates", "Given", "ParsedPoint", "UnknownSystem", "from_wgs84", "parse_point", "to_wgs84"]

WGS84 = "wgs84"
GCJ02 = "gcj02"
BD09 = "bd09"


class BadCoordinates(ValueError):
    """Coordinates that are refused.

    `code`: missing, not_a_point, not_a_number, not_finite, three_dimensional, crs_member, out_of_range;
    `field`: the member to blame, `location` or `location.coordinates` …; `message`: a msgid for gettext.
    """

    def __init__(self, code: str, field: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class Given:
    """A position as it came: x east, y north, in `crs` (wgs84, gcj02, bd09 or EPSG:n)."""

    x: float
    y: float
    crs: str


@dataclass(frozen=True, slots=True)
class ParsedPoint:
    """A position in WGS 84 degrees, and the one it was made of."""

    lon: float
    lat: float
    given: Given


def to_wgs84(x: float, y: float, crs: str = WGS84) -> tuple[float, float]:
    """Longitude and latitude in WGS 84 degrees of x (east), y (north) in `crs`: wgs84, gcj02, bd09 or EPSG:n.

    Raises UnknownSystem for any other system, and BadCoordinates for what is not finite or out of the system's range.
    """
    if not (math.isfinite(x) and math.isfinite(y)):
        _refuse("not_finite", gettext_noop("Coordinates must be finite numbers."))
    system = system_named(crs)
    if system in (WGS84, GCJ02, BD09):
        _require_degrees(x, y)
        if system == GCJ02:
            x, y = chinese_offsets.gcj02_to_wgs84(x, y)
        elif system == BD09:
            x, y = chinese_offsets.bd09_to_wgs84(x, y)
        _require_degrees(x, y)
        return x, y
    converted = to_degrees(x, y, epsg_code(system))
    if converted is None:
        if abs(y) > 90 and abs(x) <= 90 and abs(y) <= 180:
            _refuse_swapped()
        _refuse("out_of_range", gettext_noop("The coordinates lie outside the area for which this coordinate system is made."))
    _require_degrees(*converted)
    return converted


def from_wgs84(lon: float, lat: float, crs: str) -> tuple[float, float]:
    """The same place in gcj02, bd09 or wgs84 degrees, for maps that expect it. Raises as `to_wgs84`."""
    _require_degrees(lon, lat)
    if crs == GCJ02:
        return chinese_offsets.wgs84_to_gcj02(lon, lat)
    if crs == BD09:
        return chinese_offsets.wgs84_to_bd09(lon, lat)
    if crs == WGS84:
        return lon, lat
    raise UnknownSystem(crs)


def system_named(crs: str | None) -> str:
    """The system's name as it is kept: wgs84 (also for nothing), gcj02, bd09, or EPSG:n. Raises UnknownSystem."""
    if crs is None:
        return WGS84
    if not isinstance(crs, str):
        raise UnknownSystem(type(crs).__name__)
    if crs.lower() in (WGS84, GCJ02, BD09):
        return crs.lower()
    return f"EPSG:{epsg_code(crs)}"


def parse_point(geojson: object, crs: object = None) -> ParsedPoint:
    """A GeoJSON Point, as Python reads it from JSON, in WGS 84.

    Only `{"type": "Point", "coordinates": [x, y]}` passes, with two finite numbers. The system is named by the `crs`
    beside the point (None: WGS 84), never by a member inside it.
    Raises BadCoordinates or UnknownSystem, before any geometry library has seen the values.
    """
    if geojson is None:
        _refuse("missing", gettext_noop("A position is required."), "location")
    if not isinstance(geojson, dict) or geojson.get("type") != "Point":
        _refuse(
            "not_a_point",
            gettext_noop('A position must be a GeoJSON Point: {"type": "Point", "coordinates": [x, y]}.'),
            "location",
        )
    if "crs" in geojson:
        _refuse("crs_member", gettext_noop("Name the coordinate system beside the position, not inside it."), "location.crs")
    if geojson.keys() - {"type", "coordinates", "bbox"}:
        _refuse("not_a_point", gettext_noop("The position has members that a GeoJSON Point does not have."), "location")
    coordinates = geojson.get("coordinates")
    if not isinstance(coordinates, list | tuple) or len(coordinates) < 2:
        _refuse("missing", gettext_noop("A position must have two coordinates, x (east) and y (north)."))
    if len(coordinates) > 2:
        _refuse("three_dimensional", gettext_noop("A position has two coordinates; leave out the height."))
    x, y = (_number(value) for value in coordinates)
    if crs is not None and not isinstance(crs, str):
        raise UnknownSystem(type(crs).__name__)
    system = system_named(crs)
    lon, lat = to_wgs84(x, y, system)
    return ParsedPoint(lon, lat, Given(x, y, system))


def _number(value: object) -> float:
    if value is None:
        _refuse("missing", gettext_noop("A position must have two coordinates, x (east) and y (north)."))
    if isinstance(value, bool) or not isinstance(value, int | float):
        _refuse("not_a_number", gettext_noop("Coordinates must be numbers."))
    try:
        number = float(value)
    except OverflowError:  # a whole number of hundreds of digits
        number = math.inf
    if not math.isfinite(number):
        _refuse("not_finite", gettext_noop("Coordinates must be finite numbers."))
    return number


def _require_degrees(lon: float, lat: float) -> None:
    if not (math.isfinite(lon) and math.isfinite(lat)):
        _refuse("not_finite", gettext_noop("Coordinates must be finite numbers."))
    if abs(lon) <= 90 < abs(lat) <= 180:
        _refuse_swapped()
    if abs(lon) > 180 or abs(lat) > 90:
        _refuse("out_of_range", gettext_noop("Longitude must lie between -180 and 180, latitude between -90 and 90."))


def _refuse_swapped() -> NoReturn:
    _refuse(
        "out_of_range", gettext_noop("The latitude is out of range: longitude and latitude may be swapped. Give x (east) first.")
    )


def _refuse(code: str, message: str, field: str = "location.coordinates") -> NoReturn:
    raise BadCoordinates(code, field, message)
