"""The rows of the table. A module in `bench/rows/` adds its own:

@row("GET /api/v1/areas", peer="a plain list of the same rows", at_most=1.0)
def areas(size: Size) -> Times:
    return alternate(ours, peer, rounds=size.rounds)
"""

import importlib
import pkgutil
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Size:
    """How much is measured: `--quick` keeps the whole table under three minutes."""

    quick: bool

    @property
    def rounds(self) -> int:
        """How often each side of a comparison is timed."""
        return 7 if self.quick else 25

    @property
    def problems(self) -> int:
        """How many problems the synthetic district has."""
        return 5_000 if self.quick else 100_000

    @property
    def pictures(self) -> int:
        """How many pictures a row about pictures may use."""
        return 20 if self.quick else 300


class Times(NamedTuple):
    """Seconds for the same work (or whatever the row's unit is): by this program, and by its peer."""

    ours: float
    peer: float


@dataclass(frozen=True)
class Row:
    name: str
    peer: str
    at_most: float | None
    measure: Callable[[Size], Times]
    unit: str = "s"


ROWS: list[Row] = []


def row(
    name: str, *, peer: str, at_most: float | None = None, unit: str = "s"
) -> Callable[[Callable[[Size], Times]], Callable[[Size], Times]]:
    """Add a row: what is measured, what stands beside it, and the highest ratio of ours to the peer's that is accepted.

    `unit`: "s", or "kB" for what is a size.
    """

    def add(measure: Callable[[Size], Times]) -> Callable[[Size], Times]:
        ROWS.append(Row(name, peer, at_most, measure, unit))
        return measure

    return add


def alternate(ours: Callable[[], object], peer: Callable[[], object], *, rounds: int) -> Times:
    """Time both sides in turn, so that whatever else the machine does falls on both; the median of each.

    A first round, not counted, warms up.
    """
    timed: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds + 1):
        for side, run in zip(timed, (ours, peer), strict=True):
            started = time.perf_counter()
            run()
            if number:
                side.append(time.perf_counter() - started)
    return Times(*map(statistics.median, timed))


def load_rows() -> list[Row]:
    """Every row of every module in `bench/rows/`, in the order of their names."""
    rows = importlib.import_module("bench.rows")
    for module in sorted(pkgutil.iter_modules(rows.__path__), key=lambda found: found.name):
        importlib.import_module(f"bench.rows.{module.name}")
    return ROWS
