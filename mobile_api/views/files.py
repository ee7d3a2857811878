"""Scans and documents: storing one, and giving it to who may see what names it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from mobile_api import serving
from mobile_api.serializers import shapes
from mobile_api.views.base import ApiView
from mobile_api.views.forms import FormView
from server.files.actions import store
from server.files.kinds import document_kind
from server.files.models import StoredFile
from server.files.queries import open_file
from server.files.refusals import Empty
from server.problems.queries import documents_visible_to
from server.runtime.refusals import Invalid, NotAllowed, NotThere


class Files(FormView):
    """A new document: PDF, a picture, .docx or .xlsx, judged by its content."""

    @extend_schema(request={"multipart/form-data": shapes.FileUpload}, responses={201: shapes.FileStored})
    def post(self, request: Request) -> Response:
        file, _fields, errors = self.form()
        if not self.held.held:
            raise NotAllowed
        if errors or file is None:
            raise Invalid(errors)
        if not file.size:
            raise Empty
        content: Any = file.file
        kind = document_kind(content)
        stored = store(content, uploader_id=self.person.pk, media_type=kind.media_type, name=file.name or "", at=self.at)
        return Response({"id": str(stored.pk), "sha256": stored.sha256}, status=201)


class FileOne(ApiView):
    """The bytes of a document."""

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY, 304: None})
    def get(self, request: Request, file_id: UUID) -> HttpResponseBase:
        file = StoredFile.objects.select_related("content__sealing").filter(pk=file_id).first()
        if file is None or not self._may_read(file):
            raise NotThere
        if serving.unchanged(request, file.sha256):
            return serving.not_modified(file.sha256)
        return serving.stream(open_file(file), file.media_type, file.sha256, size=file.size, attachment=file.name or str(file.pk))

    def _may_read(self, file: StoredFile) -> bool:
        if file.uploader_id == str(self.person.pk):
            return True
        return documents_visible_to(self.person, self.at, self.held).filter(file=file.pk).exists()
