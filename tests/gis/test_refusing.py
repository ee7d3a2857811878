"""Boundary files that are refused, each with its reason and row, and what is tried through them."""

import sqlite3
import struct
import zipfile
from pathlib import Path

import pytest

from gis.layers import opening
from gis.layers.reading import LayerRefused, read_layer
from tests.gis.made_files import SQUARE, TOWNS, geopackage, in_system, shapefile, zip_with_link, zipped
from tests.gis.reading import CASES, assert_two_towns, read, refusals


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
