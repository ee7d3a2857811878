"""GET /units, /sources, /categories, /sectors, /areas"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from shapely.geometry import box

from server.units import actions as units
from tests.api.calling import Caller
from tests.world import T0, World, _layer, day

pytestmark = pytest.mark.django_db


def test_units_are_a_plain_array(inspector: Caller) -> None:
    assert inspector.get("units").json[0] == {"code": "stone_bridge", "name": "石桥镇人民政府", "kind": "town"}


def test_sources_and_categories_speak_the_readers_language(world: World) -> None:
    chinese, english = Caller(world.inspector), Caller(world.inspector, "en")
    assert {"code": "green_shield", "name": "“绿盾”行动焦点问题", "level": "central"} in chinese.get("sources").json
    assert {"code": "green_shield", "name": "Green Shield campaign", "level": "central"} in english.get("sources").json
    assert {"code": "water", "name": "水"} in chinese.get("categories").json
    assert {"code": "water", "name": "Water"} in english.get("categories").json


def test_sectors_name_the_lead_first_and_the_leader(inspector: Caller) -> None:
    sectors = {line["code"]: line for line in inspector.get("sectors").json}
    assert sectors["waste"] == {
        "code": "waste",
        "name": "城乡生活垃圾",
        "lead_unit": "urban",
        "supervising_units": ["urban", "water", "ecology"],
        "district_leader": {"username": "district_leader", "name": "分管副区长 陈涛"},
    }


def test_a_sector_whose_list_changes_later_shows_who_answers_today(world: World, inspector: Caller) -> None:
    units.set_responsibility("waste", ["water"], None, from_date=day(30).date(), by=None, at=T0)
    sectors = {line["code"]: line for line in inspector.get("sectors").json}
    assert sectors["waste"]["lead_unit"] == "urban"


def test_areas_are_the_current_edition_with_the_unit_that_answers(world: World, inspector: Caller) -> None:
    read = _layer([("990101", "九龙新园区", "", box(118.33, 30.93, 118.35, 30.95))])
    units.load_layer(read, layer="park", name="园区", kind="park", source="park.geojson", by=None, at=T0)
    collection = inspector.get("areas").json
    assert collection["type"] == "FeatureCollection"
    properties = {feature["properties"]["code"]: feature["properties"] for feature in collection["features"]}
    assert set(properties) == {"990001", "990002", "990101"}
    assert properties["990101"] == {"code": "990101", "name": "九龙新园区", "layer": "park", "unit": "jiulong"}


def test_areas_are_sent_again_only_when_they_changed(world: World, inspector: Caller) -> None:
    first = inspector.get("areas")
    again = inspector.get("areas", If_None_Match=first.headers["ETag"])
    assert (again.status, again.raw) == (304, b"")
    assert first.headers["Cache-Control"] == "private, no-cache"
    read = _layer([("990101", "九龙新园区", "jiulong", box(118.33, 30.93, 118.35, 30.95))])
    units.load_layer(read, layer="park", name="园区", kind="park", source="park.geojson", by=None, at=T0)
    assert inspector.get("areas", If_None_Match=first.headers["ETag"]).status == 200


@pytest.mark.parametrize("path", ["units", "sources", "categories", "sectors", "areas", "bootstrap"])
def test_reference_needs_a_login_and_is_kept_by_nobody_between(world: World, path: str) -> None:
    assert Caller().get(path).status == 401
    answer = Caller(world.admin).get(path)
    assert answer.status == 200
    assert "private" in answer.headers["Cache-Control"]


def test_sectors_cost_the_same_queries_however_many(world: World, inspector: Caller) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as counted:
            inspector.get("sectors")
        return len(counted)

    before = cost()
    for n in range(5):
        units.create_sector(f"more{n}", f"更多{n}", by=None, at=T0)
        units.set_responsibility(f"more{n}", ["urban"], world.district_leader, from_date=T0.date(), by=None, at=T0)
    assert cost() == before
