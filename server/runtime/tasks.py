"""Queued tasks that are never lost and never tried for ever.

The queue itself is django-tasks-db: a task is a row, committed with the action that queued it. What is added here: the task of a
worker that died is put back, a failed one is tried again, and after three tries it is set aside for a person to look at.
So a task may run more than once, and each must be written so that the second run changes nothing more.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from server.runtime.models import WorkerBeat

TRIES = 3
BEAT_EVERY = timedelta(seconds=10)
DEAD_AFTER = timedelta(seconds=60)
# After the first failure, then after the second: long enough for a store or a database to come back.
PAUSES = (timedelta(seconds=20), timedelta(minutes=5))

logger = logging.getLogger("xungai.tasks")


def tries(row: DBTaskResult[Any, Any]) -> int:
    """How often the task was begun: each claim adds its worker to the row."""
    return len(row.worker_ids)


def beat(worker_id: str, host: str, at: datetime) -> None:
    """Show that this worker is alive, and forget those that have long been dead."""
    WorkerBeat.objects.update_or_create(worker_id=worker_id, defaults={"host": host, "at": at})
    WorkerBeat.objects.filter(at__lt=at - timedelta(days=1)).delete()


def leave(worker_id: str) -> None:
    """End in order: what this worker still held is free at once."""
    WorkerBeat.objects.filter(worker_id=worker_id).delete()


def alive(at: datetime) -> set[str]:
    """The workers that gave a sign of life within the last minute."""
    return set(WorkerBeat.objects.filter(at__gte=at - DEAD_AFTER).values_list("worker_id", flat=True))


def put_back_lost(at: datetime) -> int:
    """Put back what dead workers held; after the third try set it aside. Returns how many tasks it was."""
    living = alive(at)
    lost = 0
    for row in DBTaskResult.objects.running():
        if row.worker_ids and row.worker_ids[-1] in living:
            continue
        if row.started_at is not None and row.started_at > at - DEAD_AFTER:
            continue
        # Another worker may be putting the same row back: the one whose UPDATE still finds it running has done it.
        mine = DBTaskResult.objects.filter(pk=row.pk, status=TaskResultStatus.RUNNING, started_at=row.started_at)
        if tries(row) < TRIES:
            changed = mine.update(status=TaskResultStatus.READY, started_at=None, run_after=at)
        else:
            changed = mine.update(
                status=TaskResultStatus.FAILED, finished_at=at, exception_class_path="", traceback="Each worker that ran it died."
            )
        if changed:
            lost += 1
            logger.warning("task %s (%s): its worker died at try %d of %d", row.pk, row.task_path, tries(row), TRIES)
    return lost


def set_aside() -> QuerySet[DBTaskResult[Any, Any]]:
    """The tasks that failed three times and wait for a person, newest first."""
    return DBTaskResult.objects.failed().order_by("-finished_at")


def try_again(row: DBTaskResult[Any, Any], at: datetime) -> None:
    """A person lets a task that was set aside begin anew, with three tries."""
    DBTaskResult.objects.filter(pk=row.pk, status=TaskResultStatus.FAILED).update(
        status=TaskResultStatus.READY, started_at=None, finished_at=None, run_after=at, worker_ids=[]
    )


class PersistentWorker(Worker):
    """django-tasks-db's worker, which tries a failed task again."""

    def run_task(self, db_task_result: DBTaskResult[Any, Any]) -> None:
        super().run_task(db_task_result)
        if db_task_result.status != TaskResultStatus.FAILED:
            return
        done = tries(db_task_result)
        if done >= TRIES:
            logger.error("task %s (%s) set aside:\n%s", db_task_result.pk, db_task_result.task_path, db_task_result.traceback)
            return
        logger.warning("task %s (%s) failed at try %d of %d", db_task_result.pk, db_task_result.task_path, done, TRIES)
        DBTaskResult.objects.filter(pk=db_task_result.pk, status=TaskResultStatus.FAILED).update(
            status=TaskResultStatus.READY, started_at=None, finished_at=None, run_after=timezone.now() + PAUSES[done - 1]
        )
