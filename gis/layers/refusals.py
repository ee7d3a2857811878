"""How a layer file is refused: with every reason at once, each naming its row."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is refused: a stable code, the row of the file (from 1; None: the whole file), a translated text."""

    code: str
    message: str
    row: int | None = None


class LayerRefused(ValueError):
    """A layer file that is not loaded, and why. Nothing was changed."""

    def __init__(self, reasons: Sequence[Reason]) -> None:
        super().__init__("\n".join(reason.message for reason in reasons))
        self.reasons = tuple(reasons)

    @classmethod
    def because(cls, code: str, message: str, row: int | None = None) -> "LayerRefused":
        return cls([Reason(code, message, row)])


class MissingSystem(LayerRefused):
    """The file does not say, or not believably, in which coordinate system it is: `--srs` must."""
