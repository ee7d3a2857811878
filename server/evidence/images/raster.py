"""Decoding into pixels: the first frame of PNG, WebP and HEIF by Pillow, and what turns a picture upright."""

import io

import pillow_heif
from PIL import Image, PngImagePlugin, WebPImagePlugin

from server.evidence.images.formats import Header, png
from server.evidence.images.sniff import ImageKind

# Only the picture itself is wanted of a HEIF, and a few threads for it.
pillow_heif.options.THUMBNAILS = False
pillow_heif.options.DEPTH_IMAGES = False
pillow_heif.options.AUX_IMAGES = False
pillow_heif.options.DECODE_THREADS = 2

# EXIF orientation → what turns the stored pixels upright.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def first_frame(data: bytes, header: Header) -> Image.Image:
    """The first frame of a PNG, WebP or HEIF, whole and decoded, as stored (HEIF: turned as the file says), in any mode.

    Raises what Pillow raises: OSError, ValueError, SyntaxError, EOFError, MemoryError … for broken data.
    """
    image: Image.Image
    match header.kind:
        case ImageKind.PNG:
            image = PngImagePlugin.PngImageFile(io.BytesIO(png.picture_alone(data)))
        case ImageKind.WEBP:
            image = WebPImagePlugin.WebPImageFile(io.BytesIO(data))
        case ImageKind.HEIF:
            image = pillow_heif.HeifImageFile(io.BytesIO(data))  # type: ignore[no-untyped-call]  # the package has no types
        case ImageKind.JPEG:
            raise ValueError("a JPEG is decoded by formats.jpeg")
    image.load()
    return image


def eight_bit(image: Image.Image) -> Image.Image:
    """The same picture with 8 bits a band: Pillow would cut a 16-bit grey at 255 instead of scaling it."""
    if image.mode.startswith("I;16"):
        return image.point(lambda value: value * (1 / 256), "L")
    if image.mode in ("I", "F"):
        return image.convert("L")
    return image


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """Turned and mirrored as the EXIF orientation 1 … 8 says."""
    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)


def orientation_of(header: Header, claimed: int) -> int:
    """The orientation that is left to apply: in a HEIF the decoder turns by the file's own properties, EXIF is a copy."""
    return 1 if header.kind is ImageKind.HEIF else claimed
