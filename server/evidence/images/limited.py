"""Inspecting and drawing photos without danger for the server: what may be heavy or hostile goes to a limited child process.

A few children live on and are used again; one that crashes, hangs or overruns is replaced, and its file counts as damaged.
Plain JPEGs of ordinary size are checked in this process: scaled decoding of one needs a few lines of memory and milliseconds,
and lets other threads run.
"""

import atexit
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any

from server.evidence.images import decode, renditions
from server.evidence.images.decode import Decoded, Inspected
from server.evidence.images.exif import read_exif
from server.evidence.images.formats import Header, jpeg
from server.evidence.images.header import read_header
from server.evidence.images.refusals import NoRendition
from server.evidence.images.sniff import ImageKind

# A progressive JPEG of 250 megapixels takes 1.4 GB of coefficients at the most.
MEMORY = 1_792 * 1024 * 1024
CPU_SECONDS = 20
WALL_SECONDS = 60
CHILDREN = 2
JOBS_PER_CHILD = 200
# What this process decodes itself.
PLAIN_PIXELS = 40_000_000
PLAIN_PIXELS_AT_ONCE = 12_000_000
PLAIN_SCANS = 32
_ROOT = Path(__file__).resolve().parents[3]
_MAX_ANSWER = 16 * 1024 * 1024


class ChildFailed(Exception):
    """The child crashed, ran out of its limits, or answered nonsense. The file is to blame, or the machine."""


def inspect(data: bytes) -> Inspected:
    """What intake knows of a photo; see `decode.Inspected`.

    Raises EmptyFile, TooLargeFile, NotAnImage, TooManyPixels; broken data, and what cannot be decoded within the limits, is no
    exception but `damaged`.
    """
    header = read_header(data)
    exif = read_exif(header.exif)
    if _is_plain(data, header):
        return decode.combine(header, exif, decode.check(data, header, exif.orientation))
    try:
        answer, _ = _pool.call("check", data)
        decoded = _decoded(answer)
    except ChildFailed as failure:
        decoded = Decoded(str(failure))
    return decode.combine(header, exif, decoded)


def make_renditions(data: bytes) -> dict[str, bytes]:
    """The JPEGs "thumb" and "preview" of a photo; see `renditions.make_renditions`.

    Raises ImageRefused for what is no photo, NoRendition when nothing can be drawn within the limits.
    """
    read_header(data)
    try:
        answer, blobs = _pool.call("renditions", data)
    except ChildFailed as failure:
        raise NoRendition(str(failure)) from failure
    if "refused" in answer:
        raise NoRendition(str(answer["refused"])[:200])
    if answer.get("names") != list(renditions.SIZES) or any(not blob.startswith(b"\xff\xd8\xff") for blob in blobs):
        raise NoRendition("the child answered nonsense")
    return dict(zip(renditions.SIZES, blobs, strict=True))


def _is_plain(data: bytes, header: Header) -> bool:
    if header.kind is not ImageKind.JPEG or header.pixels > PLAIN_PIXELS:
        return False
    return not header.all_at_once or (header.pixels <= PLAIN_PIXELS_AT_ONCE and jpeg.scans_at_most(data) <= PLAIN_SCANS)


def _decoded(answer: dict[str, Any]) -> Decoded:
    """The child's answer, which is not trusted: a decoder may have been taken over."""
    if "refused" in answer:
        return Decoded(str(answer["refused"])[:200])
    damage, width, height, fingerprint = (answer.get(name) for name in ("damage", "width", "height", "fingerprint"))
    if not isinstance(damage, str) or not isinstance(width, int) or not isinstance(height, int):
        raise ChildFailed("the child answered nonsense")
    if not 0 <= width < 2**31 or not 0 <= height < 2**31 or (not damage and not width * height):
        raise ChildFailed("the child answered nonsense")
    if fingerprint is not None and not (isinstance(fingerprint, int) and -(2**63) <= fingerprint < 2**63):
        raise ChildFailed("the child answered nonsense")
    return Decoded(damage[:200], width, height, fingerprint)


class _Child:
    """One process, used by one thread at a time."""

    def __init__(self) -> None:
        self.jobs = 0
        self._process = subprocess.Popen(  # noqa: S603 (our own module, fixed arguments)
            [sys.executable, "-m", "server.evidence.images.child", str(MEMORY), str(CPU_SECONDS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            # No secrets, and no thread pools or arenas that would eat the allowance of address space.
            env={"PYTHONPATH": str(_ROOT), "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"},
        )

    @property
    def is_fit(self) -> bool:
        """Alive and not used up."""
        return self._process.poll() is None and self.jobs < JOBS_PER_CHILD

    def call(self, task: str, data: bytes) -> tuple[dict[str, Any], list[bytes]]:
        """One request and its answer. Raises ChildFailed, after which this child is dead."""
        self.jobs += 1
        overdue = threading.Event()
        watch = threading.Timer(WALL_SECONDS, self._end_overdue, [overdue])
        watch.daemon = True
        watch.start()
        try:
            to_child, from_child = _open(self._process.stdin), _open(self._process.stdout)
            to_child.write(json.dumps({"task": task, "sizes": [len(data)]}).encode() + b"\n")
            to_child.write(data)
            to_child.flush()
            answer = json.loads(from_child.readline(10_000))
            sizes = answer["sizes"]
            if sum(sizes) > _MAX_ANSWER or min(sizes, default=0) < 0:
                raise ValueError("too large an answer")
            blobs = [from_child.read(size) for size in sizes]
            if [len(blob) for blob in blobs] != sizes:
                raise ValueError("the answer was cut")
        except (OSError, ValueError, KeyError, TypeError) as failure:
            self.close()
            raise ChildFailed(self._why(overdue)) from failure
        finally:
            watch.cancel()
        return answer, blobs

    def close(self) -> None:
        """End the process and wait for it."""
        self.abandon()
        self._process.kill()
        self._process.wait()

    def abandon(self) -> None:
        """Close this process' ends of the pipes."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _end_overdue(self, overdue: threading.Event) -> None:
        overdue.set()
        self._process.kill()

    def _why(self, overdue: threading.Event) -> str:
        if overdue.is_set() or self._process.returncode == -signal.SIGXCPU:
            return "decoding takes more time than is allowed"
        return f"the decoder broke down ({self._process.returncode})"


class _Pool:
    """The children that wait for work; at most CHILDREN are at work at once, others wait."""

    def __init__(self) -> None:
        self._places = threading.BoundedSemaphore(CHILDREN)
        self._lock = threading.Lock()
        self._idle: list[_Child] = []
        self._all: list[_Child] = []

    def call(self, task: str, data: bytes) -> tuple[dict[str, Any], list[bytes]]:
        with self._places:
            child = self._take()
            try:
                result = child.call(task, data)
            except BaseException:
                self._drop(child)
                raise
            with self._lock:
                self._idle.append(child)
            return result

    def _take(self) -> _Child:
        while True:
            with self._lock:
                child = self._idle.pop() if self._idle else None
            if child is None:
                child = _Child()
                with self._lock:
                    self._all.append(child)
                return child
            if child.is_fit:
                return child
            self._drop(child)

    def _drop(self, child: _Child) -> None:
        child.close()
        with self._lock:
            self._all.remove(child)

    def close(self) -> None:
        """End every child."""
        for child in self._all:
            child.close()

    def abandon(self) -> None:
        """After a fork: the children belong to the other process; an end of a pipe kept open here would keep them alive."""
        for child in self._all:
            child.abandon()


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ChildFailed("the child has no pipe")
    return pipe


def _after_fork() -> None:
    global _pool
    _pool.abandon()
    _pool = _Pool()


_pool = _Pool()
os.register_at_fork(after_in_child=_after_fork)
atexit.register(lambda: _pool.close())
