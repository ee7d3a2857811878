"""Why something was refused, in the terms that every face turns into its own answer (contract.md, "HTTP in general").

The order in which they are asked: NotThere (404) → NotAllowed (403) → WrongState or Conflict (409) → Invalid (422).
Texts are msgids with named parameters; the face translates them into the reader's language.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class FieldError:
    """One thing that is wrong or missing: the field to go to, a stable code, and what to do about it."""

    field: str
    code: str
    text: str
    params: Mapping[str, object] = dataclasses.field(default_factory=dict)


class Refusal(Exception):
    """Base of all refusals; ``text`` is a msgid."""

    text: str = ""

    def __init__(self, text: str = "", **params: object) -> None:
        super().__init__(text or self.text)
        self.text = text or self.text
        self.params = params


class NotThere(Refusal):
    """It is not there, or this person may not see it: the two are never told apart."""

    text = "There is nothing here."


class NotAllowed(Refusal):
    """The person sees the thing but may not do this to it."""

    text = "You may not do this."


class Conflict(Refusal):
    """Something else was already done, or the same id was used with other content."""

    text = "This was already done otherwise."


class WrongState(Conflict):
    """The object is not in a state from which this can be done; says who brought it there and when."""

    text = "This is not possible in the present state."

    def __init__(self, status: str, by: str = "", at: datetime | None = None, text: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.by = by
        self.at = at


class Invalid(Refusal):
    """The content is not acceptable; names everything that is wrong at once."""

    text = "Some of the content is missing or wrong."

    def __init__(self, errors: Iterable[FieldError]) -> None:
        super().__init__()
        self.errors = list(errors)

    @classmethod
    def one(cls, field_name: str, code: str, text: str, **params: object) -> "Invalid":
        return cls([FieldError(field_name, code, text, params)])
