"""A classified or wrongly uploaded file is destroyed by two people together; digest, ground and date stay."""

from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from server.files.actions import seal
from server.files.models import Sealing, StoredFile
from server.files.queries import on_disk, read_bytes
from server.files.refusals import SealedBytes
from server.records.actor import Actor
from server.records.models import Entry
from server.runtime.refusals import Invalid
from tests.files.samples import PDF, RECEIVED, put

OFFICE, SECURITY = Actor("7", "区整改办 王", "office"), Actor("9", "安全管理员 陈")


def order(file: StoredFile, **different: object) -> Sealing:
    told: dict[str, object] = {"office": OFFICE, "security_admin": SECURITY, "ground": "误传涉密文件", "at": RECEIVED}
    return seal(file, **(told | different))  # type: ignore[arg-type] # a test's own mixture


@pytest.fixture(autouse=True)
def committed(committing_db: object) -> None:
    """The bytes go only when the order has committed."""


def test_the_bytes_are_gone_and_digest_ground_and_date_stay(storage_of_its_own: Path) -> None:
    file = put()
    place = storage_of_its_own / file.content.path
    order(file)
    assert not place.exists()
    kept = StoredFile.objects.get(pk=file.pk)
    assert (kept.sha256, kept.size, kept.sealed_at, kept.name) == (file.sha256, len(PDF), RECEIVED, "")
    assert kept.content.sealing.ground == "误传涉密文件"


def test_the_order_is_in_the_record_with_both_names_and_without_the_files_name() -> None:
    file = put(name="绝密名单.pdf")
    order(file)
    entry = Entry.objects.get()
    assert (entry.action, entry.by_name, entry.signed_by_name, entry.object_id) == (
        "seal_file",
        OFFICE.name,
        SECURITY.name,
        str(file.pk),
    )
    assert entry.after_values is not None
    assert entry.after_values["file_sha256"] == file.sha256
    assert "绝密名单" not in entry.canonical


def test_every_upload_of_the_same_bytes_is_sealed_and_none_is_given() -> None:
    first, second = put(uploader_id="7"), put(uploader_id="8")
    order(first)
    for file in StoredFile.objects.filter(pk__in=[first.pk, second.pk]):
        with pytest.raises(SealedBytes):
            read_bytes(file)
        with pytest.raises(SealedBytes):
            on_disk(file)


def test_sealed_bytes_are_not_taken_again(storage_of_its_own: Path) -> None:
    file = put()
    order(file)
    with pytest.raises(SealedBytes):
        put(uploader_id="8")
    assert not (storage_of_its_own / file.content.path).exists()
    assert StoredFile.objects.count() == 1


@pytest.mark.parametrize("different", [{"ground": "  "}, {"security_admin": OFFICE}], ids=["no ground", "one person"])
def test_without_a_ground_or_by_one_person_alone_nothing_is_destroyed(different: dict[str, object]) -> None:
    file = put()
    with pytest.raises(Invalid):
        order(file, **different)
    assert read_bytes(file) == PDF
    assert not Entry.objects.exists()


def test_an_order_that_is_rolled_back_destroys_nothing() -> None:
    file = put()

    def failing() -> None:
        with transaction.atomic():
            order(file)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failing()
    assert read_bytes(StoredFile.objects.get(pk=file.pk)) == PDF


def test_a_second_order_makes_sure_that_the_bytes_are_gone_and_records_nothing_more(storage_of_its_own: Path) -> None:
    file = put()
    order(file)
    (storage_of_its_own / file.content.path).write_bytes(PDF)  # the machine went down before they were removed
    order(file, ground="again")
    assert not (storage_of_its_own / file.content.path).exists()
    assert Entry.objects.count() == Sealing.objects.count() == 1
    assert Sealing.objects.get().ground == "误传涉密文件"


def test_an_order_is_not_taken_back() -> None:
    order(put())
    with pytest.raises(IntegrityError), transaction.atomic():
        Sealing.objects.update(ground="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Sealing.objects.all()._raw_delete("default")
