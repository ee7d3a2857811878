"""PUT /visits/{uuid}"""

from typing import Any
from uuid import uuid4

import pytest

from server.inspections.actions import InspectionDraft, make_inspection
from server.inspections.models import Visit
from server.problems.models import Problem
from tests.api.calling import Caller, report_body, visit_body
from tests.api.conftest import Clock
from tests.world import T0, World, day

pytestmark = pytest.mark.django_db


def test_a_visit_to_a_known_problem_is_accepted_once(world: World, inspector: Caller) -> None:
    problem, visit, photo = world.planned(), uuid4(), uuid4()
    body = visit_body(problem.pk, photos=[str(photo)], people=["林静", "郑凯"], enterprise="某公司", referred_to_enforcement=True)
    first = inspector.put(f"visits/{visit}", body)
    again = inspector.put(f"visits/{visit}", body)
    assert (first.status, again.status) == (201, 200), first
    assert first.json["problem"] == {"id": str(problem.pk), "number": "2026-001", "status": "planned"}
    assert (first.json["missing"], first.json["hints"]) == ([str(photo)], [])
    assert again.json == first.json
    row = Visit.objects.get()
    assert (row.people, row.enterprise, row.referred_to_enforcement) == (["林静", "郑凯"], "某公司", True)


def test_a_visit_says_measure_by_measure_how_far_it_is(world: World, inspector: Caller) -> None:
    problem = world.planned()
    measures = [{"id": str(m.key), "state": "partly"} for m in world.plan_of(problem).measures.all()]
    answer = inspector.put(f"visits/{uuid4()}", visit_body(problem.pk, measures=measures))
    assert answer.status == 201, answer
    assert Visit.objects.get().measures == measures


def test_other_content_under_the_same_uuid_is_refused(world: World, inspector: Caller) -> None:
    problem, visit = world.planned(), uuid4()
    inspector.put(f"visits/{visit}", visit_body(problem.pk))
    assert inspector.put(f"visits/{visit}", visit_body(problem.pk, verdict="rectified")).status == 409
    assert inspector.put(f"visits/{visit}", {}).status == 409
    assert inspector.put(f"reports/{visit}", report_body()).status == 409
    assert Visit.objects.get().verdict == "behind"


def test_an_unknown_problem_and_a_hidden_one_get_the_same_refusal(world: World) -> None:
    hidden = world.planned()
    lotus = Caller(world.lotus_liaison)
    answers = [lotus.put(f"visits/{uuid4()}", visit_body(problem)) for problem in (hidden.pk, uuid4())]
    assert [answer.status for answer in answers] == [422, 422]
    assert [answer.codes for answer in answers] == [{"problem": "unknown"}] * 2


def test_who_sees_the_problem_but_may_not_visit_is_refused(world: World) -> None:
    problem = world.planned()
    assert Caller(world.ecology_head).put(f"visits/{uuid4()}", visit_body(problem.pk)).status == 403
    assert Caller(world.town_head).put(f"visits/{uuid4()}", visit_body(problem.pk)).status == 201


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"verdict": "fine"}, "verdict"),
        ({"location": None}, "location"),
        ({"measures": [{"id": str(uuid4()), "state": "almost"}]}, "measures.0.state"),
        ({"observed_at": "2026-03-02T09:00:00"}, "observed_at"),
        ({"inspection": str(uuid4())}, "inspection"),
        ({"people": ["\ud800"]}, "people.0"),
    ],
)
def test_wrong_content_is_named_by_its_field(world: World, inspector: Caller, changes: dict[str, Any], field: str) -> None:
    answer = inspector.put(f"visits/{uuid4()}", visit_body(world.planned().pk, **changes))
    assert answer.status == 422, answer
    assert field in answer.codes
    assert not Visit.objects.exists()


def test_a_problem_closed_in_the_meantime_is_visited_late(world: World, inspector: Caller, server_clock: Clock) -> None:
    problem = world.closed()
    server_clock.to(day(3))
    answer = inspector.put(f"visits/{uuid4()}", visit_body(problem.pk, observed_at=T0.isoformat(), verdict="closed_holds"))
    assert (answer.status, [hint["code"] for hint in answer.json["hints"]]) == (201, ["late"])


def test_a_visit_of_an_unreleased_inspection_changes_nothing_that_others_see(
    world: World, inspector: Caller, town: Caller
) -> None:
    problem = world.planned()
    before = town.get(f"problems/{problem.pk}").raw
    inspection = make_inspection(
        InspectionDraft(kind="spot_check", announced=False, date=T0.date(), people=["inspector"], problems=[problem.pk]),
        by=world.office,
        at=T0,
    )
    photo = uuid4()
    body = visit_body(problem.pk, inspection=str(inspection.pk), photos=[str(photo)], verdict="not_started")
    assert inspector.put(f"visits/{uuid4()}", body).status == 201
    assert Problem.objects.get(pk=problem.pk).last_verdict == ""
    assert town.get(f"problems/{problem.pk}").raw == before
    assert inspector.put_photo(photo_id=photo).status == 201
    assert town.get(f"problems/{problem.pk}").raw == before
