"""A document's kind is told by its content, and its name is only shown."""

import io
import struct
import warnings
import zipfile

import pytest

from server.files import kinds
from server.files.names import display_name
from server.files.refusals import UnsafeArchive, WrongKind
from tests.files.samples import PDF, docx, package, xlsx

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 40
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, kinds.PDF),
        (JPEG, kinds.JPEG),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 20, kinds.PNG),
        (b"RIFF\x10\0\0\0WEBPVP8 ", kinds.WEBP),
        (HEIC, kinds.HEIC),
        (docx("word/styles.xml"), kinds.DOCX),
        (xlsx("xl/styles.xml"), kinds.XLSX),
    ],
    ids=lambda value: value.ending if isinstance(value, kinds.Kind) else "",
)
def test_each_kind_that_is_taken_is_told_by_its_content(content: bytes, kind: kinds.Kind) -> None:
    source = io.BytesIO(content)
    source.seek(3)
    assert kinds.document_kind(source) == kind
    assert source.tell() == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"<html>%PDF-1.7",
        MP4,
        b"MZ\x90\x00",
        b"GIF89a",
        b"PK\x03\x04 and nothing more",
        b"PK\x05\x06" + b"\0" * 18,
        package("a.txt"),
        package("word/document.xml"),
        docx()[:-30],
        b"#!/bin/sh",
    ],
    ids=[
        "empty",
        "svg",
        "html",
        "html with pdf",
        "mp4",
        "exe",
        "gif",
        "cut zip",
        "no zip",
        "zip",
        "no types",
        "cut docx",
        "script",
    ],
)
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(WrongKind):
        kinds.document_kind(io.BytesIO(content))


def with_entry(name: str, attributes: int = 0, content: bytes = b"x") -> bytes:
    made = io.BytesIO(docx())
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = attributes << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, content)
    return made.getvalue()


def encrypted() -> bytes:
    content = bytearray(docx())
    central = content.rfind(b"PK\x01\x02")
    content[central + 8] |= 1
    return bytes(content)


def overlapping() -> bytes:
    """A directory that names the first part a hundred times, as bombs do."""
    content = docx()
    start, end = content.find(b"PK\x01\x02"), content.rfind(b"PK\x05\x06")
    record_end = content.find(b"PK\x01\x02", start + 4)
    named = [content[start:record_end].replace(b"[Content_Types].xml", b"word/copy_%07d.x" % number) for number in range(100)]
    directory = content[start:end] + b"".join(named)
    count = len(named) + 2
    return content[:start] + directory + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), start, 0)


def announcing_zip64() -> bytes:
    """A second directory's end, in the form that has counts of its own, before the plain one."""
    content = docx()
    end = content.rfind(b"PK\x05\x06")
    return content[:end] + b"PK\x06\x07" + struct.pack("<IQI", 0, end, 1) + content[end:]


@pytest.mark.parametrize(
    "content",
    [
        with_entry("../../etc/passwd"),
        with_entry("/etc/passwd"),
        with_entry("C:evil.exe"),
        with_entry("word/link", 0o120777, b"/etc/passwd"),
        with_entry("word/vbaProject.bin"),
        with_entry("word/document.xml"),
        with_entry("word/bomb.xml", content=b"\0" * 20_000_000),
        package("[Content_Types].xml", "word/document.xml", *(f"word/{number}.xml" for number in range(5_000))),
        encrypted(),
        overlapping(),
        announcing_zip64(),
    ],
    ids=["dots", "absolute", "drive", "link", "macros", "twice", "bomb", "many", "encrypted", "overlapping", "zip64"],
)
def test_a_package_made_to_do_harm_is_refused(content: bytes) -> None:
    with pytest.raises(UnsafeArchive):
        kinds.document_kind(io.BytesIO(content))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("登记表.pdf", "登记表.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\li\\扫描件.pdf", "扫描件.pdf"),
        ("a\x00b.jpg\x1b[31m", "ab.jpg[31m"),
        ("exe.\u202egpj.pdf", "exe.gpj.pdf"),
        ("<script>.html", "<script>.html"),
        ("  a \t\n b.pdf ", "a b.pdf"),
        ("..", ""),
        ("", ""),
        ("\ud800.pdf", ".pdf"),
        ("长" * 300 + ".docx", "长" * 195 + ".docx"),
        ("x" * 300, "x" * 200),
    ],
    ids=repr,
)
def test_a_name_is_shown_without_what_could_mislead(name: str, shown: str) -> None:
    assert display_name(name) == shown
