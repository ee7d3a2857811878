"""GET /problems, /problems.geojson, /stats"""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mobile_api.views import problems as views
from server.inspections.actions import InspectionDraft, make_inspection
from server.problems.models import Problem
from server.records.models import AccessEntry
from tests.api.calling import Caller
from tests.api.conftest import Clock
from tests.world import IN_LOTUS, IN_PARK, OUTSIDE, T0, World, day

pytestmark = pytest.mark.django_db


def numbers(caller: Caller, query: str = "") -> list[str]:
    answer = caller.get(f"problems{query}")
    assert answer.status == 200, answer
    return [feature["properties"]["number"] for feature in answer.json["features"]]


def titles(caller: Caller, query: str) -> set[str]:
    return {feature["properties"]["title"] for feature in caller.get(f"problems{query}").json["features"]}


def test_the_list_is_a_feature_collection_of_the_ledger_the_newest_first(
    world: World, office: Caller, server_clock: Clock
) -> None:
    world.planned()
    world.listed(at=day(1))
    world.report(at=day(2))
    server_clock.to(day(3))
    answer = office.get("problems").json
    assert (answer["type"], answer["total"], answer["next"]) == ("FeatureCollection", 2, None)
    assert [feature["properties"]["number"] for feature in answer["features"]] == ["2026-002", "2026-001"]
    planned = answer["features"][1]
    assert planned["type"] == "Feature"
    assert planned["geometry"] == {"type": "Point", "coordinates": [118.31, 30.91]}
    properties = planned["properties"]
    assert properties["area"] == {"code": "990001", "name": "石桥镇"}
    assert properties["main_units"] == [{"code": "stone_bridge", "name": "石桥镇人民政府"}]
    assert [unit["code"] for unit in properties["supervising_units"]] == ["urban", "water"]
    assert properties["sites"] == [{"id": planned["id"], "name": "", "location": planned["geometry"]}]
    assert (properties["status"], properties["light"], properties["pace"]) == ("planned", "green", "not_started")
    assert properties["days_left"] == 87
    assert not {"plan", "photos", "allowed_actions"} & set(properties)


def test_a_problem_without_a_place_has_no_geometry(world: World, office: Caller) -> None:
    problem = Problem.objects.get(pk=world.report(title="全区扬尘").pk)
    Problem.objects.filter(pk=problem.pk).update(location=None, lon=None, lat=None, cell=None, whole_district=True)
    assert office.get(f"problems/{problem.pk}").json["geometry"] is None


def test_pages_follow_each_other_without_gap_or_repetition(world: World, office: Caller, server_clock: Clock) -> None:
    for n in range(5):
        world.listed(at=day(n // 2))
    server_clock.to(day(9))
    seen: list[str] = []
    cursor = ""
    for _page in range(3):
        answer = office.get(f"problems?limit=2{cursor}").json
        assert answer["total"] == 5
        seen += [feature["id"] for feature in answer["features"]]
        if answer["next"] is None:
            break
        cursor = f"&cursor={answer['next']}"
        world.listed(at=day(8)) if _page == 0 else None
        Problem.objects.filter(received_at=day(8)).update(status="merged", merged_into=seen[0])
    assert len(seen) == len(set(seen)) == 5
    assert answer["next"] is None


@pytest.mark.parametrize(
    "query", ["?limit=501", "?limit=0", "?limit=-1", "?limit=1e9", "?limit=x", "?cursor=x", "?cursor=WyJhIiwiYiJd"]
)
def test_nonsense_in_paging_is_refused(world: World, office: Caller, query: str) -> None:
    assert office.get(f"problems{query}").status == 422


def test_filters_narrow_the_list(world: World, office: Caller, server_clock: Clock) -> None:
    world.planned()
    world.listed(problem=world.report(location=IN_LOTUS, title="荷塘镇沟渠黑臭", at=day(1)), at=day(1), sector="water")
    world.listed(
        problem=world.report(location=OUTSIDE, title="界外", at=day(2)),
        at=day(2),
        source="green_shield",
        discovery=None,
        superior_number="X9",
    )
    server_clock.to(day(3))
    everything = ["2026-003", "2026-002", "2026-001"]
    assert numbers(office) == everything
    assert numbers(office, "?status=planned") == ["2026-001"]
    assert numbers(office, "?status=planned,listed") == everything
    assert numbers(office, "?kind=immediate") == ["2026-001"]
    assert numbers(office, "?without=plan") == ["2026-003", "2026-002"]
    assert numbers(office, "?without=after_photo,progress") == everything
    assert numbers(office, "?area=990002") == ["2026-002"]
    assert numbers(office, "?unit=stone_bridge") == ["2026-001"]
    assert numbers(office, "?supervising_unit=water") == ["2026-001"]
    assert numbers(office, "?sector=water") == ["2026-002"]
    assert numbers(office, "?source=green_shield") == ["2026-003"]
    assert numbers(office, "?level=central") == ["2026-003"]
    assert numbers(office, "?category=solid_waste") == everything
    assert numbers(office, "?category=water") == []
    assert numbers(office, "?light=green") == everything
    assert numbers(office, "?pace=not_started") == everything
    assert numbers(office, "?overdue=true") == []
    assert numbers(office, "?overdue=false") == everything
    assert numbers(office, "?deadline_before=2026-06-01") == ["2026-001"]
    assert numbers(office, "?deadline_after=2026-06-01") == []
    assert numbers(office, "?found_after=2026-03-03") == ["2026-003", "2026-002"]
    assert numbers(office, "?found_before=2026-03-03T00:00:00+08:00") == ["2026-001"]
    assert numbers(office, "?found_before=2026-03-03T00:00:00%2B08:00") == ["2026-001"]
    assert numbers(office, "?updated_since=2026-03-04") == ["2026-003"]
    assert numbers(office, "?q=黑臭") == ["2026-002"]
    assert numbers(office, "?q=X9") == ["2026-003"]
    assert numbers(office, "?bbox=118.3,30.9,118.35,30.95") == ["2026-001"]
    assert numbers(office, "?ordering=nonsense&unknown=1") == everything


def test_an_overdue_problem_is_red_and_counted_as_such(world: World, office: Caller, server_clock: Clock) -> None:
    world.planned()
    server_clock.to(day(100))
    assert numbers(office, "?overdue=true&light=red") == ["2026-001"]
    (feature,) = office.get("problems").json["features"]
    assert (feature["properties"]["light"], feature["properties"]["days_left"]) == ("red", -10)


def test_a_box_may_cross_the_antimeridian_but_not_stand_on_its_head(world: World, office: Caller) -> None:
    world.listed()
    assert numbers(office, "?bbox=118.35,30,118.30,31") == []
    assert numbers(office, "?bbox=118.2,30,-170,31") == ["2026-001"]
    assert office.get("problems?bbox=118,31,119,30").codes == {"bbox": "reversed"}


@pytest.mark.parametrize(
    "query",
    [
        "status=open", "light=blue", "pace=fast", "without=hope", "kind=x", "source=x", "level=x", "sector=x", "category=x",
        "area=x", "unit=x", "supervising_unit=x", "overdue=perhaps", "mine=2", "deadline_before=2026-02-30",
        "deadline_after=soon",
        "found_before=x", "found_after=9999-12-31T23:59:59-12:00", "updated_since=1999-01-01", "bbox=1,2,3", "bbox=nan,0,1,1",
        "bbox=-181,0,1,1", "q=%00", "unit=%00", "area=%ED%A0%80" , "q=" + "x" * 201, "led_by=%00",
    ],
)  # fmt: skip
def test_a_filter_value_that_means_nothing_is_refused_by_name(world: World, office: Caller, query: str) -> None:
    for path in ("problems", "problems.geojson", "stats"):
        answer = office.get(f"{path}?by=area&{query}")
        assert answer.status == 422, (path, answer)
        assert list(answer.codes) == [query.partition("=")[0]]


def test_everything_wrong_with_an_address_is_named_at_once(world: World, office: Caller) -> None:
    answer = office.get("problems?status=open&bbox=1&overdue=x&unit=nobody")
    assert set(answer.codes) == {"status", "bbox", "overdue", "unit"}


def test_mine_are_the_ones_i_reported_in_every_status(world: World, inspector: Caller, office: Caller) -> None:
    world.report(title="我报的")
    world.listed(problem=world.report(by=world.town_liaison, title="镇报的"))
    assert titles(inspector, "?mine=true") == {"我报的"}
    assert titles(inspector, "?mine=true&status=returned") == set()
    assert titles(office, "?mine=true") == set()
    assert titles(inspector, "?status=reported") == {"我报的"}


def test_a_town_sees_its_own_and_what_lies_in_its_area(world: World, server_clock: Clock) -> None:
    world.planned()
    world.listed(problem=world.report(location=IN_LOTUS, at=day(1)), at=day(1))
    world.listed(problem=world.report(location=IN_PARK, at=day(2)), at=day(2))
    server_clock.to(day(3))
    assert numbers(Caller(world.town_head)) == ["2026-001"]
    assert numbers(Caller(world.lotus_head)) == ["2026-002"]
    assert numbers(Caller(world.park_head)) == ["2026-003"]
    assert numbers(Caller(world.district_leader)) == ["2026-003", "2026-002", "2026-001"]
    for nobody in (world.admin, world.security_admin, world.auditor, world.discipline):
        answer = Caller(nobody).get("problems").json
        assert (answer["features"], answer["total"]) == ([], 0)


def test_what_a_leader_leads_is_found_by_the_leaders_name_as_far_as_it_is_open(world: World, office: Caller) -> None:
    problem = world.planned()
    draft = InspectionDraft(
        kind="oversight", announced=False, date=T0.date(), led_by="oversight_leader", people=["inspector"], problems=[problem.pk]
    )
    make_inspection(draft, by=world.office, at=T0)
    assert numbers(office, "?led_by=oversight_leader") == ["2026-001"]
    assert numbers(Caller(world.town_head), "?led_by=oversight_leader") == []
    assert numbers(office, "?led_by=nobody") == []


def test_a_list_costs_the_same_queries_however_long(world: World, office: Caller, server_clock: Clock) -> None:
    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as counted:
            assert office.get(path).status == 200
        return len(counted)

    world.planned()
    server_clock.to(day(9))
    paths = ("problems", "problems.geojson", "bootstrap", "stats?by=unit", "changes?limit=5")
    for path in paths:
        cost(path)  # what is kept in memory is read once
    before = {path: cost(path) for path in paths}
    for n in range(1, 5):
        world.planned(at=day(n))
    assert {path: cost(path) for path in before} == before


def test_the_whole_ledger_is_one_geojson(
    world: World, office: Caller, monkeypatch: pytest.MonkeyPatch, server_clock: Clock
) -> None:
    monkeypatch.setattr(views, "CHUNK", 2)
    for n in range(5):
        world.listed(at=day(n))
    server_clock.to(day(9))
    answer = office.get("problems.geojson")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/geo+json")
    assert answer.json["features"] == office.get("problems").json["features"]
    assert AccessEntry.objects.get(kind="export").amount == 5
    assert office.get("problems.geojson?status=planned").json == {"type": "FeatureCollection", "features": []}
    four = office.get("problems.geojson?found_after=2026-03-03").json["features"]
    assert len(four) == 4


def test_the_whole_ledger_is_cut_to_what_one_sees(world: World) -> None:
    world.planned()
    assert Caller(world.lotus_head).get("problems.geojson").json["features"] == []
    assert len(Caller(world.town_head).get("problems.geojson").json["features"]) == 1
    assert Caller().get("problems.geojson").status == 401


def test_what_is_private_is_kept_by_nobody_between(world: World, office: Caller) -> None:
    problem = world.planned()
    for path in ("problems", "problems.geojson", f"problems/{problem.pk}", "stats?by=area", "changes", "inspections", "me"):
        answer = office.get(path)
        assert answer.headers["Cache-Control"] == "private, no-store", path
        assert {"Authorization", "Cookie", "Accept-Language"} <= {name.strip() for name in answer.headers["Vary"].split(",")}


def stats(caller: Caller, query: str) -> dict[Any, dict[str, Any]]:
    answer = caller.get(f"stats?{query}")
    assert answer.status == 200, answer
    return {row["code"]: row for row in answer.json["rows"]}


def test_figures_count_by_what_is_asked(world: World, office: Caller, server_clock: Clock) -> None:
    world.planned(main_units=["stone_bridge", "lotus"])
    world.closed(at=day(1))
    world.listed(
        problem=world.report(location=OUTSIDE, at=day(40)),
        at=day(40),
        source="green_shield",
        discovery=None,
        superior_number="X9",
    )
    world.report(at=day(40))
    server_clock.to(day(100))
    total = office.get("stats?by=area").json["total"]
    assert total == {"open": 2, "red": 1, "yellow": 1, "green": 0, "grey": 1, "overdue": 1}
    assert total["open"] == total["red"] + total["yellow"] + total["green"]
    by_area = stats(office, "by=area")
    assert by_area["990001"] == {
        "code": "990001",
        "name": "石桥镇",
        "open": 1,
        "red": 1,
        "yellow": 0,
        "green": 0,
        "grey": 1,
        "overdue": 1,
    }
    assert by_area[None]["open"] == 1
    by_unit = stats(office, "by=unit")
    assert (by_unit["stone_bridge"]["open"], by_unit["stone_bridge"]["grey"], by_unit["lotus"]["open"]) == (1, 1, 1)
    assert by_unit["lotus"]["name"] == "荷塘镇人民政府"
    assert stats(office, "by=sector")["waste"]["open"] == 2
    assert stats(office, "by=source")["green_shield"]["name"] == "“绿盾”行动焦点问题"
    assert stats(office, "by=status")["closed"]["grey"] == 1
    assert {code: row["open"] for code, row in stats(office, "by=light").items()} == {
        "red": 1,
        "yellow": 1,
        "green": 0,
        "grey": 0,
    }
    assert stats(office, "by=month")["2026-04"]["open"] == 1
    assert list(stats(office, "by=area&status=closed")) == ["990001"]


def test_figures_count_only_what_one_sees(world: World) -> None:
    world.planned()
    assert Caller(world.lotus_head).get("stats?by=area").json["rows"] == []
    assert Caller(world.lotus_head).get("stats?by=area").json["total"]["open"] == 0
    assert stats(Caller(world.town_head), "by=area")["990001"]["open"] == 1


@pytest.mark.parametrize("query", ["", "by=", "by=person", "by=username"])
def test_figures_by_anything_else_are_refused(world: World, office: Caller, query: str) -> None:
    assert office.get(f"stats?{query}").codes == {"by": "unknown"}


def test_an_unknown_address_is_404_with_a_login_and_401_without(office: Caller) -> None:
    assert (office.get("nothing").status, Caller().get("nothing").status) == (404, 401)
    assert office.get(f"problems/{uuid4()}").status == 404
    assert office.get("problems/1").status == 404
    assert office.get("nothing").json["title"] == "没有找到"


def test_rows_of_one_instant_are_paged_in_one_order(world: World, office: Caller) -> None:
    for _n in range(4):
        world.listed()
    assert Problem.objects.filter(received_at=T0).count() == 4
    first = office.get("problems?limit=3").json
    second = office.get(f"problems?limit=3&cursor={first['next']}").json
    ids = [feature["id"] for feature in first["features"] + second["features"]]
    assert len(ids) == len(set(ids)) == 4
