"""The list of clauses, and the plugin that counts which of them tests stand for."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from server.regulation.clauses import BY_ID, CLAUSES, TITLES_ZH
from server.regulation.lifecycle import Action
from tests.clauses import summary_line

ROOT = Path(__file__).resolve().parents[2]


def test_every_article_has_its_clauses_numbered_from_one_without_a_gap() -> None:
    assert {clause.article for clause in CLAUSES} == set(range(1, 26)) == set(TITLES_ZH)
    for article in TITLES_ZH:
        ids = [clause.id for clause in CLAUSES if clause.article == article]
        assert ids == [f"{article}-{n}" for n in range(1, len(ids) + 1)]
    assert len(BY_ID) == len(CLAUSES)


def test_every_clause_says_what_the_system_does_in_both_languages() -> None:
    for clause in CLAUSES:
        assert re.search(r"[\u4e00-\u9fff]", clause.text_zh), clause.id
        assert re.search(r"[\u4e00-\u9fff]", clause.does_zh), clause.id
        assert clause.does.endswith("."), clause.id


def test_every_action_serves_a_clause() -> None:
    assert {action for clause in CLAUSES for action in clause.actions} == set(Action)


def test_the_summary_counts_only_what_is_built() -> None:
    built = [clause.id for clause in CLAUSES if clause.built]
    unbuilt = next(clause.id for clause in CLAUSES if not clause.built)
    assert summary_line({built[0], built[1], unbuilt}) == f"clauses covered: 2 of {len(built)} built ({len(CLAUSES)} in all)"


def run_pytest(folder: Path, text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a file of tests with the plugin, apart from this project's settings."""
    (folder / "test_it.py").write_text(text)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = clause(id): a clause\n")
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.clauses",
            "-p",
            "xdist.plugin",
            "-p",
            "no:cacheprovider",
            *arguments,
            "test_it.py",
        ],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTEST_ADDOPTS": "",
            "PYTEST_XDIST_WORKER": "",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )


MARKED = """
import pytest
pytestmark = pytest.mark.clause("17-1")
@pytest.mark.clause("17-2", "17-3")
class TestThem:
    def test_one(self): pass
@pytest.mark.clause("17-3")
def test_two(): pass
"""


@pytest.mark.parametrize("arguments", [(), ("-n", "2")])
def test_marks_on_tests_classes_and_modules_are_counted_under_xdist_too(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = run_pytest(tmp_path, MARKED, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("clauses covered: 3 of ") == 1, done.stdout


@pytest.mark.parametrize("mark", ['"17-999"', '"17"', "17", ""])
def test_an_id_that_no_clause_has_fails_the_collection(tmp_path: Path, mark: str) -> None:
    done = run_pytest(tmp_path, f"import pytest\n@pytest.mark.clause({mark})\ndef test_one(): pass\n")
    assert done.returncode != 0
    assert "clause" in done.stdout + done.stderr
    assert "1 passed" not in done.stdout


def test_an_unknown_id_fails_under_xdist_too(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, 'import pytest\n@pytest.mark.clause("99-1")\ndef test_one(): pass\n', "-n", "2")
    assert done.returncode != 0
    assert "1 passed" not in done.stdout


def test_without_marks_nothing_is_said(tmp_path: Path) -> None:
    assert "clauses covered" not in run_pytest(tmp_path, "def test_one(): pass\n").stdout
