"""GET /problems/{id}"""

from uuid import uuid4

import pytest

from server.units.models import Unit
from tests.api.calling import Caller
from tests.world import CHECKLIST, World

pytestmark = pytest.mark.django_db


def actions(caller: Caller, problem: object) -> dict[str, dict[str, object]]:
    answer = caller.get(f"problems/{problem}")
    assert answer.status == 200, answer
    return {line["action"]: line for line in answer.json["properties"]["allowed_actions"]}


def test_everything_about_one_problem_is_there(world: World, office: Caller) -> None:
    problem = world.rectifying()
    said = office.get(f"problems/{problem.pk}").json
    assert (said["type"], said["id"]) == ("Feature", str(problem.pk))
    properties = said["properties"]
    assert (properties["status"], properties["percent"], properties["round"]) == ("rectifying", 100, 1)
    plan = properties["plan"]
    assert (plan["version"], plan["kind"], plan["goal"], plan["document_number"]) == (
        1,
        "immediate",
        "河岸无垃圾",
        "示整改办〔2026〕1号",
    )
    assert plan["deadline"] == properties["deadline"] == "2026-05-31"
    assert [(measure["text"], measure["done"]) for measure in plan["measures"]] == [
        ("清运河岸垃圾", True),
        ("设立保洁责任牌", True),
    ]
    assert plan["stages"] == []
    assert plan["rule_edition"]
    assert [photo["stage"] for photo in properties["photos"]] == ["before", "during", "after"]
    assert set(properties["photos"][0]) == {"id", "stage", "site", "sha256", "captured_at", "grade"}


def test_stages_of_a_long_plan_say_whether_they_are_reached(world: World, office: Caller) -> None:
    from server.plans.actions import StageDraft
    from tests.world import T0, day

    stages = [StageDraft("清淤完成", day(30).date()), StageDraft("水质达标", day(200).date())]
    problem = world.planned(kind="long_term", stages=stages, deadline=day(200).date(), mechanism="巡河", at=T0)
    plan = office.get(f"problems/{problem.pk}").json["properties"]["plan"]
    assert [(stage["goal"], stage["due"], stage["reached"]) for stage in plan["stages"]] == [
        ("清淤完成", "2026-04-01", False),
        ("水质达标", "2026-09-18", False),
    ]


def test_units_are_called_by_their_names_of_today(world: World, office: Caller) -> None:
    problem = world.planned()
    Unit.objects.filter(pk="stone_bridge").update(name="石桥街道办事处")
    properties = office.get(f"problems/{problem.pk}").json["properties"]
    assert properties["main_units"] == [{"code": "stone_bridge", "name": "石桥街道办事处"}]


def test_each_person_is_told_what_they_may_do_and_what_is_missing(world: World, office: Caller, town: Caller) -> None:
    problem = world.rectifying(done=False)
    assert set(actions(town, problem.pk)) == {"progress", "apply"}
    apply = actions(town, problem.pk)["apply"]
    assert apply["article"] == "16"
    needs = apply["needs"]
    assert isinstance(needs, dict)
    assert {"name": "statement", "required": True} in needs["fields"]
    assert {"measure_undone", "no_after"} <= {line["code"] for line in needs["missing"]}
    assert all(line["text"] for line in needs["missing"])
    assert {"adjust_plan", "reassign", "cancel", "correct"} <= set(actions(office, problem.pk))
    assert actions(Caller(world.district_leader), problem.pk) == {}


def test_the_opinion_brings_its_checklist_in_the_readers_language(world: World) -> None:
    problem = world.applied()
    for language, is_chinese in (("", True), ("en", False)):
        line = actions(Caller(world.supervisor_liaison, language), problem.pk)["opinion"]
        needs = line["needs"]
        assert isinstance(needs, dict)
        checklist = needs["checklist"]
        assert {item["code"] for item in checklist} == set(CHECKLIST)
        assert any("\u4e00" <= character <= "\u9fff" for item in checklist for character in item["text"]) is is_chinese


def test_the_rectifier_is_offered_nothing_of_the_acceptance(world: World, town: Caller) -> None:
    problem = world.accepting()
    assert not {"opinion", "decide", "send_back", "confirm"} & set(actions(town, problem.pk))
    assert "decide" in actions(Caller(world.supervisor_head), problem.pk)


def test_who_may_not_see_it_cannot_tell_it_from_none(world: World) -> None:
    problem = world.planned()
    for person in (world.lotus_head, world.admin, world.security_admin, world.auditor, world.discipline):
        hidden, none = Caller(person).get(f"problems/{problem.pk}"), Caller(person).get(f"problems/{uuid4()}")
        assert (hidden.status, hidden.raw) == (404, none.raw), person
    assert Caller().get(f"problems/{problem.pk}").status == 401


def test_a_reported_problem_is_seen_by_who_reported_and_the_office_alone(world: World, office: Caller, inspector: Caller) -> None:
    problem = world.report()
    seeing = [name for name, person in world.people.items() if Caller(person).get(f"problems/{problem.pk}").status == 200]
    assert seeing == ["office", "leading_group", "inspector"]
    assert "list" in actions(office, problem.pk)
    properties = inspector.get(f"problems/{problem.pk}").json["properties"]
    assert (properties["number"], properties["light"], properties["plan"]) == (None, None, None)
