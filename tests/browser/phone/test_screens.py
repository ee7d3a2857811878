"""Every screen, in both languages, in sunlight, with a wet thumb and with large type."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.phone.handling import Phone
from tests.browser.phone.mock import CLIENT, MockServer

KNOWN = "00000000-0000-4000-8000-000000000001"
SCREENS = ("/", "/report", "/queue", "/tasks", f"/visit/{KNOWN}", f"/shoot/{KNOWN}", "/sent", "/ready", "/settings")
OUTDOORS = 7.0

# Text that stands alone in an element, its size, and its contrast against the nearest opaque ground below it.
READ_TEXTS = """() => {
  const channel = value => { const c = value / 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4 }
  const parts = colour => (colour.match(/[\\d.]+/g) ?? []).map(Number)
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b)
  const ground = element => {
    for (let at = element; at; at = at.parentElement) {
      const [r, g, b, a = 1] = parts(getComputedStyle(at).backgroundColor)
      if (a > 0.9 && r !== undefined) return [r, g, b]
    }
    return [255, 255, 255]
  }
  const found = []
  for (const element of document.querySelectorAll('#app *')) {
    const own = [...element.childNodes].filter(node => node.nodeType === 3).map(node => node.textContent.trim()).join('')
    const box = element.getBoundingClientRect()
    if (!own || box.width < 2 || box.height < 2) continue
    const style = getComputedStyle(element)
    if (style.visibility === 'hidden' || element.closest('.unseen')) continue
    const [a, b] = [light(parts(style.color)), light(ground(element))].sort((x, y) => y - x)
    found.push({ text: own.slice(0, 30), size: parseFloat(style.fontSize), contrast: (a + 0.05) / (b + 0.05) })
  }
  return found
}"""

READ_TARGETS = """() => {
  const all = document.querySelectorAll(
    '#app button, #app a, #app label.chip, #app label.tick, #app select, #app input:not([type=checkbox])')
  return [...all].filter(element => !element.closest('.unseen')).map(element => {
    const { width, height } = element.getBoundingClientRect()
    return { text: (element.innerText || element.getAttribute('aria-label') || element.id).slice(0, 30), width, height }
  }).filter(one => one.width > 0 && (one.width < 43.5 || one.height < 43.5))
}"""

# Elements that reach over the screen's edge, or whose content reaches over their own.
READ_OVERFLOWS = """() => {
  const spared = '.unseen, .finder-corner input, svg, .report-grip, .over-range, .stack'
  const over = element => {
    const box = element.getBoundingClientRect()
    if (box.width <= 1) return false
    if (box.right > innerWidth + 1 || box.left < -1) return true
    if (['INPUT', 'TEXTAREA', 'SELECT'].includes(element.tagName) || getComputedStyle(element).display === 'inline') return false
    return element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 2
  }
  return [...document.querySelectorAll('#app *')].filter(element => !element.closest(spared)).filter(over)
    .map(element => `${element.className} ${(element.innerText ?? '').slice(0, 30)}`)
}"""


@pytest.fixture(params=["zh-CN", "en-GB"])
def signed_in(request: pytest.FixtureRequest, new_phone: Callable[..., Phone], server: MockServer) -> Iterator[Phone]:
    """A phone with a sent report, one that needs attention, one that waits, and a photo in the draft."""
    phone = new_phone(locale=request.param)
    phone.open()
    phone.page.fill("#username", "inspector")
    phone.page.fill("#password", "demo-2026")
    phone.tap("form .main-button")
    phone.page.locator(".shutter").wait_for()
    phone.wait_for_book()
    for _ in range(3):
        phone.wait_for_picture()
        count = len(phone.rows("photos"))
        phone.tap(".shutter")
        phone.until(lambda count=count: len(phone.rows("photos")) > count, "the photo is stored")
        phone.tap(".go:not(.faint)")
        phone.tap(".categories button:nth-child(4)")
        phone.submit()
        phone.until(lambda: all(row["state"] != "sending" for row in phone.rows("photos")), "it was tried")
        status = 422 if len(phone.rows("records")) == 1 else 500
        server.fail({"match": "PUT /api/v1/reports", "do": "status", "status": status, "times": 1 if status == 422 else 99})
    phone.wait_for_picture()
    phone.tap(".shutter")
    phone.page.locator(".stack b").wait_for()
    yield phone
    server.fail()


def each(phone: Phone, screens: tuple[str, ...]) -> Iterator[str]:
    for path in screens:
        phone.open(path)
        phone.page.wait_for_timeout(400)
        yield path


def test_no_text_is_smaller_than_sixteen_pixels(signed_in: Phone) -> None:
    small = [(path, one) for path in each(signed_in, SCREENS) for one in signed_in.page.evaluate(READ_TEXTS) if one["size"] < 16]
    assert small == []


def test_every_word_can_be_read_in_sunlight(signed_in: Phone) -> None:
    faint = [
        (path, one["text"], round(one["contrast"], 1))
        for path in each(signed_in, SCREENS)
        for one in signed_in.page.evaluate(READ_TEXTS)
        if one["contrast"] < OUTDOORS
    ]
    assert faint == []


def test_every_target_is_large_enough_for_a_wet_thumb(signed_in: Phone) -> None:
    small = [(path, one) for path in each(signed_in, SCREENS) for one in signed_in.page.evaluate(READ_TARGETS)]
    assert small == []


@pytest.mark.parametrize("scale", [100, 200])
def test_nothing_is_cut_off_or_runs_out_of_the_screen(signed_in: Phone, scale: int) -> None:
    larger = f"document.documentElement.style.setProperty('font-size', '{scale}%', 'important')"
    signed_in.page.add_init_script(f"addEventListener('DOMContentLoaded', () => {larger})")
    signed_in.page.reload()
    signed_in.page.locator(".shutter").wait_for()
    wide: list[Any] = []
    for path in each(signed_in, SCREENS):
        assert signed_in.page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == 16 * scale / 100
        wide += [(path, one) for one in signed_in.page.evaluate(READ_OVERFLOWS)]
    assert wide == []


def test_axe_finds_nothing_serious(signed_in: Phone) -> None:
    axe = (CLIENT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    serious = []
    for path in each(signed_in, SCREENS):
        signed_in.page.evaluate(axe)
        found = signed_in.page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
        serious += [
            (path, one["id"], [node["target"] for node in one["nodes"]][:3])
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
        ]
    assert serious == []


def test_the_shell_asks_nobody_else(phone: Phone, server: MockServer) -> None:
    elsewhere: list[str] = []
    phone.page.on("request", lambda request: elsewhere.append(request.url))
    phone.sign_in()
    phone.wait_for_book()
    for path in SCREENS:
        phone.open(path)
        phone.page.wait_for_timeout(200)
    assert [url for url in elsewhere if not url.startswith((server.address, "blob:", "data:"))] == []


def test_no_control_asks_for_the_front_camera() -> None:
    sources = [path for path in (CLIENT / "src").rglob("*") if path.suffix in (".ts", ".vue")]
    assert not [path.name for path in sources if "'user'" in Path(path).read_text(encoding="utf-8")]
