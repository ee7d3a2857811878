"""Reading a screen: text sizes and contrasts, targets, overflows, what axe says."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.browser.phone.handling import Phone
from tests.browser.phone.mock import CLIENT
from tests.browser.phone.office import KNOWN

SCREENS = ("/", "/report", "/queue", "/tasks", f"/visit/{KNOWN}", f"/shoot/{KNOWN}", "/sent", "/notices", "/ready", "/settings")
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


def each(phone: Phone, screens: tuple[str, ...]) -> Iterator[str]:
    for path in screens:
        phone.open(path)
        phone.page.wait_for_timeout(400)
        yield path


def serious(phone: Phone) -> list[Any]:
    """What axe-core finds serious or critical on the screen that is shown."""
    phone.page.evaluate((CLIENT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found = phone.page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    return [
        (one["id"], [node["target"] for node in one["nodes"]][:3])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]


@dataclass(frozen=True, slots=True)
class Looked:
    """One screen: its texts with size in px and contrast, targets below 44 px, what runs out of it, what axe finds serious."""

    texts: list[dict[str, Any]]
    small_targets: list[dict[str, Any]]
    overflows: list[str]
    serious: list[Any]


def look(phone: Phone) -> Looked:
    read = phone.page.evaluate
    return Looked(read(READ_TEXTS), read(READ_TARGETS), read(READ_OVERFLOWS), serious(phone))
