"""KML 2.2: placemarks with polygons or lines. Entities, document types and links out of the file are refused."""

import math
from pathlib import Path
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from django.utils.translation import gettext as _

from gis.layers.opening import MAX_VERTICES, too_many_vertices
from gis.layers.raw import RawLayer, RawRow, Ring
from gis.layers.refusals import LayerRefused

_MAX_DEPTH = 64
_LINKS = {"NetworkLink", "NetworkLinkControl", "Link", "Url", "Model", "GroundOverlay", "PhotoOverlay", "ScreenOverlay"}


def read(path: Path) -> RawLayer:
    """All placemarks, in the order of the file. KML is always WGS 84. Raises LayerRefused."""
    content = path.read_bytes()
    if content.count(b",") > 3 * MAX_VERTICES or content.count(b"<") > 2 * MAX_VERTICES:
        raise too_many_vertices()
    root = _parsed(content)
    return RawLayer([_row(number, placemark) for number, placemark in enumerate(root.iter("Placemark"), start=1)], "EPSG:4326")


def _parsed(content: bytes) -> Element:
    """The tree, names without their namespaces. Built on the parser itself, which sees a document type in any encoding."""
    builder = TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        plain = name.rpartition("}")[2]
        if depth > _MAX_DEPTH:
            raise LayerRefused.because("not_kml", _("The file is not valid KML."))
        if plain in _LINKS:
            raise LayerRefused.because(
                "link_in_kml", _("The KML holds a link or an overlay (%(name)s); only placemarks are read.") % {"name": plain}
            )
        builder.start(plain, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name.rpartition("}")[2])

    def document_type(*_declaration: object) -> None:
        raise LayerRefused.because("entity_in_kml", _("The KML holds a document type or entities."))

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = document_type
    parser.EntityDeclHandler = document_type
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        if isinstance(error, LayerRefused):
            raise
        raise LayerRefused.because("not_kml", _("The file is not valid KML.")) from error
    return builder.close()


def _row(number: int, placemark: Element) -> RawRow:
    fields: dict[str, object] = {}
    for simple in placemark.iter("SimpleData"):
        fields[simple.get("name", "")] = (simple.text or "").strip()
    for data in placemark.iter("Data"):
        fields[data.get("name", "")] = (data.findtext("value") or "").strip()
    for own in ("name", "description"):
        if placemark.find(own) is not None:
            fields.setdefault(own, (placemark.findtext(own) or "").strip())
    if placemark.get("id"):
        fields.setdefault("id", placemark.get("id"))
    heights: list[bool] = []
    try:
        polygons = [_polygon(polygon, heights) for polygon in placemark.iter("Polygon")]
        lines = [_ring(line.findtext("coordinates"), heights) for line in placemark.iter("LineString")]
    except OverflowError:
        return RawRow(number, fields, problem="not_finite")
    except ValueError:
        return RawRow(number, fields, problem="bad_coordinates")
    if next(placemark.iter("Point"), None) is not None or (polygons and lines):
        return RawRow(number, fields, problem="not_a_polygon")
    if not polygons and not lines:
        return RawRow(number, fields, problem="empty")
    return RawRow(number, fields, polygons, lines, bool(heights))


def _polygon(polygon: Element, heights: list[bool]) -> list[Ring]:
    outer = polygon.findtext("outerBoundaryIs/LinearRing/coordinates")
    inner = [ring.findtext("coordinates") for ring in polygon.iterfind("innerBoundaryIs/LinearRing")]
    return [_ring(text, heights) for text in (outer, *inner)]


def _ring(text: str | None, heights: list[bool]) -> Ring:
    positions: list[tuple[float, float]] = []
    for position in (text or "").split():
        values = position.split(",")
        if not 2 <= len(values) <= 3:
            raise ValueError(position)
        x, y = float(values[0]), float(values[1])
        if not (math.isfinite(x) and math.isfinite(y)):
            raise OverflowError
        if len(values) > 2 and float(values[2]) != 0 and not heights:
            heights.append(True)
        positions.append((x, y))
    return positions
