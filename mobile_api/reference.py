"""The plain lists of the contract, in the reader's language."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

import shapely

from gis.layers.editions import EditionAt, editions_at
from gis.layers.locating import AreaAt
from gis.layers.models import Kind
from gis.layers.outlines import Outline, feature_collection, outlines, outlines_of
from gis.layers.simplifying import SIMPLE_DECIMALS, geojson_of
from mobile_api.features import in_language
from server.regulation.categories import CATEGORIES
from server.regulation.discovery import DISCOVERIES
from server.regulation.sources import SOURCES
from server.units.models import AreaUnit, Sector
from server.units.queries import sector_duties

DIVIDING = (Kind.ADMINISTRATIVE, Kind.PARK)
# What a base layer is drawn as, by its code; any other is "other".
RIVERS, ROADS = ("rivers", "river", "streams", "waters", "water", "lakes"), ("roads", "road", "streets", "railways")
LINE_KINDS = ("river", "road", "other")
LINES_ROOM = 400_000
BACKGROUND_TOLERANCE = 6e-4  # degrees, about sixty metres
PROTECTED = (Kind.PROTECTED_AREA, Kind.RED_LINE)


def source_lines() -> list[dict[str, Any]]:
    return [{"code": s.code, "name": in_language(s.name, s.name_zh), "level": s.level.value} for s in SOURCES]


def category_lines() -> list[dict[str, Any]]:
    return [{"code": c.code, "name": in_language(c.name, c.name_zh)} for c in CATEGORIES]


def discovery_lines() -> list[dict[str, Any]]:
    return [{"code": d.code, "name": in_language(d.name, d.name_zh)} for d in DISCOVERIES]


def sector_lines(on: date) -> list[dict[str, Any]]:
    """The sectors with who answers for them on a day (Article 4), in order, the lead first."""
    duties = sector_duties(on)
    lines = []
    for sector in Sector.objects.all():
        duty = duties.get(sector.pk)
        leader = duty.district_leader if duty else None
        lines.append(
            {
                "code": sector.code,
                "name": sector.name,
                "lead_unit": duty.lead_unit if duty else None,
                "supervising_units": list(duty.supervising_units) if duty else [],
                "district_leader": {"username": leader.username, "name": leader.name} if leader else None,
            }
        )
    return lines


def areas(at: datetime, *, simplified: bool) -> str:
    """The towns, subdistricts and parks in force, each with the unit that answers for it, as GeoJSON text."""
    shown = outlines(at, simplified=simplified, kinds=DIVIDING)
    units = dict(AreaUnit.objects.filter(area__in=[one.area.area_id for one in shown]).values_list("area_id", "unit_id"))
    return feature_collection(shown, lambda area: {**_named(area), "unit": units.get(area.area_id)})


def protected_areas(at: datetime) -> str:
    """Protected areas and red lines in force, simplified, as GeoJSON text."""
    return feature_collection(outlines(at, kinds=PROTECTED), lambda area: {**_named(area), "unit": None})


def lines(at: datetime) -> str:
    """Rivers, roads and whatever else is drawn only, in force, simplified for a small map, as GeoJSON text.

    At most `LINES_ROOM` characters of geometry: rivers before roads before what lies behind them, the longest of each first.
    """
    return _lines_of(tuple(edition for edition in editions_at(at) if edition.kind == Kind.BASE))


@lru_cache(maxsize=4)
def _lines_of(editions: tuple[EditionAt, ...]) -> str:
    """An edition never changes, so the text is made once for those that hold."""
    shown = [
        one if _line_kind(one.area.layer) != "other" else Outline(one.area, _coarser(one.geometry))
        for edition in editions
        for one in outlines_of(edition)
    ]
    room, drawn = LINES_ROOM, []
    for one in sorted(shown, key=_importance):
        if len(one.geometry) <= room:
            room -= len(one.geometry)
            drawn.append(one)
    # What lies behind is drawn first.
    return feature_collection(reversed(drawn), lambda area: {"name": area.name, "kind": _line_kind(area.layer)})


def _importance(one: Outline) -> tuple[int, int]:
    return LINE_KINDS.index(_line_kind(one.area.layer)), -len(one.geometry)


def _coarser(geometry: str) -> str:
    """Woods and built-up ground lie behind everything on a small map: half the vertices say as much."""
    given = shapely.from_geojson(geometry)
    small = shapely.simplify(given, BACKGROUND_TOLERANCE, preserve_topology=True)
    return geojson_of(given if small.is_empty else small, SIMPLE_DECIMALS)


def _line_kind(layer: str) -> str:
    return "river" if layer in RIVERS else "road" if layer in ROADS else "other"


def _named(area: AreaAt) -> dict[str, object]:
    return {"code": area.code, "name": area.name, "layer": area.layer}
