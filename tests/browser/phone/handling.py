"""An inspector's hands: what a person does with the phone app, each tap counted."""

import os
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

EXECUTABLE = os.environ.get("XUNGAI_CHROMIUM", "/usr/bin/chromium")
PASSWORD = "demo-2026"
HERE = {"longitude": 118.3214, "latitude": 30.9411, "accuracy": 6}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 1,
    "has_touch": True,
    "is_mobile": True,
    "timezone_id": "Asia/Shanghai",
}


class Phone:
    """One tab of the app on one phone."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.taps = 0

    def open(self, path: str = "/") -> "Phone":
        self.page.goto(f"{self.address}/m/#{path}")
        return self

    def tap(self, selector: str) -> None:
        self.page.locator(selector).first.tap()
        self.taps += 1

    def sign_in(self, username: str = "inspector") -> "Phone":
        self.open()
        self.page.fill("#username", username)
        self.page.fill("#password", PASSWORD)
        self.page.locator("form .main-button").tap()
        expect(self.page.locator(".shutter")).to_be_visible()
        return self

    def wait_until_offline_works(self) -> None:
        """The worker is active and holds the shell: from here on the app opens without a network."""
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        self.page.wait_for_function(
            "async () => { const names = await caches.keys(); if (!names.length) return false;"
            " return (await (await caches.open(names[0])).keys()).length > 4 }"
        )

    def shoot(self, number: int = 1) -> None:
        """Press the shutter and wait for the tick."""
        expect(self.page.locator(".shutter")).to_be_enabled()
        self.wait_for_picture()
        self.tap(".shutter")
        self.see(f"第 {number} 张已存手机")

    def wait_for_book(self) -> None:
        """The bootstrap answer and its pictures are on the phone."""
        self.until(lambda: len(self.rows("books")) == 1 and len(self.rows("pictures")) == 4, "the lists are on the phone")

    def wait_for_picture(self) -> None:
        self.page.wait_for_function("() => document.querySelector('.finder-video')?.videoWidth > 0")

    def report(self, category: int = 4, photos: int = 1) -> None:
        """The plain case: shutter, next, category, submit."""
        for number in range(1, photos + 1):
            self.shoot(number)
        self.tap(".go")
        self.tap(f".categories button:nth-child({category})")
        self.submit()

    def submit(self) -> None:
        self.tap("footer .main-button")
        expect(self.page.locator(".shutter")).to_be_visible()

    def see(self, words: str | re.Pattern[str], timeout: float = 10_000) -> None:
        expect(self.page.get_by_text(words).first).to_be_visible(timeout=timeout)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Everything in one table of the phone's store, bytes as their length."""
        rows: list[dict[str, Any]] = self.page.evaluate(
            """table => new Promise((resolve, reject) => {
              const opening = indexedDB.open('xungai')
              opening.onerror = () => reject(opening.error)
              opening.onsuccess = () => {
                const all = opening.result.transaction(table).objectStore(table).getAll()
                all.onsuccess = () => {
                  opening.result.close()
                  const plain = row => ({...row, privateKey: null, ...(row.data ? {data: row.data.byteLength} : {})})
                  resolve(all.result.map(plain))
                }
              }
            })""",
            table,
        )
        return rows

    def until(self, holds: Callable[[], bool], what: str, seconds: float = 20) -> None:
        """Wait for something that no element shows."""
        for _ in range(int(seconds * 10)):
            if holds():
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"not within {seconds} s: {what}")


def allow(context: BrowserContext) -> None:
    context.grant_permissions(["geolocation", "camera"])
    context.set_geolocation(HERE)  # type: ignore[arg-type]  # a literal of the right shape
