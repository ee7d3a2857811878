"""Showing a form: its fields with what stands in them and what was refused, each refusal at its field."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext

from server.files.models import StoredFile
from server.portal.forms.fields import Field, Kind
from server.portal.forms.reading import is_uuid
from server.runtime.refusals import FieldError


def in_words(error: FieldError) -> str:
    """A refusal in the reader's language; values that are messages themselves are translated too."""
    params = {name: gettext(value) if isinstance(value, str) and value else value for name, value in error.params.items()}
    if "question_zh" in params and (get_language() or "").startswith("zh"):
        params["question"] = params["question_zh"]
    try:
        return gettext(error.text) % params
    except (KeyError, TypeError, ValueError):
        return gettext(error.text)


@dataclass(frozen=True)
class RowOfFields:
    """One row of a field of rows; ``number`` is its place, ``__n__`` in the template of a new one."""

    number: str
    fields: list["BoundField"]


@dataclass(frozen=True)
class BoundField:
    """A field with its value and its refusals."""

    field: Field
    path: str
    value: Any
    errors: list[str] = dataclasses.field(default_factory=list)
    rows: list[RowOfFields] = dataclasses.field(default_factory=list)
    new_row: RowOfFields | None = None
    files: list[StoredFile] = dataclasses.field(default_factory=list)

    @property
    def name(self) -> str:
        return self.path

    @property
    def id(self) -> str:
        return f"f-{self.path.replace('.', '-')}"

    @property
    def kind(self) -> str:
        return self.field.kind.value

    @property
    def slots(self) -> list[str]:
        """The places of an ordered choice: what is chosen, and one more to choose in."""
        chosen = [str(code) for code in self.value or []]
        return [*chosen, ""] if chosen or self.field.least < 2 else [""] * self.field.least

    @property
    def chosen(self) -> set[str]:
        return {str(code) for code in self.value or []}


@dataclass(frozen=True)
class Form:
    """A form as a page shows it."""

    fields: list[BoundField]
    general: list[str]
    all_errors: list[tuple[str, str]]

    def __getitem__(self, name: str) -> BoundField:
        for one in self.fields:
            if one.field.name == name:
                return one
        raise KeyError(name)


def show(fields: Sequence[Field], values: Mapping[str, Any], errors: Sequence[FieldError] = ()) -> Form:
    """Bind fields to values. A refusal of something inside a field stands at that place, else at the field, else on top."""
    left = list(errors)
    bound = [_bind(one, one.name, values.get(one.name, one.blank), left) for one in fields]
    listed = [(_anchor(error, fields), in_words(error)) for error in errors]
    return Form(bound, [in_words(error) for error in left], list(dict.fromkeys(listed)))


def _bind(one: Field, path: str, value: Any, left: list[FieldError]) -> BoundField:
    rows: list[RowOfFields] = []
    new_row = None
    if one.kind is Kind.ROWS:
        given = list(value or [])
        given += [{} for _unused in range(max(0, one.least - len(given)))]
        rows = [
            RowOfFields(str(n), [_bind(f, f"{path}.{n}.{f.name}", row.get(f.name, f.blank), left) for f in one.fields])
            for n, row in enumerate(given)
        ]
        new_row = RowOfFields("__n__", [BoundField(f, f"{path}.__n__.{f.name}", f.blank) for f in one.fields])
    own = [error for error in left if error.field == path or error.field.startswith(f"{path}.")]
    for error in own:
        left.remove(error)
    return BoundField(
        one, path, value, list(dict.fromkeys(in_words(error) for error in own)), rows, new_row, _named_files(one, value)
    )


def _named_files(one: Field, value: Any) -> list[StoredFile]:
    if one.kind not in (Kind.FILE, Kind.FILES) or not value:
        return []
    return list(
        StoredFile.objects.filter(pk__in=[code for code in ([value] if isinstance(value, str) else value) if is_uuid(code)])
    )


def _anchor(error: FieldError, fields: Sequence[Field]) -> str:
    known = {one.name for one in fields}
    path = error.field
    return f"f-{path.replace('.', '-')}" if path in known or path.split(".")[0] in known else ""
