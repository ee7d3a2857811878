"""Thumbnail and preview: what is shown of a photo, drawn anew so that nothing of the file but its picture gets through."""

import io
from functools import cache
from math import ceil

from PIL import Image, ImageCms

from server.evidence.images.exif import read_exif
from server.evidence.images.formats import Header, jpeg
from server.evidence.images.header import read_header
from server.evidence.images.raster import eight_bit, first_frame, orientation_of, upright
from server.evidence.images.refusals import NoRendition
from server.evidence.images.sniff import ImageKind

# Name → longest side in pixels and JPEG quality.
SIZES = {"preview": (1600, 82), "thumb": (400, 78)}
_LARGEST = max(side for side, _ in SIZES.values())
# Modes in which a colour profile means what lies in the pixels, and the colour space its header then names.
_SPACES = {"RGB": "RGB ", "L": "GRAY", "CMYK": "CMYK"}


def make_renditions(data: bytes) -> dict[str, bytes]:
    """JPEGs "thumb" (longest side 400) and "preview" (1600): upright, sRGB, first frame only, without any metadata.

    Smaller pictures are not enlarged. Of a damaged JPEG what can be read is shown. Raises ImageRefused for what is no photo,
    NoRendition when nothing can be drawn.
    """
    header = read_header(data)
    if header.kind is ImageKind.JPEG and (flaw := jpeg.flaw(data)):
        raise NoRendition(flaw)
    try:
        image = _small(data, header)
        image = _to_srgb(image, header.icc)
        image = upright(image, orientation_of(header, read_exif(header.exif).orientation))
        made = {}
        for name, (side, quality) in SIZES.items():
            image.thumbnail((side, side), Image.Resampling.LANCZOS)
            made[name] = _saved(image, quality)
        return made
    except MemoryError:
        raise
    except Exception as refusal:  # decoders raise whatever they like for hostile bytes
        raise NoRendition(f"{refusal}"[:200]) from refusal


def _small(data: bytes, header: Header) -> Image.Image:
    """The first frame with the longest side at or little above the preview's, in mode L, RGB or CMYK."""
    if header.kind is not ImageKind.JPEG:
        image = _without_alpha(eight_bit(first_frame(data, header)))
        image.thumbnail((_LARGEST, _LARGEST), Image.Resampling.LANCZOS)
        return image
    scale = min(1.0, _LARGEST / max(header.width, header.height))
    least = (ceil(header.width * scale), ceil(header.height * scale))
    colourspace = {"gray": "gray", "cmyk": "cmyk"}.get(header.colour, "rgb")
    pixels = jpeg.decode(data, colourspace, least, strict=False)
    if header.colour == "cmyk" and jpeg.is_inverted(data):
        pixels = 255 - pixels
    if header.colour == "gray":
        return Image.fromarray(pixels[:, :, 0])
    return Image.fromarray(pixels, "CMYK" if header.colour == "cmyk" else "RGB")


def _without_alpha(image: Image.Image) -> Image.Image:
    """The picture on white where it is transparent, in mode L or RGB."""
    if image.mode in ("L", "RGB", "CMYK"):
        return image
    if image.mode == "1":
        return image.convert("L")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        image = Image.new("RGB", layer.size, "white")
        image.paste(layer, mask=layer.getchannel("A"))
        return image
    return image.convert("RGB")


def _to_srgb(image: Image.Image, icc: bytes | None) -> Image.Image:
    """The picture in sRGB; a profile that is broken or of another colour space than the picture is passed over."""
    if icc:
        try:
            profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
            if profile.profile.xcolor_space == _SPACES.get(image.mode):
                converted = ImageCms.profileToProfile(image, profile, _srgb(), outputMode="RGB")
                if converted is not None:
                    return converted
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    return image.convert("RGB")


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _saved(image: Image.Image, quality: int) -> bytes:
    """A progressive JPEG of the pixels alone: Pillow would carry a comment or a resolution over from `info`."""
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    output = io.BytesIO()
    bare.save(output, "JPEG", quality=quality, progressive=True, optimize=True)
    return output.getvalue()
