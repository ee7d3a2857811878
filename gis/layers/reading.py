"""Reading a layer of areas from a spatial file: GeoJSON, GeoPackage, Shapefile (also zipped), KML.

Whatever the file, what comes out is valid WGS 84 geometry with codes and names, and a report of all that was noticed; or
LayerRefused with every reason at once. Nothing is written here: see `loading`.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from django.utils.translation import gettext as _
from shapely import MultiLineString, MultiPolygon

from gis.coordinates import UnknownSystem, system_named
from gis.layers import from_geojson, from_geopackage, from_kml, from_shapefile
from gis.layers.mending import Mended, NotMendable, joined_lines, mended_polygons
from gis.layers.opening import MAX_VERTICES, opened, too_many_vertices
from gis.layers.raw import Points, RawLayer, RawRow, Ring
from gis.layers.refusals import LayerRefused, MissingSystem, Reason
from gis.layers.systems import OutsideSystem, degrees_of
from gis.reference_systems import epsg_code, transformer

__all__ = ["LayerRefused", "MissingSystem", "ReadArea", "ReadLayer", "ReadLine", "Report", "ReportLine", "read_layer"]

_READERS = {"geojson": from_geojson.read, "gpkg": from_geopackage.read, "kml": from_kml.read, "shapefile": from_shapefile.read}
_CODE_LENGTH, _NAME_LENGTH = 40, 120
_DEGREES_LABELS = {"EPSG:4326", "EPSG:4490"}


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One thing to say about the file: a stable code, a translated text, the row (from 1; None: the whole file)."""

    code: str
    message: str
    row: int | None = None


@dataclass(slots=True)
class Report:
    """What was noticed, mended and dropped, in the order of the file."""

    lines: list[ReportLine] = field(default_factory=list)

    def add(self, code: str, message: str, row: int | None = None) -> None:
        self.lines.append(ReportLine(code, message, row))

    def as_json(self) -> dict[str, object]:
        """As it is kept with the edition."""
        return {"lines": [{"code": line.code, "message": line.message, "row": line.row} for line in self.lines]}


@dataclass(frozen=True, slots=True)
class ReadArea:
    """An area: geometry valid and in WGS 84 degrees; `unit_code` is the file's own value, for whoever knows units."""

    code: str
    name: str
    unit_code: str | None
    geometry: MultiPolygon


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line of a base layer, in WGS 84 degrees."""

    code: str
    name: str
    geometry: MultiLineString


@dataclass(frozen=True, slots=True)
class ReadLayer:
    """A file, read: its areas (and lines, for a base layer), the report, its system, its SHA-256 (hexadecimal; of a Shapefile's
    parts in the order of their suffixes, where it is not zipped)."""

    features: Sequence[ReadArea]
    report: Report
    given_srs: str = "EPSG:4326"
    digest: str = ""
    lines: Sequence[ReadLine] = ()


def read_layer(
    path: Path,
    layer: str,
    name_field: str,
    code_field: str,
    unit_field: str | None = None,
    srs: str | None = None,
    *,
    with_lines: bool = False,
) -> ReadLayer:
    """Read the file at `path` for the layer with code `layer`.

    The fields name the columns of an area's name, its code and, if given, the code of its unit. `srs` (EPSG:n, gcj02 or
    bd09) says in which system the file is; it is needed where the file does not say, and obeyed where it says otherwise.
    `with_lines`: lines are read too (base layers), else refused. Raises LayerRefused; MissingSystem asks for `srs`.
    """
    report = Report()
    with opened(path) as file:
        digest = file.digest
        raw = _READERS[file.format](file.path)
        system = _system(raw, file.format, srs, report)
    if not raw.rows:
        raise LayerRefused.because("empty_file", _("The file holds no areas."))
    if sum(len(ring) for row in raw.rows for ring in _rings(row)) > MAX_VERTICES:
        raise too_many_vertices()
    _require_fields(raw.rows, [name for name in (name_field, code_field, unit_field) if name])
    reasons: list[Reason] = []
    areas: list[ReadArea] = []
    lines: list[ReadLine] = []
    for row in raw.rows:
        try:
            code = _text(row, code_field, _CODE_LENGTH)
            name = _text(row, name_field, _NAME_LENGTH)
            unit = (_text(row, unit_field, _CODE_LENGTH, may_be_empty=True) or None) if unit_field else None
            geometry = _geometry(row, code, system, report, with_lines=with_lines)
        except LayerRefused as refused:
            reasons += refused.reasons
            continue
        if isinstance(geometry, MultiPolygon):
            areas.append(ReadArea(code, name, unit, geometry))
        else:
            lines.append(ReadLine(code, name, geometry))
    reasons += _repeated_codes([*areas, *lines])
    if reasons:
        raise LayerRefused(sorted(reasons, key=lambda reason: reason.row or 0))
    heights = sum(row.had_height for row in raw.rows)
    if heights:
        report.add("height_dropped", _("Heights or measures were dropped in %(count)d rows.") % {"count": heights})
    return ReadLayer(areas, report, system, digest, lines)


def _system(raw: RawLayer, file_format: str, srs: str | None, report: Report) -> str:
    """The system to read the file in, by what it declares and what was said. Raises MissingSystem or LayerRefused."""
    said = _known(srs) if srs else None
    declared = raw.declared
    if file_format == "geojson":
        if declared is None and raw.declared_as:
            if said is None:
                raise MissingSystem.because(
                    "unknown_crs_member",
                    _("The GeoJSON names a system that is not known: %(name)s. Say which.") % {"name": raw.declared_as},
                )
        elif declared is None:
            return said or "EPSG:4326"
        elif said is None and declared != "EPSG:4326":
            raise MissingSystem.because(
                "crs_member",
                _("The GeoJSON has a crs member (%(name)s), which the standard does not know. Confirm it with --srs.")
                % {"name": declared},
            )
        elif said is not None and said != declared and not (said in ("gcj02", "bd09") and declared in _DEGREES_LABELS):
            raise LayerRefused.because(
                "crs_member_differs",
                _("The GeoJSON says %(declared)s, and --srs says %(said)s.") % {"declared": declared, "said": said},
            )
    if said is None:
        if declared is None:
            hint = _(" It calls its system “%(name)s”.") % {"name": raw.declared_as} if raw.declared_as else ""
            raise MissingSystem.because(
                "missing_system", _("The file does not say its coordinate system: give --srs EPSG:n, gcj02 or bd09.") + hint
            )
        return _known(declared)
    if declared is not None and declared != said:
        report.add(
            "declared_otherwise",
            _("The file says %(declared)s; it was read as %(said)s, as asked.") % {"declared": declared, "said": said},
        )
    return said


def _known(name: str) -> str:
    try:
        system = system_named(name)
        if system.startswith("EPSG:"):
            transformer(epsg_code(system))  # known, but perhaps with no way to WGS 84
    except UnknownSystem as error:
        raise MissingSystem.because("unknown_system", f"{name[:40]}: {_(error.message)}") from error
    return "EPSG:4326" if system == "wgs84" else system


def _require_fields(rows: Iterable[RawRow], wanted: Sequence[str]) -> None:
    present = dict.fromkeys(name for row in rows for name in row.fields)
    missing = [name for name in wanted if name not in present]
    if missing:
        raise LayerRefused.because(
            "no_such_field",
            _("The file has no field %(missing)s; it has: %(present)s.")
            % {"missing": ", ".join(missing), "present": ", ".join(list(present)[:30]) or "–"},
        )


def _text(row: RawRow, name: str, longest: int, *, may_be_empty: bool = False) -> str:
    value = row.fields.get(name)
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # tables keep codes as numbers: 370112.0 is the code 370112
    if value is None or value == "":
        text = ""
    elif isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _refusal("bad_value", row, _("%(field)s is neither text nor number.") % {"field": name})
    else:
        try:
            text = str(value).strip()
        except ValueError:  # a number of thousands of digits
            raise _refusal("bad_value", row, _("%(field)s is too long.") % {"field": name}) from None
    if not text and not may_be_empty:
        raise _refusal("no_value", row, _("%(field)s is empty.") % {"field": name})
    if len(text) > longest:
        raise _refusal("bad_value", row, _("%(field)s is too long.") % {"field": name})
    if any(unicodedata.category(character) in ("Cc", "Cs", "Cf") for character in text):
        raise _refusal("bad_value", row, _("%(field)s holds control characters.") % {"field": name})
    return text


def _geometry(row: RawRow, code: str, system: str, report: Report, *, with_lines: bool) -> MultiPolygon | MultiLineString:
    if row.problem is not None:
        raise _refusal(row.problem, row, _PROBLEMS[row.problem]())
    if row.lines and not with_lines:
        raise _refusal("not_a_polygon", row, _PROBLEMS["not_a_polygon"]())
    try:
        if row.lines:
            return joined_lines([_degrees(line, system) for line in row.lines])
        mended = mended_polygons([[_degrees(ring, system) for ring in polygon if len(ring)] for polygon in row.polygons])
    except OutsideSystem as error:
        raise _refusal("outside_system", row, _PROBLEMS["outside_system"]() % {"system": system}) from error
    except NotMendable as error:
        raise _refusal(error.code, row, _PROBLEMS[error.code]()) from error
    _say(mended, row, code, report)
    return mended.geometry


def _degrees(ring: Ring, system: str) -> Points:
    return degrees_of(np.asarray(ring, dtype=np.float64).reshape(-1, 2), system)


def _say(mended: Mended, row: RawRow, code: str, report: Report) -> None:
    if "ring_closed" in mended.mends:
        report.add("ring_closed", _("Row %(row)d (%(code)s): an open ring was closed.") % {"row": row.row, "code": code}, row.row)
    if "hole_dropped" in mended.mends:
        report.add(
            "hole_dropped",
            _("Row %(row)d (%(code)s): a hole without area was dropped.") % {"row": row.row, "code": code},
            row.row,
        )
    if "made_valid" in mended.mends:
        report.add(
            "repaired",
            _("Row %(row)d (%(code)s): an invalid polygon was repaired; its area changed by %(change)+.0f m² to %(after).0f m².")
            % {"row": row.row, "code": code, "change": mended.after_m2 - mended.before_m2, "after": mended.after_m2},
            row.row,
        )


def _repeated_codes(read: Sequence[ReadArea | ReadLine]) -> list[Reason]:
    codes = [one.code for one in read]
    repeated = sorted({code for code in codes if codes.count(code) > 1})
    return [Reason("repeated_code", _("The code %(code)s occurs more than once.") % {"code": code}) for code in repeated]


def _rings(row: RawRow) -> list[Ring]:
    return [*(ring for polygon in row.polygons for ring in polygon), *row.lines]


def _refusal(code: str, row: RawRow, message: str) -> LayerRefused:
    return LayerRefused.because(code, _("Row %(row)d: %(problem)s") % {"row": row.row, "problem": message}, row.row)


# Called where they are needed, so that they are in the language of the moment.
_PROBLEMS = {
    "empty": lambda: _("it has no geometry."),
    "not_a_feature": lambda: _("it is not a GeoJSON Feature."),
    "not_a_polygon": lambda: _("its geometry is not a polygon."),
    "crs_in_geometry": lambda: _("its geometry has a crs member."),
    "bad_coordinates": lambda: _("its coordinates are not lists of numbers."),
    "not_finite": lambda: _("its coordinates are not finite numbers."),
    "zero_area": lambda: _("its area is zero."),
    "crosses_antimeridian": lambda: _("it spans more than half the globe."),
    "outside_system": lambda: _("its coordinates lie outside the range of %(system)s; is the system right?"),
}
