"""Settings from the environment: typed, and in production refused with all that is wrong named at once."""

import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import gettempdir

import pytest
from csp.middleware import CSPMiddleware
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from server.settings import environment

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("value", "expected"), [("1", True), ("TRUE", True), ("on", True), ("0", False), ("no", False), ("", False)]
)
def test_a_flag_is_read(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    monkeypatch.setenv("X_VALUE", value)
    assert environment.flag("X_VALUE", not expected) is expected


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (environment.flag, "maybe"),
        (lambda name: environment.number(name, 1), "1.5"),
        (lambda name: environment.one_of(name, {"a", "b"}, "a"), "c"),
        (lambda name: environment.clock_time(name, "02:00"), "25:00"),
        (environment.database, "mysql://a:b@c/d"),
        (environment.database, "postgis://host/name"),
        (environment.database, "postgis://user@host"),
        (environment.database, "postgis://user@host:port/name"),
        (environment.database, "spatialite://relative.sqlite3"),
        (environment.origins, "//host/{z}"),
        (environment.origins, "https://{anything}/{z}"),
        (environment.origins, "https://t{s}.com/{z}"),
        (environment.origins, "https://host; script-src *"),
    ],
)
def test_a_wrong_value_is_refused_with_its_variable_named(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[str], object], value: str
) -> None:
    monkeypatch.setenv("X_VALUE", value)
    with pytest.raises(ImproperlyConfigured, match="X_VALUE"):
        read("X_VALUE")


def test_a_missing_value_without_a_default_is_refused_and_one_with_a_default_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("X_VALUE", raising=False)
    with pytest.raises(ImproperlyConfigured, match="X_VALUE"):
        environment.text("X_VALUE")
    assert environment.text("X_VALUE", "") == ""
    assert environment.number("X_VALUE", 3) == 3
    assert environment.names("X_VALUE", "a, b,") == ["a", "b"]
    assert environment.origins("X_VALUE") == []


def test_a_database_address_is_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X_VALUE", "postgis://a%40b:p%2F%3Aw@db.example:6432/x%20y?sslmode=require")
    assert environment.database("X_VALUE") == {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "NAME": "x y",
        "USER": "a@b",
        "PASSWORD": "p/:w",
        "HOST": "db.example",
        "PORT": 6432,
        "OPTIONS": {"sslmode": "require"},
    }
    monkeypatch.setenv("X_VALUE", "spatialite:///srv/some%20folder/x.sqlite3")
    assert environment.database("X_VALUE")["NAME"] == Path("/srv/some folder/x.sqlite3")


def test_no_complaint_about_a_database_address_repeats_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("postgis://u:hunter2@h:port/n", "postgis://u:hunter2@h", "pgsql://u:hunter2@h/n", "spatialite://u:hunter2@h/n"):
        monkeypatch.setenv("X_VALUE", value)
        with pytest.raises(ImproperlyConfigured) as refused:
            environment.database("X_VALUE")
        assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("template", "origin"),
    [
        ("https://tiles.example.org/{z}/{x}/{y}.png", "https://tiles.example.org"),
        ("http://10.1.2.3:8080/{z}/{x}/{y}", "http://10.1.2.3:8080"),
        ("https://t{s}.tianditu.gov.cn/img_w/wmts?tk=1", "https://*.tianditu.gov.cn"),
        ("https://{s}.tile.example.org/{z}", "https://*.tile.example.org"),
    ],
)
def test_a_base_map_opens_the_policy_for_its_own_hosts_alone(monkeypatch: pytest.MonkeyPatch, template: str, origin: str) -> None:
    monkeypatch.setenv("X_VALUE", template)
    assert environment.origins("X_VALUE") == [origin]


def test_the_kept_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    file = tmp_path / "var" / "secret-key"
    made = environment.secret_kept_in(file)
    assert len(made) == 64
    assert environment.secret_kept_in(file) == made
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [entry.name for entry in file.parent.iterdir()] == ["secret-key"]


GOOD = {
    "XUNGAI_SECRET_KEY": "q8Zt0yVv4mKc2hJ7wXr5sNfB9uLdE1aPgT3oYi6QkRjMxCzHnW",
    "XUNGAI_ALLOWED_HOSTS": "xungai.example.gov.cn",
    "XUNGAI_DATABASE_URL": "postgis://program:p@db/xungai",
    "XUNGAI_S3_BUCKET": "photos",
    "XUNGAI_S3_ACCESS_KEY": "a",
    "XUNGAI_S3_SECRET_KEY": "b",
    "XUNGAI_INCOMING": gettempdir(),
}


def start(changes: dict[str, str | None], module: str = "production", expression: str = "''") -> subprocess.CompletedProcess[str]:
    """Load the settings in a process of their own, with GOOD and these changes as all of its environment."""
    given = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    return subprocess.run(
        [sys.executable, "-c", f"import server.settings.{module} as s; print(({expression}))"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **given},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_production_starts_with_all_that_it_needs() -> None:
    started = start({}, expression="s.DEBUG, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0, s.CSRF_TRUSTED_ORIGINS")
    assert started.returncode == 0, started.stderr
    assert started.stdout.strip() == "(False, True, True, ['https://xungai.example.gov.cn'])"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"XUNGAI_SECRET_KEY": None}, "XUNGAI_SECRET_KEY is not set"),
        ({"XUNGAI_SECRET_KEY": ""}, "XUNGAI_SECRET_KEY is empty"),
        ({"XUNGAI_SECRET_KEY": "short"}, "XUNGAI_SECRET_KEY is too short"),
        ({"XUNGAI_SECRET_KEY": "ab" * 40}, "XUNGAI_SECRET_KEY is too short or too plain"),
        ({"XUNGAI_SECRET_KEY": "django-insecure-" + GOOD["XUNGAI_SECRET_KEY"]}, "XUNGAI_SECRET_KEY is a default"),
        ({"XUNGAI_SECRET_KEY_FALLBACKS": "old"}, "XUNGAI_SECRET_KEY_FALLBACKS is too short"),
        ({"DJANGO_DEBUG": "1"}, "DJANGO_DEBUG is on"),
        ({"XUNGAI_DEBUG": "true"}, "XUNGAI_DEBUG is on"),
        ({"XUNGAI_ALLOWED_HOSTS": ""}, "XUNGAI_ALLOWED_HOSTS names no host"),
        ({"XUNGAI_ALLOWED_HOSTS": "a.example,*"}, "XUNGAI_ALLOWED_HOSTS must name hosts"),
        ({"XUNGAI_DATABASE_URL": None}, "XUNGAI_DATABASE_URL is not set"),
        ({"XUNGAI_DATABASE_URL": "spatialite:///x.sqlite3"}, "XUNGAI_DATABASE_URL must begin with postgis://"),
        ({"XUNGAI_S3_BUCKET": None}, "XUNGAI_S3_BUCKET"),
        ({"XUNGAI_S3_SECRET_KEY": None}, "XUNGAI_S3_SECRET_KEY is not set"),
        ({"XUNGAI_INCOMING": "/dev/null/incoming"}, "XUNGAI_INCOMING: large uploads cannot be put down there"),
        ({"XUNGAI_TRUSTED_PROXIES": "many"}, "XUNGAI_TRUSTED_PROXIES must be a whole number"),
    ],
)
def test_production_refuses_what_is_missing_or_unsafe_and_says_which(changes: dict[str, str | None], named: str) -> None:
    refused = start(changes)
    assert refused.returncode != 0
    assert named in refused.stderr


def test_production_names_everything_that_is_wrong_at_once() -> None:
    refused = start(dict.fromkeys(GOOD))
    assert refused.returncode != 0
    for named in ("XUNGAI_SECRET_KEY", "XUNGAI_ALLOWED_HOSTS", "XUNGAI_DATABASE_URL", "XUNGAI_S3_BUCKET"):
        assert f"- {named}" in refused.stderr or f"Neither {named}" in refused.stderr, refused.stderr


def test_a_proxys_word_is_believed_only_where_there_is_one() -> None:
    expression = "getattr(s, 'SECURE_PROXY_SSL_HEADER', None)"
    assert start({}, expression=expression).stdout.strip() == "None"
    assert "HTTP_X_FORWARDED_PROTO" in start({"XUNGAI_TRUSTED_PROXIES": "1"}, expression=expression).stdout


@pytest.mark.parametrize(
    ("owner", "named"),
    [
        (None, "XUNGAI_DATABASE_OWNER_URL is not set"),
        (GOOD["XUNGAI_DATABASE_URL"], "must name another role"),
        ("postgis://owner:o@db/other", "must name the same host and database"),
    ],
)
def test_the_tables_have_another_owner_than_the_program(owner: str | None, named: str) -> None:
    refused = start({"XUNGAI_DATABASE_OWNER_URL": owner}, module="owner")
    assert refused.returncode != 0
    assert named in refused.stderr
    good = start(
        {"XUNGAI_DATABASE_OWNER_URL": "postgis://owner:o@db/xungai"},
        module="owner",
        expression="s.DATABASES['default']['USER'], s.RECORDS_PROGRAM_ROLE",
    )
    assert good.stdout.strip() == "('owner', 'program')", good.stderr


def test_a_script_in_a_page_needs_the_requests_nonce_and_no_page_may_frame_ours() -> None:
    def with_a_script(request: HttpRequest) -> HttpResponse:
        return HttpResponse(f'<script nonce="{request.csp_nonce}"></script>')  # type: ignore[attr-defined]  # set by django-csp

    policies = []
    for _ in range(2):
        answer = CSPMiddleware(with_a_script)(RequestFactory().get("/"))
        assert isinstance(answer, HttpResponse)
        policy = answer.headers["Content-Security-Policy"]
        (nonce,) = re.findall(r'nonce="([^"]+)"', answer.content.decode())
        assert f"script-src 'self' 'nonce-{nonce}'" in policy
        assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]
        assert "frame-ancestors 'none'" in policy
        policies.append(policy)
    assert policies[0] != policies[1]
