"""From rings as they stand in a file to valid geometry: what can be mended is mended and said, the rest is refused."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LinearRing, MultiLineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gis.layers.measuring import area_m2
from gis.layers.raw import Points


@dataclass(frozen=True, slots=True)
class Mended:
    """A valid geometry, the codes of what was done to it, and its square metres before and after."""

    geometry: MultiPolygon
    mends: tuple[str, ...]
    before_m2: float
    after_m2: float


class NotMendable(ValueError):
    """A geometry of which nothing is left: its rings have no area. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def mended_polygons(polygons: Sequence[Sequence[Points]]) -> Mended:
    """A valid MultiPolygon of rings in WGS 84 degrees; the first ring of each polygon is the outer one.

    An open ring is closed; crossing, spiked and nested rings are made valid. Raises NotMendable where no area is left, and
    where a polygon would span half the globe, which is what a jump over the antimeridian looks like.
    """
    mends: list[str] = []
    built = [_polygon(rings, mends) for rings in polygons if rings]
    if not built:
        raise NotMendable("empty")
    given = MultiPolygon(built)
    west, _south, east, _north = shapely.bounds(given)
    if east - west > 180:
        raise NotMendable("crosses_antimeridian")
    before = area_m2(given)
    whole: BaseGeometry = given
    if not shapely.is_valid(given):
        whole = shapely.make_valid(given, method="structure", keep_collapsed=False)
        mends.append("made_valid")
    parts = [part for part in shapely.get_parts(whole) if isinstance(part, Polygon) and not part.is_empty]
    after = sum(area_m2(part) for part in parts)
    if after < 0.01:  # a square of ten centimetres: nothing that a boundary encloses
        raise NotMendable("zero_area")
    # One direction of rings for all (outer ones counterclockwise), as GeoJSON wants it.
    return Mended(MultiPolygon([shapely.orient_polygons(part) for part in parts]), tuple(dict.fromkeys(mends)), before, after)


def joined_lines(lines: Sequence[Points]) -> MultiLineString:
    """Lines of at least two different points; raises NotMendable where none is left."""
    kept = [line for line in lines if len(line) > 1 and len(np.unique(line, axis=0)) > 1]
    if not kept:
        raise NotMendable("empty")
    return MultiLineString(kept)


def _polygon(rings: Sequence[Points], mends: list[str]) -> Polygon:
    closed: list[LinearRing] = []
    for ring in rings:
        points = ring
        if len(points) and not np.array_equal(points[0], points[-1]):
            points = np.vstack([points, points[:1]])
            mends.append("ring_closed")
        if len(np.unique(points, axis=0)) < 3:
            if not closed:
                raise NotMendable("zero_area")
            mends.append("hole_dropped")  # a hole without area is no hole
            continue
        closed.append(LinearRing(points))
    return Polygon(closed[0], closed[1:])
