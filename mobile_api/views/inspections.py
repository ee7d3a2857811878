"""Inspections, their release, and suggestions."""

from uuid import UUID

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from mobile_api import parameters
from mobile_api.paging import NewestFirst
from mobile_api.serializers import inspections, shapes
from mobile_api.strict_json import unprintable
from mobile_api.views.base import ApiView
from server.coordination.actions import suggest
from server.coordination.verbs import validated
from server.inspections.actions import make_inspection, release
from server.inspections.models import Inspection
from server.inspections.policy import MAKERS, may_release, visible_inspections
from server.runtime.refusals import Conflict, Invalid, NotAllowed, NotThere

_ORDER = NewestFirst("made_at")
OF_UNITS = (Inspection.Kind.SELF_CHECK, Inspection.Kind.SITE_CHECK, Inspection.Kind.CAMPAIGN)


def _seen(view: ApiView) -> QuerySet[Inspection]:
    # By key alone, so that the policy's conditions are judged once a row and no join doubles one.
    known = visible_inspections(view.person, view.at, view.held).values("pk")
    return Inspection.objects.filter(Q(pk__in=known)).select_related("led_by").prefetch_related("units", "people")


class Inspections(ApiView):
    """Inspections this person may know of, the newest first; and planning one."""

    @extend_schema(operation_id="inspections_list", parameters=parameters.PAGING, responses={200: shapes.InspectionPage})
    def get(self, request: Request) -> Response:
        page, following = _ORDER.page(_seen(self), request.query_params)
        return Response({"inspections": inspections.described(page, self.person, self.at, self.held), "next": following})

    @extend_schema(request=inspections.InspectionBody, responses={201: shapes.InspectionAnswer})
    def post(self, request: Request) -> Response:
        _json, content = self.body()
        if not self.held.has(*MAKERS) and not (self.held.units() and content.get("kind") in OF_UNITS):
            raise NotAllowed
        wrong = unprintable(content)
        if wrong:
            raise Invalid(wrong)
        made = make_inspection(inspections.inspection_draft(content), by=self.person, at=self.at)
        return Response(inspections.described([made], self.person, self.at, self.held)[0], status=201)


class InspectionOne(ApiView):
    """One inspection with those of its problems, reports and visits that this person sees."""

    @extend_schema(responses={200: shapes.InspectionAnswer})
    def get(self, request: Request, inspection_id: UUID) -> Response:
        return Response(inspections.described([_find(self, inspection_id)], self.person, self.at, self.held)[0])


class InspectionRelease(ApiView):
    """Opens what an unannounced inspection found: all of it, or single problems."""

    @extend_schema(request=inspections.ReleaseBody, responses={200: shapes.InspectionAnswer})
    def post(self, request: Request, inspection_id: UUID) -> Response:
        found = _find(self, inspection_id)
        _json, content = self.body(may_be_empty=True)
        if not may_release(self.person, self.held, found):
            raise NotAllowed
        if found.is_open:
            raise Conflict("This inspection is open already.")
        asked = validated(inspections.ReleaseBody, content)
        release(inspection_id, asked["problems"], by=self.person, at=self.at)
        now = _find(self, inspection_id)
        return Response(inspections.described([now], self.person, self.at, self.held)[0])


def _find(view: ApiView, inspection_id: UUID) -> Inspection:
    found = _seen(view).filter(pk=inspection_id).first()
    if found is None:
        raise NotThere
    return found


class Suggestions(ApiView):
    """A complaint or suggestion to the office."""

    @extend_schema(request=shapes.SuggestionBody, responses={201: shapes.SuggestionAnswer})
    def post(self, request: Request) -> Response:
        _json, content = self.body()
        said = validated(shapes.SuggestionBody, content)
        row = suggest(said["text"], by=self.person, at=self.at, page=said["page"])
        return Response({"id": row.pk}, status=201)
