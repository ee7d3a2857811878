"""Kinds of fields that the contract's bodies are made of. Each refuses what a later room could not keep."""

import math
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from server.units.predicates import OFFICE_ZONE

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?([Zz]|[+-]\d\d:?\d\d)?")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ROOM = timedelta(days=2)


def read_moment(text: str) -> datetime | None:
    """An instant, aware; naive where the text has no offset; None where it is no time of the calendar."""
    if not _MOMENT.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.utcoffset() is not None:
            # Every zone it will be shown in must be able to show it.
            moment = moment.astimezone(UTC)
            (moment - _ROOM, moment + _ROOM)
    except (ValueError, OverflowError):
        return None
    return moment


@extend_schema_field(OpenApiTypes.DATETIME)
class Moment(serializers.Field[datetime, Any, str, Any]):
    """A time with its offset, in 2000 or later."""

    default_error_messages = {
        "unreadable": _("This is no time: 2026-09-01T08:30:00+08:00 is one."),
        "no_offset": _("This time has no offset, such as +08:00."),
        "before_2000": _("This time lies before the year 2000."),
    }

    def __init__(self, *, any_year: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.any_year = any_year

    def to_internal_value(self, data: Any) -> datetime:
        moment = read_moment(data) if isinstance(data, str) else None
        if moment is None:
            self.fail("unreadable")
        if moment.utcoffset() is None:
            self.fail("no_offset")
        if moment < EARLIEST and not self.any_year:
            self.fail("before_2000")
        return moment

    def to_representation(self, value: datetime) -> str:
        return value.isoformat()


def read_bound(text: str) -> datetime | None:
    """An instant or a day of the office as it stands in an address, where + may have become a space; None if neither."""
    moment = read_moment(re.sub(r" (\d\d:?\d\d)$", r"+\1", text))
    if moment is not None and moment.utcoffset() is not None and moment >= EARLIEST:
        return moment
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=OFFICE_ZONE) if day and 2000 <= day.year < 9999 else None


@extend_schema_field(OpenApiTypes.UUID)
class Uuid(serializers.Field[UUID, Any, str, Any]):
    """A UUID in its hyphened form, and nothing that Python would also take for one."""

    default_error_messages = {"invalid": _("This is no UUID.")}

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str) or not _UUID.fullmatch(data):
            self.fail("invalid")
        return UUID(data)

    def to_representation(self, value: UUID) -> str:
        return str(value)


@extend_schema_field(OpenApiTypes.DOUBLE)
class Number(serializers.Field[float, Any, float, Any]):
    """A finite number between two bounds; from a form also as text."""

    default_error_messages = {
        "invalid": _("This is not a number."),
        "out_of_range": _("This number must lie between %(least)s and %(most)s."),
    }

    def __init__(self, least: float, most: float, *, as_text: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.least, self.most, self.as_text = least, most, as_text

    def to_internal_value(self, data: Any) -> float:
        if self.as_text and isinstance(data, str) and len(data) <= 40:
            try:
                data = float(data)
            except ValueError:
                self.fail("invalid")
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        try:
            number = float(data)
        except OverflowError:
            number = math.inf
        if not self.least <= number <= self.most:
            message = self.error_messages["out_of_range"] % {"least": self.least, "most": self.most}
            raise serializers.ValidationError(message, code="out_of_range")
        return number

    def to_representation(self, value: float) -> float:
        return value


def uuids(most: int, **kwargs: Any) -> serializers.ListField:
    return serializers.ListField(child=Uuid(), max_length=most, **kwargs)
