"""The phone client's mock server, run by Node: it answers as the contract says and can be told what to do wrong next."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

CLIENT = Path(__file__).resolve().parents[3] / "mobile_api" / "client"
START_SECONDS = 20.0


def build_client() -> None:
    """Build the client where its build is missing or older than a source."""
    built = CLIENT / "dist" / "index.html"
    sources = [*(CLIENT / "src").rglob("*"), CLIENT / "index.html", CLIENT / "vite.config.ts", CLIENT / "package.json"]
    if built.exists() and built.stat().st_mtime >= max(source.stat().st_mtime for source in sources):
        return
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError("The phone client is not built and there is no npm to build it.")
    if not (CLIENT / "node_modules").exists():
        subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=CLIENT, check=True)
    subprocess.run([npm, "run", "build"], cwd=CLIENT, check=True, stdout=subprocess.DEVNULL)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class MockServer:
    """One running mock; `address` is its root, `/m/` below it the app."""

    def __init__(self) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        node = shutil.which("node")
        if node is None:
            raise RuntimeError("There is no node to run the mock server.")
        self.process = subprocess.Popen(
            [node, "mock/server.mjs", str(self.port)],
            cwd=CLIENT,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "TZ": "Asia/Shanghai"},
            start_new_session=True,  # `node` may be a script that starts the true one: both are to end
        )
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            try:
                self.state()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("The mock server did not start.")

    def stop(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def _post(self, path: str, body: Any) -> None:
        request = urllib.request.Request(self.address + path, data=json.dumps(body).encode(), method="POST")  # noqa: S310
        urllib.request.urlopen(request).read()  # noqa: S310

    def reset(self) -> None:
        self._post("/mock/reset", {})

    def fail(self, *faults: dict[str, Any]) -> None:
        """What goes wrong next, in the words of the mock: {match, do, times, skip, status, …}."""
        self._post("/mock/faults", list(faults))

    def set(self, **change: Any) -> None:
        self._post("/mock/set", change)

    def state(self) -> dict[str, Any]:
        with urllib.request.urlopen(self.address + "/mock/state") as answer:  # noqa: S310
            state: dict[str, Any] = json.load(answer)
        return state
