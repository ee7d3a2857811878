"""What a file is, by its content; its name and declared type are the sender's and count for nothing."""

from enum import StrEnum

from server.evidence.images.refusals import NotAnImage


class ImageKind(StrEnum):
    """The four kinds of photo that are taken."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    HEIF = "heif"


_HEVC_BRANDS = {b"heic", b"heix", b"heim", b"heis"}
_HEIF_BRANDS = _HEVC_BRANDS | {b"mif1"}
_MAX_BRANDS = 64


def sniff(data: bytes) -> tuple[ImageKind, str]:
    """The kind of a file and its media type, from its first bytes.

    Raises NotAnImage for everything else, whatever its name: SVG, HTML, PDF, MP4, GIF, TIFF, BMP, AVIF …
    """
    if data.startswith(b"\xff\xd8\xff"):
        return ImageKind.JPEG, "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return ImageKind.PNG, "image/png"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return ImageKind.WEBP, "image/webp"
    if data[4:8] == b"ftyp":
        return ImageKind.HEIF, _heif_media_type(data)
    raise NotAnImage("the first bytes are those of no kind of photo that is taken")


def _heif_media_type(data: bytes) -> str:
    """image/heic or image/heif from the `ftyp` box; MP4 and AVIF have such a box too and are refused."""
    size = int.from_bytes(data[:4], "big")
    if size < 16 or size > len(data):
        raise NotAnImage("the ftyp box is not readable")
    end = min(size, 16 + 4 * _MAX_BRANDS)
    major = data[8:12]
    brands = {major} | {data[at : at + 4] for at in range(16, end - 3, 4)}
    # A phone's HEIC says heic somewhere; mif1 alone may as well be AVIF, whose brand is then beside it.
    if major in _HEVC_BRANDS or (major in _HEIF_BRANDS and not brands & {b"avif", b"avis"}):
        return "image/heic" if major in _HEVC_BRANDS else "image/heif"
    raise NotAnImage("an ISO media file, but no HEIC or HEIF picture")
