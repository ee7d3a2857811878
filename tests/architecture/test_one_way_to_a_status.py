"""Only ``server/problems/moves.py`` changes a problem's status; a report is born with its first one in ``actions.report``."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
THE_WAY = {"server/problems/moves.py"}
SPEAKS_OF_PROBLEMS = ("server", "mobile_api")
# Rooms that cannot know a problem (import-linter): a status there is a task's or an answer's.
BELOW_PROBLEMS = ("server/runtime/", "server/records/", "server/files/")


def assignments() -> list[str]:
    """Every place that assigns ``….status`` or updates a queryset's ``status``, outside the one way."""
    found = []
    for folder in SPEAKS_OF_PROBLEMS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if name in THE_WAY or name.startswith(BELOW_PROBLEMS) or "/migrations/" in name or "/node_modules/" in name:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and _assigns_status(node):
                    found.append(f"{name}:{node.lineno}")
                if isinstance(node, ast.Call) and _updates_status(node):
                    found.append(f"{name}:{node.lineno}")
    return found


def _assigns_status(node: ast.Assign | ast.AugAssign | ast.AnnAssign) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    flat = [part for target in targets for part in (target.elts if isinstance(target, ast.Tuple) else [target])]
    return any(
        isinstance(target, ast.Attribute) and target.attr in {"status", "status_since", "status_before"} and not _is_self(target)
        for target in flat
    )


def _is_self(target: ast.Attribute) -> bool:
    """``self.status`` of a plain class is its own field, not a problem's row."""
    return isinstance(target.value, ast.Name) and target.value.id == "self"


def _updates_status(node: ast.Call) -> bool:
    called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    return called in {"update", "bulk_update", "update_or_create"} and any(word.arg == "status" for word in node.keywords)


def test_nothing_but_the_move_assigns_a_status() -> None:
    assert assignments() == []
