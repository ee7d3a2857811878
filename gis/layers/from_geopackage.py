"""GeoPackage 1.x, read through SQLite opened unchangeable, so that nothing in it can run or be written.

Triggers that the standard itself asks for (of the spatial index, the row counts and the checks of its own tables) are let
be: reading fires none. Any other trigger, and a layer that is a view, is refused.
"""

import re
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from django.utils.translation import gettext as _

from gis.layers.from_wkb import row_of
from gis.layers.opening import MAX_VERTICES, too_many_vertices
from gis.layers.raw import RawLayer, RawRow
from gis.layers.refusals import LayerRefused

_STANDARD_TRIGGERS = re.compile(r"(?:rtree_|trigger_(?:insert|delete)_feature_count_|gpkg_).+", re.DOTALL)
_WRITES = re.compile(
    r"\b(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM|REPLACE\s+INTO)\b(.{0,80})",
    re.IGNORECASE | re.DOTALL,
)
_OWN_TABLES = re.compile(r"\s*\"?(?:rtree_|gpkg_ogr_contents)", re.IGNORECASE)
_MAX_VALUE = 64 * 1024 * 1024  # bytes of one value
MAX_SECONDS = 60.0
_STEPS = 100_000  # of the database's machine, between two looks at the clock
_ENVELOPES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}


def read(path: Path) -> RawLayer:
    """The rows of the one layer of features. Raises LayerRefused."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            database.execute("PRAGMA trusted_schema = OFF")
            database.execute("PRAGMA cell_size_check = ON")
            database.text_factory = lambda text: text.decode("utf-8", "replace")
            # A table may have computed columns: they get this much memory and time.
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE)
            end = time.monotonic() + MAX_SECONDS
            database.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
            _require_no_triggers(database)
            for table in ("gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys"):
                _require_table(database, table)
            return _layer(database)
    except sqlite3.Error as error:
        raise LayerRefused.because("bad_geopackage", _("The GeoPackage is damaged or lacks its own tables.")) from error


def _layer(database: sqlite3.Connection) -> RawLayer:
    found = database.execute(
        "SELECT c.table_name, g.column_name, g.srs_id FROM gpkg_contents c JOIN gpkg_geometry_columns g USING (table_name)"
        " WHERE c.data_type = 'features'"
    ).fetchall()
    if len(found) != 1:
        raise LayerRefused.because(
            "not_one_layer", _("The file must hold exactly one layer; it holds %(count)d.") % {"count": len(found)}
        )
    table, column, srs_id = found[0]
    _require_table(database, str(table))
    cursor = database.execute(f"SELECT * FROM {_quoted(table)}")  # noqa: S608  a table cannot be a parameter; it is quoted
    names = [name for name, *_rest in cursor.description]
    rows: list[RawRow] = []
    left = MAX_VERTICES * 16
    for number, values in enumerate(cursor, start=1):
        fields: dict[str, object] = dict(zip(names, values, strict=True))
        geometry = fields.pop(column, None)
        left -= len(geometry) if isinstance(geometry, bytes) else 0
        if left < 0:
            raise too_many_vertices()
        rows.append(_row(number, fields, geometry))
    return RawLayer(rows, *_declared(database, srs_id))


def _row(number: int, fields: dict[str, object], geometry: object) -> RawRow:
    if geometry is None:
        return RawRow(number, fields, problem="empty")
    # GeoPackage's own header: "GP", version, flags (bits 1–3: size of the envelope), srs_id, envelope; then plain WKB.
    if not isinstance(geometry, bytes) or len(geometry) < 8 or geometry[:2] != b"GP" or geometry[3] >> 1 & 7 not in _ENVELOPES:
        return RawRow(number, fields, problem="bad_coordinates")
    return row_of(number, fields, geometry[8 + _ENVELOPES[geometry[3] >> 1 & 7] :])


def _declared(database: sqlite3.Connection, srs_id: int) -> tuple[str | None, str]:
    if srs_id in (0, -1):  # the standard's "undefined"
        return None, ""
    found = database.execute(
        "SELECT organization, organization_coordsys_id, srs_name FROM gpkg_spatial_ref_sys WHERE srs_id = ?", (srs_id,)
    ).fetchone()
    if found is None:
        return None, str(srs_id)
    organization, number, name = found
    if str(organization).upper() == "EPSG" and isinstance(number, int):
        return f"EPSG:{number}", ""
    return None, str(name)[:80]


def _require_no_triggers(database: sqlite3.Connection) -> None:
    for name, statement in database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"):
        body = re.split(r"\bBEGIN\b", str(statement), maxsplit=1, flags=re.IGNORECASE)[-1]
        writes = _WRITES.findall(body)
        if not _STANDARD_TRIGGERS.fullmatch(str(name)) or not all(_OWN_TABLES.match(target) for target in writes):
            raise LayerRefused.because(
                "trigger_in_geopackage", _("The GeoPackage holds a trigger: %(name)s.") % {"name": str(name)[:60]}
            )


def _require_table(database: sqlite3.Connection, name: str) -> None:
    """A view could do anything that a query can, for ever."""
    found = database.execute("SELECT type FROM sqlite_master WHERE name = ? COLLATE NOCASE", (name,)).fetchall()
    if not found:
        raise LayerRefused.because("bad_geopackage", _("The GeoPackage is damaged or lacks its own tables."))
    if found != [("table",)]:
        raise LayerRefused.because("view_in_geopackage", _("The layer of the GeoPackage is not a plain table."))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
