"""Does what was queued, until told to stop. Any number of these may run, on any number of machines."""

import logging
import os
import socket
import sys
import threading
import time
import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from server.runtime.tasks import BEAT_EVERY, PersistentWorker, beat, leave, put_back_lost

logger = logging.getLogger("xungai.tasks")
POLL_SECONDS = 0.5


class Heart(threading.Thread):
    """Beats while the task runs: a long task is no dead worker."""

    def __init__(self, worker_id: str) -> None:
        super().__init__(name="heart", daemon=True)
        self.worker_id = worker_id
        self.stopped = threading.Event()

    def run(self) -> None:
        while not self.stopped.wait(BEAT_EVERY.total_seconds()):
            try:
                close_old_connections()
                now = timezone.now()
                beat(self.worker_id, socket.gethostname(), now)
                put_back_lost(now)
            except DatabaseError:
                logger.exception("no sign of life could be given")
        connection.close()


class Command(BaseCommand):
    help = "Do the queued tasks: pictures, checks, notices."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is there and end")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        worker_id = f"{socket.gethostname()[:24]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        worker = PersistentWorker(
            queue_names=["*"],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=worker_id,
            excluded_queue_names=[],
        )
        worker.configure_signals()
        beat(worker_id, socket.gethostname(), timezone.now())
        put_back_lost(timezone.now())
        heart = Heart(worker_id)
        heart.start()
        try:
            while worker.running:
                # Asking takes no lock; claiming does.
                close_old_connections()
                if DBTaskResult.objects.ready().exists():
                    worker.run()
                elif once:
                    break
                else:
                    time.sleep(POLL_SECONDS)
        finally:
            heart.stopped.set()
            heart.join()
            leave(worker_id)
        sys.exit(0)
