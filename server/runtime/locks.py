"""A lock by name, held to the end of the transaction, for what has no row to lock yet."""

import hashlib

from django.db import connection


def hold(name: str) -> None:
    """Wait for the lock of this name and hold it to the end of the transaction.

    PostgreSQL: an advisory lock on the name's hash. SpatiaLite has one writer at a time already, so there is nothing to take.
    """
    if connection.vendor != "postgresql":
        return
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
