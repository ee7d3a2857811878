"""A thin backend over Django's SpatiaLite one, so that the embedded database is as durable and as fair as a server.

What it changes, and why:
- WAL and `synchronous=FULL`: what was committed is there after a power cut.
- The time to wait for others is set after SpatiaLite is loaded, because loading it sets 5 s over whatever was set before.
- Every write holds one lock from its BEGIN to its COMMIT or ROLLBACK (`write_lock`), so no writer starves; reads outside a
  transaction take no lock. BEGIN is always IMMEDIATE: a transaction that begins by reading can never be refused its write.
- Checkpoints run under the same lock alone: SQLite before 3.51.3 may lose a commit made beside one.

OPTIONS: those of Django's SQLite backend; `timeout` (seconds, 30 by default) holds for the lock too.
"""

import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

# SQLite loads mod_spatialite with its symbols global: whatever is loaded after it binds to the system's GEOS and PROJ instead of
# its own, which ends in wrong geometry or an abort. So the two libraries that bring their own are loaded first.
import pyproj  # noqa: F401
import shapely  # noqa: F401
from django.contrib.gis.db.backends.spatialite.base import DatabaseWrapper as SpatiaLiteWrapper
from django.db.backends.sqlite3.base import SQLiteCursorWrapper

from server.runtime.spatialite.schema import SchemaEditor
from server.runtime.spatialite.write_lock import LockTimeout, WriteLock

TIMEOUT_SECONDS = 30.0
CHECKPOINT_ABOVE_BYTES = 4 * 1024 * 1024
READING = frozenset({"SELECT", "EXPLAIN", "VALUES", "PRAGMA", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT", "END"})


def writes(statement: str) -> bool:
    """Whether this SQL, run outside a transaction, would write or begin to."""
    words = statement.split(None, 1)
    return bool(words) and words[0].upper().rstrip(";") not in READING


class Cursor(SQLiteCursorWrapper):
    """Takes the write lock before a statement that writes, and gives it back when no transaction is left open."""

    database: "DatabaseWrapper"

    def execute(self, query: str, params: Any = None) -> Any:
        self.database.before(query)
        try:
            return super().execute(query, params)
        finally:
            self.database.after()

    def executemany(self, query: str, param_list: Iterable[Any]) -> Any:
        self.database.before(query)
        try:
            return super().executemany(query, param_list)
        finally:
            self.database.after()

    def executescript(self, sql_script: str) -> Any:
        self.database.before("BEGIN")
        try:
            return super().executescript(sql_script)
        finally:
            self.database.after()


class DatabaseWrapper(SpatiaLiteWrapper):
    SchemaEditorClass = SchemaEditor
    write_lock: WriteLock | None = None
    transaction_mode: str | None

    def get_connection_params(self) -> dict[str, Any]:
        parameters: dict[str, Any] = super().get_connection_params()
        parameters.setdefault("timeout", TIMEOUT_SECONDS)
        self.transaction_mode = self.transaction_mode or "IMMEDIATE"
        return parameters

    def get_new_connection(self, conn_params: dict[str, Any]) -> sqlite3.Connection:
        connection: sqlite3.Connection = super().get_new_connection(conn_params)
        connection.enable_load_extension(False)
        connection.execute(f"PRAGMA busy_timeout = {round(float(conn_params['timeout']) * 1000)}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        self._let_go()
        if not self.is_in_memory_db():
            database = Path(os.fspath(conn_params["database"]))
            if not str(database).startswith("file:"):
                self.write_lock = WriteLock(database, float(conn_params["timeout"]))
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA wal_autocheckpoint = 0")
        return connection

    def prepare_database(self) -> None:
        # SpatiaLite makes its tables from within a SELECT, which `writes` cannot see.
        with self.wrap_database_errors:
            self._take()
        try:
            super().prepare_database()
        finally:
            self.after()

    def create_cursor(self, name: str | None = None) -> Cursor:
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        cursor.database = self
        return cursor

    def before(self, statement: str) -> None:
        """Take the lock if this statement begins to write. Raises sqlite3.OperationalError when others hold it too long."""
        if self.write_lock is not None and not self.write_lock.held and writes(statement):
            self._take()

    def after(self) -> None:
        """Give the lock back if no transaction is open, after a checkpoint where one is due."""
        if self.write_lock is None or not self.write_lock.held:
            return
        if self.connection is not None and self.connection.in_transaction:
            return
        try:
            self._checkpoint()
        finally:
            self.write_lock.release()

    def _take(self) -> None:
        if self.write_lock is None:
            return
        try:
            self.write_lock.acquire()
        except LockTimeout:
            raise sqlite3.OperationalError(
                f"database is locked: others kept writing to {self.settings_dict['NAME']} for longer than the timeout allows"
            ) from None

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]  # the stubs leave out this method
        finally:
            self.after()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # the stubs leave out this method
        finally:
            self.after()

    def _close(self) -> None:
        # The last connection to close checkpoints as well; SQLite then holds the file alone, so nobody commits beside it.
        try:
            super()._close()  # type: ignore[misc]  # the stubs leave out this method
        finally:
            self._let_go()

    def _let_go(self) -> None:
        if self.write_lock is not None:
            self.write_lock.close()
            self.write_lock = None

    def _checkpoint(self) -> None:
        if self.connection is None:
            return
        try:
            size = Path(f"{os.fspath(self.settings_dict['NAME'])}-wal").stat().st_size
        except FileNotFoundError:
            return
        if size < CHECKPOINT_ABOVE_BYTES:
            return
        # A reader must not hold up the writers: with one in the way, what can be moved is moved, and the next commit tries again.
        (wait,) = self.connection.execute("PRAGMA busy_timeout").fetchone()
        self.connection.execute("PRAGMA busy_timeout = 0")
        try:
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except sqlite3.OperationalError:
            return  # busy: nothing is lost, the log only stays longer
        finally:
            self.connection.execute(f"PRAGMA busy_timeout = {wait}")
