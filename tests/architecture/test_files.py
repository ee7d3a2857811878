"""What may not stand in the repository: this or that machine's paths, a registry's address, a lock that locks nothing."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.architecture.project import ROOT, files

# Written so that this file does not find itself.
MACHINE_PATHS = re.compile(
    "|".join(
        [
            r"(?<![\w.}\]/-])/" + r"(?:work|farm)/",
            r"/root/\.",
            r"(?<!\w)/home/" + r"[a-z]",
            "/opt/" + "(?:pypi|wheels)",
            r"/bash_" + "jobs",
        ]
    )
)
REGISTRIES = re.compile(
    "|".join(
        [
            "pypi" + r"\.org",
            "python" + r"hosted\.org",
            "registry\\." + "npmjs",
            "npm" + "mirror",
            "--(?:extra-)?index" + "-url[ =]",
            "--find" + "-links[ =]",
        ]
    )
)
LONGEST = 2_000_000


def text_of(path: Path) -> str | None:
    data = path.read_bytes()
    if len(data) > LONGEST or b"\0" in data[:8000]:
        return None
    return data.decode("utf-8", errors="replace")


@pytest.mark.parametrize(
    ("pattern", "what"),
    [(MACHINE_PATHS, "a path of some machine"), (REGISTRIES, "the address of a registry")],
    ids=["paths", "registries"],
)
def test_no_file_holds(pattern: re.Pattern[str], what: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in files()
        if (content := text_of(path)) is not None and pattern.search(content)
        for number, line in enumerate(content.splitlines(), 1)
        if pattern.search(line)
    ]
    assert not found, f"{what}:\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (MACHINE_PATHS, "open('/wo" + "rk/main/x')"),
        (MACHINE_PATHS, "/ho" + "me/someone/x"),
        (REGISTRIES, "https://py" + "pi.org/simple"),
        (REGISTRIES, '"resolved": "https://registry.' + 'npmjs.org/x"'),
    ],
)
def test_such_a_line_would_be_found(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)


def locks() -> list[Path]:
    return sorted((ROOT / "requirements").glob("*.txt"))


@pytest.mark.parametrize("lock", locks(), ids=lambda path: path.name)
def test_every_locked_package_has_its_exact_version_and_hashes(lock: Path) -> None:
    content = lock.read_text()
    assert "http" + "://" not in content
    assert "https" + "://" not in content
    packages = [entry for entry in re.split(r"\n(?=\S)", content) if entry.strip() and not entry.lstrip().startswith("#")]
    assert packages
    for package in packages:
        assert re.match(r"[\w.\[\],-]+==[\w.]+(?: ;[^\n\\]+)? \\\n", package), package[:80]
        assert "--hash=sha256:" in package, package[:80]


@pytest.mark.parametrize("lock", locks(), ids=lambda path: path.name)
def test_every_package_that_is_asked_for_is_locked(lock: Path) -> None:
    locked = {name.lower().replace("_", "-") for name in re.findall(r"(?m)^([\w.-]+)(?:\[[^\]]*\])?==", lock.read_text())}
    asked = {
        name.lower().replace("_", "-") for name in re.findall(r"(?m)^([A-Za-z0-9][\w.-]*)", lock.with_suffix(".in").read_text())
    }
    assert asked <= locked, f"run scripts/lock: {asked - locked}"


def test_the_npm_locks_hold_hashes_and_no_addresses() -> None:
    for lock in (path for path in files() if path.name == "package-lock.json"):
        for name, package in json.loads(lock.read_text())["packages"].items():
            assert "resolved" not in package or not package["resolved"].startswith("http"), f"{lock}: {name}"
            assert not name.startswith("node_modules/") or "integrity" in package or package.get("inBundle"), f"{lock}: {name}"


def test_the_compose_file_is_whole() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    services = compose["services"]
    assert {"web", "worker", "scheduler", "database", "store", "proxy", "migrate"} <= set(services)
    for name, service in services.items():
        assert "image" in service or "build" in service, name
        for other in service.get("depends_on", {}):
            assert other in services, f"{name} depends on {other}"
        for mount in service.get("volumes", []):
            source = str(mount).split(":")[0]
            if source.startswith("."):
                assert (ROOT / source).exists(), f"{name} mounts {source}"
            else:
                assert source in compose["volumes"], f"{name} mounts {source}"
    # Only the proxy is reached from outside, and no secret has a default.
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    written = (ROOT / "docker-compose.yml").read_text()
    for secret in re.findall(r"\$\{(\w*(?:SECRET|PASSWORD)\w*)([^}]*)\}", written):
        assert secret[1].startswith(":?"), f"{secret[0]} must be given"
    docker = shutil.which("docker")
    if docker and subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode == 0:
        environment = {name: "x" * 60 for name in re.findall(r"\$\{(\w+)", written)}
        checked = subprocess.run(
            [docker, "compose", "config", "--quiet"],
            cwd=ROOT,
            env={"PATH": "/usr/bin:/bin", **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert checked.returncode == 0, checked.stderr
