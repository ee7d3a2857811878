"""Bytes that arrive in parts are whole or not there, whoever writes at once and whatever is cut in the middle."""

import hashlib
import io
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.files.storage import storages

from server.files import partial
from server.files.models import PartialChunk, PartialUpload
from server.files.partial import Checksum, ChecksumMismatch, WrongOffset
from server.files.refusals import TooLarge, TooManyOpen
from server.runtime.refusals import NotThere
from tests.files.samples import RECEIVED

pytestmark = pytest.mark.django_db
WHOLE = bytes(range(256)) * 40


def begun(key: str = "photo:1", owner: str = "7", size: int = len(WHOLE)) -> PartialUpload:
    return partial.begin(owner, key, size=size, note={"stage": "before"}, at=RECEIVED)


def send(upload: PartialUpload, offset: int, content: bytes, checksum: Checksum | None = None) -> int:
    part = partial.receive(upload, offset, io.BytesIO(content), len(content), checksum)
    return partial.accept(upload, part, at=RECEIVED)


def again(upload: PartialUpload) -> PartialUpload:
    return PartialUpload.objects.get(pk=upload.pk)


def parts_under(folder: Path) -> list[Path]:
    return [path for path in (folder / "partial").rglob("*") if path.is_file()]


class Cut(io.BytesIO):
    """A source whose line breaks once its bytes are read."""

    def read(self, size: int | None = -1, /) -> bytes:
        block = super().read(size)
        if not block:
            raise ConnectionResetError
        return block


def test_parts_become_the_whole_and_then_leave_nothing_behind(storage_of_its_own: Path) -> None:
    upload = begun()
    assert send(upload, 0, WHOLE[:4000]) == 4000
    assert send(again(upload), 4000, WHOLE[4000:9000]) == 9000
    last = partial.receive(again(upload), 9000, io.BytesIO(WHOLE[9000:]), len(WHOLE) - 9000)
    assert partial.completes(again(upload), last)
    assert partial.whole(again(upload), last) == WHOLE
    assert partial.accept(again(upload), last, at=RECEIVED) == len(WHOLE)
    assert again(upload).finished_at == RECEIVED
    assert not PartialChunk.objects.exists()
    assert not parts_under(storage_of_its_own)


@pytest.mark.usefixtures("remote_storage")
def test_the_same_in_a_storage_that_is_no_disk() -> None:
    upload = begun()
    send(upload, 0, WHOLE[:4000])
    last = partial.receive(again(upload), 4000, io.BytesIO(WHOLE[4000:]), len(WHOLE) - 4000)
    assert partial.whole(again(upload), last) == WHOLE
    partial.accept(again(upload), last, at=RECEIVED)
    assert storages["default"].listdir(f"partial/{upload.pk}")[1] == []


def test_a_row_says_what_is_stored_and_not_what_is_on_its_way(storage_of_its_own: Path) -> None:
    upload = begun()
    part = partial.receive(upload, 0, io.BytesIO(WHOLE[:4000]), 4000)
    assert parts_under(storage_of_its_own)[0].read_bytes() == WHOLE[:4000]
    assert again(upload).offset == 0  # killed here, the phone sends these bytes again
    partial.accept(upload, part, at=RECEIVED)
    assert again(upload).offset == 4000


def test_what_was_cut_in_the_middle_is_kept_up_to_the_cut() -> None:
    upload = begun()
    part = partial.receive(upload, 0, Cut(WHOLE[:3000]), 8000)
    assert partial.accept(upload, part, at=RECEIVED) == 3000
    assert send(again(upload), 3000, WHOLE[3000:4000]) == 4000


def test_a_cut_before_the_first_byte_changes_nothing(storage_of_its_own: Path) -> None:
    upload = begun()
    assert partial.accept(upload, partial.receive(upload, 0, Cut(b""), 8000), at=RECEIVED) == 0
    assert send(again(upload), 0, WHOLE[:10]) == 10
    assert len(parts_under(storage_of_its_own)) == 1


@pytest.mark.parametrize("algorithm", partial.CHECKSUMS)
def test_a_part_with_another_checksum_leaves_the_upload_where_it_stood(algorithm: str, storage_of_its_own: Path) -> None:
    upload = begun()
    right = Checksum(algorithm, hashlib.new(algorithm, WHOLE[:4000]).digest())
    with pytest.raises(ChecksumMismatch):
        send(upload, 0, WHOLE[:3999] + b"?", right)
    with pytest.raises(ChecksumMismatch):
        partial.receive(upload, 0, Cut(WHOLE[:100]), 4000, right)
    assert again(upload).offset == 0
    assert not parts_under(storage_of_its_own)
    assert send(upload, 0, WHOLE[:4000], right) == 4000


@pytest.mark.parametrize("offset", [1, 3999, 4001, 2**63])
def test_a_part_that_begins_elsewhere_is_refused_before_it_is_read(offset: int) -> None:
    upload = begun()
    send(upload, 0, WHOLE[:4000])
    with pytest.raises(WrongOffset):
        partial.receive(again(upload), offset, Cut(b""), 10)


def test_more_bytes_than_were_declared_are_refused() -> None:
    upload = begun(size=100)
    with pytest.raises(TooLarge):
        send(upload, 0, WHOLE[:101])
    assert again(upload).offset == 0


def test_of_two_who_write_the_same_part_one_wins(storage_of_its_own: Path) -> None:
    upload, other = begun(), begun()
    first = partial.receive(upload, 0, io.BytesIO(WHOLE[:4000]), 4000)
    second = partial.receive(other, 0, io.BytesIO(WHOLE[:5000]), 5000)
    assert partial.accept(other, second, at=RECEIVED) == 5000
    with pytest.raises(WrongOffset):
        partial.accept(upload, first, at=RECEIVED)
    assert again(upload).offset == 5000
    assert [path.read_bytes() for path in parts_under(storage_of_its_own)] == [WHOLE[:5000]]


def test_the_same_upload_begun_twice_is_one_and_goes_on(storage_of_its_own: Path) -> None:
    upload = begun()
    send(upload, 0, WHOLE[:4000])
    assert (begun().pk, begun().offset) == (upload.pk, 4000)
    assert begun(owner="8").pk != upload.pk
    assert begun(key="photo:2").pk != upload.pk


def test_another_length_begins_anew(storage_of_its_own: Path) -> None:
    send(begun(), 0, WHOLE[:4000])
    anew = begun(size=5000)
    assert (anew.offset, anew.size) == (0, 5000)
    assert PartialUpload.objects.count() == 1
    assert not parts_under(storage_of_its_own)


def test_nobody_finds_anothers_upload_or_one_that_is_over() -> None:
    upload = begun()
    assert partial.find(upload.pk, "7", RECEIVED).pk == upload.pk
    for pk, owner, at in (
        (upload.pk, "8", RECEIVED),
        (uuid4(), "7", RECEIVED),
        (upload.pk, "7", RECEIVED + partial.LIFE),
    ):
        with pytest.raises(NotThere):
            partial.find(pk, owner, at)


def test_expired_uploads_go_with_their_parts_and_younger_ones_stay(storage_of_its_own: Path) -> None:
    old, young = begun(), begun(key="photo:2")
    send(old, 0, WHOLE[:10])
    later = RECEIVED + timedelta(days=3)
    part = partial.receive(young, 0, io.BytesIO(WHOLE[:20]), 20)
    partial.accept(young, part, at=later)
    stray = storage_of_its_own / "partial" / str(uuid4()) / "0-left"
    stray.parent.mkdir()
    stray.write_bytes(b"left by an upload that is gone")
    assert partial.expire(RECEIVED + partial.LIFE) == 1
    assert [path.read_bytes() for path in parts_under(storage_of_its_own)] == [WHOLE[:20]]
    assert list(PartialUpload.objects.values_list("pk", flat=True)) == [young.pk]
    assert partial.expire(RECEIVED + partial.LIFE) == 0


@pytest.mark.usefixtures("remote_storage")
def test_expired_parts_go_from_a_storage_that_is_no_disk() -> None:
    upload = begun()
    send(upload, 0, WHOLE[:10])
    assert partial.expire(RECEIVED + partial.LIFE) == 1
    assert storages["default"].listdir(f"partial/{upload.pk}")[1] == []


@pytest.fixture(params=["disk", "no disk"])
def either_storage(request: pytest.FixtureRequest) -> None:
    if request.param == "no disk":
        request.getfixturevalue("remote_storage")


def kept_parts() -> list[str]:
    """The parts of every upload that still lie in the storage, whatever kind it is of."""
    storage = storages["default"]
    if not storage.exists("partial"):
        return []
    return [name for folder in storage.listdir("partial")[0] for name in storage.listdir(f"partial/{folder}")[1]]


@pytest.mark.usefixtures("either_storage")
def test_a_part_that_is_acknowledged_while_the_cleaning_looks_keeps_its_upload(monkeypatch: pytest.MonkeyPatch) -> None:
    upload = begun()
    send(upload, 0, WHOLE[:10])
    on_its_way = partial.receive(upload, 10, io.BytesIO(WHOLE[10:30]), 20)
    end_expired = partial._end_expired

    def acknowledged_first(upload_id: UUID, at: datetime) -> bool:
        assert partial.accept(upload, on_its_way, at=RECEIVED + partial.LIFE - timedelta(seconds=1)) == 30
        return end_expired(upload_id, at)

    monkeypatch.setattr(partial, "_end_expired", acknowledged_first)
    assert partial.expire(RECEIVED + partial.LIFE) == 0
    last = partial.receive(again(upload), 30, io.BytesIO(WHOLE[30:]), len(WHOLE) - 30)
    assert partial.whole(upload, last) == WHOLE


@pytest.mark.usefixtures("either_storage")
def test_a_part_that_comes_after_the_cleaning_is_not_acknowledged_and_leaves_nothing() -> None:
    upload = begun()
    send(upload, 0, WHOLE[:10])
    on_its_way = partial.receive(upload, 10, io.BytesIO(WHOLE[10:30]), 20)
    assert partial.expire(RECEIVED + partial.LIFE) == 1
    assert kept_parts() == []
    with pytest.raises(WrongOffset):
        partial.whole(upload, on_its_way)
    with pytest.raises(WrongOffset):
        partial.accept(upload, on_its_way, at=RECEIVED + partial.LIFE)
    assert not PartialUpload.objects.exists()


@pytest.mark.usefixtures("either_storage")
def test_a_part_written_while_its_upload_is_cleaned_away_is_refused_and_goes_with_the_next_cleaning() -> None:
    upload = begun()

    class CleanedMeanwhile(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            partial.expire(RECEIVED + partial.LIFE)
            return super().read(size)

    with pytest.raises(WrongOffset):
        partial.accept(upload, partial.receive(upload, 0, CleanedMeanwhile(WHOLE), len(WHOLE)), at=RECEIVED + partial.LIFE)
    partial.expire(RECEIVED + partial.LIFE)
    assert kept_parts() == []


def test_room_is_asked_for_what_is_new_alone() -> None:
    room = partial.Room(uploads=1, size=len(WHOLE))
    one = partial.begin("7", "photo:1", size=len(WHOLE), note={}, at=RECEIVED, room=room)
    with pytest.raises(TooManyOpen):
        partial.begin("7", "photo:2", size=1, note={}, at=RECEIVED, room=room)
    assert partial.begin("7", "photo:1", size=len(WHOLE), note={}, at=RECEIVED, room=room) == one
    assert partial.begin("7", "photo:2", size=1, note={}, at=RECEIVED, whole=True, room=room).finished_at == RECEIVED
    send(one, 0, WHOLE)
    with pytest.raises(TooManyOpen):
        partial.begin("7", "photo:3", size=len(WHOLE) + 1, note={}, at=RECEIVED, room=room)
    assert partial.begin("7", "photo:3", size=len(WHOLE), note={}, at=RECEIVED, room=room)
