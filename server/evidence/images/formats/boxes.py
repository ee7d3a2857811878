"""Boxes of ISO media files (ISO/IEC 14496-12), read with bounds."""

from collections.abc import Iterator
from dataclasses import dataclass

from server.evidence.images.refusals import NotAnImage

_MAX_BOXES = 10_000


@dataclass(frozen=True, slots=True)
class Box:
    """A box's name and where its content lies in the file."""

    name: bytes
    start: int
    end: int


def boxes(data: bytes, start: int, end: int) -> Iterator[Box]:
    """The boxes between two offsets. The last one may claim more than there is: its end is then beyond the file's."""
    at = start
    for _ in range(_MAX_BOXES):
        if at + 8 > end:
            return
        size, head = int.from_bytes(data[at : at + 4], "big"), 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = end - at
        if size < head:
            return
        yield Box(data[at + 4 : at + 8], at + head, at + size)
        at += size
    raise NotAnImage("too many boxes")


def first(data: bytes, name: bytes, start: int, end: int) -> Box | None:
    """The first box of that name between two offsets, if it lies there whole."""
    return next((box for box in boxes(data, start, end) if box.name == name and box.end <= end), None)


class Reader:
    """Big-endian numbers one after another. Raises NotAnImage beyond the end, so that no count can lead outside."""

    def __init__(self, data: bytes, start: int, end: int) -> None:
        self._data, self._at, self._end = data, start, min(end, len(data))

    def number(self, size: int) -> int:
        """The next unsigned number of `size` bytes (0 bytes are 0)."""
        return int.from_bytes(self.take(size), "big")

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        if self._at + size > self._end:
            raise NotAnImage("a box ends before its content")
        taken = self._data[self._at : self._at + size]
        self._at += size
        return taken
