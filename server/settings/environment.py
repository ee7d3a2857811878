"""Typed readers of the environment: a wrong value is named with its variable, never guessed."""

import contextlib
import os
import secrets
from collections.abc import Collection
from datetime import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set.")
    return value


def flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() in {"1", "true", "yes", "on"}:
        return True
    if value.lower() in {"0", "false", "no", "off", ""}:
        return False
    raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")


def number(name: str, default: int) -> int:
    value = os.environ.get(name)
    if value is None:
        return default
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None


def names(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def one_of(name: str, allowed: Collection[str], default: str) -> str:
    value = os.environ.get(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(sorted(allowed))}, not {value!r}.")
    return value


def clock_time(name: str, default: str) -> str:
    """A time of day, "02:00"."""
    value = os.environ.get(name, default)
    try:
        return time.fromisoformat(value).isoformat("minutes")
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a time of day such as 02:00, not {value!r}.") from None


def origins(name: str) -> list[str]:
    """The origins that an address template may lead to, as a content security policy names them; none if it is not set.

    `https://t{s}.tianditu.gov.cn/…` may be any host of that domain: `https://*.tianditu.gov.cn`.
    """
    value = os.environ.get(name, "")
    if not value:
        return []
    scheme, separator, rest = value.partition("://")
    host = rest.partition("/")[0]
    if scheme not in {"http", "https"} or not separator or not host or set(host) & set(" ;,'\"@"):
        raise ImproperlyConfigured(f"{name} must begin with https://host/ or http://host/.")
    if "{" in host:
        domain = host.rpartition("}")[2].lstrip(".-")
        if "." not in domain:
            domain = host.partition(".")[2]
        if "{" in domain or "." not in domain:
            raise ImproperlyConfigured(f"{name} must not leave its domain open.")
        host = f"*.{domain}"
    return [f"{scheme}://{host}"]


def secret_kept_in(path: Path) -> str:
    """A secret of 64 characters, made at the first reading and kept in a file that only its owner can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        made = path.with_name(f"{path.name}.{os.getpid()}")
        made.touch(mode=0o600)
        made.write_text(secrets.token_urlsafe(48))
        # Two processes may start at once: the first one's secret stays.
        with contextlib.suppress(FileExistsError):
            os.link(made, path)
        made.unlink()
    return path.read_text().strip()


def folder(name: str, default: Path) -> Path:
    return Path(os.environ.get(name, str(default))).resolve()


def database(name: str, default: str | None = None) -> dict[str, Any]:
    """A database by its address, as Django's DATABASES wants it.

    `postgis://user:password@host:5432/name?sslmode=require`: user, password and name percent-encoded where they hold special
    characters; the host may be a socket's folder, `%2Fvar%2Frun%2Fpostgresql`. What follows `?` goes to the driver.
    `spatialite:///srv/xungai/xungai.sqlite3`: a file, by its whole path.
    """
    value = text(name, default)
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured(f"{name} is not a database address.") from None
    # The value may hold a password: no message repeats it.
    if parts.scheme == "spatialite":
        if parts.netloc or not parts.path.strip("/"):
            raise ImproperlyConfigured(f"{name} must name a file by its whole path: spatialite:///folder/name.sqlite3")
        return {"ENGINE": "server.runtime.spatialite", "NAME": Path(unquote(parts.path)), "CONN_MAX_AGE": None}
    if parts.scheme != "postgis":
        raise ImproperlyConfigured(f"{name} must begin with postgis:// or spatialite://")
    database_name = unquote(parts.path.lstrip("/"))
    if not database_name or not parts.username:
        raise ImproperlyConfigured(f"{name} must name a user and a database: postgis://user:password@host:5432/name")
    return {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "NAME": database_name,
        "USER": unquote(parts.username),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": port or 5432,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }
