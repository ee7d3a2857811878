"""What an action's content lacks, said all at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from types import MappingProxyType
from typing import Protocol

from server.regulation.messages import gettext_noop as _
from server.regulation.ruleset import RuleSet


@dataclass(frozen=True)
class Missing:
    """One thing that is missing or wrong.

    `code`: stable, for clients. `field`: the body's field, as the contract names it. `text`: an English msgid with %(name)s
    places, `params` what stands in them.
    """

    code: str
    field: str
    text: str
    params: dict[str, object] = dataclass_field(default_factory=dict)

    def in_english(self) -> str:
        """The text with its places filled, untranslated."""
        return self.text % self.params


class Facts(Protocol):
    """Plain facts about one action's content, which the regulation judges."""

    def missing(self, rules: RuleSet) -> list[Missing]:
        """All that is missing or wrong, in the order of the form; empty: the content is complete."""
        ...


class Incomplete(Exception):
    """The content lacks something; `missing` names all of it (the faces answer 422)."""

    def __init__(self, missing: Iterable[Missing]) -> None:
        self.missing = tuple(missing)
        super().__init__("; ".join(lack.in_english() for lack in self.missing))


def require(facts: Facts, rules: RuleSet) -> None:
    """Raises Incomplete with all that the facts lack."""
    if lacks := facts.missing(rules):
        raise Incomplete(lacks)


def blank(text: str | None) -> bool:
    """Whether there are no words: none, empty, or white space and invisible characters only."""
    return not any(character.isprintable() and not character.isspace() for character in text or "")


REQUIRED: Mapping[str, str] = MappingProxyType(
    {
        "approved_by": _("Say who approved"),
        "category": _("Choose a category"),
        "date": _("The date is missing"),
        "deadline": _("The deadline is missing"),
        "description": _("The description is missing"),
        "goal": _("The goal is missing"),
        "ground": _("The ground is missing"),
        "ledger_row": _("The row of the ledger is missing"),
        "location": _("Give the point"),
        "main_units": _("Name the main-responsible units"),
        "name": _("The name is missing"),
        "percent": _("The percent is missing"),
        "reason": _("The reason is missing"),
        "sector": _("Choose a sector"),
        "source": _("Choose a source"),
        "statement": _("Say what has been done"),
        "supervising_units": _("Name the supervising units, the lead first"),
        "text": _("Words are missing"),
        "title": _("The title is missing"),
        "until": _("Say until when"),
        "value": _("The new value is missing"),
    }
)
"""Field → what is said where it is missing."""


def demand(lacks: list[Missing], name: str, value: str | None) -> None:
    """Add that a field is missing where its text is blank."""
    if blank(value):
        text = REQUIRED.get(name, _("This is missing: %(field)s"))
        lacks.append(Missing("required", name, text, {"field": name}))
