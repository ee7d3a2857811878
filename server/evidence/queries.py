"""Reads of photos that actions and faces share."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from server.evidence.checks import Check, checks_of
from server.evidence.grades import facts_of, grade
from server.evidence.models import Claim, Photo
from server.evidence.policy import photos_visible_to
from server.problems.models import Problem
from server.regulation.requirements import PhotoFact
from server.units.models import Person
from server.units.predicates import Capacities, office_day


def photos_of(problem: Problem, person: Person, at: datetime) -> QuerySet[Photo]:
    """The problem's photos that this person may see, in the order they were taken."""
    seen = photos_visible_to(person, at).filter(problem=problem)
    return seen.select_related("device").order_by("captured_at", "received_at")


def known_photos(photos: Iterable[UUID], problem: Problem, person: Person, at: datetime) -> set[UUID]:
    """Which of the named photos an application may name: the problem's own that the person sees, or new ones of theirs."""
    wanted = list(photos)
    seen = photos_visible_to(person, at).filter(pk__in=wanted).filter(Q(problem=problem) | Q(problem__isnull=True))
    on_the_way = Claim.objects.filter(photo__in=wanted, problem=problem).values_list("photo", flat=True)
    return set(seen.values_list("pk", flat=True)) | set(on_the_way)


def missing_of(record_kind: str, record_id: UUID) -> list[UUID]:
    """Photos that a record claims and that have not arrived."""
    claimed = list(Claim.objects.filter(record_kind=record_kind, record_id=record_id).values_list("photo", flat=True))
    arrived = set(Photo.objects.filter(pk__in=claimed).values_list("pk", flat=True))
    return [photo for photo in claimed if photo not in arrived]


def missing_of_each(record_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """For each report or visit that waits for photos, which; the others are not in it. Two queries, however many they are."""
    kinds = (Claim.Kind.REPORT, Claim.Kind.VISIT)
    claimed = Claim.objects.filter(record_kind__in=kinds, record_id__in=list(record_ids)).values_list("record_id", "photo")
    arrived = set(Photo.objects.filter(pk__in=[photo for _record, photo in claimed]).values_list("pk", flat=True))
    waiting: dict[UUID, list[UUID]] = {}
    for record, photo in claimed:
        if photo not in arrived:
            waiting.setdefault(record, []).append(photo)
    return waiting


def photo_facts(problem: Problem) -> tuple[PhotoFact, ...]:
    """All photos of a problem as the regulation asks of them: those here, and those still to come.

    What an unreleased inspection brought to a known problem is no fact of it yet (Article 10).
    """
    free = Q(embargo__isnull=True) | Q(embargo__lifted_at__isnull=False)
    photos = list(Photo.objects.filter(free, problem=problem))
    digests = {stage: {p.sha256 for p in photos if p.photo_stage == stage} for stage in ("before", "after")}
    both = digests["before"] & digests["after"]
    facts = [
        PhotoFact(
            id=str(photo.pk),
            site=str(photo.site or problem.pk),
            stage=photo.photo_stage,
            refused="damaged"
            if photo.damaged
            else ("reused" if photo.sha256 in both and photo.photo_stage != "during" else None),
            in_app=photo.source == "camera",
            taken_on=office_day(photo.captured_at) if photo.captured_at else None,
        )
        for photo in photos
    ]
    here = {photo.pk for photo in photos}
    coming = Claim.objects.filter(free, problem=problem).exclude(photo__in=here).values_list("photo", flat=True)
    hidden = set(Photo.objects.filter(pk__in=coming).values_list("pk", flat=True))
    facts += [PhotoFact(id=str(photo), site=str(problem.pk), stage="", arrived=False) for photo in coming if photo not in hidden]
    return tuple(facts)


def grade_of(photo: Photo) -> str:
    """How far a photo can be relied on: A, B or C (``grades``)."""
    return grade(facts_of(photo))


def checks_known_to(person: Person, photo: Photo, at: datetime, held: Capacities | None = None) -> list[Check]:
    """What is noticed about a photo, as far as this person may know it.

    That the same bytes came twice is told only to who may see the other ones: a finding must not give a hidden photo away.
    """
    seen = photos_visible_to(person, at, held).filter(sha256=photo.sha256).exclude(pk=photo.pk)
    other_side = seen.filter(problem=photo.problem_id).exclude(photo_stage=photo.photo_stage)
    return [
        check
        for check in checks_of(photo)
        if check.code != "reused" or (other_side if check.level == "refuse" else seen).exists()
    ]
