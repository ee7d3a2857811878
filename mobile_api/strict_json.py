"""JSON as RFC 8259 has it and nothing beside it: what Python's reader lets through and a database or a rule would choke on
is refused here, before anybody sees it."""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import IO, Any, NoReturn

from django.utils.translation import gettext_noop
from rest_framework.parsers import BaseParser

from server.records.canonical import NotCanonical, canonical_json
from server.runtime.refusals import FieldError, Refusal

LARGEST = 2 * 1024 * 1024
DEEPEST = 50
MOST_DIGITS = 100
# A string without its end runs to the end of the text, so that no start is tried twice.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")


class NotJson(Refusal):
    """The body is no JSON text (400)."""

    text = gettext_noop("The body is not valid JSON.")


class BodyTooLarge(Refusal):
    """More JSON than any call takes (413)."""

    text = gettext_noop("The body is larger than %(limit_mb)s MB.")


@dataclass(frozen=True)
class Json:
    """A body: its bytes as they came, and what they say."""

    raw: bytes
    content: Any

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()

    @cached_property
    def content_sha256(self) -> str:
        """The digest of what is said, whatever the order of keys; of the bytes where the content has no canonical form."""
        try:
            return hashlib.sha256(canonical_json(self.content).encode()).hexdigest()
        except NotCanonical:
            return self.sha256


class StrictJSONParser(BaseParser):
    """Gives a :class:`Json`. Raises NotJson and BodyTooLarge."""

    media_type = "application/json"

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        raw = stream.read(LARGEST + 1)
        return Json(raw, read(raw))


def read(raw: bytes) -> Any:
    """What a JSON text says.

    Raises BodyTooLarge (2 MB), and NotJson for what is no JSON in UTF-8: also for NaN and infinity by name or by size, keys that
    stand twice, a byte order mark, numbers of more than 100 characters, and nesting deeper than 50.
    """
    if len(raw) > LARGEST:
        raise BodyTooLarge(limit_mb=LARGEST // 1024 // 1024)
    _refuse_depth(raw)
    try:
        return json.loads(
            raw.decode("utf-8"), object_pairs_hook=_once_each, parse_constant=_refuse_constant, parse_float=_float, parse_int=_int
        )
    except (ValueError, RecursionError):
        raise NotJson from None


def _refuse_depth(raw: bytes) -> None:
    """Counted in the bytes: the reader itself would end in a RecursionError, or worse."""
    depth = 0
    for bracket in _BRACKET.finditer(_STRING.sub(b"", raw)):
        depth += 1 if bracket[0] in (b"[", b"{") else -1
        if depth > DEEPEST:
            raise NotJson(gettext_noop("The body is nested more than %(most)s deep."), most=DEEPEST)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotJson(gettext_noop("A key stands twice in the same object."))
    return found


def _refuse_constant(_name: str) -> NoReturn:
    raise NotJson(gettext_noop("NaN and infinity are no JSON numbers."))


def _float(text: str) -> float:
    number = float(text) if len(text) <= MOST_DIGITS else math.inf
    if not math.isfinite(number):
        raise NotJson(gettext_noop("A number is too large or too long."))
    return number


def _int(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise NotJson(gettext_noop("A number is too large or too long."))
    return int(text)


def unprintable(content: Any, path: str = "") -> list[FieldError]:
    """Texts and keys that hold a NUL or half of a surrogate pair, by their paths (422)."""
    if isinstance(content, str):
        wrong = "\x00" in content or any("\ud800" <= character <= "\udfff" for character in content)
        return [FieldError(path, "not_text", gettext_noop("This text holds characters that cannot be kept."))] if wrong else []
    if isinstance(content, dict):
        found = []
        for key, value in content.items():
            if unprintable(key):
                found.append(FieldError(path, "not_text", gettext_noop("A key holds characters that cannot be kept.")))
            else:
                found += unprintable(value, f"{path}.{key}".strip("."))
        return found
    if isinstance(content, list):
        return [error for n, value in enumerate(content) for error in unprintable(value, f"{path}.{n}".strip("."))]
    return []
