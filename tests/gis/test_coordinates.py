"""Coordinates at the door: what is converted, and what never comes in."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from gis.coordinates import BadCoordinates, Given, UnknownSystem, from_wgs84, parse_point, to_wgs84
from gis.layers.measuring import distance_m

in_china = st.tuples(st.floats(74, 135), st.floats(4, 53))


def point(*coordinates: object) -> dict[str, object]:
    return {"type": "Point", "coordinates": list(coordinates)}


def refused(geojson: object, crs: object = None) -> BadCoordinates:
    with pytest.raises(BadCoordinates) as caught:
        parse_point(geojson, crs)
    return caught.value


def test_a_point_is_wgs84_unless_said_otherwise_and_what_was_given_is_kept():
    parsed = parse_point(point(118.35, 35.05))
    assert (parsed.lon, parsed.lat) == (118.35, 35.05)
    assert parsed.given == Given(118.35, 35.05, "wgs84")


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
        ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    ],
)
def test_gcj02_agrees_with_published_places(wgs84: tuple[float, float], gcj02: tuple[float, float]):
    assert distance_m(*from_wgs84(*wgs84, "gcj02"), *gcj02) < 0.01
    assert distance_m(*to_wgs84(*gcj02, "gcj02"), *wgs84) < 0.01
    assert distance_m(*wgs84, *gcj02) > 300


@given(in_china, st.sampled_from(["gcj02", "bd09"]))
def test_the_offset_systems_come_back_to_the_same_centimetre(place: tuple[float, float], system: str):
    assert distance_m(*to_wgs84(*from_wgs84(*place, system), system), *place) < 0.01


@given(in_china)
def test_bd09_is_shifted_further_than_gcj02(place: tuple[float, float]):
    assert distance_m(*from_wgs84(*place, "bd09"), *from_wgs84(*place, "gcj02")) > 300


@pytest.mark.parametrize("system", ["gcj02", "bd09"])
def test_outside_china_the_offset_systems_change_nothing(system: str):
    assert to_wgs84(2.35, 48.85, system) == (2.35, 48.85)
    assert from_wgs84(-70.0, -33.0, system) == (-70.0, -33.0)


@pytest.mark.parametrize("epsg", [4490, 4508, 4509, 4527, 4548, 4528, 4549, 4498, 4499, 32650, 3857])
def test_cgcs2000_its_gauss_kruger_zones_and_other_grids_meet_in_the_same_place(epsg: int):
    geographic = 4326 if epsg in (32650, 3857) else 4490
    x, y = Transformer.from_crs(geographic, epsg, always_xy=True).transform(118.35, 35.05)
    if epsg in (4508,):  # the zone of 111° east, two zones away: refused rather than believed
        assert refused(point(x, y), f"EPSG:{epsg}").code == "out_of_range"
        return
    parsed = parse_point(point(x, y), f"EPSG:{epsg}")
    assert distance_m(parsed.lon, parsed.lat, 118.35, 35.05) < 0.001
    assert parsed.given == Given(x, y, f"EPSG:{epsg}")


@pytest.mark.parametrize(
    "crs", ["EPSG:999999", "EPSG:4479", "EPSG:5773", "EPSG:abc", "EPSG:+4490", "wgs", "", "+proj=longlat", "EPSG:４４９０"]
)
def test_a_system_that_is_no_plane_or_degrees_of_the_register_is_unknown(crs: str):
    with pytest.raises(UnknownSystem) as caught:
        parse_point(point(118.35, 35.05), crs)
    assert (caught.value.code, caught.value.field) == ("unknown_system", "crs")


@pytest.mark.parametrize("crs", [4490, ["gcj02"], {"type": "name"}, True])
def test_a_system_that_is_no_text_is_unknown(crs: object):
    with pytest.raises(UnknownSystem):
        parse_point(point(118.35, 35.05), crs)


def test_xian_1980_is_refused_rather_than_taken_for_wgs84():
    with pytest.raises(UnknownSystem, match="EPSG:4610"):
        to_wgs84(118.35, 35.05, "EPSG:4610")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400])
def test_what_is_not_finite_is_refused(value: float):
    assert refused(point(value, 35.05)).code == "not_finite"
    assert refused(point(118.35, value), "EPSG:4490").code == "not_finite"
    assert refused(json.loads('{"type": "Point", "coordinates": [1e999, 35]}')).code == "not_finite"


@pytest.mark.parametrize("value", ["118.35", True, [118.35], {"x": 1}])
def test_what_is_no_number_is_refused(value: object):
    assert refused(point(value, 35.05)).code == "not_a_number"


def test_missing_coordinates_are_refused():
    for geojson in (None, point(), point(118.35), point(None, 35.05), {"type": "Point"}, {"type": "Point", "coordinates": None}):
        assert refused(geojson).code == "missing"


def test_a_height_is_refused():
    assert refused(point(118.35, 35.05, 31.5)).code == "three_dimensional"
    assert refused(point(118.35, 35.05, math.nan)).code == "three_dimensional"


@pytest.mark.parametrize(
    "geojson",
    ["118.35,35.05", [118.35, 35.05], {"type": "MultiPoint", "coordinates": [[118.35, 35.05]]}, {"lon": 118.35, "lat": 35.05}],
)
def test_only_a_point_is_a_point(geojson: object):
    assert refused(geojson).code == "not_a_point"


def test_a_crs_member_inside_the_point_is_refused():
    error = refused({**point(118.35, 35.05), "crs": {"type": "name", "properties": {"name": "EPSG:3857"}}})
    assert (error.code, error.field) == ("crs_member", "location.crs")


@pytest.mark.parametrize("crs", [None, "wgs84", "gcj02", "bd09", "EPSG:4326", "EPSG:4490"])
def test_latitude_first_is_refused_with_a_hint(crs: str | None):
    error = refused(point(35.05, 118.35), crs)
    assert error.code == "out_of_range"
    assert "swapped" in error.message


@pytest.mark.parametrize("place", [(181, 35), (118, 200), (-200, -100), (618678.0, 3875365.0)])
def test_places_that_are_not_on_earth_are_refused(place: tuple[float, float]):
    assert refused(point(*place)).code == "out_of_range"
    assert refused(point(*place), "gcj02").code == "out_of_range"


def test_coordinates_outside_the_zone_that_was_named_are_refused():
    assert refused(point(39618678.0, 3875365.0), "EPSG:4548").code == "out_of_range"
    assert refused(point(618678.0, 3875365.0), "EPSG:4527").code == "out_of_range"
    assert parse_point(point(618678.0, 3875365.0), "EPSG:4548").lat == pytest.approx(35.0, abs=0.01)
