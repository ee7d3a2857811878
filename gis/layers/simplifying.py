"""Fewer vertices for maps and phones, with edges that neighbours share staying identical."""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely import LineString, MultiLineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

# About twenty metres. Six decimals of a degree are ten centimetres, eight a millimetre.
TOLERANCE = 2e-4
SIMPLE_DECIMALS = 6
FULL_DECIMALS = 8


def simplified_together(shapes: Sequence[BaseGeometry], tolerance: float = TOLERANCE) -> list[BaseGeometry]:
    """The shapes of one layer, simplified by about `tolerance` degrees.

    Where they fit together as a coverage, each shared edge is simplified once, for both sides. Where they overlap, each is
    simplified alone, without changing its topology. No shape vanishes.
    """
    given = np.array(shapes, dtype=object)
    polygons = len(given) > 0 and bool(np.isin(shapely.get_type_id(given), (3, 6)).all())
    if polygons and shapely.coverage_is_valid(given):
        simple = shapely.coverage_simplify(given, tolerance)
    else:
        simple = shapely.simplify(given, tolerance, preserve_topology=True)
    return [_multi(small) if not small.is_empty and small.is_valid else whole for small, whole in zip(simple, given, strict=True)]


def _multi(shape: BaseGeometry) -> BaseGeometry:
    """The library takes a collection of one apart; clients get the same type for every area."""
    if isinstance(shape, Polygon):
        return MultiPolygon([shape])
    return MultiLineString([shape]) if isinstance(shape, LineString) else shape


def geojson_of(shape: BaseGeometry, decimals: int) -> str:
    """The geometry as GeoJSON text. A coordinate is rounded alone, so that it is the same in every shape that has it."""
    rounded = shapely.transform(shape, lambda xy: np.round(xy, decimals))
    return str(shapely.to_geojson(rounded))
