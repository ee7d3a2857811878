"""Areas and distances on the WGS 84 ellipsoid, in metres, of geometries in degrees."""

import math

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

_GEOD = Geod(ellps="WGS84")
_POLAR_RADIUS = 6356752.314245
_ECCENTRICITY = 0.0818191908426215


def area_m2(geometry: BaseGeometry) -> float:
    """Square metres of all polygons of a geometry; holes are taken off, whatever way the rings run.

    Edges are straight in degrees, as the geometry library takes them, not the shortest ways over the ellipsoid: so points
    in one line enclose nothing, and the parts of an area add up to it.
    """
    return sum(_polygon_m2(part) for part in shapely.get_parts(geometry) if isinstance(part, Polygon) and not part.is_empty)


def distance_m(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Metres between two places."""
    return float(_GEOD.inv(lon, lat, other_lon, other_lat)[2])


def _polygon_m2(polygon: Polygon) -> float:
    return _ring_m2(polygon.exterior) - sum(_ring_m2(ring) for ring in polygon.interiors)


def _ring_m2(ring: BaseGeometry) -> float:
    """Green's theorem along the edges, each by Simpson's rule."""
    degrees = shapely.get_coordinates(ring)
    lon, lat = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
    zone, middle = _zone_m2(lat), _zone_m2((lat[:-1] + lat[1:]) / 2)
    start = zone[0]  # taken off, so that small rings do not drown in the area down to the equator
    return float(abs(np.sum((zone[:-1] + 4 * middle + zone[1:] - 6 * start) / 6 * np.diff(lon))))


def _zone_m2(lat: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Square metres from the equator to a latitude (radians), for one radian of longitude."""
    sine = np.sin(lat)
    part: npt.NDArray[np.float64] = sine / (1 - (_ECCENTRICITY * sine) ** 2) + np.arctanh(_ECCENTRICITY * sine) / _ECCENTRICITY
    return math.pow(_POLAR_RADIUS, 2) / 2 * part
