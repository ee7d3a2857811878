"""The site as a browser meets it."""

import os
import threading
from collections.abc import Iterator

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.databases import CommittingDatabase


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: pytest's output is for tests."""


@pytest.fixture
def live_site(committing_db: CommittingDatabase) -> Iterator[str]:
    """The address of the whole program, served by threads on a free port from the test's own database: "http://127.0.0.1:…"."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _QuietHandler)
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless, with a camera that shows a test picture."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("XUNGAI_CHROMIUM", "/usr/bin/chromium"),
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream=fps=5",
            ],
        )
        yield browser
        browser.close()


def _watched_page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda message: errors.append(message.text) if "Content Security Policy" in message.text else None,
    )
    yield page
    context.close()
    assert not errors, f"the page broke: {errors}"


@pytest.fixture
def page(chromium: Browser, live_site: str) -> Iterator[Page]:
    """A page in an office's browser, 1440 × 900, Chinese; `goto` takes paths. A script error fails the test."""
    yield from _watched_page(
        chromium.new_context(
            base_url=live_site, locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1440, "height": 900}
        )
    )


@pytest.fixture
def phone_page(chromium: Browser, live_site: str) -> Iterator[Page]:
    """A page on a phone, 390 × 844, touch, with camera and position allowed."""
    yield from _watched_page(
        chromium.new_context(
            base_url=live_site,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": 390, "height": 844},
            device_scale_factor=2,
            is_mobile=True,
            has_touch=True,
            permissions=["geolocation", "camera"],
        )
    )
