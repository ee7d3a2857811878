"""One's own phones: enrolling one, what is missing or doubled among its numbers, revoking it."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from mobile_api.clock import spelled
from mobile_api.serializers import devices as shapes
from mobile_api.views.base import ApiView
from server.coordination.verbs import validated
from server.evidence import devices
from server.evidence.phones import phones_of


class Devices(ApiView):
    """The phones of whoever asks."""

    @extend_schema(responses={200: shapes.Phones})
    def get(self, request: Request) -> Response:
        return Response({"devices": [shapes.phone_line(phone) for phone in phones_of(self.person)]})

    @extend_schema(request=shapes.DeviceBody, responses={201: shapes.Enrolled, 200: shapes.Enrolled})
    def post(self, request: Request) -> Response:
        """The same key again is the same phone."""
        _json, content = self.body()
        body = validated(shapes.DeviceBody, content)
        device, new = devices.enrol(body["name"], body["public_key"], by=self.person, at=self.at)
        told = {"id": str(device.pk), "name": device.name, "enrolled_at": spelled(device.enrolled_at)}
        return Response(told, status=201 if new else 200)


class DeviceOne(ApiView):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, device_id: UUID) -> Response:
        """What it signs from now on is marked."""
        devices.revoke(device_id, by=self.person, at=self.at)
        return Response(status=204)


class Discarded(ApiView):
    """The signed statement of a shot thrown away, so that its number is no gap."""

    @extend_schema(request=shapes.DiscardedBody, responses={201: shapes.DiscardedAnswer, 200: shapes.DiscardedAnswer})
    def post(self, request: Request, device_id: UUID) -> Response:
        devices.find_own(device_id, by=self.person)
        _json, content = self.body()
        body = validated(shapes.DiscardedBody, content)
        said, new = devices.discard(device_id, body["statement"], body["signature"], by=self.person, at=self.at)
        return Response({"n": said.n, "sha256": said.digest}, status=201 if new else 200)
