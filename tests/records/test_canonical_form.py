"""One text for one value, or a refusal."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from uuid import UUID

import pytest

from server.records.canonical import NotCanonical, canonical_json


class Colour(Enum):
    RED = "red"


def test_keys_are_sorted_and_nothing_is_spaced() -> None:
    assert canonical_json({"b": [1, 2.5, None, True], "a": "临湘"}) == '{"a":"临湘","b":[1,2.5,null,true]}'


def test_the_order_in_which_keys_were_given_does_not_matter() -> None:
    assert canonical_json({"x": 1, "y": 2}) == canonical_json({"y": 2, "x": 1})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2026, 3, 9, 9, 30, tzinfo=timezone(timedelta(hours=8))), '"2026-03-09T01:30:00.000000Z"'),
        (datetime(2026, 3, 9, 1, 30, 0, 5, tzinfo=UTC), '"2026-03-09T01:30:00.000005Z"'),
        (date(2026, 3, 9), '"2026-03-09"'),
        (Decimal("10.50"), '"10.50"'),
        (Decimal("1E+3"), '"1000"'),
        (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (Colour.RED, '"red"'),
        ((1, (2,)), "[1,[2]]"),
    ],
)
def test_each_kind_of_value_has_one_spelling(value: object, text: str) -> None:
    assert canonical_json(value) == text


def test_the_text_read_back_and_written_again_is_the_same() -> None:
    text = canonical_json({"n": 0.1, "big": 2**80, "small": 5e-324, "whole": 1e22, "text": '"\\\u2028😀'})
    assert canonical_json(json.loads(text)) == text


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        datetime(2026, 3, 9, 1, 30),  # noqa: DTZ001 - a naive time is the point
        datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-8))),
        "a\x00b",
        "\ud800",
        {"a\x00": 1},
        {1: "a"},
        b"bytes",
        {1, 2},
        10**1000,
        pytest.param(object(), id="an object"),
    ],
    ids=repr,
)
def test_what_has_no_single_spelling_is_refused(value: object) -> None:
    with pytest.raises(NotCanonical) as refused:
        canonical_json({"here": value})
    assert refused.value.errors[0].field.startswith("$")


def test_a_value_nested_without_end_is_refused_and_not_a_crash() -> None:
    nested: list[object] = []
    for _ in range(100_000):
        nested = [nested]
    with pytest.raises(NotCanonical):
        canonical_json(nested)
    deep: object = 1
    for _ in range(60):
        deep = {"a": deep}
    assert canonical_json(deep).endswith("}" * 60)
