"""From opening the app to a report that the server has, whole and signed."""

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import expect

from tests.browser.phone.handling import Phone
from tests.browser.phone.mock import MockServer
from tests.browser.phone.office import ELSEWHERE, FLAWS, KNOWN, KNOWN_TOO, NOTICES, notice, submission

MOST_TAPS = 6


def test_a_plain_report_takes_at_most_six_taps_from_opening_to_sent(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    phone.open()
    phone.taps = 0
    phone.report()
    phone.until(lambda: len(server.state()["photos"]) == 1, "the photo is on the server")
    assert phone.taps == 4 <= MOST_TAPS
    (record,) = server.state()["records"].values()
    assert record["body"]["title"] == "石桥镇垃圾堆放"
    assert record["body"]["category"] == "solid_waste"
    assert record["body"]["location"] == {"type": "Point", "coordinates": [118.3214, 30.9411]}
    assert record["body"]["accuracy_m"] == 6


def test_the_photo_carries_its_own_position_and_a_signature_that_holds(phone: Phone, server: MockServer) -> None:
    phone.sign_in().report()
    phone.until(lambda: len(server.state()["photos"]) == 1, "the photo is on the server")
    (photo,) = server.state()["photos"]
    assert photo["signed"] == "good"
    assert photo["fields"]["source"] == "camera"
    assert photo["fields"]["location"] == "118.3214,30.9411"
    assert photo["fields"]["stage"] == "before"


def test_the_row_turns_to_confirmed_and_says_until_when_the_phone_keeps_its_copy(phone: Phone, server: MockServer) -> None:
    phone.sign_in().report(photos=3)
    phone.open("/queue")
    phone.see("服务器已确认 1")
    phone.see("留到")
    phone.see("都传完了")
    assert {row["state"] for row in phone.rows("photos")} == {"received"}
    kept = {row["uuid"]: row["data"] for row in phone.rows("bytes")}
    assert kept == {row["uuid"]: row["size"] for row in phone.rows("photos")}


def test_the_camera_is_the_first_screen_and_needs_no_answer_from_the_network(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    phone.wait_until_offline_works()
    server.fail({"match": "GET /api/v1/bootstrap", "do": "hang", "times": 9})
    phone.page.reload()
    phone.shoot()


def test_a_photo_from_the_library_is_sent_byte_for_byte_and_called_so(phone: Phone, server: MockServer, tmp_path: Path) -> None:
    picture = Image.effect_noise((640, 480), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x0132] = "2026:09:02 09:40:00"
    held = io.BytesIO()
    picture.save(held, "JPEG", exif=exif)
    file = tmp_path / "IMG 0001.jpg"
    file.write_bytes(held.getvalue())
    phone.sign_in()
    phone.page.set_input_files(".finder-corner input[type=file]", str(file))
    phone.see("第 1 张已存手机")
    phone.tap(".go")
    phone.tap(".place-here")
    phone.tap(".categories button:nth-child(1)")
    phone.submit()
    phone.until(lambda: len(server.state()["photos"]) == 1, "the photo is on the server")
    (photo,) = server.state()["photos"]
    assert photo["sha256"] == hashlib.sha256(held.getvalue()).hexdigest()
    assert photo["fields"]["source"] == "library"
    assert "location" not in photo["fields"]


def test_a_shot_thrown_away_is_gone_and_its_number_is_no_gap(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    phone.shoot(1)
    phone.shoot(2)
    phone.tap(".stack")
    phone.tap(".tray li:first-child .danger")
    phone.tap(".van-dialog__confirm")
    phone.until(lambda: len(phone.rows("photos")) == 1, "one photo is left")
    phone.tap(".sheet-form .second-button")
    phone.tap(".go")
    phone.tap(".categories button:nth-child(1)")
    phone.submit()
    phone.until(lambda: len(server.state()["discarded"]) == 1 and len(server.state()["photos"]) == 1, "both statements are told")
    state = server.state()
    numbers = [state["discarded"][0]["statement"], state["photos"][0]["fields"]["statement"]]
    assert '"n":1,' in numbers[0]
    assert '"n":2,' in numbers[1]


def test_a_moved_pin_is_what_is_sent_and_the_moved_distance_is_kept(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    phone.shoot()
    phone.tap(".go")
    canvas = phone.page.locator(".mini-map canvas")
    canvas.focus()
    for _ in range(5):
        canvas.press("ArrowRight")
    phone.see("图钉移了")
    phone.tap(".categories button:nth-child(1)")
    phone.submit()
    phone.until(lambda: len(server.state()["records"]) == 1, "the report is on the server")
    (record,) = server.state()["records"].values()
    assert record["body"]["location"]["coordinates"][0] > 118.3216
    assert "accuracy_m" not in record["body"]
    assert record["body"]["moved_m"] > 50


def test_a_report_without_a_photo_asks_why(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    phone.tap(".go")
    phone.tap(".categories button:nth-child(5)")
    phone.tap("footer .main-button")
    phone.see("请写为什么没有照片")
    assert server.state()["records"] == {}
    phone.page.fill("#no-photo", "夜间噪声，拍不出来")
    phone.submit()
    phone.until(lambda: len(server.state()["records"]) == 1, "the report is on the server")
    (record,) = server.state()["records"].values()
    assert record["body"]["no_photo_reason"] == "夜间噪声，拍不出来"


def test_a_visit_says_measure_by_measure_what_was_seen(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    phone.wait_for_book()
    phone.open("/tasks")
    phone.tap(".task-first .main-button")
    phone.tap(".visit-shoot")
    phone.shoot()
    # The old picture's landmarks lie dashed over the camera; how strongly it shows stands on the slider.
    phone.until(lambda: "L" in (phone.page.locator(".over-marks-line").get_attribute("d") or ""), "the landmarks are drawn")
    phone.page.locator(".over-range input").fill("20")
    phone.see("20%")
    phone.see("没对准也能拍")
    phone.tap(".over-quit")
    for measure, state in ((1, 1), (2, 2), (3, 3)):
        phone.tap(f".measure:nth-child({measure}) .measure-states button:nth-child({state})")
    phone.tap("footer .main-button")
    phone.see("请先选你看到的")
    phone.tap(".verdicts button:nth-child(3)")
    phone.see("提交核查：滞后")
    phone.tap("footer .main-button")
    phone.until(lambda: len(server.state()["photos"]) == 1, "the photo is on the server")
    (record,) = server.state()["records"].values()
    assert record["kind"] == "visits"
    assert record["body"]["verdict"] == "behind"
    assert [one["state"] for one in record["body"]["measures"]] == ["done", "partly", "not_done"]
    assert record["body"]["inspection"] == "30000000-0000-4000-8000-000000000001"
    assert record["body"]["people"] == ["inspector", "town_head"]
    assert server.state()["photos"][0]["fields"]["stage"] == "during"


def test_a_suggestion_reaches_the_office_from_every_screen(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    phone.tap(".finder-corner.right button")
    phone.page.fill("#suggestion", "字太小")
    phone.tap(".sheet-form [type=submit]")
    phone.until(lambda: len(server.state()["suggestions"]) == 1, "the suggestion is on the server")
    assert server.state()["suggestions"][0] == {"person": "inspector", "text": "字太小"}
    phone.shoot()
    for path in ("/report", "/queue", "/tasks", "/sent", "/ready", "/settings"):
        phone.open(path)
        phone.see("意见")


def test_another_person_on_the_same_phone_neither_sees_nor_sends(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    server.fail({"match": "PUT /api/v1/reports", "do": "status", "status": 500, "times": 99})
    phone.report()
    phone.open("/settings")
    phone.tap(".settings .second-button.danger")
    phone.see("还有 1 项没传")
    phone.tap(".van-dialog__confirm")
    phone.see("这部手机上还有 1 项是其他人待传的")
    server.fail()
    phone.sign_in("second")
    phone.open("/queue")
    phone.see("待传 0 项")
    phone.page.wait_for_timeout(1000)
    assert server.state()["records"] == {}
    assert [row["state"] for row in phone.rows("records")] == ["captured"]
    phone.open("/settings")
    phone.tap(".settings .second-button.danger")
    phone.tap(".van-dialog__confirm")
    phone.sign_in("inspector")
    phone.until(lambda: len(server.state()["records"]) == 1, "the first person's report goes on")


def test_a_revoked_phone_signs_no_more_until_its_person_signs_in_anew(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    phone.until(lambda: len(server.state()["devices"]) == 1, "the phone is enrolled")
    phone.open("/settings")
    phone.page.reload()
    phone.see("本机")
    phone.tap(".phones .danger")
    phone.tap(".van-dialog__confirm")
    phone.see("已停用")
    phone.open()
    phone.page.reload()
    phone.report()
    phone.until(lambda: len(server.state()["photos"]) == 1, "the photo is on the server")
    assert server.state()["photos"][0]["signed"] == "unsigned"
    assert len(server.state()["devices"]) == 1
    phone.open("/settings")
    phone.tap(".settings > .second-button.danger")
    phone.tap(".van-dialog__confirm")
    phone.sign_in()
    phone.until(lambda: len(server.state()["devices"]) == 2, "it is enrolled anew")


def test_two_phones_of_one_person_have_a_key_each(new_phone: Callable[..., Phone], server: MockServer) -> None:
    for count in (1, 2):
        phone = new_phone()
        phone.sign_in()
        phone.until(lambda wanted=count: len(server.state()["devices"]) == wanted, "the phone is enrolled")
    assert len({device["public_key"]["x"] for device in server.state()["devices"].values()}) == 2


def test_a_second_place_has_its_own_photos_and_pin_and_the_plain_sheet_stays_plain(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    phone.wait_for_book()
    phone.shoot(1)
    phone.shoot(2)
    phone.tap(".go")
    assert phone.page.locator(".sites").count() == 0
    phone.tap(".place-add")
    phone.see("第 2 处点位")
    phone.page.context.set_geolocation({"longitude": 118.3228, "latitude": 30.9414, "accuracy": 8})
    phone.see("118.3228E")
    phone.shoot(1)
    phone.tap(".go")
    phone.see("1 张·距第 1 处")
    phone.see("第 2 处·石桥镇")
    phone.page.fill(".site-more .field", "东侧排口")
    phone.tap(".categories button:nth-child(1)")
    phone.see("提交（3 张照片）")
    phone.submit()
    phone.until(lambda: len(server.state()["photos"]) == 3, "the photos are on the server")
    state = server.state()
    (record,) = state["records"].values()
    (site,) = record["body"]["sites"]
    assert record["body"]["location"]["coordinates"] == [118.3214, 30.9411]
    assert (site["name"], site["location"]["coordinates"]) == ("东侧排口", [118.3228, 30.9414])
    assert sorted(photo["fields"].get("site", "") for photo in state["photos"]) == ["", "", site["id"]]


def test_a_second_place_taken_back_gives_its_photos_to_the_first(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    phone.wait_for_book()
    phone.shoot(1)
    phone.tap(".go")
    phone.tap(".place-add")
    phone.tap(".go")
    assert phone.page.locator(".sites").count() == 0, "a place without a photo and a pin is none"
    phone.tap(".place-add")
    phone.shoot(1)
    phone.tap(".go")
    phone.tap(".site-more .danger")
    phone.see("它的 1 张照片归到第 1 处，不会丢")
    phone.tap(".van-dialog__confirm")
    phone.page.locator(".sites").wait_for(state="detached")
    phone.tap(".categories button:nth-child(1)")
    phone.submit()
    phone.until(lambda: len(server.state()["photos"]) == 2, "both photos are on the server")
    (record,) = server.state()["records"].values()
    assert "sites" not in record["body"]
    assert not any("site" in photo["fields"] for photo in server.state()["photos"])


def test_notices_are_told_opened_read_and_kept_for_offline(phone: Phone, server: MockServer) -> None:
    phone.page.add_init_script("window.badges = []; navigator.setAppBadge = async n => { badges.push(n) }")
    phone.page.add_init_script("navigator.clearAppBadge = async () => { badges.push(0) }")
    phone.sign_in()
    phone.wait_for_book()
    phone.open("/tasks")
    phone.page.locator(".bell").wait_for()
    assert phone.page.locator(".bell b, .told-line").count() == 0, "nothing is said when there is nothing to say"
    server.set(notices=NOTICES)
    phone.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    phone.see("现场督办，11-29 前回复：柳湾镇岸线垃圾")
    phone.see("2 条没看")
    assert phone.page.evaluate("badges.at(-1)") == 2
    phone.open("/")
    assert phone.page.get_by_label("2 条没看的通知").is_visible()
    phone.open("/tasks")
    phone.tap(".told-line")
    phone.see("没看的 2")
    phone.page.get_by_text("柳湾镇岸线垃圾").first.tap()
    phone.page.wait_for_url(f"**/#/visit/{KNOWN_TOO}")
    phone.until(lambda: all(one["read_at"] for one in server.state()["notices"] if one["id"] == 3), "the office knows")
    phone.page.context.set_offline(True)
    phone.open("/notices")
    phone.see("没看的 1")
    phone.page.get_by_text("上报被退回").tap()
    phone.page.wait_for_url("**/#/sent?about=*")
    assert [one["id"] for one in server.state()["notices"] if not one["read_at"]] == [2]
    phone.page.context.set_offline(False)
    phone.until(lambda: all(one["read_at"] for one in server.state()["notices"]), "the office is told afterwards")
    phone.until(lambda: phone.page.evaluate("badges.at(-1)") == 0, "the badge is gone")


def test_a_notice_that_leads_nowhere_on_this_phone_says_where_to_see_it(phone: Phone, server: MockServer) -> None:
    server.set(
        notices=[notice(4, "已申请验收：某处", "Acceptance: somewhere", subject=KNOWN[:-1] + "8", code="acceptance_to_do")]
    )
    phone.sign_in().open("/notices")
    phone.see("在电脑上看")


def test_a_returned_report_leads_from_its_notice_to_its_line_and_the_reason(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    phone.report()
    phone.until(lambda: len(server.state()["records"]) == 1, "the report is on the server")
    (uuid,) = server.state()["records"]
    others = [submission(number / 1000, uuid=f"70000000-0000-4000-8000-{number:012}") for number in range(1, 41)]
    reason = "与 2026-101 是同一处，请到该问题下核查。"
    server.set(
        elsewhere=others,
        problems={uuid: {"status": "returned", "reason": reason}},
        notices=[notice(5, "上报被退回：垃圾堆放", "Your report was returned: waste", subject=uuid, code="returned_to_you")],
    )
    phone.open("/notices")
    phone.see("看退回原因")
    phone.tap(".told-row")
    phone.page.wait_for_url(f"**/#/sent?about={uuid}")
    line = phone.page.locator(".sent.asked")
    expect(line).to_be_in_viewport()
    expect(line).to_contain_text("已退回")
    expect(line).to_contain_text(f"原因：{reason}")
    phone.open("/notices")
    phone.see("看过的")
    phone.tap(".told-row")
    phone.page.wait_for_url(f"**/#/sent?about={uuid}")


def test_what_i_sent_shows_every_phones_submissions_and_what_is_missing(phone: Phone, server: MockServer) -> None:
    server.set(elsewhere=ELSEWHERE, hints=[{"code": "maybe_known"}])
    server.fail({"match": "POST /api/v1/uploads", "do": "status", "status": 503, "times": 9})
    phone.sign_in().report()
    phone.until(lambda: len(server.state()["records"]) == 1, "the report is on the server")
    (uuid,) = server.state()["records"]
    server.set(problems={uuid: {"number": "2026-120", "status": "listed", "light": "green"}})
    phone.open("/sent")
    phone.see("已列入清单")
    phone.see("2026-120")
    phone.see("还差 1 张照片·在这部手机里，有网自动传")
    phone.see("附近可能是同一问题")
    phone.see("柳湾镇岸线垃圾核查")
    phone.see("核查：滞后")
    phone.see("还差 2 张照片·在拍照的那部手机里，请打开它联网")
    phone.see("该问题期间已有变化，照收并注明")
    phone.see("区整改办已收到")
    phone.page.context.set_offline(True)
    phone.open("/tasks")
    phone.open("/sent")
    phone.see("离线：这是 1 分钟前的状态")
    phone.see("已列入清单")
    phone.see("柳湾镇岸线垃圾核查")


def test_my_phones_come_when_enrolled_and_name_what_is_wrong_with_numbers(phone: Phone, server: MockServer) -> None:
    server.set(flaws=FLAWS)
    server.fail({"match": "POST /api/v1/devices", "do": "status", "status": 503, "times": 9})
    phone.sign_in()
    phone.open("/settings")
    phone.see("还没有登记的手机")
    phone.until(lambda: server.state()["requests"].count("POST /api/v1/devices") == 2, "signing in and the first pass have tried")
    server.fail()
    phone.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    phone.see("本机")
    phone.see("缺第 12–14 号")
    phone.see("第 9 号有两份，或接不上前一号")
    phone.see("第 7 号：No. 7")
    phone.see("时间慢 1 小时")
