"""Whoever gets past the guards is found: the first place that does not hold is named."""

# ruff: noqa: S608 - the statements are an attacker's, written out here

import json
from pathlib import Path

import pytest
from django.db import connection

from server.records.anchor import Head, anchored_heads, note_head
from server.records.models import Entry, Seal
from server.records.sealing import digest_of
from server.records.verify import Broken, Fault, verify_chain
from tests.records.people import NINTH_OF_MARCH, list_problem, switch_guards

TABLES = ("records_entry", "records_seal")


@pytest.fixture(autouse=True)
def five_entries(committing_db: object) -> list[Entry]:
    return [list_problem(number, after={"status": "listed", "text": f"第 {number} 条"}) for number in range(1, 6)]


def behind_the_guards(*statements: str) -> None:
    """Do what a superuser could, then put everything back as if nothing had been."""
    switch_guards(False, *TABLES)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys = OFF")
        for statement in statements:
            cursor.execute(statement)
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys = ON")
    switch_guards(True, *TABLES)


def found() -> Broken:
    broken = verify_chain().broken
    assert broken is not None
    return broken


OF_SECOND = "(SELECT s.previous FROM records_seal s WHERE s.sequence = 2)"
OF_THIRD = "(SELECT entry_id FROM records_seal WHERE sequence = 3)"


def test_an_untouched_record_holds(five_entries: list[Entry]) -> None:
    verdict = verify_chain()
    assert verdict.broken is None
    assert verdict.entries == 5
    assert verdict.head == Head(5, Seal.objects.get(sequence=5).digest)


def test_an_empty_record_holds() -> None:
    behind_the_guards("DELETE FROM records_seal", "DELETE FROM records_entry")
    assert verify_chain().broken is None
    assert verify_chain().head == Head(0, "0" * 64)


def test_each_entry_that_holds_is_shown_to_who_wants_to_look(five_entries: list[Entry]) -> None:
    seen: list[Entry] = []
    verify_chain(seen.append)
    assert [entry.pk for entry in seen] == [entry.pk for entry in five_entries]


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (f"UPDATE records_entry SET by_name = 'somebody else' WHERE id = {OF_THIRD}", Fault.CONTENTS),
        (f"UPDATE records_entry SET at = recorded_at WHERE id = {OF_THIRD}", Fault.CONTENTS),
        (f'UPDATE records_entry SET after = \'{{"status":"returned"}}\' WHERE id = {OF_THIRD}', Fault.CONTENTS),
        (f"UPDATE records_entry SET after = after || ' ' WHERE id = {OF_THIRD}", Fault.CONTENTS),
        (f"UPDATE records_entry SET after = 'no JSON' WHERE id = {OF_THIRD}", Fault.CONTENTS),
        (f"UPDATE records_entry SET embargo = id WHERE id = {OF_THIRD}", Fault.CONTENTS),
        (f"UPDATE records_entry SET sealed_kind = 'petition' WHERE id = {OF_THIRD}", Fault.CONTENTS),
        (f"UPDATE records_entry SET canonical = replace(canonical, 'list', 'file') WHERE id = {OF_THIRD}", Fault.DIGEST),
        (f"UPDATE records_seal SET digest = '{'a' * 64}' WHERE sequence = 3", Fault.DIGEST),
        (f"UPDATE records_seal SET previous = '{'a' * 64}' WHERE sequence = 3", Fault.FORK),
        (
            "UPDATE records_seal SET previous = (SELECT s.previous FROM records_seal s WHERE s.sequence = 2) WHERE sequence = 3",
            Fault.FORK,
        ),
        (f"DELETE FROM records_entry WHERE id = {OF_THIRD}", Fault.NO_ENTRY),
    ],
)
def test_a_changed_row_is_named_with_its_number_and_id(statement: str, fault: Fault) -> None:
    third = Seal.objects.get(sequence=3).entry_id
    behind_the_guards(statement)
    broken = found()
    assert (broken.fault, broken.sequence, broken.entry) == (fault, 3, third)
    assert str(third) in str(broken)


def test_a_number_taken_out_is_a_gap(five_entries: list[Entry]) -> None:
    behind_the_guards("DELETE FROM records_seal WHERE sequence = 3")
    assert (found().fault, found().sequence) == (Fault.GAP, 4)


def test_an_entry_slipped_in_without_a_seal_is_named() -> None:
    columns = ", ".join(f'"{field.column}"' for field in Entry._meta.concrete_fields if field.column != "id")
    new_id = "'0123456789abcdef0123456789abcdef'"
    behind_the_guards(
        f"INSERT INTO records_entry (id, {columns}) SELECT {new_id}, {columns} FROM records_entry WHERE id = {OF_THIRD}"
    )
    assert found().fault == Fault.NO_SEAL
    assert found().entry == Entry.objects.get(seal__isnull=True).pk


def test_a_missing_guard_is_found() -> None:
    switch_guards(False, "records_seal")
    assert found().fault == Fault.UNGUARDED
    assert "records_seal" in str(found())


def test_a_cut_tail_is_found_against_the_anchor_and_only_there() -> None:
    head = verify_chain().head
    behind_the_guards(
        "DELETE FROM records_entry WHERE id IN (SELECT entry_id FROM records_seal WHERE sequence > 3)",
        "DELETE FROM records_seal WHERE sequence > 3",
    )
    assert verify_chain().broken is None  # the chain alone cannot tell
    note_head(head, NINTH_OF_MARCH)
    assert found().fault == Fault.CUT


def test_an_old_backup_with_new_entries_on_top_is_found_against_the_anchor() -> None:
    note_head(verify_chain().head, NINTH_OF_MARCH)
    behind_the_guards("DELETE FROM records_entry WHERE id = (SELECT entry_id FROM records_seal WHERE sequence = 5)")
    behind_the_guards("DELETE FROM records_seal WHERE sequence = 5")
    list_problem(6)
    list_problem(7)
    assert (found().fault, found().sequence) == (Fault.REWRITTEN, 5)


def test_a_chain_computed_anew_is_found_against_the_anchor() -> None:
    note_head(verify_chain().head, NINTH_OF_MARCH)
    statements, previous = [], "0" * 64
    for seal in Seal.objects.select_related("entry").order_by("sequence"):
        text = seal.entry.canonical.replace("王", "张")
        statements.append(
            f"UPDATE records_entry SET canonical = '{text}', by_name = replace(by_name, '王', '张')"
            f" WHERE id = (SELECT entry_id FROM records_seal WHERE sequence = {seal.sequence})"
        )
        digest = digest_of(previous, text)
        statements.append(
            f"UPDATE records_seal SET digest = '{digest}', previous = '{previous}' WHERE sequence = {seal.sequence}"
        )
        previous = digest
    behind_the_guards(*statements)
    assert (found().fault, found().sequence) == (Fault.REWRITTEN, 5)


def test_heads_are_appended_to_a_file_and_the_same_one_only_once(anchor_of_its_own: Path) -> None:
    first = verify_chain().head
    note_head(first, NINTH_OF_MARCH)
    note_head(first, NINTH_OF_MARCH)
    list_problem(6)
    note_head(verify_chain().head, NINTH_OF_MARCH)
    assert [head.sequence for head in anchored_heads()] == [5, 6]
    assert json.loads(anchor_of_its_own.read_text().splitlines()[0]) == {
        "at": "2026-03-09T01:30:00.000000Z",
        "digest": first.digest,
        "sequence": 5,
    }
    assert verify_chain().anchored


def test_an_anchor_file_that_was_tampered_with_is_named(anchor_of_its_own: Path) -> None:
    note_head(verify_chain().head, NINTH_OF_MARCH)
    anchor_of_its_own.write_text("nonsense\n")
    assert found().fault == Fault.ANCHOR
