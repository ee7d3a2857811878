"""Whatever a JSON body says, as text that every page can print and both databases can keep."""

import json

_UNPRINTABLE = {0: "\N{REPLACEMENT CHARACTER}", **dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")}


def printable(value: object) -> str:
    """Any JSON value as text, whole: a text stripped, nothing for null and false, else its JSON.

    NUL, which PostgreSQL does not keep, and lone surrogates, which no page can be encoded with, become U+FFFD: a text that
    differs in them alone still looks different. What is nested deeper than can be written becomes "…".
    """
    if value is None or value is False:
        return ""
    if not isinstance(value, str):
        try:
            value = json.dumps(value, ensure_ascii=False, default=str)
        except (RecursionError, ValueError):  # ValueError: a whole number of more digits than Python writes
            return "…"
    return value.translate(_UNPRINTABLE).strip()
