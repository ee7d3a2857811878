from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def storage_of_its_own(settings: Settings, tmp_path: Path) -> Path:
    """Each test has its own folder for files and its own anchor; what it leaves there is nobody else's orphan."""
    location = tmp_path / "files"
    location.mkdir()
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(location), "base_url": None},
        },
    }
    settings.RECORDS_ANCHOR_FILE = str(tmp_path / "anchor" / "record.jsonl")
    return location


@pytest.fixture
def remote_storage(settings: Settings) -> None:
    """A storage that is no local disk, as S3 is none."""
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
