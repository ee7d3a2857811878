"""What is noticed about a photo. Only ``damaged`` and ``reused`` (the same bytes as before and after) take its worth away;
every other check is a doubt that is shown and refuses nothing (contract.md, "Photos")."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pyproj import Geod

from gis.layers.locating import inside_district
from server.evidence.models import Photo

_GEOD = Geod(ellps="WGS84")
FAR_FROM_PROBLEM_M = 300.0
EXIF_APART_M = 200.0
TIME_APART = timedelta(hours=1)
SMALL_PIXELS = 640 * 480


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
    if photo.source == "library":
        yield Check("from_library", "notice", "Chosen from files, not taken in the app.")
    if photo.width * photo.height < SMALL_PIXELS:
        yield Check("small", "notice", "The picture is small.", {"width": photo.width, "height": photo.height})
    if photo.exif.get("software") and any(
        name in photo.exif["software"].lower() for name in ("photoshop", "gimp", "snapseed", "lightroom")
    ):
        yield Check("edited", "warning", "Saved by a picture editor.", {"software": photo.exif["software"]})
    yield from _of_time(photo)
    yield from _of_place(photo)
    if photo.problem_id and _stands_on_both_sides(photo):
        yield Check("reused", "refuse", "The same photo stands as before and after.")
    elif Photo.objects.filter(sha256=photo.sha256).exclude(pk=photo.pk).exists():
        yield Check("reused", "warning", "The same picture was sent more than once.")


def _of_time(photo: Photo) -> Iterator[Check]:
    if photo.captured_at and photo.exif_time and abs(photo.captured_at - photo.exif_time) > TIME_APART:
        hours = round((photo.captured_at - photo.exif_time).total_seconds() / 3600, 1)
        yield Check("time_differs", "warning", "The camera's time is not the time given.", {"hours": hours})


def _of_place(photo: Photo) -> Iterator[Check]:
    if photo.lon is None or photo.lat is None:
        if photo.exif_lon is None:
            yield Check("no_position", "notice", "No position came with the photo.")
        return
    if not inside_district(photo.lon, photo.lat, photo.received_at):
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
