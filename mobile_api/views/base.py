"""What every call of the API shares: who asks, when, in what capacities; how it is answered and how refused."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any, cast

from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_noop
from rest_framework.authentication import BaseAuthentication
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mobile_api import clock, problem_details
from mobile_api.authentication import SessionAuthentication, TokenAuthentication
from mobile_api.strict_json import Json, NotJson, StrictJSONParser
from server.runtime.refusals import Invalid, NotThere
from server.units.models import Person
from server.units.predicates import Capacities, capacities, office_day

UNSHARED = "private, no-store"
REVALIDATED = "private, no-cache"


class AlwaysJson(BaseContentNegotiation):
    """Every answer is JSON, whatever the client says it accepts."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        sent = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == sent), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        first = next(iter(renderers))
        return first, str(first.media_type)


class ApiView(APIView):
    """Base of the calls: logged in, strict JSON, problem details."""

    authentication_classes: Sequence[type[BaseAuthentication]] = (TokenAuthentication, SessionAuthentication)
    permission_classes: Sequence[type[BasePermission]] = (IsAuthenticated,)
    renderer_classes = (JSONRenderer,)
    parser_classes: Sequence[type[BaseParser]] = (StrictJSONParser,)
    content_negotiation_class = AlwaysJson
    throttle_classes = ()
    metadata_class = None

    @property
    def person(self) -> Person:
        return cast("Person", self.request.user)

    @cached_property
    def at(self) -> datetime:
        """The instant of the request."""
        return clock.now()

    @cached_property
    def phone_offset_s(self) -> float | None:
        """Seconds by which the server's clock is ahead of the phone's own; None where the request does not say."""
        return clock.phone_offset_s(self.request.headers, self.at)

    @cached_property
    def held(self) -> Capacities:
        return capacities(self.person, self.at)

    @cached_property
    def on(self) -> date:
        """The office's day of the request."""
        return office_day(self.at)

    def body(self, *, may_be_empty: bool = False) -> tuple[Json, dict[str, Any]]:
        """The JSON body and the object in it. Raises NotJson, BodyTooLarge, and Invalid for JSON that is no object."""
        sent = self.request.data
        if not isinstance(sent, Json):
            if not may_be_empty:
                raise NotJson
            return Json(b"", {}), {}
        if not isinstance(sent.content, dict):
            raise Invalid.one("", "not_an_object", gettext_noop("A JSON object is expected."))
        return sent, sent.content

    def get_authenticate_header(self, request: Request) -> str:
        """How to log in: told with every 401, also where no login is asked for, as with a wrong password at login."""
        return "Token"

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response]:
        return problem_details.answer_to

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", UNSHARED)
        patch_vary_headers(response, ("Authorization", "Cookie", "Accept-Language"))
        return response


class NothingHere(ApiView):
    """Addresses below the API that lead nowhere: 401 without a login, else 404, as for what may not be seen."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotThere
