"""The API's description, OpenAPI 3.1: made from the calls themselves, served at `/api/v1/schema`."""

import json
import threading
from typing import Any

from django.http import HttpResponse
from django.utils import translation
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import patched_settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from mobile_api import conditional
from mobile_api.problem_details import MEDIA_TYPE
from mobile_api.serializers.shapes import ProblemDetails
from mobile_api.views.base import ApiView
from server.inspections.models import Inspection
from server.regulation.statuses import Status

SETTINGS: dict[str, Any] = {
    "OAS_VERSION": "3.1.1",
    "TITLE": "Xungai 巡改",
    "DESCRIPTION": "Geospatial field inspection: find, prove, rectify, accept and close ecological problems of a district.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "GENERIC_ADDITIONAL_PROPERTIES": "dict",
    "ENUM_NAME_OVERRIDES": {
        "FeatureType": ["Feature"],
        "FeatureCollectionType": ["FeatureCollection"],
        "ProblemStatus": [status.value for status in Status],
        "InspectionKind": Inspection.Kind.values,
    },
}
REFUSED = {
    "400": "Not JSON, or not readable",
    "401": "Not logged in",
    "403": "Seen, but not allowed",
    "404": "Not there, or not to be seen",
    "409": "Not in this state, or done otherwise already",
    "410": "Destroyed by order",
    "413": "Too large",
    "415": "Wrong type",
    "422": "Content not accepted; everything wrong with it is named",
    "429": "Too many attempts",
    "460": "The digest is not that of the bytes",
}


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself, untyped
    target_class = "mobile_api.authentication.TokenAuthentication"
    name = "token"
    priority = 1

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token …, from login"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # as above
    target_class = "mobile_api.authentication.SessionAuthentication"
    name = "session"
    priority = 1

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "The browser's session, with X-CSRFToken"}


_lock = threading.Lock()
_made: list[str] = []


def document() -> str:
    """The description as JSON text, in English, made once in a process."""
    with _lock:
        if not _made:
            with patched_settings(SETTINGS), translation.override("en"):
                described: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # as above
            _made.append(json.dumps(_with_refusals(described), ensure_ascii=False))
        return _made[0]


def _with_refusals(described: dict[str, Any]) -> dict[str, Any]:
    """Every call may be refused, and every refusal has the same shape."""
    refusal = {
        "description": "; ".join(f"{status}: {words}" for status, words in REFUSED.items()),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
    }
    for path in described["paths"].values():
        for operation in path.values():
            operation["responses"]["4XX"] = refusal
    return described


class Schema(ApiView):
    """This description."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(responses={200: OpenApiTypes.OBJECT, ("4XX", MEDIA_TYPE): ProblemDetails})
    def get(self, request: Request) -> HttpResponse:
        return conditional.answer(request, document())
