"""A district's own installation: PostgreSQL, an S3-compatible store, a reverse proxy that ends TLS.

Everything comes from the environment (docs/operations.md lists it). What is missing or unsafe is named at once, all of it,
and the program does not start.
"""

import os
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import ImproperlyConfigured

from server.settings.base import *
from server.settings.base import BASE_DIR, STORAGES, VAR
from server.settings.environment import database, flag, folder, names, number, text

SHORTEST_SECRET = 50
# Parts of what examples and tests write in a secret's place.
PUBLIC_SECRETS = ("change-me", "changeme", "change_me", "insecure", "example", "for-tests-only", "embedded-only", "your-secret")

Value = TypeVar("Value")
_wrong: list[str] = []


def _read(reader: Callable[[], Value], otherwise: Value) -> Value:
    """What the reader says; what it complains of is kept for the list, and the rest is read as well."""
    try:
        return reader()
    except ImproperlyConfigured as error:
        _wrong.append(str(error))
        return otherwise


def _complain_of_secret(name: str, secret: str) -> None:
    if any(part in secret.lower() for part in PUBLIC_SECRETS):
        _wrong.append(f"{name} is a default that everybody knows.")
    elif len(secret) < SHORTEST_SECRET or len(set(secret)) < 10:
        _wrong.append(f"{name} is too short or too plain: at least {SHORTEST_SECRET} random characters.")


SECRET_KEY = _read(lambda: text("XUNGAI_SECRET_KEY"), "")
SECRET_KEY_FALLBACKS = names("XUNGAI_SECRET_KEY_FALLBACKS")
if SECRET_KEY:
    _complain_of_secret("XUNGAI_SECRET_KEY", SECRET_KEY)
elif "XUNGAI_SECRET_KEY" in os.environ:
    _wrong.append("XUNGAI_SECRET_KEY is empty.")
for _fallback in SECRET_KEY_FALLBACKS:
    _complain_of_secret("XUNGAI_SECRET_KEY_FALLBACKS", _fallback)

for _name in ("DEBUG", "DJANGO_DEBUG", "XUNGAI_DEBUG"):
    if _read(lambda name=_name: flag(name), True):  # type: ignore[misc]  # mypy infers no type for a default of a lambda
        _wrong.append(f"{_name} is on: it shows every visitor the program's inside.")

ALLOWED_HOSTS = names("XUNGAI_ALLOWED_HOSTS")
if not ALLOWED_HOSTS:
    _wrong.append("XUNGAI_ALLOWED_HOSTS names no host.")
if any("*" in host for host in ALLOWED_HOSTS):
    _wrong.append("XUNGAI_ALLOWED_HOSTS must name hosts: * lets a forged Host header through.")
CSRF_TRUSTED_ORIGINS = [f"https://{'*' if host.startswith('.') else ''}{host}" for host in ALLOWED_HOSTS]

_database: dict[str, Any] = _read(lambda: database("XUNGAI_DATABASE_URL"), {})
if _database and not _database["ENGINE"].endswith("postgis"):
    _wrong.append(
        "XUNGAI_DATABASE_URL must begin with postgis://; one machine without a server runs on server.settings.embedded."
    )
elif _database:
    # Each process has its own pool; a request borrows a connection, so none is kept by an idle thread.
    _database["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": _read(lambda: number("XUNGAI_DATABASE_POOL", 12), 12),
        "timeout": 10,
    }
    _database["CONN_MAX_AGE"] = 0
DATABASES = {"default": _database}

if _bucket := os.environ.get("XUNGAI_S3_BUCKET"):
    _files: dict[str, Any] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": _bucket,
            "endpoint_url": os.environ.get("XUNGAI_S3_ENDPOINT") or None,
            "region_name": os.environ.get("XUNGAI_S3_REGION") or None,
            "access_key": _read(lambda: text("XUNGAI_S3_ACCESS_KEY"), ""),
            "secret_key": _read(lambda: text("XUNGAI_S3_SECRET_KEY"), ""),
            "addressing_style": "path",
            "default_acl": "private",
            "file_overwrite": False,
            "querystring_auth": True,
        },
    }
elif "XUNGAI_FILES" in os.environ:
    _files = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": folder("XUNGAI_FILES", BASE_DIR), "base_url": None},
    }
else:
    _files = {}
    _wrong.append("Neither XUNGAI_S3_BUCKET nor XUNGAI_FILES (a folder) says where photos are kept.")
STORAGES = {**STORAGES, "default": _files}

# The proxy's words about the client are believed only where a proxy is said to be: anybody can send these headers.
TRUSTED_PROXIES = _read(lambda: number("XUNGAI_TRUSTED_PROXIES", 0), 0)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked from inside, without TLS
SECURE_HSTS_SECONDS = _read(lambda: number("XUNGAI_HSTS_SECONDS", 31_536_000), 0)
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

# A phone's whole queue comes as one file: to the disk, not to a /tmp that lies in memory.
FILE_UPLOAD_TEMP_DIR = folder("XUNGAI_INCOMING", VAR / "incoming")
try:
    FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True)
except OSError as _error:
    _wrong.append(f"XUNGAI_INCOMING: large uploads cannot be put down there: {_error}")

if _wrong:
    raise ImproperlyConfigured("The program does not start:\n" + "\n".join(f"- {complaint}" for complaint in _wrong))
