"""/m/: the phone app as it goes over the line."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

SCRIPT = "const words = '巡改';\n" * 200


@pytest.fixture(autouse=True)
def built(settings: Settings, tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>巡改</title>")
    (tmp_path / "assets" / "index-1.js").write_text(SCRIPT)
    (tmp_path / "icon.png").write_bytes(b"\x89PNG")
    settings.PHONE_CLIENT = tmp_path
    return tmp_path


def read(path: str, accepted: str = "") -> tuple[Any, bytes]:
    response: Any = Client().get(f"/m/{path}", headers={"accept-encoding": accepted} if accepted else {})
    return response, b"".join(response.streaming_content) if response.streaming else response.content


def test_code_is_sent_compressed_to_who_takes_it_and_as_it_is_to_others() -> None:
    packed, content = read("assets/index-1.js", "br, gzip")
    assert (packed.headers["Content-Encoding"], gzip.decompress(content).decode()) == ("gzip", SCRIPT)
    assert len(content) < len(SCRIPT) / 10
    plain, content = read("assets/index-1.js")
    assert ("Content-Encoding" in plain.headers, content.decode()) == (False, SCRIPT)
    for response in (packed, plain):
        assert "Accept-Encoding" in response.headers["Vary"]
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_picture_is_not_compressed_again_and_the_page_is_asked_for_anew() -> None:
    picture, _content = read("icon.png", "gzip")
    assert "Content-Encoding" not in picture.headers
    page, content = read("queue", "gzip")
    assert (page.headers["Cache-Control"], page.headers["Content-Type"]) == ("no-cache", "text/html")
    assert "巡改" in gzip.decompress(content).decode()


def test_an_update_of_the_build_is_served_at_once(built: Path) -> None:
    read("", "gzip")
    (built / "index.html").write_text("<!doctype html><title>新版本</title>")
    assert "新版本" in gzip.decompress(read("", "gzip")[1]).decode()


def test_what_lies_outside_the_build_and_an_asset_that_is_gone_are_not_there(built: Path) -> None:
    (built.parent / "secret.js").write_text("no")
    for path in ("../secret.js", "%2e%2e/secret.js", "assets/index-0.js"):
        assert read(path, "gzip")[0].status_code == 404
