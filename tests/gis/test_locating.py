"""Where a point lies: one area, always the same, whatever edge or corner it stands on."""

from datetime import timedelta

import numpy as np
import pytest
import shapely
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import Polygon

from gis.coordinates import from_wgs84
from gis.layers.editions import editions_at
from gis.layers.loading import load_edition
from gis.layers.locating import area_named, areas_at, district_outline, inside_district, locate, maybe_gcj02, maybe_swapped
from gis.layers.models import Kind
from tests.gis.district import AT, CORNER, HOLE, PARK, TOWNS, load_park, load_towns, read_of

pytestmark = pytest.mark.django_db
EARLIER, LATER = AT - timedelta(days=400), AT + timedelta(days=400)


def codes(lon: float, lat: float) -> list[str]:
    return [area.code for area in locate(lon, lat, AT).areas]


def test_a_point_gets_its_town_with_layer_edition_and_name():
    edition = load_towns()
    main = locate(118.45, 35.15, AT).main
    assert main is not None
    assert (main.layer, main.edition, main.code, main.name, main.edition_id) == ("towns", 1, "D", "D镇", edition.pk)
    assert edition.areas.get(pk=main.area_id).code == "D"


def test_where_the_park_lies_over_a_town_both_are_named_and_the_park_wins():
    load_towns()
    load_park()
    located = locate(118.39, 35.02, AT)
    assert [area.code for area in located.areas] == ["A", "P"]
    assert (located.town.code, located.park.code, located.main.code) == ("A", "P", "P")
    assert locate(118.39, 35.02, AT, park_wins=False).main.code == "A"
    assert locate(118.31, 35.02, AT).park is None
    assert locate(118.31, 35.02, AT).main.code == "A"


def test_a_point_on_a_shared_edge_gets_the_smallest_code_on_every_vertex_and_between():
    load_towns()
    edge = shapely.intersection(TOWNS["C"], TOWNS["D"])
    for lon, lat in shapely.get_coordinates(edge)[1:-1]:
        assert codes(lon, lat) == (["A"] if (lon, lat) == CORNER else ["C"])
    assert codes(118.4, 35.2) == ["C"]
    assert codes(*CORNER) == ["A"]


def test_a_point_in_a_hole_is_outside_and_the_hole_s_edge_is_inside():
    load_towns()
    located = locate(118.34, 35.04, AT)
    assert located.main is None
    assert located.areas == ()
    assert located.nearest.code == "A"
    assert located.nearest_m == pytest.approx(911, abs=5)  # a hundredth of a degree of longitude there
    assert codes(118.33, 35.04) == ["A"]


def test_fifty_metres_outside_is_told_in_metres():
    load_towns()
    located = locate(118.5 + 50 / 91_280, 35.05, AT)
    assert located.main is None
    assert located.nearest.code == "B"
    assert located.nearest_m == pytest.approx(50, abs=0.5)
    assert locate(118.5 - 50 / 91_280, 35.05, AT).nearest_m is None


def test_the_nearest_is_judged_in_metres_not_in_degrees():
    # A hundredth of a degree to the east is nearer than 0.0095 of a degree to the north.
    load_towns({"L": shapely.union(shapely.box(118.41, 35.0, 118.5, 35.2), shapely.box(118.3, 35.0595, 118.5, 35.2))})
    assert locate(118.4, 35.05, AT).nearest_m == pytest.approx(912, abs=2)


def test_the_edge_of_the_park_belongs_to_the_park():
    load_towns()
    load_park()
    assert locate(118.38, 35.02, AT).main.code == "P"
    assert locate(118.3799999, 35.02, AT).main.code == "A"


def test_a_layer_that_was_ended_answers_no_more():
    edition = load_towns()
    edition.in_force_to = LATER
    edition.save()
    assert locate(118.45, 35.15, AT).main.code == "D"
    assert locate(118.45, 35.15, LATER).main is None


def test_without_any_layer_a_point_lies_nowhere():
    located = locate(118.35, 35.05, AT)
    assert (located.areas, located.main, located.nearest, located.nearest_m) == ((), None, None, None)
    assert district_outline(AT) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(
    st.one_of(
        st.tuples(st.floats(118.3, 118.5), st.floats(35.0, 35.2)),
        st.sampled_from([tuple(xy) for shape in TOWNS.values() for xy in shapely.get_coordinates(shape)]),
        st.tuples(st.sampled_from("ABCD"), st.floats(0, 1)).map(
            lambda on: tuple(shapely.get_coordinates(TOWNS[on[0]].exterior.interpolate(on[1], normalized=True))[0])
        ),
    )
)
def test_every_point_of_a_partition_gets_exactly_one_area(partition: None, place: tuple[float, float]):
    inside_hole = shapely.contains_properly(HOLE, shapely.Point(place))
    located = locate(*place, AT)
    if inside_hole and shapely.distance(HOLE.exterior, shapely.Point(place)) > 1e-6:
        assert located.main is None
    else:
        assert len(located.areas) == 1
        assert located.main == located.town == located.areas[0]
        assert locate(*place, AT) == located


@pytest.fixture
def partition(db: None) -> None:
    load_towns()


def test_a_sliver_between_neighbours_whose_vertices_differ_belongs_to_the_nearest():
    # The right neighbour has a vertex on the shared edge that the left one has not, rounded to seven decimals.
    left = Polygon([(118.3, 35.0), (118.4, 35.0), (118.4333333, 35.1), (118.3, 35.1)])
    right = Polygon([(118.4, 35.0), (118.5, 35.0), (118.5, 35.1), (118.4333333, 35.1), (118.4111112, 35.0333333)])
    load_towns({"left": left, "right": right})
    edge = shapely.LineString([(118.4, 35.0), (118.4333333, 35.1)])
    sliver = edge.interpolate(np.linspace(0.01, 0.99, 60), normalized=True)
    assert not all(shapely.covers(left, sliver) | shapely.covers(right, sliver))
    for place in shapely.get_coordinates(shapely.offset_curve(edge, -2e-8)):
        assert len(locate(*place, AT).areas) == 1


def test_a_new_edition_is_noticed_and_the_old_one_still_answers_for_its_time():
    first = load_towns()
    assert locate(118.45, 35.15, LATER).main.code == "D"
    merged = {"A": TOWNS["A"], "B": TOWNS["B"], "E": shapely.union(TOWNS["C"], TOWNS["D"])}
    second = load_towns(merged, at=AT + timedelta(days=200))
    assert locate(118.45, 35.15, LATER).main.code == "E"
    assert locate(118.45, 35.15, LATER).main.edition == 2
    assert locate(118.45, 35.15, AT + timedelta(days=199)).main.edition_id == first.pk
    assert locate(118.45, 35.15, AT + timedelta(days=200)).main.edition_id == second.pk


def test_the_first_edition_answers_for_the_time_before_it_the_second_does_not():
    load_towns()
    load_towns({"E": TOWNS["A"]}, at=LATER)
    assert locate(118.31, 35.01, EARLIER).main.code == "A"


def test_protected_areas_and_red_lines_are_named_beside_the_town_all_of_them():
    load_towns()
    over = {"S1": TOWNS["A"], "S2": shapely.box(118.3, 35.0, 118.36, 35.06)}
    load_edition("reserves", "保护地", Kind.PROTECTED_AREA, read_of(over), "r.geojson", "0" * 64, AT)
    load_edition("river", "河流", Kind.BASE, read_of({"R": TOWNS["A"]}), "r.geojson", "0" * 64, AT)
    assert codes(118.31, 35.01) == ["A", "S1", "S2"]
    assert locate(118.31, 35.01, AT).main.code == "A"
    assert codes(118.34, 35.04) == ["S2"]
    assert locate(118.34, 35.04, AT).main is None


def test_towns_and_subdistricts_in_two_layers_still_give_one_area():
    load_towns({"A": TOWNS["A"], "C": TOWNS["C"]})
    load_edition(
        "subdistricts", "街道", Kind.ADMINISTRATIVE, read_of({"B": TOWNS["B"], "D": TOWNS["D"]}), "s.geojson", "0" * 64, AT
    )
    assert codes(*CORNER) == ["A"]
    assert codes(118.45, 35.05) == ["B"]


def test_swapped_and_gcj02_places_are_hinted_at_only_when_they_would_then_be_inside():
    load_towns()
    assert maybe_swapped(35.05, 118.45, AT)
    assert not maybe_swapped(118.45, 35.05, AT)
    assert not maybe_swapped(20.0, 40.0, AT)
    near_the_edge = from_wgs84(118.4995, 35.05, "gcj02")
    assert not inside_district(*near_the_edge, AT)
    assert maybe_gcj02(*near_the_edge, AT)
    assert not maybe_gcj02(118.4995, 35.05, AT)
    assert not maybe_gcj02(119.5, 35.05, AT)


def test_the_district_s_outline_is_its_towns_and_parks():
    load_towns()
    load_park()
    outline = district_outline(AT)
    assert shapely.equals(outline, shapely.union_all([*TOWNS.values(), *PARK.values()]))


def test_the_areas_of_a_time_are_listed_and_found_by_code():
    load_towns()
    load_park()
    load_edition("reserves", "保护地", Kind.PROTECTED_AREA, read_of({"S": TOWNS["A"]}), "r.geojson", "0" * 64, AT)
    assert [area.code for area in areas_at(AT)] == ["P", "A", "B", "C", "D"]
    assert [area.code for area in areas_at(AT, [Kind.PROTECTED_AREA])] == ["S"]
    assert area_named("B", AT).name == "B镇"
    assert area_named("P", AT).kind == Kind.PARK
    assert area_named("S", AT) is None
    assert area_named("unknown", AT) is None


def test_a_point_costs_one_small_query():
    load_towns()
    load_park()
    locate(118.45, 35.15, AT)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        locate(118.45, 35.15, AT)
    assert len(queries) == 1
    assert len(editions_at(AT)) == 2
