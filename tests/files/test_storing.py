"""Bytes are stored once, under their digest, and are safe before anybody is told."""

import hashlib
import io
import os
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from server.files import originals
from server.files.actions import register
from server.files.models import StoredBytes, StoredFile
from server.files.queries import on_disk, open_file, read_bytes
from server.files.refusals import BytesDamaged, DigestMismatch, Empty, IdTaken, TooLarge
from tests.files.samples import PDF, RECEIVED, put

pytestmark = pytest.mark.django_db
DIGEST = hashlib.sha256(PDF).hexdigest()


def everything_under(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_file_lies_under_its_own_digest_and_reads_back_byte_for_byte(storage_of_its_own: Path) -> None:
    file = StoredFile.objects.get(pk=put().pk)
    assert (file.sha256, file.size, file.media_type, file.name) == (DIGEST, len(PDF), "application/pdf", "登记表.pdf")
    assert everything_under(storage_of_its_own) == [f"originals/{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}"]
    assert read_bytes(file) == PDF
    with open_file(file) as opened, on_disk(file) as path:
        assert opened.read() == path.read_bytes() == PDF


def test_a_stored_original_is_not_writable(storage_of_its_own: Path) -> None:
    assert (storage_of_its_own / put().content.path).stat().st_mode & 0o222 == 0


def test_an_upload_and_an_open_file_are_stored_like_bytes() -> None:
    assert put(SimpleUploadedFile("a.pdf", PDF)).sha256 == put(io.BytesIO(PDF), uploader_id="8").sha256 == DIGEST


def test_the_same_bytes_from_two_people_are_stored_once_and_belong_to_both(storage_of_its_own: Path) -> None:
    first, second = put(uploader_id="7"), put(uploader_id="8", name="扫描件.pdf")
    assert first.pk != second.pk
    assert (first.uploader_id, second.uploader_id) == ("7", "8")
    assert StoredBytes.objects.count() == len(everything_under(storage_of_its_own)) == 1


def test_the_same_upload_sent_twice_is_one_row() -> None:
    assert put().pk == put().pk
    own_id = uuid4()
    assert put(uploader_id="9", file_id=own_id).pk == put(uploader_id="9", file_id=own_id).pk == own_id
    assert StoredFile.objects.count() == 2


@pytest.mark.parametrize("different", [{"content": b"other bytes"}, {"uploader_id": "8"}], ids=["other bytes", "another person"])
def test_an_id_that_is_taken_is_refused(different: dict[str, Any]) -> None:
    own_id = uuid4()
    put(file_id=own_id)
    with pytest.raises(IdTaken):
        put(file_id=own_id, **different)
    assert StoredFile.objects.get().sha256 == DIGEST


def test_a_declared_digest_is_checked_and_nothing_is_left_of_a_wrong_one(storage_of_its_own: Path) -> None:
    assert put(expected_sha256=DIGEST.upper()).sha256 == DIGEST
    with pytest.raises(DigestMismatch):
        put(PDF + b"x", expected_sha256=DIGEST)
    assert len(everything_under(storage_of_its_own)) == 1
    assert StoredBytes.objects.count() == 1


def test_an_empty_file_and_one_over_the_limit_are_refused_and_leave_nothing(storage_of_its_own: Path) -> None:
    with pytest.raises(Empty):
        put(b"")
    assert put(b"1234", limit=4).size == 4
    with pytest.raises(TooLarge) as refused:
        put(io.BytesIO(b"12345"), limit=4)
    assert refused.value.params == {"limit_mb": 0}
    assert len(everything_under(storage_of_its_own)) == StoredFile.objects.count() == 1


def test_bytes_are_on_the_disk_before_the_row(storage_of_its_own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    real = os.fsync

    def watching(descriptor: int) -> None:
        assert not StoredBytes.objects.exists()
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", watching)
    put()
    assert synced[1:] == [DIGEST[2:4], DIGEST[:2], "originals"]  # first the file, under its passing name, then its folders
    assert len(synced) == 4


def test_a_failure_before_the_row_leaves_bytes_that_the_next_upload_uses(storage_of_its_own: Path) -> None:
    kept = originals.keep(PDF)
    assert not StoredBytes.objects.exists()
    assert register(kept, uploader_id="7", media_type="application/pdf", name="a.pdf", at=RECEIVED).sha256 == put().sha256
    assert len(everything_under(storage_of_its_own)) == 1


def test_an_upload_that_breaks_off_leaves_nothing(storage_of_its_own: Path) -> None:
    class BreaksOff(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise ConnectionResetError
            return super().read(10)

    with pytest.raises(ConnectionResetError):
        put(BreaksOff(PDF))
    assert everything_under(storage_of_its_own) == []


def test_bytes_that_were_damaged_on_the_disk_are_never_overwritten_nor_taken_for_good(storage_of_its_own: Path) -> None:
    place = storage_of_its_own / put().content.path
    place.chmod(0o644)
    place.write_bytes(b"damaged")
    with pytest.raises(BytesDamaged):
        put(uploader_id="8")
    assert place.read_bytes() == b"damaged"


def test_reading_bytes_that_are_gone_says_so(storage_of_its_own: Path) -> None:
    file = put()
    (storage_of_its_own / file.content.path).unlink()
    with pytest.raises(BytesDamaged):
        read_bytes(file)


def test_a_storage_that_is_no_disk_keeps_the_same_bytes_once(remote_storage: None) -> None:
    first, second = put(), put(uploader_id="8")
    assert read_bytes(first) == read_bytes(second) == PDF
    assert default_storage.listdir(f"originals/{DIGEST[:2]}/{DIGEST[2:4]}") == ([], [DIGEST])
    with on_disk(first) as path:
        assert path.read_bytes() == PDF
    with pytest.raises(DigestMismatch):
        put(b"other", expected_sha256=DIGEST)


def test_no_row_of_a_stored_file_changes_but_its_name() -> None:
    file = put()
    StoredFile.objects.update(name="")
    for change in ({"uploader_id": "8"}, {"media_type": "text/html"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            StoredFile.objects.update(**change)
    for rows in (StoredFile.objects.all(), StoredBytes.objects.all()):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows._raw_delete("default")
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredBytes.objects.update(size=1)
    assert (file.uploader_id, StoredFile.objects.get().uploader_id) == ("7", "7")
