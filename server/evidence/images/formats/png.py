"""PNG: header, checksums, and the picture without what is not needed to draw it."""

import zlib
from collections.abc import Iterator

from server.evidence.images.formats import MAX_EXIF, MAX_ICC, Colour, Header
from server.evidence.images.refusals import NotAnImage
from server.evidence.images.sniff import ImageKind

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MAX_CHUNKS = 200_000
# Colour type of the header → colour, alpha, allowed bit depths (PNG specification, table 11.1).
_TYPES: dict[int, tuple[Colour, bool, set[int]]] = {
    0: ("gray", False, {1, 2, 4, 8, 16}),
    2: ("rgb", False, {8, 16}),
    3: ("palette", False, {1, 2, 4, 8}),
    4: ("gray", True, {8, 16}),
    6: ("rgb", True, {8, 16}),
}
_DRAWN = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}


def read(data: bytes) -> Header:
    """The header of a PNG. Raises NotAnImage when the first chunk is no sensible IHDR."""
    if data[12:16] != b"IHDR" or data[8:12] != b"\x00\x00\x00\x0d" or len(data) < 33:
        raise NotAnImage("a PNG without its header chunk")
    width, height = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    depth, colour_type, interlace = data[24], data[25], data[28]
    if not 0 < width < 2**31 or not 0 < height < 2**31 or colour_type not in _TYPES or interlace > 1:
        raise NotAnImage("the PNG's header makes no sense")
    colour, alpha, depths = _TYPES[colour_type]
    if depth not in depths:
        raise NotAnImage("the PNG's bit depth does not go with its colours")
    frames, exif, icc = 1, None, None
    for name, start, size in _chunks(data):
        if name == b"acTL" and size >= 4:
            frames = max(1, int.from_bytes(data[start : start + 4], "big"))
        elif name == b"eXIf" and size <= MAX_EXIF:
            exif = exif or data[start : start + size]
        elif name == b"iCCP" and size <= MAX_ICC:
            icc = icc or _profile(data[start : start + size])
    return Header(
        kind=ImageKind.PNG,
        media_type="image/png",
        width=width,
        height=height,
        bit_depth=depth,
        colour=colour,
        alpha=alpha,
        frames=frames,
        exif=exif,
        icc=icc,
    )


def flaw(data: bytes) -> str | None:
    """What is broken in the file's structure, or None. Pillow skips the checksums of the picture's own chunks."""
    view = memoryview(data)
    last = b""
    for name, start, size in _chunks(data):
        end = start + size
        if end + 4 > len(data):
            return "the file ends within a chunk"
        # Upper case first: a chunk that the picture cannot do without. Others are not drawn from.
        if name[:1].isupper() and zlib.crc32(view[start - 4 : end]) != int.from_bytes(view[end : end + 4], "big"):
            return f"the checksum of the chunk at byte {start - 8} is wrong"
        last = name
    return None if last == b"IEND" else "the file has no end"


def picture_alone(data: bytes) -> bytes:
    """The same picture without text, profile, metadata and further frames, so that none of them can be a bomb."""
    view = memoryview(data)
    return b"".join([_SIGNATURE, *(view[start - 8 : start + size + 4] for name, start, size in _chunks(data) if name in _DRAWN)])


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """(name, offset of the content, its length), up to the end chunk or the end of the file."""
    at = 8
    for _ in range(_MAX_CHUNKS):
        if at + 8 > len(data):
            return
        size, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        yield name, at + 8, size
        if name == b"IEND":
            return
        at += 12 + size


def _profile(chunk: bytes) -> bytes | None:
    """The colour profile of an iCCP chunk, unpacked up to the limit; None when broken or larger."""
    _, _, rest = chunk.partition(b"\x00")
    unpacker = zlib.decompressobj()
    try:
        profile = unpacker.decompress(rest[1:], MAX_ICC)
    except zlib.error:
        return None
    return profile if unpacker.eof else None
