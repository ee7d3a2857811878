"""Coordinate reference systems by EPSG code, looked up in PROJ's own database and nowhere else.

GDAL and PROJ are never given a text that came from outside: only a whole number that was found in the database. All
conversions take x (east), y (north), whatever order the authority defines, and end in WGS 84 degrees.
"""

import math
import re
import threading
from functools import lru_cache

from django.utils.translation import gettext_noop
from pyproj import CRS, Transformer
from pyproj.aoi import AreaOfUse
from pyproj.exceptions import CRSError, ProjError

_CODE = re.compile(r"(?:EPSG:)?([0-9]{4,6})", re.IGNORECASE | re.ASCII)
# A system is used a little beyond the area for which it was made: a district that lies across the edge of a zone.
MARGIN = 3.0
_WGS84 = 4326
_CGCS2000 = 4490
_local = threading.local()


class UnknownSystem(ValueError):
    """A coordinate system that is none of wgs84, gcj02, bd09 and the two-dimensional systems of the EPSG register."""

    code = "unknown_system"
    field = "crs"
    message = gettext_noop("Unknown coordinate system. Use wgs84, gcj02, bd09 or EPSG: and a number.")

    def __init__(self, given: str) -> None:
        super().__init__(f"unknown coordinate system: {given[:40]!r}")
        self.given = given[:40]


class NoTransformation(UnknownSystem):
    """A system of the register from which no way to WGS 84 is published (Xian 1980, for one), so that a guess would be off."""

    message = gettext_noop(
        "No published transformation leads from this coordinate system to WGS 84. Convert the data to CGCS2000 (EPSG:4490) first."
    )


def epsg_code(name: str) -> int:
    """The number in `EPSG:n`, found in the register as a geographic or projected system of two axes; else UnknownSystem."""
    found = _CODE.fullmatch(name)
    if found is None or not _is_known(int(found[1])):
        raise UnknownSystem(name)
    return int(found[1])


def to_degrees(x: float, y: float, epsg: int) -> tuple[float, float] | None:
    """WGS 84 longitude and latitude of x (east), y (north); None where they lie outside what the system is made for."""
    lon, lat = transformer(epsg).transform(x, y)
    if not (math.isfinite(lon) and math.isfinite(lat)) or not within_use(lon, lat, epsg):
        return None
    return float(lon), float(lat)


def within_use(lon: float, lat: float, epsg: int) -> bool:
    """Whether a place lies in, or up to MARGIN degrees beside, the area that the register gives for the system."""
    area = _area_of_use(epsg)
    if area is None:
        return True
    if not area.south - MARGIN <= lat <= area.north + MARGIN:
        return False
    if area.west <= area.east:
        return area.west - MARGIN <= lon <= area.east + MARGIN
    return lon >= area.west - MARGIN or lon <= area.east + MARGIN


def transformer(epsg: int) -> Transformer:
    """From a system of the register to WGS 84 degrees, x (east) first. One for each thread: PROJ's are not to be shared."""
    kept: dict[int, Transformer] = _local.__dict__.setdefault("transformers", {})
    if epsg not in kept:
        system = CRS.from_epsg(epsg)
        geographic = system.geodetic_crs
        # The axes of CGCS2000 are those of the frame that WGS 84 follows, to some centimetres: the degrees are the same,
        # and the register holds no transformation to say so.
        target = _CGCS2000 if geographic is not None and geographic.to_epsg() == _CGCS2000 else _WGS84
        try:
            # With ballpark allowed PROJ ignores the difference of two datums, a hundred metres, without a word.
            kept[epsg] = Transformer.from_crs(system, CRS.from_epsg(target), always_xy=True, allow_ballpark=False)
        except ProjError:
            raise NoTransformation(f"EPSG:{epsg}") from None
    return kept[epsg]


@lru_cache(maxsize=1024)
def _is_known(epsg: int) -> bool:
    try:
        system = CRS.from_authority("EPSG", epsg)
    except CRSError:
        return False
    return (system.is_geographic or system.is_projected) and not system.is_compound and len(system.axis_info) == 2


@lru_cache(maxsize=1024)
def is_geographic(epsg: int) -> bool:
    """Whether a system of the register is one of degrees (True) or of metres in a plane."""
    return CRS.from_epsg(epsg).is_geographic


@lru_cache(maxsize=1024)
def _area_of_use(epsg: int) -> AreaOfUse | None:
    area = CRS.from_epsg(epsg).area_of_use
    return AreaOfUse(area.west, area.south, area.east, area.north) if area else None
