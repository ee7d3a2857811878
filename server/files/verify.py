"""Comparing every stored file with its digest, and every digest the record names with what is stored."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from server.files import originals
from server.files.models import StoredBytes
from server.files.refusals import BytesDamaged
from server.records.models import Entry

TOGETHER = 500


class FileFault(models.TextChoices):
    MISSING = "missing", _("the file is not there")
    CHANGED = "changed", _("its bytes are not those of its digest")
    MOVED = "moved", _("its path is not that of its digest")
    NOT_DESTROYED = "not_destroyed", _("it was ordered to be destroyed and is still there")
    UNKNOWN = "unknown", _("the record names its digest, and nothing of that digest is stored")


@dataclass(frozen=True, slots=True)
class FileState:
    """One stored file after looking at it: whole (`fault` None), lawfully destroyed (`sealed`), or broken."""

    path: str
    ids: tuple[str, ...] = ()
    fault: FileFault | None = None
    sealed: str = ""


def verify_files() -> Iterator[FileState]:
    """Read every stored original, in the order of the digests, and say of each how it stands."""
    for content in StoredBytes.objects.select_related("sealing").order_by("sha256").iterator(chunk_size=TOGETHER):
        sealing = content.sealing_or_none
        fault = _fault_of(content)
        if sealing is not None:
            fault = None if fault == FileFault.MISSING else FileFault.NOT_DESTROYED
            yield FileState(content.path, _ids(content), fault, sealed=f"{sealing.at:%Y-%m-%d} {sealing.ground}")
        else:
            yield FileState(content.path, _ids(content) if fault else (), fault)


def _fault_of(content: StoredBytes) -> FileFault | None:
    if content.path != originals.address_of(content.sha256):
        return FileFault.MOVED
    try:
        found = originals.digest_at(content.path)
    except BytesDamaged:
        return FileFault.MISSING
    return None if found == (content.sha256, content.size) else FileFault.CHANGED


def _ids(content: StoredBytes) -> tuple[str, ...]:
    return tuple(str(id_) for id_ in content.files.order_by("received_at").values_list("id", flat=True)[:5])


@dataclass(slots=True)
class NamedDigests:
    """Collects, from the entries it is shown, the digests of files they name (`file_sha256`), and finds those that are not
    stored.

    So a file cannot be exchanged together with its row: the record still names the old digest.
    """

    unknown: list[FileState] = field(default_factory=list)
    _waiting: dict[str, str] = field(default_factory=dict)

    def look_at(self, entry: Entry) -> None:
        if "file_sha256" not in entry.after:
            return
        for digest in _digests_in(entry.after_values):
            self._waiting.setdefault(digest, str(entry.id))
        if len(self._waiting) >= TOGETHER:
            self.compare()

    def compare(self) -> list[FileState]:
        """Look the digests collected so far up, and return all that were not found until now."""
        stored = set(StoredBytes.objects.filter(pk__in=list(self._waiting)).values_list("pk", flat=True))
        self.unknown += [
            FileState(digest, (f"entry {entry}",), FileFault.UNKNOWN)
            for digest, entry in self._waiting.items()
            if digest not in stored
        ]
        self._waiting.clear()
        return self.unknown


def _digests_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "file_sha256" and isinstance(item, str):
                yield item
            else:
                yield from _digests_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _digests_in(item)
