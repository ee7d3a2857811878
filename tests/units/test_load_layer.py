"""``manage.py load_layer``: a district's own boundary file, in the systems that offices really use."""

import json
import subprocess
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from shapely.geometry import box, mapping

from gis.layers.locating import locate
from gis.layers.models import LayerEdition
from server.problems.models import Problem
from server.records.models import Entry
from server.units.queries import unit_of_area
from tests.world import IN_LOTUS, T0, World

pytestmark = pytest.mark.django_db


def boundaries(folder: Path, areas: dict[str, tuple[str, object]], crs: str = "EPSG:4490") -> Path:
    """A GeoJSON of the areas {code: (name, shape)}, its system left to --srs."""
    features = [
        {"type": "Feature", "properties": {"CODE": code, "NAME": name, "UNIT": ""}, "geometry": mapping(shape)}
        for code, (name, shape) in areas.items()
    ]
    path = folder / "towns.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False), encoding="utf-8")
    return path


def load(path: Path, **options: str) -> str:
    out = StringIO()
    call_command("load_layer", path, layer="towns", name_field="NAME", code_field="CODE", stdout=out, **options)
    return out.getvalue()


MOVED = {
    "990001": ("石桥镇", box(118.30, 30.90, 118.36, 30.95)),
    "990002": ("荷塘镇", box(118.36, 30.90, 118.40, 30.95)),
}


def test_a_new_edition_holds_for_new_points_and_old_problems_stay_where_they_were_recorded(world: World, tmp_path: Path) -> None:
    at_the_edge = {"type": "Point", "coordinates": [118.355, 30.91]}
    before = world.report(location=at_the_edge)
    assert before.area_code == "990002"
    said = load(boundaries(tmp_path, MOVED), srs="EPSG:4490")
    assert "2" in said
    assert Problem.objects.get(pk=before.pk).area_code == "990002"
    newest = LayerEdition.objects.filter(layer="towns").latest("number")
    located = locate(118.355, 30.91, newest.in_force_from)
    assert located.main is not None
    assert located.main.code == "990001"
    assert unit_of_area(located.main.area_id).code == "stone_bridge"  # type: ignore[union-attr]
    assert Entry.objects.filter(action="load_layer", object_id="towns").count() == 2


def test_a_shapefile_in_a_gauss_kruger_zone_gives_the_same_places(world: World, tmp_path: Path) -> None:
    geojson = boundaries(tmp_path, MOVED)
    shapefile = tmp_path / "towns.shp"
    subprocess.run(
        ["ogr2ogr", "-f", "ESRI Shapefile", "-s_srs", "EPSG:4490", "-t_srs", "EPSG:4549", shapefile, geojson],
        check=True,
        capture_output=True,
    )
    load(shapefile)
    newest = LayerEdition.objects.filter(layer="towns").latest("number")
    located = locate(118.355, 30.91, newest.in_force_from)
    assert located.main is not None
    assert located.main.code == "990001"


def test_a_file_with_one_broken_area_loads_nothing(world: World, tmp_path: Path) -> None:
    path = boundaries(tmp_path, {**MOVED, "": ("无代码", box(118.40, 30.90, 118.41, 30.95))})
    with pytest.raises(CommandError):
        load(path, srs="EPSG:4490")
    assert LayerEdition.objects.filter(layer="towns").count() == 1


def test_a_unit_that_does_not_exist_is_named_and_nothing_is_loaded(world: World, tmp_path: Path) -> None:
    path = boundaries(tmp_path, MOVED)
    text = path.read_text(encoding="utf-8").replace('"UNIT": ""', '"UNIT": "nowhere"')
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match="nowhere"):
        load(path, srs="EPSG:4490", unit_field="UNIT")
    assert LayerEdition.objects.filter(layer="towns").count() == 1


def test_the_park_wins_over_the_town_below_it_and_both_are_recorded(world: World) -> None:
    problem = world.report(location={"type": "Point", "coordinates": [118.342, 30.942]})
    assert (problem.area_code, problem.park_id is not None, problem.town_id is not None) == ("990101", True, True)
    assert world.report(location=IN_LOTUS, at=T0).park_id is None
