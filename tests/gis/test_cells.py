"""The cell key: one integer that puts each point into exactly one tile of each zoom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.cells import LATITUDE_LIMIT, ZOOM, bounds_of, cell_of, cell_range, parent, tile_of

places = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
zooms = st.integers(0, ZOOM)


@given(places, zooms)
def test_a_point_lies_in_the_range_of_its_tile_and_of_no_neighbour(place: tuple[float, float], z: int):
    cell = cell_of(*place)
    _z, x, y = tile_of(cell, z)
    low, high = cell_range(z, x, y)
    assert low <= cell <= high
    assert parent(cell, z) == parent(low, z) == parent(high, z)
    for neighbour in (x - 1, x + 1):
        if 0 <= neighbour < 1 << z:
            low, high = cell_range(z, neighbour, y)
            assert not low <= cell <= high


@given(places, st.integers(0, 18))
def test_a_tile_holds_its_point_by_degrees_too(place: tuple[float, float], z: int):
    lon, lat = place[0], min(max(place[1], -LATITUDE_LIMIT), LATITUDE_LIMIT)
    bounds = bounds_of(*tile_of(cell_of(*place), z))
    assert bounds.west - 1e-9 <= lon <= bounds.east + 1e-9
    assert bounds.south - 1e-9 <= lat <= bounds.north + 1e-9


@given(places)
def test_a_key_fits_a_signed_64_bit_column(place: tuple[float, float]):
    assert 0 <= cell_of(*place) < 1 << 48


def test_known_tiles():
    # Beijing, Tian'anmen, in the scheme that every web map uses: row and column by the published formula.
    cell = cell_of(116.3975, 39.9087)
    assert tile_of(cell, 0) == (0, 0, 0)
    assert tile_of(cell, 10) == (10, 843, 388)
    assert cell_range(0, 0, 0) == (0, (1 << 48) - 1)


def test_the_poles_and_the_antimeridian_are_clipped_into_the_outermost_tiles():
    assert tile_of(cell_of(180, 90), 3) == (3, 7, 0)
    assert tile_of(cell_of(-180, -90), 3) == (3, 0, 7)
    assert cell_of(10, 89) == cell_of(10, LATITUDE_LIMIT)


@pytest.mark.parametrize("place", [(float("nan"), 35), (118, float("inf")), (181, 35), (118, 91)])
def test_no_key_for_what_is_no_place(place: tuple[float, float]):
    with pytest.raises(ValueError, match="not a place"):
        cell_of(*place)


@pytest.mark.parametrize("tile", [(25, 0, 0), (-1, 0, 0), (3, 8, 0), (3, 0, -1)])
def test_no_range_for_a_tile_that_does_not_exist(tile: tuple[int, int, int]):
    with pytest.raises(ValueError, match="no such tile"):
        cell_range(*tile)
