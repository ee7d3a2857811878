"""The header of a photo, and the limits that are judged from it before anything is decoded.

Pillow only warns at 144 megapixels and says nothing at 81, so the limits are ours.
"""

from collections.abc import Callable

from server.evidence.images.formats import Header, heif, jpeg, png, webp
from server.evidence.images.refusals import EmptyFile, TooLargeFile, TooManyPixels
from server.evidence.images.sniff import ImageKind, sniff

MAX_BYTES = 60 * 1000 * 1000
MAX_PIXELS_JPEG = 250_000_000
MAX_PIXELS_OTHER = 64_000_000

_READERS: dict[ImageKind, Callable[[bytes], Header]] = {
    ImageKind.JPEG: jpeg.read,
    ImageKind.PNG: png.read,
    ImageKind.WEBP: webp.read,
    ImageKind.HEIF: heif.read,
}
_FLAWS: dict[ImageKind, Callable[[bytes], str | None]] = {
    ImageKind.JPEG: jpeg.flaw,
    ImageKind.PNG: png.flaw,
    ImageKind.WEBP: webp.flaw,
    ImageKind.HEIF: heif.flaw,
}


def read_header(data: bytes) -> Header:
    """What a photo is, from its header alone.

    Raises EmptyFile, TooLargeFile (> 60 MB), NotAnImage, or TooManyPixels (JPEG > 250 megapixels, others > 64).
    """
    if not data:
        raise EmptyFile("0 bytes")
    if len(data) > MAX_BYTES:
        raise TooLargeFile(f"{len(data)} bytes")
    header = _READERS[sniff(data)[0]](data)
    # A JPEG is decoded scaled, the others whole.
    if header.pixels > (MAX_PIXELS_JPEG if header.kind is ImageKind.JPEG else MAX_PIXELS_OTHER):
        raise TooManyPixels(f"{header.width} × {header.height}")
    return header


def structural_flaw(data: bytes, kind: ImageKind) -> str | None:
    """What is broken in the file's structure, found without decoding, or None. A JPEG shows its damage only when decoded."""
    return _FLAWS[kind](data)
