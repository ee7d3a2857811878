"""One module for each kind of file: its header, and whether its structure is whole.

They read offsets and lengths that a stranger wrote: every loop has a bound, every slice is checked, nothing is decoded.
"""

from dataclasses import dataclass
from typing import Literal

from server.evidence.images.sniff import ImageKind

Colour = Literal["gray", "rgb", "cmyk", "palette"]

MAX_ICC = 4 * 1024 * 1024
MAX_EXIF = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Header:
    """What a file's header says of the picture. `width` and `height` are pixels as stored, before any turning."""

    kind: ImageKind
    media_type: str
    width: int
    height: int
    # Pixels of the largest picture inside, where a file holds several of different sizes (HEIF).
    largest: int = 0
    bit_depth: int = 8
    colour: Colour = "rgb"
    alpha: bool = False
    frames: int = 1
    # A decoder has to hold the whole picture's coefficients at once, however small the wanted result (progressive JPEG).
    all_at_once: bool = False
    # Quarter turns anticlockwise which the decoder itself will do (HEIF); the EXIF orientation then means nothing.
    turns: int = 0
    exif: bytes | None = None
    icc: bytes | None = None

    @property
    def pixels(self) -> int:
        """What may have to be decoded: the pixels of the picture, or of a larger one beside it."""
        return max(self.width * self.height, self.largest)
