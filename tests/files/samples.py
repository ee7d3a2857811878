"""Small files of every kind, made here, and the one way they are stored in these tests."""

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

from server.files.actions import store
from server.files.models import StoredFile
from server.files.originals import Readable

RECEIVED = datetime(2026, 3, 9, 1, 30, tzinfo=UTC)
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def put(content: bytes | Readable = PDF, **different: Any) -> StoredFile:
    told: dict[str, Any] = {"uploader_id": "7", "media_type": "application/pdf", "name": "登记表.pdf", "at": RECEIVED}
    return store(content, **(told | different))


def package(*parts: str, **contents: bytes) -> bytes:
    """A ZIP with these parts, each with a word in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts:
            archive.writestr(part, contents.get(part, b"<x/>"))
    return made.getvalue()


def docx(*further: str) -> bytes:
    return package("[Content_Types].xml", "word/document.xml", *further)


def xlsx(*further: str) -> bytes:
    return package("[Content_Types].xml", "xl/workbook.xml", *further)
