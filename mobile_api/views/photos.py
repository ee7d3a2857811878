"""Photos: taking one in, telling of it, and giving out its pictures."""

from datetime import timedelta
from uuid import UUID

from django.core.files.storage import storages
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response

from mobile_api import problem_details, serving
from mobile_api.parameters import PHONE_TIME
from mobile_api.serializers import photos, shapes
from mobile_api.views.base import ApiView
from mobile_api.views.forms import FormView
from server.evidence.actions import take_in
from server.evidence.models import Photo
from server.evidence.policy import photos_visible_to
from server.evidence.tasks import SIZES, rendition_path
from server.files.originals import LIMIT
from server.files.queries import open_file
from server.files.refusals import TooLarge
from server.inspections.posts import may_still_send
from server.records.actions import note_access
from server.records.models import AccessEntry
from server.runtime.refusals import Conflict, Invalid, NotAllowed, NotThere
from server.units.predicates import actor

ORIGINAL = "original"
READY_IN_SECONDS = 2
MOST_ORIGINALS = 600
ORIGINALS_WITHIN = timedelta(hours=1)
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/heic": "heic", "image/heif": "heif"}


class PhotoOne(FormView):
    """One photo by its uuid."""

    @extend_schema(
        parameters=[PHONE_TIME],
        request={"multipart/form-data": photos.PhotoUpload},
        responses={201: shapes.PhotoReceived, 200: shapes.PhotoReceived},
    )
    def put(self, request: Request, photo_id: UUID) -> Response:
        file, fields, errors = self.form()
        known = Photo.objects.filter(pk=photo_id).values_list("uploader", flat=True).first()
        if known != self.person.pk and not may_still_send(self.person, self.held, self.at):
            raise NotAllowed
        if known is not None and known != self.person.pk:
            raise Conflict(gettext_noop("This photo's id was already used."))
        try:
            said = photos.declared(fields, self.phone_offset_s)
        except Invalid as wrong:
            named = {error.field for error in errors}
            errors += [error for error in wrong.errors if error.field not in named]
        if errors or file is None:
            raise Invalid(errors)
        if file.size is not None and file.size > LIMIT:
            raise TooLarge(limit_mb=LIMIT // 1024 // 1024)
        photo, created = take_in(photo_id, file.read(), said, by=self.person, at=self.at)
        return Response(photos.received(photo), status=201 if created else 200)

    @extend_schema(responses={200: shapes.PhotoAnswer})
    def get(self, request: Request, photo_id: UUID) -> Response:
        photo = _find(self, photo_id)
        return Response(photos.described(photo, self.person, self.at, self.held))


class PhotoFile(ApiView):
    """The picture itself. The original is given as an attachment that no browser runs anything of."""

    @extend_schema(
        parameters=[OpenApiParameter("size", str, enum=[*SIZES, ORIGINAL], default="preview")],
        responses={
            (200, "image/jpeg"): OpenApiTypes.BINARY,
            202: shapes.NotReady,
            304: None,
        },
    )
    def get(self, request: Request, photo_id: UUID) -> HttpResponseBase:
        photo = _find(self, photo_id)
        size = request.query_params.get("size", "preview")
        if size == ORIGINAL:
            return self._original(request, photo)
        if size not in SIZES:
            raise Invalid.one("size", "unknown", gettext_noop("Unknown value: %(value)s."), value=size)
        return self._rendition(request, photo, size)

    def _original(self, request: Request, photo: Photo) -> HttpResponseBase:
        if serving.unchanged(request, photo.sha256):
            return serving.not_modified(photo.sha256)
        read = AccessEntry.objects.filter(by_id=str(self.person.pk), kind="original", at__gt=self.at - ORIGINALS_WITHIN)
        if read.count() >= MOST_ORIGINALS:
            raise Throttled(
                wait=ORIGINALS_WITHIN.total_seconds(), detail=_("Too many originals in a short time. Try again later.")
            )
        stored = open_file(photo.file)
        note_access(at=self.at, by=actor(self.person, self.held), kind="original", object_type="photo", object_id=photo.pk)
        name = f"{photo.pk}.{ENDINGS.get(photo.media_type, 'bin')}"
        return serving.stream(stored, photo.media_type, photo.sha256, size=photo.size, attachment=name)

    def _rendition(self, request: Request, photo: Photo, size: str) -> HttpResponseBase:
        if photo.damaged or photo.render_failed or photo.file.sealed_at is not None:
            raise NotThere(gettext_noop("No picture can be made of this file."))
        if photo.rendered_at is None:
            return Response({"status": "processing"}, status=202, headers={"Retry-After": str(READY_IN_SECONDS)})
        tag = f"{photo.sha256}-{size}"
        if serving.unchanged(request, tag):
            return serving.not_modified(tag)
        path = rendition_path(photo, size)
        try:
            stored = storages["default"].open(path, "rb")
        except FileNotFoundError:
            problem_details.logger.error("the rendition %s is gone", path)
            raise NotThere(gettext_noop("No picture can be made of this file.")) from None
        return serving.stream(stored, "image/jpeg", tag, size=stored.size)


def _find(view: ApiView, photo_id: UUID) -> Photo:
    seen = photos_visible_to(view.person, view.at, view.held)
    photo = seen.select_related("file__content__sealing", "problem").filter(pk=photo_id).first()
    if photo is None:
        raise NotThere
    return photo
