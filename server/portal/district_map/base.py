"""The drawn base of the map: areas, waters, roads from our own layers, so that it needs no tile from anywhere.

It holds nothing of any problem: everybody who may sign in gets the same, and a browser keeps it until an edition changes.
"""

import json
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from math import atan2, cos, degrees, radians

import shapely
from shapely.geometry.base import BaseGeometry

from gis.layers.models import Kind
from gis.layers.outlines import Outline, outlines

_AREA_KINDS = (Kind.PARK.value, Kind.ADMINISTRATIVE.value)  # where they overlap the first wins (Article 3: the park)
_LINES = ("LineString", "MultiLineString")


def drawn_base(at: datetime) -> tuple[str, str]:
    """The base as GeoJSON text and its tag. A feature's properties: `code, name, layer, kind`, and for what bears a name on the
    map `at: [lon, lat]`, a place well inside it, and for a line `turn`, the direction there in degrees clockwise.
    """
    shown = outlines(at)
    return _written(tuple(shown))


@lru_cache(maxsize=4)
def _written(shown: tuple[Outline, ...]) -> tuple[str, str]:
    shapes = {one: shapely.from_geojson(one.geometry) for one in shown}
    parks = shapely.union_all([shape for one, shape in shapes.items() if one.area.kind == Kind.PARK])
    places = {
        one: _inside(shape.difference(parks) if one.area.kind == Kind.ADMINISTRATIVE else shape)
        for one, shape in shapes.items()
        if shape.geom_type not in _LINES
    }
    taken = shapely.MultiPoint([place for one, place in places.items() if one.area.kind in _AREA_KINDS])
    features = []
    for one, shape in shapes.items():
        area = one.area
        properties: dict[str, object] = {"code": area.code, "name": area.name, "layer": area.layer, "kind": area.kind}
        if one in places:
            properties["at"] = places[one]
        else:
            properties |= _along(shape, taken)
        features.append(
            f'{{"type":"Feature","geometry":{one.geometry},"properties":{json.dumps(properties, ensure_ascii=False)}}}'
        )
    text = f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'
    return text, sha256(text.encode()).hexdigest()[:32]


def _inside(shape: BaseGeometry) -> list[float]:
    """The middle of the largest circle that fits: where a name or a ring has room."""
    if shape.is_empty:  # a town that the park covers whole
        return [0.0, 0.0]
    radii = shapely.maximum_inscribed_circle([shape], tolerance=0.002)
    x, y = shapely.get_coordinates(radii)[0]
    return [round(float(x), 6), round(float(y), 6)]


def _along(shape: BaseGeometry, taken: BaseGeometry) -> dict[str, object]:
    """A place on the longest part of a line, far from what bears a name already, and which way the line runs there."""
    longest = max(shapely.get_parts(shape), key=lambda part: part.length)
    shares = [n / 100 for n in range(14, 88, 4)]
    best = max(shares, key=lambda share: longest.interpolate(share, normalized=True).distance(taken))
    before, middle, after = (longest.interpolate(best + step, normalized=True) for step in (-0.04, 0, 0.04))
    return {"at": [round(middle.x, 6), round(middle.y, 6)], "turn": round(_turn(before, after, shrink=cos(radians(middle.y))))}


def _turn(start: shapely.Point, end: shapely.Point, *, shrink: float) -> float:
    """Degrees clockwise from east on the screen, between −90 and 90, so that no name stands on its head."""
    angle = -degrees(atan2(end.y - start.y, (end.x - start.x) * shrink))
    return angle - 180 if angle > 90 else angle + 180 if angle < -90 else angle


def area_names(at: datetime) -> dict[str, str]:
    """Code → name of the towns, subdistricts and the park, in the order of their codes."""
    return {one.area.code: one.area.name for one in outlines(at, kinds=_AREA_KINDS)}
