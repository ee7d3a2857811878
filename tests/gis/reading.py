"""How the tests of reading ask: what came of a file, or for which reasons it was refused."""

from pathlib import Path
from typing import Any

import pytest
import shapely

from gis.layers.measuring import area_m2
from gis.layers.reading import LayerRefused, MissingSystem, ReadLayer, read_layer
from tests.gis.made_files import EAST, SQUARE

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
