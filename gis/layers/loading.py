"""A read layer becomes the edition in force: whole, or not at all."""

from datetime import datetime
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from gis.layers.models import Area, DrawnLine, Kind, Layer, LayerEdition
from gis.layers.reading import ReadLayer
from gis.layers.refusals import LayerRefused
from gis.layers.simplifying import SIMPLE_DECIMALS, geojson_of, simplified_together


def load_edition(
    layer_code: str, layer_name: str, kind: str, read: ReadLayer, source_name: str, digest: str, at: datetime
) -> LayerEdition:
    """Put a layer in force from `at` as its next edition; the edition before ends then, and nothing else of it changes.

    `kind` is one of `Kind`; `source_name` and `digest` (SHA-256, hexadecimal) tell the file that it was read from. The
    layer is made at its first edition and takes the new name at each. One transaction.
    Raises LayerRefused: nothing to load, another kind than the layer has, lines outside a base layer, or `at` before the
    edition in force began.
    """
    if kind not in Kind.values:
        raise LayerRefused.because("unknown_kind", _("Unknown kind of layer: %(kind)s.") % {"kind": kind})
    if not read.features and not read.lines:
        raise LayerRefused.because("empty_file", _("The file holds no areas."))
    if read.lines and kind != Kind.BASE:
        raise LayerRefused.because("not_a_polygon", _("Lines belong to layers that are only drawn."))
    with transaction.atomic():
        Layer.objects.get_or_create(code=layer_code, defaults={"name": layer_name, "kind": kind})
        layer = Layer.objects.select_for_update().get(code=layer_code)  # two loadings of one layer: the second waits here
        if layer.kind != kind:
            raise LayerRefused.because("other_kind", _("The layer %(code)s is of another kind.") % {"code": layer_code})
        before = LayerEdition.objects.filter(layer=layer).order_by("-number").first()
        if before is not None:
            if at < before.in_force_from:
                raise LayerRefused.because("before_the_last", _("The edition in force began later than this one would."))
            if before.in_force_to is None:
                before.in_force_to = at
                before.save(update_fields=["in_force_to"])
        if layer.name != layer_name:
            layer.name = layer_name
            layer.save(update_fields=["name"])
        edition = LayerEdition.objects.create(
            layer=layer,
            number=before.number + 1 if before else 1,
            in_force_from=at,
            source_name=source_name[:255],
            digest=digest,
            loaded_at=at,
            given_srs=read.given_srs,
            report=read.report.as_json(),
        )
        Area.objects.bulk_create(_areas(edition, read))
        DrawnLine.objects.bulk_create(_lines(edition, read))
    return edition


def _areas(edition: LayerEdition, read: ReadLayer) -> list[Area]:
    simple = simplified_together([area.geometry for area in read.features])
    rows: list[Area] = []
    for area, small in zip(read.features, simple, strict=True):
        west, south, east, north = (float(edge) for edge in shapely.bounds(area.geometry))
        rows.append(
            Area(
                edition=edition,
                code=area.code,
                name=area.name,
                geometry=_stored(area.geometry),
                simplified=geojson_of(small, SIMPLE_DECIMALS),
                min_x=west,
                min_y=south,
                max_x=east,
                max_y=north,
            )
        )
    return rows


def _lines(edition: LayerEdition, read: ReadLayer) -> list[DrawnLine]:
    simple = simplified_together([line.geometry for line in read.lines])
    return [
        DrawnLine(
            edition=edition,
            code=line.code,
            name=line.name,
            geometry=_stored(line.geometry),
            simplified=geojson_of(small, SIMPLE_DECIMALS),
        )
        for line, small in zip(read.lines, simple, strict=True)
    ]


def _stored(shape: BaseGeometry) -> Any:
    """The same geometry for a model's field; its class follows from the content, which the field checks."""
    return GEOSGeometry(memoryview(shapely.to_wkb(shape)), srid=4326)
