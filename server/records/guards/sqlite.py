"""The guards on SQLite: triggers, which hold against every statement of the program. Who has the file itself can drop them."""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from server.records.guards.protection import Protection
from server.records.models import FIRST_PREVIOUS

CHAIN = "records_seal_in_order"


def names(protection: Protection) -> list[str]:
    """The triggers' names, which SQLite keeps by database."""
    found = [f"{protection.table}_no_{what}" for what in ("delete", "update", "replace")]
    return [*found, CHAIN] if protection.table == "records_seal" else found


def standing(cursor: CursorWrapper) -> set[str]:
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    return {name for (name,) in cursor.fetchall()}


def statements(connection: BaseDatabaseWrapper, cursor: CursorWrapper, protection: Protection) -> list[str]:
    table = connection.ops.quote_name(protection.table)
    refused = f"SELECT RAISE(ABORT, '{protection.table} is append-only')"
    forbidden = protection.forbidden_update(cursor, "IS NOT")
    triggers = {
        f"{protection.table}_no_delete": f"BEFORE DELETE ON {table}",
        f"{protection.table}_no_update": f"BEFORE UPDATE ON {table}" + (f" WHEN {forbidden}" if forbidden else ""),
        f"{protection.table}_no_replace": f"BEFORE INSERT ON {table} WHEN {_would_replace(connection, cursor, protection.table)}",
    }
    if protection.table == "records_seal":
        next_number = f"(SELECT coalesce(max(sequence), 0) + 1 FROM {table})"  # noqa: S608 - a table of ours
        last_digest = f"(SELECT digest FROM {table} ORDER BY sequence DESC LIMIT 1)"  # noqa: S608 - a table of ours
        triggers[CHAIN] = (
            f"BEFORE INSERT ON {table} WHEN NEW.sequence <> {next_number}"
            f" OR NEW.previous <> coalesce({last_digest}, '{FIRST_PREVIOUS}')"
        )
    made: list[str] = []
    for name, when in triggers.items():
        quoted = connection.ops.quote_name(name)
        made += [f"DROP TRIGGER IF EXISTS {quoted}", f"CREATE TRIGGER {quoted} {when} BEGIN {refused}; END"]
    return made


def _would_replace(connection: BaseDatabaseWrapper, cursor: CursorWrapper, table: str) -> str:
    """INSERT OR REPLACE gets past delete triggers, so an insert that meets a row by any unique key, or by its rowid, is
    refused before.
    """
    quote = connection.ops.quote_name
    quoted = quote(table)
    keys: list[list[str]] = [["rowid"]]
    cursor.execute(f"PRAGMA table_info({quoted})")
    primary = sorted((place, name) for _, name, _, _, _, place in cursor.fetchall() if place)
    keys.append([quote(name) for _, name in primary])
    cursor.execute(f"PRAGMA index_list({quoted})")
    for _, index, unique, _, partial in cursor.fetchall():
        if unique and not partial:  # a partial key's rows are not told apart here; a protected table has none
            cursor.execute(f"PRAGMA index_info({quote(index)})")
            keys.append([quote(name) for _, _, name in cursor.fetchall()])
    same = [" AND ".join(f"{column} = NEW.{column}" for column in key) for key in keys]
    wheres = dict.fromkeys(same)
    return " OR ".join(f"EXISTS (SELECT 1 FROM {quoted} WHERE {where})" for where in wheres)  # noqa: S608 - columns of ours
