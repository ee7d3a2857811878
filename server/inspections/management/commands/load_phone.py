"""`manage.py load_phone FILE`: what a phone saved to a file comes in, for the day when all else fails."""

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from server.inspections.actions import load_archive
from server.inspections.actions.loading import ASIDE, KNOWN, LEFT, NEW
from server.runtime.refusals import Invalid


class Command(BaseCommand):
    help = "Take in a phone's “save to file” archive. The same archive again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        try:
            with file.open("rb") as source:
                loaded = load_archive(source, by=None, at=timezone.now())
        except OSError:
            raise CommandError(_("There is no file %(name)s that can be read.") % {"name": file.name}) from None
        except Invalid as wrong:
            raise CommandError("\n".join(_(error.text) % error.params for error in wrong.errors)) from None
        for item in loaded:
            if item.outcome in (ASIDE, LEFT):
                self.stdout.write(self.style.WARNING(f"{item.kind} {item.uuid} ({item.person}): {item.reason}"))
        counts = Counter(item.outcome for item in loaded)
        self.stdout.write(
            _("%(new)s taken in, %(known)s here already, %(aside)s set aside for the office, %(left)s left in the archive.")
            % {"new": counts[NEW], "known": counts[KNOWN], "aside": counts[ASIDE], "left": counts[LEFT]}
        )
