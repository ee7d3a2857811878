"""Multipart forms with one file."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_noop
from rest_framework.parsers import MultiPartParser

from mobile_api.serializers.photos import NO_FILE
from mobile_api.strict_json import unprintable
from mobile_api.views.base import ApiView
from server.files.originals import LIMIT
from server.files.refusals import TooLarge
from server.runtime.refusals import FieldError, Invalid

FORM_AROUND = 1024 * 1024


class FormView(ApiView):
    """Base of the calls that take a file in the field `file`."""

    parser_classes = (MultiPartParser,)

    def form(self) -> tuple[UploadedFile[bytes] | None, dict[str, Any], list[FieldError]]:
        """The file, the other fields as text, and what of it cannot be kept.

        Raises TooLarge by what the request says of its length, before anything of it is read.
        """
        if self._length() > LIMIT + FORM_AROUND:
            raise TooLarge(limit_mb=LIMIT // 1024 // 1024)
        self.request.data  # noqa: B018 - reads the form
        file = self.request.FILES.get("file")
        fields = {name: value for name, value in self.request.POST.items() if isinstance(value, str) and name != "file"}
        errors = unprintable(fields)
        if file is None:
            errors.append(FieldError("file", "required", NO_FILE))
        return file, fields, errors

    def _length(self) -> int:
        given = str(self.request.META.get("CONTENT_LENGTH") or "0")
        if not given.isdigit():
            raise Invalid.one("Content-Length", "unreadable", gettext_noop("This value cannot be read."))
        return int(given)
