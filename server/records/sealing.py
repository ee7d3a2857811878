"""Number and digest of an entry.

PostgreSQL gives them at COMMIT, in a deferred constraint trigger made by `server.records.guards`: writers run side by side and
queue only for the moment of their commit. SQLite has one writer at a time, so they go in with the append.
"""

import hashlib

from django.db import connections

from server.records.models import FIRST_PREVIOUS, Entry, Seal


def digest_of(previous: str, canonical: str) -> str:
    """SHA-256, in hex, over the digest before (hex, ASCII) and the canonical text (UTF-8)."""
    return hashlib.sha256(previous.encode("ascii") + canonical.encode()).hexdigest()


def seal_in_append(entry: Entry, using: str) -> None:
    """Give the entry its place at once.

    The entry's own insert already holds SQLite's write lock, so the head read here is the last one.
    """
    head = Seal.objects.using(using).order_by("-sequence").values_list("sequence", "digest").first()
    sequence, previous = head or (0, FIRST_PREVIOUS)
    Seal.objects.using(using).create(
        sequence=sequence + 1, entry=entry, digest=digest_of(previous, entry.canonical), previous=previous
    )


def seal_now(using: str = "default") -> None:
    """Make PostgreSQL seal what this transaction has appended so far, as its commit would. SQLite has done so already.

    For tests that never commit, and for an action that must show its own number before it ends. From here to its end the
    transaction holds up everybody else's commit.
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS records_entry_sealed IMMEDIATE")
        cursor.execute("SET CONSTRAINTS records_entry_sealed DEFERRED")
