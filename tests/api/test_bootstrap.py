"""GET /bootstrap"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest

from gis.layers.models import Kind
from gis.layers.reading import read_layer
from mobile_api import reference
from server.units import actions as units
from tests.api.calling import Caller, visit_body
from tests.api.conftest import Clock
from tests.world import IN_LOTUS, T0, World, day

pytestmark = pytest.mark.django_db


def test_all_that_a_phone_needs_is_in_one_answer(world: World, inspector: Caller) -> None:
    answer = inspector.get("bootstrap?near=118.31,30.91")
    assert answer.status == 200, answer
    assert set(answer.json) == {
        "me",
        "units",
        "areas",
        "sources",
        "categories",
        "discoveries",
        "sectors",
        "protected",
        "lines",
        "tasks",
        "problems",
        "parameters",
    }
    assert answer.json["me"] == inspector.get("me").json
    assert answer.json["units"] == inspector.get("units").json
    assert answer.json["areas"]["features"][0]["properties"].keys() == {"code", "name", "layer", "unit"}
    assert answer.json["protected"] == {"type": "FeatureCollection", "features": []}
    assert answer.json["parameters"]["photos_a_report"] == 50


def test_rivers_roads_and_what_lies_behind_them_are_drawn_from_our_own_layers(world: World, inspector: Caller) -> None:
    assert inspector.get("bootstrap").json["lines"] == {"type": "FeatureCollection", "features": []}
    wiggly = [[118.3 + n / 10_000, 30.9 + (n % 2) / 10_000] for n in range(200)]
    grove = [[118.31, 30.91], [118.32, 30.91], [118.320_1, 30.915], [118.32, 30.92], [118.31, 30.92], [118.31, 30.91]]
    for layer, kind, name, geometry in (
        ("streams", Kind.BASE, "柳溪", {"type": "LineString", "coordinates": wiggly}),
        ("roads", Kind.BASE, "环城路", {"type": "LineString", "coordinates": [[118.3, 30.9], [118.36, 30.92]]}),
        ("woods", Kind.BASE, "北山林地", {"type": "Polygon", "coordinates": [grove]}),
        ("red_line", Kind.RED_LINE, "红线", {"type": "Polygon", "coordinates": [grove]}),
    ):
        load(layer, kind, name, geometry)
    answer = inspector.get("bootstrap").json
    drawn = {f["properties"]["name"]: f for f in answer["lines"]["features"]}
    kinds = {name: (f["properties"]["kind"], f["geometry"]["type"]) for name, f in drawn.items()}
    assert kinds == {
        "柳溪": ("river", "MultiLineString"),
        "环城路": ("road", "MultiLineString"),
        "北山林地": ("other", "Polygon"),
    }
    assert all(f["properties"].keys() == {"name", "kind"} for f in drawn.values())
    assert len(drawn["柳溪"]["geometry"]["coordinates"][0]) < 10  # of two hundred that stray by ten metres
    assert len(drawn["北山林地"]["geometry"]["coordinates"][0]) == 5
    assert [f["properties"]["name"] for f in answer["protected"]["features"]] == ["红线"]


def test_a_district_with_more_lines_than_a_phone_needs_sends_its_rivers_first(
    world: World, inspector: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for layer, name in (("woods", "林地"), ("streams", "柳溪"), ("roads", "环城路")):
        load(layer, Kind.BASE, name, {"type": "LineString", "coordinates": [[118.3, 30.9], [118.36, 30.92]]})
    one = len(json.dumps({"type": "MultiLineString", "coordinates": [[[118.3, 30.9], [118.36, 30.92]]]}, separators=(",", ":")))
    monkeypatch.setattr(reference, "LINES_ROOM", 2 * one)
    drawn = inspector.get("bootstrap").json["lines"]["features"]
    assert [f["properties"]["name"] for f in drawn] == ["环城路", "柳溪"]


def load(layer: str, kind: str, name: str, geometry: dict[str, object]) -> None:
    feature = {"type": "Feature", "properties": {"name": name, "code": name}, "geometry": geometry}
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{layer}.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}, ensure_ascii=False))
        read = read_layer(path, layer, "name", "code", None, "EPSG:4326", with_lines=kind == Kind.BASE)
        units.load_layer(read, layer=layer, name=layer, kind=kind, source=path.name, by=None, at=T0)


def test_problems_come_with_plan_and_small_before_photos(world: World, inspector: Caller) -> None:
    problem = world.rectifying()
    (feature,) = inspector.get("bootstrap").json["problems"]
    properties = feature["properties"]
    assert feature["id"] == str(problem.pk)
    assert properties["plan"]["goal"] == "河岸无垃圾"
    assert [measure["done"] for measure in properties["plan"]["measures"]] == [True, True]
    (photo,) = properties["photos"]
    assert (photo["stage"], photo["location"]) == ("before", {"type": "Point", "coordinates": [118.31, 30.91]})
    assert photo["url"] == f"/api/v1/photos/{photo['id']}/file?size=thumb"


def test_what_is_near_comes_first_and_what_is_far_not_at_all(world: World, inspector: Caller, server_clock: Clock) -> None:
    near = world.listed()
    far = world.listed(problem=world.report(location=IN_LOTUS, at=day(1)), at=day(1))
    server_clock.to(day(2))
    assert [f["id"] for f in inspector.get("bootstrap?near=118.311,30.911").json["problems"]] == [str(near.pk), str(far.pk)]
    assert [f["id"] for f in inspector.get("bootstrap?near=118.37,30.91").json["problems"]] == [str(far.pk), str(near.pk)]
    assert inspector.get("bootstrap?near=120,30").json["problems"] == []
    assert len(inspector.get("bootstrap").json["problems"]) == 2


@pytest.mark.parametrize("near", ["x", "1", "1,2,3", "nan,1", "200,10", "118.3,"])
def test_nonsense_for_near_is_refused(inspector: Caller, near: str) -> None:
    assert list(inspector.get(f"bootstrap?near={near}").codes) == ["near"]


def test_tasks_are_the_inspections_one_takes_part_in_with_their_problems(world: World, inspector: Caller, office: Caller) -> None:
    problem = world.planned()
    made = office.post(
        "inspections",
        {"kind": "spot_check", "announced": False, "date": "2026-03-05", "people": ["inspector"], "problems": [str(problem.pk)]},
    ).json
    (task,) = inspector.get("bootstrap?near=100,10").json["tasks"]
    assert task == made
    assert [f["id"] for f in inspector.get("bootstrap?near=100,10").json["problems"]] == [str(problem.pk)]
    assert Caller(world.other_inspector).get("bootstrap").json["tasks"] == []
    assert office.get("bootstrap").json["tasks"] == []
    inspector.put(f"visits/{uuid4()}", visit_body(problem.pk, inspection=made["id"]))
    assert inspector.get("bootstrap").json["tasks"][0]["visited"] == [str(problem.pk)]


def test_an_unchanged_answer_is_not_sent_again(world: World, inspector: Caller) -> None:
    first = inspector.get("bootstrap")
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = inspector.get("bootstrap", If_None_Match=first.headers["ETag"])
    assert (again.status, again.raw) == (304, b"")
    world.listed()
    assert inspector.get("bootstrap", If_None_Match=first.headers["ETag"]).status == 200


def test_the_etag_of_who_sees_nothing_of_it_stays(world: World, town: Caller) -> None:
    first = town.get("bootstrap")
    world.listed(problem=world.report(location=IN_LOTUS))
    assert town.get("bootstrap", If_None_Match=first.headers["ETag"]).status == 304


def test_each_person_has_an_answer_of_their_own(world: World) -> None:
    etags = {
        Caller(world.people[name]).get("bootstrap").headers["ETag"] for name in ("inspector", "office", "town_head", "admin")
    }
    assert len(etags) == 4
