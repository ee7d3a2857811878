"""From opening the app to a report that the server has, whole and signed."""

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from tests.browser.phone.handling import Phone
from tests.browser.phone.mock import MockServer

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
