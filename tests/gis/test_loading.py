"""Loading a layer: whole or not at all, a new edition each time, the old ones untouched; and what the map gets of it."""

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from shapely import LineString, MultiLineString, MultiPolygon

from gis.layers.loading import load_edition
from gis.layers.models import Area, DrawnLine, Kind, Layer, LayerEdition
from gis.layers.outlines import areas_geojson, feature_collection, outlines
from gis.layers.reading import ReadArea, ReadLayer, ReadLine, Report, read_layer
from gis.layers.refusals import LayerRefused
from gis.layers.simplifying import simplified_together
from tests.gis.district import AT, TOWNS, load_park, load_towns, read_of

pytestmark = pytest.mark.django_db
CASES = Path(__file__).parent / "cases"
LATER = AT + timedelta(days=30)


def shape_of(area: Area) -> shapely.Geometry:
    return shapely.from_wkb(bytes(area.geometry.wkb))


def jagged_neighbours() -> dict[str, shapely.Polygon]:
    """Two towns along a winding river of 2,000 vertices."""
    steps = np.linspace(0, 1, 2000)
    river = np.column_stack([118.4 + 0.004 * np.sin(steps * 40) + 0.0004 * np.sin(steps * 900), 35.0 + 0.2 * steps])
    west = shapely.Polygon([(118.3, 35.0), *river, (118.3, 35.2)])
    east = shapely.Polygon([*river, (118.5, 35.2), (118.5, 35.0)])
    return {"west": west, "east": east}


def test_a_file_becomes_an_edition_with_its_digest_system_and_report():
    read = read_layer(CASES / "bowtie.geojson", "towns", "name", "code", None, None)
    edition = load_edition("towns", "镇街", Kind.ADMINISTRATIVE, read, "bowtie.geojson", read.digest, AT)
    edition.refresh_from_db()
    assert (edition.number, edition.in_force_from, edition.in_force_to) == (1, AT, None)
    assert (edition.source_name, edition.digest, edition.given_srs) == ("bowtie.geojson", read.digest, "EPSG:4326")
    assert edition.report["lines"][0]["code"] == "repaired"
    area = edition.areas.get()
    assert (area.code, area.name) == ("1", "蝴蝶结")
    assert area.geometry.srid == 4326
    assert shapely.equals(shape_of(area), read.features[0].geometry)
    assert (area.min_x, area.min_y, area.max_x, area.max_y) == tuple(shapely.bounds(read.features[0].geometry))


def test_geometry_comes_back_from_the_database_to_the_last_bit():
    edition = load_towns(jagged_neighbours())
    for area in edition.areas.all():
        assert shapely.equals_exact(shape_of(area), MultiPolygon([jagged_neighbours()[area.code]]))


def test_a_new_edition_ends_the_one_before_and_changes_nothing_else_of_it():
    first = load_towns()
    rows = list(Area.objects.filter(edition=first).order_by("pk").values())
    second = load_towns({"A": TOWNS["A"]}, at=LATER)
    first.refresh_from_db()
    assert (first.in_force_to, second.in_force_from, second.in_force_to, second.number) == (LATER, LATER, None, 2)
    assert list(Area.objects.filter(edition=first).order_by("pk").values()) == rows
    assert Layer.objects.count() == 1


def test_a_layer_that_cannot_be_stored_whole_leaves_nothing_behind():
    first = load_towns()
    doubled = read_of(TOWNS)
    doubled = ReadLayer([*doubled.features, doubled.features[0]], Report())
    with pytest.raises(IntegrityError):
        load_edition("towns", "改名", Kind.ADMINISTRATIVE, doubled, "x.geojson", "0" * 64, LATER)
    first.refresh_from_db()
    assert first.in_force_to is None
    assert LayerEdition.objects.count() == 1
    assert Area.objects.count() == len(TOWNS)
    assert Layer.objects.get().name == "镇街"


def test_an_edition_before_the_one_in_force_is_refused():
    load_towns(at=LATER)
    with pytest.raises(LayerRefused) as caught:
        load_towns(at=AT)
    assert caught.value.reasons[0].code == "before_the_last"


@pytest.mark.parametrize(
    ("kind", "read", "code"),
    [
        ("nonsense", read_of(TOWNS), "unknown_kind"),
        (Kind.PARK, read_of(TOWNS), "other_kind"),
        (Kind.ADMINISTRATIVE, ReadLayer([], Report()), "empty_file"),
        (
            Kind.ADMINISTRATIVE,
            ReadLayer([], Report(), lines=[ReadLine("R", "河", MultiLineString([[(0, 0), (1, 1)]]))]),
            "not_a_polygon",
        ),
    ],
)
def test_a_layer_of_the_wrong_kind_is_refused(kind: str, read: ReadLayer, code: str):
    load_towns()
    with pytest.raises(LayerRefused) as caught:
        load_edition("towns", "镇街", kind, read, "x.geojson", "0" * 64, LATER)
    assert caught.value.reasons[0].code == code
    assert LayerEdition.objects.count() == 1


def test_the_database_refuses_two_editions_in_force_and_a_code_twice():
    edition = load_towns()
    with pytest.raises(IntegrityError), transaction.atomic():
        LayerEdition.objects.create(layer=edition.layer, number=2, in_force_from=AT, loaded_at=AT)
    box = GEOSGeometry("MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0)))", srid=4326)
    with pytest.raises(IntegrityError), transaction.atomic():
        Area.objects.create(edition=edition, code="A", name="x", geometry=box, simplified="", min_x=0, min_y=0, max_x=1, max_y=1)
    edition.in_force_to = AT - timedelta(days=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        edition.save()


# Simplified, with shared edges


def test_simplified_neighbours_keep_the_same_edge():
    edition = load_towns(jagged_neighbours())
    small = {area.code: shapely.from_geojson(area.simplified) for area in edition.areas.all()}
    assert sum(shapely.get_num_coordinates(shape) for shape in small.values()) < 1000
    assert shapely.coverage_is_valid(list(small.values()))
    assert shapely.area(shapely.intersection(small["west"], small["east"])) == 0
    edge = shapely.intersection(small["west"], small["east"])
    assert shapely.length(edge) == pytest.approx(
        shapely.length(LineString(shapely.get_coordinates(jagged_neighbours()["west"])[1:-2])), rel=0.2
    )


def test_areas_that_overlap_are_simplified_alone_and_none_vanishes():
    tiny = shapely.box(118.3, 35.0, 118.300001, 35.000001)
    simple = simplified_together([*jagged_neighbours().values(), shapely.box(118.35, 35.05, 118.45, 35.15), tiny])
    assert all(shape.is_valid and not shape.is_empty for shape in simple)


# What the map gets


def test_the_map_gets_features_of_the_editions_in_force():
    load_towns()
    load_park()
    load_towns({"E": TOWNS["A"]}, at=LATER)
    features = areas_geojson(AT)
    assert [feature["properties"]["code"] for feature in features] == ["P", "A", "B", "C", "D"]
    assert features[1]["properties"] == {"code": "A", "name": "A镇", "layer": "towns", "kind": "administrative", "edition": 1}
    assert features[1]["geometry"]["type"] == "MultiPolygon"
    assert [feature["properties"]["code"] for feature in areas_geojson(LATER, kinds=[Kind.ADMINISTRATIVE])] == ["E"]


def test_full_outlines_are_exact_to_the_millimetre_and_simplified_ones_shorter():
    load_towns(jagged_neighbours())
    full, small = outlines(AT, simplified=False), outlines(AT, simplified=True)
    given = MultiPolygon([jagged_neighbours()["east"]])
    assert shapely.equals_exact(shapely.from_geojson(full[0].geometry), given, 1e-8)
    assert len(small[0].geometry) < len(full[0].geometry) / 4


def test_a_feature_collection_is_valid_json_with_the_caller_s_properties():
    load_towns()
    document = json.loads(feature_collection(outlines(AT), lambda area: {"code": area.code, "unit": 'quote " 引号'}))
    assert document["type"] == "FeatureCollection"
    assert document["features"][0]["properties"] == {"code": "A", "unit": 'quote " 引号'}


def test_outlines_are_kept_in_memory_and_cost_one_query():
    load_towns()
    feature_collection(outlines(AT))
    with CaptureQueriesContext(connection) as queries:
        feature_collection(outlines(AT))
    assert len(queries) == 1


def test_rivers_and_roads_are_drawn_with_the_base_layer():
    river = ReadLine("R1", "沭河", MultiLineString([[(118.3, 35.0), (118.4, 35.1), (118.5, 35.1)]]))
    lake = ReadArea("L1", "湖", None, MultiPolygon([shapely.box(118.3, 35.0, 118.31, 35.01)]))
    load_edition("base", "底图", Kind.BASE, ReadLayer([lake], Report(), lines=[river]), "base.geojson", "0" * 64, AT)
    assert DrawnLine.objects.get().name == "沭河"
    for simplified in (True, False):
        shown = areas_geojson(AT, simplified=simplified)
        assert [(one["properties"]["code"], one["geometry"]["type"]) for one in shown] == [
            ("L1", "MultiPolygon"),
            ("R1", "MultiLineString"),
        ]
