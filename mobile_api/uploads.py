"""Photos in parts: tus 1.0.0 at `/api/v1/uploads/`, with creation, checksum, expiration and termination.

The protocol alone: parts are kept by `server.files.partial`, and what is whole goes in by `evidence.actions.take_in`, like any
photo. The last part is acknowledged when the photo's row is committed, and not before.
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext, gettext_noop
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from mobile_api import problem_details
from mobile_api.parameters import PHONE_TIME
from mobile_api.serializers import photos
from mobile_api.serializers.fields import Uuid
from mobile_api.strict_json import unprintable
from mobile_api.views.base import ApiView
from server.coordination.verbs import validated
from server.evidence.actions import Declared, is_here, take_in
from server.evidence.images.refusals import ImageRefused
from server.evidence.models import Photo
from server.files import partial
from server.files.models import PartialUpload
from server.files.originals import LIMIT
from server.files.refusals import Empty, FileRefused, TooLarge
from server.inspections.posts import may_still_send
from server.runtime.refusals import Conflict, Invalid, NotAllowed

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,expiration,termination"
CHUNK_TYPE = "application/offset+octet-stream"
OVERRIDDEN = ("PATCH", "DELETE", "HEAD")
# A line that says nothing for so long is dead; the phone goes on from the byte reached.
PATIENCE_S = 60.0
MOST_DIGITS = 30
# Kept among what `Upload-Metadata` said, till the photo is whole; with its blank it can be no key of a client's.
OFFSET = "clock offset"


class UploadForm(photos.PhotoForm):
    """What `Upload-Metadata` says."""

    photo = Uuid()


class ProtocolError(APIException):
    """The request is not what tus 1.0.0 says; `status_code` as the protocol has it."""

    def __init__(self, status: int, said: str, **headers: str) -> None:
        super().__init__()
        self.status_code = status
        self.said = said
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def _answer_to(error: Exception, context: dict[str, Any]) -> Response:
    if isinstance(error, ProtocolError):
        told = problem_details.described(error.status_code, detail=gettext(error.said))
        return Response(told, error.status_code, headers=error.headers, content_type=problem_details.MEDIA_TYPE)
    answer = problem_details.answer_to(error, context)
    if answer.status_code == 413:
        answer["Tus-Max-Size"] = str(LIMIT)
    return answer


class TusView(ApiView):
    """What every call of the protocol shares: the version, asked after the login, and told in every answer."""

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        # Where PATCH does not get through. From POST alone, which a browser's session proves with its CSRF token.
        wanted = request.headers.get("X-HTTP-Method-Override", "").upper()
        if request.method == "POST" and wanted in OVERRIDDEN:
            request.method = wanted
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method == "OPTIONS" or not hasattr(self, (request.method or "").lower()):
            return  # asks for the version, or is answered 405 whatever its version
        self.look_up(**kwargs)
        if request.headers.get("Tus-Resumable") != VERSION:
            raise ProtocolError(412, gettext_noop("Only version 1.0.0 of the tus protocol is spoken here."), Tus_Version=VERSION)

    def look_up(self, **_ids: UUID) -> None:
        """What the address names. Raises NotThere, before anything of the request is judged."""

    def get_authenticators(self) -> list[BaseAuthentication]:
        return [] if self._only_asks() else super().get_authenticators()

    def get_permissions(self) -> Any:
        return [AllowAny()] if self._only_asks() else super().get_permissions()

    def _only_asks(self) -> bool:
        """OPTIONS tells what is spoken here, and nothing else: to anybody."""
        return self.request is not None and self.request.method == "OPTIONS"

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        return Response(
            status=204,
            headers={
                "Tus-Version": VERSION,
                "Tus-Extension": EXTENSIONS,
                "Tus-Max-Size": str(LIMIT),
                "Tus-Checksum-Algorithm": ",".join(partial.CHECKSUMS),
            },
        )

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response]:
        return _answer_to

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response.headers["Cache-Control"] = "no-store"
        response.headers["Tus-Resumable"] = VERSION
        return super().finalize_response(request, response, *args, **kwargs)


def _header(name: str, *, required: bool = True, description: str = "") -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, required=required, description=description)


class Uploads(TusView):
    """Beginning an upload."""

    @extend_schema(
        request=None,
        parameters=[
            _header("Tus-Resumable", description=VERSION),
            _header("Upload-Length", description="Bytes of the whole photo."),
            _header("Upload-Metadata", description="`photo` (uuid) and the fields of `PUT /photos/{uuid}`, each in base64."),
            PHONE_TIME,
        ],
        responses={201: None},
    )
    def post(self, request: Request) -> Response:
        """The same photo and digest again, by the same person, is the same upload."""
        allowed = may_still_send(self.person, self.held, self.at)
        metadata = _metadata(request.headers.get("Upload-Metadata", ""))
        photo_id, declared = _photo_of(metadata)
        # What is here already is confirmed to whoever brought it, however long their post has been over.
        if not allowed and not Photo.objects.filter(pk=photo_id, uploader=self.person).exists():
            raise NotAllowed
        size = self._size(request)
        if self.phone_offset_s is not None:
            metadata[OFFSET] = repr(self.phone_offset_s)
        digest = declared.sha256.lower()
        known = is_here(photo_id, digest, by=self.person)
        key = f"photo:{photo_id}:{digest}"
        upload = partial.begin(self.person.pk, key, size=size, note=metadata, at=self.at, whole=known, room=_room())
        address = request.build_absolute_uri(reverse("api:upload", args=[upload.pk]))
        return Response(status=201, headers={"Location": address, **_standing(upload)})

    def _size(self, request: Request) -> int:
        if "Upload-Defer-Length" in request.headers:
            raise ProtocolError(400, gettext_noop("The length must be known when an upload begins."))
        size = _number(request, "Upload-Length")
        if size > LIMIT:
            raise TooLarge(limit_mb=LIMIT // 1024 // 1024)
        if size == 0:
            raise Empty
        return size


def _room() -> partial.Room:
    return partial.Room(settings.OPEN_UPLOADS_A_PERSON, settings.OPEN_UPLOAD_MEGABYTES_A_PERSON * 1024 * 1024)


class UploadOne(TusView):
    """One upload of one's own: where it stands, its next part, its end."""

    upload: PartialUpload

    def look_up(self, **ids: UUID) -> None:
        self.upload = partial.find(ids["upload_id"], self.person.pk, self.at)

    @extend_schema(parameters=[_header("Tus-Resumable", description=VERSION)], responses={200: None})
    def head(self, request: Request, upload_id: UUID) -> Response:
        told = {"Upload-Length": str(self.upload.size), "Upload-Metadata": _spelled(self.upload.note)}
        return Response(headers={**told, **_standing(self.upload)})

    @extend_schema(
        request={CHUNK_TYPE: OpenApiTypes.BINARY},
        parameters=[
            _header("Tus-Resumable", description=VERSION),
            _header("Upload-Offset", description="Where the upload stands."),
            _header("Upload-Checksum", required=False, description="`sha1` or `sha256` and the part's digest in base64."),
        ],
        responses={204: None},
    )
    def patch(self, request: Request, upload_id: UUID) -> Response:
        if (request.content_type or "").partition(";")[0].strip().lower() != CHUNK_TYPE:
            raise ProtocolError(415, gettext_noop("A part is sent as application/offset+octet-stream."))
        offset = _number(request, "Upload-Offset")
        checksum = _checksum(request.headers.get("Upload-Checksum"))
        length, upload = _number(request, "Content-Length", otherwise=411), self.upload
        _lose_patience(request)
        part = partial.receive(upload, offset, request._request, length, checksum)
        if partial.completes(upload, part):
            self._take_in(upload, part)
        partial.accept(upload, part, at=self.at)
        return Response(status=204, headers=_standing(upload))

    def _take_in(self, upload: PartialUpload, last: partial.Part) -> None:
        """The photo itself, before the last part is told of. What is refused as a whole is removed: the phone begins anew."""
        try:
            data = partial.whole(upload, last)
        except BaseException:
            partial.drop(last)
            raise
        try:
            photo_id, declared = _photo_of(upload.note)
            offset = float(upload.note[OFFSET]) if OFFSET in upload.note else None
            take_in(photo_id, data, replace(declared, clock_offset_s=offset), by=self.person, at=self.at)
        except (FileRefused, ImageRefused, Conflict, Invalid):
            partial.end(upload)
            raise
        except BaseException:
            partial.drop(last)
            raise

    @extend_schema(parameters=[_header("Tus-Resumable", description=VERSION)], responses={204: None})
    def delete(self, request: Request, upload_id: UUID) -> Response:
        """The parts go; a photo that is whole already stays."""
        partial.end(self.upload)
        return Response(status=204)


def _standing(upload: PartialUpload) -> dict[str, str]:
    standing = {"Upload-Offset": str(upload.offset)}
    if upload.finished_at is None:
        standing["Upload-Expires"] = _http_date(upload.expires_at)
    return standing


def _http_date(at: datetime) -> str:
    return http_date(at.timestamp())


def _number(request: Request, name: str, otherwise: int = 400) -> int:
    """A header that is a whole number, not negative. Raises ProtocolError."""
    given = request.headers.get(name, "")
    if not (given.isascii() and given.isdigit() and len(given) <= MOST_DIGITS):
        raise ProtocolError(400 if given else otherwise, gettext_noop("A number of bytes is missing or cannot be read."))
    return int(given)


def _metadata(header: str) -> dict[str, str]:
    """`key base64,key base64`: each key once, values UTF-8. Raises ProtocolError."""
    found: dict[str, str] = {}
    for pair in header.split(",") if header.strip() else ():
        key, _space, value = pair.strip().partition(" ")
        try:
            said = base64.b64decode(value.strip().encode("ascii"), validate=True).decode("utf-8")
        except (binascii.Error, ValueError):
            said = None
        if not key or key in found or said is None:
            raise ProtocolError(400, gettext_noop("Upload-Metadata cannot be read."))
        found[key] = said
    return found


def _spelled(metadata: dict[str, str]) -> str:
    """What a client said at the beginning, as the protocol spells it."""
    said = {key: value for key, value in metadata.items() if key != OFFSET}
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}".strip() for key, value in said.items())


def _photo_of(metadata: dict[str, str]) -> tuple[UUID, Declared]:
    """The photo's id and what is said of it. Raises Invalid with all that is wrong or cannot be kept."""
    errors = unprintable(metadata)
    try:
        said = validated(UploadForm, metadata)
    except Invalid as wrong:
        raise Invalid([*errors, *wrong.errors]) from None
    if errors:
        raise Invalid(errors)
    return said["photo"], photos.declared(metadata)


def _checksum(header: str | None) -> partial.Checksum | None:
    if header is None:
        return None
    algorithm, _space, digest = header.strip().partition(" ")
    if algorithm not in partial.CHECKSUMS:
        raise ProtocolError(400, gettext_noop("Only sha1 and sha256 are taken as checksums."))
    try:
        return partial.Checksum(algorithm, base64.b64decode(digest.strip().encode("ascii"), validate=True))
    except (binascii.Error, ValueError):
        raise ProtocolError(400, gettext_noop("Upload-Checksum cannot be read.")) from None


def _lose_patience(request: Request) -> None:
    """A half-open line would hold its thread for ever; where the server lends us its socket, waiting has an end."""
    socket = request.META.get("gunicorn.socket")
    if socket is not None:
        socket.settimeout(PATIENCE_S)
