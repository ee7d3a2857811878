"""Walking the chain from the first entry to the last, and naming the first place where it does not hold."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from server.records import guards
from server.records.anchor import AnchorUnreadable, Head, anchored_heads
from server.records.models import FIRST_PREVIOUS, Entry, Seal
from server.records.sealing import digest_of

AT_ONCE = 1_000


class Fault(models.TextChoices):
    """What can be wrong with a record."""

    GAP = "gap", gettext_lazy("a number is missing before it")
    FORK = "fork", gettext_lazy("it does not continue the entry before it")
    DIGEST = "digest", gettext_lazy("its digest is not that of its text")
    CONTENTS = "contents", gettext_lazy("its columns are not what was sealed")
    NO_ENTRY = "no_entry", gettext_lazy("the seal's entry is gone")
    NO_SEAL = "no_seal", gettext_lazy("it has no seal")
    CUT = "cut", gettext_lazy("the record ends before the head that was anchored: its tail was cut or an old backup restored")
    REWRITTEN = "rewritten", gettext_lazy("its digest is not the one that was anchored: the chain was computed anew")
    ANCHOR = "anchor", gettext_lazy("the anchor file cannot be read")
    UNGUARDED = "unguarded", gettext_lazy("the database would let the record be changed")


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place where the record does not hold."""

    fault: Fault
    sequence: int | None
    entry: UUID | None
    detail: str = ""

    def __str__(self) -> str:
        place = _("entry {sequence} ({entry})").format(sequence=self.sequence or "–", entry=self.entry or self.detail or "–")
        return f"{place}: {self.fault.label}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk found: how many entries it read, where it ended, and the first break, if any."""

    entries: int
    head: Head
    broken: Broken | None
    anchored: bool


def verify_chain(look_at: Callable[[Entry], None] | None = None) -> Verdict:
    """Walk the whole record in order, a thousand entries at a time, and compare it with every head that was anchored.

    `look_at` is shown each entry that holds. Stops at the first break. Takes no lock: what is appended meanwhile is read too
    or not.
    """
    head, read = Head(0, FIRST_PREVIOUS), 0
    try:
        anchored = {noted.sequence: noted.digest for noted in anchored_heads()}
    except AnchorUnreadable as unreadable:
        return Verdict(0, head, Broken(Fault.ANCHOR, None, None, str(unreadable)), anchored=True)
    known = bool(anchored)

    absent = guards.missing(guards.connection_of(Entry))
    if absent:
        return Verdict(0, head, Broken(Fault.UNGUARDED, None, None, ", ".join(absent)), known)

    for seal, entry in _links():
        fault = _fault_of(seal, entry, head) or (
            Fault.REWRITTEN if anchored.get(seal.sequence, seal.digest) != seal.digest else None
        )
        if fault:
            return Verdict(read, head, Broken(fault, seal.sequence, seal.entry_id), known)
        if entry and look_at:
            look_at(entry)
        head, read = Head(seal.sequence, seal.digest), read + 1

    last_anchored = max(anchored, default=0)
    if last_anchored > head.sequence:
        return Verdict(read, head, Broken(Fault.CUT, head.sequence + 1, None, f"… {last_anchored}"), known)
    unsealed = Entry.objects.filter(seal__isnull=True).order_by("recorded_at").values_list("id", flat=True).first()
    if unsealed:
        return Verdict(read, head, Broken(Fault.NO_SEAL, None, unsealed), known)
    return Verdict(read, head, None, known)


def _links() -> Iterator[tuple[Seal, Entry | None]]:
    last: int | None = None
    while True:
        seals = Seal.objects.order_by("sequence")
        block = list(seals[:AT_ONCE] if last is None else seals.filter(sequence__gt=last)[:AT_ONCE])
        if not block:
            return
        entries = Entry.objects.in_bulk([seal.entry_id for seal in block])
        for seal in block:
            yield seal, entries.get(seal.entry_id)
        last = block[-1].sequence


def _fault_of(seal: Seal, entry: Entry | None, head: Head) -> Fault | None:
    if seal.sequence != head.sequence + 1:
        return Fault.GAP
    if entry is None:
        return Fault.NO_ENTRY
    if seal.previous != head.digest:
        return Fault.FORK
    if seal.digest != digest_of(seal.previous, entry.canonical):
        return Fault.DIGEST
    try:
        as_stands = entry.canonical_form()
    except ValueError:  # a changed column need not even be JSON
        return Fault.CONTENTS
    if as_stands != entry.canonical or not entry.spelled_canonically():
        return Fault.CONTENTS
    return None
