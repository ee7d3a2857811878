"""How sharp and how bright a picture is, measured on its preview so that cameras of every size are held to one measure."""

from dataclasses import dataclass

import numpy as np
import simplejpeg
from PIL import Image

# Both figures are those of a picture of this longest side, in pixels.
MEASURED_AT = 800


@dataclass(frozen=True, slots=True)
class Quality:
    """``sharpness``: variance of the Laplacian (grey levels squared) of the sharpest of nine fields, so that a sharp subject
    before a soft background is sharp; ``brightness``: the mean grey, 0 … 255.
    """

    sharpness: float
    brightness: float


def measure(preview: bytes) -> Quality:
    """Measure a preview that ``renditions`` has drawn (an 8-bit JPEG of ours, upright)."""
    grey = simplejpeg.decode_jpeg(preview, colorspace="GRAY")[:, :, 0]
    picture = Image.fromarray(grey)
    picture.thumbnail((MEASURED_AT, MEASURED_AT), Image.Resampling.BOX)
    small = np.asarray(picture, dtype=np.float32)
    brightness = float(small.mean())
    if min(small.shape) < 9:
        return Quality(0.0, brightness)
    middle = small[1:-1, 1:-1]
    laplacian = small[:-2, 1:-1] + small[2:, 1:-1] + small[1:-1, :-2] + small[1:-1, 2:] - 4 * middle
    fields = [field for band in np.array_split(laplacian, 3) for field in np.array_split(band, 3, axis=1)]
    return Quality(max(float(field.var()) for field in fields), brightness)
