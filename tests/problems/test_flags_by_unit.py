"""Problems from before every unit's flag had its day: they are read as before, and take the next progress."""

from importlib import import_module

import pytest
from django.apps import apps

from server.problems import marks
from server.problems.models import Problem
from tests.world import World, day

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param({"percent": 40, "on": "2026-03-05"}, id="the problem's flag alone"),
        pytest.param({"percent": 40, "on": "2026-03-05", "flag": "at_risk"}, id="the unit's flag without its day"),
    ],
)
def test_a_flag_of_before_is_its_units_and_stands_since_its_last_progress(world: World, kept: dict[str, object]) -> None:
    problem = world.rectifying()
    since = day(3).date()
    assert since.isoformat() == kept["on"]
    Problem.objects.filter(pk=problem.pk).update(percents={"stone_bridge": kept}, flag="at_risk", flag_on=since)
    import_module("server.problems.migrations.0003_flags_by_unit").give_flags_to_units(apps, None)
    problem = world.again(problem)
    marks.take_progress(problem, "stone_bridge", 60, "", day(9).date())
    assert (problem.flag, problem.flag_on) == ("at_risk", since)
