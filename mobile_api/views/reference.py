"""What clients look things up in: units, areas, sources, categories, sectors, and the bootstrap of a phone."""

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from gis.boxes import parse_lon_lat
from gis.coordinates import BadCoordinates
from mobile_api import bootstrap, conditional, reference
from mobile_api.serializers import shapes
from mobile_api.serializers.session import UnitLine, unit_line
from mobile_api.views.base import ApiView
from server.runtime.refusals import Invalid
from server.units.models import Unit

GEOJSON = "application/geo+json"


class Units(ApiView):
    """Towns, subdistricts, the park and departments."""

    @extend_schema(responses={200: UnitLine(many=True)})
    def get(self, request: Request) -> Response:
        return Response([unit_line(unit) for unit in Unit.objects.all()])


class Sources(ApiView):
    """The sources 1+1+N (Article 5)."""

    @extend_schema(responses={200: shapes.SourceLine(many=True)})
    def get(self, request: Request) -> Response:
        return Response(reference.source_lines())


class Categories(ApiView):
    """The categories of problems."""

    @extend_schema(responses={200: shapes.CodeName(many=True)})
    def get(self, request: Request) -> Response:
        return Response(reference.category_lines())


class Sectors(ApiView):
    """The sectors with who answers for each today (Article 4)."""

    @extend_schema(responses={200: shapes.SectorLine(many=True)})
    def get(self, request: Request) -> Response:
        return Response(reference.sector_lines(self.on))


class Areas(ApiView):
    """Towns, subdistricts and parks in force, with the unit that answers for each."""

    @extend_schema(responses={(200, GEOJSON): shapes.AreaCollection})
    def get(self, request: Request) -> HttpResponseBase:
        return conditional.answer(request, reference.areas(self.at, simplified=False), GEOJSON)


class Bootstrap(ApiView):
    """All that a phone needs without a network, in one answer."""

    @extend_schema(
        parameters=[OpenApiParameter("near", str, description="`lon,lat` in WGS 84: problems in reach of this place")],
        responses={200: shapes.BootstrapAnswer},
    )
    def get(self, request: Request) -> HttpResponseBase:
        near = _near(request.query_params.get("near"))
        body: str = bootstrap.bootstrap(self.person, self.at, self.held, near)
        return conditional.answer(request, body)


def _near(given: str | None) -> tuple[float, float] | None:
    if not given:
        return None
    try:
        place: Any = parse_lon_lat(given, "near")
    except BadCoordinates as bad:
        raise Invalid.one("near", bad.code, bad.message) from None
    return place.lon, place.lat
