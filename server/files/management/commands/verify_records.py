"""`manage.py verify_records`: does the record still say what was written, and is every stored file still what was stored?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from server.files.verify import NamedDigests, verify_files
from server.records.anchor import note_head
from server.records.verify import verify_chain

SHOWN = 20


class Command(BaseCommand):
    help = "Check the chain of the record and the digest of every stored file. Exit 0 only if all hold."

    def handle(self, *args: Any, **options: Any) -> None:
        named = NamedDigests()
        verdict = verify_chain(named.look_at)
        broken: list[str] = []
        if verdict.broken:
            broken.append(str(verdict.broken))
        else:
            self.stdout.write(_("Record: {count} entries hold.").format(count=verdict.entries))
            if not verdict.anchored:
                self.stdout.write(_("No head was anchored before: that nothing is missing at the end cannot be told this time."))

        whole = sealed = 0
        for state in [*named.compare()]:
            broken.append(f"{state.path} ({', '.join(state.ids)}): {state.fault.label if state.fault else ''}")
        for state in verify_files():
            if state.fault:
                broken.append(f"{state.path} ({', '.join(state.ids) or '–'}): {state.fault.label}")
            elif state.sealed:
                sealed += 1
                self.stdout.write(f"sealed {state.path}: {state.sealed}")
            else:
                whole += 1
        self.stdout.write(_("Files: {whole} hold, {sealed} sealed.").format(whole=whole, sealed=sealed))

        for line in broken[:SHOWN]:
            self.stderr.write(f"BROKEN {line}")
        if broken:
            raise CommandError(
                _("The record does not hold: {count} places, the first is {first}").format(count=len(broken), first=broken[0])
            )
        note_head(verdict.head, timezone.now())
        self.stdout.write(self.style.SUCCESS(f"OK {verdict.head.sequence} {verdict.head.digest}"))
