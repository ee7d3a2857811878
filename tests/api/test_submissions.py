"""GET /submissions: what a person has sent, and what became of it."""

from typing import Any
from uuid import uuid4

import pytest

from mobile_api.clock import spelled
from server.inspections.actions import InspectionDraft, make_inspection
from server.units import actions as units
from server.units.models import RoleHolding
from tests.api.calling import Caller, report_body, visit_body
from tests.api.conftest import Clock
from tests.world import T0, World, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def inspector(world: World) -> Caller:
    """One who has sent nothing yet: what the world holds came from the other."""
    return Caller(world.other_inspector)


def sent(caller: Caller, query: str = "") -> list[dict[str, Any]]:
    answer = caller.get(f"submissions{query}")
    assert answer.status == 200, answer
    found: list[dict[str, Any]] = answer.json["submissions"]
    return found


def test_own_reports_and_visits_are_listed_with_how_they_stand_now(
    world: World, inspector: Caller, office: Caller, server_clock: Clock
) -> None:
    report, visit, photo = uuid4(), uuid4(), uuid4()
    problem = world.planned()
    inspector.put(f"reports/{report}", report_body(photos=[str(photo)], no_photo_reason=...))
    server_clock.to(day(1, 1))
    inspector.put(f"visits/{visit}", visit_body(problem.pk))
    first, second = sent(inspector)
    assert (first["uuid"], first["kind"], first["verdict"], first["missing"]) == (str(visit), "visit", "behind", [])
    assert first["problem"] == {
        "id": str(problem.pk),
        "number": problem.number,
        "title": problem.title,
        "status": "planned",
        "light": "yellow",
        "reason": None,
    }
    assert (second["uuid"], second["kind"], second["verdict"]) == (str(report), "report", None)
    assert (second["title"], second["missing"], second["received_at"]) == (
        "石桥镇河岸垃圾堆放",
        [str(photo)],
        spelled(day(1)),
    )
    assert (second["problem"]["status"], second["problem"]["light"], second["problem"]["number"]) == ("reported", None, None)
    inspector.put_photo(photo_id=photo)
    office.act(report, "list", {"source": "district_self_check", "sector": "waste", "discovery": "other"})
    second = sent(inspector)[1]
    assert (second["missing"], second["problem"]["status"]) == ([], "listed")
    assert second["problem"]["number"] is not None


def test_a_returned_report_says_why_and_one_taken_up_again_says_it_no_more(
    world: World, inspector: Caller, office: Caller, server_clock: Clock
) -> None:
    report = uuid4()
    inspector.put(f"reports/{report}", report_body())
    server_clock.to(day(1, 1))
    office.act(report, "return", {"reason": "看不出位置，请补拍一张全景。"})
    problem = sent(inspector)[0]["problem"]
    assert (problem["status"], problem["reason"]) == ("returned", "看不出位置，请补拍一张全景。")
    server_clock.to(day(1, 2))
    office.act(report, "restore", {"reason": "已补拍"})
    problem = sent(inspector)[0]["problem"]
    assert (problem["status"], problem["reason"]) == ("reported", None)


def test_what_others_sent_is_not_in_it(world: World, inspector: Caller, office: Caller) -> None:
    inspector.put(f"reports/{uuid4()}", report_body())
    assert len(sent(inspector)) == 1
    assert sent(office) == sent(Caller(world.special_supervisor)) == []
    assert Caller().get("submissions").status == 401


def test_hints_are_told_again(world: World, inspector: Caller, server_clock: Clock) -> None:
    problem = world.closed()
    server_clock.to(day(3))
    inspector.put(f"visits/{uuid4()}", visit_body(problem.pk, observed_at=T0.isoformat(), verdict="closed_holds"))
    (line,) = sent(inspector)
    assert [(hint["code"], bool(hint["detail"])) for hint in line["hints"]] == [("late", True)]


def test_what_one_may_see_no_longer_is_told_as_it_was_sent_and_nothing_more(
    world: World, inspector: Caller, server_clock: Clock
) -> None:
    problem = world.planned()
    visit = uuid4()
    inspector.put(f"visits/{visit}", visit_body(problem.pk))
    assert sent(inspector)[0]["problem"]["id"] == str(problem.pk)
    Caller(world.office).act(problem.pk, "correct", {"field": "title", "value": "改过的标题", "ground": "笔误"})
    assert sent(inspector)[0]["problem"]["title"] == "改过的标题"
    units.end_role(RoleHolding.objects.get(person=world.other_inspector).pk, by=None, at=day(1), last_day=day(1).date())
    server_clock.to(day(3))
    (line,) = sent(inspector)
    assert (line["uuid"], line["problem"], line["title"]) == (str(visit), None, problem.title)


def test_an_unreleased_find_is_listed_for_who_found_it_alone(world: World, inspector: Caller) -> None:
    inspection = make_inspection(
        InspectionDraft(kind="spot_check", announced=False, date=T0.date(), people=["other_inspector"], problems=[]),
        by=world.office,
        at=T0,
    )
    report = uuid4()
    inspector.put(f"reports/{report}", report_body(inspection=str(inspection.pk)))
    assert [line["problem"]["id"] for line in sent(inspector)] == [str(report)]
    assert sent(Caller(world.town_liaison)) == []


def test_a_page_ends_where_the_next_begins(inspector: Caller, server_clock: Clock) -> None:
    ids = [str(uuid4()) for _n in range(5)]
    for n, report in enumerate(ids):
        server_clock.to(day(1, n // 2))  # two at one instant
        inspector.put(f"reports/{report}", report_body(title=f"第{n}处"))
    found: list[str] = []
    query = "?limit=2"
    while query:
        answer = inspector.get(f"submissions{query}").json
        found += [line["uuid"] for line in answer["submissions"]]
        query = f"?limit=2&cursor={answer['next']}" if answer["next"] else ""
    assert found == [ids[4], *sorted(ids[2:4]), *sorted(ids[:2])]
    assert inspector.get("submissions?limit=0").status == inspector.get("submissions?cursor=x").status == 422


def test_the_number_of_queries_does_not_grow_with_the_page(inspector: Caller, django_assert_max_num_queries: Any) -> None:
    for n in range(12):
        inspector.put(f"reports/{uuid4()}", report_body(title=f"第{n}处", photos=[str(uuid4())], no_photo_reason=...))
    with django_assert_max_num_queries(16):
        assert len(sent(inspector)) == 12
