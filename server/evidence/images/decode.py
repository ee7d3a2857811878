"""Whether a photo's picture is whole, and what is known of it after its intake."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from server.evidence.images import header as headers
from server.evidence.images.dhash import dhash
from server.evidence.images.exif import Exif, read_exif
from server.evidence.images.formats import Colour, Header, jpeg
from server.evidence.images.raster import eight_bit, first_frame, orientation_of, upright
from server.evidence.images.sniff import ImageKind


@dataclass(frozen=True, slots=True)
class Inspected:
    """What intake knows of a photo. `width` and `height` are those of the upright picture, in pixels.

    `damaged`: good header, broken data; `damage_detail` says what, in English, for the record and not for the page.
    `fingerprint` is the dhash of the upright first frame (signed 64 bits), None when damaged.
    """

    kind: ImageKind
    media_type: str
    width: int
    height: int
    frames: int
    bit_depth: int
    colour: Colour
    damaged: bool
    damage_detail: str
    fingerprint: int | None
    exif: Exif


@dataclass(frozen=True, slots=True)
class Decoded:
    """What decoding showed: `damage` ("" = whole), the stored picture's true size, and its fingerprint when upright."""

    damage: str = ""
    width: int = 0
    height: int = 0
    fingerprint: int | None = None


def inspect(data: bytes) -> Inspected:
    """Inspect a photo in this very process (the server calls `limited.inspect`).

    Raises EmptyFile, TooLargeFile, NotAnImage, TooManyPixels; broken data is no exception but `damaged`.
    """
    header = headers.read_header(data)
    exif = read_exif(header.exif)
    return combine(header, exif, check(data, header, exif.orientation))


def check(data: bytes, header: Header, claimed_orientation: int) -> Decoded:
    """Decode the first frame, as small as that can be, and say whether it is whole. Never raises for what a file holds."""
    damage = headers.structural_flaw(data, header.kind)
    if damage:
        return Decoded(damage)
    try:
        gray, width, height = _gray(data, header)
    except MemoryError:
        return Decoded("decoding takes more memory than is allowed")
    except Exception as refusal:  # decoders raise whatever they like for hostile bytes
        return Decoded(f"{refusal}"[:200] or type(refusal).__name__)
    turned = upright(Image.fromarray(gray), orientation_of(header, claimed_orientation))
    return Decoded("", width, height, dhash(np.asarray(turned)))


def combine(header: Header, exif: Exif, decoded: Decoded) -> Inspected:
    """Put together what header, EXIF and decoding said."""
    if decoded.width:
        width, height = decoded.width, decoded.height
    else:
        width, height = (header.height, header.width) if header.turns % 2 else (header.width, header.height)
    if orientation_of(header, exif.orientation) >= 5:
        width, height = height, width
    return Inspected(
        kind=header.kind,
        media_type=header.media_type,
        width=width,
        height=height,
        frames=header.frames,
        bit_depth=header.bit_depth,
        colour=header.colour,
        damaged=bool(decoded.damage),
        damage_detail=decoded.damage,
        fingerprint=decoded.fingerprint,
        exif=exif,
    )


def _gray(data: bytes, header: Header) -> tuple[npt.NDArray[np.uint8], int, int]:
    """A grey picture (JPEG at 1/8) and the size of the picture as stored."""
    if header.kind is ImageKind.JPEG:
        pixels = jpeg.decode_strictly(data, "cmyk" if header.colour == "cmyk" else "gray")
        return pixels.min(axis=2) if header.colour == "cmyk" else pixels[:, :, 0], header.width, header.height
    image = first_frame(data, header)
    width, height = image.size
    image = eight_bit(image)
    image.thumbnail((512, 512), Image.Resampling.BOX)
    return np.asarray(image.convert("RGBA").convert("L")), width, height
