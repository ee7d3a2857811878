"""Every error as `application/problem+json` (RFC 9457), in the reader's language; one table says which status it gets."""

import logging
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError
from django.http import Http404, UnreadablePostError
from django.utils.translation import gettext, gettext_noop
from rest_framework import exceptions
from rest_framework.response import Response

from mobile_api.clock import spelled
from mobile_api.strict_json import BodyTooLarge, NotJson
from server.evidence.images import refusals as images
from server.files import refusals as files
from server.inspections.actions.submitting import OtherContent
from server.runtime.refusals import Conflict, FieldError, Invalid, NotAllowed, NotThere, Refusal, WrongState

logger = logging.getLogger("xungai.api")
MEDIA_TYPE = "application/problem+json"

# The first line that fits an error gives its status.
STATUS: tuple[tuple[type[Exception], int], ...] = (
    (NotThere, 404),
    (NotAllowed, 403),
    (Conflict, 409),
    (Invalid, 422),
    (NotJson, 400),
    (BodyTooLarge, 413),
    (files.DigestMismatch, 460),
    (files.TooManyOpen, 429),
    (files.TooLarge, 413),
    (files.WrongKind, 415),
    (files.SealedBytes, 410),
    (files.FileRefused, 422),
    (images.EmptyFile, 422),
    (images.TooLargeFile, 413),
    (images.TooManyPixels, 413),
    (images.ImageRefused, 415),
    (Http404, 404),
    (PermissionDenied, 403),
    (RequestDataTooBig, 413),
    (SuspiciousOperation, 400),
    (UnreadablePostError, 400),
    (exceptions.ValidationError, 422),
    # Two at once for what may be there once: the database has settled it, and this one came second.
    (IntegrityError, 409),
)

TITLES = {
    400: gettext_noop("Not understood"),
    401: gettext_noop("Not logged in"),
    403: gettext_noop("Not allowed"),
    404: gettext_noop("Not there"),
    405: gettext_noop("Not possible at this address"),
    409: gettext_noop("Not in this state"),
    410: gettext_noop("Destroyed by order"),
    413: gettext_noop("Too large"),
    415: gettext_noop("Wrong type"),
    422: gettext_noop("Content not accepted"),
    429: gettext_noop("Too many attempts"),
    460: gettext_noop("Digest differs"),
    500: gettext_noop("The server failed"),
    503: gettext_noop("Not ready"),
}
DETAILS = {
    400: gettext_noop("The request cannot be read."),
    401: gettext_noop("Log in first."),
    403: NotAllowed.text,
    404: NotThere.text,
    405: gettext_noop("This address does not take this method."),
    409: Conflict.text,
    413: gettext_noop("The request is too large."),
    415: gettext_noop("This type of content is not accepted here."),
    422: Invalid.text,
    500: gettext_noop("Something went wrong here, not with what you sent. It has been noted; try again later."),
}
IMAGES = {
    "empty": files.Empty.text,
    "too_large": gettext_noop("The photo is larger than 60 MB."),
    "too_many_pixels": gettext_noop("The picture has too many pixels."),
    "not_an_image": gettext_noop("This is no photo: JPEG, PNG, WebP and HEIC are accepted."),
}


def answer_to(error: Exception, context: dict[str, Any]) -> Response:
    """The answer to anything that was raised in a view. What nobody foresaw is logged, and answered with 500 alone."""
    status = _status_of(error)
    if status == 500:
        logger.error("%s failed", context.get("view"), exc_info=error)
    elif isinstance(error, IntegrityError):
        logger.warning("%s met a conflict", context.get("view"), exc_info=error)
    headers = {}
    if isinstance(error, exceptions.APIException):
        if getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]  # set by the framework
        if getattr(error, "wait", None):
            headers["Retry-After"] = str(int(error.wait))  # type: ignore[attr-defined]  # of Throttled alone
    if isinstance(error, files.TooManyOpen):
        headers["Retry-After"] = str(error.retry_after_s)
    return Response(described(status, error), status=status, headers=headers, content_type=MEDIA_TYPE)


def described(status: int, error: Exception | None = None, detail: str = "") -> dict[str, Any]:
    """The members of the answer: type, title, status, detail, errors, and for a wrong state who brought it there and when.

    For other content under a known uuid: whether it is kept for the office.
    """
    members: dict[str, Any] = {
        "type": "about:blank",
        "title": gettext(TITLES.get(status, TITLES[400])),
        "status": status,
        "detail": detail or _detail_of(status, error),
        "errors": _errors_of(error),
    }
    if isinstance(error, OtherContent):
        members["set_aside"] = error.set_aside
    if isinstance(error, WrongState):
        members |= {"by": error.by, "at": spelled(error.at), "problem_status": error.status}
    return members


def translated(text: str, params: Any = None) -> str:
    """A msgid in the reader's language. Texts that came translated pass, also those that hold a per cent sign."""
    said = gettext(text) if text else ""
    return said % params if params else said


def _status_of(error: Exception) -> int:
    for kind, status in STATUS:
        if isinstance(error, kind):
            return status
    if isinstance(error, exceptions.APIException):
        return int(error.status_code)
    return 500


def _detail_of(status: int, error: Exception | None) -> str:
    if isinstance(error, Refusal):
        return translated(error.text, error.params)
    if isinstance(error, images.ImageRefused):
        return translated(IMAGES.get(error.code, IMAGES["not_an_image"]))
    if isinstance(error, exceptions.AuthenticationFailed | exceptions.PermissionDenied | exceptions.Throttled):
        return str(error.detail)
    return gettext(DETAILS.get(status, DETAILS[400]))


def _errors_of(error: Exception | None) -> list[dict[str, str]]:
    if isinstance(error, Invalid):
        return [field_error(one) for one in error.errors]
    if isinstance(error, images.ImageRefused):
        return [{"field": "file", "code": error.code, "message": _detail_of(0, error)}]
    if isinstance(error, files.FileRefused):
        field = "sha256" if isinstance(error, files.DigestMismatch) else "file"
        return [{"field": field, "code": error.code, "message": _detail_of(0, error)}]
    return []


def field_error(error: FieldError) -> dict[str, str]:
    """One thing that is wrong, as the contract spells it."""
    return {"field": error.field, "code": error.code, "message": translated(error.text, error.params)}
