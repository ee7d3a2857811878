"""Which edition of each layer holds at a time, and its areas kept in memory.

Areas are few (hundreds) and points are many, so each process keeps the areas of an edition as prepared shapely geometries
in an STRtree. Both databases then give the same answers, by the same predicates, and no point costs a spatial query.
What is kept is found by the edition's id, which is never used twice, and editions are never rewritten: so a new edition is
noticed by the one small query of `editions_at`, and nothing kept can be stale.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
import shapely
from shapely import Point, STRtree
from shapely.geometry.base import BaseGeometry

from gis.layers.models import Area, DrawnLine, LayerEdition
from gis.layers.simplifying import FULL_DECIMALS, geojson_of

_KEPT_EDITIONS = 48
_kept: OrderedDict[UUID, "KeptEdition"] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class EditionAt:
    """An edition and its layer, as values."""

    id: UUID
    layer: str
    layer_name: str
    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class AreaAt:
    """An area as values: `edition` is the edition's number in its layer, `area_id` the key of the area's row."""

    layer: str
    kind: str
    edition: int
    code: str
    name: str
    area_id: int
    edition_id: UUID


class KeptEdition:
    """The areas of one edition, in the order of their codes; geometry in WGS 84 degrees."""

    def __init__(self, edition: EditionAt, areas: Sequence[AreaAt], shapes: Sequence[BaseGeometry]) -> None:
        self.edition = edition
        self.areas = tuple(areas)
        self.shapes = np.array(shapes, dtype=object)
        self.texts: dict[bool, list[tuple[AreaAt, str]]] = {}  # by simplified or not, filled when first asked for
        self._tree = STRtree(self.shapes)
        # The library makes its search index at the first question, without a lock: it is asked once here, before other
        # threads can ask.
        shapely.prepare(self.shapes)
        shapely.covers(self.shapes, shapely.point_on_surface(self.shapes))

    def covering(self, point: Point) -> list[AreaAt]:
        """The areas that hold the point, their edges included, in the order of their codes. Exact, no tolerance."""
        near = np.sort(self._tree.query(point))
        return [self.areas[index] for index in near[shapely.covers(self.shapes[near], point)]]


def editions_at(at: datetime) -> list[EditionAt]:
    """The edition of each layer that holds at a time, ordered by layer. One query.

    A layer's first edition answers for the time before it too: a problem seen the day before the first boundaries were
    loaded lies where they say, there being no others.
    """
    found: dict[str, EditionAt] = {}
    rows = LayerEdition.objects.order_by("layer_id", "number").values_list(
        "id", "layer_id", "layer__name", "layer__kind", "number", "in_force_from", "in_force_to"
    )
    for edition_id, layer, layer_name, kind, number, start, end in rows:
        holds = (start <= at or (layer not in found and number == 1)) and (end is None or at < end)
        if holds:
            found[layer] = EditionAt(edition_id, layer, layer_name, kind, number)
    return list(found.values())


def kept(edition: EditionAt) -> KeptEdition:
    """The edition's areas from memory, read from the database when they are asked for first."""
    with _lock:
        if edition.id in _kept:
            _kept.move_to_end(edition.id)
            return _kept[edition.id]
    loaded = _read(edition)
    with _lock:
        _kept[edition.id] = loaded
        while len(_kept) > _KEPT_EDITIONS:
            _kept.popitem(last=False)
    return loaded


def _read(edition: EditionAt) -> KeptEdition:
    areas: list[AreaAt] = []
    shapes: list[BaseGeometry] = []
    # By code point in Python: the databases' collations differ, and "the smallest code" must be the same area on both.
    rows = sorted(Area.objects.filter(edition_id=edition.id).values_list("code", "name", "id", "geometry"))
    for code, name, area_id, geometry in rows:
        areas.append(AreaAt(edition.layer, edition.kind, edition.number, code, name, area_id, edition.id))
        shapes.append(shapely.from_wkb(bytes(geometry.wkb)))
    return KeptEdition(edition, areas, shapes)


def texts_of(one: KeptEdition, simplified: bool) -> list[tuple[AreaAt, str]]:
    """Each area of an edition, in the order of codes, with its geometry as GeoJSON text; the lines of a base layer after them.

    A drawn line is given as an AreaAt too, whose `area_id` is the line's.
    """
    if simplified not in one.texts:
        edition = one.edition
        lines = sorted(
            DrawnLine.objects.filter(edition_id=edition.id).values_list("code", "name", "id", "geometry", "simplified")
        )
        drawn = [AreaAt(edition.layer, edition.kind, edition.number, *row[:3], edition.id) for row in lines]
        if simplified:
            small = dict(Area.objects.filter(edition_id=edition.id).values_list("id", "simplified"))
            texts = [small[area.area_id] for area in one.areas] + [row[4] for row in lines]
        else:
            shapes = [*one.shapes, *(shapely.from_wkb(bytes(row[3].wkb)) for row in lines)]
            texts = [geojson_of(shape, FULL_DECIMALS) for shape in shapes]
        one.texts[simplified] = list(zip([*one.areas, *drawn], texts, strict=True))
    return one.texts[simplified]
