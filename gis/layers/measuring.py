"""Areas and distances on the WGS 84 ellipsoid, in metres, of geometries in degrees."""

import shapely
from pyproj import Geod
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

_GEOD = Geod(ellps="WGS84")


def area_m2(geometry: BaseGeometry) -> float:
    """Square metres of all polygons of a geometry; holes are taken off, whatever way the rings run."""
    return sum(_polygon_m2(part) for part in shapely.get_parts(geometry) if isinstance(part, Polygon))


def distance_m(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Metres between two places."""
    return float(_GEOD.inv(lon, lat, other_lon, other_lat)[2])


def _polygon_m2(polygon: Polygon) -> float:
    rings = [polygon.exterior, *polygon.interiors]
    sizes = [abs(_GEOD.polygon_area_perimeter(*ring.coords.xy)[0]) for ring in rings if not ring.is_empty]
    return float(sizes[0] - sum(sizes[1:])) if sizes else 0.0
