"""Without a network, and with a browser that dies: nothing is lost and nothing doubled."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.phone.handling import Phone
from tests.browser.phone.mock import MockServer


def test_after_the_first_visit_everything_works_without_a_network(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    phone.wait_until_offline_works()
    phone.wait_for_book()
    phone.page.context.set_offline(True)
    phone.page.reload()
    phone.report(photos=2)
    phone.see("离线·1 待传")
    phone.open("/tasks")
    phone.see("石桥镇河岸垃圾堆放")
    assert phone.page.locator(".task-picture img").evaluate("image => image.naturalWidth") > 0
    phone.open("/queue")
    phone.see("现在离线，照样能拍")
    phone.see("2 张照片都在手机里，有网自动上传")
    assert server.state()["records"] == {}
    phone.page.context.set_offline(False)
    phone.until(lambda: len(server.state()["photos"]) == 2, "the photos go by themselves when the network returns")
    phone.see("都传完了")


def test_offline_from_the_start_says_that_signing_in_needs_a_network(phone: Phone) -> None:
    phone.open()
    phone.page.context.set_offline(True)
    phone.page.fill("#username", "inspector")
    phone.page.fill("#password", "demo-2026")
    phone.tap("form .main-button")
    phone.see("登录要有网，登录以后断网也能拍")


def test_a_browser_killed_after_the_tick_still_has_the_photo(
    kept_phone: Callable[[], Phone], kill: Callable[[], None], server: MockServer
) -> None:
    phone = kept_phone().sign_in()
    phone.shoot()
    kill()
    phone = kept_phone().open()
    phone.page.locator(".stack b").wait_for()
    assert phone.page.locator(".stack b").inner_text() == "1"
    phone.tap(".go")
    phone.tap(".categories button:nth-child(1)")
    phone.submit()
    phone.until(lambda: len(server.state()["photos"]) == 1, "the photo is on the server")
    assert server.state()["photos"][0]["signed"] == "good"


# Each makes one step of the shutter hang, so that the browser can be killed in it; and how many photos are left then.
SHUTTER_STEPS = {
    "digest": ("crypto.subtle.digest = () => new Promise(() => {})", 0),
    "transaction": (
        "const add = IDBObjectStore.prototype.add; IDBObjectStore.prototype.add = function (...given) {"
        " const open = () => { this.getKey(0).onsuccess = open }; open(); return add.apply(this, given) }",
        0,
    ),
    "signature": ("crypto.subtle.sign = () => new Promise(() => {})", 1),
    "reading back": (
        "const digest = crypto.subtle.digest.bind(crypto.subtle); let calls = 0;"
        "crypto.subtle.digest = (...given) => ++calls > 1 ? new Promise(() => {}) : digest(...given)",
        1,
    ),
}


@pytest.mark.parametrize("step", SHUTTER_STEPS)
def test_a_browser_killed_inside_the_shutter_leaves_a_whole_photo_or_none(
    kept_phone: Callable[[], Phone], kill: Callable[[], None], server: MockServer, step: str
) -> None:
    hang, left = SHUTTER_STEPS[step]
    phone = kept_phone().sign_in()
    phone.wait_for_picture()
    phone.page.evaluate(f"() => {{ {hang} }}")
    phone.tap(".shutter")
    phone.page.wait_for_timeout(1500)
    assert not phone.page.get_by_text("第 1 张已存手机").is_visible()
    kill()
    phone = kept_phone().open()
    phone.page.locator(".shutter").wait_for()
    phone.until(lambda: [row["verified"] for row in phone.rows("photos")] == [True] * left, "what is left is whole")
    phone.shoot(left + 1)
    phone.tap(".go")
    phone.tap(".categories button:nth-child(1)")
    phone.submit()
    phone.until(lambda: len(server.state()["photos"]) == left + 1, "all is on the server")
    assert {photo["signed"] for photo in server.state()["photos"]} == {"good"}


def test_a_browser_killed_in_the_sheet_has_every_word_again(kept_phone: Callable[[], Phone], kill: Callable[[], None]) -> None:
    phone = kept_phone().sign_in()
    phone.shoot()
    phone.tap(".go")
    phone.tap(".categories button:nth-child(2)")
    phone.page.fill("#words", "早上七点开始冒烟")
    phone.until(lambda: any("冒烟" in str(row["fields"].get("words")) for row in phone.rows("drafts")), "the words are kept")
    kill()
    phone = kept_phone().open("/report")
    phone.see("石桥镇扬尘废气")
    assert phone.page.locator("#words").input_value() == "早上七点开始冒烟"


def test_a_browser_killed_at_a_second_place_keeps_both_with_their_photos(
    kept_phone: Callable[[], Phone], kill: Callable[[], None], server: MockServer
) -> None:
    phone = kept_phone().sign_in()
    phone.shoot()
    phone.tap(".go")
    phone.tap(".place-add")
    phone.shoot()
    kill()
    phone = kept_phone().open()
    phone.see("第 2 处点位")
    phone.shoot(2)
    phone.tap(".go")
    phone.see("2 张·距第 1 处")
    phone.tap(".categories button:nth-child(1)")
    phone.submit()
    phone.until(lambda: len(server.state()["photos"]) == 3, "all photos are on the server")
    (record,) = server.state()["records"].values()
    (site,) = record["body"]["sites"]
    assert sorted(photo["fields"].get("site", "") for photo in server.state()["photos"]) == ["", site["id"], site["id"]]


# Holds the transaction that adds to (or deletes from) a table open for ever.
HELD = (
    "const done = IDBObjectStore.prototype.{call}; IDBObjectStore.prototype.{call} = function (...given) {{"
    " if (this.name !== '{table}') return done.apply(this, given);"
    " const open = () => {{ this.getKey(0).onsuccess = open }}; open(); return done.apply(this, given) }}"
)


def test_a_browser_killed_while_submitting_has_the_draft_or_the_report(
    kept_phone: Callable[[], Phone], kill: Callable[[], None], server: MockServer
) -> None:
    phone = kept_phone().sign_in()
    phone.shoot()
    phone.tap(".go")
    phone.tap(".categories button:nth-child(2)")
    phone.page.wait_for_timeout(300)
    phone.page.evaluate(f"() => {{ {HELD.format(call='add', table='records')} }}")
    phone.tap("footer .main-button")
    phone.page.wait_for_timeout(700)
    kill()
    phone = kept_phone().open("/report")
    phone.see("石桥镇扬尘废气")
    assert phone.rows("records") == []
    phone.submit()
    phone.until(lambda: len(server.state()["photos"]) == 1, "the photo is on the server")
    assert len(server.state()["records"]) == 1


def test_a_browser_killed_while_freeing_has_the_bytes_or_says_that_they_are_freed(
    kept_phone: Callable[[], Phone], kill: Callable[[], None]
) -> None:
    phone = kept_phone().sign_in()
    phone.report()
    phone.until(lambda: [row["state"] for row in phone.rows("photos")] == ["received"], "the photo is confirmed")
    phone.page.evaluate(f"() => {{ {HELD.format(call='delete', table='bytes')} }}")
    phone.page.evaluate("navigator.storage.estimate = async () => ({ usage: 900e6, quota: 1000e6 })")
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    phone.page.wait_for_timeout(700)
    kill()
    phone = kept_phone().open("/queue")
    phone.see("服务器已确认 1")
    assert [row["state"] for row in phone.rows("photos")] == ["received"]
    assert [row["data"] for row in phone.rows("bytes")] == [row["size"] for row in phone.rows("photos")]


STEPS = ["PUT /api/v1/reports", "POST /api/v1/uploads", "PATCH /api/v1/uploads", "POST /api/v1/receipts"]


@pytest.mark.parametrize("step", STEPS)
def test_a_browser_killed_while_sending_sends_each_thing_once(
    kept_phone: Callable[[], Phone], kill: Callable[[], None], server: MockServer, step: str
) -> None:
    phone = kept_phone().sign_in()
    server.fail({"match": step, "do": "hang", "times": 1})
    phone.report(photos=2)
    phone.until(lambda: any(line.startswith(step) for line in server.state()["requests"]), "the request is under way")
    kill()
    phone = kept_phone().open()
    phone.until(lambda: len(server.state()["photos"]) == 2, "both photos are on the server", 30)
    phone.open("/queue")
    phone.see("服务器已确认 1", 30_000)
    state = server.state()
    assert len(state["records"]) == 1
    assert len({photo["uuid"] for photo in state["photos"]}) == 2


def test_an_answer_lost_after_the_server_acted_doubles_nothing(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    server.fail({"match": "PUT /api/v1/reports", "do": "lose"}, {"match": "PATCH /api/v1/uploads", "do": "lose"})
    phone.report()
    phone.open("/queue")
    phone.until(lambda: sum(line.startswith("PUT") for line in server.state()["requests"]) > 1, "it was sent again")
    phone.see("都传完了", 30_000)
    state = server.state()
    assert len(state["records"]) == len(state["photos"]) == 1


def test_two_tabs_send_each_thing_once(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    phone.page.context.set_offline(True)
    for _ in range(3):
        phone.report()
    other = Phone(phone.page.context.new_page(), server.address)
    phone.page.context.set_offline(False)
    other.open("/queue")
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    phone.until(lambda: len(server.state()["photos"]) == 3, "all is on the server")
    other.see("都传完了")
    assert [record["times"] for record in server.state()["records"].values()] == [1, 1, 1]
    assert [photo["times"] for photo in server.state()["photos"]] == [1, 1, 1]


def test_an_update_of_the_app_waits_for_a_tap_and_keeps_the_queue(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    phone.wait_until_offline_works()
    server.fail({"match": "PUT /api/v1/reports", "do": "status", "status": 500, "times": 99})
    for _ in range(5):
        phone.report()
    server.set(edition="2")
    phone.page.evaluate("navigator.serviceWorker.getRegistration('/m/').then(one => one.update())")
    phone.see("有新版本，点此更新", 20_000)
    phone.tap(".update-bar")
    phone.page.locator(".update-bar").wait_for(state="detached")
    phone.page.locator(".shutter").wait_for()
    assert len(phone.rows("records")) == 5
    server.fail()
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    phone.until(lambda: len(server.state()["photos"]) == 5, "the queue goes on after the update", 30)


UPGRADE_THAT_FAILS = """
  const open = IDBFactory.prototype.open
  IDBFactory.prototype.open = function (name, version) {
    if (!version) return open.call(this, name)
    const request = open.call(this, name, version + 10)
    request.addEventListener('upgradeneeded', () => request.transaction.abort())
    return request
  }
"""


def test_an_upgrade_of_the_store_that_fails_shows_the_way_out_and_loses_nothing(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    server.fail({"match": "", "do": "status", "status": 500, "times": 99})
    phone.report(photos=2)
    sizes = {row["uuid"]: row["size"] for row in phone.rows("photos")}
    phone.page.close()
    page = phone.page.context.new_page()
    page.add_init_script(UPGRADE_THAT_FAILS)
    page.add_init_script("delete Navigator.prototype.canShare; delete Navigator.prototype.share")
    rescued = Phone(page, server.address).open()
    rescued.see("升级没成功，照片都在")
    rescued.see("旧数据没有动过")
    with page.expect_download() as waiting:
        rescued.tap(".rescue .main-button")
    rescued.see("已存成 1 个文件")
    archive = zipfile.ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    items = json.loads(archive.read("manifest.json"))["items"]
    photos = [item for item in items if item["kind"] == "photo"]
    assert [item["kind"] for item in items] == ["report", "photo", "photo"]
    assert {item["uuid"]: archive.getinfo(item["file"]).file_size for item in photos} == sizes
    page.close()
    server.fail()
    # The mended version finds everything and sends it.
    mended = Phone(phone.page.context.new_page(), server.address).open()
    mended.until(lambda: {photo["uuid"]: photo["size"] for photo in server.state()["photos"]} == sizes, "all is on the server")


def test_the_queue_can_be_saved_to_a_file_with_every_byte(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    phone.page.context.set_offline(True)
    phone.report(photos=2)
    phone.open("/queue")
    # The share sheet is not there without a person; the download is.
    phone.page.evaluate("delete Navigator.prototype.canShare; delete Navigator.prototype.share")
    with phone.page.expect_download() as waiting:
        phone.tap(".to-file")
    phone.see("已存成 1 个文件")
    archive = zipfile.ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    assert archive.testzip() is None
    manifest = json.loads(archive.read("manifest.json"))
    assert [item["kind"] for item in manifest["items"]] == ["report", "photo", "photo"]
    assert {item["person"] for item in manifest["items"]} == {"inspector"}
    sizes = {row["uuid"]: row["size"] for row in phone.rows("photos")}
    for item in manifest["items"][1:]:
        assert archive.getinfo(item["file"]).file_size == sizes[item["uuid"]]
