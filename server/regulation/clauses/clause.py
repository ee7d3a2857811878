"""What a clause is: one rule of the regulation, and what the system does about it."""

from dataclasses import dataclass

from server.regulation.lifecycle import Action


@dataclass(frozen=True)
class Clause:
    """One rule.

    `id`: "17-1" is the first rule of Article 17. `text_zh`: what the regulation says, shortened. `does`, `does_zh`: what the
    system does, in English and Chinese. `parameters`: names in the rule set. `built` False: not yet built, and the page says so.
    """

    id: str
    article: int
    text_zh: str
    does: str
    does_zh: str
    parameters: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    built: bool = True


def clause(
    id: str,
    text_zh: str,
    does: str,
    does_zh: str,
    *,
    parameters: str = "",
    actions: tuple[Action, ...] = (),
    built: bool = True,
) -> Clause:
    """Write down a clause; `parameters` are names with spaces between them."""
    return Clause(id, int(id.split("-")[0]), text_zh, does, does_zh, tuple(parameters.split()), actions, built)
