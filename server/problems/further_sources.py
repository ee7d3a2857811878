"""What a problem's sources make of it: the level that rules, and what it takes over from one merged into it (Article 5)."""

from datetime import datetime

from server.problems.models import FurtherSource, Problem
from server.records.actions import append
from server.records.actor import Actor
from server.regulation import sources
from server.regulation.lifecycle import Action, find_move
from server.regulation.sources import Level


def ruling_level(problem: Problem) -> str:
    """The highest level among all sources of a listed problem; none before it has a source of its own."""
    if not problem.source:
        return ""
    further = problem.further_sources.values_list("level", flat=True)
    return sources.highest([Level(sources.BY_CODE[problem.source].level), *(Level(level) for level in further)])


def take_over(merged: Problem, into: Problem, *, by: Actor, at: datetime) -> None:
    """Give a problem the sources of the one merged into it; both rows are locked. Each is an entry of its own record."""
    had = {(into.source, into.superior_number)} | set(into.further_sources.values_list("source", "superior_number"))
    for row in _all_of(merged):
        if (row.source, row.superior_number) in had:
            continue
        row.problem, row.added_at = into, at
        row.save(force_insert=True)
        before, into.level = into.level, ruling_level(into)
        _record(into, Action.ADD_SOURCE, before, {"source": row.source, "superior_number": row.superior_number or None}, by, at)
    _keep(into, at)


def give_back(merged: Problem, into: Problem, reason: str, *, by: Actor, at: datetime) -> None:
    """Take from a problem what it took over at the moment the other was merged into it."""
    own = {(row.source, row.superior_number) for row in _all_of(merged)}
    taken = [row for row in into.further_sources.filter(added_at=merged.status_since) if (row.source, row.superior_number) in own]
    if not taken:
        return
    for row in taken:
        row.delete()
    before, into.level = into.level, ruling_level(into)
    _record(into, Action.CORRECT, before, {"sources_given_back": [row.source for row in taken], "ground": reason}, by, at)
    _keep(into, at)


def _all_of(problem: Problem) -> list[FurtherSource]:
    own = FurtherSource(
        source=problem.source,
        level=sources.BY_CODE[problem.source].level if problem.source else "",
        superior_number=problem.superior_number,
        disclosed_on=problem.disclosed_on,
    )
    further = [
        FurtherSource(source=f.source, level=f.level, superior_number=f.superior_number, disclosed_on=f.disclosed_on)
        for f in problem.further_sources.all()
    ]
    return [own, *further] if problem.source else further


def _record(problem: Problem, action: Action, before: str, after: dict[str, object], by: Actor, at: datetime) -> None:
    append(
        at=at,
        by=by,
        action=action,
        article=", ".join(find_move(action).articles),
        object_type="problem",
        object_id=problem.pk,
        problem=problem.pk,
        before={"status": problem.status, "level": before},
        after={"status": problem.status, **after, "level": problem.level},
        embargo=problem.embargo_id,
        rule_edition=problem.rule_edition,
    )


def _keep(problem: Problem, at: datetime) -> None:
    problem.updated_at = max(at, problem.updated_at)
    problem.save(update_fields=["level", "updated_at"])
