"""What makes a table append-only in the database itself, on either engine.

A room declares its table once, from its AppConfig.ready(): `guards.protect("evidence_claim")`. The triggers are made in a
migration (`migrations.RunPython(guards.make_in_migration, migrations.RunPython.noop)`) and again after every migrate, because
Django's table rebuild on SQLite drops them without a word. The first append of every process, `verify_records` and
`check --database` look whether they are there.

Each SQLite trigger names its own table only: one that named another would make SQLite refuse to rebuild that other.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol, cast

from django.apps.registry import Apps
from django.db import connections, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

from server.records.guards import postgresql, sqlite
from server.records.guards.protection import Protection


class Unguarded(RuntimeError):
    """A table that must be append-only could be changed: its triggers are not there."""


class Engine(Protocol):
    """What each of the two modules beside this one knows of its database."""

    def names(self, protection: Protection) -> list[str]: ...
    def standing(self, cursor: CursorWrapper) -> set[str]: ...
    def statements(self, connection: BaseDatabaseWrapper, cursor: CursorWrapper, protection: Protection) -> list[str]: ...


_protected: dict[str, Protection] = {}
_found_guarded: set[tuple[str, str]] = set()  # (alias, database name): looked at once a process


def protect(table: str, *, allow_update_of: Sequence[str] = (), set_once: Sequence[str] = ()) -> None:
    """Declare `table` append-only: no DELETE, no TRUNCATE, no REPLACE, and no UPDATE but of the columns named.

    `set_once` columns go from NULL to a value and stay. A refused statement raises django.db.IntegrityError.
    """
    _protected[table] = Protection(table, tuple(allow_update_of), tuple(set_once))
    _found_guarded.clear()


def connection_of(model: type[Model]) -> BaseDatabaseWrapper:
    """The connection on which this model's rows are written."""
    return connections[router.db_for_write(model)]


def make(connection: BaseDatabaseWrapper) -> None:
    """Make the guards of every declared table that exists, and on PostgreSQL the sealing and the rights.

    May be run any number of times.
    """
    engine = _engine(connection)
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        present = [protection for protection in _protected.values() if protection.table in existing]
        for protection in present:
            for statement in engine.statements(connection, cursor, protection):
                cursor.execute(statement)
        if connection.vendor == "postgresql":
            postgresql.make_sealing(connection, cursor, existing)
            postgresql.grant(connection, cursor, present)


def make_in_migration(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    make(schema_editor.connection)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Name every trigger that should be on a declared, existing table and is not there or is switched off."""
    engine = _engine(connection)
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        wanted = {name for table, protection in _protected.items() if table in existing for name in engine.names(protection)}
        if connection.vendor == "postgresql" and "records_seal" in existing:
            wanted.add(postgresql.SEALING)
        return sorted(wanted - engine.standing(cursor))


def require(using: str = "default") -> None:
    """Raise Unguarded unless every guard stands. Looks once a process and database, then answers from memory."""
    connection = connections[using]
    key = (using, str(connection.settings_dict["NAME"]))
    if key in _found_guarded:
        return
    absent = missing(connection)
    if absent:
        raise Unguarded(f"The record could be changed, these guards are not there: {', '.join(absent)}. Run `manage.py migrate`.")
    _found_guarded.add(key)


def forget() -> None:
    """Look at the guards again at the next append: after a migrate, or where a test has swapped the database."""
    _found_guarded.clear()


def protected() -> Iterable[Protection]:
    return tuple(_protected.values())


def _engine(connection: BaseDatabaseWrapper) -> Engine:
    return cast("Engine", sqlite if connection.vendor == "sqlite" else postgresql)
