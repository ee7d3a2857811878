"""Reading boundary files: what is mended and said, what is asked for, what is refused and why.

Each awkward input is a named file in `cases/`, or is made by `made_files` where it is not text.
"""

import hashlib
import sqlite3
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import CRS

from gis.coordinates import from_wgs84
from gis.layers import opening
from gis.layers.measuring import area_m2
from gis.layers.reading import LayerRefused, MissingSystem, ReadLayer, read_layer
from tests.gis import made_files
from tests.gis.made_files import EAST, SQUARE, TOWNS, geopackage, in_system, shapefile, zip_with_link, zipped

CASES = Path(__file__).parent / "cases"
SQUARE_M2 = area_m2(shapely.Polygon(SQUARE))


def read(file: str | Path, srs: str | None = None, **more: Any) -> ReadLayer:
    path = CASES / file if isinstance(file, str) else file
    return read_layer(path, "towns", "name", "code", more.pop("unit_field", None), srs, **more)


def refusals(file: str | Path, srs: str | None = None, **more: Any) -> list[tuple[str, int | None]]:
    with pytest.raises(LayerRefused) as caught:
        read(file, srs, **more)
    return [(reason.code, reason.row) for reason in caught.value.reasons]


def asked(file: str | Path) -> str:
    with pytest.raises(MissingSystem) as caught:
        read(file)
    return caught.value.reasons[0].code


def lines(layer: ReadLayer) -> list[tuple[str, int | None]]:
    return [(line.code, line.row) for line in layer.report.lines]


def only(layer: ReadLayer) -> shapely.MultiPolygon:
    assert len(layer.features) == 1
    return layer.features[0].geometry


def assert_two_towns(layer: ReadLayer, within: float = 0.0) -> None:
    assert [(area.code, area.name) for area in layer.features] == [("371302001", "石桥镇"), ("371302002", "柳林镇")]
    for area, ring in zip(layer.features, (SQUARE, EAST), strict=True):
        assert shapely.equals_exact(
            shapely.normalize(area.geometry), shapely.normalize(shapely.MultiPolygon([shapely.Polygon(ring)])), within
        )


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
    assert "m²" in layer.report.lines[0].message


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


# Refused


@pytest.mark.parametrize(
    ("file", "reasons"),
    [
        ("null_geometry.geojson", [("empty", 2)]),
        ("empty_polygon.geojson", [("empty", 2)]),
        ("zero_area.geojson", [("zero_area", 2)]),
        ("collinear.geojson", [("zero_area", 2)]),
        ("a_point_among_towns.geojson", [("not_a_polygon", 2)]),
        ("a_line_among_towns.geojson", [("not_a_polygon", 2)]),
        ("repeated_code.geojson", [("repeated_code", None)]),
        ("no_name.geojson", [("no_value", 2)]),
        ("across_the_antimeridian.geojson", [("crosses_antimeridian", 1)]),
        ("latitude_first.geojson", [("outside_system", 1)]),
        ("metres_called_degrees.geojson", [("outside_system", 1)]),
        ("override_in_name.geojson", [("bad_value", 1)]),
        ("one_coordinate.geojson", [("bad_coordinates", 1)]),
        ("text_coordinates.geojson", [("bad_coordinates", 1)]),
        ("infinite.geojson", [("not_finite", 1)]),
        ("nan.geojson", [("not_json", None)]),
        ("doubled_keys.geojson", [("not_json", None)]),
        ("not_json.geojson", [("not_json", None)]),
        ("no_features.geojson", [("empty_file", None)]),
        ("network_link.kml", [("link_in_kml", None)]),
        ("doctype.kml", [("entity_in_kml", None)]),
        ("entity.kml", [("entity_in_kml", None)]),
        ("entity_utf16.kml", [("entity_in_kml", None)]),
        ("there_is_none.geojson", [("not_there", None)]),
    ],
)
def test_a_bad_file_is_refused_with_its_row(file: str, reasons: list[tuple[str, int | None]]):
    assert refusals(file) == reasons


def test_the_row_stands_in_the_message():
    with pytest.raises(LayerRefused, match="2"):
        read("null_geometry.geojson")


def test_a_deep_document_is_refused(tmp_path: Path):
    file = tmp_path / "deep.geojson"
    file.write_text('{"type":"FeatureCollection","features":' + "[" * 100_000 + "]" * 100_000 + "}")
    assert refusals(file) == [("not_json", None)]


def test_fields_that_are_not_there_are_named():
    with pytest.raises(LayerRefused, match=r"XZQDM.*code, name, unit"):
        read_layer(CASES / "two_towns.geojson", "towns", "name", "XZQDM", None, None)


def test_all_bad_rows_are_named_at_once(tmp_path: Path):
    bad = [({"code": "1", "name": "石桥镇"}, []), *TOWNS, ({"code": "2", "name": ""}, [SQUARE])]
    assert refusals(shapefile(tmp_path / "towns", bad)) == [("empty", 1), ("no_value", 4)]


@pytest.mark.parametrize("part", [".dbf", ".shx"])
def test_a_shapefile_without_one_of_its_parts_is_refused(part: str, tmp_path: Path):
    assert refusals(shapefile(tmp_path / "towns", without=part)) == [("incomplete_shapefile", None)]


def test_a_wrong_projection_is_refused(tmp_path: Path):
    degrees_called_metres = shapefile(tmp_path / "a", epsg=4548)
    metres_called_degrees = shapefile(tmp_path / "b", in_system(TOWNS, 4548), epsg=4490)
    degrees_called_utm = shapefile(tmp_path / "d", epsg=32650)  # they would land beside the equator, within the zone
    another_zone = shapefile(tmp_path / "c", in_system(TOWNS, 4527), epsg=4548)
    for file in (degrees_called_metres, metres_called_degrees, degrees_called_utm, another_zone):
        assert refusals(file) == [("outside_system", 1), ("outside_system", 2)]


def test_a_damaged_shapefile_is_refused(tmp_path: Path):
    file = shapefile(tmp_path / "towns")
    whole = file.read_bytes()
    file.write_bytes(whole[:300])
    assert refusals(file)[0][0] in ("bad_shapefile", "empty", "bad_coordinates")
    file.write_bytes(b"<OGRVRTDataSource><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTDataSource>")
    assert refusals(file) == [("wrong_content", None)]
    file.write_bytes(whole)
    table = tmp_path / "towns.dbf"
    table.write_bytes(table.read_bytes()[:4] + struct.pack("<I", 3) + table.read_bytes()[8:])
    assert refusals(file) == [("bad_shapefile", None)]


def test_a_geopackage_with_a_trigger_is_refused_and_one_with_the_standard_s_own_is_read(tmp_path: Path):
    evil = "CREATE TRIGGER evil AFTER INSERT ON towns BEGIN DELETE FROM towns; END;"
    disguised = (
        "CREATE TRIGGER rtree_towns_geom_insert AFTER INSERT ON towns BEGIN INSERT INTO gpkg_contents VALUES (1, 2, 3, 4); END;"
    )
    standard = """
        CREATE TABLE rtree_towns_geom (id INTEGER PRIMARY KEY, minx, maxx, miny, maxy);
        CREATE TRIGGER rtree_towns_geom_delete AFTER DELETE ON towns WHEN old.geom NOT NULL
            BEGIN DELETE FROM "rtree_towns_geom" WHERE id = OLD.fid; END;
        CREATE TRIGGER gpkg_check BEFORE INSERT ON gpkg_contents BEGIN SELECT RAISE(ABORT, 'no'); END;
    """
    assert refusals(geopackage(tmp_path / "evil.gpkg", extra_sql=evil)) == [("trigger_in_geopackage", None)]
    assert refusals(geopackage(tmp_path / "disguised.gpkg", extra_sql=disguised)) == [("trigger_in_geopackage", None)]
    assert_two_towns(read(geopackage(tmp_path / "standard.gpkg", extra_sql=standard)))


def test_a_geopackage_whose_layer_is_a_view_is_refused(tmp_path: Path):
    view = "ALTER TABLE towns RENAME TO hidden; CREATE VIEW towns AS SELECT * FROM hidden;"
    assert refusals(geopackage(tmp_path / "view.gpkg", extra_sql=view)) == [("view_in_geopackage", None)]


def test_a_geopackage_whose_own_tables_never_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for_ever = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    view = f"ALTER TABLE gpkg_contents RENAME TO hidden; CREATE VIEW gpkg_contents AS {for_ever};"
    assert refusals(geopackage(tmp_path / "view.gpkg", extra_sql=view)) == [("view_in_geopackage", None)]
    monkeypatch.setattr("gis.layers.from_geopackage.MAX_SECONDS", 0.0)
    monkeypatch.setattr("gis.layers.from_geopackage._STEPS", 10)
    assert refusals(geopackage(tmp_path / "slow.gpkg")) == [("bad_geopackage", None)]


def test_a_geopackage_is_not_written_to(tmp_path: Path):
    file = geopackage(tmp_path / "towns.gpkg")
    before = file.read_bytes()
    read(file)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["towns.gpkg"]


def test_a_damaged_geopackage_is_refused(tmp_path: Path):
    file = tmp_path / "towns.gpkg"
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE unrelated (x)")
    assert refusals(file) == [("bad_geopackage", None)]
    file.write_bytes(b"SQLite format 3\x00" + b"\xff" * 4096)
    assert refusals(file) == [("bad_geopackage", None)]
    file.write_bytes(b"GIF89a")
    assert refusals(file) == [("wrong_content", None)]


@pytest.mark.parametrize("x", [float("nan"), float("inf")])
def test_numbers_that_are_not_finite_in_a_binary_file_are_refused(x: float, tmp_path: Path):
    ring = [(118.3, 35.0), (x, 35.0), (118.4, 35.1), (118.3, 35.0)]
    assert refusals(geopackage(tmp_path / "t.gpkg", [(TOWNS[0][0], [ring])])) == [("not_finite", 1)]


@pytest.mark.parametrize("blob", [b"", b"GP", b"GP\x00\x01\x00\x00\x00\x00\x01\x03\x00\x00\x00\xff\xff\xff\xff", b"nonsense" * 8])
def test_a_binary_geometry_that_lies_about_its_length_is_refused(blob: bytes, tmp_path: Path):
    file = geopackage(tmp_path / "t.gpkg")
    with sqlite3.connect(file) as database:
        database.execute("UPDATE towns SET geom = ? WHERE fid = 1", (blob,))
    assert refusals(file)[0] == ("bad_coordinates", 1)


@pytest.mark.parametrize("name", ["../towns.shp", "/towns.shp", "C:\\towns.shp", "a/../../towns.shp"])
def test_an_archive_with_a_path_that_leads_out_of_it_is_refused(name: str, tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "slip.zip", "w") as archive:
        archive.writestr(name, b"x")
    assert refusals(tmp_path / "slip.zip") == [("path_in_archive", None)]
    assert [path.name for path in tmp_path.iterdir()] == ["slip.zip"]


def test_an_archive_with_a_link_is_refused(tmp_path: Path):
    assert refusals(zip_with_link(tmp_path / "link.zip")) == [("link_in_archive", None)]


def test_an_archive_with_too_many_entries_or_too_much_in_them_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for number in range(opening.MAX_ENTRIES + 1):
            archive.writestr(f"{number}.txt", b"")
    assert refusals(tmp_path / "many.zip") == [("too_many_entries", None)]
    monkeypatch.setattr(opening, "MAX_BYTES", 1_000_000)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("towns.shp", bytes(2_000_000))
    assert (tmp_path / "bomb.zip").stat().st_size < 10_000
    assert refusals(tmp_path / "bomb.zip") == [("too_large", None)]


def test_an_archive_that_lies_about_its_size_is_refused(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "liar.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("towns.geojson", bytes(3_000_000))
    content = (tmp_path / "liar.zip").read_bytes()
    (tmp_path / "liar.zip").write_bytes(content.replace(struct.pack("<I", 3_000_000), struct.pack("<I", 1_000)))
    assert refusals(tmp_path / "liar.zip")[0][0] in ("bad_archive", "wrong_content")


def test_an_archive_with_two_layers_or_none_is_refused(tmp_path: Path):
    shapefile(tmp_path / "a")
    both = zipped(shapefile(tmp_path / "a"), tmp_path / "two.zip")
    with zipfile.ZipFile(both, "a") as archive:
        archive.write(CASES / "two_towns.geojson", "b.geojson")
    assert refusals(both) == [("not_one_layer", None)]
    (tmp_path / "no.zip").write_bytes(b"PK\x03\x04 not an archive")
    assert refusals(tmp_path / "no.zip") == [("bad_archive", None)]


def test_too_many_vertices_and_too_large_files_are_refused_before_they_are_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("gis.layers.reading.MAX_VERTICES", 9)
    assert refusals("two_towns.geojson") == [("too_many_vertices", None)]
    monkeypatch.undo()
    for reader in ("geojson", "shapefile", "geopackage"):
        monkeypatch.setattr(f"gis.layers.from_{reader}.MAX_VERTICES", 5)
    never = pytest.fail
    monkeypatch.setattr("gis.layers.from_geojson.json.loads", lambda *_a, **_k: never("parsed"))
    assert refusals("two_towns.geojson") == [("too_many_vertices", None)]
    assert refusals(shapefile(tmp_path / "towns")) == [("too_many_vertices", None)]
    assert refusals(geopackage(tmp_path / "t.gpkg")) == [("too_many_vertices", None)]
    monkeypatch.setattr(opening, "MAX_BYTES", 100)
    assert refusals("two_towns.geojson") == [("too_large", None)]


def test_a_file_of_another_kind_is_refused(tmp_path: Path):
    (tmp_path / "towns.dxf").write_text("x")
    assert refusals(tmp_path / "towns.dxf") == [("unknown_format", None)]


def test_lines_are_read_for_base_layers_only():
    layer = read("a_line_among_towns.geojson", with_lines=True)
    assert [area.code for area in layer.features] == ["371302001"]
    assert np.allclose(shapely.get_coordinates(layer.lines[0].geometry), made_files.SQUARE)
