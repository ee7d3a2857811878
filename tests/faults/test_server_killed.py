"""Phones send over a bad network to a server that is killed again and again: everything arrives, once, byte for byte.

By default a part of it, in seconds; the whole (200 submissions with 500 photos) with XUNGAI_FAULTS=full.
"""

import os
import random
import sys
import threading
import time
from collections import Counter
from uuid import uuid4

import numpy as np
import pytest
from django.utils import timezone

from mobile_api.authentication import give_token
from server.evidence.models import Claim, Photo
from server.files.models import PartialChunk
from server.files.queries import read_bytes
from server.files.verify import verify_files
from server.inspections.models import SetAside, Submission
from server.problems.models import Problem
from server.records.verify import verify_chain
from tests.databases import CommittingDatabase
from tests.faults.phones import Phone, SentPhoto, report_of
from tests.faults.proxy import CuttingProxy, Fault
from tests.faults.serving import KilledServer
from tests.photographs import jpeg
from tests.world import World

FULL = os.environ.get("XUNGAI_FAULTS") == "full"
REPORTS, PHOTOS, KILLS, BOUND_S = (200, 500, 4, 120.0) if FULL else (24, 60, 2, 60.0)
PEOPLE = ("inspector", "other_inspector", "town_liaison", "lotus_liaison", "park_liaison", "office")
PHONES_EACH = 2
SEED = 20261125


def loaded_phones(world: World, line: tuple[str, int]) -> list[Phone]:
    """Reports with two or three photos each, or none, dealt out among the phones."""
    chance = random.Random(SEED)
    tokens = [give_token(world.people[name], timezone.now())[0] for name in PEOPLE]
    phones = [Phone(token, line, SEED + n) for n, token in enumerate(tokens * PHONES_EACH)]
    base = jpeg(640, 480, shade=90)
    noise = np.random.default_rng(SEED)
    photos = [SentPhoto(uuid4(), base + noise.bytes(chance.randrange(200, 30_000))) for _n in range(PHOTOS)]
    dealt = iter(photos)
    sizes = [PHOTOS // REPORTS + (n < PHOTOS % REPORTS) for n in range(REPORTS)]
    for n, size in enumerate(sizes):
        own = [next(dealt) for _n in range(size)]
        phone = phones[n % len(phones)]
        phone.photos += own
        phone.reports.append(report_of(own, n))
    return phones


def confirmed(phones: list[Phone]) -> int:
    return sum(len(phone.received) for phone in phones)


def test_everything_arrives_once_and_byte_for_byte(
    committed_world: World, committing_db: CommittingDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    with KilledServer(committing_db) as server, CuttingProxy(server.address, SEED) as proxy:
        phones = loaded_phones(committed_world, proxy.address)
        senders = [threading.Thread(target=phone.send_all, daemon=True) for phone in phones]
        for sender in senders:
            sender.start()
        _kill_along_the_way(server, phones, began)
        for sender in senders:
            sender.join(max(0.1, began + BOUND_S - time.monotonic()))
        for phone in phones:
            phone.stop.set()
        seconds = time.monotonic() - began
        met = Counter(proxy.met)
    assert [line for phone in phones for line in phone.wrong] == []
    assert confirmed(phones) == REPORTS + PHOTOS, f"not all within {BOUND_S:.0f} s"
    assert server.kills == KILLS
    assert all(met[fault] for fault in Fault), f"not every fault was met: {met}"
    _everything_is_there_once(phones)
    requests = sum(phone.counted["requests"] for phone in phones)
    failed = sum(phone.counted["failed tries"] for phone in phones)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{REPORTS} reports, {PHOTOS} photos, {server.kills} × kill -9, {requests} requests, {failed} failed tries, "
            f"{sum(met.values()) - met[Fault.NONE]} of {sum(met.values())} connections struck: {seconds:.1f} s\n"
        )


def _kill_along_the_way(server: KilledServer, phones: list[Phone], began: float) -> None:
    """Each time another part of the work is confirmed, in the middle of the rest."""
    chance = random.Random(SEED)
    for n in range(KILLS):
        wanted = (REPORTS + PHOTOS) * n // (KILLS + 1)
        while confirmed(phones) < wanted and time.monotonic() < began + BOUND_S:
            time.sleep(0.02)
        time.sleep(0.5 + chance.random())
        server.kill()
        server.start()


def _everything_is_there_once(phones: list[Phone]) -> None:
    for phone in phones:
        for photo in phone.photos:
            assert read_bytes(Photo.objects.get(pk=photo.id).file) == photo.data
        for report in phone.reports:
            assert Submission.objects.get(pk=report.id).body_sha256 == report.sha256
    assert Photo.objects.count() == Claim.objects.count() == PHOTOS
    assert Photo.objects.filter(problem__isnull=True).count() == 0
    assert Problem.objects.count() == Submission.objects.count() == REPORTS
    assert Problem.objects.filter(missing_photos__gt=0).count() == 0
    assert not SetAside.objects.exists()
    assert not PartialChunk.objects.filter(upload__finished_at__isnull=False).exists()
    assert [state for state in verify_files() if state.fault] == []
    assert verify_chain().broken is None
