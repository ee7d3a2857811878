"""Rule sets: one file an edition, each number with the article it belongs to (Articles 23 to 25)."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import NamedTuple

Value = int | Decimal | bool | str | date | tuple[str, ...]


class UnknownEdition(LookupError):
    """There is no rule set of that name."""


class UnknownParameter(LookupError):
    """The rule set has no parameter of that name, or it is of another kind."""


class MonthDay(NamedTuple):
    """A day that comes every year, such as 10 March."""

    month: int
    day: int

    def in_year(self, year: int) -> date:
        return date(year, self.month, self.day)


@dataclass(frozen=True)
class Parameter:
    """One number, switch or list of a rule set.

    `article`: the article it belongs to. `title` is English, `title_zh` Chinese. `unit`: days, working_days, hours, months,
    percent, points, times, people, factor, yes_no, month_days, months_of_year, codes, date.
    """

    name: str
    value: Value
    article: str
    title: str
    unit: str
    title_zh: str = ""


@dataclass(frozen=True)
class ChecklistItem:
    """One question of the acceptance checklist (Article 17)."""

    code: str
    text: str
    text_zh: str


@dataclass(frozen=True)
class RuleSet:
    """An edition of the rules. Frozen: a revision is a new file, a parameter in force a changed copy (`with_values`)."""

    edition: str
    in_force_from: date
    interpreted_by: str
    parameters: Mapping[str, Parameter]
    checklist: tuple[ChecklistItem, ...] = ()
    title: str = ""
    title_zh: str = ""
    interpreted_by_zh: str = ""

    def whole(self, name: str) -> int:
        """A whole number, such as days."""
        value = self._value(name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise UnknownParameter(f"{name} is no whole number")
        return value

    def decimal(self, name: str) -> Decimal:
        """A decimal number, such as points; a whole number is one too."""
        value = self._value(name)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise UnknownParameter(f"{name} is no number")
        return Decimal(value)

    def exact(self, name: str) -> Fraction:
        """A decimal number to calculate with, exactly."""
        return Fraction(self.decimal(name))

    def flag(self, name: str) -> bool:
        """A switch."""
        value = self._value(name)
        if not isinstance(value, bool):
            raise UnknownParameter(f"{name} is no switch")
        return value

    def words(self, name: str) -> tuple[str, ...]:
        """A list of codes."""
        value = self._value(name)
        if not isinstance(value, tuple):
            raise UnknownParameter(f"{name} is no list")
        return value

    def numbers(self, name: str) -> tuple[int, ...]:
        """A list of whole numbers, such as months."""
        return tuple(int(word) for word in self.words(name))

    def dates(self, name: str) -> tuple[MonthDay, ...]:
        """A list of days that come every year, written "03-10"."""
        return tuple(_month_day(word) for word in self.words(name))

    def day(self, name: str) -> date:
        """One calendar day."""
        value = self._value(name)
        if not isinstance(value, date):
            raise UnknownParameter(f"{name} is no date")
        return value

    def with_values(self, values: Mapping[str, object]) -> "RuleSet":
        """The same edition with other values of some parameters, as the security_admin put them in force.

        Numbers may come as text or JSON numbers, lists as JSON lists, dates as ISO text. Raises UnknownParameter for a name that
        the edition does not have and ValueError for a value of another kind than the default.
        """
        parameters = dict(self.parameters)
        for name, value in values.items():
            if name not in parameters:
                raise UnknownParameter(name)
            parameters[name] = replace(parameters[name], value=_as_kind_of(parameters[name].value, value, name))
        return replace(self, parameters=MappingProxyType(parameters))

    def _value(self, name: str) -> Value:
        try:
            return self.parameters[name].value
        except KeyError:
            raise UnknownParameter(f"{name} in {self.edition}") from None


@cache
def load(edition: str) -> RuleSet:
    """The rule set of an edition, e.g. "2026". Raises UnknownEdition."""
    if edition not in editions():
        raise UnknownEdition(edition)
    text = resources.files("server.regulation").joinpath("rulesets", f"{edition}.toml").read_text(encoding="utf-8")
    return read(text)


@cache
def editions() -> tuple[str, ...]:
    """The names of all editions there are, oldest name first."""
    folder = resources.files("server.regulation").joinpath("rulesets")
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


def in_force(on: date) -> RuleSet:
    """The edition in force on a day: the last one that had begun by then.

    Before the first edition began the first one answers: plans of a ledger taken over are judged by it (rules.md, take_over).
    """
    return chosen((load(edition) for edition in editions()), on)


def chosen(rule_sets: Iterable[RuleSet], on: date) -> RuleSet:
    """Of several editions the one in force on a day."""
    by_date = sorted(rule_sets, key=lambda rules: rules.in_force_from)
    begun = [rules for rules in by_date if rules.in_force_from <= on]
    return begun[-1] if begun else by_date[0]


def read(text: str) -> RuleSet:
    """Read a rule set from TOML. Raises ValueError where a parameter lacks its article, titles or unit."""
    data = tomllib.loads(text, parse_float=Decimal)
    parameters: dict[str, Parameter] = {}
    for name, entry in data["parameters"].items():
        if lacking := {"value", "article", "title", "title_zh", "unit"} - set(entry):
            raise ValueError(f"{name} lacks {', '.join(sorted(lacking))}")
        value = entry["value"]
        parameters[name] = Parameter(
            name=name,
            value=tuple(str(item) for item in value) if isinstance(value, list) else value,
            article=str(entry["article"]),
            title=entry["title"],
            unit=entry["unit"],
            title_zh=entry["title_zh"],
        )
    head = data["edition"]
    return RuleSet(
        edition=head["name"],
        in_force_from=head["in_force_from"],
        interpreted_by=head["interpreted_by"],
        parameters=MappingProxyType(parameters),
        checklist=tuple(ChecklistItem(item["code"], item["text"], item["text_zh"]) for item in data["checklist"]),
        title=head["title"],
        title_zh=head["title_zh"],
        interpreted_by_zh=head["interpreted_by_zh"],
    )


def _month_day(word: str) -> MonthDay:
    month, day = (int(part) for part in word.split("-"))
    date(2000, month, day)
    return MonthDay(month, day)


def _as_kind_of(default: Value, value: object, name: str) -> Value:
    if isinstance(default, bool):
        if isinstance(value, bool):
            return value
    elif isinstance(default, int):
        if not isinstance(value, bool) and isinstance(value, int | str):
            return int(value)
    elif isinstance(default, Decimal):
        if not isinstance(value, bool) and isinstance(value, int | float | str | Decimal):
            return Decimal(str(value))
    elif isinstance(default, date):
        if isinstance(value, date):
            return value
        if isinstance(value, str):
            return date.fromisoformat(value)
    elif isinstance(default, str):
        if isinstance(value, str):
            return value
    elif isinstance(value, list | tuple):
        return tuple(str(item) for item in value)
    raise ValueError(f"{name}: {value!r} is of another kind than {default!r}")
