"""/notices: what a person is told, while they may see what it speaks of."""

from datetime import date
from typing import Any

import pytest

from server.inspections.actions import InspectionDraft, make_inspection
from server.notices.actions import tell
from server.problems.actions import return_problem
from tests.api.calling import Answer, Caller
from tests.api.conftest import Clock
from tests.world import T0, World, day

pytestmark = pytest.mark.django_db


def notices(caller: Caller, query: str = "") -> list[dict[str, Any]]:
    answer = caller.get(f"notices{query}")
    assert answer.status == 200, answer
    found: list[dict[str, Any]] = answer.json["notices"]
    return found


def read(caller: Caller, body: Any = None) -> Answer:
    return caller.post("notices/read", body)


def test_a_new_report_is_told_to_the_office_in_its_language(world: World, office: Caller) -> None:
    problem = world.report()
    told = notices(office)
    assert [(one["code"], one["kind"], one["subject"], one["read_at"]) for one in told] == [
        ("report_to_list", "problem", str(problem.pk), None)
    ]
    english = notices(Caller(world.office, language="en"))[0]["text"]
    assert english == f"A report waits to be listed: {problem.title}"
    assert told[0]["text"] != english
    assert problem.title in told[0]["text"]
    assert notices(Caller(world.town_head)) == []


def test_unread_ones_come_first_and_reading_is_kept(world: World, office: Caller) -> None:
    first, second, third = (world.report(at=day(-n)) for n in (3, 2, 1))
    newest = notices(office)[0]
    assert newest["subject"] == str(third.pk)
    answer = read(office, {"ids": [newest["id"]]})
    assert (answer.json["read"], answer.json["unread"]) == (1, 2)
    assert [one["subject"] for one in notices(office)] == [str(second.pk), str(first.pk), str(third.pk)]
    assert read(office, {"ids": [newest["id"]]}).json["read"] == 0
    assert read(office).json == {"read": 2, "unread": 0}
    assert office.get("notices").json["unread"] == 0


def test_a_notice_is_shown_only_while_its_subject_is_seen(world: World) -> None:
    problem = world.report()
    for person in (world.inspector, world.lotus_head):
        tell([person], "plan_issued", subject=problem.pk, at=T0, title="secret")
    assert [one["code"] for one in notices(Caller(world.inspector))] == ["plan_issued"]
    lotus = Caller(world.lotus_head)
    assert notices(lotus) == []
    assert lotus.get("notices").json["unread"] == 0
    assert read(lotus).json == {"read": 0, "unread": 0}


def test_an_inspection_is_told_to_its_people_alone(world: World) -> None:
    draft = InspectionDraft(kind="spot_check", announced=False, date=date(2026, 3, 4), people=["inspector"])
    inspection = make_inspection(draft, by=world.office, at=T0)
    told = notices(Caller(world.inspector))
    assert [(one["kind"], one["subject"]) for one in told] == [("inspection", str(inspection.pk))]
    assert notices(Caller(world.town_head)) == []


def test_nobody_reads_for_another(world: World, office: Caller) -> None:
    world.report()
    theirs = notices(office)[0]["id"]
    assert read(Caller(world.inspector), {"ids": [theirs]}).json["read"] == 0
    assert notices(office)[0]["read_at"] is None


def test_pages_go_through_all_of_them_once(world: World, office: Caller, server_clock: Clock) -> None:
    for n in range(5):
        world.report(at=day(-n))
    all_of_them = [one["id"] for one in notices(office)]
    read(office, {"ids": all_of_them[:2]})
    found: list[int] = []
    query = "?limit=2"
    for _page in range(3):
        answer = office.get(f"notices{query}").json
        found += [one["id"] for one in answer["notices"]]
        query = f"?limit=2&cursor={answer['next']}"
    assert found == all_of_them[2:] + all_of_them[:2]
    assert answer["next"] is None


def test_a_returned_report_is_told_to_its_reporter(world: World, inspector: Caller) -> None:
    problem = world.report()
    return_problem(problem.pk, "不属于环境问题", by=world.office, at=day(0, 1))
    assert [one["code"] for one in notices(inspector)] == ["returned_to_you"]


@pytest.mark.parametrize("query", ["?limit=0", "?limit=501", "?limit=1e9", "?cursor=x", "?cursor=WyIxIl0"])
def test_nonsense_in_a_query_is_refused(office: Caller, query: str) -> None:
    assert office.get(f"notices{query}").status == 422


@pytest.mark.parametrize("body", [{"ids": "all"}, {"ids": [2**63]}, {"ids": [-1]}, {"ids": list(range(501))}])
def test_nonsense_in_a_body_is_refused(office: Caller, body: Any) -> None:
    assert read(office, body).status == 422


def test_a_login_is_needed() -> None:
    assert Caller().get("notices").status == 401
    assert Caller().post("notices/read").status == 401
