"""What kind of document a file is, told by its content: its name and its sender's word count for nothing."""

import stat
import zipfile
from dataclasses import dataclass
from typing import IO

from server.files.refusals import UnsafeArchive, WrongKind

HEAD = 32
HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
DIRECTORY_END = b"PK\x05\x06"
DIRECTORY_END_SIZE = 22
ZIP64_LOCATOR = b"PK\x06\x07"
ZIP64_LOCATOR_SIZE = 20
LONGEST_COMMENT = 65_535
LOCAL_HEADER_SIZE = 30
ENCRYPTED = 0x1

MOST_MEMBERS = 5_000
MOST_UNPACKED = 512 * 1024 * 1024
MOST_RATIO = 200
FREE_OF_RATIO = 1024 * 1024  # small parts of XML compress beyond any ratio and do no harm


@dataclass(frozen=True, slots=True)
class Kind:
    """A media type, and the ending that a download gets."""

    media_type: str
    ending: str

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")


PDF = Kind("application/pdf", "pdf")
JPEG = Kind("image/jpeg", "jpg")
PNG = Kind("image/png", "png")
WEBP = Kind("image/webp", "webp")
HEIC = Kind("image/heic", "heic")
DOCX = Kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx")
XLSX = Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx")


def document_kind(source: IO[bytes]) -> Kind:
    """Tell the kind of a scan or document: PDF, JPEG, PNG, WebP, HEIC, .docx or .xlsx. Leaves `source` at its beginning.

    Says nothing about whether the rest is whole. Raises WrongKind for anything else, UnsafeArchive for a package with too many
    parts, parts outside itself, links, encryption, macros, or more content than its size can honestly hold.
    """
    try:
        source.seek(0)
        kind = picture_kind(source.read(HEAD)) or _other_kind(source)
        if kind is None:
            raise WrongKind
        return kind
    finally:
        source.seek(0)


def picture_kind(head: bytes) -> Kind | None:
    """Tell the kind of a picture from its first 32 bytes; None when it is none of those taken."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS:
        return HEIC
    return None


def _other_kind(source: IO[bytes]) -> Kind | None:
    source.seek(0)
    head = source.read(HEAD)
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return _office_kind(source)
    return None


def _office_kind(source: IO[bytes]) -> Kind | None:
    size = source.seek(0, 2)
    refuse_many_members(source, size, MOST_MEMBERS)
    source.seek(0)
    try:
        with zipfile.ZipFile(source) as package:
            members = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError, UnicodeDecodeError):
        raise WrongKind from None
    _judge_members(members)
    parts = {member.filename for member in members}
    if "[Content_Types].xml" not in parts:
        return None
    if "word/document.xml" in parts:
        return DOCX
    if "xl/workbook.xml" in parts:
        return XLSX
    return None


def refuse_many_members(source: IO[bytes], size: int, most: int) -> None:
    """Judge a ZIP of `size` bytes by its directory's end, before the directory itself is read into memory.

    Raises WrongKind where there is no such end, UnsafeArchive for more than `most` members and for ZIP64.
    """
    tail_size = LONGEST_COMMENT + DIRECTORY_END_SIZE + ZIP64_LOCATOR_SIZE
    source.seek(max(0, size - tail_size))
    tail = source.read()
    place = tail.rfind(DIRECTORY_END)
    if place < 0 or place + DIRECTORY_END_SIZE > len(tail):
        raise WrongKind
    members = int.from_bytes(tail[place + 10 : place + 12], "little")
    directory = int.from_bytes(tail[place + 12 : place + 16], "little")
    # ZIP64 has counts of its own, which no file of an honest size needs; the count alone may lie, its bytes do not.
    if ZIP64_LOCATOR in tail[max(0, place - ZIP64_LOCATOR_SIZE) : place] or members > most or directory > most * 256:
        raise UnsafeArchive


def _judge_members(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
        raise UnsafeArchive
    names: set[str] = set()
    free_from = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        unsafe = (
            member.filename in names  # readers differ in which of two they take
            or member.header_offset < free_from  # parts that share bytes: how a small package unpacks without end
            or _leaves_the_package(member.filename)
            or stat.S_ISLNK(member.external_attr >> 16)
            or member.flag_bits & ENCRYPTED  # nobody could look into it
            or member.filename.lower().endswith("vbaproject.bin")
            or (member.file_size > FREE_OF_RATIO and member.file_size > member.compress_size * MOST_RATIO)
        )
        if unsafe:
            raise UnsafeArchive
        names.add(member.filename)
        free_from = member.header_offset + LOCAL_HEADER_SIZE + member.compress_size


def _leaves_the_package(name: str) -> bool:
    return name.startswith(("/", "\\")) or "\\" in name or "\x00" in name or ":" in name or ".." in name.split("/")
