"""Reading in the order of the record, from a cursor, among what one may see."""

from uuid import uuid4

import pytest

from server.records.actions import seal_now
from server.records.models import Entry
from server.records.queries import UnknownCursor, entries_about, entries_after, entries_of, last_sequence
from tests.records.people import list_problem

pytestmark = pytest.mark.django_db


def numbers(entries: object) -> list[str]:
    return [entry.object_id for entry in entries]  # type: ignore[attr-defined] # any iterable of entries


@pytest.fixture
def five() -> list[Entry]:
    entries = [list_problem(number, problem=PROBLEMS[number % 2]) for number in range(5)]
    seal_now()
    return entries


PROBLEMS = [uuid4(), uuid4()]


def test_without_a_cursor_everything_comes_from_the_start(five: list[Entry]) -> None:
    assert numbers(entries_after(None, Entry.objects.all())) == ["0", "1", "2", "3", "4"]


def test_a_cursor_gives_what_came_after_it(five: list[Entry]) -> None:
    assert numbers(entries_after(five[2].pk, Entry.objects.all())) == ["3", "4"]
    assert numbers(entries_after(five[4].pk, Entry.objects.all())) == []


def test_only_what_one_may_see_is_given_though_the_cursor_need_not_be_among_it(five: list[Entry]) -> None:
    mine = Entry.objects.filter(problem=PROBLEMS[0])
    assert numbers(entries_after(five[1].pk, mine)) == ["2", "4"]


def test_an_unknown_cursor_is_refused(five: list[Entry]) -> None:
    with pytest.raises(UnknownCursor):
        entries_after(uuid4(), Entry.objects.all())


def test_the_entries_of_a_problem_and_of_an_object_come_oldest_first(five: list[Entry]) -> None:
    assert numbers(entries_of(PROBLEMS[1])) == ["1", "3"]
    assert [entry.pk for entry in entries_about("problem", 3)] == [five[3].pk]
    assert not entries_about("inspection", 3).exists()


def test_a_page_of_entries_is_one_query_with_numbers_and_digests(five: list[Entry], django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator] # pytest-django's fixture
        assert [entry.seal.sequence for entry in entries_after(None, Entry.objects.all())] == [1, 2, 3, 4, 5]


def test_the_last_number_is_that_of_what_one_may_see(five: list[Entry]) -> None:
    assert last_sequence() == 5
    assert last_sequence(Entry.objects.filter(problem=PROBLEMS[1])) == 4
    assert last_sequence(Entry.objects.none()) == 0
