"""Every screen, in both languages, in sunlight, with a wet thumb and with large type."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.phone.handling import HERE, PHONE, Phone
from tests.browser.phone.looking import OUTDOORS, READ_OVERFLOWS, SCREENS, Looked, each, look
from tests.browser.phone.mock import MockServer
from tests.browser.phone.office import ELSEWHERE, FLAWS, NOTICES


@pytest.fixture(scope="module", params=["zh-CN", "en-GB"])
def signed_in(request: pytest.FixtureRequest, chromium: Browser, running_mock: MockServer) -> Iterator[Phone]:
    """One phone for all tests here, which only look.

    It holds a sent report, one that needs attention, one that waits, a draft with two places, notices, and flaws in its numbers.
    """
    server = running_mock
    server.reset()
    server.set(notices=NOTICES, elsewhere=ELSEWHERE, flaws=FLAWS, hints=[{"code": "maybe_known"}])
    context = chromium.new_context(geolocation=HERE, permissions=["geolocation", "camera"], locale=request.param, **PHONE)  # type: ignore[arg-type]  # a literal of the right shape
    context.set_default_timeout(10_000)
    phone = Phone(context.new_page(), server.address)
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
    phone.tap(".go:not(.faint)")
    phone.tap(".place-add")
    phone.page.locator(".site-bar").wait_for()
    phone.wait_for_picture()
    phone.tap(".shutter")
    phone.page.locator(".stack b").wait_for()
    yield phone
    server.fail()
    context.close()


@pytest.fixture(scope="module")
def looked_at(signed_in: Phone) -> dict[str, Looked]:
    """What is read off every screen, in one walk."""
    return {path: look(signed_in) for path in each(signed_in, SCREENS)}


def test_no_text_is_smaller_than_sixteen_pixels(looked_at: dict[str, Looked]) -> None:
    assert [(path, one) for path, seen in looked_at.items() for one in seen.texts if one["size"] < 16] == []


def test_every_word_can_be_read_in_sunlight(looked_at: dict[str, Looked]) -> None:
    assert [(path, one) for path, seen in looked_at.items() for one in seen.texts if one["contrast"] < OUTDOORS] == []


def test_every_target_is_large_enough_for_a_wet_thumb(looked_at: dict[str, Looked]) -> None:
    assert [(path, one) for path, seen in looked_at.items() for one in seen.small_targets] == []


def test_nothing_is_cut_off_or_runs_out_of_the_screen(looked_at: dict[str, Looked]) -> None:
    assert [(path, one) for path, seen in looked_at.items() for one in seen.overflows] == []


def test_axe_finds_nothing_serious(looked_at: dict[str, Looked]) -> None:
    assert [(path, one) for path, seen in looked_at.items() for one in seen.serious] == []


def test_at_twice_the_type_nothing_is_cut_off_or_runs_out_of_the_screen(signed_in: Phone) -> None:
    larger = "document.documentElement.style.setProperty('font-size', '200%', 'important')"
    phone = Phone(signed_in.page.context.new_page(), signed_in.address)
    phone.page.add_init_script(f"addEventListener('DOMContentLoaded', () => {larger})")
    phone.open()
    phone.page.locator(".shutter").wait_for()
    wide: list[Any] = []
    for path in each(phone, SCREENS):
        assert phone.page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == 32
        wide += [(path, one) for one in phone.page.evaluate(READ_OVERFLOWS)]
    phone.page.close()
    assert wide == []


def test_on_the_smallest_screen_at_twice_the_type_the_lists_are_whole(signed_in: Phone) -> None:
    phone = Phone(signed_in.page.context.new_page(), signed_in.address)
    phone.page.set_viewport_size({"width": 320, "height": 568})
    larger = "document.documentElement.style.setProperty('font-size', '200%', 'important')"
    phone.page.add_init_script(f"addEventListener('DOMContentLoaded', () => {larger})")
    phone.open()
    phone.page.locator(".shutter").wait_for()
    wide: list[Any] = []
    for path in each(phone, ("/queue", "/sent", "/notices", "/settings", "/tasks")):
        wide += [(path, one) for one in phone.page.evaluate(READ_OVERFLOWS)]
    phone.page.close()
    assert wide == []
