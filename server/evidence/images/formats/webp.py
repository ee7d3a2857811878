"""WebP: header and whether its container is whole."""

from collections.abc import Iterator

from server.evidence.images.formats import MAX_EXIF, MAX_ICC, Header
from server.evidence.images.refusals import NotAnImage
from server.evidence.images.sniff import ImageKind

_MAX_CHUNKS = 100_000


def read(data: bytes) -> Header:
    """The header of a WebP. Raises NotAnImage when it names no picture."""
    sizes: list[tuple[int, int]] = []
    frames, alpha, exif, icc = 0, False, None, None
    for name, start, size in _chunks(data):
        head = data[start : start + 10]
        if name == b"VP8X" and len(head) >= 10:
            alpha = bool(head[0] & 0x10)
            sizes.append((1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little")))
        elif name == b"VP8 " and head[3:6] == b"\x9d\x01\x2a" and len(head) >= 10:
            sizes.append((int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:10], "little") & 0x3FFF))
        elif name == b"VP8L" and head[:1] == b"\x2f" and len(head) >= 5:
            bits = int.from_bytes(head[1:5], "little")
            alpha = alpha or bool(bits >> 28 & 1)
            sizes.append((1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)))
        elif name == b"ANMF":
            frames += 1
        elif name == b"EXIF" and size <= MAX_EXIF:
            exif = exif or data[start : start + size]
        elif name == b"ICCP" and size <= MAX_ICC:
            icc = icc or data[start : start + size]
    if not sizes or not all(width and height for width, height in sizes):
        raise NotAnImage("a WebP without a picture")
    # Canvas and picture should agree; where they do not, the larger is what may have to be decoded.
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    return Header(
        kind=ImageKind.WEBP,
        media_type="image/webp",
        width=width,
        height=height,
        alpha=alpha,
        frames=max(1, frames),
        exif=exif,
        icc=icc,
    )


def flaw(data: bytes) -> str | None:
    """What is broken in the container, or None."""
    if int.from_bytes(data[4:8], "little") + 8 > len(data):
        return "the file is shorter than it says"
    if any(start + size > len(data) for _, start, size in _chunks(data)):
        return "the file ends within a chunk"
    return None


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """(name, offset of the content, its length) for each chunk of the container."""
    at = 12
    end = min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    for _ in range(_MAX_CHUNKS):
        if at + 8 > end:
            return
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], at + 8, size
        at += 8 + size + (size & 1)
