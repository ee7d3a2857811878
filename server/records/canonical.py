"""Canonical JSON: one text for one value, so that a digest over it means something.

Keys are sorted by code point, there is no white space, text stays UTF-8 as it is. Dates, times, UUIDs, decimals and
enumerations have one spelling each. What has no single spelling, or what one of the two databases cannot keep, is refused:
NaN and infinity, times without zone, NUL, lone surrogates, bytes, sets, keys that are not text.
"""

import json
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from uuid import UUID

from django.utils.translation import gettext_noop

from server.runtime.refusals import FieldError, Invalid

MOST_NESTED = 64
MOST_DIGITS = 1_000


class NotCanonical(Invalid, ValueError):
    """The value has no canonical form; says where and why. To a face it is content that cannot be accepted (422)."""

    def __init__(self, where: str, reason: str, **params: object) -> None:
        super().__init__([FieldError(where, "not_recordable", reason, params)])
        self.args = (f"{where}: {reason % params}",)


def canonical_json(value: object) -> str:
    """Return the canonical JSON text of `value`.

    Datetimes become UTC with microseconds and `Z`, decimals plain text with the places they have, UUIDs their hyphened form,
    tuples lists. Raises NotCanonical.
    """
    return json.dumps(_plain(value, "$", 0), ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def instant(value: datetime, where: str = "$") -> str:
    """Spell an aware datetime in UTC, to the microsecond: 2026-09-01T04:00:00.000000Z. Raises NotCanonical for a naive one."""
    if value.utcoffset() is None:
        raise NotCanonical(where, gettext_noop("This time has no zone."))
    try:
        moment = value.astimezone(UTC)
    except OverflowError:
        raise NotCanonical(where, gettext_noop("This time lies outside the calendar.")) from None
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _plain(value: object, where: str, depth: int) -> object:
    if depth > MOST_NESTED:
        raise NotCanonical("$", gettext_noop("This is nested more than %(most)s deep."), most=MOST_NESTED)
    if isinstance(value, Enum):  # before str and int: text choices are both
        return _plain(value.value, where, depth)
    if isinstance(value, Mapping):
        return {_key(key, where): _plain(item, f"{where}.{key}", depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, f"{where}[{index}]", depth + 1) for index, item in enumerate(value)]
    return _leaf(value, where)


def _key(key: object, where: str) -> str:
    if isinstance(key, Enum):
        key = key.value
    if not isinstance(key, str):
        raise NotCanonical(where, gettext_noop("A key here is not text."))
    return _text(key, where)


def _leaf(value: object, where: str) -> object:
    match value:
        case None | bool():
            return value
        case str():
            return _text(value, where)
        case int():
            if abs(value) >= 10**MOST_DIGITS:
                raise NotCanonical(where, gettext_noop("This number has more than %(most)s digits."), most=MOST_DIGITS)
            return int(value)
        case float():
            if not math.isfinite(value):
                raise NotCanonical(where, gettext_noop("This is not a number."))
            return float(value)
        case Decimal():
            if not value.is_finite():
                raise NotCanonical(where, gettext_noop("This is not a number."))
            return format(value, "f")
        case datetime():  # before date, of which it is one
            return instant(value, where)
        case date() | time():
            return value.isoformat()
        case UUID():
            return str(value)
    raise NotCanonical(where, gettext_noop("A %(type)s cannot be recorded."), type=type(value).__name__)


def _text(value: str, where: str) -> str:
    if "\x00" in value:
        raise NotCanonical(where, gettext_noop("This text holds a NUL character."))
    try:
        value.encode()
    except UnicodeEncodeError:
        raise NotCanonical(where, gettext_noop("This text holds half of a surrogate pair.")) from None
    return str(value)
