"""``manage.py nightly``: all that is due that night."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from server.coordination.nightly import RecordBroken, run_night
from server.units.predicates import office_day


class Command(BaseCommand):
    help = "Do all that is due that night; running it twice changes nothing more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--date", type=date.fromisoformat, help="YYYY-MM-DD (default: today in the office)")

    def handle(self, *args: Any, **options: Any) -> None:
        given = options["date"]
        day = date.fromisoformat(given) if isinstance(given, str) else given or office_day(timezone.now())
        try:
            done = run_night(day)
        except RecordBroken as broken:
            raise CommandError(_("The record does not hold: %(place)s") % {"place": broken}) from None
        for name, count in sorted(done.items()):
            self.stdout.write(f"{name}: {count}")
