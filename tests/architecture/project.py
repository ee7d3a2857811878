"""The project's own files and the places of its rooms, as the tests of this folder see them."""

import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
CODE = ("server", "gis", "mobile_api", "fixtures")


@cache
def files() -> tuple[Path, ...]:
    """Every file that is, or would be, in the repository: tracked or new, not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return tuple(sorted(ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()))


def python_files() -> list[Path]:
    return [path for path in files() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in CODE]


@cache
def settings() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


@cache
def layers() -> tuple[frozenset[str], ...]:
    """The rooms, highest first, from the contract that names them all; rooms of one layer know nothing of each other."""
    (contract,) = (
        contract
        for contract in settings()["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers" and "containers" not in contract
    )
    return tuple(frozenset(name.strip() for name in layer.split("|")) for layer in contract["layers"])


def room_of(module: str) -> str | None:
    """The room that a module lives in: "server.problems" for "server.problems.models"; None for what is not ours."""
    for layer in layers():
        for room in layer:
            if module == room or module.startswith(f"{room}."):
                return room
    return None


def may_know(room: str, other: str) -> bool:
    """Whether the first room may import, or point at, the second."""
    rank = {name: number for number, layer in enumerate(layers()) for name in layer}
    return room == other or rank[room] < rank[other]
