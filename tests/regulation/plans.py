"""Hypothesis strategies: plans and marks as they may come."""

from datetime import date, timedelta

from hypothesis import strategies as st

from server.regulation.lights import Marks
from server.regulation.pace import PlanMarks
from server.regulation.progress import Stage
from server.regulation.statuses import Status

FIRST = date(2026, 1, 1)
DAYS = st.integers(0, 400).map(lambda n: FIRST + timedelta(days=n))


@st.composite
def plan_marks(draw: st.DrawFn) -> PlanMarks:
    issued = FIRST + timedelta(days=draw(st.integers(0, 60)))
    term = draw(st.one_of(st.none(), st.integers(0, 400), st.sampled_from([59, 60, 100, 365])))
    deadline = None if term is None else issued + timedelta(days=term)
    stages: list[Stage] = []
    if term is not None and term > 3 and draw(st.booleans()):
        dues = sorted({issued + timedelta(days=n) for n in draw(st.lists(st.integers(1, term - 1), max_size=4))})
        reached = draw(st.integers(0, len(dues)))
        stages = [Stage(due, reached=n < reached) for n, due in enumerate([*dues, issued + timedelta(days=term)])]
    measures = draw(st.integers(1, 5))
    return PlanMarks(
        issued=issued,
        deadline=deadline,
        stages=tuple(stages),
        measures_done=draw(st.integers(0, measures)),
        measures=measures,
        percents=tuple(draw(st.lists(st.one_of(st.none(), st.integers(0, 100)), max_size=3))),
    )


@st.composite
def marks(draw: st.DrawFn) -> Marks:
    maybe_day = st.one_of(st.none(), DAYS)
    return Marks(
        status=draw(st.sampled_from(Status)),
        listed_on=draw(maybe_day),
        plan=draw(st.one_of(st.none(), plan_marks())),
        last_percent_on=draw(maybe_day),
        flag=draw(st.sampled_from([None, "on_track", "at_risk", "behind"])),
        flag_on=draw(maybe_day),
        last_verdict=draw(st.sampled_from([None, "rectified", "on_schedule", "behind", "not_started"])),
        last_verdict_on=draw(maybe_day),
        acceptance_due=draw(maybe_day),
        supervision_open=draw(maybe_day),
        interview_open=draw(maybe_day),
    )
