"""Merging, restoring, and the level that rules (Article 5, dynamic update)."""

import pytest

from server.problems.actions import Listing, add_source, list_problem, merge, restore
from server.records.actions import seal_now
from server.records.models import Entry
from server.records.queries import in_order
from server.runtime.refusals import Invalid, NotThere
from tests.world import World, day

pytestmark = [pytest.mark.django_db, pytest.mark.clause("5-5")]


def test_the_joined_problem_takes_all_sources_and_the_highest_level_rules(world: World) -> None:
    known = world.listed()
    other = world.listed(source="provincial_inspection", discovery=None, superior_number="第12项")
    add_source(other.pk, "central_petition", by=world.office, at=day(1), superior_number="X3HB01")
    merge(other.pk, known.pk, by=world.office, at=day(2))
    seal_now()
    known = world.again(known)
    assert known.level == "central"
    assert set(known.further_sources.values_list("source", "superior_number")) == {
        ("provincial_inspection", "第12项"),
        ("central_petition", "X3HB01"),
    }
    entries = Entry.objects.filter(problem=known.pk, action="add_source")
    assert [entry.after_values["level"] for entry in in_order(entries)] == ["provincial", "central"]  # type: ignore[index]  # given
    assert not any(str(other.pk) in entry.after for entry in entries)  # who sees this one need not see the other


def test_a_source_it_has_already_is_not_doubled(world: World) -> None:
    known, other = world.listed(), world.listed()
    merge(other.pk, known.pk, by=world.office, at=day(2))
    assert not world.again(known).further_sources.exists()


def test_a_restored_problem_takes_its_sources_back(world: World) -> None:
    known = world.listed()
    other = world.listed(source="provincial_inspection", discovery=None)
    merge(other.pk, known.pk, by=world.office, at=day(2))
    restore(other.pk, "并错了", by=world.office, at=day(3))
    known = world.again(known)
    assert (known.level, known.further_sources.count(), world.again(other).status) == ("district", 0, "listed")


def test_a_source_added_while_reported_rules_when_it_is_listed(world: World) -> None:
    problem = world.report()
    add_source(problem.pk, "central_petition", by=world.office, at=day(1))
    listing = Listing(source="district_self_check", sector="waste", discovery="other")
    assert list_problem(problem.pk, listing, by=world.office, at=day(2)).level == "central"


def test_problems_cannot_be_merged_in_a_circle_or_into_what_is_not_there(world: World) -> None:
    first, second = world.listed(), world.listed()
    merge(first.pk, second.pk, by=world.office, at=day(1))
    with pytest.raises(Invalid):
        merge(second.pk, first.pk, by=world.office, at=day(2))
    with pytest.raises(Invalid) as refused:
        merge(second.pk, second.pk, by=world.office, at=day(2))
    assert "into_itself" in {e.code for e in refused.value.errors}
    with pytest.raises(NotThere):
        merge(world.report().pk, second.pk, by=world.town_liaison, at=day(2))
