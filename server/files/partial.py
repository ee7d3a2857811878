"""Bytes that arrive in parts, over hours and bad networks, until they are whole. Knows no caller and no protocol.

Every part is written once, under a name of its own, and synced before the row that tells of it is committed. Nothing is ever
appended to: a crash leaves a part nobody tells of, never one that is half told of. So it is the same on a disk and in an object
store, on one web node and on many (docs/decisions/uploads.md). Two writers at once are settled by one conditional UPDATE.
"""

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from uuid import UUID

from django.core.files import File
from django.core.files.storage import FileSystemStorage, storages
from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext_noop

from server.files.models import PartialChunk, PartialUpload
from server.files.originals import BLOCK, IN_MEMORY, Readable, sync_folder
from server.files.refusals import DigestMismatch, TooLarge, TooManyOpen
from server.runtime import locks
from server.runtime.refusals import Conflict, NotThere

PARTS = "partial"
LIFE = timedelta(days=7)
CHECKSUMS = ("sha1", "sha256")


class WrongOffset(Conflict):
    """The part does not begin where the upload stands: ask where it stands, and go on from there (409)."""

    text = gettext_noop("The upload stands at another byte.")


class ChecksumMismatch(DigestMismatch):
    """This part was damaged on its way; the upload stands where it stood (460)."""

    code = "checksum_mismatch"
    text = gettext_noop("A part of the file was damaged on its way; send it again.")


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a part's bytes must have: `algorithm` one of CHECKSUMS, `digest` its bytes."""

    algorithm: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes of an upload that are safely stored, and that no row tells of yet."""

    offset: int
    size: int
    path: str


@dataclass(frozen=True, slots=True)
class Room:
    """How many unfinished uploads one owner may have, and how many bytes all of them together when they are whole."""

    uploads: int
    size: int


def begin(
    owner_id: object, key: str, *, size: int, note: dict[str, Any], at: datetime, whole: bool = False, room: Room | None = None
) -> PartialUpload:
    """The upload of this owner and key, made if it is not there; the same again gives the same one, with the newest note.

    `size` in bytes; another size than before begins anew. `whole`: the caller has these bytes already. Raises TooManyOpen when
    `room` has none for a new one; one that is known, or whole, needs none.
    """
    owner = str(owner_id)
    old = PartialUpload.objects.filter(owner_id=owner, key=key).first()
    if old is not None and old.expires_at <= at:
        _end_expired(old.pk, at)
    elif old is not None and old.size != size:
        end(old)
    with transaction.atomic():
        locks.hold(f"uploads:{owner}")  # two beginning at once are counted one after the other
        upload = PartialUpload.objects.filter(owner_id=owner, key=key).first()
        if upload is None and room is not None and not whole:
            _make_sure_of(room, owner, size, at)
        made: dict[str, Any] = {"size": size, "note": note, "begun_at": at, "expires_at": at + LIFE}
        if whole:
            made |= {"offset": size, "finished_at": at}
        if upload is None:
            return PartialUpload.objects.create(owner_id=owner, key=key, **made)
        if upload.finished_at is None and upload.note != note:
            PartialUpload.objects.filter(pk=upload.pk, finished_at__isnull=True).update(note=note)
            upload.note = note
    return upload


def _make_sure_of(room: Room, owner: str, size: int, at: datetime) -> None:
    unfinished = PartialUpload.objects.filter(owner_id=owner, finished_at__isnull=True, expires_at__gt=at)
    there = unfinished.aggregate(uploads=Count("pk"), size=Sum("size"))
    if there["uploads"] >= room.uploads or (there["size"] or 0) + size > room.size:
        raise TooManyOpen


def find(upload_id: UUID, owner_id: object, at: datetime) -> PartialUpload:
    """One's own upload. Raises NotThere, also when it has expired."""
    upload = PartialUpload.objects.filter(pk=upload_id, owner_id=str(owner_id), expires_at__gt=at).first()
    if upload is None:
        raise NotThere
    return upload


def receive(upload: PartialUpload, offset: int, source: Readable, length: int, checksum: Checksum | None = None) -> Part:
    """Store one part, synced, and tell nobody yet: `accept` does, `drop` throws it away.

    Reads at most `length` bytes. A source that ends earlier was cut: what came is kept, unless a checksum was to prove it.
    Raises WrongOffset and TooLarge before anything is read, ChecksumMismatch when nothing is left behind.
    """
    if offset != upload.offset or upload.finished_at is not None:
        raise WrongOffset
    if length > upload.size - offset:
        raise TooLarge(limit_mb=-(-upload.size // (1024 * 1024)))
    path = f"{_folder(upload.pk)}/{offset:012d}-{uuid.uuid4().hex}"
    digest = hashlib.new(checksum.algorithm) if checksum else None
    try:
        with _writing(path) as written:
            size = _copied(source, written, length, digest)
    except FileNotFoundError:  # the upload was ended meanwhile, and its folder with it
        raise WrongOffset from None
    part = Part(offset, size, path)
    if digest and checksum and digest.digest() != checksum.digest:
        drop(part)
        raise ChecksumMismatch
    return part


def _copied(source: Readable, written: IO[bytes], length: int, digest: Any) -> int:
    """Copy at most `length` bytes, to the digest too if there is one; how many came."""
    size = 0
    while size < length:
        try:
            block = source.read(min(BLOCK, length - size))
        except OSError:  # cut in the middle: what came before it is whole
            block = b""
        if not block:
            break
        size += len(block)
        written.write(block)
        if digest:
            digest.update(block)
    return size


def completes(upload: PartialUpload, part: Part) -> bool:
    """Whether with this part all bytes are there."""
    return part.offset + part.size == upload.size


def whole(upload: PartialUpload, last: Part) -> bytes:
    """All bytes of the upload, `last` being the part that no row tells of yet. Raises WrongOffset when another was quicker."""
    told = [Part(chunk.offset, chunk.size, chunk.path) for chunk in upload.chunks.order_by("offset")]
    joined = bytearray()
    for part in [*told, last]:
        if part.offset != len(joined):
            raise WrongOffset
        try:
            with storages["default"].open(part.path, "rb") as stored:
                joined += stored.read()
        except FileNotFoundError:
            raise WrongOffset from None
    return bytes(joined)


def accept(upload: PartialUpload, part: Part, *, at: datetime) -> int:
    """Tell of a stored part, and return where the upload stands now. With the last part it is whole, and its parts go.

    Against another writer of the same upload the conditional UPDATE decides. Raises WrongOffset for whoever came second.
    """
    if not part.size:
        drop(part)
        return upload.offset
    offset = part.offset + part.size
    finished = offset == upload.size
    now = {"offset": offset, "expires_at": at + LIFE, "finished_at": at if finished else None}
    with transaction.atomic():
        standing = PartialUpload.objects.filter(pk=upload.pk, offset=part.offset, finished_at__isnull=True)
        won = standing.update(**now) == 1
        if won and finished:
            PartialChunk.objects.filter(upload=upload).delete()
        elif won:
            PartialChunk.objects.create(upload=upload, offset=part.offset, size=part.size, path=part.path)
    if not won:
        drop(part)
        raise WrongOffset
    if finished:
        _remove(_folder(upload.pk))
    upload.offset, upload.expires_at, upload.finished_at = offset, at + LIFE, at if finished else None
    return offset


def drop(part: Part) -> None:
    """Throw away a part that no row tells of."""
    storages["default"].delete(part.path)


def end(upload: PartialUpload) -> None:
    """Remove an upload with all its parts: the row first, so that none ever tells of parts that are gone."""
    folder = _folder(upload.pk)
    upload.delete()
    _remove(folder)


def _end_expired(upload_id: UUID, at: datetime) -> bool:
    """Remove an upload whose time has run out; not one that a part has kept alive since it was looked at."""
    with transaction.atomic():
        upload = PartialUpload.objects.select_for_update().filter(pk=upload_id, expires_at__lte=at).first()
        if upload is None:
            return False
        upload.delete()
    _remove(_folder(upload_id))
    return True


def expire(at: datetime) -> int:
    """Remove uploads whose time has run out, and folders of uploads that are gone; returns how many uploads."""
    count = 0
    for upload_id in list(PartialUpload.objects.filter(expires_at__lte=at).values_list("pk", flat=True)):
        count += _end_expired(upload_id, at)
    try:
        folders, _files = storages["default"].listdir(PARTS)
    except FileNotFoundError:
        return count
    for name in folders:
        with suppress(ValueError):
            if not PartialUpload.objects.filter(pk=UUID(name)).exists():
                _remove(f"{PARTS}/{name}")
    return count


def _folder(upload_id: UUID) -> str:
    return f"{PARTS}/{upload_id}"


@contextmanager
def _writing(path: str) -> Iterator[IO[bytes]]:
    """A new file at `path`; when the block is left it is safely stored, and nothing is when the block fails."""
    storage = storages["default"]
    if not isinstance(storage, FileSystemStorage):
        with SpooledTemporaryFile(max_size=IN_MEMORY) as held:
            yield held
            held.seek(0)
            storage.save(path, File(held, name=path))
        return
    final = Path(storage.path(path))
    final.parent.mkdir(parents=True, exist_ok=True)
    try:
        with final.open("xb") as written:
            yield written
            written.flush()
            os.fsync(written.fileno())
    except BaseException:
        final.unlink(missing_ok=True)
        raise
    for folder in (final.parent, final.parent.parent, final.parent.parent.parent):
        sync_folder(folder)


def _remove(folder: str) -> None:
    storage = storages["default"]
    if isinstance(storage, FileSystemStorage):
        shutil.rmtree(storage.path(folder), ignore_errors=True)
        return
    with suppress(FileNotFoundError):
        for name in storage.listdir(folder)[1]:
            storage.delete(f"{folder}/{name}")
