"""Progress of a plan in percent: what was to be reached by a day, and what has been (rules.md, "Pace, derived")."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

WHOLE = Fraction(100)


@dataclass(frozen=True)
class Stage:
    """A stage of a plan as progress sees it."""

    due: date
    reached: bool = False


def expected_progress(issued: date, deadline: date | None, stages: Sequence[Stage], on: date) -> Fraction:
    """序时进度 in percent (0 to 100), exact (Article 13).

    With stages the share of them that were due before `on` (a stage due on a day may be reached until the day ends); else the
    share of the time between issue and deadline. A plan without stages and deadline expects nothing: 0.
    """
    if stages:
        return WHOLE * sum(stage.due < on for stage in stages) / len(stages)
    if deadline is None or on <= issued:
        return Fraction(0)
    if on >= deadline:
        return WHOLE
    return WHOLE * (on - issued).days / (deadline - issued).days


def actual_progress(stages: Sequence[Stage], measures_done: int, measures: int, percents: Sequence[int | None]) -> Fraction:
    """What has been reached, in percent (0 to 100), exact.

    With stages the share of them reached; else the larger of the share of measures done and the mean of the main units' last
    percents (`percents`: one for each main unit, None for one that has given none yet, which counts as 0). At most 99 until all
    measures are done.
    """
    if stages:
        reached = WHOLE * sum(stage.reached for stage in stages) / len(stages)
    else:
        done = WHOLE * measures_done / measures if measures else Fraction(0)
        mean = Fraction(sum(percent or 0 for percent in percents), len(percents)) if percents else Fraction(0)
        reached = max(done, mean)
    return reached if measures_done >= measures else min(reached, Fraction(99))
