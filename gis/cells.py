"""The cell key of a point: one integer that orders points so that every map tile is one range of keys.

The key is the Morton code (x and y interleaved, x in the even bits) of the point's tile at zoom 24 of the Web Mercator
scheme (EPSG:3857, y growing to the south). It has 48 bits, so it fits a signed 64-bit column on both databases, and
`parent` is a shift. Every function is arithmetic on WGS 84 degrees: no database, no geometry library.
"""

import math
from typing import NamedTuple

ZOOM = 24
LATITUDE_LIMIT = 85.051128779806592  # where Web Mercator's square ends; points beyond are kept in the outermost row
_SIDE = 1 << ZOOM


class Tile(NamedTuple):
    """A tile's place in the scheme: zoom, column from the west, row from the north."""

    z: int
    x: int
    y: int


class Bounds(NamedTuple):
    """WGS 84 degrees."""

    west: float
    south: float
    east: float
    north: float


def cell_of(lon: float, lat: float) -> int:
    """Key of a point in WGS 84 degrees. Latitudes beyond Mercator's limit are clipped to it.

    Raises ValueError for what is not finite or lies out of range: such a point must not have come this far.
    """
    if not (math.isfinite(lon) and math.isfinite(lat)) or abs(lon) > 180 or abs(lat) > 90:
        raise ValueError(f"not a place on earth: {lon!r}, {lat!r}")
    lat = min(max(lat, -LATITUDE_LIMIT), LATITUDE_LIMIT)
    x = math.floor((lon + 180.0) / 360.0 * _SIDE)
    y = math.floor((0.5 - math.asinh(math.tan(math.radians(lat))) / (2.0 * math.pi)) * _SIDE)
    return _spread(min(max(x, 0), _SIDE - 1)) | _spread(min(max(y, 0), _SIDE - 1)) << 1


def cell_range(z: int, x: int, y: int) -> tuple[int, int]:
    """Lowest and highest key inside a tile, both included: `filter(cell__range=cell_range(z, x, y))`.

    Raises ValueError for a tile that does not exist, or a zoom above 24.
    """
    if not 0 <= z <= ZOOM or not 0 <= x < 1 << z or not 0 <= y < 1 << z:
        raise ValueError(f"no such tile: {z}/{x}/{y}")
    shift = 2 * (ZOOM - z)
    low = (_spread(x) | _spread(y) << 1) << shift
    return low, low + (1 << shift) - 1


def parent(cell: int, z: int) -> int:
    """The key's ancestor at zoom z (0…24): equal for all points of one tile. In SQL: `cell >> (2 * (24 - z))`."""
    if not 0 <= z <= ZOOM:
        raise ValueError(f"no such zoom: {z}")
    return cell >> (2 * (ZOOM - z))


def tile_of(cell: int, z: int) -> Tile:
    """The tile of zoom z that a key lies in."""
    ancestor = parent(cell, z)
    return Tile(z, _gather(ancestor), _gather(ancestor >> 1))


def ranges_covering(west: float, south: float, east: float, north: float, most: int = 32) -> list[tuple[int, int]]:
    """Ranges of keys, both ends included and none touching the next, that together hold every point of a box.

    The box is WGS 84 degrees with west <= east and south <= north. It is covered by the smallest tiles of which `most` are
    enough, so the ranges hold points beside the box too.
    """
    corners = cell_of(west, north), cell_of(east, south)
    for z in range(ZOOM, -1, -1):
        (_z, left, top), (_z, right, bottom) = (tile_of(cell, z) for cell in corners)
        if (right - left + 1) * (bottom - top + 1) <= most:
            break
    merged: list[tuple[int, int]] = []
    for low, high in sorted(cell_range(z, x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)):
        if merged and merged[-1][1] + 1 == low:
            merged[-1] = (merged[-1][0], high)
        else:
            merged.append((low, high))
    return merged


def bounds_of(z: int, x: int, y: int) -> Bounds:
    """The tile's edges in WGS 84 degrees."""
    side = 1 << z
    return Bounds(x / side * 360.0 - 180.0, _latitude((y + 1) / side), (x + 1) / side * 360.0 - 180.0, _latitude(y / side))


def _latitude(row: float) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1.0 - 2.0 * row))))


def _spread(value: int) -> int:
    """The lower 32 bits of a number, a zero put between each two."""
    value &= 0xFFFFFFFF
    value = (value | value << 16) & 0x0000FFFF0000FFFF
    value = (value | value << 8) & 0x00FF00FF00FF00FF
    value = (value | value << 4) & 0x0F0F0F0F0F0F0F0F
    value = (value | value << 2) & 0x3333333333333333
    return (value | value << 1) & 0x5555555555555555


def _gather(value: int) -> int:
    """The even bits of a number, closed up: what `_spread` spread."""
    value &= 0x5555555555555555
    value = (value | value >> 1) & 0x3333333333333333
    value = (value | value >> 2) & 0x0F0F0F0F0F0F0F0F
    value = (value | value >> 4) & 0x00FF00FF00FF00FF
    value = (value | value >> 8) & 0x0000FFFF0000FFFF
    return (value | value >> 16) & 0x00000000FFFFFFFF
