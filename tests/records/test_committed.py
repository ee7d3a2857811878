"""What shows only where transactions really commit: order, parallel writers, rebuilt tables."""

import os
import subprocess
import sys
from collections.abc import Callable
from threading import Event, Thread

import pytest
from django.core.management import call_command
from django.db import connection, connections, models, transaction
from django.db.transaction import TransactionManagementError

from server.records import guards
from server.records.actions import append
from server.records.models import AccessEntry, Entry, Seal
from server.records.queries import entries_after
from server.records.verify import verify_chain
from tests.databases import CommittingDatabase
from tests.records.people import NINTH_OF_MARCH, OFFICE, list_problem

pytestmark = pytest.mark.usefixtures("committing_db")


def test_an_entry_is_refused_outside_a_transaction() -> None:
    with pytest.raises(TransactionManagementError):
        append(at=NINTH_OF_MARCH, by=OFFICE, action="list", article="5", object_type="problem", object_id=1)
    assert not Entry.objects.exists()


def test_the_guards_stand_again_after_a_table_was_rebuilt() -> None:
    longer = models.CharField(max_length=65)
    longer.set_attributes_from_name("kind")
    longer.model = AccessEntry
    with connection.schema_editor() as editor:
        editor.alter_field(AccessEntry, AccessEntry._meta.get_field("kind"), longer)
    if connection.vendor == "sqlite":
        assert guards.missing(connection) != [], "Django's rebuild no longer drops triggers: then this is simpler"
    call_command("migrate", verbosity=0)
    assert guards.missing(connection) == []


def in_thread(work: Callable[[], object]) -> Thread:
    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = Thread(target=run)
    thread.start()
    return thread


def test_numbers_follow_the_order_of_commits_not_of_writing() -> None:
    """Who wrote first but commits last gets the later number, so no cursor handed out meanwhile skips their entry."""
    first_has_written, second_has_committed = Event(), Event()
    committed: list[str] = []
    cursors: list[Entry | None] = []

    def slow_import() -> None:
        with transaction.atomic():
            for number in range(20):
                list_problem(number, action="import")
            first_has_written.set()
            # On SpatiaLite the second waits for us: there is one writer at a time.
            second_has_committed.wait(10 if connection.vendor == "postgresql" else 0.5)
        committed.append("import")

    def quick_list() -> None:
        first_has_written.wait(10)
        list_problem(99, action="list")
        committed.append("list")
        cursors.append(entries_after(None, Entry.objects.all()).last())
        second_has_committed.set()

    for thread in [in_thread(slow_import), in_thread(quick_list)]:
        thread.join(30)
    in_order = list(Seal.objects.order_by("sequence").values_list("entry__action", flat=True))
    assert list(dict.fromkeys(in_order)) == committed
    assert committed == (["list", "import"] if connection.vendor == "postgresql" else ["import", "list"])
    assert cursors[0] is not None
    after = entries_after(cursors[0].pk, Entry.objects.all())
    assert after.count() == (20 if connection.vendor == "postgresql" else 0)
    assert verify_chain().broken is None


def test_writers_in_several_processes_and_threads_never_fork_or_gap_the_chain(committing_db: CommittingDatabase) -> None:
    writing = [
        subprocess.Popen([sys.executable, "-m", "tests.records.writer", str(number)], env=os.environ | committing_db.environment)
        for number in range(3)
    ]
    threads = [in_thread(lambda: [list_problem(number) for number in range(25)]) for _ in range(3)]
    for thread in threads:
        thread.join(60)
    assert [process.wait(60) for process in writing] == [0, 0, 0]
    verdict = verify_chain()
    assert verdict.broken is None
    assert verdict.entries == Entry.objects.count() == 3 * 25 + 3 * 20
    assert not Entry.objects.filter(action="gave up").exists()
