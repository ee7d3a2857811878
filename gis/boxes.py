"""Boxes and places written as text, as they stand in an address: `bbox=west,south,east,north`, `near=lon,lat`."""

import math
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from gis.cells import ranges_covering
from gis.coordinates import BadCoordinates, Given, ParsedPoint, to_wgs84


@dataclass(frozen=True, slots=True)
class Box:
    """WGS 84 degrees, edges included. West greater than east: the box crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def parts(self) -> list["Box"]:
        """The same as one or two boxes that do not cross the antimeridian."""
        if self.west <= self.east:
            return [self]
        return [Box(self.west, self.south, 180.0, self.north), Box(-180.0, self.south, self.east, self.north)]

    def holds(self, lon: float, lat: float) -> bool:
        """Whether a place lies in the box."""
        return any(part.west <= lon <= part.east and part.south <= lat <= part.north for part in self.parts())

    def cell_ranges(self) -> list[tuple[int, int]]:
        """Ranges of cell keys (both ends included) that hold all points of the box, and some beside it: check again exactly."""
        return sorted(keys for part in self.parts() for keys in ranges_covering(part.west, part.south, part.east, part.north))


def parse_bbox(text: str) -> Box:
    """`west,south,east,north` in WGS 84 degrees; west > east crosses the antimeridian.

    Raises BadCoordinates (field `bbox`): not four finite numbers, out of range, or south > north.
    """
    west, south, east, north = _numbers(text, 4, "bbox")
    if abs(west) > 180 or abs(east) > 180 or abs(south) > 90 or abs(north) > 90:
        raise BadCoordinates(
            "out_of_range", "bbox", gettext_noop("Longitude must lie between -180 and 180, latitude between -90 and 90.")
        )
    if south > north:
        raise BadCoordinates("reversed", "bbox", gettext_noop("The box's south lies north of its north."))
    return Box(west, south, east, north)


def parse_lon_lat(text: str, field: str = "location", crs: str = "wgs84") -> ParsedPoint:
    """`lon,lat` (x, y in `crs`) as a place. Raises BadCoordinates or UnknownSystem as `coordinates.to_wgs84` does."""
    x, y = _numbers(text, 2, field)
    try:
        lon, lat = to_wgs84(x, y, crs)
    except BadCoordinates as error:
        raise BadCoordinates(error.code, field, error.message) from error
    return ParsedPoint(lon, lat, Given(x, y, crs))


def _numbers(text: str, count: int, field: str) -> list[float]:
    parts = text.split(",") if len(text) <= 200 else []
    if len(parts) != count:
        raise BadCoordinates("not_a_number", field, gettext_noop("Numbers separated by commas are expected."))
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        raise BadCoordinates("not_a_number", field, gettext_noop("Numbers separated by commas are expected.")) from None
    if not all(map(math.isfinite, numbers)):
        raise BadCoordinates("not_finite", field, gettext_noop("Coordinates must be finite numbers."))
    return numbers
