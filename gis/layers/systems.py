"""Whole rings into WGS 84 degrees. The same coordinate always gives the same degrees, so shared edges stay shared."""

import numpy as np

from gis.coordinates import BadCoordinates, to_wgs84
from gis.layers.raw import Points
from gis.reference_systems import epsg_code, is_geographic, transformer, within_use

# A conversion leaves noise in the last digits: a tenth of a millimetre is kept, so that the zones of a grid agree.
_DECIMALS = 9
_SAME_DEGREES = (4326, 4490)


class OutsideSystem(ValueError):
    """Coordinates that the declared system cannot have."""


def degrees_of(points: Points, system: str) -> Points:
    """An (n, 2) array of x (east), y (north) in `system` as WGS 84 longitude, latitude. Raises OutsideSystem."""
    if not len(points):
        return points
    if not np.isfinite(points).all():
        raise OutsideSystem
    if system in ("gcj02", "bd09"):
        try:
            return np.round([to_wgs84(float(x), float(y), system) for x, y in points], _DECIMALS)
        except BadCoordinates as error:
            raise OutsideSystem from error
    epsg = epsg_code(system)
    in_degrees = (np.abs(points[:, 0]) <= 180).all() and (np.abs(points[:, 1]) <= 90).all()
    # Degrees in a file that claims metres would all land beside the origin of the projection, off West Africa or nowhere.
    if is_geographic(epsg) != in_degrees:
        raise OutsideSystem
    lon, lat = transformer(epsg).transform(points[:, 0], points[:, 1])
    degrees = np.column_stack([lon, lat])
    if epsg not in _SAME_DEGREES:
        degrees = np.round(degrees, _DECIMALS)
    if not np.isfinite(degrees).all() or (np.abs(lat) > 90).any() or (np.abs(lon) > 180).any():
        raise OutsideSystem
    corners = [
        (west_or_east, south_or_north) for west_or_east in (lon.min(), lon.max()) for south_or_north in (lat.min(), lat.max())
    ]
    if not all(within_use(float(x), float(y), epsg) for x, y in corners):
        raise OutsideSystem
    return degrees
