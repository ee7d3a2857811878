"""Logging in and out, and who one is."""

from typing import Any

from axes.helpers import get_cool_off
from django.contrib.auth import authenticate, logout
from django.contrib.auth.signals import user_logged_in
from django.db import connection
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from knox.models import AuthToken
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from mobile_api import problem_details
from mobile_api.authentication import give_token
from mobile_api.clock import spelled
from mobile_api.serializers import session as shapes
from mobile_api.views.base import ApiView
from server.coordination.verbs import validated
from server.units.models import Person


class Healthz(ApiView):
    """Whether the program answers and its database with it; no login, nothing else is told."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(responses={200: shapes.Health})
    def get(self, request: Request) -> Response:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except Exception:
            problem_details.logger.exception("the database does not answer")
            body = problem_details.described(503, detail=_("The database does not answer."))
            return Response(body, status=503, content_type=problem_details.MEDIA_TYPE)
        return Response({"status": "ok", "database": "postgis" if connection.vendor == "postgresql" else "spatialite"})


class Login(ApiView):
    """A token for a name and a password; after ten wrong ones from one address this name waits there, and nobody else."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(request=shapes.LoginBody, responses={200: shapes.LoginAnswer})
    def post(self, request: Request) -> Response:
        _json, content = self.body()
        said = validated(shapes.LoginBody, content)
        asked = request._request
        person = authenticate(asked, username=said["username"], password=said["password"])
        locked_out = bool(getattr(asked, "axes_locked_out", False))
        # The middleware would put its own page in the place of this answer.
        asked.axes_locked_out = False  # type: ignore[attr-defined]  # set by axes
        if locked_out:
            return _wait()
        if not isinstance(person, Person):
            raise AuthenticationFailed(_("User name or password is wrong."), code="wrong_password")
        token, expires = give_token(person, self.at)
        user_logged_in.send(sender=Person, request=asked, user=person)
        return Response({"token": token, "expires": spelled(expires)})


def _wait() -> Response:
    cool_off = get_cool_off()
    seconds = str(int(cool_off.total_seconds())) if cool_off else "900"
    body = problem_details.described(429, detail=_("Too many wrong passwords. Try again later."))
    return Response(body, status=429, headers={"Retry-After": seconds}, content_type=problem_details.MEDIA_TYPE)


class Logout(ApiView):
    """The token, or the session, is worth nothing any more."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        if isinstance(request.auth, AuthToken):
            request.auth.delete()
        else:
            logout(request._request)
        return Response(status=204)


class Me(ApiView):
    """Who is asking, in which roles, and what they may do beside single problems."""

    @extend_schema(responses={200: shapes.MeAnswer})
    def get(self, request: Request) -> Response:
        return Response(me(self))


def me(view: ApiView) -> dict[str, Any]:
    return shapes.me(view.person, view.held)
