"""The whole way clicked through the pages, as each person in turn; and how refusals come back."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from server.coordination.verbs import VERBS
from server.files.models import StoredFile
from server.inspections.models import Visit
from server.portal.forms.situation import Situation
from server.portal.forms.verbs import FORMS, fields_of
from server.portal.visitors import Visitor
from server.problems.models import Problem
from server.records.sealing import seal_now
from server.regulation.lifecycle import Action
from server.units.predicates import capacities
from tests.photographs import jpeg
from tests.portal.conftest import SignedIn
from tests.world import CHECKLIST, PASSWORD, World

pytestmark = pytest.mark.django_db


def scan(name: str = "scan.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.4\n" + name.encode(), "application/pdf")


def picture(shade: int) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{shade}.jpg", jpeg(shade=shade), "image/jpeg")


def do(client: Client, problem: Problem, action: str, **fields: Any) -> Problem:
    """Send a form that is accepted; returns the problem as it is now."""
    answer = client.post(f"/problems/{problem.pk}/{action}/", fields)
    assert answer.status_code == 302, answer.content.decode().split("errors-on-top")[-1][:800]
    return Problem.objects.get(pk=problem.pk)


def plan_fields(**changes: Any) -> dict[str, Any]:
    today = timezone.now().date()
    return {
        "kind": "immediate",
        "goal": "河岸无垃圾",
        "main_units": ["stone_bridge"],
        "supervising_units": ["urban", "water"],
        "measures.0.text": "清运河岸垃圾",
        "measures.3.text": "设立保洁责任牌",
        "deadline": (today + timedelta(days=80)).isoformat(),
        "approvals.0.step": "区整改办审核",
        "approvals.0.by": "王主任",
        "approvals.0.date": today.isoformat(),
        "document_number": "示整改办〔2026〕1号",
        "document": scan("plan.pdf"),
        **changes,
    }


def test_from_a_report_at_a_pc_to_a_filed_closure(world: World, signed_in: SignedIn) -> None:
    town, office = signed_in("town_liaison"), signed_in("office")
    answer = town.post(
        "/problems/new/",
        {
            "title": "石桥镇河岸垃圾堆放",
            "description": "约二十立方米",
            "category": "solid_waste",
            "observed_at": timezone.now().strftime("%Y-%m-%dT00:00"),
            "location.x": "118.31",
            "location.y": "30.91",
            "photos": [picture(60)],
            "photos.stage": "before",
        },
    )
    assert answer.status_code == 302
    problem = Problem.objects.get()
    assert (problem.status, problem.area_code, problem.before_photos) == ("reported", "990001", 1)
    problem = do(office, problem, "list", source="district_self_check", sector="waste", discovery="other")
    problem = do(office, problem, "issue_plan", **plan_fields())
    assert [m.text for m in world.plan_of(problem).measures.all()] == ["清运河岸垃圾", "设立保洁责任牌"]
    done = [str(m.key) for m in world.plan_of(problem).measures.all()]
    do(town, problem, "progress", percent="60", text="过半", photos=[picture(70)], **{"photos.stage": "during"})
    after = {"photos": [picture(80)], "photos.stage": "after"}
    problem = do(town, problem, "progress", percent="100", text="完成", done=done, **after)
    assert (problem.status, problem.after_photos, problem.measures_done) == ("rectifying", 1, 2)
    photos = {p.photo_stage: str(p.pk) for p in problem.photos.all()}
    problem = do(
        town,
        problem,
        "apply",
        statement="整改完成",
        during=[photos["during"]],
        registration_form=scan("form.pdf"),
        **{
            "pairs.0.before": photos["before"],
            "pairs.0.after": photos["after"],
            "no_app_photo.0.site": str(problem.pk),
            "no_app_photo.0.reason": "手机损坏",
        },
    )
    answers = {f"checklist.{code}": "yes" for code in CHECKLIST}
    problem = do(signed_in("supervisor_liaison"), problem, "opinion", result="pass", text="合格", **answers)
    problem = do(
        signed_in("supervisor_head"), problem, "decide", result="pass", text="合格", password=PASSWORD, form=scan("stamped.pdf")
    )
    problem = do(signed_in("district_leader"), problem, "confirm", password=PASSWORD)
    problem = do(office, problem, "file")
    assert problem.status == "filed"
    assert problem.filing_number.startswith("备")
    seal_now()
    text = office.get(f"/problems/{problem.pk}/").content.decode()
    for article in ("第五、六条", "第七条", "第八条", "第十六条", "第十七条"):
        assert article in text, article


def test_a_plan_with_faults_comes_back_with_each_at_its_field_and_nothing_done(world: World, signed_in: SignedIn) -> None:
    problem = world.listed()
    faulty = plan_fields(**{"supervising_units": ["stone_bridge"], "goal": "", "measures.0.deadline": "2099-01-01"})
    answer = signed_in("office").post(f"/problems/{problem.pk}/issue_plan/", faulty)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="f-goal-field"' in text
    goal = text.split('id="f-goal-field"')[1].split('class="field')[0]
    assert "error-text" in goal
    supervising = text.split('id="f-supervising_units-field"')[1].split('id="f-goal-field"')[0]
    assert "error-text" in supervising
    assert "清运河岸垃圾" in text
    assert "设立保洁责任牌" in text
    assert 'value="2099-01-01"' in text
    kept = StoredFile.objects.get(name="plan.pdf")
    assert f'name="document.kept" value="{kept.pk}"' in text
    assert world.again(problem).status == "listed"
    again = plan_fields(**{"document.kept": str(kept.pk)})
    del again["document"]
    problem = do(signed_in("office"), problem, "issue_plan", **again)
    assert world.plan_of(problem).document == kept.pk


def test_a_file_of_another_kind_is_refused_at_its_field_and_the_action_not_done(world: World, signed_in: SignedIn) -> None:
    problem = world.closed()
    page = SimpleUploadedFile("form.pdf", b"<html><script>alert(1)</script>", "application/pdf")
    answer = signed_in("office").post(f"/problems/{problem.pk}/file/", {"countersign_document": page})
    assert answer.status_code == 422
    assert "error-text" in answer.content.decode().split('id="f-countersign_document-field"')[1]
    assert world.again(problem).status == "closed"


def test_another_persons_upload_cannot_be_named(world: World, signed_in: SignedIn) -> None:
    problem = world.listed()
    stolen = world.document(world.town_liaison)
    answer = signed_in("office").post(f"/problems/{problem.pk}/cancel/", {"ground": "不属实", "document.kept": str(stolen)})
    assert answer.status_code == 422
    assert world.again(problem).status == "listed"


@pytest.mark.parametrize(("password", "status"), [("wrong", 422), ("", 422), (PASSWORD, 302)])
def test_a_decision_needs_the_heads_password(world: World, signed_in: SignedIn, password: str, status: int) -> None:
    problem = world.accepting()
    sent = {"result": "fail", "text": "仍有残留", "password": password, "demands.0.text": "清理残留"}
    answer = signed_in("supervisor_head").post(f"/problems/{problem.pk}/decide/", sent)
    assert answer.status_code == status
    assert world.again(problem).status == ("rectifying" if status == 302 else "accepting")
    assert status == 302 or PASSWORD not in answer.content.decode()


def test_a_decision_that_chooses_neither_is_refused(world: World, signed_in: SignedIn) -> None:
    problem = world.accepting()
    answer = signed_in("supervisor_head").post(f"/problems/{problem.pk}/decide/", {"text": "看过", "password": PASSWORD})
    assert answer.status_code == 422
    assert "error-text" in answer.content.decode().split('id="f-result-field"')[1].split('class="field')[0]


def test_who_comes_second_reads_who_was_first_and_keeps_what_was_typed(world: World, signed_in: SignedIn) -> None:
    problem = world.passed()
    seal_now()
    sent = {"result": "fail", "text": "我写了很久的意见", "password": PASSWORD}
    answer = signed_in("supervisor_head").post(f"/problems/{problem.pk}/decide/", sent)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "城管局 局长" in text
    assert "我写了很久的意见" in text
    assert world.again(problem).status == "passed"


def test_the_office_enters_what_a_head_signed_on_paper(world: World, signed_in: SignedIn) -> None:
    problem = world.accepting()
    office = signed_in("office")
    day = timezone.now().date().isoformat()
    sent = {"result": "pass", "text": "合格", "signed_by": "supervisor_head", "signed_on": day}
    assert office.post(f"/problems/{problem.pk}/decide/", sent).status_code == 422
    problem = do(office, problem, "decide", **sent, form=scan())
    assert problem.status == "passed"


def test_the_first_thing_on_the_page_is_the_one_this_person_does(world: World, signed_in: SignedIn) -> None:
    problem = world.accepting()

    def first(name: str) -> str:
        text = signed_in(name).get(f"/problems/{problem.pk}/").content.decode()
        return text.split('btn-primary btn-big" href="')[1].split('"')[0] if "btn-primary btn-big" in text else ""

    assert first("supervisor_head").endswith("/decide/")
    assert first("second_supervisor_liaison").endswith("/opinion/")
    assert first("town_liaison") == ""
    assert not first("office").endswith("/decide/")


def test_a_supervision_is_recorded_replied_to_and_its_reply_accepted(world: World, signed_in: SignedIn) -> None:
    problem = world.planned()
    address = f"/problems/{problem.pk}/supervision/"
    sent = {"date": timezone.now().date().isoformat(), "people": "赵组长\n王敏", "opinion": "限期清理", "photos": [picture(55)]}
    assert signed_in("town_head").post(address, sent).status_code == 403
    assert signed_in("leading_group").post(address, {**sent, "opinion": ""}).status_code == 422
    assert signed_in("leading_group").post(address, {**sent, "photos": [picture(56)]}).status_code == 302
    record = problem.supervision_records.get()
    assert record.people == ["赵组长", "王敏"]
    town = signed_in("town_liaison")
    assert "回复督办意见" in town.get("/").content.decode()
    assert signed_in("lotus_liaison").get(f"/supervision/{record.pk}/reply/").status_code == 404
    assert signed_in("supervisor_head").get(f"/supervision/{record.pk}/reply/").status_code == 403
    assert town.post(f"/supervision/{record.pk}/reply/", {"text": ""}).status_code == 422
    assert town.post(f"/supervision/{record.pk}/reply/", {"text": "已清理", "file": scan()}).status_code == 302
    assert "审定督办回复" in signed_in("office").get("/").content.decode()
    assert town.post(f"/supervision/{record.pk}/accept/").status_code == 403
    assert signed_in("office").post(f"/supervision/{record.pk}/accept/").status_code == 302
    assert world.again(problem).supervision_open is None


def test_an_inspection_is_planned_and_visited_at_a_pc(world: World, signed_in: SignedIn) -> None:
    problem = world.planned()
    office = signed_in("office")
    sent = {
        "kind": "spot_check",
        "date": timezone.now().date().isoformat(),
        "people": ["inspector"],
        "problems": [str(problem.pk)],
    }
    assert office.post("/inspections/new/", sent).status_code == 422
    answer = office.post("/inspections/new/", {**sent, "announced": "yes"})
    assert answer.status_code == 302
    inspection = answer["Location"].strip("/").split("/")[-1]
    measure = world.plan_of(problem).measures.first()
    assert measure is not None
    seen = timezone.now() - timedelta(hours=1)
    visit = {
        "verdict": "behind",
        "observed_at": seen.strftime("%Y-%m-%dT%H:%M"),
        "inspection": inspection,
        "location.x": "118.31",
        "location.y": "30.91",
        "notes": "进度滞后",
        f"measure.{measure.key}": "partly",
    }
    inspector = signed_in("inspector")
    assert inspector.post(f"/problems/{problem.pk}/visit/", {**visit, "verdict": ""}).status_code == 422
    assert inspector.post(f"/problems/{problem.pk}/visit/", visit).status_code == 302
    row = Visit.objects.get()
    assert (row.verdict, row.measures) == ("behind", [{"id": str(measure.key), "state": "partly"}])
    assert "进度滞后" in office.get(f"/inspections/{inspection}/").content.decode()


def test_a_report_sent_twice_makes_one_problem(world: World, signed_in: SignedIn) -> None:
    town = signed_in("town_liaison")
    form = town.get("/problems/new/").content.decode()
    report_id = form.split('name="id" value="')[1].split('"')[0]
    sent = {
        "id": report_id,
        "title": "荷塘镇沟渠黑臭",
        "description": "黑臭",
        "category": "water",
        "observed_at": (timezone.now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"),
        "location.x": "118.37",
        "location.y": "30.91",
        "no_photo_reason": "夜间",
    }
    assert [town.post("/problems/new/", sent).status_code for _n in range(2)] == [302, 302]
    assert Problem.objects.count() == 1


def test_a_report_without_place_or_photo_says_so_at_the_fields(world: World, signed_in: SignedIn) -> None:
    sent = {"title": "x", "description": "y", "category": "water", "observed_at": "2026-01-01T08:00", "location.x": "abc"}
    answer = signed_in("inspector").post("/problems/new/", sent)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "error-text" in text.split('id="f-location-field"')[1].split('id="f-crs-field"')[0]
    assert 'value="abc"' in text
    assert Problem.objects.count() == 0


def test_every_verb_has_a_form_with_exactly_the_fields_of_its_body(world: World) -> None:
    problem = world.accepting()
    at = timezone.now()
    visitor = Visitor(world.supervisor_head, capacities(world.supervisor_head, at), at)
    left_out = {"otp", "password", "form", "signed_by", "signed_on"}
    assert set(FORMS) == {Action(name) for name in VERBS}
    for name, verb in VERBS.items():
        asked = {field.name for field in fields_of(Situation(problem, Action(name), visitor))}
        wanted = set(verb.body().fields)
        assert asked <= wanted, name
        missing = wanted - asked - left_out - {"id", "crs"}
        assert missing == ({"text"} if name == "decline" else set()), name


@pytest.mark.parametrize(
    "fields",
    [
        {"id": "no uuid"},
        {"title": "a\x00b"},
        {"title": "长" * 121},
        {"category": "unknown"},
        {"area": "nowhere", "location.x": "", "location.y": ""},
        {"crs": "EPSG:1"},
        {"location.x": "nan"},
        {"location.x": "1e400"},
        {"inspection": "no uuid"},
        {"photos.kept": "no uuid"},
        {"observed_at": "yesterday"},
        {"observed_at": "9999-12-31T23:59"},
    ],
)
def test_no_forged_field_breaks_the_form(world: World, signed_in: SignedIn, fields: dict[str, str]) -> None:
    sent = {
        "title": "x",
        "description": "y",
        "category": "water",
        "observed_at": "2026-01-01T08:00",
        "location.x": "118.31",
        "location.y": "30.91",
        "no_photo_reason": "夜间",
    }
    answer = signed_in("inspector").post("/problems/new/", {**sent, **fields})
    taken = "id" in fields or "photos.kept" in fields
    assert (answer.status_code, Problem.objects.count()) == ((302, 1) if taken else (422, 0))


def test_rows_with_impossible_numbers_are_not_rows(world: World, signed_in: SignedIn) -> None:
    problem = world.listed()
    forged = plan_fields(**{"measures.²": "x", "measures.99999999999999.text": "y", "measures..text": "z", "document.kept": "x"})
    del forged["document"]
    answer = signed_in("office").post(f"/problems/{problem.pk}/issue_plan/", forged)
    assert answer.status_code == 422
    assert "error-text" in answer.content.decode().split('id="f-document-field"')[1]
