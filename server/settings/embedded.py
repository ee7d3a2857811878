"""One machine, one command: SpatiaLite in a file. What `scripts/demo` runs on."""

import os

from server.settings.base import *
from server.settings.base import VAR
from server.settings.environment import database, flag, names, secret_kept_in

SECRET_KEY = os.environ.get("XUNGAI_SECRET_KEY") or secret_kept_in(VAR / "secret-key")
ALLOWED_HOSTS = names("XUNGAI_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
DATABASES = {"default": database("XUNGAI_DATABASE_URL", f"spatialite://{VAR / 'xungai.sqlite3'}")}

# `scripts/demo --lan` serves over TLS, so that phones let the page use the camera.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = flag("XUNGAI_TLS", False)
