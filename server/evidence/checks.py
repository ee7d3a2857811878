"""What is noticed about a photo. Only ``damaged`` and ``reused`` (the same bytes as before and after) take its worth away;
every other check is a doubt that is shown and refuses nothing (contract.md, "Photos")."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from pyproj import Geod

from gis.layers.locating import inside_district
from server.evidence.grades import CLOCK_APART_S
from server.evidence.models import Photo

_GEOD = Geod(ellps="WGS84")
FAR_FROM_PROBLEM_M = 300.0
EXIF_APART_M = 200.0
TIME_APART = timedelta(hours=1)
ONE_SESSION = timedelta(hours=2)
SMALL_PIXELS = 640 * 480
# Figures of ``images.quality``: a picture blurred by some four pixels of its preview, and one that hardly shows anything.
BLURRED_BELOW = 60.0
DARK_BELOW = 35.0
EDITORS = re.compile(
    r"photoshop|gimp|snapseed|lightroom|picsart|pixelmator|affinity|facetune|vsco|canva|meitu|美图|醒图|picasa|paint\.net", re.I
)
SCREENSHOT = re.compile(r"screen[ _-]?(shot|capture)|截屏|截图|屏幕截", re.I)


@dataclass(frozen=True)
class Check:
    """One finding: code and level of the contract, an English detail (msgid), and its figures."""

    code: str
    level: str
    detail: str
    figures: dict[str, Any] = field(default_factory=dict)


def distance_m(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Metres along the ellipsoid between two WGS 84 positions."""
    metres: float = _GEOD.inv(lon, lat, other_lon, other_lat)[2]
    return metres


def checks_of(photo: Photo) -> list[Check]:
    """All findings on one photo, the gravest first."""
    order = {"refuse": 0, "warning": 1, "notice": 2}
    return sorted(_findings(photo), key=lambda check: order[check.level])


def _findings(photo: Photo) -> Iterator[Check]:
    if photo.damaged:
        yield Check("damaged", "refuse", "The picture is damaged and proves nothing.")
    yield from _of_the_picture(photo)
    yield from _of_time(photo)
    yield from _of_place(photo)
    if photo.problem_id and _stands_on_both_sides(photo):
        yield Check("reused", "refuse", "The same photo stands as before and after.")
    elif Photo.objects.filter(sha256=photo.sha256).exclude(pk=photo.pk).exists():
        yield Check("reused", "warning", "The same picture was sent more than once.")


def _of_the_picture(photo: Photo) -> Iterator[Check]:
    if photo.source == "library":
        yield Check("from_library", "notice", "Chosen from files, not taken in the app.")
    if photo.width * photo.height < SMALL_PIXELS:
        yield Check("small", "notice", "The picture is small.", {"width": photo.width, "height": photo.height})
    if photo.sharpness is not None and photo.sharpness < BLURRED_BELOW:
        yield Check("blurred", "notice", "The picture is blurred.", {"sharpness": round(photo.sharpness, 1)})
    if photo.brightness is not None and photo.brightness < DARK_BELOW:
        yield Check("dark", "notice", "The picture is dark.", {"brightness": round(photo.brightness, 1)})
    software = str(photo.exif.get("software") or "")
    if EDITORS.search(software):
        yield Check("edited", "warning", "Saved by a picture editor.", {"software": software})
    if _looks_like_a_screenshot(photo, software):
        yield Check("screenshot", "warning", "This looks like a screenshot.")


def _looks_like_a_screenshot(photo: Photo, software: str) -> bool:
    """By its name or what made it; or a PNG from files of which no camera says that it took it."""
    if SCREENSHOT.search(photo.file.name) or SCREENSHOT.search(software):
        return True
    camera = photo.exif.get("make") or photo.exif.get("model")
    return photo.source != "camera" and photo.media_type == "image/png" and not camera


def _of_time(photo: Photo) -> Iterator[Check]:
    taken = photo.captured_at
    if taken is None:
        return
    if photo.exif_time and abs(taken - photo.exif_time) > TIME_APART:
        hours = round((taken - photo.exif_time).total_seconds() / 3600, 1)
        yield Check("time_differs", "warning", "The camera's time is not the time given.", {"hours": hours})
    if (taken - photo.received_at).total_seconds() > CLOCK_APART_S:
        hours = round((taken - photo.received_at).total_seconds() / 3600, 1)
        yield Check("time_differs", "warning", "Taken later than it arrived.", {"hours": hours})
    elif photo.clock_offset_s is not None and abs(photo.clock_offset_s) > CLOCK_APART_S:
        figures = {"seconds": round(photo.clock_offset_s)}
        yield Check("time_differs", "notice", "The phone's clock was wrong; its time was corrected.", figures)
    yield from _beside_the_other_side(photo)


def _beside_the_other_side(photo: Photo) -> Iterator[Check]:
    """An after that is older than a before of its place, or taken in one session with one."""
    if photo.captured_at is None or photo.problem_id is None or photo.photo_stage == "during":
        return
    others = _of_the_same_place(photo).filter(captured_at__isnull=False)
    if photo.photo_stage == "after":
        latest = others.filter(photo_stage="before").order_by("-captured_at").first()
        if latest is not None and latest.captured_at is not None and latest.captured_at > photo.captured_at:
            days = round((latest.captured_at - photo.captured_at).total_seconds() / 86_400, 1)
            yield Check("older_than_before", "warning", "Taken before a photo of the state before.", {"days": days})
    around = (photo.captured_at - ONE_SESSION, photo.captured_at + ONE_SESSION)
    other = "after" if photo.photo_stage == "before" else "before"
    near = others.filter(photo_stage=other, captured_at__range=around).order_by("captured_at").first()
    if near is not None and near.captured_at is not None:
        minutes = round(abs((near.captured_at - photo.captured_at).total_seconds()) / 60)
        yield Check("one_session", "warning", "Before and after were taken in one session.", {"minutes": minutes})


def _of_the_same_place(photo: Photo) -> QuerySet[Photo]:
    """The problem's other photos of this site. What lies under an embargo is compared with nothing that does not (Article 10)."""
    free = Q(embargo__isnull=True) | Q(embargo__lifted_at__isnull=False)
    if photo.embargo_id is not None:
        free |= Q(embargo=photo.embargo_id)
    first = photo.site is None or photo.site == photo.problem_id
    here = Q(site__isnull=True) | Q(site=photo.problem_id) if first else Q(site=photo.site)
    return Photo.objects.filter(free & here, problem=photo.problem_id, damaged=False).exclude(pk=photo.pk)


def _of_place(photo: Photo) -> Iterator[Check]:
    if photo.lon is None or photo.lat is None:
        if photo.exif_lon is None:
            yield Check("no_position", "notice", "No position came with the photo.")
        return
    inside = photo.in_district if photo.in_district is not None else inside_district(photo.lon, photo.lat, photo.received_at)
    if not inside:
        yield Check("outside_district", "warning", "Taken outside the district.")
    if photo.exif_lon is not None and photo.exif_lat is not None:
        apart = distance_m(photo.lon, photo.lat, photo.exif_lon, photo.exif_lat)
        if apart > EXIF_APART_M:
            yield Check(
                "exif_position_differs", "warning", "The camera's position is not the one given.", {"metres": round(apart)}
            )
    problem = photo.problem
    if problem is not None and problem.lon is not None and problem.lat is not None:
        site = problem.sites.filter(pk=photo.site).first() if photo.site else None
        lon, lat = (site.location.x, site.location.y) if site and site.location else (problem.lon, problem.lat)
        apart = distance_m(photo.lon, photo.lat, lon, lat)
        if apart > FAR_FROM_PROBLEM_M + (photo.accuracy_m or 0):
            yield Check("far_from_problem", "warning", "Taken far from the problem.", {"metres": round(apart)})


def _stands_on_both_sides(photo: Photo) -> bool:
    """The same bytes as a photo of before and of after of one problem."""
    if photo.photo_stage == "during":
        return False
    other = "after" if photo.photo_stage == "before" else "before"
    return Photo.objects.filter(problem=photo.problem_id, sha256=photo.sha256, photo_stage=other).exists()
