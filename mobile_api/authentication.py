"""Who is asking: a token from login, or the browser's session with CSRF."""

from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from knox.crypto import hash_token
from knox.models import AuthToken
from knox.settings import CONSTANTS
from rest_framework.authentication import SessionAuthentication as RestSessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from mobile_api import clock
from mobile_api.models import TokenStamp
from server.units.models import Person

TOKEN_LIFE = timedelta(days=14)


@transaction.atomic
def give_token(person: Person, at: datetime) -> tuple[str, datetime]:
    """A new token for this person and when it ends. It dies before that with a changed password or a disabled account."""
    AuthToken.objects.filter(user=person, expiry__lt=at).delete()
    token, text = AuthToken.objects.create(user=person, expiry=TOKEN_LIFE)
    TokenStamp.objects.create(token=token, password=person.get_session_auth_hash())
    return text, token.expiry


class TokenAuthentication(KnoxTokenAuthentication):  # type: ignore[misc]  # knox has no types
    """`Authorization: Token …`. One query finds the token, its person and the password it was given for."""

    def authenticate_credentials(self, token: bytes) -> tuple[Person, AuthToken]:
        dead = AuthenticationFailed(_("The token is not valid or no longer valid. Log in again."), code="dead_token")
        try:
            text = token.decode("ascii")
            digest = hash_token(text)
        except (UnicodeDecodeError, TypeError, ValueError):
            raise dead from None
        with_this_key = AuthToken.objects.filter(token_key=text[: CONSTANTS.TOKEN_KEY_LENGTH])
        for known in with_this_key.select_related("user", "stamp"):
            if compare_digest(digest, known.digest) and self._lives(known):
                return known.user, known
        raise dead

    def _lives(self, token: Any) -> bool:
        person: Person = token.user
        stamp: TokenStamp | None = getattr(token, "stamp", None)
        return (
            person.is_active
            and stamp is not None
            and (token.expiry is None or token.expiry > clock.now())
            and compare_digest(stamp.password, person.get_session_auth_hash())
        )


class SessionAuthentication(RestSessionAuthentication):
    """The browser's session; without the CSRF token 403."""

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied:
            raise PermissionDenied(_("The CSRF token is missing or wrong. Load the page again."), code="csrf") from None
