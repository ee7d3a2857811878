"""What a person is told, and their having read it."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from mobile_api import paging
from mobile_api.clock import spelled
from mobile_api.problem_details import translated
from mobile_api.serializers.shapes import Shape
from mobile_api.views.base import ApiView
from server.coordination.bodies import Body
from server.coordination.queries import notices_for, subject_kind
from server.coordination.verbs import validated
from server.notices.actions import WORDS, mark_read
from server.notices.models import Notice


class NoticeLine(Shape):
    """`kind`: what `subject` is the id of."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    text = serializers.CharField()
    kind = serializers.ChoiceField(choices=("problem", "inspection"))
    subject = serializers.UUIDField()
    at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class NoticesAnswer(Shape):
    notices = NoticeLine(many=True)
    unread = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)


class ReadBody(Body):
    """Without `ids` all of them."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=2**63 - 1),
        max_length=paging.MOST,
        required=False,
        allow_null=True,
        default=None,
    )


class ReadAnswer(Shape):
    read = serializers.IntegerField()
    unread = serializers.IntegerField()


class Notices(ApiView):
    """Notices of what this person may still see, unread ones first."""

    @extend_schema(parameters=[OpenApiParameter("limit", int), OpenApiParameter("cursor", str)], responses={200: NoticesAnswer})
    def get(self, request: Request) -> Response:
        notices = notices_for(self.person, self.at, self.held)
        page, after = _page(notices, request.query_params)
        return Response(
            {
                "notices": [_line(notice) for notice in page],
                "unread": notices.filter(read_at__isnull=True).count(),
                "next": after,
            }
        )


class NoticesRead(ApiView):
    """Having read some notices, or all that are shown."""

    @extend_schema(request=ReadBody, responses={200: ReadAnswer})
    def post(self, request: Request) -> Response:
        _json, content = self.body(may_be_empty=True)
        wanted = validated(ReadBody, content)["ids"]
        unread = notices_for(self.person, self.at, self.held).filter(read_at__isnull=True)
        if wanted is not None:
            unread = unread.filter(pk__in=wanted)
        read = mark_read(self.person, list(unread.values_list("pk", flat=True)), self.at)
        left = notices_for(self.person, self.at, self.held).filter(read_at__isnull=True).count()
        return Response({"read": read, "unread": left})


def _line(notice: Notice) -> dict[str, Any]:
    return {
        "id": notice.pk,
        "code": notice.code,
        "text": translated(WORDS[notice.code], notice.params) if notice.code in WORDS else notice.code,
        "kind": subject_kind(notice),
        "subject": str(notice.subject),
        "at": spelled(notice.at),
        "read_at": spelled(notice.read_at),
    }


def _page(notices: QuerySet[Notice], query: QueryDict) -> tuple[list[Notice], str | None]:
    """One page and the cursor of the next. Raises Invalid for a limit or cursor that is none."""
    most = paging.limit_of(query)
    if cursor := query.get("cursor"):
        is_read, at, pk = _place(cursor)
        before = Q(at__lt=at) | Q(at=at, pk__lt=pk)
        notices = notices.filter(Q(read_at__isnull=not is_read) & before | (Q() if is_read else Q(read_at__isnull=False)))
    found = list(notices[: most + 1])
    if len(found) <= most:
        return found, None
    last = found[most - 1]
    return found[:most], paging.encoded(int(last.read_at is not None), last.at.isoformat(), last.pk)


def _place(cursor: str) -> tuple[bool, datetime, int]:
    is_read, at, pk = paging.decoded(cursor, parts=3)
    try:
        moment = datetime.fromisoformat(at)
        number = int(pk) if len(pk) <= 19 else -1
    except ValueError:
        raise paging.bad_cursor() from None
    if is_read not in ("0", "1") or moment.utcoffset() is None or not 1900 < moment.year < 9000 or not 0 <= number < 2**63:
        raise paging.bad_cursor()
    return is_read == "1", moment, number
