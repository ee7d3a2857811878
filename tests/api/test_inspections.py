"""POST and GET /inspections, GET /inspections/{id}, POST /inspections/{id}/actions/release"""

from typing import Any
from uuid import uuid4

import pytest

from server.inspections.models import Inspection
from tests.api.calling import Caller, report_body, visit_body
from tests.world import World

pytestmark = pytest.mark.django_db


def body(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "spot_check",
        "announced": False,
        "date": "2026-03-03",
        "led_by": "oversight_leader",
        "people": ["inspector"],
        "units": ["urban"],
        "problems": [],
        "note": "一季度",
        **changes,
    }


def test_an_inspection_is_planned_and_told_as_it_is(world: World, office: Caller) -> None:
    problem = world.planned()
    answer = office.post("inspections", body(problems=[str(problem.pk)]))
    assert answer.status == 201, answer
    said = answer.json
    assert said == {
        "id": said["id"],
        "kind": "spot_check",
        "announced": False,
        "released_at": None,
        "led_by": "oversight_leader",
        "units": ["urban"],
        "date": "2026-03-03",
        "people": ["inspector"],
        "problems": [str(problem.pk)],
        "visits": [],
        "reports": [],
        "visited": [],
        "note": "一季度",
    }
    assert office.get(f"inspections/{said['id']}").json == said
    assert office.get("inspections").json == {"inspections": [said], "next": None}


def test_what_its_people_found_and_visited_is_listed(world: World, office: Caller, inspector: Caller) -> None:
    problem, visit, report = world.planned(), uuid4(), uuid4()
    inspection = office.post("inspections", body(problems=[str(problem.pk)])).json["id"]
    assert inspector.put(f"visits/{visit}", visit_body(problem.pk, inspection=inspection)).status == 201
    assert inspector.put(f"reports/{report}", report_body(inspection=inspection)).status == 201
    said = inspector.get(f"inspections/{inspection}").json
    assert (said["visits"], said["reports"], said["visited"]) == ([str(visit)], [str(report)], [str(problem.pk)])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "raid"}, "kind"),
        ({"announced": None}, "announced"),
        ({"date": "2026-02-30"}, "date"),
        ({"people": ["nobody"]}, "people"),
        ({"people": [], "led_by": None}, "people"),
        ({"led_by": "nobody"}, "led_by"),
        ({"units": ["nowhere"]}, "units"),
        ({"problems": [str(uuid4())]}, "problems"),
        ({"problems": ["x"]}, "problems.0"),
        ({"note": "\x00"}, "note"),
    ],
)
def test_wrong_content_is_named(world: World, office: Caller, changes: dict[str, Any], field: str) -> None:
    answer = office.post("inspections", body(**changes))
    assert (answer.status, list(answer.codes)) == (422, [field]), answer
    assert not Inspection.objects.exists()


def test_who_makes_no_inspections_is_refused_whatever_the_body(world: World) -> None:
    for person in (world.inspector, world.town_head, world.district_leader, world.admin):
        assert Caller(person).post("inspections", {}).status == 403, person
        assert Caller(person).post("inspections", body()).status == 403, person
    own = Caller(world.town_head).post(
        "inspections", body(kind="self_check", announced=True, people=["town_liaison"], led_by=None)
    )
    assert own.status == 201, own


def test_an_unreleased_one_is_there_for_its_people_and_the_office_alone(world: World, office: Caller) -> None:
    inspection = office.post("inspections", body()).json["id"]
    knowing = [name for name, person in world.people.items() if Caller(person).get(f"inspections/{inspection}").status == 200]
    assert knowing == ["office", "leading_group", "oversight_leader", "inspector"]
    listing = [name for name, person in world.people.items() if Caller(person).get("inspections").json["inspections"]]
    assert listing == knowing
    for name in ("town_head", "district_leader", "inspection_bureau", "auditor"):
        assert Caller(world.people[name]).post(f"inspections/{inspection}/actions/release").status == 404


def test_the_office_or_its_leader_releases_it_and_nobody_twice(world: World, office: Caller, inspector: Caller) -> None:
    inspection = office.post("inspections", body()).json["id"]
    report = uuid4()
    inspector.put(f"reports/{report}", report_body(inspection=inspection))
    assert inspector.post(f"inspections/{inspection}/actions/release").status == 403
    answer = Caller(world.oversight_leader).post(f"inspections/{inspection}/actions/release")
    assert answer.status == 200, answer
    assert answer.json["released_at"]
    assert answer.json["reports"] == [str(report)]
    assert office.post(f"inspections/{inspection}/actions/release").status == 409
    assert office.call("POST", f"inspections/{inspection}/actions/release").status == 409


def test_single_problems_are_released_one_by_one(world: World, office: Caller, inspector: Caller, town: Caller) -> None:
    inspection = office.post("inspections", body()).json["id"]
    first, second = uuid4(), uuid4()
    for report in (first, second):
        inspector.put(f"reports/{report}", report_body(inspection=inspection))
    path = f"inspections/{inspection}/actions/release"
    assert office.post(path, {"problems": [str(uuid4())]}).codes == {"problems": "unknown"}
    assert office.post(path, {"problems": "all"}).status == 422
    assert office.post(path, {"problems": [str(first)]}).json["released_at"] is None
    assert (town.get(f"problems/{first}").status, town.get(f"problems/{second}").status) == (200, 404)
    assert town.get(f"inspections/{inspection}").status == 404
    assert office.post(path, {"problems": [str(second)]}).json["released_at"]
    assert town.get(f"problems/{second}").status == 200


def test_a_unit_sees_of_an_open_inspection_only_its_own_problems(world: World, office: Caller, town: Caller) -> None:
    own = world.planned()
    other = world.planned(at=own.received_at, main_units=["lotus"])
    from server.problems.models import Problem

    Problem.objects.filter(pk=other.pk).update(area_code="990002", area=None)
    inspection = office.post("inspections", body(announced=True, problems=[str(own.pk), str(other.pk)])).json["id"]
    assert town.get(f"inspections/{inspection}").json["problems"] == [str(own.pk)]
    assert office.get(f"inspections/{inspection}").json["problems"] == [str(own.pk), str(other.pk)]


def test_inspections_are_paged(world: World, office: Caller) -> None:
    made = [office.post("inspections", body()).json["id"] for _n in range(3)]
    first = office.get("inspections?limit=2").json
    second = office.get(f"inspections?limit=2&cursor={first['next']}").json
    assert {one["id"] for one in first["inspections"] + second["inspections"]} == set(made)
    assert second["next"] is None


def test_an_inspection_that_is_not_there_is_404(office: Caller) -> None:
    assert office.get(f"inspections/{uuid4()}").status == 404
    assert office.get("inspections/x").status == 404
    assert office.post(f"inspections/{uuid4()}/actions/release").status == 404
    assert Caller().get("inspections").status == 401
