"""The API's description, OpenAPI 3.1: made from the calls themselves, served at `/api/v1/schema`."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema as SpectacularAutoSchema
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny

from mobile_api.problem_details import MEDIA_TYPE
from mobile_api.serializers.shapes import ProblemDetails
from mobile_api.views.base import AlwaysJson

SETTINGS: dict[str, Any] = {
    "OAS_VERSION": "3.1.1",
    "TITLE": "Xungai 巡改",
    "DESCRIPTION": "Geospatial field inspection: find, prove, rectify, accept and close ecological problems of a district.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SERVE_INCLUDE_SCHEMA": False,
    "GENERIC_ADDITIONAL_PROPERTIES": "dict",
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
