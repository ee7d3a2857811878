"""The guards on PostgreSQL: triggers, the sealing at commit, and rights.

With `RECORDS_PROGRAM_ROLE` set, the tables belong to the role that migrates, and the role that the program runs as may only
read and insert: it can switch off no trigger, write no seal and replay nothing past them.
"""

from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from server.records.guards.protection import Protection
from server.records.models import FIRST_PREVIOUS

SEALING = "records_entry.records_entry_sealed"
COMMIT_LOCK = 7_461_953_012_884_201  # any number, the same in every process: who holds it gives the next number


def names(protection: Protection) -> list[str]:
    """The triggers' names as `table.trigger`: PostgreSQL keeps them by table."""
    return [f"{protection.table}.{what}" for what in ("append_only_delete", "append_only_update", "append_only_truncate")]


def standing(cursor: CursorWrapper) -> set[str]:
    """The triggers that are there and switched on, of the schema in use."""
    cursor.execute(
        "SELECT c.relname || '.' || t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')"
    )
    return {name for (name,) in cursor.fetchall()}


def statements(connection: BaseDatabaseWrapper, cursor: CursorWrapper, protection: Protection) -> list[str]:
    table = connection.ops.quote_name(protection.table)
    refuse = f"{_schema(cursor)}.records_refuse"
    forbidden = protection.forbidden_update(cursor, "IS DISTINCT FROM")
    condition = f" WHEN ({forbidden})" if forbidden else ""
    made = [
        f"CREATE OR REPLACE FUNCTION {refuse}() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$"
        " BEGIN RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP"
        " USING ERRCODE = 'restrict_violation'; END $$",
    ]
    for name, when in (
        ("append_only_delete", f"BEFORE DELETE ON {table} FOR EACH ROW"),
        ("append_only_update", f"BEFORE UPDATE ON {table} FOR EACH ROW{condition}"),
        ("append_only_truncate", f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"),
    ):
        made.append(f"CREATE OR REPLACE TRIGGER {name} {when} EXECUTE FUNCTION {refuse}()")
        # ALWAYS: also where a session claims to be replaying a replica's changes
        made.append(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
    return made


def make_sealing(connection: BaseDatabaseWrapper, cursor: CursorWrapper, existing: set[str]) -> None:
    """Make the deferred trigger that gives number and digest at commit.

    It takes one lock that ends with the transaction, so the next commit reads this one's seal, and numbers follow the order
    of commits.
    """
    if not {"records_entry", "records_seal"} <= existing:
        return
    schema = _schema(cursor)
    cursor.execute(
        f"""
        CREATE OR REPLACE FUNCTION {schema}.records_seal_entry() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        DECLARE
            number bigint;
            before text;
        BEGIN
            PERFORM pg_advisory_xact_lock({COMMIT_LOCK});
            SELECT s.sequence, s.digest INTO number, before FROM {schema}.records_seal s ORDER BY s.sequence DESC LIMIT 1;
            IF NOT FOUND THEN
                number := 0;
                before := '{FIRST_PREVIOUS}';
            END IF;
            INSERT INTO {schema}.records_seal (sequence, entry_id, digest, previous)
            VALUES (number + 1, NEW.id, encode(sha256(convert_to(before || NEW.canonical, 'UTF8')), 'hex'), before);
            RETURN NULL;
        END $$
        """  # noqa: S608 - the schema's own name, quoted, and constants of this module
    )
    cursor.execute(f"REVOKE ALL ON FUNCTION {schema}.records_seal_entry() FROM PUBLIC")
    cursor.execute(
        "SELECT 1 FROM pg_trigger WHERE tgname = 'records_entry_sealed' AND tgrelid = %s::regclass", [f"{schema}.records_entry"]
    )
    if cursor.fetchone() is None:
        cursor.execute(
            f"CREATE CONSTRAINT TRIGGER records_entry_sealed AFTER INSERT ON {schema}.records_entry"
            f" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {schema}.records_seal_entry()"
        )


def grant(connection: BaseDatabaseWrapper, cursor: CursorWrapper, present: Iterable[Protection]) -> None:
    """Give the program's role what it needs of the tables that this role owns, and of the protected ones no more than
    inserting.
    """
    role: str = getattr(settings, "RECORDS_PROGRAM_ROLE", "")
    if not role:
        return
    quote = connection.ops.quote_name
    cursor.execute("SELECT rolsuper OR pg_has_role(rolname, current_user, 'MEMBER') FROM pg_roles WHERE rolname = %s", [role])
    row = cursor.fetchone()
    if row is None or row[0]:
        raise ImproperlyConfigured(f"RECORDS_PROGRAM_ROLE: {role!r} must be a role of its own, not the one that owns the tables.")
    program, schema = quote(role), _schema(cursor)
    cursor.execute(f"GRANT USAGE ON SCHEMA {schema} TO {program}")
    cursor.execute(
        "SELECT relname, relkind FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
        " AND relkind IN ('r', 'p', 'v', 'S') AND relowner = current_user::regrole"
    )
    for name, kind in cursor.fetchall():
        rights = "USAGE, SELECT" if kind == "S" else "SELECT, INSERT, UPDATE, DELETE"
        cursor.execute(f"GRANT {rights} ON {'SEQUENCE' if kind == 'S' else 'TABLE'} {schema}.{quote(name)} TO {program}")
    for protection in present:
        table = f"{schema}.{quote(protection.table)}"
        cursor.execute(f"REVOKE ALL ON TABLE {table} FROM PUBLIC, {program}")
        cursor.execute(
            f"GRANT {'SELECT' if protection.table == 'records_seal' else 'SELECT, INSERT'} ON TABLE {table} TO {program}"
        )
        columns = [*protection.may_change, *protection.set_once]
        if columns:
            cursor.execute(f"GRANT UPDATE ({', '.join(quote(column) for column in columns)}) ON TABLE {table} TO {program}")


def _schema(cursor: CursorWrapper) -> str:
    cursor.execute("SELECT quote_ident(current_schema())")
    schema: str = cursor.fetchone()[0]
    return schema
