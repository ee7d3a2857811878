"""Reading stored files. Whether somebody may, is asked where the file is named."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.core.files import File
from django.core.files.storage import storages

from server.files import originals
from server.files.models import StoredBytes, StoredFile
from server.files.refusals import SealedBytes


def open_file(file: StoredFile) -> "File[bytes]":
    """Open the original for reading. Raises SealedBytes, BytesDamaged."""
    return originals.open_original(_path_of(file))


def read_bytes(file: StoredFile) -> bytes:
    """The whole original. Raises SealedBytes, BytesDamaged."""
    with open_file(file) as stored:
        whole: bytes = stored.read()
    return whole


def on_disk(file: StoredFile) -> AbstractContextManager[Path]:
    """The original as a file for another process to read, never to change. Raises SealedBytes."""
    return originals.on_disk(_path_of(file))


def _path_of(file: StoredFile) -> str:
    if file.sealed_at is not None:
        raise SealedBytes
    return file.content.path


@dataclass(frozen=True, slots=True)
class Orphan:
    """A row whose file is missing (`row` true), or a file that no row tells of."""

    path: str
    row: bool


def orphans(older_than: datetime) -> Iterator[Orphan]:
    """Rows without files and files without rows, these last only when older than `older_than`: an upload may be on its way."""
    storage = storages["default"]
    for content in StoredBytes.objects.filter(sealing__isnull=True).order_by("sha256").iterator():
        if not storage.exists(content.path):
            yield Orphan(content.path, row=True)
    for path in originals.everything_stored():
        known = StoredBytes.objects.filter(sha256=path.rsplit("/", 1)[-1], path=path, sealing__isnull=True).exists()
        if not known and storage.get_modified_time(path) < older_than:
            yield Orphan(path, row=False)
