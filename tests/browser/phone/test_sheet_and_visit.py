"""The report's sheet and the visit: what they say of the place, of the check, of a known problem, and what stays in sight."""

import json
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.browser.phone.handling import HERE, PASSWORD, Phone
from tests.browser.phone.mock import MockServer
from tests.browser.phone.office import KNOWN, KNOWN_TOO

NEAREST = KNOWN[:-1] + "4"
TODAY = (datetime.now(UTC) + timedelta(hours=8)).date()
CHECK = f"{TODAY.month}月{TODAY.day}日盯办抽查（暗访）"
ROUGH = {**HERE, "accuracy": 3000}
TWICE = "document.documentElement.style.setProperty('font-size', '200%', 'important')"
SCREENS = ((390, 844), (320, 568), (844, 390))


def change_book(server: MockServer, change: Callable[[dict[str, Any]], None]) -> None:
    """From now on phones get the mock's lists with a change."""

    def ask(path: str, token: str = "", body: dict[str, str] | None = None) -> dict[str, Any]:
        headers = {"Authorization": f"Token {token}"} if token else {}
        data = json.dumps(body).encode() if body else None
        with urllib.request.urlopen(urllib.request.Request(server.address + path, data=data, headers=headers)) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)
        return found

    token = ask("/api/v1/login", body={"username": "inspector", "password": PASSWORD})["token"]
    book = ask("/api/v1/bootstrap", token)
    change(book)
    server.fail({"match": "GET /api/v1/bootstrap", "do": "json", "body": book, "times": 999})


def check_of_today(book: dict[str, Any], **change: Any) -> None:
    book["tasks"].append(
        {
            "id": "30000000-0000-4000-8000-00000000000a",
            "kind": "spot_check",
            "announced": False,
            "released_at": None,
            "date": TODAY.isoformat(),
            "people": ["inspector"],
            "problems": [],
            "note": "",
            **change,
        }
    )


def four_measures(book: dict[str, Any]) -> None:
    book["problems"][0]["properties"]["plan"]["measures"].append(
        {"id": "20000000-0000-4000-8000-000000000009", "text": "恢复岸坡绿化并长期管护"}
    )


def library_photo(phone: Phone, tmp_path: Path, number: int = 1) -> None:
    file = tmp_path / f"IMG {number}.jpg"
    Image.effect_noise((320, 240), 60).convert("RGB").save(file, "JPEG")
    phone.page.set_input_files(".finder-corner input[type=file]", str(file))
    phone.until(lambda: len(phone.rows("photos")) == number, "the photo is stored")


def in_sight(phone: Phone, selector: str) -> bool:
    """Whole on the screen, and nothing upon it."""
    found: bool = phone.page.locator(selector).first.evaluate(
        """element => {
          const { left, right, top, bottom } = element.getBoundingClientRect()
          const inside = left >= 0 && top >= 0 && right <= innerWidth + 1 && bottom <= innerHeight + 1
          const on = (x, y) => element.contains(document.elementFromPoint(x, y))
          return inside && on((left + right) / 2, top + 6) && on((left + right) / 2, bottom - 6)
        }"""
    )
    return found


def record(server: MockServer) -> dict[str, Any]:
    (one,) = server.state()["records"].values()
    body: dict[str, Any] = one["body"]
    return body


# A known problem


def test_the_same_problem_takes_the_photos_and_words_along_to_its_visit(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    phone.wait_for_book()
    phone.shoot(1)
    phone.shoot(2)
    phone.tap(".go")
    phone.page.fill("#words", "又堆上了")
    phone.tap(".known")
    phone.page.get_by_text("是同一个，去核查").tap()
    phone.page.wait_for_url(f"**/#/visit/{NEAREST}")
    phone.see("已拍 2 张")
    phone.see("从上报转来，照片 2 张")
    assert phone.page.locator("#visit-words").input_value() == "又堆上了"
    phone.open("/report")
    phone.see("提交（无照片）")
    assert phone.page.locator("#words").input_value() == ""
    phone.open(f"/visit/{NEAREST}")
    phone.tap(".verdicts button:nth-child(3)")
    phone.tap("footer .main-button")
    phone.until(lambda: len(server.state()["photos"]) == 2, "both photos are on the server, once")
    assert record(server)["problem"] == NEAREST
    assert {photo["fields"]["stage"] for photo in server.state()["photos"]} == {"during"}


def test_not_the_same_after_all_gives_everything_back_to_the_report(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    phone.wait_for_book()
    phone.shoot()
    phone.tap(".go")
    phone.tap(".categories button:nth-child(4)")
    phone.tap(".known")
    phone.page.get_by_text("是同一个，去核查").tap()
    phone.page.get_by_text("不是同一个，放回上报").tap()
    phone.see("石桥镇垃圾堆放")
    phone.see("提交（1 张照片）")
    phone.submit()
    phone.until(lambda: len(server.state()["photos"]) == 1, "the photo is on the server")
    assert server.state()["photos"][0]["fields"]["stage"] == "before"


def test_more_photos_than_a_visit_takes_are_told_and_stay_in_the_report(phone: Phone) -> None:
    phone.sign_in()
    phone.wait_for_book()
    phone.open(f"/shoot/{NEAREST}")
    for number in range(1, 9):
        phone.shoot(number)
    phone.open()
    for number in (1, 2, 3):
        phone.shoot(number)
    phone.tap(".go")
    phone.tap(".known")
    phone.page.get_by_text("是同一个，去核查").tap()
    phone.see("一次核查最多 9 张照片。先带 1 张去核查，其余 2 张留在上报里，不会丢。")
    phone.tap(".van-dialog__confirm")
    phone.see("已拍 9 张")
    phone.open("/report")
    phone.see("提交（2 张照片）")


# The place


def test_photos_from_the_library_ask_where_they_are_from(phone: Phone, server: MockServer, tmp_path: Path) -> None:
    phone.sign_in()
    phone.wait_for_book()
    library_photo(phone, tmp_path)
    phone.tap(".go")
    phone.see("照片是从相册选的，请确认地点")
    phone.tap(".categories button:nth-child(4)")
    phone.tap("footer .main-button")
    phone.see("请先确认地点：点“就在这里”，或拖图钉")
    assert server.state()["records"] == {}
    phone.page.get_by_text("就在这里", exact=True).tap()
    phone.see("图钉是手放的")
    phone.submit()
    phone.until(lambda: len(server.state()["records"]) == 1, "the report is on the server")
    assert record(server)["location"]["coordinates"] == [118.3214, 30.9411]
    assert "accuracy_m" not in record(server)


def test_the_offered_pin_can_be_dragged_to_where_the_photos_are_from(phone: Phone, server: MockServer, tmp_path: Path) -> None:
    phone.sign_in()
    phone.wait_for_book()
    library_photo(phone, tmp_path)
    phone.tap(".go")
    phone.see("照片是从相册选的，请确认地点")
    box = phone.page.locator(".mini-map canvas").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 - 30
    phone.page.mouse.move(x, y)
    phone.page.mouse.down()
    for step in range(1, 11):
        phone.page.mouse.move(x - 8 * step, y)
    phone.page.mouse.up()
    phone.see("图钉是手放的")
    phone.tap(".categories button:nth-child(4)")
    phone.submit()
    phone.until(lambda: len(server.state()["records"]) == 1, "the report is on the server")
    assert record(server)["location"]["coordinates"][0] < 118.3204


def test_a_position_kilometres_off_claims_nothing_and_asks_for_the_pin(
    new_phone: Callable[..., Phone], server: MockServer
) -> None:
    phone = new_phone(geolocation=ROUGH).sign_in()
    phone.wait_for_book()
    phone.shoot()
    phone.tap(".go")
    phone.see("定位误差约 3.0 km，说不准在哪里")
    sheet = phone.page.locator(".place").inner_text()
    assert "石桥镇" not in sheet
    assert "红线" not in sheet
    phone.tap(".categories button:nth-child(1)")
    phone.tap("footer .main-button")
    phone.see("请先放图钉或选区域")
    phone.tap(".mini-map canvas")
    phone.see("图钉是手放的")
    phone.submit()
    phone.until(lambda: len(server.state()["records"]) == 1, "the report is on the server")
    assert not {"accuracy_m", "moved_m"} & set(record(server))


def test_a_visit_with_a_position_kilometres_off_asks_where_one_stands(
    new_phone: Callable[..., Phone], server: MockServer
) -> None:
    phone = new_phone(geolocation=ROUGH).sign_in()
    phone.wait_for_book()
    phone.open(f"/visit/{KNOWN}")
    phone.see("定位误差约 3.0 km：请在地图上放图钉，说明你站在哪里")
    phone.tap(".verdicts button:nth-child(1)")
    phone.tap("footer .main-button")
    phone.page.locator("footer [role=alert]").wait_for()
    assert server.state()["records"] == {}
    phone.tap(".mini-map canvas")
    phone.tap("footer .main-button")
    phone.until(lambda: len(server.state()["records"]) == 1, "the visit is on the server")
    assert "accuracy_m" not in record(server)


def test_outside_the_district_nothing_is_claimed_of_its_red_lines(new_phone: Callable[..., Phone]) -> None:
    phone = new_phone(geolocation={"longitude": 2.35, "latitude": 48.85, "accuracy": 8}).sign_in()
    phone.wait_for_book()
    phone.shoot()
    phone.tap(".go")
    phone.see("不在本区范围内")
    assert "红线" not in phone.page.locator(".place").inner_text()


# The check of the day


def test_the_check_a_report_goes_under_stands_beside_the_button(phone: Phone, server: MockServer) -> None:
    change_book(server, check_of_today)
    phone.sign_in()
    phone.shoot()
    phone.tap(".go")
    phone.see(f"归入：{CHECK}")
    assert in_sight(phone, ".check-line")
    phone.tap(".categories button:nth-child(4)")
    phone.tap(".check-line")
    phone.page.locator(".van-action-sheet__item").get_by_text("不归入检查").tap()
    phone.page.locator(".van-action-sheet").wait_for(state="hidden")
    phone.page.reload()
    phone.see("不归入检查")
    phone.submit()
    phone.until(lambda: len(server.state()["records"]) == 1, "the report is on the server")
    assert "inspection" not in record(server)


def test_a_find_of_today_goes_under_the_check_of_today(phone: Phone, server: MockServer) -> None:
    change_book(server, check_of_today)
    phone.sign_in().report()
    phone.until(lambda: len(server.state()["records"]) == 1, "the report is on the server")
    assert record(server)["inspection"].endswith("a")


def test_a_find_does_not_go_under_a_look_back(phone: Phone, server: MockServer) -> None:
    change_book(server, lambda book: check_of_today(book, kind="look_back"))
    phone.sign_in()
    phone.shoot()
    phone.tap(".go")
    phone.see("不归入检查")


# What stays in sight


@pytest.mark.parametrize("larger", ["document.documentElement.dataset.size = '3'", TWICE], ids=["size 3", "200 %"])
def test_with_large_type_the_sending_button_stays_in_sight_and_its_words_whole(
    phone: Phone, server: MockServer, larger: str
) -> None:
    change_book(server, check_of_today)
    phone.sign_in()
    phone.shoot()
    phone.page.add_init_script(f"addEventListener('DOMContentLoaded', () => setTimeout(() => {{ {larger} }}, 300))")
    wrong = []
    for width, height in SCREENS:
        phone.page.set_viewport_size({"width": width, "height": height})
        for path in ("/report", f"/visit/{KNOWN}"):
            phone.open(path)
            phone.page.reload()
            phone.page.locator("footer .main-button").wait_for()
            phone.page.wait_for_timeout(600)
            if path != "/report":
                phone.tap(".verdicts button:nth-child(1)")
            phone.page.evaluate("scrollTo(0, 0)")
            if not in_sight(phone, "footer .main-button"):
                wrong.append((width, path, "out of sight"))
            foot = phone.page.locator("footer").evaluate("element => element.getBoundingClientRect().height")
            if foot > height / 2:
                wrong.append((width, path, f"the foot is {foot} of {height}"))
            # A word broken in two would make a third line of "提交核查：已整改到位".
            lines = phone.page.locator("footer .main-button").evaluate(
                """element => { const range = document.createRange(); range.selectNodeContents(element)
                  return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size }"""
            )
            if lines > 2:
                wrong.append((width, path, f"{lines} lines"))
    assert wrong == []


def test_every_verdict_is_in_sight_though_four_measures_were_promised(phone: Phone, server: MockServer) -> None:
    change_book(server, four_measures)
    phone.sign_in()
    phone.until(lambda: len(phone.rows("books")) == 1, "the lists are on the phone")
    phone.open(f"/visit/{KNOWN}")
    phone.see("承诺的措施 4 条")
    assert [n for n in range(1, 6) if not in_sight(phone, f".verdicts button:nth-child({n})")] == []


# The visit


def test_far_from_the_problem_is_told_and_accepted_all_the_same(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    phone.wait_for_book()
    phone.open(f"/visit/{NEAREST}")
    phone.see("距问题点")
    assert phone.page.locator(".visit-far").count() == 0, "nothing is said close by"
    phone.open(f"/visit/{KNOWN}")
    phone.see("你离问题点 320 m，请核对；照样能提交")
    phone.tap(".verdicts button:nth-child(1)")
    assert phone.page.locator("footer").get_by_text("没有照片也可以提交，但验收时可能需要").is_visible()
    phone.tap("footer .main-button")
    phone.until(lambda: len(server.state()["records"]) == 1, "the visit is on the server")


def test_one_visit_opened_after_another_has_a_form_of_its_own(phone: Phone, server: MockServer) -> None:
    phone.sign_in()
    phone.wait_for_book()
    phone.open(f"/visit/{KNOWN}")
    phone.tap(".verdicts button:nth-child(3)")
    phone.page.fill("#visit-words", "没人管")
    phone.page.evaluate(f"location.hash = '#/visit/{KNOWN_TOO}'")
    phone.see("核查 2026-095")
    phone.see("提交核查")
    assert phone.page.locator(".verdicts .on").count() == 0
    assert phone.page.locator("#visit-words").input_value() == ""
    phone.tap(".verdicts button:nth-child(1)")
    phone.tap("footer .main-button")
    phone.until(lambda: len(server.state()["records"]) == 1, "the visit is on the server")
    assert record(server)["problem"] == KNOWN_TOO
    assert record(server)["verdict"] == "rectified"


def test_the_apps_picture_shows_without_a_network(phone: Phone) -> None:
    phone.open()
    phone.wait_until_offline_works()
    phone.page.context.set_offline(True)
    phone.page.reload()
    phone.page.locator(".login-mark").wait_for()
    phone.page.wait_for_function("() => document.querySelector('.login-mark').complete")
    assert phone.page.evaluate("document.querySelector('.login-mark').naturalWidth") > 0
