"""GeoJSON (RFC 7946), read by us: the usual library obeys a `crs` member and takes NaN, and we must not."""

import json
import math
import re
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from gis.layers.opening import MAX_VERTICES, too_many_vertices
from gis.layers.raw import RawLayer, RawRow, Ring
from gis.layers.refusals import LayerRefused

_CRS_NAMES = re.compile(
    r"(?:urn:ogc:def:crs:)?(?:(OGC):(?:1\.3)?:?CRS84|EPSG:(?:[0-9.]*:)?([0-9]{4,6}))", re.IGNORECASE | re.ASCII
)
_RINGS = {"Polygon": 0, "MultiPolygon": 1}
_LINES = {"LineString": 0, "MultiLineString": 1}


class _BadPosition(ValueError):
    pass


def read(path: Path) -> RawLayer:
    """The features of a FeatureCollection, or of a single Feature. Raises LayerRefused for what is no GeoJSON."""
    content = path.read_bytes()
    # Every vertex opens a bracket and every member has a comma: counted before anything is built.
    if content.count(b"[") > 2 * MAX_VERTICES or content.count(b",") > 6 * MAX_VERTICES:
        raise too_many_vertices()
    try:
        document = json.loads(content.decode("utf-8-sig"), parse_constant=_no_constant, object_pairs_hook=_no_doubles)
    except (ValueError, RecursionError) as error:
        raise LayerRefused.because("not_json", _("The file is not valid JSON in UTF-8.")) from error
    kind = document.get("type") if isinstance(document, dict) else None
    features = document.get("features") if kind == "FeatureCollection" else [document] if kind == "Feature" else None
    if not isinstance(features, list):
        raise LayerRefused.because("not_geojson", _("The file is not a GeoJSON FeatureCollection."))
    declared, words = _declared(document.get("crs"))
    return RawLayer([_row(number, feature) for number, feature in enumerate(features, start=1)], declared, words)


def _row(number: int, feature: Any) -> RawRow:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return RawRow(number, {}, problem="not_a_feature")
    properties = feature.get("properties")
    fields: dict[str, object] = dict(properties) if isinstance(properties, dict) else {}
    if "id" in feature:
        fields.setdefault("id", feature["id"])
    geometry = feature.get("geometry")
    if geometry is None:
        return RawRow(number, fields, problem="empty")
    if not isinstance(geometry, dict):
        return RawRow(number, fields, problem="bad_coordinates")
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in _RINGS and kind not in _LINES:
        return RawRow(number, fields, problem="not_a_polygon")
    if "crs" in geometry:
        return RawRow(number, fields, problem="crs_in_geometry")
    if not coordinates:
        return RawRow(number, fields, problem="empty")
    heights: list[bool] = []
    try:
        if kind in _RINGS:
            parts = _list(coordinates) if _RINGS[kind] else [coordinates]
            polygons = [[_ring(ring, heights) for ring in _list(part)] for part in parts]
            return RawRow(number, fields, polygons=polygons, had_height=bool(heights))
        lines = [_ring(line, heights) for line in (_list(coordinates) if _LINES[kind] else [coordinates])]
        return RawRow(number, fields, lines=lines, had_height=bool(heights))
    except _BadPosition:
        return RawRow(number, fields, problem="bad_coordinates")
    except OverflowError:
        return RawRow(number, fields, problem="not_finite")


def _ring(ring: Any, heights: list[bool]) -> Ring:
    return [_position(position, heights) for position in _list(ring)]


def _position(position: Any, heights: list[bool]) -> tuple[float, float]:
    if not isinstance(position, list) or not 2 <= len(position) <= 4:
        raise _BadPosition
    for value in position[:2]:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _BadPosition
    x, y = float(position[0]), float(position[1])
    if not (math.isfinite(x) and math.isfinite(y)):  # 1e999 is valid JSON
        raise OverflowError
    if len(position) > 2 and not heights:
        heights.append(True)
    return x, y


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _BadPosition
    return value


def _declared(member: Any) -> tuple[str | None, str]:
    """The system that a `crs` member of the older GeoJSON names, and its words where they are not understood."""
    if member is None:
        return None, ""
    properties = member.get("properties") if isinstance(member, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    found = _CRS_NAMES.fullmatch(name) if isinstance(name, str) else None
    if found is None:
        return None, str(name if isinstance(name, str) else "crs")[:80]
    return ("EPSG:4326" if found[1] else f"EPSG:{int(found[2])}"), ""


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name occurs twice")
    return members
