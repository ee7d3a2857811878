"""Many uploads at the same moment: one copy of the bytes, one row for one id."""

from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connections

from server.files.models import StoredBytes, StoredFile
from tests.files.samples import PDF, put

pytestmark = pytest.mark.usefixtures("committing_db")
TOGETHER = 12


def all_at_once(upload: Callable[[int], StoredFile]) -> list[StoredFile]:
    stored: list[StoredFile] = []
    ready = Barrier(TOGETHER)

    def run(number: int) -> None:
        try:
            ready.wait(30)
            stored.append(upload(number))
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(number,)) for number in range(TOGETHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return stored


def test_one_upload_sent_many_times_at_once_is_one_row(storage_of_its_own: Path) -> None:
    own_id = uuid4()
    stored = all_at_once(lambda _number: put(file_id=own_id))
    assert {file.pk for file in stored} == {own_id}
    assert len(stored) == TOGETHER
    assert StoredFile.objects.count() == 1
    assert [path.read_bytes() for path in storage_of_its_own.rglob("*") if path.is_file()] == [PDF]


def test_the_same_bytes_from_many_people_at_once_are_stored_once(storage_of_its_own: Path) -> None:
    stored = all_at_once(lambda number: put(uploader_id=str(number)))
    assert len({file.pk for file in stored}) == TOGETHER
    assert StoredBytes.objects.count() == 1
    assert len([path for path in storage_of_its_own.rglob("*") if path.is_file()]) == 1
