"""The head of the chain, noted outside the database, so that a cut tail, an old backup or a chain computed anew shows.

A text file, one JSON object a line, only ever appended to: `{"at": …, "digest": …, "sequence": …}`. It protects as far as it
is out of reach of whoever can change the database: operations copy it to another machine or print it
(docs/decisions/record.md).
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from server.records.canonical import canonical_json


class AnchorUnreadable(ValueError):
    """A line of the anchor file is not what was written there."""


@dataclass(frozen=True, slots=True)
class Head:
    """Number and digest of the last seal; 0 and 64 zeros for an empty record."""

    sequence: int
    digest: str


def anchor_file() -> Path:
    """Where the heads are kept: `RECORDS_ANCHOR_FILE`, else `anchor/record.jsonl` under VAR."""
    return Path(getattr(settings, "RECORDS_ANCHOR_FILE", "") or settings.VAR / "anchor" / "record.jsonl")


def anchored_heads(file: Path | None = None) -> list[Head]:
    """Every head noted so far, oldest first; none when there is no file. Raises AnchorUnreadable."""
    file = file or anchor_file()
    if not file.exists():
        return []
    heads = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        try:
            noted = json.loads(line)
            heads.append(Head(int(noted["sequence"]), str(noted["digest"])))
        except (ValueError, KeyError, TypeError):
            raise AnchorUnreadable(f"{file.name}, line {number}") from None
    return heads


def note_head(head: Head, at: datetime, file: Path | None = None) -> None:
    """Append the head and see it on the disk before returning. The same head is not noted twice running."""
    file = file or anchor_file()
    noted = anchored_heads(file)
    if noted and noted[-1] == head:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    line = canonical_json({"sequence": head.sequence, "digest": head.digest, "at": at}) + "\n"
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        os.write(descriptor, line.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
