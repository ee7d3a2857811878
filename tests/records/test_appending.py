"""Appending to the record: the deed and its entry stand or fall together."""

import hashlib
import json
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from server.records.actions import note_access, seal_now
from server.records.actor import Actor
from server.records.canonical import NotCanonical
from server.records.models import AccessEntry, Entry, Seal
from tests.records.people import NINTH_OF_MARCH, OFFICE, STONE_BRIDGE, list_problem

pytestmark = pytest.mark.django_db


def sealed(entry: Entry) -> Seal:
    seal_now()
    return Seal.objects.get(entry=entry)


def test_an_entry_says_who_did_what_when_and_on_which_article() -> None:
    problem = uuid4()
    entry = Entry.objects.get(pk=list_problem(problem=problem, rule_edition="2026-1").pk)
    assert (entry.by, entry.at, entry.action, entry.article) == (OFFICE, NINTH_OF_MARCH, "list", "5, 6")
    assert (entry.object_type, entry.object_id, entry.problem, entry.rule_edition) == ("problem", "1", problem, "2026-1")
    assert (entry.before_values, entry.after_values) == ({"status": "reported"}, {"status": "listed", "number": 1})
    assert json.loads(entry.canonical)["by"] == {"id": "7", "name": "区整改办 王", "unit": "office", "unit_name": "区整改办"}


def test_who_signed_on_paper_and_who_typed_it_in_are_both_there() -> None:
    entry = list_problem(by=STONE_BRIDGE, signed_by=Actor("3", "石桥镇 周"))
    assert (entry.by_name, entry.signed_by_name) == ("石桥镇 李", "石桥镇 周")
    assert json.loads(entry.canonical)["signed_by"] == {"id": "3", "name": "石桥镇 周"}
    assert json.loads(list_problem(2).canonical)["signed_by"] is None


def test_the_first_entry_continues_sixty_four_zeros_and_the_next_the_first() -> None:
    first, second = list_problem(1), list_problem(2)
    one, two = sealed(first), sealed(second)
    assert (one.sequence, two.sequence) == (1, 2)
    assert one.previous == "0" * 64
    assert one.digest == hashlib.sha256(("0" * 64 + first.canonical).encode()).hexdigest()
    assert two.previous == one.digest
    assert two.digest == hashlib.sha256((one.digest + second.canonical).encode()).hexdigest()


def test_a_deed_that_fails_leaves_no_entry_and_no_number() -> None:
    def failing() -> None:
        with transaction.atomic():
            list_problem(1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failing()
    assert sealed(list_problem(2)).sequence == 1


@pytest.mark.parametrize(
    "different",
    [
        {"after": {"x": float("nan")}},
        {"after": {"x": "\x00"}},
        {"object_id": "\x00"},
        {"object_id": "7" * 65},
        {"at": datetime(2026, 3, 9)},  # noqa: DTZ001 - without a zone
    ],
    ids=["NaN", "NUL", "NUL in an id", "too long", "no zone"],
)
def test_what_cannot_be_recorded_is_refused_before_anything_is_written(different: dict[str, Any]) -> None:
    with pytest.raises(NotCanonical):
        list_problem(**different)
    assert not Entry.objects.exists()


def test_times_and_texts_come_back_from_the_database_as_they_were_sealed() -> None:
    entry = list_problem(at=NINTH_OF_MARCH.replace(microsecond=123_457), after={"text": "“引号”\u2028😀", "figure": 0.1})
    stored = Entry.objects.get(pk=entry.pk)
    assert stored.canonical_form() == stored.canonical == entry.canonical


def test_the_database_computes_the_same_digest_as_the_program() -> None:
    from server.records.sealing import digest_of

    seal = sealed(list_problem(after={"text": "临湘市 “引号” 😀\u2028"}))
    assert seal.digest == digest_of(seal.previous, seal.entry.canonical)


def test_sealing_at_once_leaves_the_next_entry_for_its_commit() -> None:
    list_problem(1)
    seal_now()
    list_problem(2)
    assert Seal.objects.count() == (1 if connection.vendor == "postgresql" else 2)
    seal_now()
    assert Seal.objects.count() == 2


def test_reading_is_noted_in_the_access_log() -> None:
    note_access(at=NINTH_OF_MARCH, by=OFFICE, kind="export", object_type="problem", amount=160)
    noted = AccessEntry.objects.get()
    assert (noted.by_name, noted.kind, noted.amount) == (OFFICE.name, "export", 160)
