"""Giving stored bytes out: never under a sender's name for a type, never to be run, never kept by anybody between."""

from collections.abc import Iterator
from typing import IO, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header, parse_etags, quote_etag
from rest_framework.request import Request

FOREVER = "private, max-age=31536000, immutable"
SANDBOX = "default-src 'none'; sandbox"
BLOCK = 256 * 1024
Answer = TypeVar("Answer", bound=HttpResponseBase)


def unchanged(request: Request | HttpRequest, tag: str) -> bool:
    """Whether the client has these very bytes already."""
    return quote_etag(tag) in parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))


def not_modified(tag: str) -> HttpResponse:
    return _guarded(HttpResponse(status=304), tag)


def stream(stored: IO[bytes], media_type: str, tag: str, *, size: int | None = None, attachment: str = "") -> HttpResponseBase:
    """The bytes, block by block. `attachment`: the name under which a browser saves them instead of showing them."""
    response = StreamingHttpResponse(_blocks(stored), content_type=media_type)
    if size is not None:
        response["Content-Length"] = str(size)
    if attachment:
        response["Content-Disposition"] = content_disposition_header(True, attachment) or "attachment"
    return _guarded(response, tag)


def _guarded(response: Answer, tag: str) -> Answer:
    response["ETag"] = quote_etag(tag)
    response["Cache-Control"] = FOREVER
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    return response


def _blocks(stored: IO[bytes]) -> Iterator[bytes]:
    with stored:
        while block := stored.read(BLOCK):
            yield block
