"""The process in which photos are decoded that may be heavy or hostile: `python -m server.evidence.images.child`.

Reads one request after another from standard input and answers on standard output; a message is a line of JSON, whose "sizes"
names the lengths of the blobs after it. It takes limits of memory and CPU time upon itself, ends when its input ends,
and gets neither settings nor secrets. Its parent is `limited`.
"""

import json
import os
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from server.evidence.images.decode import check
from server.evidence.images.exif import read_exif
from server.evidence.images.header import read_header
from server.evidence.images.refusals import ImageRefused, NoRendition
from server.evidence.images.renditions import make_renditions


def main(memory: int, cpu_seconds: int) -> None:
    """Serve until the input ends. `memory` in bytes on top of what the program itself has taken."""
    answers = os.fdopen(os.dup(1), "wb")
    # What a library prints must not mix with the answers.
    os.dup2(2, 1)
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + memory, taken + memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    while request := _request(sys.stdin.buffer):
        used = resource.getrusage(resource.RUSAGE_SELF)
        soft = int(used.ru_utime + used.ru_stime) + 1 + cpu_seconds
        resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))
        answer, blobs = _answer(*request)
        answers.write(json.dumps({**answer, "sizes": [len(blob) for blob in blobs]}).encode() + b"\n" + b"".join(blobs))
        answers.flush()


def _request(stream: BinaryIO) -> tuple[str, bytes] | None:
    line = stream.readline(1_000)
    if not line:
        return None
    message = json.loads(line)
    data = stream.read(message["sizes"][0])
    return (message["task"], data) if len(data) == message["sizes"][0] else None


def _answer(task: str, data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    try:
        if task == "check":
            header = read_header(data)
            return asdict(check(data, header, read_exif(header.exif).orientation)), []
        made = make_renditions(data)
        return {"names": list(made)}, list(made.values())
    except (ImageRefused, NoRendition) as refusal:
        return {"refused": str(refusal)}, []
    except MemoryError:
        return {"refused": "decoding takes more memory than is allowed"}, []


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
