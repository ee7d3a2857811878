"""`manage.py find_orphans`: rows without files, and files without rows."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from server.files.queries import orphans


class Command(BaseCommand):
    help = "List rows whose file is missing and files that no row tells of. Changes nothing; exit 0 only if there are none."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--older-than", type=int, default=60, metavar="MINUTES", help="Leave younger files alone (60).")

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for orphan in orphans(timezone.now() - timedelta(minutes=options["older_than"])):
            found += 1
            what = _("row without file") if orphan.row else _("file without row")
            self.stdout.write(f"{what}: {orphan.path}")
        if found:
            raise CommandError(_("{count} found.").format(count=found))
        self.stdout.write(self.style.SUCCESS(_("None found.")))
