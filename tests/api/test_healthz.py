"""GET /healthz"""

from typing import Any

import pytest
from django.db import connection
from django.db.utils import OperationalError

from tests.api.calling import Caller


@pytest.mark.django_db
def test_the_health_is_told_without_a_login() -> None:
    answer = Caller().get("/healthz")
    expected = "postgis" if connection.vendor == "postgresql" else "spatialite"
    assert (answer.status, answer.json) == (200, {"status": "ok", "database": expected})


@pytest.mark.django_db
def test_a_database_that_does_not_answer_is_told_and_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def cursor(self) -> Any:
            raise OperationalError("password=secret")

    monkeypatch.setattr("mobile_api.views.session.connection", Broken())
    answer = Caller().get("/healthz")
    assert answer.status == 503
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert b"secret" not in answer.raw
