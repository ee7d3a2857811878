"""Phones for the tests: the built client on the mock server, in Debian's Chromium with a made camera and position."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.phone.handling import EXECUTABLE, HERE, PHONE, Phone
from tests.browser.phone.mock import MockServer, build_client

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run"]
CAMERA = ["--use-fake-device-for-media-stream=fps=5", "--use-fake-ui-for-media-stream"]


@pytest.fixture(scope="session")
def running_mock() -> Iterator[MockServer]:
    build_client()
    mock = MockServer()
    mock.start()
    yield mock
    mock.stop()


@pytest.fixture
def server(running_mock: MockServer) -> MockServer:
    """The mock server, empty."""
    running_mock.reset()
    return running_mock


@pytest.fixture
def new_phone(chromium: Browser, server: MockServer) -> Iterator[Callable[..., Phone]]:
    """Makes phones: each call a browser profile of its own. `permissions`, `geolocation`, `locale` and so on may be given."""
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> Phone:
        chosen = {"geolocation": HERE, "permissions": ["geolocation", "camera"], "locale": "zh-CN", **PHONE, **options}
        context = chromium.new_context(**chosen)
        context.set_default_timeout(10_000)
        contexts.append(context)
        return Phone(context.new_page(), server.address)

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def phone(new_phone: Callable[..., Phone]) -> Phone:
    """A phone with camera and position, not signed in."""
    return new_phone()


@pytest.fixture
def browser_without_camera(chromium: Browser) -> Iterator[Browser]:
    browser = chromium.browser_type.launch(executable_path=EXECUTABLE, args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture
def kept_phone(chromium: Browser, server: MockServer, tmp_path: Path) -> Iterator[Callable[[], Phone]]:
    """A phone whose profile lies on disk: opened again after its browser was killed it is the same phone."""
    contexts: list[BrowserContext] = []

    def open_again() -> Phone:
        context = chromium.browser_type.launch_persistent_context(
            str(tmp_path / "profile"),
            executable_path=EXECUTABLE,
            args=[*ARGUMENTS, *CAMERA],
            geolocation=HERE,
            permissions=["geolocation", "camera"],
            locale="zh-CN",
            **PHONE,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        return Phone(context.pages[0], server.address)

    yield open_again
    contexts[-1].close()


def kill_browser(profile: Path) -> None:
    """Kill -9 the browser that holds this profile: its main process, which takes the others with it."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if f"--user-data-dir={profile}".encode() in arguments and not any(one.startswith(b"--type=") for one in arguments):
            os.kill(int(folder.name), 9)


@pytest.fixture
def kill(tmp_path: Path) -> Callable[[], None]:
    return lambda: kill_browser(tmp_path / "profile")
