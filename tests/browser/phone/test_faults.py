"""Every fault of the issue that a page can see: each has its words on the screen, and the photo that was taken stays."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.browser.phone.handling import EXECUTABLE, HERE, PHONE, Phone
from tests.browser.phone.mock import MockServer

ANY_TIMES = 99


def jpeg(width: int, height: int) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (width, height), "#6a7").save(held, "JPEG")
    return held.getvalue()


def library(phone: Phone, name: str, content: bytes) -> None:
    phone.page.set_input_files(".finder-corner input[type=file]", {"name": name, "mimeType": "image/jpeg", "buffer": content})


# The camera


def test_no_camera_offers_the_phones_own_and_the_library(browser_without_camera: Browser, server: MockServer) -> None:
    context = browser_without_camera.new_context(geolocation=HERE, permissions=["geolocation", "camera"], locale="zh-CN", **PHONE)  # type: ignore[arg-type]
    phone = Phone(context.new_page(), server.address).sign_in()
    phone.see("没有找到相机")
    assert phone.page.locator(".shutter").is_disabled()
    library(phone, "a.jpg", jpeg(64, 48))
    phone.see("第 1 张已存手机")
    phone.open("/ready")
    phone.see("用不了：只能用手机自带相机或相册，照片等级会低。请在浏览器设置里允许“相机”。")


def test_no_permission_for_the_camera_says_where_to_give_it(chromium: Browser, server: MockServer) -> None:
    browser = chromium.browser_type.launch(
        executable_path=EXECUTABLE,
        args=["--no-sandbox", "--use-fake-device-for-media-stream"],
    )
    try:
        context = browser.new_context(geolocation=HERE, permissions=["geolocation"], locale="zh-CN", **PHONE)  # type: ignore[arg-type]
        phone = Phone(context.new_page(), server.address).sign_in()
        phone.see("没有相机权限")
        phone.see("在浏览器的网站设置里允许“相机”")
    finally:
        browser.close()


def test_a_stream_that_died_in_the_background_is_opened_again(phone: Phone) -> None:
    phone.sign_in()
    phone.wait_for_picture()
    phone.page.evaluate("document.querySelector('video').srcObject.getTracks().forEach(track => track.stop())")
    phone.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    phone.page.wait_for_function("() => document.querySelector('video').srcObject.getVideoTracks()[0].readyState === 'live'")
    phone.shoot()


def test_a_stream_that_ends_while_it_is_seen_is_opened_again_by_itself(phone: Phone) -> None:
    phone.sign_in()
    phone.wait_for_picture()
    phone.page.evaluate(
        """() => {
          const [track] = document.querySelector('video').srcObject.getVideoTracks()
          track.stop()
          track.dispatchEvent(new Event('ended'))
        }"""
    )
    phone.page.wait_for_function("() => document.querySelector('video').srcObject.getVideoTracks()[0].readyState === 'live'")
    phone.shoot()


def test_a_camera_that_another_app_took_is_not_shot_and_comes_back(phone: Phone) -> None:
    phone.page.add_init_script(
        """
        window.muted = false
        Object.defineProperty(MediaStreamTrack.prototype, 'muted', { get: () => window.muted })
        window.mute = muted => {
          window.muted = muted
          document.querySelector('video').srcObject.getVideoTracks()[0].dispatchEvent(new Event(muted ? 'mute' : 'unmute'))
        }
        """
    )
    phone.sign_in()
    phone.wait_for_picture()
    phone.page.evaluate("mute(true)")
    phone.see("相机被别的应用占用")
    expect(phone.page.locator(".shutter")).to_be_disabled()
    phone.page.evaluate("mute(false)")
    phone.shoot()


def test_two_who_ask_for_the_camera_at_once_get_one_stream(phone: Phone) -> None:
    phone.page.add_init_script(
        """
        window.opened = 0
        const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
        navigator.mediaDevices.getUserMedia = async asked => {
          window.opened += 1
          await new Promise(resolve => setTimeout(resolve, 500))
          return open(asked)
        }
        const back = setInterval(() => document.dispatchEvent(new Event('visibilitychange')), 50)
        setTimeout(() => clearInterval(back), 4000)
        """
    )
    phone.sign_in()
    phone.shoot()
    assert phone.page.evaluate("window.opened") == 1


# The position


def test_no_permission_for_the_position_takes_photos_all_the_same(new_phone: Callable[..., Phone], server: MockServer) -> None:
    phone = new_phone(permissions=["camera"]).sign_in()
    phone.see("没有定位权限")
    phone.see("照片照样能拍，下一步在地图上放图钉")
    phone.wait_for_book()
    phone.shoot()
    phone.tap(".go")
    phone.see("还没有位置")
    phone.tap(".categories button:nth-child(1)")
    phone.tap("footer .main-button")
    phone.see("请先放图钉或选区域")
    assert server.state()["records"] == {}
    phone.tap(".mini-map canvas")
    phone.see("图钉是手放的")
    phone.submit()
    phone.until(lambda: len(server.state()["photos"]) == 1, "the photo is on the server")
    assert "location" not in server.state()["photos"][0]["fields"]


def test_without_a_place_an_area_and_a_reason_will_do(new_phone: Callable[..., Phone], server: MockServer) -> None:
    phone = new_phone(permissions=["camera"]).sign_in()
    phone.wait_for_book()
    phone.shoot()
    phone.tap(".go")
    phone.tap(".categories button:nth-child(1)")
    phone.page.get_by_text("说不准，选区域").tap()
    phone.page.select_option("#area", "340203")
    phone.tap("footer .main-button")
    phone.see("请写为什么没有准确位置")
    phone.page.get_by_text("问题涉及一片区域").tap()
    phone.submit()
    phone.until(lambda: len(server.state()["records"]) == 1, "the report is on the server")
    (record,) = server.state()["records"].values()
    assert record["body"]["location"] == {"area": "340203", "no_location_reason": "问题涉及一片区域"}
    assert record["body"]["title"] == "柳湾镇水体污染"


def test_an_accuracy_of_three_kilometres_asks_for_the_precise_position(new_phone: Callable[..., Phone]) -> None:
    phone = new_phone(geolocation={**HERE, "accuracy": 3000}).sign_in()
    phone.see("误差 3.0 km：请打开“精确位置”")
    phone.shoot()
    phone.tap(".go")
    phone.see("定位误差约 3.0 km，说不准在哪里")


def test_an_accuracy_of_fifty_metres_is_amber_in_words(new_phone: Callable[..., Phone]) -> None:
    phone = new_phone(geolocation={**HERE, "accuracy": 50}).sign_in()
    phone.see("误差太大，请走到空旷处")


def test_a_position_in_another_country_is_named_and_refuses_nothing(new_phone: Callable[..., Phone], server: MockServer) -> None:
    phone = new_phone(geolocation={"longitude": 2.35, "latitude": 48.85, "accuracy": 8}).sign_in()
    expect(phone.page.locator(".shoot-area")).to_have_text("不在本区范围")
    expect(phone.page.locator(".shoot-line.unsure")).to_contain_text("不在本区范围内")
    phone.shoot()
    phone.tap(".go")
    phone.see("不在本区范围内")
    phone.see("照样能报，由区整改办核实")
    phone.tap(".categories button:nth-child(1)")
    phone.submit()
    phone.until(lambda: len(server.state()["records"]) == 1, "the report is on the server")


def test_inside_a_protected_area_the_sheet_says_so(new_phone: Callable[..., Phone]) -> None:
    phone = new_phone(geolocation={"longitude": 118.3114, "latitude": 30.9501, "accuracy": 8}).sign_in()
    phone.wait_for_book()
    phone.shoot()
    phone.tap(".go")
    phone.see("在“石桥河水源保护区”内")


CLOCK_OFF = """
  const RealDate = Date
  const off = {off}
  window.Date = class extends RealDate {{
    constructor(...given) {{ given.length ? super(...given) : super(RealDate.now() + off) }}
    static now() {{ return RealDate.now() + off }}
  }}
"""


@pytest.mark.parametrize("days", [-1, 1, -3650])
def test_a_phone_whose_clock_is_wrong_keeps_the_position_with_the_photo(phone: Phone, days: int) -> None:
    phone.page.add_init_script(CLOCK_OFF.format(off=days * 86_400_000))
    phone.sign_in()
    phone.wait_for_book()
    expect(phone.page.locator(".shoot-line.steady")).to_contain_text("118.3214E 30.9411N")
    phone.shoot()
    (row,) = phone.rows("photos")
    assert row["fix"]["accuracy_m"] == 6
    assert row["wallTime"][:10] == phone.page.evaluate("new Date(Date.now() + 8 * 3600000).toISOString().slice(0, 10)")


def test_a_fix_from_minutes_ago_says_so_and_a_very_old_one_is_not_taken(phone: Phone, server: MockServer) -> None:
    # The phone slept: its monotonic clock stood still, its wall clock went on, and no position came since.
    phone.page.add_init_script(
        """
        window.slept = 0
        const now = Date.now.bind(Date)
        Date.now = () => now() + window.slept
        """
    )
    phone.sign_in()
    phone.wait_for_book()
    phone.page.locator(".shoot-line.steady").wait_for()
    phone.page.evaluate("window.slept = 90_000")
    phone.see(re.compile("[89]0 秒前的位置"))
    phone.shoot(1)
    phone.page.evaluate("window.slept = 400_000")
    phone.see("6 分钟前的位置，太旧，照片不带")
    phone.shoot(2)
    fixes = [row["fix"] for row in sorted(phone.rows("photos"), key=lambda row: row["createdAt"])]
    assert fixes[0]["accuracy_m"] == 6
    assert fixes[1] is None


# The store


FULL = """
  const add = IDBObjectStore.prototype.add
  IDBObjectStore.prototype.add = function (...given) {
    if (this.name === 'bytes') throw new DOMException('full', 'QuotaExceededError')
    return add.apply(this, given)
  }
"""


def test_a_full_store_at_the_shutter_gives_no_tick_and_says_what_to_do(phone: Phone) -> None:
    phone.page.add_init_script(FULL)
    phone.sign_in()
    phone.wait_for_picture()
    phone.tap(".shutter")
    phone.see("手机空间满了，这张没存下。已拍的都在。")
    assert phone.rows("photos") == []


def test_a_full_store_lets_confirmed_copies_go_before_their_seven_days(phone: Phone, server: MockServer) -> None:
    phone.sign_in().report()
    phone.until(lambda: [row["state"] for row in phone.rows("photos")] == ["received"], "the first photo is confirmed")
    phone.page.evaluate(
        """() => {
          const add = IDBObjectStore.prototype.add
          let once = true
          IDBObjectStore.prototype.add = function (...given) {
            if (this.name === 'bytes' && once) { once = false; throw new DOMException('full', 'QuotaExceededError') }
            return add.apply(this, given)
          }
        }"""
    )
    phone.tap(".shutter")
    phone.see("第 1 张已存手机")
    assert sorted(row["state"] for row in phone.rows("photos")) == ["captured", "freed"]


def test_space_that_runs_out_is_told_at_eighty_percent(phone: Phone) -> None:
    phone.page.add_init_script("navigator.storage.estimate = async () => ({ usage: 850e6, quota: 1000e6 })")
    phone.sign_in()
    phone.open("/queue")
    phone.see("空间已用 85 %，请清理手机")
    phone.page.context.set_offline(True)
    phone.open("/").report()
    phone.open("/queue")
    phone.see("空间已用 85 %，请尽快联网上传")
    phone.open("/ready")
    phone.see("只剩 143 MB")


def test_a_store_that_cannot_be_opened_stops_work_and_says_why(phone: Phone) -> None:
    phone.page.add_init_script("IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError') }")
    phone.open()
    phone.see("手机存储打不开")
    phone.see("为免丢失，现在不能拍")


def test_a_photo_that_the_system_removed_before_it_was_read_is_named(phone: Phone) -> None:
    phone.page.add_init_script("Blob.prototype.arrayBuffer = () => Promise.reject(new DOMException('gone', 'NotReadableError'))")
    phone.sign_in()
    library(phone, "a.jpg", jpeg(64, 48))
    phone.see("这张系统已读不到")


def chosen(phone: Phone, *contents: bytes) -> None:
    phone.page.set_input_files(
        ".finder-corner input[type=file]",
        [{"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": content} for n, content in enumerate(contents)],
    )


def test_of_files_chosen_together_each_is_kept_or_named(phone: Phone) -> None:
    phone.sign_in()
    good = [jpeg(64 + n, 48) for n in range(12)]
    chosen(phone, good[0], b"no photo", good[1], good[2])
    # The good one after the bad one hides nothing, and the library stays within reach.
    phone.see("已收下 3 张；1 张不是照片，请重新选")
    expect(phone.page.get_by_text("相册")).to_be_visible()
    chosen(phone, *good[3:11])
    phone.see("已收下 6 张；一次最多 9 张，还有 2 张没收")
    assert len(phone.rows("photos")) == 9
    chosen(phone, good[11])
    phone.see("一张也没收下；一次最多 9 张，还有 1 张没收")


def test_the_phones_own_camera_loses_no_photo_when_the_apps_camera_comes_back_meanwhile(phone: Phone) -> None:
    phone.page.add_init_script(
        """
        const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
        window.taken = true
        navigator.mediaDevices.getUserMedia = asked =>
          window.taken ? Promise.reject(new DOMException('taken', 'NotReadableError')) : open(asked)
        """
    )
    phone.sign_in()
    phone.see("相机被别的应用占用")
    with phone.page.expect_file_chooser() as opened:
        phone.page.get_by_text("用手机相机拍").tap()
    phone.page.evaluate("window.taken = false; document.dispatchEvent(new Event('visibilitychange'))")
    phone.wait_for_picture()
    opened.value.set_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg(64, 48)})
    phone.see("第 1 张已存手机")


def test_an_original_that_the_system_removed_needs_attention(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    phone.page.context.set_offline(True)
    phone.report()
    phone.page.evaluate(
        """() => new Promise(resolve => {
          const opening = indexedDB.open('xungai')
          opening.onsuccess = () => {
            const change = opening.result.transaction('bytes', 'readwrite')
            change.objectStore('bytes').clear()
            change.oncomplete = () => { opening.result.close(); resolve(null) }
          }
        })"""
    )
    phone.page.context.set_offline(False)
    phone.open("/queue")
    phone.see("手机里的原片被系统清掉了，请重拍")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.jpg", b"", "这个文件是空的"),
        ("a.jpg", b"<!doctype html><h1>no</h1>", "这不是照片"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "这不是照片"),
        ("a.jpg", b"\xff\xd8\xff\xe0" + bytes(61 * 1024 * 1024), "这张超过 60 MB"),
    ],
)
def test_a_file_that_is_no_photo_or_too_large_is_refused_at_once(
    phone: Phone, server: MockServer, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    phone.sign_in()
    # From the disk: Playwright hands over no more than 50 MB otherwise.
    file = tmp_path / name
    file.write_bytes(content)
    phone.page.set_input_files(".finder-corner input[type=file]", str(file))
    phone.see(words)
    assert phone.rows("photos") == []


def test_a_photo_of_sixty_megapixels_is_kept_and_sent(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    library(phone, "big.jpg", jpeg(9000, 6700))
    phone.see("第 1 张已存手机", 30_000)
    phone.tap(".go")
    phone.tap(".place-here")
    phone.tap(".categories button:nth-child(1)")
    phone.submit()
    phone.until(lambda: len(server.state()["photos"]) == 1, "the photo is on the server", 30)


# The clock


def test_a_clock_a_day_off_is_told_and_corrected_in_what_is_sent(phone: Phone, server: MockServer) -> None:
    server.set(clockMs=-86_400_000)
    phone.sign_in()
    phone.open("/ready")
    phone.see(re.compile("与服务器差 1 天。照片照样能传，会注明；请打开“自动设置时间”。"))
    phone.open()
    phone.report()
    phone.until(lambda: len(server.state()["records"]) == 1, "the report is on the server")
    (record,) = server.state()["records"].values()
    assert record["body"]["observed_at"][:10] == phone.page.evaluate(
        "new Date(Date.now() - 86400000 + 8 * 3600000).toISOString().slice(0, 10)"
    )


# The network and the server


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"do": "html"}, "没送到：网络中间有登录页挡着"),
        ({"do": "html", "status": 403}, "没送到：网络中间有登录页挡着"),
        ({"do": "redirect"}, "没送到：网络中间有登录页挡着"),
        ({"do": "empty"}, "没送到：网络中间有登录页挡着"),
        ({"do": "half"}, "没送到：回复不完整"),
        ({"do": "status", "status": 500}, "服务器出错，自动再试"),
        ({"do": "status", "status": 503}, "服务器忙，自动再试"),
        ({"do": "status", "status": 429, "headers": {"Retry-After": "30"}}, re.compile("服务器忙，自动再试·(29|30) 秒后再试")),
        ({"do": "reset"}, "网络断了，自动再试"),
        ({"do": "truncate"}, "网络断了，自动再试"),
    ],
)
def test_what_was_not_delivered_is_told_and_goes_later(
    phone: Phone, server: MockServer, fault: dict[str, Any], words: str | re.Pattern[str]
) -> None:
    phone.sign_in()
    phone.wait_for_book()
    server.fail({"match": "PUT /api/v1/reports", "times": ANY_TIMES, **fault})
    phone.report()
    phone.open("/queue")
    phone.see(words)
    server.fail()
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    phone.see("都传完了", 20_000)
    assert [record["times"] for record in server.state()["records"].values()] == [1]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "没有权限，或问题已看不到"),
        (413, "文件太大，服务器不收"),
        (415, "服务器认不出这种照片"),
        (422, "服务器不收：标题不能为空"),
    ],
)
def test_what_is_refused_needs_attention_in_words_and_is_not_lost(
    phone: Phone, server: MockServer, status: int, words: str
) -> None:
    phone.sign_in()
    errors = [{"field": "title", "code": "required", "message": "标题不能为空"}] if status == 422 else []
    server.fail({"match": "PUT /api/v1/reports", "do": "status", "status": status, "errors": errors, "detail": ""})
    phone.report()
    phone.open("/queue")
    phone.see("需要处理 1")
    phone.see(words)
    phone.see("1 张照片仍在手机里，不会丢")
    phone.tap(".alarm .main-button")
    phone.see("都传完了", 20_000)


def test_a_second_content_under_one_number_is_the_offices_and_asks_nothing_of_its_person(
    phone: Phone, server: MockServer
) -> None:
    phone.sign_in()
    server.fail({"match": "PUT /api/v1/reports", "do": "status", "status": 409, "detail": "这个编号已用于另一份。"})
    phone.report()
    phone.until(lambda: [row["state"] for row in phone.rows("photos")] == ["received"], "the photo is confirmed")
    phone.open("/queue")
    phone.see("都传完了")
    phone.see("区整改办已收到")
    phone.see("两份都留着，由区整改办定，您不用管")
    assert phone.page.get_by_text(re.compile("需要处理|再试一次")).count() == 0
    phone.open("/sent")
    phone.see("两份内容不同，等区整改办定")


def test_a_photo_whose_number_is_taken_offers_the_file_and_not_another_try(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    server.fail({"match": "POST /api/v1/uploads", "do": "status", "status": 409})
    phone.report()
    phone.open("/queue")
    phone.see("需要处理 1")
    assert phone.page.locator(".alarm .main-button").inner_text() == "存成文件"


def test_what_is_tried_again_is_not_called_sending(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    server.fail({"match": "PUT /api/v1/reports", "do": "status", "status": 500, "times": 1})
    phone.report()
    phone.see("没传上·1")
    server.fail({"match": "PUT /api/v1/reports", "do": "hang", "times": 1})
    phone.open("/queue")
    phone.tap(".section .link-button")
    phone.see("正在再试·")
    phone.see("服务器出错，自动再试")
    assert phone.page.get_by_text("正在上传").count() == 0


def test_a_session_that_is_over_is_not_called_offline_anywhere(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    phone.wait_for_book()
    server.fail({"match": "", "do": "reset", "times": ANY_TIMES})
    phone.report()
    phone.see("离线·1 待传", 20_000)
    server.fail()
    server.set(tokens={})
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    phone.see("1 项要处理")
    for path in ("/queue", "/sent", "/notices", "/settings"):
        phone.open(path)
        phone.see("登录已过期")
        assert phone.page.get_by_text(re.compile("离线|联网后可看")).count() == 0, path
    phone.open("/sent")
    phone.tap(".sent-over .main-button")
    phone.see("请 张检查 重新登录")


def test_a_dead_token_asks_to_sign_in_again_and_goes_on(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    phone.wait_for_book()
    server.set(tokens={})
    phone.report()
    phone.see("1 项要处理")
    phone.open("/queue")
    phone.see("需要处理：登录已过期")
    phone.see("1 项仍在手机里，不会丢")
    phone.tap(".alarm .main-button")
    phone.see("请 张检查 重新登录")
    assert phone.page.locator("#username").input_value() == "inspector"
    phone.page.fill("#password", "demo-2026")
    phone.tap("form .main-button")
    phone.until(lambda: len(server.state()["photos"]) == 1, "the queue goes on")


def big_photo() -> bytes:
    held = io.BytesIO()
    Image.effect_noise((1500, 1100), 90).convert("RGB").save(held, "JPEG", quality=95)
    return held.getvalue()


def test_a_token_gone_in_the_middle_of_an_upload_goes_on_from_the_byte_reached(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    library(phone, "big.jpg", big_photo())
    phone.see("第 1 张已存手机")
    size = phone.rows("photos")[0]["size"]
    assert size > 2 * 512 * 1024, "three parts"
    server.fail({"match": "PATCH /api/v1/uploads", "do": "status", "status": 401, "skip": 1})
    phone.tap(".go")
    phone.tap(".place-here")
    phone.tap(".categories button:nth-child(1)")
    phone.submit()
    phone.open("/queue")
    phone.see("登录已过期")
    assert phone.rows("photos")[0]["sentBytes"] == 512 * 1024
    phone.tap(".alarm .main-button")
    phone.page.fill("#password", "demo-2026")
    phone.tap("form .main-button")
    phone.until(lambda: len(server.state()["photos"]) == 1, "the photo is on the server")
    state = server.state()
    assert (state["photos"][0]["size"], state["photos"][0]["times"]) == (size, 1)
    parts = -(-size // (512 * 1024))
    assert sum(line.startswith("PATCH") for line in state["requests"]) == parts + 1, "only the refused part went twice"


def test_a_photo_damaged_on_the_way_is_sent_anew(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    server.fail({"match": "PATCH /api/v1/uploads", "do": "status", "status": 460, "times": 1})
    phone.report()
    phone.open("/queue")
    phone.see("传输中有损坏，自动重传")
    phone.tap(".section .link-button")
    phone.see("都传完了", 20_000)
    assert [photo["times"] for photo in server.state()["photos"]] == [1]


def test_a_server_that_is_down_is_offline_and_shooting_goes_on(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    phone.wait_for_book()
    server.fail({"match": "", "do": "reset", "times": ANY_TIMES})
    phone.report()
    phone.report()
    phone.see("离线·2 待传", 20_000)
    server.fail()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"do": "html"}, "网络要先登录"),
        ({"do": "redirect"}, "网络要先登录"),
        ({"do": "status", "status": 500}, "服务器暂时有问题"),
        ({"do": "status", "status": 429, "headers": {"Retry-After": "900"}}, "输错次数太多，请过 15 分钟再试"),
    ],
)
def test_signing_in_says_what_is_in_the_way(phone: Phone, server: MockServer, fault: dict[str, Any], words: str) -> None:
    server.fail({"match": "POST /api/v1/login", **fault})
    phone.open()
    phone.page.fill("#username", "inspector")
    phone.page.fill("#password", "demo-2026")
    phone.tap("form .main-button")
    phone.see(words)


def test_a_wrong_password_is_told_and_an_empty_form_too(phone: Phone) -> None:
    phone.open()
    phone.tap("form .main-button")
    phone.see("请输入账号和密码")
    phone.page.fill("#username", "inspector")
    phone.page.fill("#password", "wrong")
    phone.tap("form .main-button")
    phone.see("账号或密码不对")
