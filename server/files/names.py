"""Names of files as their senders wrote them: kept for showing, never used as a path."""

import unicodedata

LONGEST = 200


def display_name(name: str) -> str:
    """Return the name without folders, control characters and direction overrides, at most 200 characters; "" when nothing is
    left.

    Markup stays as it is: templates escape it.
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(" " if character.isspace() else character for character in last if character.isspace() or _shows(character))
    shown = " ".join(shown.split())
    if shown in {".", ".."}:
        return ""
    if len(shown) <= LONGEST:
        return shown
    stem, dot, ending = shown.rpartition(".")
    if not dot or len(ending) > 10:
        return shown[:LONGEST]
    return f"{stem[: LONGEST - len(ending) - 1]}.{ending}"


def _shows(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
