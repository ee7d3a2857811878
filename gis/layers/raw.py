"""What the readers of the formats hand on: rows as they stand in the file, nothing judged yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

# Positions as an (n, 2) array of x (east), y (north).
Points = npt.NDArray[np.float64]
# Rings of x, y pairs; the first of a polygon is its outer one. Lines have one sequence each.
Ring = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row: its number in the file (from 1), its fields, its polygons (each a list of rings) and lines.

    `problem`: what was already wrong with its geometry, as a code (empty, not_a_polygon, not_finite, bad_coordinates).
    """

    row: int
    fields: Mapping[str, object]
    polygons: Sequence[Sequence[Ring]] = ()
    lines: Sequence[Ring] = ()
    had_height: bool = False
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class RawLayer:
    """All rows; `declared` is the system that the file names (EPSG:n), `declared_as` its words when they are not understood."""

    rows: Sequence[RawRow]
    declared: str | None = None
    declared_as: str = ""
    notes: Sequence[tuple[str, str]] = field(default_factory=list)
