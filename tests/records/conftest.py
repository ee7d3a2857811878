from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def anchor_of_its_own(settings: Settings, tmp_path: Path) -> Path:
    """Each test anchors its own chain: they are all different records."""
    settings.RECORDS_ANCHOR_FILE = str(tmp_path / "anchor" / "record.jsonl")
    return Path(settings.RECORDS_ANCHOR_FILE)
