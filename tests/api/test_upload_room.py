"""/uploads/: how much one person may have half sent, what expires, and what a storage that fails does to what is on its way."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError
from pytest_django import Settings

from server.evidence.models import Photo
from server.files import originals, partial
from server.files.models import PartialChunk, PartialUpload
from server.files.queries import read_bytes
from tests.api.calling import Caller
from tests.api.conftest import Clock
from tests.api.test_uploads import DATA, HALF, begin, head, located, offset_of, patch
from tests.world import World

pytestmark = pytest.mark.django_db
MEGABYTE = 1024 * 1024


def test_more_half_sent_uploads_than_there_is_room_for_wait_until_one_is_whole(inspector: Caller, settings: Settings) -> None:
    settings.OPEN_UPLOADS_A_PERSON = 2
    first, second = uuid4(), uuid4()
    address = located(begin(inspector, first))
    other = located(begin(inspector, second))
    refused = begin(inspector, uuid4())
    assert (refused.status, refused.headers["Retry-After"], refused.headers["Tus-Resumable"]) == (429, "300", "1.0.0")
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json["errors"][0]["code"] == "too_many_open"
    assert PartialUpload.objects.count() == 2
    # What is known goes on: the same photo again, its parts, and a photo that is here already.
    assert located(begin(inspector, first)) == address
    assert patch(inspector, address, 0, DATA).status == 204
    assert located(begin(inspector, first)) == address
    assert located(begin(inspector, uuid4())) not in (address, other)
    assert begin(inspector, uuid4()).status == 429
    here = uuid4()
    assert inspector.put_photo(DATA, here).status == 201
    assert begin(inspector, here).headers["Upload-Offset"] == str(len(DATA))


def test_the_bytes_of_all_that_is_half_sent_have_a_limit_too(inspector: Caller, settings: Settings) -> None:
    settings.OPEN_UPLOAD_MEGABYTES_A_PERSON = 10
    assert begin(inspector, uuid4(), Upload_Length=str(6 * MEGABYTE)).status == 201
    assert begin(inspector, uuid4(), Upload_Length=str(4 * MEGABYTE + 1)).status == 429
    assert begin(inspector, uuid4(), Upload_Length=str(4 * MEGABYTE)).status == 201
    assert begin(inspector, uuid4(), Upload_Length="1").status == 429


def test_nobody_takes_anothers_room_and_what_was_ended_or_has_expired_takes_none(
    world: World, inspector: Caller, settings: Settings, server_clock: Clock
) -> None:
    settings.OPEN_UPLOADS_A_PERSON = 1
    address = located(begin(inspector, uuid4()))
    assert begin(inspector, uuid4()).status == 429
    assert begin(Caller(world.other_inspector), uuid4()).status == 201
    assert inspector.call("DELETE", address, Tus_Resumable="1.0.0").status == 204
    expiring = located(begin(inspector, uuid4()))
    assert begin(inspector, uuid4()).status == 429
    server_clock.to(server_clock.at + partial.LIFE + timedelta(seconds=1))
    assert begin(inspector, uuid4()).status == 201
    assert head(inspector, expiring).status == 404


def test_the_limits_let_a_long_time_without_network_through(inspector: Caller) -> None:
    """Two hundred photos of ten megabytes, each cut after it began; and the first of them goes on."""
    begun = [begin(inspector, uuid4(), Upload_Length=str(10 * MEGABYTE)) for _n in range(200)]
    assert {answer.status for answer in begun} == {201}
    assert patch(inspector, located(begun[0]), 0, DATA[:HALF]).status == 204


def test_an_upload_that_expired_begins_anew_and_its_late_part_is_told_so(inspector: Caller, server_clock: Clock) -> None:
    photo = uuid4()
    address = located(begin(inspector, photo))
    patch(inspector, address, 0, DATA[:HALF])
    server_clock.to(server_clock.at + partial.LIFE + timedelta(seconds=1))
    assert head(inspector, address).status == 404
    late = patch(inspector, address, HALF, DATA[HALF:])
    assert (late.status, late.headers["Tus-Resumable"]) == (404, "1.0.0")
    anew = located(begin(inspector, photo))
    assert anew != address
    assert offset_of(inspector, anew) == 0
    assert patch(inspector, anew, 0, DATA).status == 204
    assert Photo.objects.filter(pk=photo).exists()


def test_every_standing_upload_says_until_when(inspector: Caller) -> None:
    address = located(begin(inspector, uuid4()))
    first = patch(inspector, address, 0, DATA[:HALF])
    assert first.headers["Upload-Expires"] == head(inspector, address).headers["Upload-Expires"]
    last = patch(inspector, address, HALF, DATA[HALF:])
    assert "Upload-Expires" not in last.headers


# --- storage or database dying in the middle -----------------------------------------------------------------------------


def no_space(*_args: Any, **_kwargs: Any) -> Any:
    raise OSError(28, "No space left on device")


def database_gone(*_args: Any, **_kwargs: Any) -> Any:
    raise OperationalError("the connection is closed")


@pytest.mark.parametrize(
    ("broken", "name", "how"),
    [
        (partial.os, "fsync", no_space),
        (PartialChunk.objects, "create", database_gone),
        (partial, "accept", database_gone),
    ],
)
def test_a_part_whose_storing_fails_is_not_acknowledged_and_is_sent_again(
    inspector: Caller, monkeypatch: pytest.MonkeyPatch, broken: Any, name: str, how: Any
) -> None:
    photo = uuid4()
    address = located(begin(inspector, photo))
    with monkeypatch.context() as failing:
        failing.setattr(broken, name, how)
        failed = patch(inspector, address, 0, DATA[:HALF])
    assert (failed.status, failed.headers["Content-Type"]) == (500, "application/problem+json")
    assert offset_of(inspector, address) == 0
    assert patch(inspector, address, 0, DATA[:HALF]).status == 204
    assert patch(inspector, address, HALF, DATA[HALF:]).status == 204
    assert read_bytes(Photo.objects.get(pk=photo).file) == DATA


@pytest.mark.parametrize(("broken", "name", "how"), [(originals, "keep", no_space), (Photo.objects, "create", database_gone)])
def test_a_photo_that_cannot_be_kept_leaves_its_upload_where_it_stood(
    inspector: Caller, monkeypatch: pytest.MonkeyPatch, broken: Any, name: str, how: Any
) -> None:
    photo = uuid4()
    address = located(begin(inspector, photo))
    patch(inspector, address, 0, DATA[:HALF])
    with monkeypatch.context() as failing:
        failing.setattr(broken, name, how)
        assert patch(inspector, address, HALF, DATA[HALF:]).status == 500
        assert inspector.put_photo(DATA, photo).status == 500
    assert not Photo.objects.exists()
    assert inspector.post("receipts", {"photos": [str(photo)]}).json["photos"] == []
    assert offset_of(inspector, address) == HALF
    assert patch(inspector, address, HALF, DATA[HALF:]).status == 204
    assert read_bytes(Photo.objects.get(pk=photo).file) == DATA
