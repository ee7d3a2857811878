"""Shows the tasks that failed three times, and lets them begin anew."""

import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from server.runtime.tasks import set_aside, try_again


class Command(BaseCommand):
    help = "List the tasks that were set aside; with --again, put them back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--again", nargs="*", metavar="ID", type=uuid.UUID, help="put these back, or all if none is named")

    def handle(self, *args: Any, again: list[uuid.UUID] | None, **options: Any) -> None:
        rows = list(set_aside())
        if again:
            unknown = set(again) - {row.pk for row in rows}
            if unknown:
                raise CommandError("Not set aside: " + ", ".join(sorted(map(str, unknown))))
            rows = [row for row in rows if row.pk in again]
        for row in rows:
            reason = row.traceback.strip().splitlines()[-1] if row.traceback.strip() else ""
            self.stdout.write(f"{row.pk}  {row.finished_at:%Y-%m-%d %H:%M}  {row.task_path}  {reason}")
            if again is not None:
                try_again(row, timezone.now())
        self.stdout.write(f"{len(rows)} put back" if again is not None else f"{len(rows)} set aside")
