"""One writer at a time, in turn: the lock that every process and thread takes before it writes to the embedded database.

SQLite's own lock is tried again after growing pauses, so whoever pauses longest may never get in. The kernel's file lock
wakes those who wait; a second lock before it, the turnstile, keeps the one who just wrote from slipping in again before
the one who waits. Both fall when their holder dies, kill -9 included.
"""

import fcntl
import os
import threading
import time
from pathlib import Path


class LockTimeout(Exception):
    """Nobody let go of the lock within the time allowed."""


class _FileLock:
    """`flock` on a file, with a limit of time. One object for one connection: it is not shared by threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None
        self._opened_by = 0

    def acquire(self, deadline: float) -> None:
        descriptor = self._open()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._wait(descriptor, deadline)

    def release(self) -> None:
        if self._descriptor is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self) -> int:
        # A forked child shares its parent's open file, and with it the parent's lock: it needs one of its own.
        if self._descriptor is None or self._opened_by != os.getpid():
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
            self._opened_by = os.getpid()
        return self._descriptor

    def _wait(self, descriptor: int, deadline: float) -> None:
        # flock knows no limit of time. A thread waits in our place, in the kernel's queue; coming too late, it lets go again.
        # It waits on a descriptor of its own number but of the same open file, so that ours may be closed meanwhile.
        waiting = os.dup(descriptor)
        decided = threading.Lock()
        state = {"acquired": False, "given_up": False}
        done = threading.Event()

        def wait() -> None:
            try:
                fcntl.flock(waiting, fcntl.LOCK_EX)
                with decided:
                    if state["given_up"]:
                        fcntl.flock(waiting, fcntl.LOCK_UN)
                    else:
                        state["acquired"] = True
            finally:
                os.close(waiting)
                done.set()

        threading.Thread(target=wait, name="write-lock", daemon=True).start()
        done.wait(max(0.0, deadline - time.monotonic()))
        with decided:
            if state["acquired"]:
                return
            state["given_up"] = True
        # The late thread would take the lock in this open file's name: what comes next opens the file anew.
        self.close()
        raise LockTimeout


class WriteLock:
    """The write lock of one database file, as one connection sees it. Taking it twice is taking it once."""

    def __init__(self, database: Path, timeout: float) -> None:
        """
        Args:
            database: the database's file; the lock files lie beside it.
            timeout: how long to wait for others, in seconds.
        """
        self._turnstile = _FileLock(database.with_name(database.name + "-turn"))
        self._lock = _FileLock(database.with_name(database.name + "-write"))
        self._timeout = timeout
        self.held = False

    def acquire(self) -> None:
        """Wait in turn for the lock. Raises LockTimeout."""
        if self.held:
            return
        deadline = time.monotonic() + self._timeout
        self._turnstile.acquire(deadline)
        try:
            self._lock.acquire(deadline)
        finally:
            self._turnstile.release()
        self.held = True

    def release(self) -> None:
        if self.held:
            self.held = False
            self._lock.release()

    def close(self) -> None:
        self.release()
        self._turnstile.close()
        self._lock.close()
