"""JPEG: the header's segments, and strict decoding.

Of the decoders at hand only simplejpeg (libjpeg-turbo) in strict mode refuses a JPEG that was cut, has a hole, or is one half
closed with an end marker; OpenCV and Pillow take all three without a word. JPEG has no checksum: a changed bit, and one hole in
ten, whose rest happens to fit, still decode to something. The file's digest is there for that.
"""

import re
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import simplejpeg

from server.evidence.images.formats import MAX_ICC, Colour, Header
from server.evidence.images.refusals import NotAnImage
from server.evidence.images.sniff import ImageKind

Pixels = npt.NDArray[np.uint8]

_MAX_SEGMENTS = 5_000
# Pixels times scans that are decoded: sixteen scans of the largest picture. A file of 300 kB can ask for a minute's work.
_MAX_WORK = 16 * 250_000_000
_START_OF_FRAME = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
_ALONE = {0x01, *range(0xD0, 0xD8)}
_COLOURS: dict[int, Colour] = {1: "gray", 3: "rgb", 4: "cmyk"}
_JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
_LEFT_OVER = re.compile(r"(\d+) extraneous bytes before marker 0xd9")


@dataclass(slots=True)
class _Segments:
    """What was found before the first scan. Offsets are into the file."""

    frame_marker: int = 0
    frame: bytes = b""
    scan_at: int | None = None
    scan_components: int = 0
    exif: bytes | None = None
    icc_parts: dict[int, bytes] = field(default_factory=dict)
    jfif: bool = False
    adobe: bytes = b""
    adobe_transform: int | None = None
    tables: list[bytes] = field(default_factory=list)


def read(data: bytes) -> Header:
    """The header of a JPEG. Raises NotAnImage when there is no readable frame header."""
    found = _segments(data)
    frame = found.frame
    if len(frame) < 6:
        raise NotAnImage("a JPEG without a frame header")
    components = frame[5]
    height, width = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
    if not width or not height or components not in _COLOURS or len(frame) < 6 + 3 * components:
        raise NotAnImage("the JPEG's frame header makes no sense")
    return Header(
        kind=ImageKind.JPEG,
        media_type="image/jpeg",
        width=width,
        height=height,
        bit_depth=frame[0],
        colour=_COLOURS[components],
        all_at_once=found.frame_marker in _PROGRESSIVE or 0 < found.scan_components < components,
        exif=found.exif,
        icc=_joined_icc(found.icc_parts),
    )


def is_inverted(data: bytes) -> bool:
    """Whether a CMYK JPEG keeps its inks inverted, as Adobe's programs and their followers do."""
    return _segments(data).adobe_transform is not None


def scans_at_most(data: bytes) -> int:
    """An upper bound of the number of scans: inside coded data 0xFF is always followed by 0x00, so none is missed."""
    return data.count(b"\xff\xda")


def flaw(data: bytes) -> str | None:
    """Why a JPEG is not worth decoding, or None. Damage itself shows only when it is decoded."""
    header = read(data)
    if header.all_at_once and scans_at_most(data) * header.pixels > _MAX_WORK:
        return "the picture is coded in too many scans"
    return None


def decode(data: bytes, colourspace: str, least: tuple[int, int] = (1, 1), strict: bool = True) -> Pixels:
    """Decode at the smallest scale (1/8 … 1) whose (width, height) are not below `least`; the result is (height, width, bands).

    Every coded bit is read at any scale, so damage is found at 1/8 too. `colourspace` is "gray", "rgb" or "cmyk".
    Raises ValueError, with the decoder's words, for damaged or unsupported data if `strict`, else only if nothing can be read.
    """
    width, height = least
    # min_factor alone scales nothing: the least height and width must be given too.
    result: Pixels = simplejpeg.decode_jpeg(
        data, colorspace=colourspace, min_width=max(1, width), min_height=max(1, height), min_factor=2, strict=strict
    )
    return result


def decode_strictly(data: bytes, colourspace: str) -> Pixels:
    """Decode as small as possible, or raise ValueError if the picture itself is damaged.

    Strict mode also stumbles over what harms no pixel: an odd JFIF revision, a broken colour profile, stray bytes between
    segments, a camera's padding before the end marker. So a refusal is tried once more on the picture alone.
    """
    try:
        return decode(data, colourspace)
    except ValueError:
        alone = _picture_alone(data)
        if alone is None:
            raise
    try:
        return decode(alone, colourspace)
    except ValueError as refusal:
        unpadded = _without_padding(alone, str(refusal))
        if unpadded is None:
            raise
    return decode(unpadded, colourspace)


def _picture_alone(data: bytes) -> bytes | None:
    """The same picture with tables and scans only, all metadata left out; None when there is no scan."""
    found = _segments(data)
    if found.scan_at is None:
        return None
    jfif = _JFIF if found.jfif and not found.adobe else b""
    return b"".join([b"\xff\xd8", jfif, found.adobe, *found.tables, memoryview(data)[found.scan_at :]])


def _without_padding(data: bytes, refusal: str) -> bytes | None:
    """The file without the zeros (or 0xFF) that the refusal counted before the end marker; None if they are something else."""
    counted = _LEFT_OVER.search(refusal)
    end = data.find(b"\xff\xd9", _segments(data).scan_at or 0)
    if counted is None or end < 0:
        return None
    start = end - int(counted.group(1))
    return data[:start] + data[end:] if start > 0 and not data[start:end].strip(b"\x00\xff") else None


def _segments(data: bytes) -> _Segments:
    found = _Segments()
    at = 2
    for _ in range(_MAX_SEGMENTS):
        at = data.find(b"\xff", at)
        while at >= 0 and data[at + 1 : at + 2] == b"\xff":
            at += 1
        if at < 0 or at + 4 > len(data):
            return found
        marker = data[at + 1]
        if marker in _ALONE or marker in (0x00, 0xD8):
            at += 2
            continue
        if marker == 0xD9:
            return found
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        segment = data[at : at + 2 + length]
        if length < 2 or len(segment) < 2 + length:
            return found
        if marker == 0xDA:
            found.scan_at, found.scan_components = at, segment[4] if length > 2 else 0
            return found
        _note(found, marker, segment)
        at += 2 + length
    raise NotAnImage("a JPEG of too many segments")


def _note(found: _Segments, marker: int, segment: bytes) -> None:
    payload = segment[4:]
    if marker in _START_OF_FRAME:
        if not found.frame:
            found.frame_marker, found.frame = marker, payload
        found.tables.append(segment)
    elif marker == 0xE0 and payload.startswith(b"JFIF\x00"):
        found.jfif = True
    elif marker == 0xE1 and payload.startswith(b"Exif\x00") and found.exif is None:
        found.exif = payload[6:]
    elif marker == 0xE2 and payload.startswith(b"ICC_PROFILE\x00") and len(payload) > 14:
        found.icc_parts.setdefault(payload[12], payload[14:])
    elif marker == 0xEE and payload.startswith(b"Adobe") and len(payload) >= 12:
        found.adobe, found.adobe_transform = segment, payload[11]
    elif marker < 0xE0:
        found.tables.append(segment)


def _joined_icc(parts: dict[int, bytes]) -> bytes | None:
    """The colour profile from its numbered parts, or None when one is missing or it is too large."""
    if not parts or sorted(parts) != list(range(1, len(parts) + 1)):
        return None
    joined = b"".join(parts[number] for number in sorted(parts))
    return joined if len(joined) <= MAX_ICC else None
