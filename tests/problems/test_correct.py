"""Correcting a fact (Article 5): old, new and ground stay; plan, deadline and units are out of its reach."""

import pytest

from server.problems.actions import correct
from server.records.models import Entry
from server.runtime.refusals import Invalid, NotAllowed
from tests.world import IN_LOTUS, World, day

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "石桥镇青溪河岸垃圾堆放"),
        ("category", "water"),
        ("further_categories", ["soil"]),
        ("sector", "water"),
        ("discovery", "petition"),
        ("quarter", "2025Q4"),
        ("disclosed_on", "2026-02-01"),
        ("case_class", "typical"),
    ],
)
def test_a_fact_is_corrected_and_old_and_new_are_in_the_record(world: World, field: str, value: object) -> None:
    problem = world.listed()
    correct(problem.pk, field, value, "录入有误", by=world.office, at=day(1))
    entry = Entry.objects.get(problem=problem.pk, action="correct")
    assert entry.after_values is not None
    assert entry.before_values is not None
    assert (entry.after_values[field], entry.after_values["ground"]) == (value, "录入有误")
    assert entry.before_values[field] != value


def test_a_corrected_place_moves_the_problem_to_its_area(world: World) -> None:
    problem = correct(world.listed().pk, "location", IN_LOTUS, "定位有误", by=world.office, at=day(1))
    assert (problem.area_code, problem.lon) == ("990002", 118.37)
    assert problem.sites.get(position=0).area == problem.area


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("deadline", "2026-09-01", "not_correctable"),
        ("main_units", ["lotus"], "not_correctable"),
        ("status", "closed", "not_correctable"),
        ("category", "magic", "unknown"),
        ("title", "石桥镇河岸垃圾堆放", "unchanged"),
        ("disclosed_on", "30 February", "unknown"),
        ("location", {"type": "Point", "coordinates": [float("nan"), 30.9]}, "not_finite"),
    ],
)
def test_what_is_no_correction_is_refused(world: World, field: str, value: object, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        correct(world.listed().pk, field, value, "录入有误", by=world.office, at=day(1))
    assert code in {e.code for e in refused.value.errors}


def test_nobody_but_the_office_corrects(world: World) -> None:
    with pytest.raises(NotAllowed):
        correct(world.planned().pk, "title", "别的", "录入有误", by=world.town_head, at=day(1))
