"""Where is it, and whose: the areas of a point at a time.

All points are WGS 84 degrees that passed `gis.coordinates`. The administrative layers together give a point at most one
area, the park layers too; protected areas and red lines may overlap, and all that hold the point are named.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import shapely
from pyproj import Geod
from shapely import Point
from shapely.geometry.base import BaseGeometry

from gis import chinese_offsets
from gis.layers.editions import AreaAt, EditionAt, KeptEdition, editions_at, kept
from gis.layers.models import Kind

__all__ = [
    "AreaAt",
    "Located",
    "area_named",
    "areas_at",
    "district_outline",
    "inside_district",
    "locate",
    "maybe_gcj02",
    "maybe_swapped",
]

# Neighbours whose shared edge has a vertex on one side only leave slivers as wide as the file's last digit (a centimetre
# with seven). A point in such a sliver belongs to the nearest area, not to nobody. Metres.
SLIVER_M = 0.05
_GEOD = Geod(ellps="WGS84")
_DIVIDING = (Kind.ADMINISTRATIVE, Kind.PARK)


@dataclass(frozen=True, slots=True)
class Located:
    """What a point lies in.

    `areas`: all, those that divide the district first; `main`: the area that answers for the point; `town`, `park`: the
    one of each kind; `nearest`, `nearest_m`: where `main` is None, the nearest town or park and its distance in metres
    along the ellipsoid, so that a caller can weigh it against the accuracy of the position (None: no layer at all).
    """

    areas: tuple[AreaAt, ...]
    main: AreaAt | None
    park: AreaAt | None
    town: AreaAt | None
    nearest: AreaAt | None
    nearest_m: float | None


def locate(lon: float, lat: float, at: datetime, *, park_wins: bool = True) -> Located:
    """The areas of a point in the editions that hold at `at`.

    A point on an edge or corner that several areas share gets the one with the smallest code, always. A hole is outside.
    Where a park lies over a town both are named, and `main` is the park if `park_wins`, else the town.
    """
    point = Point(lon, lat)
    shapes = [kept(edition) for edition in editions_at(at)]
    town = _only(shapes, point, Kind.ADMINISTRATIVE)
    park = _only(shapes, point, Kind.PARK)
    nearest, nearest_m = None, None
    if town is None and park is None:
        nearest, nearest_m = _nearest(shapes, lon, lat)
        if nearest is not None and nearest_m is not None and nearest_m <= SLIVER_M:
            town, park = (nearest, None) if nearest.kind == Kind.ADMINISTRATIVE else (None, nearest)
            nearest, nearest_m = None, None
    others = [area for one in shapes if one.edition.kind in (Kind.PROTECTED_AREA, Kind.RED_LINE) for area in one.covering(point)]
    main = (park or town) if park_wins else (town or park)
    return Located(tuple(area for area in (town, park) if area) + tuple(others), main, park, town, nearest, nearest_m)


def inside_district(lon: float, lat: float, at: datetime) -> bool:
    """Whether a town, subdistrict or park holds the point."""
    return locate(lon, lat, at).main is not None


def areas_at(at: datetime, kinds: Iterable[str] = _DIVIDING) -> list[AreaAt]:
    """All areas of the layers of these kinds (default: towns, subdistricts and parks) at that time, by layer and code."""
    chosen = set(kinds)
    return [area for edition in editions_at(at) if edition.kind in chosen for area in kept(edition).areas]


def area_named(code: str, at: datetime) -> AreaAt | None:
    """The town, subdistrict or park with a code at that time; a town before a park of the same code. None: there is none."""
    found = [area for area in areas_at(at) if area.code == code]
    return min(found, key=lambda area: (area.kind == Kind.PARK, area.layer), default=None)


def district_outline(at: datetime) -> BaseGeometry | None:
    """The towns, subdistricts and parks of that time as one geometry, WGS 84; None where no layer is loaded."""
    editions = tuple(edition for edition in editions_at(at) if edition.kind in _DIVIDING)
    return _union(editions) if editions else None


def maybe_swapped(lon: float, lat: float, at: datetime) -> bool:
    """Whether the point lies outside the district, but inside with longitude and latitude exchanged."""
    return abs(lon) <= 90 and not inside_district(lon, lat, at) and inside_district(lat, lon, at)


def maybe_gcj02(lon: float, lat: float, at: datetime) -> bool:
    """Whether the point, given as WGS 84, lies outside the district, but inside when it is taken as GCJ-02."""
    return not inside_district(lon, lat, at) and inside_district(*chinese_offsets.gcj02_to_wgs84(lon, lat), at)


def _only(shapes: list[KeptEdition], point: Point, kind: Kind) -> AreaAt | None:
    held = [area for one in shapes if one.edition.kind == kind for area in one.covering(point)]
    return min(held, key=_order, default=None)


def _order(area: AreaAt) -> tuple[str, str]:
    return area.code, area.layer


def _nearest(shapes: list[KeptEdition], lon: float, lat: float) -> tuple[AreaAt | None, float | None]:
    """The nearest area that divides the district and the metres to it; of equally near ones a town, and the smallest code."""
    # Degrees of longitude are shorter than degrees of latitude: the nearest is looked for in a plane stretched to be
    # even around the point, and its distance then measured on the ellipsoid.
    stretch = max(math.cos(math.radians(lat)), 0.01)
    best: tuple[float, bool, tuple[str, str], AreaAt] | None = None
    for one in shapes:
        if one.edition.kind not in _DIVIDING or not one.areas:
            continue
        point = Point(lon * stretch, lat)
        for area, shape in zip(one.areas, one.shapes, strict=True):
            flat = shapely.transform(shape, lambda xy: xy * (stretch, 1.0))
            touch = shapely.get_coordinates(shapely.shortest_line(point, flat))[1]
            metres = _GEOD.inv(lon, lat, touch[0] / stretch, touch[1])[2]
            candidate = (round(metres, 3), area.kind == Kind.PARK, _order(area), area)
            if best is None or candidate[:3] < best[:3]:
                best = candidate
    return (best[3], best[0]) if best else (None, None)


@lru_cache(maxsize=8)
def _union(editions: tuple[EditionAt, ...]) -> BaseGeometry:
    united: BaseGeometry = shapely.union_all([shape for edition in editions for shape in kept(edition).shapes])
    return united
