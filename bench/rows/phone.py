"""The phone app as a person waits for it: the built client in Chromium, on the mock server that its browser tests use."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, sync_playwright

from bench.registry import Size, Times, row
from tests.browser.phone.handling import EXECUTABLE, HERE, PHONE, Phone
from tests.browser.phone.mock import MockServer, build_client

FIRST_LOAD_KB = 250
WAITING = 200
SHOTS = 7  # with one that warms up, what one report holds at the most, less one
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]

# Copy the one report that waits, with its photo, so often that so many wait. Bytes, thumb and all are there each time.
FILL = """async count => {
  const opening = indexedDB.open('xungai')
  const store = await new Promise((resolve, reject) => {
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => reject(opening.error)
  })
  const all = table => new Promise(resolve => {
    const asked = store.transaction(table).objectStore(table).getAll()
    asked.onsuccess = () => resolve(asked.result)
  })
  const [record] = await all('records'), [photo] = await all('photos')
  const [bytes] = await all('bytes'), [thumb] = await all('thumbs')
  for (let n = 1; n < count; n++) {
    const uuid = crypto.randomUUID(), own = crypto.randomUUID()
    const writing = store.transaction(['records', 'photos', 'bytes', 'thumbs'], 'readwrite')
    writing.objectStore('records').add({...record, uuid, photos: [own], createdAt: record.createdAt - n})
    writing.objectStore('photos').add({...photo, uuid: own, record: uuid, createdAt: photo.createdAt - n})
    writing.objectStore('bytes').add({...bytes, uuid: own})
    if (thumb) writing.objectStore('thumbs').add({...thumb, uuid: own})
    await new Promise((resolve, reject) => { writing.oncomplete = resolve; writing.onabort = () => reject(writing.error) })
  }
  store.close()
}"""
# Milliseconds from going to the queue until its first rows are painted.
OPEN_QUEUE = """() => new Promise(resolve => {
  const began = performance.now()
  location.hash = '#/queue'
  const look = () => document.querySelector('.queue-row')
    ? requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - began)))
    : requestAnimationFrame(look)
  look()
})"""
# Milliseconds from pressing the shutter until the tick says that this photo is kept.
SHOOT = """words => new Promise(resolve => {
  const began = performance.now()
  document.querySelector('.shutter').click()
  const look = () => document.body.innerText.includes(words) ? resolve(performance.now() - began) : requestAnimationFrame(look)
  look()
})"""
# Milliseconds from the start of loading the page until the camera shows a picture and the shutter may be pressed.
CAMERA = """() => new Promise(resolve => {
  const ready = () => document.querySelector('.finder-video')?.videoWidth > 0 && document.querySelector('.shutter:enabled')
  const look = () => ready() ? resolve(performance.now()) : requestAnimationFrame(look)
  look()
})"""


@row("first load of the phone app, as sent", peer="what is allowed for code and styles", at_most=1.0, unit="kB")
def first_load(size: Size) -> Times:
    """Everything that runs or styles, the service worker too, as bytes on the line."""
    build_client()
    built, client = Path(settings.PHONE_CLIENT), Client(headers={"accept-encoding": "gzip"})
    files = [path for path in built.rglob("*") if path.suffix in (".html", ".js", ".css")]
    sent = sum(_sent(client, f"/m/{path.relative_to(built)}") for path in files)
    return Times(sent / 1024, FIRST_LOAD_KB)


def _sent(client: Client, address: str) -> int:
    response: Any = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return len(b"".join(response.streaming_content) if response.streaming else response.content)


@contextmanager
def _phones() -> Iterator[tuple[Callable[[], Phone], MockServer]]:
    """Makes phones that are signed in and work without a network, each a profile of its own, and the server they were at."""
    build_client()
    server = MockServer()
    server.start()
    before = os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the browser's loop runs in this very thread
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=CHROMIUM)
            yield lambda: _signed_in(browser, server), server
            browser.close()
    finally:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before
        server.stop()


def _signed_in(browser: Browser, server: MockServer) -> Phone:
    place: Any = HERE
    context = browser.new_context(geolocation=place, permissions=["geolocation", "camera"], locale="zh-CN", **PHONE)
    phone = Phone(context.new_page(), server.address).sign_in()
    phone.wait_until_offline_works()
    phone.wait_for_book()
    return phone


def _waiting(phone: Phone, count: int) -> Phone:
    """The same phone without a network and with so many reports waiting, a photo each."""
    phone.page.context.set_offline(True)
    phone.report()
    phone.until(lambda: len(phone.rows("records")) == 1, "the report waits")
    phone.page.evaluate(FILL, count)
    phone.page.reload()
    phone.wait_for_picture()
    return phone


def _in_turn(ours: Callable[[], float], peer: Callable[[], float], rounds: int) -> Times:
    """The median of what each side says it took, in seconds; both in turn, the first round not counted."""
    told = [(ours(), peer()) for _n in range(rounds + 1)][1:]
    return Times(median(one for one, _other in told) / 1000, median(other for _one, other in told) / 1000)


@row(f"opening the queue with {WAITING} photos waiting", peer="the same with one", at_most=4.0)
def queue_opened(size: Size) -> Times:
    with _phones() as (make, _server):
        many, one = _waiting(make(), WAITING), _waiting(make(), 1)

        def opened(phone: Phone) -> float:
            phone.open()
            phone.wait_for_picture()
            took: float = phone.page.evaluate(OPEN_QUEUE)
            return took

        return _in_turn(lambda: opened(many), lambda: opened(one), size.rounds)


@row(f"a shot with {WAITING} photos waiting, until it is kept", peer="the same with one waiting", at_most=1.5)
def shot(size: Size) -> Times:
    with _phones() as (make, _server):
        many, one = _waiting(make(), WAITING), _waiting(make(), 1)
        taken = {many: 0, one: 0}

        def taking(phone: Phone) -> float:
            taken[phone] += 1
            phone.page.wait_for_function("() => document.querySelector('.shutter:enabled')")
            took: float = phone.page.evaluate(SHOOT, f"第 {taken[phone]} 张已存手机")
            return took

        return _in_turn(lambda: taking(many), lambda: taking(one), min(size.rounds, SHOTS))


@row("opening the app until the camera is ready, no answer from the network", peer="the same with one", at_most=1.3)
def camera(size: Size) -> Times:
    with _phones() as (make, server):
        phone = make()

        def opening(*faults: dict[str, Any]) -> float:
            server.fail(*faults)
            phone.page.reload()
            took: float = phone.page.evaluate(CAMERA)
            return took

        # Nothing is refused, and nothing answered: what a network without reception does.
        silent = [{"match": f"{method} /", "do": "hang", "times": 10_000} for method in ("GET", "POST", "PUT", "HEAD")]
        return _in_turn(lambda: opening(*silent), opening, size.rounds)
