"""Everything has its place, and nothing reaches up by a way that import-linter does not see."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from tests.architecture.project import CODE, ROOT, files, layers, may_know, python_files, room_of, settings

TOP = {*CODE, ".ci", "bench", "deploy", "docs", "requirements", "scripts", "tests"}
OUTSIDE_THE_LAYERS = {"server.settings", "server.urls", "server.wsgi", "server"}


def test_there_is_no_new_folder_at_the_top() -> None:
    found = {path.relative_to(ROOT).parts[0] for path in files() if len(path.relative_to(ROOT).parts) > 1}
    assert found <= TOP, f"no place for {found - TOP}: design it, then add it to TOP and to pyproject's layers"


def test_import_linter_looks_at_all_our_code() -> None:
    assert set(settings()["tool"]["importlinter"]["root_packages"]) == set(CODE)


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_every_module_lives_in_a_room() -> None:
    homeless = [
        module
        for module in map(module_of, python_files())
        if room_of(module) is None and module not in OUTSIDE_THE_LAYERS and not module.startswith("server.settings.")
    ]
    assert not homeless


def test_every_room_is_a_package_of_its_own() -> None:
    missing = [room for layer in layers() for room in layer if not (ROOT / room.replace(".", "/") / "__init__.py").exists()]
    assert not missing


# --- imports by name: what import-linter does not see --------------------------------------------------------------------

BY_NAME = {"import_module", "__import__", "import_string", "get_model", "get_app_config", "find_spec", "load_backend"}


def calls_by_name(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
            if name in BY_NAME:
                yield node


def target_of(call: ast.Call) -> str | None:
    """The module or app that is asked for by name; None when only the run tells."""
    if not call.args or not isinstance(call.args[0], ast.Constant) or not isinstance(call.args[0].value, str):
        return None
    named = call.args[0].value
    label = named.split(".")[0]
    if room_of(named) is None and label in apps.app_configs:
        return apps.get_app_config(label).name
    return named


def reached_by_name(module: str, source: str) -> list[str]:
    """What a module reaches by name that it may not, or that nobody can tell."""
    found = []
    room = room_of(module)
    for call in calls_by_name(ast.parse(source)):
        target = target_of(call)
        other = room_of(target) if target else None
        if target is None:
            found.append(f"{module}:{call.lineno}: asks for a name that only the run tells")
        elif room and other and not may_know(room, other):
            found.append(f"{module}:{call.lineno}: {target}")
    return found


def test_no_room_reaches_a_higher_one_by_name() -> None:
    found = [
        line
        for path in python_files()
        if "migrations" not in path.parts
        for line in reached_by_name(module_of(path), path.read_text())
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "source",
    [
        "import importlib\nimportlib.import_module('server.problems.actions')",
        "__import__('server.problems')",
        "from django.utils.module_loading import import_string\nimport_string('server.problems.actions.move')",
        "from django.apps import apps\napps.get_model('problems', 'Problem')",
        "from django.apps import apps\napps.get_model('problems.Problem')",
        "import importlib\nimportlib.import_module(name)",
    ],
)
def test_a_room_that_reached_up_by_name_would_be_found(source: str) -> None:
    assert reached_by_name("server.files.actions", source)
    assert not reached_by_name("server.files.actions", source.replace("problems", "records").replace("(name)", "('json')"))


# --- foreign keys --------------------------------------------------------------------------------------------------------


def wrong_arrow(source: type[models.Model], target: type[models.Model]) -> bool:
    one, other = room_of(source.__module__), room_of(target.__module__)
    return one is not None and other is not None and not may_know(one, other)


def test_arrows_between_tables_point_the_same_way_as_imports() -> None:
    wrong = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields(include_hidden=True)
        if field.concrete and isinstance(field.related_model, type) and wrong_arrow(model, field.related_model)
    ]
    assert not wrong


def test_an_arrow_that_points_up_would_be_found() -> None:
    class Low(models.Model):
        __module__ = "server.files.models"

        class Meta:
            app_label = "files"
            managed = False

        def __str__(self) -> str:
            return "low"

    class High(models.Model):
        __module__ = "server.portal.models"

        class Meta:
            app_label = "portal"
            managed = False

        def __str__(self) -> str:
            return "high"

    try:
        assert wrong_arrow(Low, High)
        assert not wrong_arrow(High, Low)
        assert not wrong_arrow(Low, Low)
    finally:
        for label, name in (("files", "low"), ("portal", "high")):
            del apps.all_models[label][name]
        apps.clear_cache()


# --- import-linter -------------------------------------------------------------------------------------------------------


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; sys.path.insert(0, ''); from importlinter.cli import lint_imports_command as c; c()",
            "--no-cache",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_layers_hold() -> None:
    linted = lint(ROOT)
    assert linted.returncode == 0, linted.stdout


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copied")
    for path in [*python_files(), ROOT / "pyproject.toml"]:
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    linted = lint(folder)
    assert linted.returncode == 0, linted.stdout  # so that what is found below is what was broken
    return folder


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("server/files/extra.py", "import server.problems.models"),
        ("server/records/extra.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import gis.layers"),
        ("gis/layers/extra.py", "def late():\n    import server.units.models"),
        ("server/portal/extra.py", "import mobile_api"),
        ("server/regulation/extra.py", "import django.db"),
        ("server/newroom/__init__.py", ""),
    ],
)
def test_a_broken_layer_would_be_found(copied: Path, module: str, line: str) -> None:
    extra = copied / module
    extra.parent.mkdir(exist_ok=True)
    extra.write_text(line)
    try:
        assert lint(copied).returncode == 1
    finally:
        extra.unlink()
        if not any(extra.parent.iterdir()):
            extra.parent.rmdir()
