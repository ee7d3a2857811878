"""The embedded database under several writers, and what it promises to keep."""

import multiprocessing
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler, IntegrityError

from server.runtime.spatialite.base import CHECKPOINT_ABOVE_BYTES, DatabaseWrapper, writes
from server.runtime.spatialite.write_lock import LockTimeout, WriteLock

Open = Callable[..., DatabaseWrapper]


def opened(path: Path, timeout: float = 20.0) -> DatabaseWrapper:
    """A connection of its own to the file, outside Django's list of connections."""
    handler = ConnectionHandler(
        {"default": {"ENGINE": "server.runtime.spatialite", "NAME": path, "OPTIONS": {"timeout": timeout}}}
    )
    wrapper: Any = handler["default"]
    assert isinstance(wrapper, DatabaseWrapper)
    return wrapper


def run(database: DatabaseWrapper, statement: str, *parameters: Any) -> list[Any]:
    with database.cursor() as cursor:
        cursor.execute(statement, list(parameters) or None)
        return list(cursor.fetchall())


@pytest.fixture
def open_database(tmp_path: Path, django_db_blocker: Any) -> Iterator[Open]:
    made: list[DatabaseWrapper] = []

    def open_one(timeout: float = 20.0) -> DatabaseWrapper:
        made.append(opened(tmp_path / "some.sqlite3", timeout))
        return made[-1]

    with django_db_blocker.unblock():
        first = open_one()
        run(first, "CREATE TABLE entries (id INTEGER PRIMARY KEY, words TEXT UNIQUE)")
        run(first, "CREATE TABLE notes (entry INTEGER REFERENCES entries (id) DEFERRABLE INITIALLY DEFERRED)")
        yield open_one
        for database in made:
            database.close()


class Transaction:
    """`BEGIN IMMEDIATE … COMMIT` on a connection that is not in Django's list, the way `atomic` does it."""

    def __init__(self, database: DatabaseWrapper) -> None:
        self.database = database

    def __enter__(self) -> None:
        self.database.ensure_connection()
        self.database._start_transaction_under_autocommit()  # type: ignore[attr-defined]  # not in the stubs

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            self.database.commit()
        else:
            self.database.rollback()


def test_a_connection_is_durable_checks_foreign_keys_and_waits_as_long_as_it_was_told(open_database: Open) -> None:
    database = open_database(timeout=7)
    for pragma, value in {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 7000,
        "wal_autocheckpoint": 0,
    }.items():
        assert run(database, f"PRAGMA {pragma}") == [(value,)], pragma
    assert run(database, "SELECT spatialite_version()")


def test_no_statement_can_load_an_extension(open_database: Open) -> None:
    with pytest.raises(OperationalError, match="not authorized"):
        run(open_database(), "SELECT load_extension('mod_spatialite')")


def test_a_broken_foreign_key_is_refused_at_commit_and_the_lock_is_given_back(open_database: Open) -> None:
    one, other = open_database(), open_database(timeout=0.2)
    with pytest.raises(IntegrityError), Transaction(one):
        run(one, "INSERT INTO notes VALUES (99)")
    # The transaction is still open and holds its lock until it is rolled back.
    with pytest.raises(OperationalError, match="database is locked"):
        run(other, "INSERT INTO entries (words) VALUES ('too early')")
    one.rollback()
    run(other, "INSERT INTO entries (words) VALUES ('in time')")
    assert run(one, "SELECT words FROM entries") == [("in time",)]


def test_the_lock_is_held_from_begin_to_commit_and_reading_needs_none(open_database: Open) -> None:
    writer, reader = open_database(), open_database(timeout=0.2)
    with Transaction(writer):
        run(writer, "INSERT INTO entries (words) VALUES ('half done')")
        assert run(reader, "SELECT count(*) FROM entries") == [(0,)]
        with pytest.raises(OperationalError, match=r"others kept writing to .*some\.sqlite3"), Transaction(reader):
            pass
    assert run(reader, "SELECT words FROM entries") == [("half done",)]
    with Transaction(reader):
        run(reader, "INSERT INTO entries (words) VALUES ('afterwards')")


def test_a_refused_statement_outside_a_transaction_gives_the_lock_back(open_database: Open) -> None:
    one, other = open_database(), open_database(timeout=0.2)
    run(one, "INSERT INTO entries (words) VALUES ('once')")
    with pytest.raises(IntegrityError):
        run(one, "INSERT INTO entries (words) VALUES ('once')")
    run(other, "INSERT INTO entries (words) VALUES ('twice')")


def _write_and_fail(database: DatabaseWrapper) -> None:
    run(database, "INSERT INTO entries (words) VALUES ('never')")
    raise ZeroDivisionError


def test_a_rolled_back_transaction_leaves_nothing_and_gives_the_lock_back(open_database: Open) -> None:
    one, other = open_database(), open_database(timeout=0.2)
    with pytest.raises(ZeroDivisionError), Transaction(one):
        _write_and_fail(one)
    run(other, "INSERT INTO entries (words) VALUES ('kept')")
    assert run(one, "SELECT words FROM entries") == [("kept",)]


def test_a_closed_connection_gives_the_lock_back(open_database: Open) -> None:
    one, other = open_database(), open_database(timeout=0.2)
    one.ensure_connection()
    one._start_transaction_under_autocommit()  # type: ignore[attr-defined]  # not in the stubs
    one.close()
    run(other, "INSERT INTO entries (words) VALUES ('after it')")


def test_threads_of_one_process_take_turns(open_database: Open) -> None:
    databases = [open_database() for _ in range(6)]
    for database in databases:
        database.inc_thread_sharing()
    failed: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for step in range(15):
                with Transaction(databases[number]):
                    ((before,),) = run(databases[number], "SELECT count(*) FROM entries")
                    run(databases[number], "INSERT INTO entries (id, words) VALUES (%s, %s)", before + 1, f"{number}-{step}")
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    # Each read the count that the one before had committed: had two overlapped, an id would have come twice.
    assert run(databases[0], "SELECT count(*), max(id) FROM entries") == [(90, 90)]


def _write_until_told(path: Path, number: int, stop: Any, counts: Any) -> None:
    database = opened(path)
    done = 0
    while not stop.is_set():
        with Transaction(database):
            run(database, "INSERT INTO entries (words) VALUES (%s)", f"{number}-{done}")
        done += 1
    counts[number] = done
    database.close()


def test_no_process_starves_among_several_writers(open_database: Open, tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    stop, counts = context.Event(), context.Array("i", 4)
    writers = [
        context.Process(target=_write_until_told, args=(tmp_path / "some.sqlite3", number, stop, counts)) for number in range(4)
    ]
    for writer in writers:
        writer.start()
    database = open_database()
    give_up = time.monotonic() + 60
    while run(database, "SELECT count(*) FROM entries")[0][0] < 400 and time.monotonic() < give_up:
        time.sleep(0.01)
    stop.set()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0, 0, 0]
    written: list[int] = counts[:]
    assert sum(written) >= 400
    assert run(database, "SELECT count(*) FROM entries") == [(sum(written),)]
    assert min(written) * 4 > max(written), written


def _die_in_the_middle(path: Path, reached: Any) -> None:
    database = opened(path)
    with Transaction(database):
        run(database, "INSERT INTO entries (words) VALUES ('half done')")
        reached.set()
        time.sleep(600)


def test_a_killed_writer_leaves_neither_its_lock_nor_half_a_write(open_database: Open, tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    reached = context.Event()
    writer = context.Process(target=_die_in_the_middle, args=(tmp_path / "some.sqlite3", reached))
    writer.start()
    assert reached.wait(30)
    writer.kill()
    writer.join()
    database = open_database(timeout=5)
    run(database, "INSERT INTO entries (words) VALUES ('life goes on')")
    assert run(database, "SELECT words FROM entries") == [("life goes on",)]


def test_a_long_log_is_folded_into_the_file_at_the_next_commit(open_database: Open, tmp_path: Path) -> None:
    database = open_database()
    log = tmp_path / "some.sqlite3-wal"
    with Transaction(database):
        for number in range(10):
            run(database, "INSERT INTO entries (words) VALUES (%s)", f"{number}" + "x" * (CHECKPOINT_ABOVE_BYTES // 8))
        assert run(database, "SELECT count(*) FROM entries") == [(10,)]
    assert log.stat().st_size < CHECKPOINT_ABOVE_BYTES
    assert run(database, "PRAGMA busy_timeout") == [(20_000,)]


def test_a_reader_does_not_hold_up_the_writer_who_would_fold_the_log(open_database: Open, tmp_path: Path) -> None:
    writer, reader = open_database(), open_database()
    reader.ensure_connection()
    raw: sqlite3.Connection = reader.connection
    raw.execute("BEGIN DEFERRED")
    raw.execute("SELECT count(*) FROM entries").fetchall()
    with Transaction(writer):
        run(writer, "INSERT INTO entries (words) VALUES (%s)", "x" * CHECKPOINT_ABOVE_BYTES)
    assert (tmp_path / "some.sqlite3-wal").stat().st_size >= CHECKPOINT_ABOVE_BYTES
    raw.execute("ROLLBACK")
    run(writer, "INSERT INTO entries (words) VALUES ('small')")
    assert (tmp_path / "some.sqlite3-wal").stat().st_size < CHECKPOINT_ABOVE_BYTES


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT 1", False),
        ("  select 1", False),
        ("PRAGMA foreign_keys", False),
        ("SAVEPOINT a", False),
        ("BEGIN IMMEDIATE", True),
        ("BEGIN", True),
        ("INSERT INTO a VALUES (1)", True),
        ("\n update a set b = 1", True),
        ("DELETE FROM a", True),
        ("WITH x AS (SELECT 1) DELETE FROM a", True),
        ("CREATE TABLE a (b)", True),
        ("", False),
    ],
)
def test_what_writes_is_told_from_what_reads(statement: str, expected: bool) -> None:
    assert writes(statement) is expected


def test_who_waits_too_long_is_told_and_may_try_again(tmp_path: Path) -> None:
    holder, other = WriteLock(tmp_path / "x", timeout=5), WriteLock(tmp_path / "x", timeout=0.05)
    holder.acquire()
    for _ in range(3):
        with pytest.raises(LockTimeout):
            other.acquire()
        assert not other.held
    holder.release()
    third = WriteLock(tmp_path / "x", timeout=5)
    other = WriteLock(tmp_path / "x", timeout=5)
    other.acquire()
    other.release()
    third.acquire()
    for lock in (holder, other, third):
        lock.close()


def test_geometry_libraries_that_bring_their_own_geos_are_loaded_before_spatialite(tmp_path: Path) -> None:
    """A process that opens the database before anything has imported shapely or pyproj ends in an abort otherwise."""
    script = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'server.settings.embedded'; "
        "from django.db import connection; "
        "connection.cursor().execute('SELECT 1'); "
        "assert 'shapely' in sys.modules and 'pyproj' in sys.modules"
    )
    environment = {**os.environ, "XUNGAI_VAR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, cwd=Path(__file__).resolve().parents[2]
    )
    assert done.returncode == 0, done.stderr[-2000:]
