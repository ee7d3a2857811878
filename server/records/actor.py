"""Who did a thing, as values: the record lies below units and holds no foreign key to a person."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, or the system, as they stood when they acted.

    `id` is the person's primary key as text, `name` the name in use on that day, `unit` the code of the unit they acted for
    ("" when for none) and `unit_name` its name on that day. Later changes of either never reach the record.
    """

    id: str
    name: str
    unit: str = ""
    unit_name: str = ""

    @classmethod
    def system(cls) -> Self:
        """The nightly run and other work that no person set off."""
        return cls(id="system", name="system")
