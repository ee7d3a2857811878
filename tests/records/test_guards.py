"""The database itself refuses to change the record."""

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.utils import ProgrammingError
from pytest_django import Settings

from server.records import guards
from server.records.actions import note_access, seal_now
from server.records.models import AccessEntry, Entry, Seal
from tests.records.people import NINTH_OF_MARCH, OFFICE, list_problem, switch_guards

pytestmark = pytest.mark.django_db

ON_SQLITE = {
    "replace an entry": "INSERT OR REPLACE INTO records_entry SELECT * FROM records_entry",
    "replace a seal": "INSERT OR REPLACE INTO records_seal SELECT * FROM records_seal",
    "replace an entry by its rowid": (
        "INSERT OR REPLACE INTO records_seal (rowid, sequence, entry_id, digest, previous)"
        " SELECT 1, 3, 'ab', 'ab', (SELECT digest FROM records_seal WHERE sequence = 2)"
    ),
    "update or replace": "UPDATE OR REPLACE records_seal SET sequence = 1 WHERE sequence = 2",
    "a seal out of order": "INSERT INTO records_seal (sequence, entry_id, digest, previous) SELECT 9, 'ab', 'ab', digest"
    " FROM records_seal WHERE sequence = 2",
    "a seal that continues another": "INSERT INTO records_seal (sequence, entry_id, digest, previous)"
    " SELECT 3, 'ab', 'ab', digest FROM records_seal WHERE sequence = 1",
    "delete without a condition": "DELETE FROM records_entry",
}
ON_POSTGRESQL = {
    "truncate": "TRUNCATE records_entry CASCADE",
    "truncate the access log": "TRUNCATE records_accessentry",
    "upsert": "INSERT INTO records_seal SELECT * FROM records_seal WHERE sequence = 1"
    " ON CONFLICT (sequence) DO UPDATE SET digest = 'ab'",
    "delete as a replica": "SET LOCAL session_replication_role = replica; DELETE FROM records_seal",
    "update as a replica": "SET LOCAL session_replication_role = replica; UPDATE records_entry SET by_name = 'x'",
    "merge": "MERGE INTO records_seal s USING (SELECT 1 AS n) AS given ON s.sequence = given.n WHEN MATCHED THEN DELETE",
}
ATTEMPTS = ON_POSTGRESQL if connection.vendor == "postgresql" else ON_SQLITE


@pytest.fixture(autouse=True)
def two_entries() -> None:
    list_problem(1)
    list_problem(2)
    note_access(at=NINTH_OF_MARCH, by=OFFICE, kind="export", object_type="problem")
    connection.check_constraints()  # as at a commit: sealed, and no trigger is left waiting


def contents() -> list[object]:
    return [list(model.objects.order_by("pk").values_list()) for model in (Entry, Seal, AccessEntry)]


@pytest.mark.parametrize(("model", "column"), [(Entry, "by_name"), (Seal, "digest"), (AccessEntry, "by_name")])
def test_no_row_is_updated_or_deleted(model: type[models.Model], column: str) -> None:
    before = contents()
    rows = model._default_manager.all()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows.update(**{column: "x"})
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows._raw_delete("default")
    assert contents() == before


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS.keys())
def test_no_other_statement_changes_a_row(attempt: str) -> None:
    before = contents()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attempt)
    assert contents() == before


def test_the_program_still_appends() -> None:
    list_problem(3)
    seal_now()
    assert list(Seal.objects.order_by("sequence").values_list("sequence", flat=True)) == [1, 2, 3]


def test_a_missing_guard_is_named_and_stops_the_next_entry() -> None:
    assert guards.missing(connection) == []
    switch_guards(False, "records_entry")
    guards.forget()
    assert any("records_entry" in name for name in guards.missing(connection))
    with pytest.raises(guards.Unguarded, match="records_entry"):
        list_problem(3)
    switch_guards(True, "records_entry")
    guards.forget()
    list_problem(3)


def test_the_system_check_names_a_missing_guard() -> None:
    from server.records.checks import guards_stand

    assert guards_stand(None, databases=["default"]) == []
    switch_guards(False, "records_seal")
    assert any("records_seal" in message.msg for message in guards_stand(None, databases=["default"]))


def test_a_declared_column_may_change_once_and_no_other(register_of_letters: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE letters SET read_at = 'Monday', note = 'a'")
        cursor.execute("UPDATE letters SET note = 'b'")
    for refused in (
        "UPDATE letters SET read_at = 'Tuesday'",
        "UPDATE letters SET read_at = NULL",
        "UPDATE letters SET words = 'other'",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(refused)
    with connection.cursor() as cursor:
        cursor.execute("SELECT words, read_at, note FROM letters")
        assert cursor.fetchone() == ("kept", "Monday", "b")


@pytest.fixture
def register_of_letters(two_entries: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "_protected", dict(guards._protected))
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE letters (id integer PRIMARY KEY, words text NOT NULL, read_at text NULL, note text NULL)")
        cursor.execute("INSERT INTO letters (id, words) VALUES (1, 'kept')")
    guards.protect("letters", allow_update_of=["note"], set_once=["read_at"])
    guards.make(connection)


def test_a_column_that_does_not_exist_cannot_be_declared(register_of_letters: None) -> None:
    guards.protect("letters", set_once=["answered_at"])
    with pytest.raises(LookupError, match="answered_at"):
        guards.make(connection)


REFUSED_TO_THE_PROGRAM = {
    "update": "UPDATE records_entry SET by_name = 'x'",
    "delete": "DELETE FROM records_entry",
    "truncate": "TRUNCATE records_entry, records_seal",
    "forge a seal": "INSERT INTO records_seal (sequence, entry_id, digest, previous)"
    " SELECT 9, id, 'ab', 'ab' FROM records_entry LIMIT 1",
    "change a seal": "UPDATE records_seal SET digest = 'ab'",
    "disable a trigger": "ALTER TABLE records_entry DISABLE TRIGGER append_only_update",
    "disable the sealing": "ALTER TABLE records_entry DISABLE TRIGGER records_entry_sealed",
    "pose as a replica": "SET session_replication_role = replica",
    "drop a table": "DROP TABLE records_seal",
    "drop a trigger": "DROP TRIGGER append_only_delete ON records_entry",
    "replace the function": "CREATE OR REPLACE FUNCTION records_refuse() RETURNS trigger LANGUAGE plpgsql"
    " AS 'BEGIN RETURN NEW; END'",
    "seal a table of its own": "CREATE TEMP TABLE own (id uuid, canonical text);"
    " CREATE TRIGGER own AFTER INSERT ON own FOR EACH ROW EXECUTE FUNCTION records_seal_entry()",
    "become the owner": "SET ROLE {owner}",
    "give itself rights": "GRANT ALL ON records_entry TO CURRENT_USER; UPDATE records_entry SET by_name = 'x'",
}


@pytest.fixture
def as_the_program(two_entries: None, settings: Settings) -> str:
    """The name of the role that the program runs as where the tables belong to another; on SQLite there are no roles."""
    role = "xungai_program_of_a_test"
    if connection.vendor == "postgresql":
        settings.RECORDS_PROGRAM_ROLE = role
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE ROLE {role}")
        guards.make(connection)
    return role


def test_the_programs_own_role_cannot_get_past_the_guards(as_the_program: str) -> None:
    before = contents()
    if connection.vendor == "sqlite":  # no roles there: the triggers alone hold, and docs/decisions says so
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(REFUSED_TO_THE_PROGRAM["update"])
        return
    owner = connection.settings_dict["USER"]
    for name, attempt in REFUSED_TO_THE_PROGRAM.items():
        with pytest.raises(ProgrammingError) as refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL SESSION AUTHORIZATION {as_the_program}; {attempt.format(owner=owner)}")
        assert "permission denied" in str(refused.value) or "must be owner" in str(refused.value), (name, str(refused.value))
    assert contents() == before


def test_the_programs_own_role_appends_and_its_entries_are_sealed(as_the_program: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SET LOCAL SESSION AUTHORIZATION {as_the_program}")
        list_problem(3)
        note_access(at=NINTH_OF_MARCH, by=OFFICE, kind="export", object_type="problem")
        seal_now()
        assert Seal.objects.count() == 3
        if connection.vendor == "postgresql":
            cursor.execute("RESET SESSION AUTHORIZATION")
