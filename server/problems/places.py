"""Where a problem is: the point converted once at the door, the areas recorded, the cell key set (design.md, "Geometry")."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.gis.geos import Point
from django.db.models import Q

from gis.cells import cell_of
from gis.coordinates import BadCoordinates, ParsedPoint, UnknownSystem, parse_point
from gis.layers import locating
from gis.layers.models import Area
from server.problems.models import Problem
from server.runtime.refusals import Invalid


@dataclass(frozen=True)
class Place:
    """A located point (EPSG:4326) with what was given, or an area, or the whole district with a reason."""

    point: ParsedPoint | None = None
    area: Area | None = None
    town: Area | None = None
    park: Area | None = None
    whole_district: bool = False
    no_location_reason: str = ""
    outside_district: bool = False
    hints: tuple[dict[str, Any], ...] = field(default=())

    @property
    def geometry(self) -> Point | None:
        return Point(self.point.lon, self.point.lat, srid=4326) if self.point else None


def place_point(
    location: object, crs: str | None, at: datetime, *, accuracy_m: float | None = None, field_name: str = "location"
) -> Place:
    """Locate a given GeoJSON point.

    ``crs``: wgs84 (none), gcj02, bd09 or EPSG:n. Raises Invalid naming the field for whatever cannot be a point. A point
    outside every area is accepted and marked; the hints say what may have gone wrong, and nothing is mended silently.
    """
    try:
        point = parse_point(location, crs)
    except BadCoordinates as bad:
        raise Invalid.one(bad.field.replace("location", field_name, 1), bad.code, bad.message) from None
    except UnknownSystem:
        raise Invalid.one("crs", "unknown", "The coordinate system must be wgs84, gcj02, bd09 or EPSG:n.") from None
    located = locating.locate(point.lon, point.lat, at)
    hints: list[dict[str, Any]] = []
    if located.main is None:
        nearest = located.nearest_m
        hints.append(
            {
                "code": "outside_district",
                "distance_m": round(nearest) if nearest is not None else None,
                "within_accuracy": bool(accuracy_m and nearest is not None and nearest <= accuracy_m),
            }
        )
        if locating.maybe_swapped(point.lon, point.lat, at):
            hints.append({"code": "maybe_swapped"})
        if locating.maybe_gcj02(point.lon, point.lat, at):
            hints.append({"code": "maybe_gcj02"})
    areas = Area.objects.defer("geometry", "simplified").in_bulk(
        [a.area_id for a in (located.main, located.town, located.park) if a is not None]
    )
    return Place(
        point=point,
        area=areas.get(located.main.area_id) if located.main else None,
        town=areas.get(located.town.area_id) if located.town else None,
        park=areas.get(located.park.area_id) if located.park else None,
        outside_district=located.main is None,
        hints=tuple(hints),
    )


def place_area(code: str, reason: str, at: datetime) -> Place:
    """A problem without a point: an area by its code, or ``district`` for the whole of it, with the reason why."""
    if code == "district":
        return Place(whole_district=True, no_location_reason=reason)
    area = (
        Area.objects.filter(code=code, edition__in_force_from__lte=at)
        .filter(Q(edition__in_force_to__isnull=True) | Q(edition__in_force_to__gt=at))
        .first()
    )
    if area is None:
        raise Invalid.one("area", "unknown", "There is no such area.")
    return Place(area=area, no_location_reason=reason)


def put(problem: Problem, place: Place, accuracy_m: float | None) -> None:
    """Write a place on the row (not saved here)."""
    problem.location = place.geometry
    if place.point is not None:
        problem.given_x, problem.given_y, problem.given_crs = place.point.given.x, place.point.given.y, place.point.given.crs
        problem.lon, problem.lat = place.point.lon, place.point.lat
        problem.cell = cell_of(place.point.lon, place.point.lat)
    problem.accuracy_m = accuracy_m
    problem.area = place.area
    problem.area_code = place.area.code if place.area else ""
    problem.town, problem.park = place.town, place.park
    problem.whole_district = place.whole_district
    problem.no_location_reason = place.no_location_reason
    problem.outside_district = place.outside_district
    problem.hints = list(place.hints)
