"""Reading boundary files: every format, what is mended and said, what is asked for.

Each awkward input is a named file in `cases/`, or is made by `made_files` where it is not text.
"""

import hashlib
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import CRS

from gis.coordinates import from_wgs84
from gis.layers.measuring import area_m2
from gis.layers.reading import read_layer
from tests.gis import made_files
from tests.gis.made_files import TOWNS, geopackage, in_system, shapefile, zipped
from tests.gis.reading import CASES, SQUARE_M2, asked, assert_two_towns, lines, only, read, refusals

# Every format


def test_geojson_is_read_with_codes_names_and_units():
    layer = read("two_towns.geojson", unit_field="unit")
    assert_two_towns(layer)
    assert [area.unit_code for area in layer.features] == ["SQ", "LL"]
    assert (layer.given_srs, layer.report.lines) == ("EPSG:4326", [])
    assert len(layer.digest) == 64
    assert [area.unit_code for area in read("two_towns.geojson").features] == [None, None]


def test_kml_is_read():
    assert_two_towns(read("two_towns.kml"))


@pytest.mark.parametrize("epsg", [4490, 4326, 4527, 4528, 4548, 4549, 4499, 32650])
def test_a_shapefile_and_a_geopackage_of_any_system_load_to_the_same_places(epsg: int, tmp_path: Path):
    for file in (
        shapefile(tmp_path / "towns", in_system(TOWNS, epsg), epsg=epsg),
        geopackage(tmp_path / "t.gpkg", in_system(TOWNS, epsg), epsg=epsg),
    ):
        layer = read(file)
        assert layer.given_srs == f"EPSG:{epsg}"
        assert_two_towns(layer)  # to the last digit: all systems of one place agree


@pytest.mark.parametrize("epsg", [4490, 4527, 4548, 4499])
def test_neighbours_still_share_their_edge_exactly_after_conversion(epsg: int, tmp_path: Path):
    layer = read(shapefile(tmp_path / "towns", in_system(TOWNS, epsg), epsg=epsg))
    assert shapely.coverage_is_valid([area.geometry for area in layer.features])


@pytest.mark.parametrize("system", ["gcj02", "bd09"])
def test_an_offset_map_is_put_back_in_its_place(system: str, tmp_path: Path):
    shifted = [(fields, [[from_wgs84(x, y, system) for x, y in ring] for ring in polygons]) for fields, polygons in TOWNS]
    layer = read(shapefile(tmp_path / "towns", shifted, epsg=4326), system)
    assert_two_towns(layer, within=1e-7)
    assert layer.given_srs == system
    assert lines(layer) == [("declared_otherwise", None)]


def test_a_zipped_shapefile_is_read_from_any_folder_inside(tmp_path: Path):
    assert_two_towns(read(zipped(shapefile(tmp_path / "towns"), tmp_path / "towns.zip")))
    assert_two_towns(read(zipped(tmp_path / "towns.shp", tmp_path / "again.zip", "数据/边界/")))


@pytest.mark.parametrize(("encoding", "code_page", "driver"), [
    ("gb18030", "GBK", 0), ("gb18030", "936", 0), ("gb18030", None, 0x4D), ("gb18030", None, 0), ("utf-8", "UTF-8", 0),
    ("utf-8", None, 0), ("gb18030", "UTF-8", 0), ("gb18030", "ISO-8859-1", 0),
])  # fmt: skip
def test_chinese_names_come_out_whatever_the_table_says_of_its_code_page(
    encoding: str, code_page: str | None, driver: int, tmp_path: Path
):
    assert_two_towns(read(shapefile(tmp_path / "towns", encoding=encoding, code_page=code_page, language_driver=driver)))


def test_chinese_field_names_are_found(tmp_path: Path):
    rows = [({"代码": fields["code"], "名称": fields["name"]}, polygons) for fields, polygons in TOWNS]
    file = shapefile(tmp_path / "towns", rows, encoding="gb18030", code_page="GBK")
    assert_two_towns(read_layer(file, "towns", "名称", "代码", None, None))


def test_the_digest_is_that_of_the_file_and_changes_with_any_part(tmp_path: Path):
    assert read("two_towns.geojson").digest == hashlib.sha256((CASES / "two_towns.geojson").read_bytes()).hexdigest()
    file = shapefile(tmp_path / "towns")
    before = read(file).digest
    (tmp_path / "towns.cpg").write_text("UTF-8")
    assert read(file).digest != before


def test_codes_that_a_table_keeps_as_numbers_are_texts():
    assert_two_towns(read("numeric_codes.geojson"))


# Mended and said


def test_a_bowtie_is_repaired_and_the_change_of_its_area_reported():
    layer = read("bowtie.geojson")
    shape = only(layer)
    assert shape.is_valid
    assert area_m2(shape) == pytest.approx(SQUARE_M2 / 2, rel=0.01)
    assert lines(layer) == [("repaired", 1)]
    assert "50607402" in layer.report.lines[0].message


def test_an_open_ring_is_closed_and_said():
    layer = read("unclosed_ring.geojson")
    assert area_m2(only(layer)) == pytest.approx(SQUARE_M2)
    assert lines(layer) == [("ring_closed", 1)]


def test_a_spike_is_cut_off():
    layer = read("spike.geojson")
    assert area_m2(only(layer)) == pytest.approx(SQUARE_M2)
    assert lines(layer) == [("repaired", 1)]


def test_nested_parts_become_one():
    layer = read("nested_parts.geojson")
    assert area_m2(only(layer)) == pytest.approx(SQUARE_M2)
    assert lines(layer) == [("repaired", 1)]


def test_a_hole_stays_a_hole():
    layer = read("hole_of_its_own.geojson")
    assert not shapely.covers(only(layer), shapely.Point(118.35, 35.05))
    assert lines(layer) == []


def test_heights_are_dropped_and_said(tmp_path: Path):
    for file in (CASES / "with_heights.geojson", shapefile(tmp_path / "towns", heights=True)):
        layer = read(file)
        assert not any(shapely.has_z(area.geometry) for area in layer.features)
        assert lines(layer) == [("height_dropped", None)]


# Asked for


def test_a_shapefile_without_projection_is_asked_for_its_system(tmp_path: Path):
    file = shapefile(tmp_path / "towns", in_system(TOWNS, 4527), epsg=None)
    assert asked(file) == "missing_system"
    assert_two_towns(read(file, "EPSG:4527"), within=1e-8)


def test_a_projection_that_is_none_of_the_register_is_asked_for(tmp_path: Path):
    file = shapefile(tmp_path / "towns", in_system(TOWNS, 4548))
    local = CRS.from_epsg(4548).to_wkt("WKT1_ESRI").replace('"Central_Meridian",117.0', '"Central_Meridian",118.25')
    assert "118.25" in local
    (tmp_path / "towns.prj").write_text(local)
    assert asked(file) == "missing_system"


@pytest.mark.parametrize(
    "text", ["http://192.0.2.1/evil", "/etc/passwd", "+proj=longlat +nadgrids=@/etc/passwd", "GEOGCS[", "", "EPSG:4490"]
)
def test_a_projection_file_with_anything_else_is_asked_for_and_never_followed(text: str, tmp_path: Path):
    file = shapefile(tmp_path / "towns")
    (tmp_path / "towns.prj").write_text(text)
    assert asked(file) == "missing_system"


def test_a_geopackage_of_undefined_system_is_asked_for(tmp_path: Path):
    assert asked(geopackage(tmp_path / "t.gpkg", epsg=-1)) == "missing_system"


def test_a_crs_member_is_asked_about_and_believed_once_confirmed():
    assert asked("crs_member_epsg_4490.geojson") == "crs_member"
    assert asked("crs_member_epsg_4527.geojson") == "crs_member"
    assert asked("bad_srid.geojson") == "crs_member"
    assert asked("crs_member_is_a_file.geojson") == "unknown_crs_member"
    assert area_m2(only(read("crs_member_epsg_4490.geojson", "EPSG:4490"))) == pytest.approx(SQUARE_M2)
    assert read("crs_member_wgs84.geojson").given_srs == "EPSG:4326"


def test_a_crs_member_that_disagrees_with_what_was_said_is_refused():
    assert refusals("crs_member_epsg_4527.geojson", "EPSG:4490") == [("crs_member_differs", None)]
    assert refusals("crs_member_epsg_4527.geojson", "gcj02") == [("crs_member_differs", None)]
    assert read("crs_member_wgs84.geojson", "gcj02").given_srs == "gcj02"


@pytest.mark.parametrize("srs", ["EPSG:999999", "EPSG:4479", "proj=longlat", "EPSG:4610"])
def test_an_unknown_system_is_refused(srs: str):
    assert refusals("two_towns.geojson", srs)[0][0] == "unknown_system"


def test_lines_are_read_for_base_layers_only():
    layer = read("a_line_among_towns.geojson", with_lines=True)
    assert [area.code for area in layer.features] == ["371302001"]
    assert np.allclose(shapely.get_coordinates(layer.lines[0].geometry), made_files.SQUARE)
