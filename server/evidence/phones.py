"""A person's page of phones: what is missing, doubled or not rightly signed among the numbers of each; and who has trouble."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from server.evidence.models import Device, SignatureState, Statement
from server.units.models import Person

MOST_SHOWN = 100
UNSENT_LONG = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A statement that is kept and proves nothing, and why."""

    n: int
    photo: UUID | None
    state: str


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone with what is wrong among its numbers, at most MOST_SHOWN of each.

    ``gaps``: first and last missing number; ``forks``: numbers given twice, or whose statement does not name the one before;
    ``fork_photos``: the photos of those numbers.
    """

    device: Device
    statements: int
    gaps: tuple[tuple[int, int], ...]
    forks: tuple[int, ...]
    doubts: tuple[Doubt, ...]
    fork_photos: Mapping[int, tuple[UUID, ...]] = field(default_factory=dict)

    def unsent_long(self, at: datetime) -> timedelta | None:
        """For how long the oldest item has waited on the phone, if for more than a day; as it last said."""
        return unsent_long(self.device, at)


@dataclass(frozen=True, slots=True)
class Standing:
    """All phones of one person in figures: how many numbers are missing in how many places, doubled, not rightly signed.

    ``unsent_since``: when the oldest item was made that has waited for more than a day. No figure tells how much was sent.
    """

    person: Person
    phones: int
    in_use: int
    gaps: int
    forks: int
    doubts: int
    unsent_since: datetime | None
    heard_at: datetime | None

    @property
    def revoked(self) -> int:
        return self.phones - self.in_use

    @property
    def in_order(self) -> bool:
        return not (self.gaps or self.forks or self.doubts or self.unsent_since)


def unsent_long(device: Device, at: datetime) -> timedelta | None:
    """For how long the oldest item waits on a phone, if for more than a day."""
    if not device.waiting or device.oldest is None or at - device.oldest <= UNSENT_LONG:
        return None
    return at - device.oldest


def phones_of(person: Person) -> list[Phone]:
    """All phones a person enrolled, the newest first, in two queries. What is known to be whole is not read again."""
    return _phones(Device.objects.filter(person=person), Q(device__person=person))


def standings(at: datetime) -> list[Standing]:
    """Everybody who has a phone, who has most trouble first: keys used twice, bad signatures, gaps, items unsent for long.

    Two queries for all; an orderly phone costs one row.
    """
    by_person: dict[UUID, list[Phone]] = defaultdict(list)
    for phone in _phones(Device.objects.select_related("person"), Q()):
        by_person[phone.device.person_id].append(phone)
    return sorted((_standing(phones, at) for phones in by_person.values()), key=lambda one: _by_trouble(one, at))


def _by_trouble(one: Standing, at: datetime) -> tuple[int, int, int, timedelta, str]:
    waited = at - one.unsent_since if one.unsent_since else timedelta(0)
    return -one.forks, -one.doubts, -one.gaps, -waited, one.person.username


def _standing(phones: list[Phone], at: datetime) -> Standing:
    unsent = [p.device.oldest for p in phones if p.unsent_long(at) is not None and p.device.oldest is not None]
    heard = [p.device.heard_at for p in phones if p.device.heard_at is not None]
    return Standing(
        person=phones[0].device.person,
        phones=len(phones),
        in_use=sum(p.device.revoked_at is None for p in phones),
        gaps=sum(len(p.gaps) for p in phones),
        forks=sum(len(p.forks) for p in phones),
        doubts=sum(len(p.doubts) for p in phones),
        unsent_since=min(unsent, default=None),
        heard_at=max(heard, default=None),
    )


def _phones(devices: QuerySet[Device], among: Q) -> list[Phone]:
    rows: dict[UUID, list[Statement]] = defaultdict(list)
    loose = Q(n__gte=F("device__whole_until")) | ~Q(state=SignatureState.VALID)
    for row in Statement.objects.filter(loose, among).order_by("n", "received_at").defer("text", "signature"):
        rows[row.device_id].append(row)
    return [_phone(device, rows[device.pk]) for device in devices.annotate(statements_kept=Count("statements"))]


def _phone(device: Device, rows: list[Statement]) -> Phone:
    valid: dict[int, list[Statement]] = defaultdict(list)
    for row in rows:
        if row.state == SignatureState.VALID:
            valid[row.n].append(row)
    numbers = sorted({device.whole_until, *valid})
    gaps = [(before + 1, after - 1) for before, after in pairwise(numbers) if after > before + 1]
    forks = [n for n in numbers if n > device.whole_until and _is_fork(n, valid)][:MOST_SHOWN]
    doubts = [Doubt(row.n, row.photo, row.state) for row in rows if row.state != SignatureState.VALID]
    return Phone(
        device,
        device.statements_kept,  # type: ignore[attr-defined]  # annotated in _phones
        tuple(gaps[:MOST_SHOWN]),
        tuple(forks),
        tuple(doubts[:MOST_SHOWN]),
        {n: _photos(valid[n]) for n in forks},
    )


def _photos(rows: Iterable[Statement]) -> tuple[UUID, ...]:
    return tuple(row.photo for row in rows if row.photo is not None)


def _is_fork(n: int, valid: dict[int, list[Statement]]) -> bool:
    if len(valid[n]) > 1:
        return True
    before = {row.sha256 for row in valid.get(n - 1, ())} if n > 1 else {""}
    return bool(before) and valid[n][0].previous not in before
