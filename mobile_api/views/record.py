"""The record: what was done to one problem, and what has changed since."""

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from mobile_api import parameters
from mobile_api.paging import bad_cursor, decoded, encoded, limit_of
from mobile_api.record import events
from mobile_api.serializers import shapes
from mobile_api.views.base import ApiView
from server.problems.models import Embargo
from server.problems.policy import entries_visible_to, visible_to
from server.records.models import Entry
from server.records.queries import UnknownCursor, entries_after
from server.runtime.refusals import NotThere
from server.units.roles import Role


def _page(view: ApiView, among: QuerySet[Entry], cursor: str) -> tuple[list[Entry], bool]:
    """Entries behind the cursor of the address in the order of the record, and whether there are more."""
    most = limit_of(view.request.query_params)
    given = view.request.query_params.get(cursor)
    try:
        rows = entries_after(UUID(decoded(given, cursor, parts=1)[0]) if given else None, among)
    except (ValueError, UnknownCursor):
        raise bad_cursor(cursor) from None
    found = list(rows[: most + 1])
    return found[:most], len(found) > most


class Events(ApiView):
    """What was done to one problem, oldest first."""

    @extend_schema(parameters=parameters.PAGING, responses={200: shapes.EventPage})
    def get(self, request: Request, problem_id: UUID) -> Response:
        seen = visible_to(self.person, self.at, self.held).filter(pk=problem_id).exists()
        among = entries_visible_to(self.person, self.at, self.held).filter(problem=problem_id)
        if not seen:
            among = self._for_the_auditor(among)
        entries, more = _page(self, among, "cursor")
        following = encoded(entries[-1].pk) if more else None
        return Response({"events": events(entries, self.person, self.at, self.held), "next": following})

    def _for_the_auditor(self, among: QuerySet[Entry]) -> QuerySet[Entry]:
        """The auditor sees no problem but reads the record. Sealed entries do not say of which problem they are."""
        if not self.held.has(Role.AUDITOR):
            raise NotThere
        sealed = Embargo.objects.filter(lifted_at__isnull=True).values("pk")
        among = among.filter(sealed_kind="").exclude(embargo__isnull=False, embargo__in=sealed)
        if not among.exists():
            raise NotThere
        return among


class Changes(ApiView):
    """All that this person may see, in the order in which it was committed.

    `next` stands for the last entry given, also on the last page, so that one can ask again from there; null when there was
    nothing new: then the `since` before still holds.
    """

    @extend_schema(
        parameters=[OpenApiParameter("since", str, description="The `next` of an earlier answer"), parameters.LIMIT],
        responses={200: shapes.EventPage},
    )
    def get(self, request: Request) -> Response:
        entries, _more = _page(self, entries_visible_to(self.person, self.at, self.held), "since")
        following = encoded(entries[-1].pk) if entries else None
        return Response({"events": events(entries, self.person, self.at, self.held), "next": following})
