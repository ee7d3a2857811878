"""POST /problems/{id}/actions/{action}"""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from mobile_api.models import IdempotencyKey
from server.coordination.verbs import VERBS
from server.problems.models import Problem
from server.progress.models import Progress
from server.records.models import Entry
from tests.api.calling import Caller, visit_body
from tests.api.conftest import Clock
from tests.world import PASSWORD, T0, World, day

pytestmark = pytest.mark.django_db
LISTING = {"source": "district_self_check", "sector": "waste", "discovery": "other"}
PROGRESS = {"percent": 30, "text": "清运一半"}


def test_an_action_answers_with_the_problem_as_it_is_now(world: World, office: Caller) -> None:
    problem = world.report()
    answer = office.act(problem.pk, "list", LISTING)
    assert answer.status == 200, answer
    properties = answer.json["properties"]
    assert (properties["status"], properties["number"]) == ("listed", "2026-001")
    assert "issue_plan" in {line["action"] for line in properties["allowed_actions"]}


@pytest.mark.parametrize("action", sorted(VERBS))
def test_who_may_not_see_the_problem_gets_404_for_every_action(world: World, action: str) -> None:
    problem = world.planned()
    caller = Caller(world.lotus_head)
    answers = [caller.act(target, action, {"nonsense": 1}) for target in (problem.pk, uuid4())]
    assert [answer.status for answer in answers] == [404, 404]
    assert answers[0].raw == answers[1].raw


def test_an_unknown_action_is_not_there_and_without_a_login_nothing_is(world: World, office: Caller) -> None:
    problem = world.planned()
    for action in ("destroy", "report", "take_over", "LIST", "a%00b"):
        assert office.act(problem.pk, action).status == 404
    assert Caller().act(problem.pk, "list", LISTING).status == 401
    assert office.get(f"problems/{problem.pk}/actions/list").status == 405


def test_it_is_asked_who_before_which_state_and_which_state_before_what(world: World, office: Caller, town: Caller) -> None:
    problem = world.planned()
    assert town.act(problem.pk, "list", {}).status == 403
    assert office.act(problem.pk, "list", {}).status == 409
    assert office.act(world.report(at=day(0)).pk, "list", {}).codes == {"source": "required", "sector": "required"}


def test_the_wrong_state_says_who_brought_it_there_and_when(world: World, office: Caller) -> None:
    problem = world.report()
    office.act(problem.pk, "list", LISTING)
    answer = office.act(problem.pk, "list", LISTING)
    assert answer.status == 409
    assert (answer.json["by"], answer.json["problem_status"]) == ("区整改办 王敏", "listed")
    assert answer.json["at"] == "2026-03-03T09:00:00+08:00"


def test_a_wrong_state_does_not_tell_of_an_unreleased_visit(
    world: World, inspector: Caller, office: Caller, town: Caller
) -> None:
    from server.inspections.actions import InspectionDraft, make_inspection

    problem = world.planned()
    draft = InspectionDraft(kind="spot_check", announced=False, date=T0.date(), people=["inspector"], problems=[problem.pk])
    inspection = make_inspection(draft, by=world.office, at=T0)
    assert inspector.put(f"visits/{uuid4()}", visit_body(problem.pk, inspection=str(inspection.pk))).status == 201
    answer = town.act(problem.pk, "apply", {"statement": "完成"})
    assert (answer.status, answer.json["by"]) == (409, "区整改办 王敏")


def test_everything_that_is_missing_is_named_in_the_readers_language(world: World, town: Caller) -> None:
    problem = world.rectifying(done=False)
    answer = town.act(problem.pk, "apply", {"statement": ""})
    assert answer.status == 422
    codes = {error["code"] for error in answer.json["errors"]}
    assert {"measure_undone", "registration_form", "no_before", "no_during", "no_after"} <= codes
    english = Caller(world.town_liaison, "en").act(problem.pk, "apply", {"statement": ""})
    assert {error["code"] for error in english.json["errors"]} == codes
    assert answer.json["title"] == "内容不符合要求"
    assert english.json["title"] == "Content not accepted"
    assert english.headers["Content-Language"] == "en"


def test_the_same_key_does_it_once(world: World, town: Caller) -> None:
    problem = world.planned()
    answers = [town.act(problem.pk, "progress", PROGRESS, Idempotency_Key="k1") for _n in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert Progress.objects.count() == 1
    town.act(problem.pk, "progress", PROGRESS, Idempotency_Key="k2")
    town.act(problem.pk, "progress", PROGRESS)
    assert Progress.objects.count() == 3


def test_the_same_key_answers_with_the_problem_as_it_is_by_then(world: World, office: Caller) -> None:
    problem = world.report()
    office.act(problem.pk, "list", LISTING, Idempotency_Key="k")
    cancelled = office.act(problem.pk, "cancel", {"ground": "不属实", "document": office.store()})
    assert cancelled.status == 200, cancelled
    again = office.act(problem.pk, "list", LISTING, Idempotency_Key="k")
    assert (again.status, again.json["properties"]["status"]) == (200, "cancelled")


def test_the_same_key_with_another_body_is_a_conflict(world: World, town: Caller) -> None:
    problem = world.planned()
    town.act(problem.pk, "progress", PROGRESS, Idempotency_Key="k")
    assert town.act(problem.pk, "progress", {**PROGRESS, "percent": 31}, Idempotency_Key="k").status == 409
    reordered = dict(reversed(list(PROGRESS.items())))
    assert town.act(problem.pk, "progress", reordered, Idempotency_Key="k").status == 200
    assert Progress.objects.count() == 1


def test_a_key_belongs_to_one_person_one_problem_and_one_action(world: World, town: Caller) -> None:
    first, second = world.planned(), world.planned(at=day(0))
    town.act(first.pk, "progress", PROGRESS, Idempotency_Key="k")
    town.act(second.pk, "progress", PROGRESS, Idempotency_Key="k")
    Caller(world.town_head).act(first.pk, "progress", PROGRESS, Idempotency_Key="k")
    assert Progress.objects.count() == 3


def test_a_refused_action_keeps_no_key(world: World, town: Caller) -> None:
    problem = world.planned()
    assert town.act(problem.pk, "progress", {"percent": 30, "text": ""}, Idempotency_Key="k").status == 422
    assert not IdempotencyKey.objects.exists()
    assert town.act(problem.pk, "progress", PROGRESS, Idempotency_Key="k").status == 200


def test_a_key_is_kept_for_thirty_days(world: World, town: Caller, server_clock: Clock) -> None:
    problem = world.planned()
    town.act(problem.pk, "progress", PROGRESS, Idempotency_Key="k")
    server_clock.to(server_clock.at + timedelta(days=30))
    town.act(problem.pk, "progress", PROGRESS, Idempotency_Key="k")
    assert Progress.objects.count() == 1
    server_clock.to(server_clock.at + timedelta(seconds=1))
    town.act(problem.pk, "progress", PROGRESS, Idempotency_Key="k")
    assert Progress.objects.count() == 2


@pytest.mark.parametrize("key", ["", "x" * 201, "键"])
def test_a_key_that_is_none_is_refused(world: World, town: Caller, key: str) -> None:
    answer = town.act(world.planned().pk, "progress", PROGRESS, Idempotency_Key=key)
    assert (answer.status, answer.codes) == (422, {"Idempotency-Key": "invalid"})


@pytest.mark.parametrize(
    ("action", "body", "field"),
    [
        ("correct", {"field": "title", "value": "a\x00b", "ground": "x"}, "value"),
        ("correct", {"field": "title", "value": {"a": ["\ud800"]}, "ground": "x"}, "value.a.0"),
        ("correct", {"field": "title", "value": "x" * 121, "ground": "x"}, "value"),
        ("correct", {"field": "status", "value": "closed", "ground": "x"}, "field"),
        (
            "correct",
            {"field": "location", "value": {"type": "Point", "coordinates": [30, 118]}, "ground": "x"},
            "value.coordinates",
        ),
        ("cancel", {"ground": "\x00"}, "ground"),
        ("merge", {"into": "x"}, "into"),
        ("add_site", {"name": "x", "location": "x"}, "location"),
        (
            "issue_plan",
            {"kind": "immediate", "measures": [1], "goal": "x", "main_units": ["\x00"], "supervising_units": []},
            "main_units.0",
        ),
        (
            "issue_plan",
            {"kind": "immediate", "measures": "x", "goal": "x", "main_units": [], "supervising_units": []},
            "measures",
        ),
    ],
)
def test_hostile_content_is_named_and_changes_nothing(
    world: World, office: Caller, action: str, body: dict[str, Any], field: str
) -> None:
    problem = world.listed()
    before = Problem.objects.values().get(pk=problem.pk)
    answer = office.act(problem.pk, action, body)
    assert answer.status == 422, answer
    assert any(name == field or name.startswith(f"{field}.") for name in answer.codes), answer.codes
    assert Problem.objects.values().get(pk=problem.pk) == before


def test_a_hidden_problem_and_none_are_refused_alike_in_a_body(world: World, office: Caller) -> None:
    problem = world.listed()
    answer = office.act(problem.pk, "merge", {"into": str(uuid4())})
    assert (answer.status, list(answer.codes)) == (422, ["into"])


def test_a_per_cent_sign_in_a_value_breaks_no_message(world: World, office: Caller) -> None:
    answer = office.act(world.listed().pk, "correct", {"field": "%(x)s %d", "value": "x", "ground": "x"})
    assert (answer.status, answer.codes) == (422, {"field": "invalid_choice"})
    assert "%(x)s %d" in answer.json["errors"][0]["message"]


def test_fields_that_are_not_the_clients_to_set_are_not_taken(world: World, office: Caller) -> None:
    problem = world.report()
    body = {**LISTING, "number": "2026-777", "status": "filed", "listed_on": "2001-01-01", "deadline": "2001-01-01"}
    properties = office.act(problem.pk, "list", body).json["properties"]
    assert (properties["number"], properties["status"], properties["deadline"]) == ("2026-001", "listed", None)


def test_a_body_that_is_no_object_is_refused_and_none_is_an_empty_one(world: World, office: Caller) -> None:
    problem = world.report()
    assert office.act(problem.pk, "list", [1]).status == 422
    assert office.call("POST", f"problems/{problem.pk}/actions/list").status == 422
    assert office.act(problem.pk, "list", b"{").status == 400


def test_the_rectifier_accepts_on_no_account(world: World, town: Caller) -> None:
    problem = world.accepting()
    for action, body in (
        ("opinion", {"result": "pass", "text": "x"}),
        ("decide", {"result": "pass", "text": "x", "password": PASSWORD}),
    ):
        assert town.act(problem.pk, action, body).status == 403
        assert Caller(world.town_head).act(problem.pk, action, {**body, "signed_by": "supervisor_head"}).status == 403
        assert Caller(world.office).act(problem.pk, action, body).status == 403
    assert Problem.objects.get(pk=problem.pk).status == "accepting"


def test_who_named_an_unknown_signer_is_told_so(world: World) -> None:
    problem = world.accepting()
    answer = Caller(world.supervisor_liaison).act(problem.pk, "decide", {"result": "pass", "text": "x", "signed_by": "nobody"})
    assert (answer.status, answer.codes) == (422, {"signed_by": "unknown"})


def test_each_action_leaves_one_entry(world: World, office: Caller) -> None:
    problem = world.report()
    before = Entry.objects.count()
    office.act(problem.pk, "list", LISTING)
    office.act(problem.pk, "list", LISTING)
    assert Entry.objects.count() == before + 1


def test_wrong_passwords_are_counted_under_an_idempotency_key_too(world: World) -> None:
    problem = world.passed()
    leader = Caller(world.district_leader)
    for n in range(10):
        answer = leader.act(problem.pk, "confirm", {"password": f"guess {n}"}, Idempotency_Key=f"guess-{n}")
        assert answer.codes == {"password": "wrong_password"}
    answer = leader.act(problem.pk, "confirm", {"password": PASSWORD}, Idempotency_Key="right")
    assert (answer.status, answer.codes) == (422, {"password": "locked"})
    assert "分钟" in answer.json["errors"][0]["message"]
    assert world.again(problem).status == "passed"
    assert not IdempotencyKey.objects.exists()
