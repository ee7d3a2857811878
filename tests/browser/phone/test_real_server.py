"""The phone against the program itself: the same taps, the district's own database."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from server.evidence.models import Photo, SignatureState
from server.inspections.actions.loading import load_archive
from server.inspections.models import Submission
from server.problems.models import Problem, Site
from tests.browser.phone.handling import PHONE, Phone
from tests.browser.phone.mock import build_client
from tests.world import PASSWORD, World

IN_STONE_BRIDGE = {"longitude": 118.31, "latitude": 30.91, "accuracy": 6}


@pytest.fixture
def phone_of(chromium: Browser, committed_world: World, live_site: str) -> Iterator[Callable[[str], Phone]]:
    """A phone with one person of the district signed in, standing in Stone Bridge."""
    build_client()
    contexts = []

    def make(username: str) -> Phone:
        context = chromium.new_context(
            geolocation=IN_STONE_BRIDGE,  # type: ignore[arg-type]  # a literal of the right shape
            permissions=["geolocation", "camera"],
            locale="zh-CN",
            **PHONE,
        )
        contexts.append(context)
        phone = Phone(context.new_page(), live_site)
        phone.open()
        phone.page.fill("#username", username)
        phone.page.fill("#password", PASSWORD)
        phone.tap("form .main-button")
        phone.page.locator(".shutter").wait_for()
        phone.until(lambda: len(phone.rows("books")) == 1, "the lists are on the phone")
        return phone

    yield make
    for context in contexts:
        context.close()


def test_a_report_and_its_photos_arrive_whole_in_the_right_area(phone_of: Callable[[str], Phone], committed_world: World) -> None:
    phone = phone_of("inspector")
    phone.page.get_by_text("石桥镇").first.wait_for()
    phone.report(photos=2)
    phone.open("/queue")
    phone.see("服务器已确认 1", 30_000)
    problem = Problem.objects.get()
    assert problem.title == "石桥镇垃圾堆放"
    assert problem.area is not None
    assert problem.area.code == "990001"
    assert not problem.incomplete
    assert {photo.signature_state for photo in Photo.objects.all()} == {SignatureState.VALID}
    assert sorted(photo.statement_n or 0 for photo in Photo.objects.all()) == [1, 2]
    kept = {row["uuid"]: row["sha256"] for row in phone.rows("photos")}
    assert {str(photo.pk): photo.sha256 for photo in Photo.objects.all()} == kept
    (record,) = phone.rows("records")
    assert Submission.objects.get().body_sha256 == hashlib.sha256(record["bodyText"].encode()).hexdigest()


def test_a_visit_to_a_known_problem_arrives_and_the_before_picture_shows(
    phone_of: Callable[[str], Phone], committed_world: World
) -> None:
    problem = committed_world.rectifying()
    phone = phone_of("inspector")
    phone.open("/tasks")
    phone.page.get_by_role("tab").nth(1).tap()
    phone.see(problem.title)
    phone.open(f"/visit/{problem.pk}")
    phone.tap(".visit-shoot")
    phone.shoot()
    phone.tap(".over-quit")
    phone.tap(".verdicts button:nth-child(2)")
    phone.tap("footer .main-button")
    phone.see("已保存在手机")
    phone.open("/queue")
    phone.see("服务器已确认 1", 30_000)
    assert Photo.objects.filter(pk=phone.rows("photos")[0]["uuid"]).exists()


def test_the_program_itself_serves_an_app_that_opens_without_a_network(
    phone_of: Callable[[str], Phone], committed_world: World
) -> None:
    phone = phone_of("inspector")
    phone.wait_until_offline_works()
    phone.page.context.set_offline(True)
    phone.page.reload()
    phone.report()
    phone.see("离线·1 待传")
    assert Problem.objects.count() == 0
    phone.page.context.set_offline(False)
    phone.open("/queue")
    phone.see("服务器已确认 1", 30_000)
    assert Problem.objects.count() == 1


def test_what_the_phone_saves_to_a_file_the_office_can_load(phone_of: Callable[[str], Phone], committed_world: World) -> None:
    phone = phone_of("inspector")
    phone.page.context.set_offline(True)
    phone.report(photos=2)
    phone.open("/queue")
    phone.page.evaluate("delete Navigator.prototype.canShare; delete Navigator.prototype.share")
    with phone.page.expect_download() as waiting:
        phone.tap(".to-file")
    with Path(waiting.value.path()).open("rb") as archive:
        loaded = load_archive(archive, by=committed_world.office, at=datetime.now(UTC))
    assert [(one.kind, one.outcome, one.reason) for one in loaded] == [
        ("report", "new", ""),
        ("photo", "new", ""),
        ("photo", "new", ""),
    ]
    assert Problem.objects.get().title == "石桥镇垃圾堆放"
    phone.page.context.set_offline(False)
    phone.see("服务器已确认 1", 30_000)
    assert Photo.objects.count() == 2


def test_what_i_reported_with_two_places_shows_its_state_at_the_office(
    phone_of: Callable[[str], Phone], committed_world: World
) -> None:
    phone = phone_of("inspector")
    phone.shoot()
    phone.tap(".go")
    phone.tap(".place-add")
    phone.shoot()
    phone.tap(".go")
    phone.page.fill(".site-more .field", "东侧排口")
    phone.tap(".categories button:nth-child(4)")
    phone.submit()
    phone.open("/queue")
    phone.see("服务器已确认 1", 30_000)
    phone.open("/sent")
    phone.see("待审核")
    submission = Submission.objects.get()
    assert submission.clock_offset_s is not None
    assert abs(submission.clock_offset_s) < 30
    first, second = Site.objects.all()
    assert (first.pk, second.name) == (submission.pk, "东侧排口")
    assert sorted(photo.site or first.pk for photo in Photo.objects.all()) == sorted([first.pk, second.pk])
    # Another phone of the same person knows it too, and keeps it for offline reading.
    other = phone_of("inspector")
    other.open("/sent")
    other.see("石桥镇垃圾堆放")
    other.see("另一部手机报的")
    other.page.context.set_offline(True)
    other.open("/tasks")
    other.open("/sent")
    other.see("离线：这是 1 分钟前的状态")
    other.see("石桥镇垃圾堆放")


def test_a_wrong_password_is_told_in_the_apps_words(chromium: Browser, committed_world: World, live_site: str) -> None:
    build_client()
    context = chromium.new_context(locale="zh-CN", **PHONE)
    phone = Phone(context.new_page(), live_site).open()
    phone.page.fill("#username", "inspector")
    phone.page.fill("#password", "wrong")
    phone.tap("form .main-button")
    phone.see("账号或密码不对")
    context.close()
