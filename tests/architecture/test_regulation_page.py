"""docs/regulation.md says what the regulation, the program and the tests say today."""

import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.architecture.project import ROOT

SCRIPT = ROOT / "scripts" / "regulation-doc"


def test_the_page_is_what_the_script_makes_of_clauses_and_marks_today() -> None:
    checked = subprocess.run([sys.executable, str(SCRIPT), "--check"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


def test_marks_are_read_from_tests_classes_and_modules_without_importing_them(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import no_such_module\nimport pytest\n"
        'pytestmark = [pytest.mark.django_db, pytest.mark.clause("1-1")]\n'
        '@pytest.mark.clause("17-2", "17-3")\nclass TestThem:\n    def test_one(self): ...\n    def helper(self): ...\n'
        '@pytest.mark.clause("17-3")\nasync def test_two(): ...\n'
    )
    marked_tests: Callable[[Path], dict[str, list[str]]] = runpy.run_path(str(SCRIPT))["marked_tests"]
    assert marked_tests(tmp_path) == {
        "1-1": ["test_it.py::test_one", "test_it.py::test_two"],
        "17-2": ["test_it.py::test_one"],
        "17-3": ["test_it.py::test_one", "test_it.py::test_two"],
    }
