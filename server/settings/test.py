"""Tests: the same program on either database: DB=sq (default) or DB=pg.

XUNGAI_TEST_PG_* say where PostGIS listens; by default, where `scripts/test-postgres start` put it.

A process that a test starts gets the test's own database and files by XUNGAI_TEST_DATABASE and XUNGAI_TEST_SCRATCH.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from server.settings.base import *
from server.settings.base import BASE_DIR, STORAGES
from server.settings.environment import number, one_of, text

SECRET_KEY = "for-tests-only-and-long-enough-for-every-check-of-its-length"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def _is_running(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def _scratch_folder() -> Path:
    """This run's files: in memory where there is room, gone when the process ends."""
    if given := os.environ.get("XUNGAI_TEST_SCRATCH"):
        return Path(given)
    base = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else Path(tempfile.gettempdir())  # noqa: S108
    # A killed process, and pytest's workers and mypy, which leave without tidying up, leave theirs to the next one.
    for left in base.glob("xungai-test-*-*"):
        if not _is_running(left.name.split("-")[2]):
            shutil.rmtree(left, ignore_errors=True)
    made = Path(tempfile.mkdtemp(prefix=f"xungai-test-{os.getpid()}-", dir=base))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


SCRATCH = _scratch_folder()
_given = text("XUNGAI_TEST_DATABASE", "")
_kept_cluster = BASE_DIR / "var" / "test-postgres"
if one_of("DB", {"sq", "pg"}, "sq") == "pg":
    DATABASES = {
        "default": {
            "ENGINE": "django.contrib.gis.db.backends.postgis",
            "NAME": _given or text("XUNGAI_TEST_PG_NAME", "xungai"),
            "HOST": text("XUNGAI_TEST_PG_HOST", _kept_cluster.read_text().strip() if _kept_cluster.exists() else ""),
            "PORT": number("XUNGAI_TEST_PG_PORT", 5432),
            "USER": text("XUNGAI_TEST_PG_USER", "postgres"),
            # A name of its own for each process, so that two runs may share a cluster.
            "TEST": {"NAME": f"test_xungai_{os.getpid()}"},
        }
    }
else:
    DATABASES = {
        "default": {
            "ENGINE": "server.runtime.spatialite",
            "NAME": _given or SCRATCH / "xungai.sqlite3",
            "CONN_MAX_AGE": None,
            "TEST": {"NAME": str(SCRATCH / "test.sqlite3")},
        }
    }
STORAGES = {
    **STORAGES,
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": SCRATCH / "files", "base_url": None},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
