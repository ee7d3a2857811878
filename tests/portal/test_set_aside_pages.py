"""The office looks at what was set aside beside what came first, and settles it; nobody else learns that there is any."""

import io
import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from server.files.models import StoredFile
from server.inspections.actions import InspectionDraft, make_inspection
from server.inspections.models import SetAside
from server.inspections.queries import title_of
from server.portal.submissions_in_words import Told, _joined
from server.problems.actions import correct
from server.problems.models import Problem
from server.records.models import AccessEntry
from tests.api.calling import Caller, report_body
from tests.inspections.test_load_phone import Saved, load
from tests.photographs import jpeg
from tests.portal.conftest import SignedIn
from tests.world import IN_LOTUS, T0, World, day

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


# --- compared whole ---------------------------------------------------------------------------------------------------------


def compared(world: World, signed_in: SignedIn, **second: Any) -> str:
    """The page of another content under the number of a report that is here."""
    first, other = Saved(), Saved()
    report = first.report()
    load(first)
    other.report(uuid=report, **second)
    load(other)
    return signed_in("office").get(page_of(SetAside.objects.get())).content.decode()


def differing(text: str) -> set[str]:
    return {name for name, differs in lines_of(text).items() if differs}


def test_a_further_site_is_a_difference_and_the_same_site_is_none(world: World, signed_in: SignedIn) -> None:
    site = {"id": str(uuid4()), "name": "下游排口", "location": IN_LOTUS}
    first, second, third = Saved(), Saved(), Saved()
    report = first.report(sites=[site])
    load(first)
    second.report(uuid=report, sites=[site], title="同样的点位")
    third.report(uuid=report, sites=[{**site, "name": "上游排口"}])
    load(second)
    load(third)
    same, other = (signed_in("office").get(page_of(row)).content.decode() for row in SetAside.objects.order_by("pk"))
    assert "下游排口" in same
    assert (differing(same), differing(other)) == ({"标题"}, {"其他点位"})


def test_a_site_the_first_never_had_is_shown(world: World, signed_in: SignedIn) -> None:
    text = compared(world, signed_in, sites=[{"id": str(uuid4()), "name": "下游排口", "location": IN_LOTUS}])
    assert differing(text) == {"其他点位"}
    assert "下游排口" in text


def test_a_text_that_differs_far_down_differs_and_shows_where(world: World, signed_in: SignedIn) -> None:
    first, second = Saved(), Saved()
    report = first.report(description="长" * 4_100 + "甲处")
    load(first)
    second.report(uuid=report, description="长" * 4_100 + "乙处")
    load(second)
    text = signed_in("office").get(page_of(SetAside.objects.get())).content.decode()
    assert differing(text) == {"现场情况"}
    assert "甲处" in text
    assert "乙处" in text


def test_a_list_that_differs_after_its_fiftieth_entry_differs(world: World, signed_in: SignedIn) -> None:
    text = compared(world, signed_in, photos=[str(uuid4()) for _n in range(60)])
    assert ">60</td>" in text
    further = compared_lists(["solid_waste"] * 300 + ["water"], ["solid_waste"] * 300 + ["air"])
    assert further[0].words == further[1].words
    assert further[0].exact != further[1].exact


def compared_lists(one: list[str], other: list[str]) -> tuple[Told, Told]:
    return _joined(one, str), _joined(other, str)


def test_a_difference_too_small_to_be_shown_is_said_to_be_one(world: World, signed_in: SignedIn) -> None:
    text = compared(world, signed_in, accuracy_m=8.25)
    assert differing(text) == {"地点"}
    assert "差别未显示出来" in text


def test_measures_are_compared_by_which_they_are_and_not_by_their_order(world: World, signed_in: SignedIn) -> None:
    known = world.planned()
    keys = [str(measure.key) for measure in world.plan_of(known).measures.all()]
    first, same, other = Saved(), Saved(), Saved()
    given = [{"id": keys[0], "state": "done"}, {"id": keys[1], "state": "not_done"}]
    visit = first.visit(known.pk, measures=given)
    load(first)
    for saved, measures in (
        (same, {"measures": given[::-1]}),
        (other, {"measures": [{"id": keys[1], "state": "done"}, {"id": keys[0], "state": "not_done"}]}),
    ):
        saved.record("visit", saved_visit(known.pk, **measures), visit)
        load(saved)
    pages = [signed_in("office").get(page_of(row)).content.decode() for row in SetAside.objects.order_by("pk")]
    assert [differing(page) for page in pages] == [set(), {"措施"}]
    assert "清运河岸垃圾" in pages[0]


def saved_visit(problem: UUID, **different: Any) -> dict[str, Any]:
    saved = Saved()
    saved.visit(problem, **different)
    return dict(saved.items[0]["body"])


def test_what_the_list_has_settled_is_no_difference_and_is_said_to_be_settled(world: World, signed_in: SignedIn) -> None:
    first, second = Saved(), Saved()
    report = first.report()
    load(first)
    world.listed(problem=Problem.objects.get(pk=report))
    second.report(uuid=report, accuracy_m=9)
    load(second)
    text = signed_in("office").get(page_of(SetAside.objects.get())).content.decode()
    assert differing(text) == {"地点"}
    assert text.count("列入清单时确定") == 2  # sector and way of discovery
    assert "更正" not in text


def test_a_line_that_was_corrected_since_says_so(world: World, signed_in: SignedIn) -> None:
    row = conflict(world)
    correct(row.submission, "title", "更正后的标题", "笔误", by=world.office, at=day(3))
    text = signed_in("office").get(page_of(row)).content.decode()
    title, category = (part.split("</tr>")[0] for part in text.split('<th scope="row">')[1:3])
    assert "此后已更正" in title
    assert "此后已更正" not in category


def test_the_list_reads_no_bodies(world: World, signed_in: SignedIn) -> None:
    """Thirty of some megabytes each would take half a minute and half a gigabyte."""
    conflict(world)
    office = signed_in("office")
    with CaptureQueriesContext(connection) as queries:
        text = office.get(LIST).content.decode()
    assert "另一个标题" in text
    assert not [query["sql"] for query in queries if '"inspections_setaside"."body",' in query["sql"]]


def test_how_many_wait_is_counted_once_a_page(world: World, signed_in: SignedIn) -> None:
    conflict(world)
    office = signed_in("office")
    with CaptureQueriesContext(connection) as queries:
        office.get("/")
    assert len([query for query in queries if "setaside" in query["sql"]]) == 1


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
    assert "待核查件" in text.split("<main")[1]
    assert "nav-count" not in signed_in("leading_group").get("/").content.decode()
    assert "待核查件" not in signed_in("leading_group").get("/").content.decode()
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


@pytest.mark.parametrize("part", ["file/", "picture/"])
def test_a_file_that_was_lost_is_told_in_words(world: World, signed_in: SignedIn, part: str) -> None:
    row, office = refused_photo(jpeg(shade=70)), signed_in("office")
    stored = StoredFile.objects.select_related("content").get(pk=row.file)
    default_storage.delete(stored.content.path)
    answer = office.get(page_of(row, part))
    assert answer.status_code == 410
    assert "文件已丢失或损坏" in answer.content.decode()
    assert "文件已丢失或损坏" in office.get(page_of(row)).content.decode()
    assert not AccessEntry.objects.exists()


def test_who_looked_at_the_picture_is_noted(world: World, signed_in: SignedIn) -> None:
    row, office = refused_photo(jpeg(shade=70)), signed_in("office")
    office.get(page_of(row))
    assert not AccessEntry.objects.exists()
    office.get(page_of(row, "picture/"))
    noted = AccessEntry.objects.get()
    assert (noted.kind, noted.object_id, noted.by_id) == ("picture", str(row.file), str(world.office.pk))


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


@pytest.mark.parametrize(
    "different",
    [
        {"title": "a\x00b"},
        {"title": "a\ud800b"},
        {"sector": "wa\x00ste"},
        {"sector": "a\ud800"},
        {"category": "x\ud800"},
        {"inspection": "\x00"},
        {"photos": ["\x00", "\ud800"]},
        {"accuracy_m": 10**400},
        {"moved_m": 10**400},
        {"accuracy_m": -1e308, "location": {"coordinates": [10**400, "\x00"]}},
        {"location": {"coordinates": [{}, []]}, "crs": "EPSG:" + "9" * 5_000},
        {"further_categories": {"a": "\ud800"}, "discovery": {"a": 1}},
        {"sites": [{"id": "\x00", "name": "\ud800", "location": {"type": "Point", "coordinates": [10**400, 1]}}, 7]},
        {"observed_at": "9999-12-31T23:59:59-14:00"},
        {"\x00name\ud800": "\x00"},
    ],
)
def test_no_second_content_breaks_the_list_or_its_page(world: World, signed_in: SignedIn, different: dict[str, Any]) -> None:
    """What neither page nor database can bear is shown as something else, under a number that is known and under none."""
    for kind in ("report", "visit", "photo", "discarded"):
        body = json.dumps({**report_body(), **different})
        known = world.report().pk if kind == "report" else uuid4()
        SetAside.objects.create(
            submission=known,
            kind=kind,
            person=world.inspector,
            title=title_of(body),
            body=body,
            body_sha256=kind.zfill(64),
            received_at=T0,
        )
    office = signed_in("office")
    for address in (LIST, *(page_of(row) for row in SetAside.objects.all())):
        assert office.get(address).status_code == 200, address


@pytest.mark.parametrize("change", [{"title": "a\x00b"}, {"sector": "a\ud800"}, {"description": "\x00"}])
def test_a_hostile_second_content_comes_in_by_the_api_and_is_shown(
    world: World, signed_in: SignedIn, change: dict[str, Any]
) -> None:
    report, inspector = uuid4(), Caller(world.inspector)
    assert inspector.put(f"reports/{report}", report_body()).status == 201
    assert inspector.put(f"reports/{report}", {**report_body(), **change}).status == 409
    office, row = signed_in("office"), SetAside.objects.get()
    assert office.get(LIST).status_code == 200
    assert "\N{REPLACEMENT CHARACTER}" in office.get(page_of(row)).content.decode()


def test_what_is_nested_as_deep_as_can_be_read_is_shown(world: World, signed_in: SignedIn) -> None:
    for depth in range(700, 1_000, 20):
        body = '{"title":' + "[" * depth + "]" * depth + "}"
        SetAside.objects.create(
            submission=uuid4(),
            kind="report",
            person=world.inspector,
            title=title_of(body),
            body=body,
            body_sha256=str(depth).zfill(64),
            received_at=T0,
        )
    office = signed_in("office")
    assert {office.get(page_of(row)).status_code for row in SetAside.objects.all()} == {200}


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
