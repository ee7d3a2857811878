"""Photos that tests make for themselves."""

from io import BytesIO

import numpy as np
from PIL import Image


def jpeg(width: int = 800, height: int = 600, shade: int = 90, quality: int = 85) -> bytes:
    """A small JPEG with some texture; another ``shade`` gives other bytes."""
    rng = np.random.default_rng(shade)
    pixels = rng.integers(0, 40, (height // 8, width // 8, 3), dtype=np.uint8).repeat(8, 0).repeat(8, 1) + np.uint8(shade)
    out = BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality)
    return out.getvalue()
