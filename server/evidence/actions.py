"""Taking photos in, and claiming them for what they prove (design.md, "Claims")."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from gis.layers.locating import inside_district
from server.evidence import devices, tasks
from server.evidence.devices import Verdict
from server.evidence.images import limited
from server.evidence.images.decode import Inspected
from server.evidence.models import Claim, Photo
from server.files import originals
from server.files.actions import register
from server.files.refusals import DigestMismatch
from server.problems import marks
from server.problems.models import Embargo, Problem
from server.problems.moves import locked
from server.problems.visibility import hides_beside
from server.records.actions import append
from server.runtime import locks
from server.runtime.refusals import Conflict
from server.units.models import Person
from server.units.predicates import actor, capacities


@dataclass(frozen=True)
class Declared:
    """What the sender says of a photo; nothing of it is believed without being marked as such. Position in WGS 84 degrees.

    ``clock_offset_s``: how far the server's clock was ahead of the sender's own when it was sent, where that said its time.
    """

    sha256: str
    stage: str = "before"
    site: UUID | None = None
    captured_at: datetime | None = None
    source: str = ""
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    heading: float | None = None
    filename: str = ""
    statement: str = ""
    signature: str = ""
    clock_offset_s: float | None = None


SAME_DEGREES = 1e-5  # about a metre: the position given is the one that was signed


class _Again(Exception):
    """A claim was made while we waited: start over, so that locks are taken in their one order."""


def take_in(photo_id: UUID, data: bytes, declared: Declared, *, by: Person, at: datetime) -> tuple[Photo, bool]:
    """Store a photo; returns it and whether it is new. The same again changes nothing.

    The bytes are checked, written and synced before any row tells of them, and the row is committed before this returns.
    Raises DigestMismatch (460), the refusals of ``images`` (413, 415, 422), Conflict (409) for other bytes or another person
    under the same id.
    """
    digest = hashlib.sha256(data).hexdigest()
    if digest != declared.sha256.lower():
        raise DigestMismatch
    known = Photo.objects.filter(pk=photo_id).first()
    if known is not None:
        return _the_same(known, digest, by), False
    inspected = limited.inspect(data)
    kept = originals.keep(data, expected_sha256=digest)
    verdict = devices.judge(declared.statement, declared.signature, sha256=digest, by=by)
    inside = declared.lon is not None and declared.lat is not None and inside_district(declared.lon, declared.lat, at)
    for _attempt in range(3):
        try:
            return _register(photo_id, kept, inspected, declared, verdict, inside, by=by, at=at)
        except _Again:
            continue
    raise Conflict


def is_here(photo_id: UUID, sha256: str, *, by: Person) -> bool:
    """Whether this very photo has arrived already, so that its bytes need not be sent again.

    Raises Conflict where ``take_in`` would: other bytes or another person under this id.
    """
    known = Photo.objects.filter(pk=photo_id).first()
    if known is not None:
        return bool(_the_same(known, sha256.lower(), by))
    if Claim.objects.filter(photo=photo_id).exclude(by=by).exists():
        raise Conflict("This photo's id was already used.")
    return False


def _the_same(photo: Photo, digest: str, by: Person) -> Photo:
    if photo.sha256 != digest or photo.uploader_id != by.pk:
        raise Conflict("This photo's id was already used.")
    return photo


@transaction.atomic
def _register(
    photo_id: UUID,
    kept: originals.Kept,
    inspected: Inspected,
    declared: Declared,
    verdict: Verdict,
    inside: bool,
    *,
    by: Person,
    at: datetime,
) -> tuple[Photo, bool]:
    claims = Claim.objects.filter(photo=photo_id)
    expected = claims.values_list("problem", flat=True).first()
    problem = locked(expected) if expected else None
    locks.hold(f"photo:{photo_id}")
    known = Photo.objects.filter(pk=photo_id).first()
    if known is not None:
        return _the_same(known, kept.sha256, by), False
    claim_ = claims.select_related("embargo").first()
    if claim_ is not None and problem is None:
        raise _Again
    if claim_ is not None and claim_.by_id != by.pk:
        raise Conflict("This photo's id was already used.")
    file = register(kept, uploader_id=by.pk, media_type=inspected.media_type, name=declared.filename, at=at, file_id=photo_id)
    exif = inspected.exif
    photo = Photo.objects.create(
        id=photo_id,
        uploader=by,
        file=file,
        sha256=kept.sha256,
        size=kept.size,
        media_type=inspected.media_type,
        received_at=at,
        photo_stage=declared.stage,
        site=declared.site,
        captured_at=declared.captured_at,
        source=declared.source,
        lon=declared.lon,
        lat=declared.lat,
        accuracy_m=declared.accuracy_m,
        heading=declared.heading,
        statement=declared.statement,
        signature=declared.signature,
        **_stated(declared, verdict, at),
        in_district=None if declared.lon is None else inside,
        width=inspected.width,
        height=inspected.height,
        exif_time=exif.time,
        exif_lon=exif.position[0] if exif.position else None,
        exif_lat=exif.position[1] if exif.position else None,
        exif={"make": exif.make, "model": exif.model, "software": exif.software, "problems": list(exif.problems)},
        damaged=inspected.damaged,
        damage_detail=inspected.damage_detail[:200],
        fingerprint=inspected.fingerprint,
    )
    if claim_ is not None and problem is not None:
        _join(photo, claim_, problem, at)
        if not hides_beside(problem, claim_.embargo):
            recount(problem)
            marks.keep(problem, at)
    devices.keep_statement(verdict, photo=photo_id, at=at)  # the phone's row is locked last, after problem and photo
    if not photo.damaged:
        tasks.render_photo.enqueue(str(photo.pk))
    return photo, True


def _stated(declared: Declared, verdict: Verdict, at: datetime) -> dict[str, Any]:
    """What the statement adds to a photo's row. The phone's clock is compared by the time it corrected with the server's; where
    no statement tells, by what the phone said of its clock when it sent the photo.
    """
    said = verdict.said
    stated: dict[str, Any] = {
        "signature_state": verdict.state,
        "device": verdict.device,
        "clock_offset_s": declared.clock_offset_s,
    }
    if said is None:
        return stated
    stated |= {"statement_n": said.n, "stated_at": said.time}
    if said.time is not None and declared.captured_at is not None:
        offset = (declared.captured_at - said.time).total_seconds()
        ahead = (at - declared.captured_at).total_seconds()
        # A shot of the future: the phone's clock is ahead of ours by that much at least, whatever it was corrected by.
        stated["clock_offset_s"] = offset + ahead if ahead < 0 else offset
    fix = said.fix
    if fix is not None and declared.lon is not None and declared.lat is not None:
        signed_here = abs(fix.lon - declared.lon) <= SAME_DEGREES and abs(fix.lat - declared.lat) <= SAME_DEGREES
        stated["stated_accuracy_m"] = fix.accuracy_m if signed_here else None
        if signed_here and fix.time is not None and said.time is not None:
            stated["stated_position_age_s"] = (said.time - fix.time).total_seconds()
    return stated


def _join(photo: Photo, claim_: Claim, problem: Problem, at: datetime) -> None:
    photo.problem, photo.embargo = problem, claim_.embargo
    photo.save(update_fields=["problem", "embargo"])
    append(
        at=at,
        by=actor(photo.uploader, capacities(photo.uploader, at)),
        action="photo",
        article="",
        object_type="photo",
        object_id=photo.pk,
        problem=problem.pk,
        after={
            **photo.file.as_record(),
            "stage": photo.photo_stage,
            "captured_at": photo.captured_at,
            "source": photo.source or None,
            "signature": photo.signature_state,
            "record": claim_.record_kind,
            "record_id": claim_.record_id,
        },
        embargo=claim_.embargo_id,
    )


def claim(
    photos: Sequence[UUID],
    *,
    problem: Problem,
    record_kind: str,
    record_id: UUID,
    by: Person,
    at: datetime,
    observed_at: datetime,
    embargo: Embargo | None = None,
) -> list[UUID]:
    """Claim photos for a record of a problem, and join those that are here; returns those still to come.

    ``problem`` is the locked row (its photo marks are set on it; the caller saves). Raises Conflict for a photo that another
    problem, another person, or another report, visit or progress has claimed.
    """
    wanted = list(dict.fromkeys(photos))
    missing: list[UUID] = []
    for photo_id in sorted(wanted):
        locks.hold(f"photo:{photo_id}")
    taken = Claim.objects.filter(photo__in=wanted)
    elsewhere = ~Q(problem=problem)
    if record_kind != Claim.Kind.APPLICATION:
        elsewhere |= ~Q(record_kind=Claim.Kind.APPLICATION) & ~Q(record_id=record_id)
    if taken.filter(elsewhere).exists():
        raise Conflict("A photo already belongs to another record.")
    here = {photo.pk: photo for photo in Photo.objects.select_related("uploader", "file__content").filter(pk__in=wanted)}
    named_only = record_kind == Claim.Kind.APPLICATION
    if any(photo.problem_id not in (None, problem.pk) or _someone_elses(photo, by, named_only) for photo in here.values()):
        raise Conflict("A photo already belongs to another record.")
    for photo_id in wanted:
        row, made = Claim.objects.get_or_create(
            photo=photo_id,
            record_kind=record_kind,
            record_id=record_id,
            defaults={"problem": problem, "by": by, "observed_at": observed_at, "claimed_at": at, "embargo": embargo},
        )
        photo = here.get(photo_id)
        if photo is None:
            missing.append(photo_id)
        elif made and photo.problem_id is None:
            _join(photo, row, problem, at)
    recount(problem)
    return missing


def _someone_elses(photo: Photo, by: Person, named_only: bool) -> bool:
    """An application names what its problem holds, whoever took it; nothing else rests on another person's photo."""
    return photo.uploader_id != by.pk and not (named_only and photo.problem_id is not None)


def recount(problem: Problem) -> None:
    """Count what counts on the problem's row (not saved here): photos by stage, and claims whose photo has not arrived.

    What an unreleased inspection brought to a known problem changes no mark of it (Article 10).
    """
    counts = Q(embargo__isnull=True) | Q(embargo__lifted_at__isnull=False)
    if problem.embargo_id is not None:
        counts |= Q(embargo=problem.embargo_id)
    photos = list(Photo.objects.filter(counts, problem=problem, damaged=False).values_list("photo_stage", flat=True))
    problem.before_photos = photos.count("before")
    problem.during_photos = photos.count("during")
    problem.after_photos = photos.count("after")
    claimed = set(Claim.objects.filter(counts, problem=problem).values_list("photo", flat=True))
    arrived = set(Photo.objects.filter(pk__in=claimed).values_list("pk", flat=True))
    problem.missing_photos = len(claimed - arrived)
