"""What a new version of a plan changes, and what of it needs the office's words (Article 7: 严禁降低标准、放松要求)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from server.regulation.requirements.planning import IssuePlanFacts


@dataclass(frozen=True)
class Change:
    """One difference between two versions of a plan.

    `what`: goal, deadline, measure_removed, measure_goal, measure_deadline, stage_removed, stage_goal, stage_due, risk_control.
    `about`: the words of the measure or stage, "" for the plan as a whole. `marked`: a later date, or a goal removed or changed:
    it is shown as a difference, counts in assessment, and the office confirms that the standard is not lowered.
    """

    what: str
    about: str
    old: str
    new: str
    marked: bool


def changes(old: IssuePlanFacts, new: IssuePlanFacts) -> tuple[Change, ...]:
    """All differences that matter between an issued plan and its new version, measures and stages matched by id."""
    return tuple(_changes(old, new))


def _changes(old: IssuePlanFacts, new: IssuePlanFacts) -> Iterator[Change]:
    if old.goal.strip() != new.goal.strip():
        yield Change("goal", "", old.goal, new.goal, marked=True)
    yield from _date_change("deadline", "", old.deadline, new.deadline)
    if old.risk_control.strip() != new.risk_control.strip():
        yield Change("risk_control", "", old.risk_control, new.risk_control, marked=True)
    measures = {measure.id: measure for measure in new.measures if measure.id}
    for measure in old.measures:
        kept = measures.get(measure.id)
        if kept is None:
            yield Change("measure_removed", measure.text, measure.text, "", marked=True)
            continue
        if (measure.text.strip(), measure.goal.strip()) != (kept.text.strip(), kept.goal.strip()):
            yield Change("measure_goal", measure.text, measure.goal or measure.text, kept.goal or kept.text, marked=True)
        yield from _date_change("measure_deadline", measure.text, measure.deadline, kept.deadline)
    stages = {stage.id: stage for stage in new.stages if stage.id}
    for stage in old.stages:
        still = stages.get(stage.id)
        if still is None:
            yield Change("stage_removed", stage.goal, stage.goal, "", marked=True)
            continue
        if stage.goal.strip() != still.goal.strip():
            yield Change("stage_goal", stage.goal, stage.goal, still.goal, marked=True)
        yield from _date_change("stage_due", stage.goal, stage.due, still.due)


def _date_change(what: str, about: str, old: date | None, new: date | None) -> Iterator[Change]:
    if old == new:
        return
    later = old is not None and (new is None or new > old)
    yield Change(what, about, old.isoformat() if old else "", new.isoformat() if new else "", marked=later)
