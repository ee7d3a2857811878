"""GCJ-02 and BD-09: the two offset systems of Chinese map services, to and from WGS 84.

GCJ-02 has no published definition. The forward formula here is the one that has been public since 2013 and that map
services were measured against (see "Restrictions on geographic data in China", section "GCJ-02", in Wikipedia, and the
survey paper of the eviltransform project): a sum of sines in metres, laid on the Krasovsky 1940 ellipsoid.
BD-09 is GCJ-02 turned and stretched by a second, published formula. Neither has a closed inverse, so both are inverted by
iteration until the next step is far below a millimetre. Outside the rectangle in which the services shift, nothing changes.
"""

import math
from collections.abc import Callable

# Krasovsky 1940: equatorial radius in metres and first eccentricity squared.
_RADIUS = 6378245.0
_ECCENTRICITY = 0.00669342162296594323
# The rectangle of the public formula, degrees. It is wider than the country and used by every known implementation.
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
_CONVERGED = 1e-11  # degrees: about a micrometre
_STEPS = 30  # each step shrinks the error some thousandfold; three or four are enough

_BD_TURN = math.pi * 3000.0 / 180.0
_BD_EAST, _BD_NORTH = 0.0065, 0.006


def wgs84_to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """Degrees to degrees. Unchanged outside the rectangle in which the services shift."""
    return _shift(lon, lat) if _shifted_there(lon, lat) else (lon, lat)


def gcj02_to_wgs84(lon: float, lat: float) -> tuple[float, float]:
    """Inverse of `wgs84_to_gcj02`, to well under a centimetre."""
    return _invert(_shift, lon, lat) if _shifted_there(lon, lat) else (lon, lat)


def wgs84_to_bd09(lon: float, lat: float) -> tuple[float, float]:
    """Degrees to degrees. Unchanged outside the rectangle in which the services shift."""
    return _turn(*_shift(lon, lat)) if _shifted_there(lon, lat) else (lon, lat)


def bd09_to_wgs84(lon: float, lat: float) -> tuple[float, float]:
    """Inverse of `wgs84_to_bd09`, to well under a centimetre."""
    return gcj02_to_wgs84(*_invert(_turn, lon, lat)) if _shifted_there(lon, lat) else (lon, lat)


def _shifted_there(lon: float, lat: float) -> bool:
    return _WEST <= lon <= _EAST and _SOUTH <= lat <= _NORTH


def _invert(forward: Callable[[float, float], tuple[float, float]], lon: float, lat: float) -> tuple[float, float]:
    """The place that `forward` sends to (lon, lat). Its shift varies slowly, so taking it off again and again converges."""
    x, y = lon, lat
    for _ in range(_STEPS):
        east, north = forward(x, y)
        step_x, step_y = lon - east, lat - north
        x, y = x + step_x, y + step_y
        if abs(step_x) < _CONVERGED and abs(step_y) < _CONVERGED:
            break
    return x, y


def _shift(lon: float, lat: float) -> tuple[float, float]:
    x, y = lon - 105.0, lat - 35.0
    root, product = math.sqrt(abs(x)), x * y
    fine = 20.0 * math.sin(6.0 * math.pi * x) + 20.0 * math.sin(2.0 * math.pi * x)
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * product + 0.1 * root
    east += (fine + 20.0 * math.sin(math.pi * x) + 40.0 * math.sin(math.pi * x / 3.0)) * 2.0 / 3.0
    east += (150.0 * math.sin(math.pi * x / 12.0) + 300.0 * math.sin(math.pi * x / 30.0)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * product + 0.2 * root
    north += (fine + 20.0 * math.sin(math.pi * y) + 40.0 * math.sin(math.pi * y / 3.0)) * 2.0 / 3.0
    north += (160.0 * math.sin(math.pi * y / 12.0) + 320.0 * math.sin(math.pi * y / 30.0)) * 2.0 / 3.0
    # Metres to degrees, with the ellipsoid's two radii of curvature at this latitude.
    latitude = math.radians(lat)
    flattening = 1.0 - _ECCENTRICITY * math.sin(latitude) ** 2
    meridian = _RADIUS * (1.0 - _ECCENTRICITY) / (flattening * math.sqrt(flattening))
    parallel = _RADIUS / math.sqrt(flattening) * math.cos(latitude)
    return lon + math.degrees(east / parallel), lat + math.degrees(north / meridian)


def _turn(lon: float, lat: float) -> tuple[float, float]:
    distance = math.hypot(lon, lat) + 0.00002 * math.sin(lat * _BD_TURN)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * _BD_TURN)
    return distance * math.cos(angle) + _BD_EAST, distance * math.sin(angle) + _BD_NORTH
