"""The ledger: lists, the whole of it as GeoJSON, one problem, what may be done to it, and figures."""

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponseBase, StreamingHttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from mobile_api import figures, parameters
from mobile_api.features import detail, features, for_features
from mobile_api.filters import read_filters
from mobile_api.idempotency import checked_key, once
from mobile_api.paging import NewestFirst
from mobile_api.serializers import actions, shapes
from mobile_api.strict_json import unprintable
from mobile_api.views.base import ApiView
from mobile_api.views.reference import GEOJSON
from server.coordination.verbs import VERBS, perform
from server.problems.models import Problem
from server.problems.moves import check
from server.problems.queries import filtered, get_for
from server.records.actions import note_access
from server.runtime.refusals import Invalid, NotThere
from server.units.predicates import actor

CHUNK = 500
_ORDER = NewestFirst("received_at")


def asked_for(view: ApiView) -> QuerySet[Problem]:
    """What the filters of the address leave of what this person sees."""
    filters = read_filters(view.request.query_params, view.person, view.at, view.held)
    return filtered(view.person, view.at, filters, view.held)


class Problems(ApiView):
    """The ledger, newest first, or what else the filters ask for, as far as this person sees it."""

    @extend_schema(
        operation_id="problems_list", parameters=[*parameters.FILTERS, *parameters.PAGING], responses={200: shapes.ProblemPage}
    )
    def get(self, request: Request) -> Response:
        rows = asked_for(self)
        page, following = _ORDER.page(for_features(rows), request.query_params)
        return Response(
            {
                "type": "FeatureCollection",
                "features": features(page, self.on),
                "total": rows.count(),
                "next": following,
            }
        )


class ProblemsGeoJson(ApiView):
    """The same in one answer, sent while it is read."""

    @extend_schema(parameters=parameters.FILTERS, responses={(200, GEOJSON): shapes.ProblemCollection})
    def get(self, request: Request) -> HttpResponseBase:
        rows = asked_for(self)
        who = actor(self.person, self.held)
        note_access(at=self.at, by=who, kind="export", object_type="problem", amount=rows.count())
        chunks = self._chunks(_ORDER.ordered(for_features(rows)))
        # The first rows are read before the answer begins, so that a failure is still an answer of its own.
        first = next(chunks)
        response = StreamingHttpResponse(chain([first], chunks), content_type=GEOJSON)
        response["Content-Disposition"] = 'inline; filename="problems.geojson"'
        return response

    def _chunks(self, rows: QuerySet[Problem]) -> Iterator[str]:
        text = '{"type":"FeatureCollection","features":['
        between = ""
        waiting: list[Problem] = []
        for problem in rows.iterator(chunk_size=CHUNK):
            waiting.append(problem)
            if len(waiting) == CHUNK:
                yield text + between + self._spelled(waiting)
                text, between, waiting = "", ",", []
        yield text + (between if waiting else "") + self._spelled(waiting) + "]}"

    def _spelled(self, problems: list[Problem]) -> str:
        return ",".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in features(problems, self.on))


class ProblemOne(ApiView):
    """One problem with its plan, its photos, and what this person may do now."""

    @extend_schema(responses={200: shapes.ProblemAnswer})
    def get(self, request: Request, problem_id: UUID) -> Response:
        problem = get_for(self.person, problem_id, self.at)
        return Response(detail(problem, self.person, self.at, self.held))


class ProblemAction(ApiView):
    """A verb of the life cycle. With an Idempotency-Key the same again does nothing more."""

    @extend_schema(
        request=actions.ANY_BODY,
        parameters=[
            OpenApiParameter("action", str, OpenApiParameter.PATH, enum=[str(name) for name in VERBS]),
            OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER),
        ],
        responses={200: shapes.ProblemAnswer},
    )
    def post(self, request: Request, problem_id: UUID, action: str) -> Response:
        if action not in VERBS:
            raise NotThere
        problem = get_for(self.person, problem_id, self.at)
        sent, content = self.body(may_be_empty=True)
        wrong = unprintable(content)
        if wrong:
            if not content.get("signed_by"):
                check(problem, action, by=self.person, at=self.at)
            raise Invalid(wrong)

        def do() -> object:
            return perform(problem_id, action, content, by=self.person, at=self.at)

        key = request.headers.get("Idempotency-Key")
        if key is None:
            do()
        else:
            digest = sent.content_sha256
            once(checked_key(key), problem_id, action, digest, do, by=self.person, at=self.at)
        return Response(self._as_it_is_now(problem_id))

    def _as_it_is_now(self, problem_id: UUID) -> dict[str, Any]:
        try:
            problem = get_for(self.person, problem_id, self.at)
        except NotThere:
            # What was done closed the problem to who did it: they get what they have just decided, and nothing to do.
            whole = features([Problem.objects.get(pk=problem_id)], self.on)[0]
            whole["properties"] |= {"plan": None, "photos": [], "allowed_actions": []}
            return whole
        return detail(problem, self.person, self.at, self.held)


class Stats(ApiView):
    """Figures of what this person sees, with the filters of the list."""

    @extend_schema(
        parameters=[OpenApiParameter("by", str, required=True, enum=list(figures.BY)), *parameters.FILTERS],
        responses={200: shapes.StatsAnswer},
    )
    def get(self, request: Request) -> Response:
        by = figures.known_by(request.query_params.get("by", ""))
        return Response(figures.table(asked_for(self), by, self.on))
