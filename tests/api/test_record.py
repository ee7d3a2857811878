"""GET /problems/{id}/events, GET /changes"""

from typing import Any
from uuid import uuid4

import pytest

from server.inspections.actions import InspectionDraft, make_inspection, release
from server.problems.actions import merge
from server.records.models import Entry
from server.records.sealing import seal_now
from tests.api.calling import Caller
from tests.world import IN_LOTUS, T0, World, day

pytestmark = pytest.mark.django_db


def events(caller: Caller, path: str) -> list[dict[str, Any]]:
    seal_now()
    answer = caller.get(path)
    assert answer.status == 200, answer
    found: list[dict[str, Any]] = answer.json["events"]
    return found


def test_the_events_of_a_problem_come_oldest_first_with_their_articles(world: World, town: Caller) -> None:
    problem = world.planned()
    told = events(town, f"problems/{problem.pk}/events")
    assert [(event["action"], event["article"]) for event in told] == [
        ("report", "5, 6, 10"),
        ("list", "5, 6"),
        ("issue_plan", "7"),
    ]
    assert told[1]["by"] == {"name": "区整改办 王敏", "unit": None}
    assert told[1]["object"] == {"type": "problem", "id": str(problem.pk)}
    assert told[1]["problem"] == str(problem.pk)
    assert (told[1]["before"], told[1]["after"]["status"]) == ({"status": "reported"}, "listed")
    assert told[1]["at"] == "2026-03-02T10:00:00+08:00"
    assert "sequence" not in told[1]


def test_sequence_and_digest_are_for_office_and_auditor_alone(world: World, office: Caller) -> None:
    problem = world.planned()
    for name in ("office", "auditor"):
        told = events(Caller(world.people[name]), f"problems/{problem.pk}/events")
        assert [event["sequence"] for event in told] == sorted(event["sequence"] for event in told)
        assert all(len(event["digest"]) == 64 for event in told)
    for name in ("leading_group", "town_head", "district_leader"):
        assert not {"sequence", "digest"} & set(events(Caller(world.people[name]), f"problems/{problem.pk}/events")[0])


def test_events_are_paged(world: World, town: Caller) -> None:
    problem = world.planned()
    seal_now()
    first = town.get(f"problems/{problem.pk}/events?limit=2").json
    second = town.get(f"problems/{problem.pk}/events?limit=2&cursor={first['next']}").json
    assert [event["action"] for event in first["events"] + second["events"]] == ["report", "list", "issue_plan"]
    assert second["next"] is None
    assert town.get(f"problems/{problem.pk}/events?cursor=x").codes == {"cursor": "unknown_cursor"}
    assert town.get(f"problems/{problem.pk}/events?limit=1000").status == 422


def test_the_events_of_a_hidden_problem_are_not_there(world: World) -> None:
    problem = world.planned()
    seal_now()
    for person in (world.lotus_head, world.admin, world.discipline):
        assert Caller(person).get(f"problems/{problem.pk}/events").status == 404
    assert Caller(world.auditor).get(f"problems/{uuid4()}/events").status == 404


def test_who_signed_on_paper_is_named_beside_who_typed_it(world: World) -> None:
    from server.acceptance.actions import Signature, confirm

    problem = world.passed()
    signature = Signature(
        world.district_leader, typist=world.office, form=world.document(world.office, text="signed"), signed_on=T0.date()
    )
    confirm(problem.pk, signature, at=day(0, 8))
    told = events(Caller(world.town_head), f"problems/{problem.pk}/events")[-1]
    assert (told["by"]["name"], told["signed_by"]["name"]) == ("区整改办 王敏", "分管副区长 陈涛")


def test_what_another_problem_is_called_is_not_told_to_who_may_not_see_it(world: World, town: Caller, office: Caller) -> None:
    hidden = world.listed(problem=world.report(location=IN_LOTUS))
    problem = world.listed(at=day(0))
    merge(problem.pk, hidden.pk, by=world.office, at=day(0, 5))
    merged = events(town, f"problems/{problem.pk}/events")[-1]
    assert merged["action"] == "merge"
    assert not {"into", "into_number"} & set(merged["after"])
    assert events(office, f"problems/{problem.pk}/events")[-1]["after"]["into"] == str(hidden.pk)


def test_changes_go_on_where_the_last_answer_ended(world: World, office: Caller) -> None:
    world.planned()
    seal_now()
    told: list[str] = []
    since = ""
    while True:
        answer = office.get(f"changes?limit=7{since}").json
        told += [event["id"] for event in answer["events"]]
        if answer["next"] is None:
            break
        since = f"&since={answer['next']}"
    assert told == [str(pk) for pk in Entry.objects.order_by("seal__sequence").values_list("pk", flat=True)]
    problem = world.listed(at=day(1))
    assert [event["problem"] for event in events(office, f"changes?{since[1:]}")] == [str(problem.pk)] * 2


def test_changes_are_those_of_the_problems_one_sees(world: World, town: Caller) -> None:
    own = world.planned()
    world.listed(problem=world.report(location=IN_LOTUS, at=day(1)), at=day(1))
    assert {event["problem"] for event in events(town, "changes")} == {str(own.pk)}
    assert events(Caller(world.admin), "changes") == []


def test_what_concerns_no_problem_is_for_the_office_and_the_auditor(world: World, office: Caller, town: Caller) -> None:
    world.planned()
    for caller, told in ((office, True), (Caller(world.auditor), True), (town, False), (Caller(world.district_leader), False)):
        assert any(event["action"] == "create_person" for event in events(caller, "changes?limit=500")) is told


def test_nonsense_for_since_is_refused(office: Caller) -> None:
    from mobile_api.paging import encoded

    for since in ("x", "%00", encoded(str(uuid4())), encoded("no uuid"), encoded("a", "b")):
        assert office.get(f"changes?since={since}").codes == {"since": "unknown_cursor"}


def test_the_auditor_sees_the_entries_of_an_unreleased_inspection_sealed(world: World, office: Caller) -> None:
    draft = InspectionDraft(kind="spot_check", announced=False, date=T0.date(), people=["inspector"])
    inspection = make_inspection(draft, by=world.office, at=T0)
    problem = world.report(inspection=inspection.pk)
    auditor = Caller(world.auditor)
    sealed = [event for event in events(auditor, "changes?limit=500") if event.get("sealed")]
    assert len(sealed) == 2
    for event in sealed:
        assert {name for name, value in event.items() if value is not None} == {"id", "sealed", "sequence", "digest"}
    assert auditor.get(f"problems/{problem.pk}/events").status == 404
    assert len(events(office, f"problems/{problem.pk}/events")) == 1
    release(inspection.pk, by=world.office, at=day(1))
    assert [event["action"] for event in events(auditor, f"problems/{problem.pk}/events")] == ["report", "release"]


def test_a_release_is_an_entry_of_its_own_for_those_it_opens_the_problem_to(world: World, town: Caller) -> None:
    draft = InspectionDraft(kind="spot_check", announced=False, date=T0.date(), people=["inspector"])
    inspection = make_inspection(draft, by=world.office, at=T0)
    world.report(inspection=inspection.pk)
    own = world.planned()
    seal_now()
    before = town.get("changes").json
    assert {event["problem"] for event in before["events"]} == {str(own.pk)}
    release(inspection.pk, by=world.office, at=day(1))
    assert [event["action"] for event in events(town, f"changes?since={before['next']}")] == ["release"]
