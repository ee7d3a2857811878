"""Databases that a test may commit to."""

import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections
from django.test.utils import setup_databases, teardown_databases
from pytest_django.plugin import DjangoDbBlocker


@dataclass(frozen=True)
class CommittingDatabase:
    name: str
    environment: dict[str, str]
    """What a process needs in its environment to work on this very database and these files."""


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """The migrated test database. pytest-django's own makes none where only ``committing_db`` is asked for."""
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, aliases=["default"])
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session")
def pristine_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The migrated, empty database, set aside so that copies of it can be made: a file's path, or a template's name."""
    with django_db_blocker.unblock():
        migrated = str(connection.settings_dict["NAME"])
        connection.close()  # on SpatiaLite the log is folded into the file
        if connection.vendor == "sqlite":
            aside = f"{migrated}.pristine"
            shutil.copyfile(migrated, aside)
            yield aside
            Path(aside).unlink()
        else:
            aside = f"{migrated}_pristine"
            _on_the_server(f'CREATE DATABASE "{aside}" TEMPLATE "{migrated}" STRATEGY FILE_COPY')
            yield aside
            _on_the_server(f'DROP DATABASE "{aside}" WITH (FORCE)')


@pytest.fixture
def committing_db(pristine_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[CommittingDatabase]:
    """A fresh copy of the migrated database, for tests whose writes must be committed: threads, processes, the served site.

    Never together with `db`. It is thrown away, not flushed: the record's tables refuse to be emptied.
    """
    before = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        connections.close_all()
        if connection.vendor == "sqlite":
            name = str(settings.SCRATCH / f"{uuid.uuid4().hex}.sqlite3")
            shutil.copyfile(pristine_database, name)
        else:
            name = f"{before}_{uuid.uuid4().hex[:12]}"
            _on_the_server(f'CREATE DATABASE "{name}" TEMPLATE "{pristine_database}" STRATEGY FILE_COPY')
        connection.settings_dict["NAME"] = name
        ContentType.objects.clear_cache()
        try:
            yield CommittingDatabase(
                name,
                {
                    "DJANGO_SETTINGS_MODULE": "server.settings.test",
                    "DB": "sq" if connection.vendor == "sqlite" else "pg",
                    "XUNGAI_TEST_DATABASE": name,
                    "XUNGAI_TEST_SCRATCH": str(settings.SCRATCH),
                },
            )
        finally:
            connections.close_all()
            connection.settings_dict["NAME"] = before
            ContentType.objects.clear_cache()
            if connection.vendor == "sqlite":
                for left in Path(name).parent.glob(f"{Path(name).name}*"):
                    left.unlink()
            else:
                _on_the_server(f'DROP DATABASE "{name}" WITH (FORCE)')


def pytest_unconfigure() -> None:
    # xdist's workers leave without the interpreter's own tidying up.
    if "XUNGAI_TEST_SCRATCH" not in os.environ:
        shutil.rmtree(settings.SCRATCH, ignore_errors=True)


def _on_the_server(statement: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)
