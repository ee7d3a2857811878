"""Production as the owner of the tables: for `manage.py migrate` alone.

XUNGAI_DATABASE_OWNER_URL names the role that owns the tables. The role of XUNGAI_DATABASE_URL, which serves requests, gets its
rights from it after each migration: of the record's tables it may only read and insert.
"""

from django.core.exceptions import ImproperlyConfigured

from server.settings.environment import database
from server.settings.production import *
from server.settings.production import DATABASES as OF_THE_PROGRAM

_program = OF_THE_PROGRAM["default"]
_owner = database("XUNGAI_DATABASE_OWNER_URL")
if _owner["USER"] == _program["USER"]:
    raise ImproperlyConfigured("XUNGAI_DATABASE_OWNER_URL must name another role than XUNGAI_DATABASE_URL.")
if (_owner["HOST"], _owner["NAME"]) != (_program["HOST"], _program["NAME"]):
    raise ImproperlyConfigured("XUNGAI_DATABASE_OWNER_URL must name the same host and database as XUNGAI_DATABASE_URL.")
DATABASES = {"default": _owner}
RECORDS_PROGRAM_ROLE: str = _program["USER"]
