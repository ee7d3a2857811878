# ruff: noqa: S608 — the statements are put together from this module's own table names alone.
"""The database's own refusal: an opinion or decision sits on a supervising unit's seat, and nobody changes sides.

A seat with an opinion or decision on it never becomes a rectifier's, and who rectifies or rectified never leaves that side.

Behind the policy and the regulation (Articles 17 and 18), for what asks neither: a batch, an import, a shell. Written for both
engines and put in place after every migrate.
"""

from django.db import connections
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_TABLES = ("acceptance_opinion", "acceptance_decision")
_REFUSAL = "who rectified cannot accept"

_SUPERVISES = (
    "SELECT 1 FROM problems_involvement i WHERE i.id = NEW.seat_id AND i.role = 'supervising' AND i.unit_id = NEW.unit_id"
)

_POSTGRESQL = (
    f"""
    CREATE OR REPLACE FUNCTION acceptance_seat_supervises() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NOT EXISTS ({_SUPERVISES}) THEN
        RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'check_violation';
      END IF;
      RETURN NEW;
    END $$
    """,
    *(
        f"CREATE TRIGGER {table}_seat BEFORE INSERT OR UPDATE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION acceptance_seat_supervises()"
        for table in _TABLES
    ),
    f"""
    CREATE OR REPLACE FUNCTION acceptance_seat_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF OLD.role IN ('main', 'former_main') AND (TG_OP = 'DELETE' OR NEW.role NOT IN ('main', 'former_main')
          OR NEW.unit_id <> OLD.unit_id OR NEW.problem_id <> OLD.problem_id) THEN
        RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'check_violation';
      END IF;
      IF TG_OP = 'DELETE' THEN
        RETURN OLD;
      END IF;
      IF NEW.role IN ('main', 'former_main') AND (EXISTS (SELECT 1 FROM acceptance_opinion o WHERE o.seat_id = NEW.id)
          OR EXISTS (SELECT 1 FROM acceptance_decision d WHERE d.seat_id = NEW.id)) THEN
        RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'check_violation';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER problems_involvement_seat BEFORE UPDATE OR DELETE ON problems_involvement
    FOR EACH ROW EXECUTE FUNCTION acceptance_seat_is_kept()
    """,
)

_SQLITE = (
    *(
        f"""
        CREATE TRIGGER {table}_seat_{moment.lower()} BEFORE {moment} ON {table}
        WHEN NOT EXISTS ({_SUPERVISES})
        BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END
        """
        for table in _TABLES
        for moment in ("INSERT", "UPDATE")
    ),
    f"""
    CREATE TRIGGER problems_involvement_seat BEFORE UPDATE ON problems_involvement
    WHEN NEW.role IN ('main', 'former_main') AND (EXISTS (SELECT 1 FROM acceptance_opinion o WHERE o.seat_id = NEW.id)
      OR EXISTS (SELECT 1 FROM acceptance_decision d WHERE d.seat_id = NEW.id))
    BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END
    """,
    f"""
    CREATE TRIGGER problems_involvement_side BEFORE UPDATE ON problems_involvement
    WHEN OLD.role IN ('main', 'former_main') AND (NEW.role NOT IN ('main', 'former_main')
      OR NEW.unit_id <> OLD.unit_id OR NEW.problem_id <> OLD.problem_id)
    BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END
    """,
    f"""
    CREATE TRIGGER problems_involvement_gone BEFORE DELETE ON problems_involvement
    WHEN OLD.role IN ('main', 'former_main')
    BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END
    """,
)

_NAMES = ("acceptance_opinion_seat", "acceptance_decision_seat", "problems_involvement_seat")


def tables_exist(using: str) -> bool:
    """Whether the tables are there: a migrate that goes back to before them has nothing to guard."""
    return {*_TABLES, "problems_involvement"} <= set(connections[using].introspection.table_names())


def guard(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put the triggers in place, in place of any that are there."""
    release(schema_editor)
    for statement in _POSTGRESQL if schema_editor.connection.vendor == "postgresql" else _SQLITE:
        schema_editor.execute(statement)


def release(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers away."""
    if schema_editor.connection.vendor == "postgresql":
        for table, name in zip((*_TABLES, "problems_involvement"), _NAMES, strict=True):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
        return
    for name in (
        *("problems_involvement_seat", "problems_involvement_side", "problems_involvement_gone"),
        *(f"{table}_seat_{moment}" for table in _TABLES for moment in ("insert", "update")),
    ):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
