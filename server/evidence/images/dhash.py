"""A picture's fingerprint, alike for copies that were scaled, saved again or brightened: the difference hash of 64 bits."""

import numpy as np
import numpy.typing as npt
from PIL import Image

BITS = 64
_MASK = (1 << BITS) - 1


def dhash(gray: npt.NDArray[np.uint8]) -> int:
    """The fingerprint of an upright grey picture of shape (height, width), any size.

    Signed, −2⁶³ … 2⁶³−1, as both databases' big integers hold it. A picture without any structure gives 0 or little else, so
    nothing follows from two such being equal.
    """
    small = np.asarray(Image.fromarray(gray).resize((9, 8), Image.Resampling.BOX), dtype=np.int16)
    bits = np.packbits((small[:, 1:] > small[:, :-1]).ravel())
    return int.from_bytes(bits.tobytes(), "big", signed=True)


def distance(first: int, second: int) -> int:
    """How many of the 64 bits of two fingerprints differ: 0 the same, some 10 and less most likely the same picture."""
    return ((first ^ second) & _MASK).bit_count()
