"""What is declared of a table that must be append-only."""

from dataclasses import dataclass

from django.db import connections
from django.db.backends.utils import CursorWrapper


@dataclass(frozen=True, slots=True)
class Protection:
    """`may_change`: columns that may be updated; `set_once`: columns that may be filled once, from NULL, and never again."""

    table: str
    may_change: tuple[str, ...] = ()
    set_once: tuple[str, ...] = ()

    def forbidden_update(self, cursor: CursorWrapper, differs: str) -> str:
        """The SQL condition on OLD and NEW under which an update is refused; "" when every update is.

        `differs` is the engine's operator for "not the same, NULL counted as a value".
        """
        if not self.may_change and not self.set_once:
            return ""
        connection = connections[cursor.db.alias]
        quote = connection.ops.quote_name
        columns = [column.name for column in connection.introspection.get_table_description(cursor, self.table)]
        unknown = {*self.may_change, *self.set_once} - set(columns)
        if unknown:
            raise LookupError(f"{self.table} has no column {', '.join(sorted(unknown))}.")
        conditions = []
        for name in columns:
            if name in self.may_change:
                continue
            column = quote(name)
            changed = f"NEW.{column} {differs} OLD.{column}"
            conditions.append(f"(OLD.{column} IS NOT NULL AND {changed})" if name in self.set_once else changed)
        return " OR ".join(conditions)
