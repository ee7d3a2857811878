"""The program as it is served in production, in processes of its own, to be killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.databases import CommittingDatabase

ROOT = Path(__file__).parents[2]
START_WITHIN_S = 40.0


class KilledServer:
    """gunicorn with threads on a port of its own, working on a test's database and files. Use it as a context manager."""

    def __init__(self, database: CommittingDatabase, workers: int = 2) -> None:
        self._environment = {**os.environ, **database.environment, "PYTHONPATH": str(ROOT)}
        self._workers = workers
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.address = ("127.0.0.1", int(free.getsockname()[1]))
        self._process: subprocess.Popen[bytes] | None = None
        self.kills = 0

    def __enter__(self) -> "KilledServer":
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._end()

    def start(self) -> None:
        """Start it and wait until it answers."""
        bind = f"{self.address[0]}:{self.address[1]}"
        options = ["--worker-class", "gthread", "--workers", str(self._workers), "--threads", "32", "--bind", bind]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "server.wsgi", *options, "--log-level", "error"],
            cwd=ROOT,
            env=self._environment,
            start_new_session=True,
        )
        deadline = time.monotonic() + START_WITHIN_S
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                socket.create_connection(self.address, timeout=1).close()
            except OSError:
                time.sleep(0.05)
                continue
            return
        raise RuntimeError("the server does not start")

    def kill(self) -> None:
        """End all its processes at once, in the middle of whatever they do (kill -9)."""
        self._end()
        self.kills += 1

    def _end(self) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
