"""Do the areas of a layer fit together? Overlaps and gaps above a tolerance, to be reported, never mended silently."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from django.utils.translation import gettext as _
from shapely import MultiPolygon, Polygon, STRtree
from shapely.geometry.base import BaseGeometry

from gis.layers.measuring import area_m2
from gis.layers.reading import ReadArea, Report

TOLERANCE_M2 = 100.0
# A gap that is open to the outside is found where it is narrower than this: about fifty metres.
OPEN_GAP_WIDTH = 5e-4


@dataclass(frozen=True, slots=True)
class Flaw:
    """An overlap of two areas or a gap between the areas named, its square metres, and a WGS 84 point inside it."""

    kind: Literal["overlap", "gap"]
    codes: tuple[str, ...]
    area_m2: float
    lon: float
    lat: float


def flaws_of(areas: Sequence[ReadArea], tolerance_m2: float = TOLERANCE_M2) -> list[Flaw]:
    """Overlaps and gaps larger than `tolerance_m2`, the largest first. A hole that one area has of its own is no gap."""
    found = [*_overlaps(areas, tolerance_m2), *_gaps(areas, tolerance_m2)]
    return sorted(found, key=lambda flaw: -flaw.area_m2)


def report_flaws(areas: Sequence[ReadArea], report: Report, tolerance_m2: float = TOLERANCE_M2) -> None:
    """Add a line to the report for each flaw."""
    for flaw in flaws_of(areas, tolerance_m2):
        values = {"codes": ", ".join(flaw.codes), "area": flaw.area_m2, "lon": flaw.lon, "lat": flaw.lat}
        if flaw.kind == "overlap":
            report.add("overlap", _("%(codes)s overlap by %(area).0f m² near %(lon).6f, %(lat).6f.") % values)
        else:
            report.add("gap", _("A gap of %(area).0f m² lies between %(codes)s near %(lon).6f, %(lat).6f.") % values)


def _overlaps(areas: Sequence[ReadArea], tolerance_m2: float) -> list[Flaw]:
    shapes = np.array([area.geometry for area in areas], dtype=object)
    pairs = STRtree(shapes).query(shapes, predicate="intersects")
    flaws: list[Flaw] = []
    for one, other in pairs.T:
        if one < other:
            common = shapely.intersection(shapes[one], shapes[other])
            if area_m2(common) > tolerance_m2:
                flaws.append(_flaw("overlap", (areas[one].code, areas[other].code), common))
    return flaws


def _gaps(areas: Sequence[ReadArea], tolerance_m2: float) -> list[Flaw]:
    shapes = np.array([area.geometry for area in areas], dtype=object)
    united = shapely.union_all(shapes)
    enclosed = [Polygon(ring) for part in shapely.get_parts(united) if isinstance(part, Polygon) for ring in part.interiors]
    # Narrow gaps that reach the outside: what the union gains when it is widened and narrowed again. Corners are left as
    # they are by mitred joins, so only real slits are gained.
    widened = shapely.buffer(united, OPEN_GAP_WIDTH / 2, join_style="mitre", mitre_limit=2)
    narrowed = shapely.buffer(widened, -OPEN_GAP_WIDTH / 2, join_style="mitre", mitre_limit=2)
    gained = shapely.difference(narrowed, shapely.union_all([united, *enclosed]))
    flaws: list[Flaw] = []
    for gap in [*enclosed, *(part for part in shapely.get_parts(gained) if isinstance(part, Polygon))]:
        size = area_m2(gap)
        if size > tolerance_m2:
            touched = STRtree(shapes).query(shapely.buffer(gap, 1e-7), predicate="intersects")
            if len(touched) > 1:  # a hole or a notch of one area alone is its own shape
                flaws.append(_flaw("gap", tuple(areas[index].code for index in sorted(touched)), gap))
    return flaws


def _flaw(kind: Literal["overlap", "gap"], codes: tuple[str, ...], shape: BaseGeometry) -> Flaw:
    polygons = MultiPolygon([part for part in shapely.get_parts(shape) if isinstance(part, Polygon)])
    inside = shapely.point_on_surface(polygons)
    return Flaw(kind, codes, area_m2(polygons), inside.x, inside.y)
