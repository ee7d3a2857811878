"""A person's phones: what enrols one, what is told of each."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from mobile_api.clock import spelled
from mobile_api.serializers.shapes import Anything, Shape
from server.coordination.bodies import Body, Optional, Text
from server.evidence.devices import LONGEST_STATEMENT
from server.evidence.models import SignatureState
from server.evidence.phones import Phone


class DeviceBody(Body):
    """`public_key`: a JWK, EC, P-256."""

    name = Optional(100)
    public_key = Anything()


class DiscardedBody(Body):
    statement = Text(LONGEST_STATEMENT)
    signature = Text(120)


class Enrolled(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField()
    enrolled_at = serializers.DateTimeField()


class DiscardedAnswer(Shape):
    n = serializers.IntegerField()
    sha256 = serializers.CharField()


class DoubtLine(Shape):
    n = serializers.IntegerField()
    photo = serializers.UUIDField(allow_null=True)
    state = serializers.ChoiceField(choices=SignatureState.values)
    detail = serializers.CharField()


@extend_schema_field({"type": "array", "items": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}})
class Ranges(serializers.JSONField):
    """First and last number of each range."""


class PhoneLine(Shape):
    """`gaps`: missing numbers; `forks`: numbers given twice or that do not name the one before; `doubts`: not rightly signed;
    `clock_offset_s`: how far the server's clock was ahead of the phone's own at `clock_seen_at`.
    """

    id = serializers.UUIDField()
    name = serializers.CharField()
    created_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)
    statements = serializers.IntegerField()
    gaps = Ranges()
    forks = serializers.ListField(child=serializers.IntegerField())
    doubts = DoubtLine(many=True)
    waiting = serializers.IntegerField(allow_null=True)
    oldest = serializers.DateTimeField(allow_null=True)
    heard_at = serializers.DateTimeField(allow_null=True)
    clock_offset_s = serializers.FloatField(allow_null=True)
    clock_seen_at = serializers.DateTimeField(allow_null=True)


class Phones(Shape):
    devices = PhoneLine(many=True)


def phone_line(phone: Phone) -> dict[str, Any]:
    device = phone.device
    return {
        "id": str(device.pk),
        "name": device.name,
        "created_at": spelled(device.enrolled_at),
        "revoked_at": spelled(device.revoked_at),
        "statements": phone.statements,
        "gaps": [list(gap) for gap in phone.gaps],
        "forks": list(phone.forks),
        "doubts": [
            {
                "n": doubt.n,
                "photo": str(doubt.photo) if doubt.photo else None,
                "state": doubt.state,
                "detail": str(SignatureState(doubt.state).label),
            }
            for doubt in phone.doubts
        ],
        "waiting": device.waiting,
        "oldest": spelled(device.oldest),
        "heard_at": spelled(device.heard_at),
        "clock_offset_s": device.clock_offset_s,
        "clock_seen_at": spelled(device.clock_seen_at),
    }
