"""Lists and forms say what they mean: one unit for one rule, headings, a filter, Chinese names, and why a photo has its grade."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone, translation

from server.evidence import devices
from server.evidence.actions import take_in
from server.evidence.models import Photo
from server.inspections.actions import InspectionDraft, make_inspection
from server.portal.clock import time_left
from server.portal.forms import choices
from server.regulation.workdays import WorkCalendar, notice_from_chinesecalendar
from server.rulebook.queries import work_calendar
from server.supervision.actions import SupervisionDraft, record_supervision
from server.units.predicates import office_day
from tests.evidence.signing import SigningPhone
from tests.photographs import jpeg
from tests.portal.conftest import SignedIn
from tests.world import T0, World, day

pytestmark = pytest.mark.django_db

# 2026-03-06 is a Friday.
FRIDAY, MONDAY = date(2026, 3, 6), date(2026, 3, 9)


@pytest.fixture
def calendar() -> WorkCalendar:
    notice = notice_from_chinesecalendar(2026)
    assert notice is not None
    return WorkCalendar({2026: notice})


@pytest.mark.parametrize(
    ("until", "on", "working", "words", "late"),
    [
        (MONDAY, FRIDAY, True, "剩 1 个工作日", False),
        (MONDAY, FRIDAY, False, "剩 3 天", False),
        (FRIDAY, FRIDAY, True, "今日到期", False),
        (FRIDAY, MONDAY, True, "超期 1 个工作日", True),
        (FRIDAY, MONDAY, False, "逾期 3 天", True),
        # On the Saturday after, the day has passed, and no working day has gone by since.
        (FRIDAY, date(2026, 3, 7), True, "已过期限", True),
    ],
)
def test_the_time_left_is_said_in_the_unit_of_its_rule(
    calendar: WorkCalendar, until: date, on: date, working: bool, words: str, late: bool
) -> None:
    with translation.override("zh-hans"):
        left = time_left(until, on, calendar if working else None)
    assert (left.words, left.late, left.today) == (words, late, until == on)


def test_a_reply_to_a_supervision_is_due_in_working_days_wherever_it_stands(world: World, signed_in: SignedIn) -> None:
    problem, now = world.planned(), timezone.now()
    draft = SupervisionDraft(date=office_day(now), people=["赵组长"], opinion="限期清运")
    record = record_supervision(problem.pk, draft, by=world.leading_group, at=now)
    left = work_calendar().between(office_day(now), record.reply_due)
    assert left != (record.reply_due - office_day(now)).days
    town = signed_in("town_liaison")
    for address in ("/supervision/", "/", f"/problems/{problem.pk}/"):
        text = town.get(address).content.decode()
        assert f"剩 {left} 个工作日" in text, address
        assert f"剩 {(record.reply_due - office_day(now)).days} 天" not in text, address


def test_the_finds_of_an_inspection_have_headings(world: World, signed_in: SignedIn) -> None:
    inspection = make_inspection(InspectionDraft("spot_check", True, T0.date(), people=["inspector"]), by=world.office, at=T0)
    world.report(inspection=inspection.pk, title="发现一处")
    text = signed_in("office").get(f"/inspections/{inspection.pk}/").content.decode()
    heads = text.split("发现一处")[0].rsplit("<table", 1)[1]
    assert "<thead>" in heads
    for name in ("标题", "主体责任", "期限"):
        assert name in heads, name


@pytest.mark.parametrize(
    ("wanted", "there", "gone"),
    [
        ("水利", ["区水利局", "水利局 局长", "水环境"], ["荷塘镇 镇长", "系统管理员"]),
        ("lotus_HEAD", ["荷塘镇 镇长"], ["石桥镇 镇长"]),
        ("检查人员", ["检查人员 林静"], ["系统管理员"]),
        ("%", ["没有与“%”相符的人员。"], ["林静"]),
        ("<b>x", ["没有与“&lt;b&gt;x”相符的单位。"], ["<b>x"]),
        ("  ", ["系统管理员", "区水利局"], []),
    ],
)
def test_units_and_people_are_found_by_name_unit_or_role(
    world: World, signed_in: SignedIn, wanted: str, there: list[str], gone: list[str]
) -> None:
    text = signed_in("office").get("/units/", {"q": wanted}).content.decode()
    shown = text.split("<main")[1].split("</main>")[0]
    for words in there:
        assert words in shown, words
    for words in gone:
        assert words not in shown, words


def test_the_phones_of_people_are_linked_for_who_may_look_at_them(world: World, signed_in: SignedIn) -> None:
    for name, linked in (("office", True), ("security_admin", True), ("admin", False), ("auditor", False)):
        text = signed_in(name).get("/units/").content.decode()
        assert ('href="/phones/people/inspector/"' in text) == linked, name


def test_coordinate_systems_have_chinese_names_and_mean_what_they_did(world: World, signed_in: SignedIn) -> None:
    text = signed_in("town_liaison").get("/problems/new/").content.decode()
    chooser = text.split('name="crs"')[1].split("</select>")[0]
    assert '<option value="wgs84" selected>' in chooser
    with translation.override("zh-hans"):
        names = {code: str(name) for code, name in choices.SYSTEMS}
    assert set(names) == {"wgs84", "EPSG:4490", "gcj02", "bd09", "EPSG:4549", "EPSG:4548", "EPSG:4528", "EPSG:4527"}
    assert all(any("\u4e00" <= c <= "\u9fff" for c in name) for name in names.values())
    assert all(name in chooser for name in names.values())


# --- the grade of a photo -------------------------------------------------------------------------------------------------


def signed_photo(world: World, shade: int = 40, lost: int = 0, **different: Any) -> UUID:
    phone = SigningPhone()
    phone.device = devices.enrol("华为", phone.jwk, by=world.inspector, at=T0)[0].pk
    phone.n = lost
    data, photo = jpeg(shade=shade), uuid4()
    take_in(photo, data, phone.declare(data, T0, **different), by=world.inspector, at=T0 + timedelta(seconds=5))
    return photo


def grade_said(text: str) -> str:
    return text.split("可信等级</dt>")[1].split("</dd>")[0]


def test_a_photo_in_order_is_an_a_and_lacks_nothing(world: World, signed_in: SignedIn) -> None:
    photo = signed_photo(world)
    said = grade_said(signed_in("inspector").get(f"/photos/{photo}/").content.decode())
    assert '<b class="grade">A</b>' in said
    assert "<li>" not in said


def test_a_photo_says_why_it_is_no_a(world: World, signed_in: SignedIn) -> None:
    """A gap in the phone's numbers and an old position; where nothing is signed, that alone is the reason."""
    position = {"lon": 118.31, "lat": 30.91, "accuracy_m": 6, "time": (T0 - timedelta(minutes=9)).isoformat()}
    photo = signed_photo(world, lost=3, position=position)
    inspector = signed_in("inspector")
    said = grade_said(inspector.get(f"/photos/{photo}/").content.decode())
    assert '<b class="grade">B</b>' in said
    assert ("缺号或重号" in said, "超过 30 秒" in said, said.count("<li>")) == (True, True, 2)
    unsigned = grade_said(inspector.get(f"/photos/{world.photo(at=day(1), shade=77)}/").content.decode())
    assert ("没有有效的手机签名" in unsigned, unsigned.count("<li>")) == (True, 1)


def test_a_photo_from_files_is_a_c_and_nothing_more_is_asked(world: World, signed_in: SignedIn) -> None:
    photo = world.photo(shade=66)
    Photo.objects.filter(pk=photo).update(source="library")
    said = grade_said(signed_in("inspector").get(f"/photos/{photo}/").content.decode())
    assert '<b class="grade">C</b>' in said
    assert "<li>" not in said


@pytest.mark.clause("10-2")
def test_the_photo_page_tells_nobody_of_a_hidden_twin(world: World, signed_in: SignedIn) -> None:
    photo = world.photo(shade=55)
    world.listed(problem=world.report(photos=[photo]))
    draft = InspectionDraft("spot_check", False, T0.date(), people=["other_inspector"])
    inspection = make_inspection(draft, by=world.office, at=T0)
    world.report(by=world.other_inspector, photos=[world.photo(by=world.other_inspector, shade=55)], inspection=inspection.pk)
    twice = "同一张照片"
    pages = {name: signed_in(name).get(f"/photos/{photo}/").content.decode() for name in ("office", "town_head")}
    with translation.override("zh-hans"):
        twice = translation.gettext("The same picture was sent more than once.")
    assert twice in pages["office"]
    assert twice not in pages["town_head"]
