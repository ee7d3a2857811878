"""Square metres on the ellipsoid, of polygons whose edges are straight in degrees."""

import pytest
import shapely
from pyproj import Geod
from shapely import Polygon

from gis.layers.measuring import area_m2
from tests.gis.district import HOLE, TOWNS


def test_small_squares_agree_with_the_geodesic_area():
    square = shapely.box(118.35, 35.05, 118.351, 35.051)
    assert area_m2(square) == pytest.approx(abs(Geod(ellps="WGS84").geometry_area_perimeter(square)[0]), rel=1e-6)


def test_a_band_around_the_earth_is_what_the_ellipsoid_s_surface_says():
    assert area_m2(shapely.box(-180, -90, 180, 90)) == pytest.approx(5.10065621724e14, rel=1e-3)


def test_a_hole_is_taken_off_and_parts_add_up():
    town = TOWNS["A"]
    assert area_m2(town) == pytest.approx(area_m2(Polygon(town.exterior)) - area_m2(HOLE), abs=1)
    whole = shapely.union_all(list(TOWNS.values()))
    assert sum(map(area_m2, TOWNS.values())) == pytest.approx(area_m2(whole), abs=1)


def test_points_in_one_line_and_nothing_enclose_nothing():
    assert area_m2(Polygon([(118.3, 35.0), (118.4, 35.1), (118.5, 35.2), (118.3, 35.0)])) == pytest.approx(0, abs=0.01)
    assert area_m2(Polygon()) == 0
