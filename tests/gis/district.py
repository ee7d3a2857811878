"""A small district for tests: four towns that meet in one corner, a park over two of them, a hole in one.

C | D      Each town is 0.1° wide and high; the four meet at CORNER. The edges between them are jagged, with the
--+--      same vertices on both sides. Town A has a hole. The park lies across A and B.
A | B
"""

from datetime import UTC, datetime

from shapely import MultiPolygon, Polygon

from gis.layers.loading import load_edition
from gis.layers.models import Kind, LayerEdition
from gis.layers.reading import ReadArea, ReadLayer, Report

AT = datetime(2026, 3, 1, tzinfo=UTC)
CORNER = (118.4, 35.1)
HOLE = Polygon([(118.33, 35.03), (118.35, 35.03), (118.35, 35.05), (118.33, 35.05)])

_south = [(118.4, 35.0), (118.403, 35.031), (118.397, 35.067), CORNER]  # between A and B, northwards
_west = [(118.3, 35.1), (118.333, 35.104), (118.371, 35.097), CORNER]  # between A and C, eastwards
_east = [CORNER, (118.437, 35.103), (118.461, 35.098), (118.5, 35.1)]  # between B and D, eastwards
_north = [CORNER, (118.398, 35.142), (118.404, 35.171), (118.4, 35.2)]  # between C and D, northwards

TOWNS = {
    "A": Polygon([(118.3, 35.0), *_south, *reversed(_west[:-1])], [HOLE.exterior.coords]),
    "B": Polygon([*reversed(_south), (118.5, 35.0), *reversed(_east[1:])]),
    "C": Polygon([*_west, *_north[1:], (118.3, 35.2)]),
    "D": Polygon([*_east, (118.5, 35.2), *reversed(_north[1:])]),
}
PARK = {"P": Polygon([(118.38, 35.01), (118.42, 35.01), (118.42, 35.04), (118.38, 35.04)])}


def read_of(shapes: dict[str, Polygon]) -> ReadLayer:
    return ReadLayer([ReadArea(code, f"{code}镇", None, MultiPolygon([shape])) for code, shape in shapes.items()], Report())


def load_towns(shapes: dict[str, Polygon] = TOWNS, at: datetime = AT) -> LayerEdition:
    return load_edition("towns", "镇街", Kind.ADMINISTRATIVE, read_of(shapes), "towns.geojson", "0" * 64, at)


def load_park(at: datetime = AT) -> LayerEdition:
    return load_edition("park", "九龙园区", Kind.PARK, read_of(PARK), "park.geojson", "0" * 64, at)
