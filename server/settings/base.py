"""What every way of running shares. Each setting that differs by place is read from the environment by a typed reader."""

from pathlib import Path

from csp.constants import NONCE, NONE, SELF

from server.settings import environment

BASE_DIR = Path(__file__).resolve().parents[2]
VAR = environment.folder("XUNGAI_VAR", BASE_DIR / "var")

DEBUG = False
SECRET_KEY = ""
ALLOWED_HOSTS: list[str] = []

INSTALLED_APPS = [
    "server.units",  # before auth: it brings the person model
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "rest_framework",
    "rest_framework_gis",
    "django_filters",
    "knox",
    "axes",
    "csp",
    "django_htmx",
    "leaflet",
    "drf_spectacular",
    "django_tasks",
    "django_tasks_db",
    "server.runtime",
    "server.records",
    "gis.layers",
    "server.files",
    "server.rulebook",
    "server.notices",
    "server.problems",
    "server.evidence",
    "server.plans",
    "server.progress",
    "server.inspections",
    "server.acceptance",
    "server.supervision",
    "server.coordination",
    "server.portal",
    "mobile_api",
    "fixtures",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "server.urls"
WSGI_APPLICATION = "server.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
            ]
        },
    }
]

AUTH_USER_MODEL = "units.Person"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # by address alone a whole office would be locked out
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_CALLABLE = "server.portal.views.signing_in.locked_out"
AXES_CLIENT_IP_CALLABLE = "server.runtime.client_address.client_address"
TRUSTED_PROXIES = 0  # how many proxies of ours stand before the program

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "server" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = environment.folder("XUNGAI_STATIC", VAR / "static")
# What server/portal/assets sets aside of the npm packages that pages load; scripts/setup makes it.
_VENDOR = BASE_DIR / "server" / "portal" / "assets" / "node_modules" / ".served"
STATICFILES_DIRS: list[object] = [("vendor", _VENDOR)] if _VENDOR.is_dir() else []
PHONE_CLIENT = BASE_DIR / "mobile_api" / "client" / "dist"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR / "files", "base_url": None},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# What one person may have half sent at once; more is to be tried again later (429).
OPEN_UPLOADS_A_PERSON = environment.number("XUNGAI_OPEN_UPLOADS_A_PERSON", 300)
OPEN_UPLOAD_MEGABYTES_A_PERSON = environment.number("XUNGAI_OPEN_UPLOAD_MEGABYTES_A_PERSON", 3_072)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["knox.auth.TokenAuthentication", "rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}

SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
PERMISSIONS_POLICY = {"camera": "self", "geolocation": "self", "microphone": []}
# The demonstration district labels every page as synthetic.
DEMONSTRATION = environment.flag("XUNGAI_DEMONSTRATION", False)
# Empty: the map works from the district's own layers alone. Else any XYZ or WMTS template with its attribution and 审图号.
BASE_MAP_URL = environment.text("XUNGAI_BASE_MAP_URL", "")
BASE_MAP_ATTRIBUTION = environment.text("XUNGAI_BASE_MAP_ATTRIBUTION", "")
_base_map = environment.origins("XUNGAI_BASE_MAP_URL")

# Scripts written into a page carry the request's nonce: {% leaflet_map "map" csp_nonce=request.csp_nonce %}.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *_base_map],
        "style-src": [SELF, "'unsafe-inline'"],
        "media-src": [SELF, "blob:"],
        "font-src": [SELF, "data:"],  # Vant's icons
        "script-src": [SELF, NONCE],
        "connect-src": [SELF, *_base_map],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

SILENCED_SYSTEM_CHECKS = ["gis.W001"]  # docs/decisions: GDAL is only ever given an EPSG code that we looked up

# Where the heads of the record are noted, outside the database. Best on another machine's disk.
RECORDS_ANCHOR_FILE = environment.text("XUNGAI_RECORDS_ANCHOR_FILE", "")
NIGHTLY_AT = environment.clock_time("XUNGAI_NIGHTLY_AT", "02:00")  # the office's time

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "xungai": {"level": "INFO"},
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # Refused requests are the callers' business, and their addresses may hold what the log should not.
        "django.request": {"level": "ERROR"},
        "axes": {"level": "WARNING"},
    },
}
