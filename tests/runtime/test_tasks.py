"""A queued task is done, or tried again, or set aside where a person sees it: never lost, never tried for ever."""

import os
import signal
import subprocess
import sys
import time
import uuid
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from server.runtime import tasks
from server.runtime.models import WorkerBeat
from tests.databases import CommittingDatabase

ROOT = Path(__file__).parents[2]


@task
def write_down(path: str, words: str) -> None:
    with Path(path).open("a") as file:
        file.write(words)


@task
def always_fail() -> None:
    raise ArithmeticError("cannot be done")


@task
def take_long(path: str) -> None:
    Path(path).touch()
    time.sleep(600)


def status(row: "DBTaskResult[..., None]") -> str:
    row.refresh_from_db()
    return str(row.status)


def running(worker: str, started_at: datetime, before: tuple[str, ...] = ()) -> "DBTaskResult[..., None]":
    row = DBTaskResult.objects.get(pk=always_fail.enqueue().id)
    row.status = TaskResultStatus.RUNNING
    row.started_at = started_at
    row.worker_ids = [*before, worker]
    row.save()
    return row


@pytest.mark.django_db
def test_the_task_of_a_dead_worker_is_put_back_and_that_of_a_living_one_is_not() -> None:
    now = timezone.now()
    tasks.beat("alive", "host", now)
    held_by_the_dead = running("dead", now - timedelta(hours=1))
    held_by_the_living = running("alive", now - timedelta(hours=1))
    begun_just_now = running("new", now - timedelta(seconds=5))
    assert tasks.put_back_lost(now) == 1
    assert status(held_by_the_dead) == TaskResultStatus.READY
    assert DBTaskResult.objects.ready().filter(pk=held_by_the_dead.pk).exists()
    assert status(held_by_the_living) == TaskResultStatus.RUNNING
    assert status(begun_just_now) == TaskResultStatus.RUNNING


@pytest.mark.django_db
def test_a_worker_without_a_sign_of_life_for_a_minute_is_dead() -> None:
    now = timezone.now()
    tasks.beat("w", "host", now - timedelta(seconds=59))
    assert tasks.alive(now) == {"w"}
    assert tasks.alive(now + timedelta(seconds=2)) == set()


@pytest.mark.django_db
def test_a_task_that_killed_three_workers_is_set_aside() -> None:
    now = timezone.now()
    row = running("third", now - timedelta(hours=1), before=("first", "second"))
    assert tasks.put_back_lost(now) == 1
    assert status(row) == TaskResultStatus.FAILED
    assert list(tasks.set_aside()) == [row]
    tasks.try_again(row, now)
    assert status(row) == TaskResultStatus.READY
    assert tasks.tries(row) == 0


@pytest.mark.django_db
def test_the_signs_of_life_of_long_dead_workers_are_forgotten() -> None:
    now = timezone.now()
    tasks.beat("old", "host", now - timedelta(days=2))
    tasks.beat("new", "host", now)
    assert [row.worker_id for row in WorkerBeat.objects.all()] == ["new"]
    tasks.leave("new")
    assert not WorkerBeat.objects.exists()


def work_once(database: CommittingDatabase) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "work", "--once"],
        cwd=ROOT,
        env={**os.environ, **database.environment},
        check=True,
        capture_output=True,
        timeout=60,
    )


def test_what_was_queued_in_a_transaction_is_done_if_it_was_committed_and_only_then(
    committing_db: CommittingDatabase, tmp_path: Path
) -> None:
    file = tmp_path / "words"
    with transaction.atomic():
        write_down.enqueue(str(file), "committed")
    with transaction.atomic():
        write_down.enqueue(str(file), "rolled back")
        transaction.set_rollback(True)
    work_once(committing_db)
    assert file.read_text() == "committed"
    assert not WorkerBeat.objects.exists()


def test_a_failing_task_is_tried_three_times_with_growing_pauses_and_then_set_aside(committing_db: CommittingDatabase) -> None:
    always_fail.enqueue()
    row = DBTaskResult.objects.get()
    pauses = []
    for done in (1, 2):
        before = timezone.now()
        work_once(committing_db)
        assert status(row) == TaskResultStatus.READY
        assert tasks.tries(row) == done
        pauses.append(row.run_after - before)
        assert not DBTaskResult.objects.ready().exists()
        DBTaskResult.objects.update(run_after=before)
    assert pauses[1] > pauses[0] > timedelta(0)
    work_once(committing_db)
    assert status(row) == TaskResultStatus.FAILED
    assert "cannot be done" in tasks.set_aside().get().traceback


def test_a_task_whose_worker_was_killed_is_done_by_the_next(committing_db: CommittingDatabase, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    take_long.enqueue(str(begun))
    environment = {**os.environ, **committing_db.environment}
    worker = subprocess.Popen([sys.executable, "manage.py", "work"], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    give_up = time.monotonic() + 60
    while not begun.exists() and time.monotonic() < give_up:
        time.sleep(0.05)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    row = DBTaskResult.objects.get()
    assert row.status == TaskResultStatus.RUNNING
    later = timezone.now() + timedelta(minutes=2)
    assert tasks.put_back_lost(later) == 1
    assert tasks.put_back_lost(later) == 0
    assert status(row) == TaskResultStatus.READY


@pytest.mark.django_db
def test_the_command_lists_what_was_set_aside_and_puts_it_back(capsys: pytest.CaptureFixture[str]) -> None:
    row = running("third", timezone.now() - timedelta(hours=1), before=("first", "second"))
    tasks.put_back_lost(timezone.now())
    call_command("set_aside")
    assert str(row.pk) in capsys.readouterr().out
    assert status(row) == TaskResultStatus.FAILED
    with pytest.raises(CommandError, match="Not set aside"):
        call_command("set_aside", again=[uuid.uuid4()])
    call_command("set_aside", again=[row.pk])
    assert status(row) == TaskResultStatus.READY
    call_command("set_aside")
    assert "0 set aside" in capsys.readouterr().out
