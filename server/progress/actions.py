"""Reporting progress (Article 8)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from server.evidence.actions import claim
from server.plans.queries import answers_for, current_plan
from server.problems import marks, policy
from server.problems.moves import move
from server.progress.models import Progress
from server.regulation.lifecycle import Action
from server.regulation.requirements import ProgressFacts
from server.units.models import Person


def report_progress(
    problem_id: UUID,
    percent: int | None,
    text: str,
    *,
    by: Person,
    at: datetime,
    done: Sequence[UUID] = (),
    reached: Sequence[UUID] = (),
    flag: str = "",
    photos: Sequence[UUID] = (),
) -> Progress:
    """A main unit says how far it is: percent, words, measures done, stages reached, photos of "during".

    Raises Invalid for a percent out of 0–100, measures of another unit, unknown measures or stages; Conflict for a photo that
    is claimed elsewhere.
    """
    with move(problem_id, Action.PROGRESS, by=by, at=at) as step:
        problem = step.problem
        plan = current_plan(problem)
        measures = {m.key: m for m in plan.measures.all()}
        stages = {s.key: s for s in plan.stages.all()}
        main_units = policy.main_units(problem)
        step.require(
            ProgressFacts(
                percent=percent,
                text=text,
                unknown_measures=tuple(str(key) for key in done if key not in measures),
                foreign_measures=tuple(
                    measures[key].text
                    for key in done
                    if key in measures and answers_for(measures[key].unit_id, main_units) not in (None, step.unit)
                ),
                unknown_stages=tuple(str(key) for key in reached if key not in stages),
                flag=flag or None,
            )
        )
        assert percent is not None  # noqa: S101  # ProgressFacts refuses None
        assert step.unit is not None  # noqa: S101  # policy lets only a main unit make this move
        row = Progress.objects.create(
            problem=problem,
            unit_id=step.unit,
            by=by,
            at=at,
            percent=percent,
            text=text,
            done=[str(key) for key in done],
            reached=[str(key) for key in reached],
            flag=flag,
        )
        before = {"percent": problem.percents.get(step.unit, {}).get("percent"), "measures_done": problem.measures_done}
        problem.done_keys = sorted({*problem.done_keys, *(str(key) for key in done)})
        problem.measures_done = sum(1 for key in measures if str(key) in problem.done_keys)
        problem.stages = [{**s, "reached": s["reached"] or s["key"] in {str(key) for key in reached}} for s in problem.stages]
        marks.take_progress(problem, step.unit, percent, flag, step.on)
        missing = claim(photos, problem=problem, record_kind="progress", record_id=row.pk, by=by, at=at, observed_at=at)
        step.record(
            {
                "percent": percent,
                "text": text,
                "measures_done": problem.measures_done,
                "reached": [str(key) for key in reached],
                "flag": flag or None,
                "photos": [str(photo) for photo in photos],
                "photos_missing": len(missing),
            },
            before=before,
            object_type="progress",
            object_id=row.pk,
        )
    return row
