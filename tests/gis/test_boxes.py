"""Boxes and places as they stand in an address."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.boxes import Box, parse_bbox, parse_lon_lat
from gis.cells import cell_of
from gis.coordinates import BadCoordinates, Given, UnknownSystem


def test_a_box_is_west_south_east_north():
    assert parse_bbox("118.3,35.0,118.5,35.2") == Box(118.3, 35.0, 118.5, 35.2)
    assert parse_bbox("118.3,35.0,118.5,35.2").parts() == [Box(118.3, 35.0, 118.5, 35.2)]


def test_west_beyond_east_crosses_the_antimeridian():
    box = parse_bbox("170,-10,-170,10")
    assert box.holds(175, 0)
    assert box.holds(-175, 0)
    assert not box.holds(0, 0)
    assert len(box.parts()) == 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("118.3,35.2,118.5,35.0", "reversed"),
        ("118.3,35.0,118.5", "not_a_number"),
        ("118.3,35.0,10,118.5,35.2,20", "not_a_number"),
        ("a,b,c,d", "not_a_number"),
        ("", "not_a_number"),
        ("1" * 300, "not_a_number"),
        ("nan,35.0,118.5,35.2", "not_finite"),
        ("118.3,35.0,1e999,35.2", "not_finite"),
        ("118.3,35.0,181,35.2", "out_of_range"),
        ("35.0,118.3,35.2,118.5", "out_of_range"),
    ],
)
def test_a_box_that_is_none_is_refused(text: str, code: str):
    with pytest.raises(BadCoordinates) as caught:
        parse_bbox(text)
    assert (caught.value.code, caught.value.field) == (code, "bbox")


places = st.tuples(st.floats(-180, 180), st.floats(-85, 85))


@given(places, places, places)
def test_the_ranges_of_a_box_hold_every_key_inside_it(
    one: tuple[float, float], other: tuple[float, float], inside: tuple[float, float]
):
    box = Box(one[0], min(one[1], other[1]), other[0], max(one[1], other[1]))
    ranges = box.cell_ranges()
    assert len(ranges) <= 64
    assert all(low <= high for low, high in ranges)
    if box.holds(*inside):
        assert any(low <= cell_of(*inside) <= high for low, high in ranges)


def test_the_ranges_of_a_small_box_leave_out_what_is_far():
    ranges = parse_bbox("118.3,35.0,118.31,35.01").cell_ranges()
    assert not any(low <= cell_of(118.5, 35.2) <= high for low, high in ranges)
    assert all(before[1] + 1 < after[0] for before, after in pairwise(ranges))
    assert sum(high - low + 1 for low, high in ranges) < 40 * 4**12


def test_a_place_in_text_is_x_then_y():
    parsed = parse_lon_lat("118.35,35.05")
    assert (parsed.lon, parsed.lat, parsed.given) == (118.35, 35.05, Given(118.35, 35.05, "wgs84"))
    with pytest.raises(BadCoordinates) as caught:
        parse_lon_lat("35.05,118.35", "near")
    assert (caught.value.code, caught.value.field) == ("out_of_range", "near")
    with pytest.raises(UnknownSystem):
        parse_lon_lat("118.35,35.05", crs="EPSG:1")
