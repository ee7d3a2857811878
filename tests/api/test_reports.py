"""PUT /reports/{uuid}"""

import json
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from server.inspections.models import SetAside, Submission
from server.problems.models import Problem
from server.records.sealing import seal_now
from tests.api.calling import Caller, report_body
from tests.api.conftest import Clock
from tests.world import IN_PARK, OUTSIDE, World, day

pytestmark = pytest.mark.django_db


def test_a_report_is_accepted_with_its_area_its_unit_and_what_is_missing(inspector: Caller) -> None:
    report, photo = uuid4(), uuid4()
    body = json.dumps(report_body(photos=[str(photo)], no_photo_reason=...)).encode()
    answer = inspector.put(f"reports/{report}", body)
    assert answer.status == 201, answer
    said = answer.json
    assert said["uuid"] == str(report)
    assert said["sha256"] == sha256(body).hexdigest()
    assert said["problem"] == {"id": str(report), "number": None, "status": "reported"}
    assert said["area"] == {"code": "990001", "name": "石桥镇"}
    assert said["unit"] == {"code": "stone_bridge", "name": "石桥镇人民政府"}
    assert said["missing"] == [str(photo)]
    assert said["hints"] == []
    assert said["received_at"].endswith("+08:00")


def test_the_same_again_changes_nothing_and_tells_how_it_stands_now(world: World, inspector: Caller, office: Caller) -> None:
    report = uuid4()
    first = inspector.put(f"reports/{report}", report_body())
    office.act(report, "list", {"source": "district_self_check", "sector": "waste", "discovery": "other"})
    reordered = dict(reversed(list(report_body().items())))
    again = inspector.put(f"reports/{report}", reordered)
    assert (first.status, again.status) == (201, 200)
    assert again.json["sha256"] == first.json["sha256"]
    assert again.json["problem"] == {"id": str(report), "number": "2026-001", "status": "listed"}
    assert Problem.objects.count() == 1


def test_other_content_under_the_same_uuid_is_refused_and_set_aside(inspector: Caller) -> None:
    report = uuid4()
    inspector.put(f"reports/{report}", report_body())
    answer = inspector.put(f"reports/{report}", report_body(title="别的标题"))
    assert answer.status == 409
    assert "石桥" not in answer.raw.decode()
    assert Problem.objects.get().title == "石桥镇河岸垃圾堆放"
    assert SetAside.objects.get(submission=report).person == Submission.objects.get().person


def test_a_known_uuid_is_a_conflict_whatever_else_is_wrong(inspector: Caller) -> None:
    report = uuid4()
    inspector.put(f"reports/{report}", report_body())
    answer = inspector.put(f"reports/{report}", {"title": "\x00"})
    assert answer.status == 409
    assert SetAside.objects.count() == 1


def test_another_persons_uuid_is_refused_without_details(world: World, inspector: Caller) -> None:
    report = uuid4()
    inspector.put(f"reports/{report}", report_body())
    answer = Caller(world.other_inspector).put(f"reports/{report}", report_body())
    assert answer.status == 409
    assert set(answer.json) == {"type", "title", "status", "detail", "errors", "set_aside"}


def test_no_more_than_thirty_are_set_aside_a_day(inspector: Caller) -> None:
    report = uuid4()
    inspector.put(f"reports/{report}", report_body())
    answers = [inspector.put(f"reports/{report}", report_body(title=f"第{n}次")) for n in range(32)]
    assert {answer.status for answer in answers} == {409}
    assert [answer.json["set_aside"] for answer in answers] == [True] * 30 + [False] * 2
    assert SetAside.objects.count() == 30
    # What is kept already is kept still.
    assert inspector.put(f"reports/{report}", report_body(title="第3次")).json["set_aside"] is True


@pytest.mark.parametrize("role", ["admin", "security_admin", "auditor", "discipline"])
def test_who_may_not_report_is_refused_before_the_content_is_looked_at(world: World, role: str) -> None:
    assert Caller(world.people[role]).put(f"reports/{uuid4()}", {}).status == 403


def test_everything_that_is_wrong_is_named_at_once(inspector: Caller) -> None:
    body = {"title": "x" * 121, "category": "solid_waste", "photos": ["no uuid"], "observed_at": "yesterday", "accuracy_m": -1}
    answer = inspector.put(f"reports/{uuid4()}", body)
    assert answer.status == 422
    assert answer.codes == {
        "title": "max_length",
        "description": "required",
        "photos.0": "invalid",
        "observed_at": "unreadable",
        "accuracy_m": "out_of_range",
    }
    assert Problem.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"category": "cats"}, "category", "unknown"),
        ({"further_categories": ["cats"]}, "category", "unknown"),
        ({"sector": "nothing"}, "sector", "unknown"),
        ({"inspection": str(uuid4())}, "inspection", "unknown"),
        ({"location": None}, "location", "no_place"),
        ({"location": None, "area": "990001"}, "no_location_reason", "no_location_reason"),
        ({"location": None, "area": "nowhere", "no_location_reason": "x"}, "area", "unknown"),
        ({"no_photo_reason": ""}, "photos", "no_photo"),
        ({"photos": [str(uuid4()) for _ in range(51)]}, "photos", "max_length"),
        ({"title": "a\x00b"}, "title", "not_text"),
        ({"description": "\ud800"}, "description", "not_text"),
        ({"title": 7}, "title", "invalid"),
        ({"crs": "EPSG:2"}, "crs", "unknown"),
        ({"sites": [{"id": "x", "name": "y", "location": None}]}, "sites.0.id", "invalid"),
    ],
)
def test_wrong_content_is_named_by_its_field(inspector: Caller, changes: dict[str, Any], field: str, code: str) -> None:
    answer = inspector.put(f"reports/{uuid4()}", report_body(**changes))
    assert answer.status == 422, answer
    assert answer.codes.get(field) == code
    assert all(error["message"] for error in answer.json["errors"])
    assert Problem.objects.count() == 0


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ({"type": "Point", "coordinates": [30.91, 118.31]}, "out_of_range"),
        ({"type": "Point", "coordinates": [200, 30]}, "out_of_range"),
        ({"type": "Point", "coordinates": [118.31]}, "missing"),
        ({"type": "Point", "coordinates": [118.31, 30.91, 5]}, "three_dimensional"),
        ({"type": "Point", "coordinates": ["118.31", 30.91]}, "not_a_number"),
        ({"type": "Point", "coordinates": [None, 30.91]}, "missing"),
        ({"type": "Point", "coordinates": []}, "missing"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 0]]]}, "not_a_point"),
        ({"type": "Point", "coordinates": [118.31, 30.91], "crs": {}}, "crs_member"),
        ([118.31, 30.91], "not_a_point"),
        ("118.31,30.91", "not_a_point"),
    ],
)
def test_what_is_no_place_is_refused(inspector: Caller, location: Any, code: str) -> None:
    answer = inspector.put(f"reports/{uuid4()}", report_body(location=location))
    assert answer.status == 422, answer
    assert code in answer.codes.values()


@pytest.mark.parametrize(
    ("when", "code"),
    [
        ("2026-03-02T09:00:00", "no_offset"),
        ("1999-12-31T23:59:59+00:00", "before_2000"),
        ("2026-02-30T09:00:00+08:00", "unreadable"),
        ("2026-03-02T09:00:60+08:00", "unreadable"),
        ("2026-03-02T09:00:00+25:00", "unreadable"),
        ("9999-12-31T23:59:59-12:00", "unreadable"),
        ("0000:00:00 00:00:00", "unreadable"),
        ("yesterday", "unreadable"),
        (1_772_000_000, "unreadable"),
        (None, "null"),
        ("2026-03-03T09:10:01+08:00", "in_future"),
        ("2126-01-01T00:00:00Z", "in_future"),
    ],
)
def test_a_time_that_is_none_or_in_the_future_is_refused(inspector: Caller, when: Any, code: str) -> None:
    answer = inspector.put(f"reports/{uuid4()}", report_body(observed_at=when))
    assert (answer.status, answer.codes) == (422, {"observed_at": code})


def test_ten_minutes_ahead_are_a_clock_and_not_the_future(inspector: Caller) -> None:
    assert inspector.put(f"reports/{uuid4()}", report_body(observed_at="2026-03-03T09:10:00+08:00")).status == 201


def test_a_place_outside_the_district_is_accepted_with_a_hint(world: World) -> None:
    answer = Caller(world.inspector, "en").put(f"reports/{uuid4()}", report_body(location=OUTSIDE))
    assert answer.status == 201
    assert answer.json["area"] is None
    assert answer.json["unit"] is None
    (hint,) = answer.json["hints"]
    assert (hint["code"], hint["detail"]) == ("outside_district", "The place lies outside the district.")


def test_where_the_park_lies_over_a_town_the_park_answers(inspector: Caller) -> None:
    assert inspector.put(f"reports/{uuid4()}", report_body(location=IN_PARK)).json["unit"]["code"] == "jiulong"


def test_a_place_in_another_system_is_converted_and_the_given_one_kept(inspector: Caller) -> None:
    report = uuid4()
    place = {"type": "Point", "coordinates": [118.31527, 30.90793]}
    assert inspector.put(f"reports/{report}", report_body(location=place, crs="gcj02")).status == 201
    problem = Problem.objects.get(pk=report)
    assert (problem.given_x, problem.given_crs) == (118.31527, "gcj02")
    assert problem.lon != 118.31527


@pytest.mark.parametrize(
    "place",
    [
        {"location": {"area": "district", "no_location_reason": "涉及全区"}},
        {"location": ..., "area": "district", "no_location_reason": "涉及全区"},
    ],
)
def test_a_report_without_a_point_gives_an_area_or_the_district_and_why(inspector: Caller, place: dict[str, Any]) -> None:
    report = uuid4()
    assert inspector.put(f"reports/{report}", report_body(**place)).status == 201
    assert Problem.objects.get(pk=report).whole_district


def test_fields_that_are_not_the_clients_to_set_are_not_taken(inspector: Caller) -> None:
    report = uuid4()
    body = report_body(
        status="closed", number="2026-999", received_at="2001-01-01T00:00:00Z", reported_by="office", level="central"
    )
    assert inspector.put(f"reports/{report}", body).status == 201
    problem = Problem.objects.get(pk=report)
    assert (problem.status, problem.number, problem.reported_by.username, problem.level) == ("reported", None, "inspector", "")


def test_further_sites_are_kept_and_an_id_used_twice_is_refused(world: World, inspector: Caller) -> None:
    report, site = uuid4(), str(uuid4())
    sites = [{"id": site, "name": "下游", "location": IN_PARK}]
    assert inspector.put(f"reports/{report}", report_body(sites=sites)).status == 201
    assert [s.name for s in Problem.objects.get(pk=report).sites.all()] == ["", "下游"]
    assert inspector.put(f"reports/{uuid4()}", report_body(sites=[*sites, *sites])).codes == {"sites": "doubled"}
    other = uuid4()
    own = inspector.put(f"reports/{other}", report_body(sites=[{"id": str(other), "name": "a", "location": IN_PARK}]))
    assert own.codes == {"sites.0.id": "doubled"}


def test_a_site_id_of_another_problem_is_refused_and_nothing_is_half_done(inspector: Caller) -> None:
    sites = [{"id": str(uuid4()), "name": "下游", "location": IN_PARK}]
    assert inspector.put(f"reports/{uuid4()}", report_body(sites=sites)).status == 201
    assert inspector.put(f"reports/{uuid4()}", report_body(sites=sites)).codes == {"sites.0.id": "in_use"}
    assert Problem.objects.count() == 1


def test_a_known_problem_close_by_is_hinted_at_only_to_who_sees_it(world: World, inspector: Caller) -> None:
    known = world.listed(at=day(0))
    hints = inspector.put(f"reports/{uuid4()}", report_body()).json["hints"]
    assert [(hint["code"], hint["number"]) for hint in hints] == [("maybe_known", known.number)]
    hidden = Caller(world.lotus_liaison).put(f"reports/{uuid4()}", report_body()).json["hints"]
    assert hidden == []


@pytest.mark.parametrize("body", [b"", b"no json", b'{"a": NaN}', b"\xef\xbb\xbf{}", b'{"title": "a", "title": "b"}'])
def test_what_is_not_json_is_400(inspector: Caller, body: bytes) -> None:
    answer = inspector.put(f"reports/{uuid4()}", body)
    assert (answer.status, answer.headers["Content-Type"]) == (400, "application/problem+json")


def test_json_that_is_no_object_and_bodies_of_other_types_and_sizes_are_refused(inspector: Caller) -> None:
    assert inspector.put(f"reports/{uuid4()}", []).status == 422
    assert inspector.call("PUT", f"reports/{uuid4()}", b"{}", "text/plain").status == 415
    assert inspector.put(f"reports/{uuid4()}", b'"' + b"a" * 2_200_000 + b'"').status == 413


def test_a_uuid_that_is_none_leads_nowhere(inspector: Caller) -> None:
    assert inspector.put("reports/not-a-uuid", report_body()).status == 404
    capitals = str(uuid4()).upper()
    assert inspector.put(f"reports/{capitals}", report_body()).json["uuid"] == capitals.lower()


def test_a_report_cannot_be_got_or_deleted(inspector: Caller, server_clock: Clock) -> None:
    assert inspector.get(f"reports/{uuid4()}").status == 405
    assert inspector.call("DELETE", f"reports/{uuid4()}").status == 405
    override = inspector.post("me", {}, X_HTTP_Method_Override="GET")
    assert override.status == 405


def test_how_far_the_pin_was_moved_by_hand_is_kept_recorded_and_shown(world: World, inspector: Caller, office: Caller) -> None:
    moved, still, silent = uuid4(), uuid4(), uuid4()
    for report, said in ((moved, {"moved_m": 120.5}), (still, {"moved_m": 0}), (silent, {})):
        assert inspector.put(f"reports/{report}", report_body(title=f"报{report}", **said)).status == 201
    shown = {report: office.get(f"problems/{report}").json["properties"]["moved_m"] for report in (moved, still, silent)}
    assert shown == {moved: 120.5, still: None, silent: None}
    seal_now()
    (event,) = office.get(f"problems/{moved}/events").json["events"]
    assert event["after"]["moved_m"] == 120.5
    (event,) = office.get(f"problems/{still}/events").json["events"]
    assert "moved_m" not in event["after"]
    pages = Client()
    pages.force_login(world.office, backend="django.contrib.auth.backends.ModelBackend")
    page_of = {report: pages.get(f"/problems/{report}/").content.decode() for report in (moved, still)}
    assert "定位点调整" in page_of[moved]
    assert "121 m" in page_of[moved]
    assert "定位点调整" not in page_of[still]


@pytest.mark.parametrize("wrong", [-1, 100_001, "far", [], True, "NaN"])
def test_a_pin_moved_by_nonsense_is_refused(inspector: Caller, wrong: object) -> None:
    answer = inspector.put(f"reports/{uuid4()}", report_body(moved_m=wrong))
    assert (answer.status, list(answer.codes)) == (422, ["moved_m"])
