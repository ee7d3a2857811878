"""The app as a whole: with nothing to show and everything missing, whom it asks, and what it never does."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.phone.handling import Phone
from tests.browser.phone.looking import OUTDOORS, SCREENS, each, look
from tests.browser.phone.mock import CLIENT, MockServer


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_empty_offline_full_and_without_a_position_every_screen_can_still_be_read(
    new_phone: Callable[..., Phone], locale: str
) -> None:
    phone = new_phone(permissions=["camera"], locale=locale)
    phone.page.add_init_script("navigator.storage.estimate = async () => ({ usage: 950e6, quota: 1000e6 })")
    phone.open()
    phone.page.fill("#username", "inspector")
    phone.page.fill("#password", "demo-2026")
    phone.tap("form .main-button")
    phone.page.locator(".shutter").wait_for()
    phone.page.context.set_offline(True)
    wrong: list[Any] = []
    for path in each(phone, SCREENS):
        seen = look(phone)
        assert seen.texts, f"{path} says nothing"
        wrong += [(path, one) for one in seen.texts if one["size"] < 16 or one["contrast"] < OUTDOORS]
        wrong += [(path, one) for one in [*seen.overflows, *seen.small_targets, *seen.serious]]
    assert wrong == []


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
