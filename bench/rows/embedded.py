"""The embedded database beside the backend it is built on."""

import tempfile
from pathlib import Path

from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.utils import ConnectionHandler

from bench.registry import Size, Times, alternate, row

TRANSACTIONS = 50


def opened(engine: str, path: Path) -> DatabaseWrapper:
    database = ConnectionHandler({"default": {"ENGINE": engine, "NAME": path}})["default"]
    assert isinstance(database, DatabaseWrapper)
    with database.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("CREATE TABLE IF NOT EXISTS entries (id INTEGER PRIMARY KEY, words TEXT)")
    return database


def write(database: DatabaseWrapper) -> None:
    for _ in range(TRANSACTIONS):
        with database.cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute("INSERT INTO entries (words) VALUES (%s)", ["words"])
        database.commit()


@row("50 short durable transactions, embedded", peer="Django's SpatiaLite backend, WAL and FULL too, no lock", at_most=1.5)
def short_transactions(size: Size) -> Times:
    with tempfile.TemporaryDirectory() as folder:
        ours = opened("server.runtime.spatialite", Path(folder) / "ours.sqlite3")
        peer = opened("django.contrib.gis.db.backends.spatialite", Path(folder) / "peer.sqlite3")
        try:
            return alternate(lambda: write(ours), lambda: write(peer), rounds=size.rounds)
        finally:
            ours.close()
            peer.close()
