"""Every error is a problem detail in the reader's language, and nothing a client sends is a 500."""

from typing import Any

import pytest
from django.db import IntegrityError

from mobile_api import reference
from tests.api.calling import Caller
from tests.world import World

pytestmark = pytest.mark.django_db
MEMBERS = {"type", "title", "status", "detail", "errors"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "problems?limit=0", 422),
        ("GET", "nowhere", 404),
        ("DELETE", "problems", 405),
        ("OPTIONS", "problems", 405),
        ("PATCH", "me", 405),
    ],
)
def test_an_error_has_the_members_of_rfc_9457_in_both_languages(world: World, method: str, path: str, status: int) -> None:
    chinese = Caller(world.office).call(method, path)
    english = Caller(world.office, "en").call(method, path)
    for answer in (chinese, english):
        assert answer.status == status
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert set(answer.json) == MEMBERS
        assert answer.json["status"] == status
    assert any("\u4e00" <= character <= "\u9fff" for character in chinese.json["title"] + chinese.json["detail"])
    assert english.json["title"].isascii()
    assert english.json["detail"].isascii()


@pytest.mark.parametrize("language", ["", "fr", "zh-CN,zh;q=0.9", "*", "\xff", "x" * 5_000])
def test_chinese_is_spoken_unless_english_is_asked_for(world: World, language: str) -> None:
    assert Caller(world.office, language).get("nowhere").json["title"] == "没有找到"


def test_a_failure_of_ours_is_logged_and_tells_nothing(
    world: World, office: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> Any:
        raise RuntimeError("the secret of the inside")

    monkeypatch.setattr(reference, "source_lines", fails)
    answer = office.get("sources")
    assert (answer.status, answer.headers["Content-Type"]) == (500, "application/problem+json")
    assert set(answer.json) == MEMBERS
    assert "secret" not in answer.raw.decode()
    assert "the secret of the inside" in caplog.text


def test_two_at_once_for_what_is_there_once_are_a_conflict(world: World, office: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def second() -> Any:
        raise IntegrityError("duplicate key")

    monkeypatch.setattr(reference, "source_lines", second)
    answer = office.get("sources")
    assert answer.status == 409
    assert "duplicate" not in answer.raw.decode()


def test_the_answer_is_json_whatever_is_accepted(world: World, office: Caller) -> None:
    for accept in ("text/html", "application/xml", "image/*", "nonsense"):
        answer = office.get("units?format=xml", Accept=accept)
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")


def test_a_head_request_tells_the_same_without_a_body(world: World, office: Caller) -> None:
    answer = office.call("HEAD", "units")
    assert (answer.status, answer.raw) == (200, b"")
