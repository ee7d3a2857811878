"""Who acts in these tests, and the one thing they do."""

from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from server.records.actions import append
from server.records.actor import Actor
from server.records.models import Entry

OFFICE = Actor("7", "区整改办 王", "office", "区整改办")
STONE_BRIDGE = Actor("12", "石桥镇 李", "stone_bridge", "石桥镇")
NINTH_OF_MARCH = datetime(2026, 3, 9, 1, 30, tzinfo=UTC)


def list_problem(number: int = 1, **different: Any) -> Entry:
    """Append, in a transaction of its own, that the office listed a problem."""
    told: dict[str, Any] = {
        "at": NINTH_OF_MARCH,
        "by": OFFICE,
        "action": "list",
        "article": "5, 6",
        "object_type": "problem",
        "object_id": number,
        "before": {"status": "reported"},
        "after": {"status": "listed", "number": number},
    }
    with transaction.atomic():
        return append(**(told | different))


def switch_guards(on: bool, *tables: str) -> None:
    """What only a superuser can do, or who holds the file: take the triggers away from these tables, or put them back."""
    from server.records import guards

    if on:
        with connection.cursor() as cursor:
            for table in tables if connection.vendor == "postgresql" else ():
                cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER ALL')
        guards.make(connection)
        return
    with connection.cursor() as cursor:
        for table in tables:
            if connection.vendor == "postgresql":
                cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER ALL')
            else:
                cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
                for (name,) in cursor.fetchall():
                    cursor.execute(f'DROP TRIGGER "{name}"')
