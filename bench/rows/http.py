"""What clients wait for, beside the plainest view that gives or takes the same rows with the same login.

Both sides run in this process through Django's own request handling, so that only the program differs.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from io import BytesIO
from typing import Any, cast
from uuid import uuid4

import numpy as np
import simplejpeg
from django.contrib.gis.geos import Point
from django.db import transaction
from django.test import Client
from django.urls import include, path
from django.utils import timezone
from PIL import Image
from rest_framework.authentication import get_authorization_header
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from bench.registry import Size, Times, alternate, row
from gis.layers.models import Area
from server.evidence.actions import Declared, take_in
from server.inspections.models import Submission
from server.notices.models import Notice
from server.problems.models import Problem, Site, Standing
from server.records.actions import append
from server.records.actor import Actor
from server.regulation.statuses import LEDGER
from server.units.models import Person, RoleHolding


class PlainAreas(GeoFeatureModelSerializer):  # type: ignore[misc]  # djangorestframework-gis has no types
    class Meta:
        model = Area
        geo_field = "geometry"
        fields = ("code", "name", "geometry")


class PlainAreaList(ListAPIView):  # type: ignore[type-arg]
    queryset = Area.objects.filter(edition__in_force_to__isnull=True)
    serializer_class = PlainAreas
    pagination_class = None


class PlainProblem(GeoFeatureModelSerializer):  # type: ignore[misc]  # djangorestframework-gis has no types
    class Meta:
        model = Problem
        geo_field = "location"
        fields = (
            "id",
            "number",
            "superior_number",
            "title",
            "description",
            "category",
            "status",
            "source",
            "level",
            "sector",
            "area_code",
            "deadline",
            "deadline_text",
            "round",
            "location",
        )


class PlainProblemList(ListAPIView):  # type: ignore[type-arg]
    queryset = Problem.objects.filter(status__in=sorted(LEDGER)).order_by("-received_at")
    serializer_class = PlainProblem
    pagination_class = None


class BareReport(APIView):
    """The same rows as an accepted report without photos, inserted without a question asked."""

    def put(self, request: Request) -> Response:
        assert get_authorization_header(request)
        said: dict[str, Any] = dict(request.data)
        person = cast("Person", request.user)
        now = timezone.now()
        lon, lat = said["location"]["coordinates"]
        with transaction.atomic():
            problem = Problem.objects.create(
                id=uuid4(),
                title=said["title"],
                description=said["description"],
                category=said["category"],
                status="reported",
                status_since=now,
                location=Point(lon, lat, srid=4326),
                lon=lon,
                lat=lat,
                cell=1,
                reported_by=person,
                observed_at=now,
                received_at=now,
                updated_at=now,
                no_photo_reason=said["no_photo_reason"],
            )
            Site.objects.create(id=problem.pk, problem=problem, position=0, location=problem.location)
            Standing.objects.create(problem=problem, from_at=now, status="reported")
            append(
                at=now,
                by=Actor(str(person.pk), "", ""),
                action="report",
                article="5",
                object_type="problem",
                object_id=problem.pk,
                problem=problem.pk,
                after={},
            )
            Submission.objects.create(
                id=problem.pk, kind="report", person=person, body_sha256="0" * 64, content_sha256="0" * 64, received_at=now
            )
            Notice.objects.bulk_create([Notice(person=person, code="x", subject=problem.pk, at=now) for person in _office()])
        return Response({"id": problem.pk}, status=201)


@cache
def _office() -> list[Person]:
    return [holding.person for holding in RoleHolding.objects.filter(role="office").select_related("person")]


urlpatterns = [
    path("", include("server.urls")),
    path("bench/areas", PlainAreaList.as_view()),
    path("bench/problems", PlainProblemList.as_view()),
    path("bench/report", BareReport.as_view()),
]


def _client(role: str) -> Client:
    holding = RoleHolding.objects.filter(role=role).select_related("person").order_by("pk").first()
    assert holding is not None, f"the district has nobody with the role {role}"
    person, password = holding.person, "bench-and-nothing-else"
    person.set_password(password)
    person.save()
    answer = Client().post("/api/v1/login", json.dumps({"username": person.username, "password": password}), "application/json")
    return Client(headers={"authorization": f"Token {answer.json()['token']}"})


def _with_peers(measure: Callable[[], Times]) -> Times:
    """The program's own addresses and the peers' beside them."""
    from django.test.utils import override_settings

    with override_settings(ROOT_URLCONF="bench.rows.http"):
        return measure()


def _read(client: Client, address: str) -> bytes:
    response: Any = client.get(address)
    assert response.status_code == 200, (address, response.status_code, response.content[:300])
    return b"".join(response.streaming_content) if response.streaming else response.content


@row("GET /api/v1/areas", peer="a djangorestframework-gis list of the same areas", at_most=1.0)
def areas(size: Size) -> Times:
    client = _client("office")
    return _with_peers(
        lambda: alternate(lambda: _read(client, "/api/v1/areas"), lambda: _read(client, "/bench/areas"), rounds=size.rounds)
    )


@row("GET /api/v1/problems.geojson, as a leader", peer="a djangorestframework-gis list of the same problems", at_most=2.0)
def problems_geojson(size: Size) -> Times:
    client = _client("committee_government")
    rounds = 3
    return _with_peers(
        lambda: alternate(
            lambda: _read(client, "/api/v1/problems.geojson"), lambda: _read(client, "/bench/problems"), rounds=rounds
        )
    )


def _photograph(number: int) -> bytes:
    """A camera-sized JPEG (12 megapixels) unlike any other: the same bytes would be stored only once."""
    rng = np.random.default_rng(number)
    small = rng.integers(0, 255, (375, 500, 3), dtype=np.uint8)
    out = BytesIO()
    Image.fromarray(small).resize((4000, 3000)).save(out, "JPEG", quality=88)
    return out.getvalue()


@row("photo intake, 12 megapixels, stored and committed", peer="its floor: scaled strict decode and SHA-256", at_most=3.0)
def photo_intake(size: Size) -> Times:
    person = RoleHolding.objects.filter(role="inspector").select_related("person").order_by("pk")[0].person
    photographs = [_photograph(number) for number in range(size.rounds + 1)]
    ours, floors = iter(photographs), iter(photographs)

    def intake() -> None:
        data = next(ours)
        declared = Declared(sha256=sha256(data).hexdigest(), source="camera", captured_at=datetime.now(UTC))
        take_in(uuid4(), data, declared, by=person, at=timezone.now())

    def floor() -> None:
        data = next(floors)
        sha256(data).hexdigest()
        simplejpeg.decode_jpeg(data, colorspace="GRAY", fastdct=True, min_height=1, min_width=1, min_factor=8, strict=True)

    return alternate(intake, floor, rounds=size.rounds)


@row("PUT a report without photos", peer="the same rows inserted by a bare view with the same login", at_most=3.0)
def report(size: Size) -> Times:
    client = _client("inspector")
    place = Problem.objects.filter(area__isnull=False, lon__isnull=False)[0]
    body: dict[str, Any] = {
        "title": "河岸垃圾",
        "description": "约二十立方米",
        "category": "solid_waste",
        "photos": [],
        "no_photo_reason": "bench",
        "location": {"type": "Point", "coordinates": [place.lon, place.lat]},
    }

    def put(address: str) -> None:
        content = {**body, "observed_at": (timezone.now() - timedelta(minutes=1)).isoformat()}
        response = client.put(address, json.dumps(content), content_type="application/json")
        assert response.status_code == 201, response.content[:500]

    return _with_peers(
        lambda: alternate(lambda: put(f"/api/v1/reports/{uuid4()}"), lambda: put("/bench/report"), rounds=size.rounds * 2)
    )
