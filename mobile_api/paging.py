"""Paging by cursor: `limit` and `next`, which means nothing to anybody but us."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_noop

from server.runtime.refusals import Invalid

DEFAULT, MOST = 100, 500
Row = TypeVar("Row", bound=Model)


def limit_of(query: QueryDict) -> int:
    """How many the client wants, 100 by default. Raises Invalid for less than 1 or more than 500."""
    given = query.get("limit")
    if given is None:
        return DEFAULT
    number = int(given) if given.isascii() and given.isdigit() and len(given) <= 6 else 0
    if not 1 <= number <= MOST:
        raise Invalid.one(
            "limit", "out_of_range", gettext_noop("The limit must lie between %(least)s and %(most)s."), least=1, most=MOST
        )
    return number


def encoded(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps([str(part) for part in parts]).encode()).decode().rstrip("=")


def decoded(cursor: str, name: str = "cursor", parts: int = 2) -> list[str]:
    """What `encoded` was given. Raises Invalid for what it did not make."""
    try:
        said: Any = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
    except (ValueError, UnicodeError, RecursionError):
        said = None
    if not isinstance(said, list) or len(said) != parts or not all(isinstance(part, str) for part in said):
        raise bad_cursor(name)
    return said


def bad_cursor(name: str = "cursor") -> Invalid:
    return Invalid.one(name, "unknown_cursor", gettext_noop("This is not the next of an earlier answer."))


@dataclass(frozen=True)
class NewestFirst:
    """Rows by a time, the newest first, those of one instant by their ids: a place in that order stays what it is."""

    column: str

    def page(self, rows: QuerySet[Row], query: QueryDict) -> tuple[list[Row], str | None]:
        """One page and the cursor of the next, None at the end. Raises Invalid for a limit or cursor that is none."""
        most = limit_of(query)
        rows = self.ordered(rows)
        if cursor := query.get("cursor"):
            at, pk = self._place(cursor)
            rows = rows.filter(Q(**{f"{self.column}__lt": at}) | Q(**{self.column: at, "pk__gt": pk}))
        found = list(rows[: most + 1])
        if len(found) <= most:
            return found, None
        last = found[most - 1]
        return found[:most], encoded(getattr(last, self.column).isoformat(), last.pk)

    def ordered(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        return rows.order_by(f"-{self.column}", "pk")

    def _place(self, cursor: str) -> tuple[datetime, UUID]:
        at, pk = decoded(cursor)
        try:
            moment, key = datetime.fromisoformat(at), UUID(pk)
        except ValueError:
            raise bad_cursor() from None
        if moment.utcoffset() is None or not 1900 < moment.year < 9000:
            raise bad_cursor()
        return moment, key
