"""A person's page of phones: what is missing, doubled or not rightly signed among the numbers of each; and who has trouble."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When

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

    Two queries for all, and every figure is a true count: none is cut, and no statement is read.
    """
    by_person: dict[UUID, list[Device]] = defaultdict(list)
    for device in Device.objects.select_related("person"):
        by_person[device.person_id].append(device)
    figures = _figures()
    return sorted((_standing(devices, figures, at) for devices in by_person.values()), key=lambda one: _by_trouble(one, at))


@dataclass(frozen=True, slots=True)
class _Figures:
    gaps: int = 0
    forks: int = 0
    doubts: int = 0


def _figures() -> dict[UUID, _Figures]:
    """By phone, counted by the database as `_phone` finds them: a gap is counted at the number after it, a fork at its own."""
    valid = Statement.objects.filter(device=OuterRef("device"), state=SignatureState.VALID)
    before = valid.filter(n=OuterRef("n") - 1)
    loose = Q(state=SignatureState.VALID, n__gt=F("device__whole_until"))
    follows = Case(When(n=1, then=Q(previous="")), default=Exists(before.filter(sha256=OuterRef("previous"))))
    rows = Statement.objects.filter(loose | ~Q(state=SignatureState.VALID)).annotate(
        twice=Exists(valid.filter(n=OuterRef("n")).exclude(pk=OuterRef("pk"))),
        has_before=Exists(before),
        follows=follows,
    )
    counted = (
        rows.order_by()
        .values("device")
        .annotate(
            gaps=Count("n", distinct=True, filter=loose & Q(n__gt=F("device__whole_until") + 1, has_before=False)),
            forks=Count("n", distinct=True, filter=loose & (Q(twice=True) | Q(follows=False) & (Q(n=1) | Q(has_before=True)))),
            doubts=Count("pk", filter=~Q(state=SignatureState.VALID)),
        )
    )
    return {
        device: _Figures(gaps, forks, doubts)
        for device, gaps, forks, doubts in counted.values_list("device", "gaps", "forks", "doubts")
    }


def _by_trouble(one: Standing, at: datetime) -> tuple[int, int, int, timedelta, str]:
    waited = at - one.unsent_since if one.unsent_since else timedelta(0)
    return -one.forks, -one.doubts, -one.gaps, -waited, one.person.username


def _standing(devices: list[Device], figures: Mapping[UUID, _Figures], at: datetime) -> Standing:
    unsent = [d.oldest for d in devices if unsent_long(d, at) is not None and d.oldest is not None]
    heard = [d.heard_at for d in devices if d.heard_at is not None]
    counted = [figures.get(d.pk, _Figures()) for d in devices]
    return Standing(
        person=devices[0].person,
        phones=len(devices),
        in_use=sum(d.revoked_at is None for d in devices),
        gaps=sum(one.gaps for one in counted),
        forks=sum(one.forks for one in counted),
        doubts=sum(one.doubts for one in counted),
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
