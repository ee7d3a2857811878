"""A person's page of phones: what is missing, doubled or not rightly signed among the numbers of each."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from django.db.models import Count, F, Q

from server.evidence.models import Device, SignatureState, Statement
from server.units.models import Person

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Doubt:
    """A statement that is kept and proves nothing, and why."""

    n: int
    photo: UUID | None
    state: str


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone with what is wrong among its numbers, at most MOST_SHOWN of each.

    ``gaps``: first and last missing number; ``forks``: numbers given twice, or whose statement does not name the one before.
    """

    device: Device
    statements: int
    gaps: tuple[tuple[int, int], ...]
    forks: tuple[int, ...]
    doubts: tuple[Doubt, ...]


def phones_of(person: Person) -> list[Phone]:
    """All phones a person enrolled, the newest first, in two queries. What is known to be whole is not read again."""
    devices = Device.objects.filter(person=person).annotate(statements_kept=Count("statements"))
    rows: dict[UUID, list[Statement]] = defaultdict(list)
    loose = Q(n__gte=F("device__whole_until")) | ~Q(state=SignatureState.VALID)
    for row in Statement.objects.filter(loose, device__person=person).order_by("n", "received_at").defer("text", "signature"):
        rows[row.device_id].append(row)
    return [_phone(device, rows[device.pk]) for device in devices]


def _phone(device: Device, rows: list[Statement]) -> Phone:
    valid: dict[int, list[Statement]] = defaultdict(list)
    for row in rows:
        if row.state == SignatureState.VALID:
            valid[row.n].append(row)
    numbers = sorted({device.whole_until, *valid})
    gaps = [(before + 1, after - 1) for before, after in pairwise(numbers) if after > before + 1]
    forks = [n for n in numbers if n > device.whole_until and _is_fork(n, valid)]
    doubts = [Doubt(row.n, row.photo, row.state) for row in rows if row.state != SignatureState.VALID]
    return Phone(
        device,
        device.statements_kept,  # type: ignore[attr-defined]  # annotated in phones_of
        tuple(gaps[:MOST_SHOWN]),
        tuple(forks[:MOST_SHOWN]),
        tuple(doubts[:MOST_SHOWN]),
    )


def _is_fork(n: int, valid: dict[int, list[Statement]]) -> bool:
    if len(valid[n]) > 1:
        return True
    before = {row.sha256 for row in valid.get(n - 1, ())} if n > 1 else {""}
    return bool(before) and valid[n][0].previous not in before
