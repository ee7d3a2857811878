"""The office looks at what was set aside beside what came first, and settles it; nobody else learns that there is any."""

import io
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from server.inspections.actions import InspectionDraft, make_inspection
from server.inspections.models import SetAside
from server.problems.actions import correct
from server.problems.models import Problem
from server.records.models import AccessEntry
from tests.inspections.test_load_phone import Saved, load
from tests.photographs import jpeg
from tests.portal.conftest import SignedIn
from tests.world import T0, World, day

pytestmark = pytest.mark.django_db
LIST = "/phones/set-aside/"


def page_of(row: SetAside, part: str = "") -> str:
    return f"{LIST}{row.pk}/{part}"


def conflict(world: World) -> SetAside:
    """The same report with another title, another place and one photo less."""
    first = Saved()
    photos = [first.photo(jpeg(shade=shade)) for shade in (60, 70)]
    report = first.report(photos)
    load(first)
    second = Saved()
    place = {"type": "Point", "coordinates": [118.32, 30.91]}
    second.report(photos[:1], uuid=report, title="另一个标题", location=place)
    load(second, day(2))
    return SetAside.objects.get()


def refused_photo(data: bytes) -> SetAside:
    saved = Saved()
    saved.photo(data, sha256="0" * 64)
    load(saved)
    return SetAside.objects.get()


def lines_of(text: str) -> dict[str, bool]:
    """The lines of the comparison, and whether each is marked as differing."""
    body = text.split('class="rows compare')[1].split("<tbody>")[1].split("</tbody>")[0]
    rows = [part.split("</tr>")[0] for part in body.split("<tr")[1:]]
    return {row.split('scope="row">')[1].split("<")[0]: row.startswith(' class="differs"') for row in rows}


def test_what_differs_from_the_first_is_marked_line_by_line(world: World, signed_in: SignedIn) -> None:
    row = conflict(world)
    text = signed_in("office").get(page_of(row)).content.decode()
    assert lines_of(text) == {
        "标题": True,
        "类别": False,
        "发现时间": False,
        "地点": True,
        "现场情况": False,
        "照片": True,
    }
    for said in ("石桥镇河岸垃圾堆放", "另一个标题", "118.320000, 30.910000 ±8 m", "检查人员 林静", "3 项不同"):
        assert said in text, said
    assert f"/problems/{row.submission}/" in text
    assert text.count('class="thumb"') == 3


def test_other_photos_of_the_same_number_differ_too(world: World, signed_in: SignedIn) -> None:
    first, second = Saved(), Saved()
    report = first.report([first.photo(jpeg(shade=60))])
    load(first)
    second.report([second.photo(jpeg(shade=61))], uuid=report)
    load(second)
    text = signed_in("office").get(page_of(SetAside.objects.get())).content.decode()
    assert lines_of(text)["照片"]


def test_a_first_that_was_corrected_since_is_said_to_be(world: World, signed_in: SignedIn) -> None:
    row = conflict(world)
    office = signed_in("office")
    assert "有更正" not in office.get(page_of(row)).content.decode()
    correct(row.submission, "title", "更正后的标题", "笔误", by=world.office, at=day(3))
    text = office.get(page_of(row)).content.decode()
    assert "有更正" in text
    assert "更正后的标题" in text


def test_a_visit_is_compared_in_its_own_words(world: World, signed_in: SignedIn) -> None:
    known = world.planned()
    first, second = Saved(), Saved()
    visit = first.visit(known.pk)
    load(first)
    second.visit(known.pk, verdict="rectified")
    second.items[0]["uuid"] = str(visit)
    load(second)
    text = signed_in("office").get(page_of(SetAside.objects.get())).content.decode()
    assert {name for name, differs in lines_of(text).items() if differs} == {"检查结论"}
    assert str(known.number) in text


def test_the_office_settles_it_and_finds_it_among_the_settled(world: World, signed_in: SignedIn) -> None:
    row, office = conflict(world), signed_in("office")
    assert "另一个标题" in office.get(LIST).content.decode()
    answer = office.post(page_of(row), {"decision": "kept_first", "words": "同一件事"})
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert "另一个标题" not in office.get(LIST).content.decode()
    settled = office.get(f"{LIST}?list=settled").content.decode()
    assert "另一个标题" in settled
    assert "以先收的为准" in settled
    text = office.get(page_of(row)).content.decode()
    assert "同一件事" in text
    assert "<textarea" not in text.split("<main")[1].split("</main>")[0]


def test_a_settlement_without_words_comes_back_at_its_field(world: World, signed_in: SignedIn) -> None:
    row = conflict(world)
    answer = signed_in("office").post(page_of(row), {"decision": "kept_first", "words": " "})
    assert answer.status_code == 422
    assert "error-text" in answer.content.decode().split('id="f-words-field"')[1]
    assert SetAside.objects.get().looked_at is None


def test_the_second_to_settle_it_reads_who_was_first(world: World, signed_in: SignedIn) -> None:
    row, office = conflict(world), signed_in("office")
    office.post(page_of(row), {"decision": "kept_first", "words": "同一件事"})
    answer = office.post(page_of(row), {"decision": "taken_up", "words": "另行补录"})
    assert answer.status_code == 409
    assert "区整改办 王敏 已办结此件。" in answer.content.decode()
    assert SetAside.objects.get().decision == "kept_first"


def test_the_bar_and_the_workbench_tell_the_office_how_many_wait(world: World, signed_in: SignedIn) -> None:
    office = signed_in("office")
    assert "nav-count" not in office.get("/").content.decode()
    row = conflict(world)
    text = office.get("/").content.decode()
    assert '<b class="nav-count">1</b>' in text
    assert "搁置待查" in text.split("<main")[1]
    assert "nav-count" not in signed_in("leading_group").get("/").content.decode()
    assert "搁置待查" not in signed_in("leading_group").get("/").content.decode()
    office.post(page_of(row), {"decision": "kept_first", "words": "同一件事"})
    assert "nav-count" not in office.get("/").content.decode()


@pytest.mark.parametrize("name", ["inspector", "leading_group", "town_head", "security_admin", "auditor"])
def test_nobody_else_gets_any_of_its_pages(world: World, signed_in: SignedIn, name: str) -> None:
    row, other = conflict(world), signed_in(name)
    assert other.get(LIST).status_code == 403
    for part in ("", "file/", "picture/"):
        assert other.get(page_of(row, part)).status_code == 404, part
    assert other.post(page_of(row), {"decision": "kept_first", "words": "越权"}).status_code == 404
    assert SetAside.objects.get().looked_at is None


@pytest.mark.clause("10-2")
def test_the_office_sees_an_unreleased_find_beside_its_second_content(world: World, signed_in: SignedIn) -> None:
    inspection = make_inspection(InspectionDraft("spot_check", False, T0.date(), people=["inspector"]), by=world.office, at=T0)
    found = world.report(inspection=inspection.pk, title="暗访发现偷排")
    second = Saved()
    second.report(uuid=found.pk, title="另一个标题")
    load(second)
    assert "暗访发现偷排" in signed_in("office").get(page_of(SetAside.objects.get())).content.decode()
    assert Problem.objects.get().pk == found.pk


# --- the file ---------------------------------------------------------------------------------------------------------------


def body_of(client: Client, address: str) -> bytes:
    answer: Any = client.get(address)
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_the_file_is_given_as_it_came_to_be_saved_and_never_run(world: World, signed_in: SignedIn) -> None:
    data = b"<html><script>alert(1)</script>"
    row, office = refused_photo(data), signed_in("office")
    answer = office.get(page_of(row, "file/"))
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert (answer["X-Content-Type-Options"], answer["Content-Security-Policy"]) == ("nosniff", "default-src 'none'; sandbox")
    assert body_of(office, page_of(row, "file/")) == data
    noted = AccessEntry.objects.filter(kind="original", object_type="file")
    assert {entry.by_id for entry in noted} == {str(world.office.pk)}


def test_a_picture_is_shown_drawn_anew_without_what_hides_in_it(world: World, signed_in: SignedIn) -> None:
    row, office = refused_photo(jpeg(shade=70) + b"<script>hidden</script>"), signed_in("office")
    assert f'src="{page_of(row, "picture/")}"' in office.get(page_of(row)).content.decode()
    drawn = body_of(office, page_of(row, "picture/"))
    assert b"hidden" not in drawn
    assert Image.open(io.BytesIO(drawn)).format == "JPEG"


def test_what_is_no_picture_is_not_shown_as_one(world: World, signed_in: SignedIn) -> None:
    row, office = refused_photo(b"%PDF-1.7 nothing"), signed_in("office")
    text = office.get(page_of(row)).content.decode()
    assert "该文件不是图片。" in text
    assert "<img" not in text.split("<main")[1].split("</main>")[0]
    assert office.get(page_of(row, "picture/")).status_code == 404


def test_what_has_no_file_gives_none(world: World, signed_in: SignedIn) -> None:
    row, office = conflict(world), signed_in("office")
    assert office.get(page_of(row, "file/")).status_code == 404
    assert office.get(page_of(row, "picture/")).status_code == 404


# --- hostile content --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "different",
    [
        {"title": "<script>alert(1)</script>" * 9},
        {"title": {"a": [1]}, "description": None, "category": ["x"], "photos": "x", "location": [[[]]]},
        {"observed_at": "9999-12-31T23:59:59-12:00", "location": {"coordinates": ["a", None]}, "moved_m": 1e308},
        {"location": {"area": 7}, "accuracy_m": True, "sites": {}, "measures": [1], "inspection": 1e300},
        {"photos": ["x"] * 900, "further_categories": [[]] * 900, "crs": {}, "sector": "x" * 90},
    ],
)
def test_whatever_a_phone_sent_is_shown_and_breaks_nothing(world: World, signed_in: SignedIn, different: dict[str, Any]) -> None:
    saved = Saved()
    saved.report(**different)
    load(saved)
    office, row = signed_in("office"), SetAside.objects.get()
    for address in (LIST, page_of(row)):
        answer = office.get(address)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b"\xff", b"[" * 100_000])
def test_a_text_that_is_no_submission_is_shown_as_it_is(world: World, signed_in: SignedIn, text: bytes) -> None:
    saved = Saved()
    report = saved.report(title="")
    saved.files[f"bodies/{report}.json"] = text
    load(saved)
    assert signed_in("office").get(page_of(SetAside.objects.get())).status_code == 200


def test_a_discarded_shot_that_was_refused_is_listed_too(world: World, signed_in: SignedIn) -> None:
    saved = Saved()
    saved.items.append({"kind": "discarded", "uuid": str(world.office.pk), "person": "inspector", "body": {"device": "x"}})
    load(saved)
    assert "弃拍记录" in signed_in("office").get(LIST).content.decode()
    assert signed_in("office").get(page_of(SetAside.objects.get())).status_code == 200
