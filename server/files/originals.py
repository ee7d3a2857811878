"""Original bytes in the default storage: written once under their own digest, synced before anybody is told, never
overwritten.
"""

import hashlib
import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, default_storage, storages

from server.files.refusals import BytesDamaged, DigestMismatch, Empty, TooLarge

ORIGINALS = "originals"
INCOMING = "incoming"
LIMIT = 60 * 1024 * 1024
BLOCK = 1024 * 1024
IN_MEMORY = 8 * 1024 * 1024


class Readable(Protocol):
    """Anything that gives its bytes block by block: an open file, an upload, a BytesIO."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Kept:
    """Bytes that are safely stored but that no row tells of yet."""

    sha256: str
    size: int
    path: str


def address_of(sha256: str) -> str:
    """The one path that bytes of this digest (64 lower-case hex digits) have: originals/ab/cd/abcd…"""
    return f"{ORIGINALS}/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def keep(source: bytes | Readable, *, expected_sha256: str | None = None, limit: int = LIMIT) -> Kept:
    """Store the bytes, synced, under their digest, and return it. Needs no transaction and should be called outside one.

    Bytes that are already there are read and compared, and not written again. `expected_sha256`: hex, either case; `limit`:
    bytes. Raises Empty, TooLarge, DigestMismatch (then nothing is left behind), BytesDamaged when the address holds other
    bytes.
    """
    storage = storages["default"]
    if isinstance(storage, FileSystemStorage):
        return _keep_on_disk(storage, source, expected_sha256, limit)
    return _keep_elsewhere(storage, source, expected_sha256, limit)


def open_original(path: str) -> "File[bytes]":
    """Open stored bytes for reading. Raises BytesDamaged when they are gone."""
    try:
        return default_storage.open(path, "rb")
    except FileNotFoundError:
        raise BytesDamaged(path) from None


def digest_at(path: str) -> tuple[str, int]:
    """SHA-256 (hex) and size of what lies at `path`. Raises BytesDamaged when nothing does."""
    with open_original(path) as stored:
        return _hash(stored)


@contextmanager
def on_disk(path: str) -> Iterator[Path]:
    """The stored bytes as a file that another process can read: the original itself on a local disk, else a copy for the
    while.
    """
    storage = storages["default"]
    if isinstance(storage, FileSystemStorage):
        yield Path(storage.path(path))
        return
    with tempfile.NamedTemporaryFile() as copy:
        with open_original(path) as stored:
            for block in stored.chunks(BLOCK):
                copy.write(block)
        copy.flush()
        yield Path(copy.name)


def destroy(path: str) -> None:
    """Remove the bytes for good. Only for bytes that are sealed."""
    storage = storages["default"]
    storage.delete(path)
    if isinstance(storage, FileSystemStorage):
        with suppress(FileNotFoundError):
            sync_folder(Path(storage.path(path)).parent)


def everything_stored() -> Iterator[str]:
    """Every path in the storage that belongs to this room: originals, and uploads that never ended."""
    yield from _walk(storages["default"], ORIGINALS)
    yield from _walk(storages["default"], INCOMING)


def _keep_on_disk(storage: FileSystemStorage, source: bytes | Readable, expected: str | None, limit: int) -> Kept:
    incoming = Path(storage.path(f"{INCOMING}/{uuid.uuid4().hex}"))
    incoming.parent.mkdir(parents=True, exist_ok=True)
    try:
        with incoming.open("xb") as written:
            sha256, size = _copy(source, written, limit)
            _judge(sha256, size, expected)
            written.flush()
            os.fsync(written.fileno())
        incoming.chmod(0o444)
        path = address_of(sha256)
        final = Path(storage.path(path))
        final.parent.mkdir(parents=True, exist_ok=True)
        _place(incoming, final, sha256)
        for folder in (final.parent, final.parent.parent, final.parent.parent.parent):
            sync_folder(folder)  # each time: whoever made the folder may not have synced it yet
        return Kept(sha256, size, path)
    finally:
        incoming.unlink(missing_ok=True)


def _place(incoming: Path, final: Path, sha256: str) -> None:
    """Give the bytes their address in one step that fails when there is something: two uploads at once settle it here."""
    try:
        os.link(incoming, final)
    except FileExistsError:
        with final.open("rb") as there:
            if _hash(there)[0] != sha256:
                raise BytesDamaged(address_of(sha256)) from None
    except OSError:  # a file system without hard links; who is first or second does not matter, the bytes are the same
        if not final.exists():
            incoming.rename(final)


def _keep_elsewhere(storage: Storage, source: bytes | Readable, expected: str | None, limit: int) -> Kept:
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as held:
        sha256, size = _copy(source, held, limit)
        _judge(sha256, size, expected)
        path = address_of(sha256)
        if not storage.exists(path):
            held.seek(0)
            named = storage.save(path, File(held, name=path))
            if named != path:  # somebody else stored the same bytes in between, and the storage chose another name for ours
                storage.delete(named)
        if digest_at(path) != (sha256, size):
            raise BytesDamaged(path)
        return Kept(sha256, size, path)


def _copy(source: bytes | Readable, target: IO[bytes], limit: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for block in _blocks(source):
        size += len(block)
        if size > limit:
            raise TooLarge(limit_mb=limit // (1024 * 1024))
        digest.update(block)
        target.write(block)
    return digest.hexdigest(), size


def _hash(stored: Readable) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for block in _blocks(stored):
        digest.update(block)
        size += len(block)
    return digest.hexdigest(), size


def _blocks(source: bytes | Readable) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield source
        return
    while block := source.read(BLOCK):
        yield block


def _judge(sha256: str, size: int, expected: str | None) -> None:
    if not size:
        raise Empty
    if expected is not None and expected.lower() != sha256:
        raise DigestMismatch


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _walk(storage: Storage, folder: str) -> Iterator[str]:
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(files):
        yield f"{folder}/{name}"
    for name in sorted(folders):
        yield from _walk(storage, f"{folder}/{name}")
