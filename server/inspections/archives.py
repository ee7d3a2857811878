"""A phone's "save to file": a zip whose `manifest.json` names every item, a report's or visit's very text, a photo's bytes.

Nothing is ever unpacked to a path: an item's file is read by its name, with a limit, into memory. So names that lead out of the
archive and links lead nowhere; bombs are cut by the limits and by a budget for the whole.
"""

import json
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from django.utils.translation import gettext_noop

from server.files.kinds import ENCRYPTED, refuse_many_members
from server.files.originals import LIMIT
from server.files.refusals import UnsafeArchive, WrongKind
from server.runtime.refusals import Invalid

MANIFEST = "manifest.json"
FORMAT = "xungai-phone-archive"
VERSION = 1
MOST_MEMBERS = 20_000
LARGEST_MANIFEST = 32 * 1024 * 1024
LARGEST_BODY = 2 * 1024 * 1024
MOST_READ = 4 * 1024 * 1024 * 1024
_BROKEN = (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, OverflowError, UnicodeDecodeError, EOFError, OSError)
NO_ARCHIVE = gettext_noop("This is no archive that a phone has saved, or it is damaged.")
UNSAFE = gettext_noop("This archive is not safe to open.")


class Unreadable(Exception):
    """An item's file is not there, damaged, or not to be trusted; the message is a msgid."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item as the manifest has it; every member may be missing or wrong."""

    kind: str
    uuid: str
    person: str
    body: dict[str, Any]
    file: str
    sha256: str


class PhoneArchive:
    """An archive that is open; made by `opened`."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._package = package
        self._budget = MOST_READ
        self.items = self._listed()

    def read(self, name: str, limit: int = LIMIT) -> bytes:
        """The bytes of one file of the archive. Raises Unreadable."""
        try:
            member = self._package.getinfo(name)
        except KeyError:
            raise Unreadable(gettext_noop("Its file is not in the archive.")) from None
        if stat.S_ISLNK(member.external_attr >> 16) or member.flag_bits & ENCRYPTED or member.is_dir():
            raise Unreadable(gettext_noop("Its file in the archive is no plain file."))
        try:
            with self._package.open(member) as file:
                data = file.read(min(limit, self._budget) + 1)
        except (*_BROKEN, RuntimeError):
            raise Unreadable(gettext_noop("Its file in the archive is damaged.")) from None
        self._budget -= len(data)
        if len(data) > limit or self._budget < 0:
            raise Unreadable(gettext_noop("Its file in the archive is too large."))
        return data

    def _listed(self) -> list[Item]:
        try:
            manifest = read_json(self.read(MANIFEST, LARGEST_MANIFEST))
        except (Unreadable, ValueError):
            raise _refused("not_an_archive", NO_ARCHIVE) from None
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT or not isinstance(manifest.get("items"), list):
            raise _refused("not_an_archive", NO_ARCHIVE)
        if manifest.get("version") != VERSION:
            raise _refused("version", gettext_noop("This archive is of a version that is not known here."))
        owner = manifest.get("person")
        return [_item(given, owner) for given in manifest["items"][:MOST_MEMBERS]]


def _item(given: Any, owner: Any) -> Item:
    said = given if isinstance(given, dict) else {}
    body = said.get("body")
    texts = {name: str(said.get(name) or "")[:1_000] for name in ("kind", "uuid", "file", "sha256")}
    return Item(**texts, person=str(said.get("person") or owner or "")[:1_000], body=body if isinstance(body, dict) else {})


@contextmanager
def opened(source: IO[bytes]) -> Iterator[PhoneArchive]:
    """A phone's archive. Raises Invalid for what is none, and for one with more than 20,000 files."""
    try:
        refuse_many_members(source, source.seek(0, 2), MOST_MEMBERS)
        source.seek(0)
        package = zipfile.ZipFile(source)
    except UnsafeArchive:
        raise _refused("unsafe", UNSAFE) from None
    except (WrongKind, *_BROKEN):
        raise _refused("not_an_archive", NO_ARCHIVE) from None
    with package:
        if len(package.infolist()) > MOST_MEMBERS:
            raise _refused("unsafe", UNSAFE)
        yield PhoneArchive(package)


def _refused(code: str, text: str) -> Invalid:
    return Invalid.one("file", code, text)


def read_json(raw: bytes) -> Any:
    """What a JSON text says. Raises ValueError for anything that is none, doubled keys included."""
    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=_once_each, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
