"""Both camera screens on every phone: small ones, on their side, with large type. And what the overlay says and does not say."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.phone.handling import HERE, PHONE, Phone
from tests.browser.phone.mock import MockServer
from tests.browser.phone.office import KNOWN

# Some 27 m off the first old picture of the known problem.
NEAR = {"longitude": 118.3236, "latitude": 30.9431, "accuracy": 6}
SCREENS = ("/", f"/shoot/{KNOWN}")

KEYS = ".shutter, .go, .over-quit, .finder label.chip"

# Whether a thumb meets each key, after scrolling if need be; how many lines its words take; what lies upon another.
READ_KEYS = """keys => {
  const found = []
  const page = document.querySelector('.shoot')
  const meets = key => {
    const box = key.getBoundingClientRect()
    const inside = box.left > -1 && box.top > -1 && box.right < innerWidth + 1 && box.bottom < innerHeight + 1
    return inside && key.contains(document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2))
  }
  for (const key of document.querySelectorAll(keys)) {
    const name = key.className
    let met = false
    for (let top = 0; !met && top < page.scrollHeight; top += 30) {
      page.scrollTop = top
      met = meets(key)
    }
    if (!met) found.push(name + ' is out of reach')
    const box = key.getBoundingClientRect()
    if (box.width < 43.5 || box.height < 43.5) found.push(name + ' is too small')
    const texts = document.createTreeWalker(key, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
      if (!texts.currentNode.textContent.trim()) continue
      const range = document.createRange()
      range.selectNodeContents(texts.currentNode)
      const lines = new Set([...range.getClientRects()].map(line => Math.round(line.top)))
      if (lines.size > 1) found.push(name + ' breaks its words')
    }
  }
  page.scrollTop = 0
  if (!meets(document.querySelector('.shutter'))) found.push('the shutter is out of sight')
  for (const row of ['.finder .chip', '.shoot-keys > *']) {
    const boxes = [...document.querySelectorAll(row)].map(one => [one.className, one.getBoundingClientRect()])
    boxes.forEach(([name, a], i) => boxes.slice(i + 1).forEach(([other, b]) => {
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left)
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
      if (wide > 1 && high > 1) found.push(`${name} lies upon ${other}`)
    }))
  }
  return found
}"""


@pytest.fixture(scope="module")
def inspector(chromium: Browser, running_mock: MockServer) -> Iterator[Phone]:
    running_mock.reset()
    context = chromium.new_context(geolocation=NEAR, permissions=["geolocation", "camera"], locale="zh-CN", **PHONE)  # type: ignore[arg-type]  # a literal of the right shape
    context.set_default_timeout(10_000)
    phone = Phone(context.new_page(), running_mock.address).sign_in()
    phone.wait_for_book()
    phone.shoot()
    phone.page.set_input_files(
        ".finder-corner input[type=file]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"no photo"}
    )
    yield phone
    context.close()


@pytest.mark.parametrize("type_size", ["1", "3", "200%"])
@pytest.mark.parametrize(("width", "height"), [(390, 844), (844, 390), (320, 568), (568, 320)])
def test_every_key_is_within_reach_whole_and_on_one_line(inspector: Phone, width: int, height: int, type_size: str) -> None:
    page = inspector.page
    page.set_viewport_size({"width": width, "height": height})
    wrong: list[Any] = []
    for path in SCREENS:
        inspector.open(path)
        page.locator(".shutter:enabled").wait_for()
        page.set_input_files(
            ".finder-corner input[type=file]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"no photo"}
        )
        page.locator(".chip.failed").wait_for()
        page.evaluate(
            """size => {
              const { style, dataset } = document.documentElement
              style.removeProperty('font-size')
              if (size.endsWith('%')) style.setProperty('font-size', size, 'important')
              else dataset.size = size
            }""",
            type_size,
        )
        page.wait_for_timeout(200)
        wrong += [(path, one) for one in page.evaluate(READ_KEYS, KEYS)]
        wide = page.evaluate("[document.querySelector('.shoot').scrollWidth, innerWidth]")
        assert wide[0] <= wide[1]
    assert wrong == []


def test_on_its_side_the_picture_has_the_whole_height(inspector: Phone) -> None:
    inspector.page.set_viewport_size({"width": 844, "height": 390})
    inspector.page.evaluate(
        "document.documentElement.style.removeProperty('font-size'); document.documentElement.dataset.size = '1'"
    )
    for path in SCREENS:
        inspector.open(path)
        inspector.page.locator(".shutter:enabled").wait_for()
        finder = inspector.page.locator(".finder").bounding_box()
        shutter = inspector.page.locator(".shutter").bounding_box()
        assert finder is not None
        assert shutter is not None
        assert finder["height"] == 390
        assert finder["width"] > 844 / 2
        assert shutter["x"] > finder["x"] + finder["width"]


# What the overlay says


HEADING = "dispatchEvent(new DeviceOrientationEvent('deviceorientationabsolute', {absolute: true, alpha: 0, beta: 90, gamma: 0}))"


def at_the_overlay(phone: Phone) -> Phone:
    phone.sign_in()
    phone.wait_for_book()
    phone.open(f"/shoot/{KNOWN}")
    return phone


def test_without_a_compass_the_wind_is_named_and_no_arrow_shown(new_phone: Any) -> None:
    phone = at_the_overlay(new_phone(geolocation=NEAR))
    expect(phone.page.locator(".over-first")).to_have_text("往西北走 25 米")
    expect(phone.page.locator(".over-arrow")).to_have_count(0)
    phone.page.evaluate(HEADING)
    expect(phone.page.locator(".over-arrow")).to_be_visible()


def test_on_a_phone_that_asks_first_a_tap_brings_the_compass(new_phone: Any) -> None:
    phone = new_phone(geolocation=NEAR)
    phone.page.add_init_script(
        f"DeviceOrientationEvent.requestPermission = async () => {{ setTimeout(() => {HEADING}, 100); return 'granted' }}"
    )
    at_the_overlay(phone)
    phone.tap(".over-compass")
    expect(phone.page.locator(".over-arrow")).to_be_visible()
    expect(phone.page.locator(".over-compass")).to_have_count(0)


def test_a_rough_position_claims_no_place_and_leads_nowhere(new_phone: Any) -> None:
    phone = at_the_overlay(new_phone(geolocation={**NEAR, "accuracy": 3000}))
    phone.page.evaluate(HEADING)
    expect(phone.page.locator(".over-first")).to_have_text("定位太粗，看画面对齐")
    expect(phone.page.locator(".over-arrow, .over-radar")).to_have_count(0)
    expect(phone.page.locator(".shoot-line.unsure")).to_contain_text("误差 3.0 km：请打开“精确位置”")


def test_an_old_position_leads_nobody(new_phone: Any) -> None:
    phone = new_phone(geolocation=NEAR)
    phone.page.add_init_script("window.slept = 0; const now = Date.now.bind(Date); Date.now = () => now() + window.slept")
    at_the_overlay(phone)
    expect(phone.page.locator(".over-first")).to_contain_text("往西北走")
    phone.page.evaluate("window.slept = 90_000")
    expect(phone.page.locator(".over-first")).to_have_text("等定位，先看画面对齐")
    expect(phone.page.locator(".shoot-line.unsure")).to_contain_text("秒前的位置")


def test_a_tap_on_the_old_pictures_chip_shows_the_next_one(new_phone: Any) -> None:
    phone = new_phone(geolocation=HERE)

    def two_pictures(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        (known,) = (one for one in body["problems"] if one["properties"]["id"] == KNOWN)
        (first,) = known["properties"]["photos"]
        second = {**first, "id": first["id"][:-1] + "8", "captured_at": "2026-08-12T09:40:00+08:00"}
        known["properties"]["photos"] = [first, second]
        route.fulfill(response=answer, body=json.dumps(body))

    phone.page.route("**/api/v1/bootstrap*", two_pictures)
    at_the_overlay(phone)
    chip = phone.page.locator(".over-original")
    for day, number in (("09-02", 1), ("08-12", 2), ("09-02", 1)):
        expect(chip.locator("b")).to_have_text(f"原片 {day}")
        expect(chip.locator("span span")).to_have_text(f"第 {number} 张，共 2 张")
        chip.tap()
