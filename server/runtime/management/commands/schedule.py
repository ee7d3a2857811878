"""Runs `nightly` and the housekeeping once a day, until told to stop."""

import logging
import signal
import threading
from argparse import ArgumentParser
from datetime import date, time
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from server.runtime.schedule import day_due, run_daily

logger = logging.getLogger("xungai.schedule")
LOOK_EVERY_SECONDS = 30.0
KEEP_TASKS_DAYS = 14


class Command(BaseCommand):
    help = "Run what is due each night at its hour (XUNGAI_NIGHTLY_AT, 02:00 in the office's time)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="run what is due now and end")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        stop = threading.Event()

        def told_to_stop(number: int, frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, told_to_stop)
        signal.signal(signal.SIGINT, told_to_stop)
        hour = time.fromisoformat(settings.NIGHTLY_AT)
        if "nightly" not in get_commands():
            logger.warning("there is no command nightly yet: only the housekeeping runs")
        while not stop.is_set():
            close_old_connections()
            try:
                self.look(hour)
            except DatabaseError:
                logger.exception("the database did not answer; trying again")
            if once:
                break
            stop.wait(LOOK_EVERY_SECONDS)

    def look(self, hour: time) -> None:
        """Run what is due and has not run."""
        day = day_due(timezone.localtime(), hour)
        if "nightly" in get_commands():
            run_daily("nightly", day, timezone.now, lambda: self.nightly(day))
        run_daily("housekeeping", day, timezone.now, self.housekeeping)

    def nightly(self, day: date) -> None:
        call_command("nightly", date=day.isoformat())

    def housekeeping(self) -> None:
        """Throw away what nobody reads any more: done tasks, sessions that ran out."""
        call_command("prune_db_task_results", min_age_days=KEEP_TASKS_DAYS, failed_min_age_days=365, queue_name="*", verbosity=0)
        call_command("clearsessions")
