"""What a form consists of. A field has the name that the action's body has for it, so that a refusal finds its place."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise

Words = str | Promise
Choices = Sequence[tuple[str, Words]]


class Kind(StrEnum):
    """How a field is filled in, and what it becomes."""

    TEXT = "text"
    LONG = "long"
    DATE = "date"
    MOMENT = "moment"
    NUMBER = "number"
    CHECK = "check"
    SELECT = "select"
    RESULT = "result"
    MANY = "many"
    ORDERED = "ordered"
    LINES = "lines"
    ROWS = "rows"
    FILE = "file"
    FILES = "files"
    PHOTOS = "photos"
    THUMBS = "thumbs"
    POINT = "point"
    PASSWORD = "password"  # noqa: S105  # a kind of field
    CHECKLIST = "checklist"
    HIDDEN = "hidden"


@dataclass(frozen=True)
class Field:
    """One field. ``null``: left empty it is nothing (None) rather than empty words. ``least``: how many rows stand open.

    ``sometimes``: label or hint say when it is needed, so it is not called optional.
    """

    name: str
    label: Words = ""
    kind: Kind = Kind.TEXT
    required: bool = False
    sometimes: bool = False
    hint: Words = ""
    choices: Choices = ()
    fields: tuple["Field", ...] = ()
    null: bool = False
    wide: bool = True
    least: int = 1
    most: int = 10_000
    lead: bool = False

    @property
    def blank(self) -> object:
        """What an empty field of this kind is."""
        if self.kind in (Kind.MANY, Kind.ORDERED, Kind.LINES, Kind.ROWS, Kind.FILES, Kind.PHOTOS, Kind.THUMBS):
            return []
        if self.kind is Kind.CHECKLIST:
            return {}
        if self.kind is Kind.CHECK:
            return False
        empty_is_none = self.null or self.kind in (Kind.DATE, Kind.MOMENT, Kind.NUMBER, Kind.FILE, Kind.POINT, Kind.PASSWORD)
        return None if empty_is_none else ""
