"""From a photo on the river bank to a filed problem, by the API alone, as each person in turn (Articles 5 to 18)."""

from uuid import uuid4

import pytest

from server.evidence.tasks import render_photo
from server.records.sealing import seal_now
from tests.api.calling import Caller, report_body, visit_body
from tests.photographs import jpeg
from tests.world import CHECKLIST, PASSWORD, World

pytestmark = pytest.mark.django_db


def login(username: str) -> Caller:
    answer = Caller().post("login", {"username": username, "password": PASSWORD})
    assert answer.status == 200, answer
    return Caller(token=answer.json["token"])


def done(caller: Caller, problem: object, action: str, body: dict[str, object], status: str) -> None:
    answer = caller.act(problem, action, body, Idempotency_Key=f"{action}-1")
    assert answer.status == 200, answer
    assert answer.json["properties"]["status"] == status


def test_a_problem_goes_the_whole_way_by_the_api_alone(world: World) -> None:
    inspector, office, town = login("inspector"), login("office"), login("town_liaison")
    inspection = office.post(
        "inspections", {"kind": "spot_check", "announced": False, "date": "2026-03-03", "people": ["inspector"], "problems": []}
    ).json["id"]
    problem, before = uuid4(), uuid4()
    report = report_body(inspection=inspection, photos=[str(before)], no_photo_reason=...)
    assert inspector.put(f"reports/{problem}", report).json["missing"] == [str(before)]
    taken = {"captured_at": "2026-03-02T09:00:00+08:00", "source": "camera", "location": "118.31,30.91", "accuracy_m": "6"}
    assert inspector.put_photo(jpeg(shade=40), before, **taken).status == 201
    receipts = inspector.post("receipts", {"photos": [str(before)], "reports": [str(problem)]}).json
    assert [len(receipts[kind]) for kind in ("photos", "reports")] == [1, 1]

    assert town.get(f"problems/{problem}").status == 404
    assert office.post(f"inspections/{inspection}/actions/release").status == 200
    assert town.get(f"problems/{problem}").status == 200

    done(office, problem, "list", {"source": "district_self_check", "sector": "waste", "discovery": "other"}, "listed")
    plan = {
        "kind": "immediate",
        "goal": "河岸无垃圾",
        "measures": [{"text": "清运河岸垃圾"}],
        "main_units": ["stone_bridge"],
        "supervising_units": ["urban", "water"],
        "deadline": "2026-05-31",
        "approvals": [{"step": "区整改办审核", "by": "王主任", "date": "2026-03-02"}],
        "document_number": "示整改办〔2026〕1号",
        "document": office.store(b"%PDF-1.4\nplan"),
    }
    done(office, problem, "issue_plan", plan, "planned")

    during, after = uuid4(), uuid4()
    for photo, stage, shade in ((during, "during", 80), (after, "after", 120)):
        assert town.put_photo(jpeg(shade=shade), photo, stage=stage, **taken).status == 201
    measures = town.get(f"problems/{problem}").json["properties"]["plan"]["measures"]
    progress = {"percent": 100, "text": "已清运", "done": [measures[0]["id"]], "photos": [str(during), str(after)]}
    done(town, problem, "progress", progress, "rectifying")
    visit = visit_body(problem, verdict="rectified")
    assert inspector.put(f"visits/{uuid4()}", visit).status == 201
    application = {
        "statement": "整改完成,申请验收。",
        "pairs": [{"before": str(before), "after": str(after)}],
        "during": [str(during)],
        "registration_form": town.store(),
    }
    done(town, problem, "apply", application, "applied")

    supervisor = login("supervisor_liaison")
    opinion = {"result": "pass", "text": "现场核实。", "checklist": CHECKLIST}
    done(supervisor, problem, "opinion", opinion, "accepting")
    done(login("second_supervisor_liaison"), problem, "opinion", opinion, "accepting")
    head = login("supervisor_head")
    decision = {"result": "pass", "text": "验收合格。", "password": PASSWORD, "form": head.store(b"%PDF-1.4\nform")}
    assert head.act(problem, "decide", {**decision, "password": "wrong"}).codes == {"password": "wrong_password"}
    done(head, problem, "decide", decision, "passed")
    done(login("district_leader"), problem, "confirm", {"password": PASSWORD}, "closed")
    done(office, problem, "file", {}, "filed")

    seal_now()
    events = town.get(f"problems/{problem}/events?limit=500").json["events"]
    assert [(event["action"], event["article"]) for event in events if event["action"] != "photo"] == [
        ("report", "5, 6, 10"),
        ("release", "10"),
        ("list", "5, 6"),
        ("issue_plan", "7"),
        ("progress", "8"),
        ("visit", "10"),
        ("apply", "16"),
        ("opinion", "17"),
        ("opinion", "17"),
        ("decide", "17"),
        ("confirm", "17"),
        ("file", "17"),
    ]
    properties = town.get(f"problems/{problem}").json["properties"]
    assert (properties["light"], properties["days_left"], properties["allowed_actions"]) == ("grey", None, [])
    assert [photo["stage"] for photo in properties["photos"]] == ["before", "during", "after"]
    assert [photo["grade"] for photo in properties["photos"]] == ["B", "B", "B"]
    render_photo.func(str(before))
    assert town.get(f"photos/{before}/file?size=thumb").status == 200
    assert town.get(f"files/{decision['form']}").raw == b"%PDF-1.4\nform"
