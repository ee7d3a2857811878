"""What every test may ask for: both databases, one that may be committed to, the served site, a browser.

One run covers both databases (`scripts/test`): each test runs in two processes, one with DB=sq and one with DB=pg. What touches
no database runs in the first alone.
"""

import os
from pathlib import Path
from typing import Any

import pytest

# Playwright's sync interface runs an event loop in the test's own thread, where Django would refuse to query.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

pytest_plugins = ["tests.databases", "tests.served", "tests.world"]
if (Path(__file__).parent / "clauses.py").exists():
    pytest_plugins.append("tests.clauses")

PHONE_APP = Path(__file__).parent / "browser" / "phone"
ASKING_FOR_A_DATABASE = frozenset({"db", "transactional_db", "django_db_setup"})


def touches_the_database(item: pytest.Item) -> bool:
    return item.get_closest_marker("django_db") is not None or not ASKING_FOR_A_DATABASE.isdisjoint(
        getattr(item, "fixturenames", ())
    )


def runs_beside(item: pytest.Item, database: str) -> bool:
    """Whether a test runs on this side of a run over both databases.

    What asks for no database runs once, beside SpatiaLite; but most of the phone app's browser tests, which are the longest,
    beside PostGIS, so that both sides end at about the same time.
    """
    if touches_the_database(item):
        return True
    beside_postgis = PHONE_APP in item.path.parents and item.path.name != "test_faults.py"
    return beside_postgis == (database == "pg")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not hasattr(config, "workerinput"):
        return
    kept = [item for item in items if runs_beside(item, os.environ.get("DB", "sq"))]
    if len(kept) < len(items):
        config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
        items[:] = kept


@pytest.fixture(autouse=True)
def _an_anchor_of_its_own(settings: Any, tmp_path: Path) -> None:
    """Each test's record is a chain of its own: it must not meet the heads that another test's chain has noted."""
    settings.RECORDS_ANCHOR_FILE = str(tmp_path / "anchor.jsonl")
