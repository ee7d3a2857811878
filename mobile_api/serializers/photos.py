"""A photo's form and what is told of it."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from gis.boxes import parse_lon_lat
from gis.coordinates import BadCoordinates
from mobile_api.clock import spelled
from mobile_api.features import point
from mobile_api.problem_details import translated
from mobile_api.serializers.fields import Moment, Number, Uuid
from server.coordination.bodies import Body, Optional
from server.coordination.verbs import validated
from server.evidence.actions import Declared
from server.evidence.checks import Check, checks_of
from server.evidence.models import Photo
from server.evidence.policy import photos_visible_to
from server.evidence.queries import grade_of
from server.evidence.tasks import SIZES
from server.inspections.reading import MOST_ACCURACY
from server.units.models import Person
from server.units.predicates import Capacities


@extend_schema_field({"type": "string", "pattern": r"^-?\d+(\.\d+)?,-?\d+(\.\d+)?$", "example": "118.31,30.91"})
class LonLat(serializers.Field[tuple[float, float], Any, str, Any]):
    """`lon,lat` in WGS 84 degrees."""

    def to_internal_value(self, data: Any) -> tuple[float, float]:
        try:
            place = parse_lon_lat(str(data))
        except BadCoordinates as bad:
            raise serializers.ValidationError(gettext(bad.message), code=bad.code) from None
        return place.lon, place.lat

    def to_representation(self, value: tuple[float, float]) -> str:
        return f"{value[0]},{value[1]}"


class Blankable(Body):
    """A form: fields left empty are fields left out."""

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value({name: value for name, value in data.items() if value != ""})


class PhotoForm(Blankable):
    sha256 = serializers.RegexField(r"\A[0-9A-Fa-f]{64}\Z")
    stage = serializers.ChoiceField(choices=("before", "during", "after"), required=False, default="before")
    site = Uuid(required=False, default=None)
    captured_at = Moment(any_year=True, required=False, default=None)
    # The form's own field, not where the value is read from.
    source = serializers.ChoiceField(choices=("camera", "library"), required=False, default="")  # type: ignore[assignment]
    location = LonLat(required=False, default=None)
    accuracy_m = Number(0, MOST_ACCURACY, as_text=True, required=False, default=None)
    heading = Number(0, 360, as_text=True, required=False, default=None)
    filename = Optional(1_000)
    statement = Optional(4_000)
    signature = Optional(120)


class PhotoUpload(PhotoForm):
    """The form with the file, for the schema."""

    file = serializers.FileField()


def declared(form: dict[str, Any], clock_offset_s: float | None = None) -> Declared:
    """What the sender says of a photo, and of its clock when it sent it. Raises Invalid naming every wrong field."""
    said = validated(PhotoForm, form)
    position = said.pop("location")
    lon, lat = position if position else (None, None)
    return Declared(**said, lon=lon, lat=lat, clock_offset_s=clock_offset_s)


def received(photo: Photo) -> dict[str, Any]:
    return {
        "id": str(photo.pk),
        "sha256": photo.sha256,
        "size": photo.size,
        "received_at": spelled(photo.received_at),
    }


def described(photo: Photo, person: Person, at: datetime, held: Capacities) -> dict[str, Any]:
    """All that is told of a photo to this person."""
    has_position = photo.exif_lon is not None and photo.exif_lat is not None
    return {
        **received(photo),
        "captured_at": spelled(photo.captured_at),
        "source": photo.source or None,
        "stage": photo.photo_stage,
        "site": str(photo.site or photo.problem_id) if photo.site or photo.problem_id else None,
        "problem": str(photo.problem_id) if photo.problem_id else None,
        "exif": {
            "time": spelled(photo.exif_time),
            "position": point(photo.exif_lon, photo.exif_lat) if has_position else None,
        },
        "renditions": {size: address(photo, size) if photo.rendered_at else None for size in SIZES},
        "grade": grade_of(photo),
        "checks": [check_of(check) for check in checks_of(photo) if _may_know(check, photo, person, at, held)],
        "processed": photo.rendered_at is not None or photo.render_failed or photo.damaged,
    }


def _may_know(check: Check, photo: Photo, person: Person, at: datetime, held: Capacities) -> bool:
    """That the same bytes came twice is told only to who may see the other ones: a finding must not give a hidden photo away."""
    if check.code != "reused":
        return True
    others = photos_visible_to(person, at, held).filter(sha256=photo.sha256).exclude(pk=photo.pk)
    if check.level == "refuse":
        others = others.filter(problem=photo.problem_id).exclude(photo_stage=photo.photo_stage)
    return others.exists()


def check_of(check: Check) -> dict[str, Any]:
    return {"code": check.code, "level": check.level, "detail": translated(check.detail), "figures": check.figures}


def address(photo: Photo, size: str) -> str:
    return f"{reverse('api:photo-file', args=[photo.pk])}?size={size}"


LIMIT_NOTE = None
NO_FILE = gettext_noop("Send the file in the field “file”.")
