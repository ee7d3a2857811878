"""Spatial files that tests need and that are not text: made here, byte by byte, so that each is as broken as it should be.

Rings are lists of (x, y), closed, outer ones first; rows are (fields, polygons).
"""

import sqlite3
import stat
import struct
import zipfile
from contextlib import closing
from pathlib import Path

from pyproj import CRS, Transformer

Ring = list[tuple[float, float]]
Row = tuple[dict[str, str], list[Ring]]

SQUARE: Ring = [(118.30, 35.00), (118.40, 35.00), (118.40, 35.10), (118.30, 35.10), (118.30, 35.00)]
EAST: Ring = [(118.40, 35.00), (118.50, 35.00), (118.50, 35.10), (118.40, 35.10), (118.40, 35.00)]
TOWNS: list[Row] = [({"code": "371302001", "name": "石桥镇"}, [SQUARE]), ({"code": "371302002", "name": "柳林镇"}, [EAST])]


def in_system(rows: list[Row], epsg: int) -> list[Row]:
    """The rows with their WGS 84 degrees, taken as CGCS2000, put into a system of that datum (or WGS 84's own)."""
    there = Transformer.from_crs(CRS.from_epsg(epsg).geodetic_crs, epsg, always_xy=True)
    return [(fields, [[there.transform(x, y) for x, y in ring] for ring in polygons]) for fields, polygons in rows]


def shapefile(
    stem: Path,
    rows: list[Row] = TOWNS,
    *,
    epsg: int | None = 4490,
    encoding: str = "utf-8",
    code_page: str | None = None,
    language_driver: int = 0,
    without: str = "",
    heights: bool = False,
) -> Path:
    """A Shapefile at `stem` with suffixes; `without` names a part to leave out. Returns the .shp."""
    records = [_shp_record(number, polygons, heights) for number, (_fields, polygons) in enumerate(rows, start=1)]
    kind = 15 if heights else 5
    content, index, offset = b"", b"", 100
    for record in records:
        index += struct.pack(">2i", offset // 2, (len(record) - 8) // 2)
        content += record
        offset += len(record)
    parts = {
        ".shp": _shp_header(len(content), kind, rows) + content,
        ".shx": _shp_header(len(index), kind, rows) + index,
        ".dbf": _dbf([fields for fields, _polygons in rows], encoding, language_driver),
    }
    if epsg is not None:
        parts[".prj"] = CRS.from_epsg(epsg).to_wkt("WKT1_ESRI").encode()
    if code_page is not None:
        parts[".cpg"] = code_page.encode()
    for suffix, data in parts.items():
        if suffix != without:
            stem.with_suffix(suffix).write_bytes(data)
    return stem.with_suffix(".shp")


def zipped(shp: Path, target: Path, inside: str = "") -> Path:
    """All parts of a Shapefile in one archive, in the folder `inside`."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(shp.parent.glob(f"{shp.stem}.*")):
            archive.write(part, f"{inside}{part.name}")
    return target


def zip_with_link(target: Path) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        entry = zipfile.ZipInfo("towns.shp")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    return target


def geopackage(target: Path, rows: list[Row] = TOWNS, *, epsg: int = 4490, extra_sql: str = "") -> Path:
    """A GeoPackage with one layer `towns`; `extra_sql` is run at the end."""
    with closing(sqlite3.connect(target)) as database, database:
        database.executescript(
            """
            CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT,
                organization_coordsys_id INTEGER, definition TEXT, description TEXT);
            CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT, identifier TEXT, srs_id INTEGER);
            CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT, srs_id INTEGER,
                z TINYINT, m TINYINT);
            CREATE TABLE towns (fid INTEGER PRIMARY KEY, geom BLOB, code TEXT, name TEXT);
            INSERT INTO gpkg_contents VALUES ('towns', 'features', 'towns', 0);
            """
        )
        database.execute("INSERT INTO gpkg_spatial_ref_sys VALUES ('x', ?, 'EPSG', ?, 'undefined', '')", (epsg, epsg))
        database.execute("INSERT INTO gpkg_geometry_columns VALUES ('towns', 'geom', 'POLYGON', ?, 0, 0)", (epsg,))
        for fields, polygons in rows:
            wkb = struct.pack("<BII", 1, 3, len(polygons)) + b"".join(
                struct.pack("<I", len(ring)) + b"".join(struct.pack("<2d", x, y) for x, y in ring) for ring in polygons
            )
            database.execute(
                "INSERT INTO towns (geom, code, name) VALUES (?, ?, ?)",
                (b"GP\x00\x01" + struct.pack("<i", epsg) + wkb, fields["code"], fields["name"]),
            )
        database.executescript(extra_sql)
    return target


def _shp_header(length: int, kind: int, rows: list[Row]) -> bytes:
    points = [point for _fields, polygons in rows for ring in polygons for point in ring] or [(0.0, 0.0)]
    xs, ys = [x for x, _y in points], [y for _x, y in points]
    start = struct.pack(">7i", 9994, 0, 0, 0, 0, 0, (100 + length) // 2)
    return start + struct.pack("<2i8d", 1000, kind, min(xs), min(ys), max(xs), max(ys), 0, 0, 0, 0)


def _shp_record(number: int, polygons: list[Ring], heights: bool) -> bytes:
    if not polygons:
        body = struct.pack("<i", 0)
    else:
        clockwise = [list(reversed(ring)) for ring in polygons]
        points = [point for ring in clockwise for point in ring]
        xs, ys = [x for x, _y in points], [y for _x, y in points]
        starts = [sum(len(ring) for ring in clockwise[:index]) for index in range(len(clockwise))]
        body = struct.pack("<i4d2i", 15 if heights else 5, min(xs), min(ys), max(xs), max(ys), len(clockwise), len(points))
        body += struct.pack(f"<{len(starts)}i", *starts) + b"".join(struct.pack("<2d", *point) for point in points)
        if heights:
            body += struct.pack("<2d", 12.5, 12.5) + struct.pack("<d", 12.5) * len(points)
    return struct.pack(">2i", number, len(body) // 2) + body


def _dbf(rows: list[dict[str, str]], encoding: str, language_driver: int) -> bytes:
    names = list(rows[0])
    width = 60
    header = struct.pack("<4BIHH", 3, 126, 1, 1, len(rows), 32 + 32 * len(names) + 1, 1 + width * len(names))
    header += bytes(17) + bytes([language_driver]) + bytes(2)
    for name in names:
        header += name.encode(encoding)[:10].ljust(11, b"\0") + b"C" + bytes(4) + bytes([width, 0]) + bytes(14)
    body = b"".join(b" " + b"".join(row[name].encode(encoding).ljust(width) for name in names) for row in rows)
    return header + b"\r" + body + b"\x1a"
