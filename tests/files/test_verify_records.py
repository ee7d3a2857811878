"""`manage.py verify_records` and `find_orphans`: exit 0 only if all holds, else the place is named."""

import io
import os
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils.translation import override

from server.files.actions import seal
from server.files.models import StoredBytes, StoredFile
from server.records.actions import append
from server.records.actor import Actor
from server.records.anchor import anchored_heads
from server.records.models import Entry, Seal
from tests.files.samples import RECEIVED, put
from tests.records.people import OFFICE, list_problem, switch_guards


@pytest.fixture(autouse=True)
def two_files_and_their_entries(committing_db: object) -> list[StoredFile]:
    files = [put(b"%PDF-1.7 first"), put(b"%PDF-1.7 second")]
    for file in files:
        with transaction.atomic():
            append(
                at=RECEIVED,
                by=OFFICE,
                action="endorse",
                article="6",
                object_type="problem",
                object_id=1,
                after={"documents": [file.as_record()]},
            )
    return files


def verify() -> str:
    out = io.StringIO()
    with override("en"):
        call_command("verify_records", stdout=out, stderr=out)
    return out.getvalue()


def broken() -> str:
    out = io.StringIO()
    with override("en"), pytest.raises(CommandError) as failed:
        call_command("verify_records", stdout=out, stderr=out)
    return out.getvalue() + str(failed.value)


def overwrite(path: Path, content: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(content)


def test_an_untouched_record_and_its_files_hold_and_the_head_is_anchored() -> None:
    said = verify()
    assert "2 entries hold" in said
    assert "2 hold, 0 sealed" in said
    head = Seal.objects.get(sequence=2)
    assert f"OK 2 {head.digest}" in said
    assert [noted.digest for noted in anchored_heads()] == [head.digest]


def test_the_first_time_it_says_that_it_cannot_know_whether_the_end_is_missing() -> None:
    assert "No head was anchored before" in verify()
    assert "No head was anchored before" not in verify()


def test_one_changed_byte_in_a_file_is_named_with_path_and_id(
    storage_of_its_own: Path, two_files_and_their_entries: list[StoredFile]
) -> None:
    file = two_files_and_their_entries[0]
    place = storage_of_its_own / file.content.path
    overwrite(place, b"%PDF-1.7 firsT")
    said = broken()
    assert f"BROKEN {file.content.path} ({file.pk})" in said
    assert two_files_and_their_entries[1].content.path not in said
    assert anchored_heads() == []
    overwrite(place, b"%PDF-1.7 first")
    verify()


def test_a_file_that_is_gone_is_named(storage_of_its_own: Path, two_files_and_their_entries: list[StoredFile]) -> None:
    file = two_files_and_their_entries[1]
    (storage_of_its_own / file.content.path).unlink()
    assert f"BROKEN {file.content.path} ({file.pk}): the file is not there" in broken()


def test_a_changed_record_row_is_named_with_its_number_and_id() -> None:
    switch_guards(False, "records_entry")
    Entry.objects.filter(seal__sequence=2).update(by_name="somebody else")
    switch_guards(True, "records_entry")
    changed = Seal.objects.get(sequence=2).entry_id
    assert f"entry 2 ({changed}): its columns are not what was sealed" in broken()


def test_a_file_exchanged_together_with_its_row_is_found_by_the_record(
    storage_of_its_own: Path, two_files_and_their_entries: list[StoredFile]
) -> None:
    file, other = two_files_and_their_entries[0], put(b"%PDF-1.7 forged", uploader_id="8")
    switch_guards(False, "files_storedbytes", "files_storedfile")
    StoredFile.objects.filter(pk=file.pk).update(content=other.content)
    StoredBytes.objects.filter(pk=file.sha256).delete()
    (storage_of_its_own / file.content.path).unlink()
    switch_guards(True, "files_storedbytes", "files_storedfile")
    naming = Entry.objects.get(seal__sequence=1)
    assert f"{file.sha256} (entry {naming.pk})" in broken()


def test_a_path_that_points_elsewhere_is_found(two_files_and_their_entries: list[StoredFile]) -> None:
    first, second = two_files_and_their_entries
    switch_guards(False, "files_storedbytes")
    StoredBytes.objects.filter(pk=first.sha256).update(path=second.content.path)
    switch_guards(True, "files_storedbytes")
    assert "its path is not that of its digest" in broken()


def test_what_was_lawfully_destroyed_reads_sealed_and_is_no_break(
    storage_of_its_own: Path, two_files_and_their_entries: list[StoredFile]
) -> None:
    file = two_files_and_their_entries[0]
    seal(file, office=OFFICE, security_admin=Actor("9", "陈"), ground="误传涉密文件", at=RECEIVED)
    said = verify()
    assert f"sealed {file.content.path}: 2026-03-09 误传涉密文件" in said
    assert "1 hold, 1 sealed" in said
    (storage_of_its_own / file.content.path).write_bytes(b"back again")
    assert "it was ordered to be destroyed and is still there" in broken()


def test_a_cut_tail_is_found_after_a_night(two_files_and_their_entries: list[StoredFile]) -> None:
    list_problem(3)
    verify()
    switch_guards(False, "records_entry", "records_seal")
    with connection.cursor() as cursor:
        last = Seal.objects.get(sequence=3).entry_id
        cursor.execute("DELETE FROM records_seal WHERE sequence = 3")
        Entry.objects.filter(pk=last)._raw_delete("default")
    switch_guards(True, "records_entry", "records_seal")
    assert "its tail was cut or an old backup restored" in broken()


def orphans_named(*arguments: str) -> str:
    out = io.StringIO()
    with override("en"):
        try:
            call_command("find_orphans", *arguments, stdout=out, stderr=out)
        except CommandError as found:
            return out.getvalue() + str(found)
    return out.getvalue()


def test_rows_without_files_and_files_without_rows_are_listed(
    storage_of_its_own: Path, two_files_and_their_entries: list[StoredFile]
) -> None:
    assert "None found" in orphans_named()
    missing = two_files_and_their_entries[0].content.path
    (storage_of_its_own / missing).unlink()
    left = storage_of_its_own / "incoming" / "left-over"
    left.write_bytes(b"half")
    hours_ago = time.time() - 7_200
    os.utime(left, (hours_ago, hours_ago))
    said = orphans_named()
    assert f"row without file: {missing}" in said
    assert "file without row: incoming/left-over" in said
    assert "2 found" in said


def test_a_young_file_without_a_row_is_an_upload_on_its_way(storage_of_its_own: Path) -> None:
    (storage_of_its_own / "incoming" / "arriving").write_bytes(b"half")
    assert "None found" in orphans_named()
    assert "incoming/arriving" in orphans_named("--older-than", "-1")


def test_pictures_derived_from_originals_are_no_orphans(storage_of_its_own: Path) -> None:
    (storage_of_its_own / "renditions").mkdir()
    (storage_of_its_own / "renditions" / "thumb.jpg").write_bytes(b"x")
    assert "None found" in orphans_named("--older-than", "-1")
