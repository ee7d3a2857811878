"""GET /schema: the description, and the running server held against it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.urls import get_resolver
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from mobile_api import urls
from server.records.sealing import seal_now
from tests.api.calling import Caller, report_body
from tests.world import World

pytestmark = pytest.mark.django_db
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
UNDESCRIBED = {"nothing"}


def bounded(examples: int) -> settings:
    """So many examples an operation, the same ones in every run."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture
def described(world: World) -> Iterator[Any]:
    """The API as its own description says, with something to find in it."""
    world.accepting()
    world.report(photos=[world.photo()])
    seal_now()
    # The bare WSGI application would close the connection in the middle of the test's transaction.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/schema", app=get_wsgi_application())
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def operations(described: Any, *methods: str) -> list[Any]:
    return [made.ok() for made in described.get_all_operations() if made.ok().method in methods]


def test_the_description_is_openapi_3_1_and_needs_no_login(world: World) -> None:
    answer = Caller().get("schema")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.json["openapi"].startswith("3.1")
    assert Caller().get("schema", If_None_Match=answer.headers["ETag"]).status == 304


def test_every_address_of_the_api_is_described() -> None:
    from mobile_api.schema import document

    paths = set(json.loads(document())["paths"])
    routes = {pattern.name: str(pattern.pattern) for pattern in urls.urlpatterns if pattern.name not in UNDESCRIBED}
    wanted = {"/healthz"} | {"/api/v1/" + _template(route) for route in routes.values()}
    assert {path for path in paths if not path.startswith(("/api/v1/uploads", "/api/v1/devices"))} <= wanted
    assert {path for path in wanted if not path.startswith(("/api/v1/uploads", "/api/v1/devices"))} <= paths
    assert get_resolver().reverse_dict


def _template(route: str) -> str:
    return "/".join(f"{{{part[1:-1].partition(':')[2]}}}" if part.startswith("<") else part for part in route.split("/"))


def test_no_reading_call_fails_or_answers_otherwise_than_described(world: World, described: Any) -> None:
    headers = Caller(world.office).headers
    for operation in operations(described, "get"):

        @bounded(12)
        @given(case=operation.as_strategy())
        def read(case: Any) -> None:
            answer = case.call(headers={**dict(case.headers or {}), **headers})
            case.validate_response(answer, checks=CHECKS)

        read()


def test_real_objects_are_told_as_described(world: World, described: Any) -> None:
    problem = world.accepting()
    photo = problem.photos.first()
    assert photo is not None
    seal_now()
    headers = Caller(world.office).headers
    ids = {"problem_id": str(problem.pk), "photo_id": str(photo.pk)}
    checked = set()
    for operation in operations(described, "get"):
        names = {parameter.name for parameter in operation.path_parameters}
        if not names <= set(ids):
            continue
        query = {"by": "area"} if operation.path.endswith("/stats") else {}
        case = operation.Case(path_parameters={name: ids[name] for name in names}, query=query, headers=headers)
        answer = case.call()
        case.validate_response(answer, checks=CHECKS)
        assert answer.status_code in (200, 202), operation.path
        checked.add(operation.path)
    assert {"/api/v1/problems", "/api/v1/problems/{problem_id}", "/api/v1/photos/{photo_id}", "/api/v1/bootstrap"} <= checked


def test_no_report_whatever_it_says_is_a_failure(world: World, described: Any) -> None:
    headers = Caller(world.inspector).headers
    (operation,) = [one for one in operations(described, "put") if "/reports/" in one.path]
    bent = st.fixed_dictionaries(
        {},
        optional={
            name: st.none() | st.integers() | st.text(max_size=5) | st.lists(st.text(max_size=3), max_size=3)
            for name in report_body()
        },
    )

    @bounded(60)
    @given(case=operation.as_strategy(), changes=bent, honest=st.booleans())
    def sent(case: Any, changes: dict[str, Any], honest: bool) -> None:
        if honest:  # an honest report with some of its fields bent
            case.body = {**report_body(), **changes}
        answer = case.call(headers={**dict(case.headers or {}), **headers})
        case.validate_response(answer, checks=CHECKS)

    sent()
