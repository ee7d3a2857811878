"""Shapefiles: geometry and table through GDAL, everything that is text (projection, code page) through us.

GDAL never sees the .prj: what stands there is recognised as a system of the EPSG register or asked for.
"""

import ctypes
import math
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.contrib.gis.gdal import DataSource, GDALException
from django.contrib.gis.gdal.libgdal import lgdal
from django.utils.encoding import DjangoUnicodeDecodeError
from django.utils.translation import gettext as _
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from gis.layers.from_wkb import row_of
from gis.layers.opening import MAX_VERTICES, too_many_vertices
from gis.layers.raw import RawLayer, RawRow
from gis.layers.refusals import LayerRefused

_ENCODINGS = {"936": "gb18030", "cp936": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030", "65001": "utf-8",
              "utf-8": "utf-8", "utf8": "utf-8"}  # fmt: skip
_LANGUAGE_DRIVERS = {0x4D: "gb18030", 0x7A: "gb18030"}  # the code page byte of the .dbf: simplified Chinese
_POLYGONS_AND_LINES = {3, 5, 13, 15, 23, 25}


def read(path: Path) -> RawLayer:
    """The rows of `path`, whose .shx, .dbf, .prj and .cpg lie beside it. Raises LayerRefused."""
    table, index = path.with_suffix(".dbf"), path.with_suffix(".shx")
    for part in (table, index):
        if not part.is_file():
            raise LayerRefused.because(
                "incomplete_shapefile", _("The Shapefile lacks its %(part)s file.") % {"part": part.suffix}
            )
    _require_consistent(path, index, table)
    declared, words = _declared(path.with_suffix(".prj"))
    problem: Exception | None = None
    for encoding in _encodings(path.with_suffix(".cpg"), table):
        try:
            with _undecoded():
                return RawLayer(_rows(path, encoding), declared, words)
        except DjangoUnicodeDecodeError as error:
            problem = error
        except GDALException as error:
            raise LayerRefused.because("bad_shapefile", _("The Shapefile is damaged.")) from error
    raise LayerRefused.because("bad_encoding", _("The texts of the table are in no encoding that is known here.")) from problem


def _rows(path: Path, encoding: str) -> list[RawRow]:
    layer = DataSource(path, encoding=encoding)[0]
    names = list(layer.fields)
    rows: list[RawRow] = []
    for number, feature in enumerate(layer, start=1):
        fields: dict[str, object] = {name: feature[index].value for index, name in enumerate(names)}
        try:
            rows.append(row_of(number, fields, bytes(feature.geom.wkb)))
        except GDALException:  # a row without geometry
            rows.append(RawRow(number, fields, problem="empty"))
    return rows


@contextmanager
def _undecoded() -> Iterator[None]:
    """GDAL would decode the table by guesses of its own; for this thread it hands the bytes on as they are."""
    option = lgdal.CPLSetThreadLocalConfigOption
    option.argtypes, option.restype = [ctypes.c_char_p, ctypes.c_char_p], None
    option(b"SHAPE_ENCODING", b"")
    try:
        yield
    finally:
        option(b"SHAPE_ENCODING", None)


def _require_consistent(path: Path, index: Path, table: Path) -> None:
    """What the three headers say of each other, and the number of vertices, before anything is parsed."""
    try:
        kind = struct.unpack_from("<i", path.read_bytes()[:100], 32)[0]
        records = struct.unpack_from("<I", table.read_bytes()[:32], 4)[0]
    except struct.error as error:
        raise LayerRefused.because("bad_shapefile", _("The Shapefile is damaged.")) from error
    if kind not in _POLYGONS_AND_LINES:
        raise LayerRefused.because("not_a_polygon", _("The Shapefile holds no polygons."))
    if (index.stat().st_size - 100) // 8 != records:
        raise LayerRefused.because("bad_shapefile", _("The table and the shapes of the Shapefile differ in number."))
    if path.stat().st_size > MAX_VERTICES * 16:
        raise too_many_vertices()


def _encodings(code_page: Path, table: Path) -> list[str]:
    """The encoding that the .cpg or the table names; where none is named, UTF-8 and then the Chinese one, strictly."""
    if code_page.is_file():
        named = _ENCODINGS.get(code_page.read_bytes()[:40].decode("ascii", "replace").strip().lower())
        if named:
            return [named, *({"utf-8", "gb18030"} - {named})]
    named = _LANGUAGE_DRIVERS.get(table.read_bytes()[29])
    return [named, "utf-8"] if named else ["utf-8", "gb18030"]


def _declared(projection: Path) -> tuple[str | None, str]:
    """The EPSG system that the .prj describes, and its words where it is none of the register."""
    if not projection.is_file():
        return None, ""
    text = projection.read_bytes()[:8192].decode("utf-8", "replace").strip().strip("\ufeff\x00")
    if not text.startswith(("GEOGCS[", "PROJCS[")):  # nothing else is handed to PROJ: it would take file names and addresses
        return None, text[:80]
    try:
        described = CRS.from_wkt(text)
        number = described.to_epsg(min_confidence=20)
        if number is not None and _same(described, CRS.from_epsg(number)):
            return f"EPSG:{number}", ""
    except (CRSError, ProjError):
        pass
    return None, text.partition('"')[2].partition('"')[0][:80]


def _same(one: CRS, other: CRS) -> bool:
    """Whether both give the same degrees, to a millimetre, in the middle of the area of use."""
    area = other.area_of_use
    geographic = other.geodetic_crs
    if area is None or geographic is None:
        return False
    lon, lat = (area.west + area.east) / 2, (area.south + area.north) / 2
    x, y = Transformer.from_crs(geographic, one, always_xy=True).transform(lon, lat)
    there_lon, there_lat = Transformer.from_crs(other, geographic, always_xy=True).transform(x, y)
    return math.isclose(lon, there_lon, abs_tol=1e-8) and math.isclose(lat, there_lat, abs_tol=1e-8)
