"""What is JSON and what is not."""

import pytest

from mobile_api.strict_json import LARGEST, BodyTooLarge, NotJson, read, unprintable

NOT_JSON = {
    "empty": b"",
    "cut": b'{"a": 1',
    "nan": b'{"a": NaN}',
    "infinity": b'{"a": -Infinity}',
    "too_large": b'{"a": 1e999}',
    "doubled_key": b'{"a": 1, "a": 2}',
    "doubled_key_inside": b'{"b": [{"a": 1, "a": 1}]}',
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "deep_objects": b'{"a":' * 51 + b"1" + b"}" * 51,
    "long_number": b"9" * 5_000,
    "long_fraction": b"0." + b"1" * 5_000,
    "byte_order_mark": b"\xef\xbb\xbf{}",
    "utf_16": '{"a": 1}'.encode("utf-16"),
    "not_utf_8": b'{"a": "\xff"}',
    "raw_nul": b'{"a": "\x00"}',
    "single_quotes": b"{'a': 1}",
    "trailing_comma": b"[1,]",
    "two_texts": b"{} {}",
    "raw_surrogate": b'"\xed\xa0\x80"',
}


@pytest.mark.parametrize("name", NOT_JSON)
def test_what_is_not_json_is_refused(name: str) -> None:
    with pytest.raises(NotJson):
        read(NOT_JSON[name])


def test_honest_json_is_read() -> None:
    assert read('{"a": [1, 2.5, -0.1e3, null, true, "镇 [[[ {\\"" ]}'.encode()) == {
        "a": [1, 2.5, -100.0, None, True, '镇 [[[ {"']
    }
    assert read(b"[" * 50 + b"]" * 50) is not None
    assert read(b'"' + b"[" * 1000 + b'"') == "[" * 1000


def test_a_body_over_the_limit_is_too_large() -> None:
    with pytest.raises(BodyTooLarge):
        read(b" " * (LARGEST + 1))


@pytest.mark.parametrize("body", [b'"' + b"\\" * (LARGEST - 1), b'"\\"' * (LARGEST // 3), b"[" * LARGEST])
def test_hostile_quotes_and_brackets_cost_no_time(body: bytes) -> None:
    with pytest.raises(NotJson):
        read(body)


def test_texts_that_no_database_keeps_are_named_by_their_paths() -> None:
    content = {"title": "a\x00b", "sites": [{"name": "\ud800"}, {"name": "镇"}], "x": {"k\x00": 1}, "n": 1}
    assert [(error.field, error.code) for error in unprintable(content)] == [
        ("title", "not_text"),
        ("sites.0.name", "not_text"),
        ("x", "not_text"),
    ]
