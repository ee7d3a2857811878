"""The same thing sent many times at the same moment: one row, equal answers."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from mobile_api.models import IdempotencyKey
from server.evidence.models import Claim, Photo
from server.inspections.models import SetAside, Submission
from server.problems.models import Problem, Site
from server.progress.models import Progress
from server.records.models import Entry, Seal
from tests.api.calling import Answer, Caller, report_body
from tests.photographs import jpeg
from tests.world import World

TOGETHER = 32


def at_once(count: int, call: Callable[[int], Answer]) -> list[Answer]:
    """What each of `count` threads got that started together."""
    start = threading.Barrier(count)
    answers: dict[int, Any] = {}

    def run(n: int) -> None:
        try:
            start.wait(30)
            answers[n] = call(n)
        except BaseException as error:
            answers[n] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    wrong = [answer for answer in answers.values() if not isinstance(answer, Answer)]
    assert not wrong, wrong[:3]
    return [answers[n] for n in range(count)]


def test_the_same_report_thirty_two_times_at_once_is_one_problem_with_equal_answers(committed_world: World) -> None:
    report, photo = uuid4(), uuid4()
    caller = Caller(committed_world.inspector)
    body = report_body(photos=[str(photo)], no_photo_reason=...)
    answers = at_once(TOGETHER, lambda _n: caller.put(f"reports/{report}", body))
    assert sorted(answer.status for answer in answers) == [200] * (TOGETHER - 1) + [201]
    assert len({answer.raw for answer in answers}) == 1
    assert (Problem.objects.count(), Site.objects.count(), Submission.objects.count(), Claim.objects.count()) == (1, 1, 1, 1)
    assert Entry.objects.filter(problem=report).count() == 1
    assert not SetAside.objects.exists()
    sequences = list(Seal.objects.order_by("sequence").values_list("sequence", flat=True))
    assert sequences == list(range(1, len(sequences) + 1))


def test_of_two_contents_under_one_uuid_at_once_one_is_accepted_and_the_other_set_aside(committed_world: World) -> None:
    report = uuid4()
    caller = Caller(committed_world.inspector)
    answers = at_once(8, lambda n: caller.put(f"reports/{report}", report_body(title=f"甲{n % 2}")))
    statuses = sorted(answer.status for answer in answers)
    assert statuses == [200, 200, 200, 201, 409, 409, 409, 409]
    assert Problem.objects.count() == SetAside.objects.count() == 1


def test_the_same_photo_sixteen_times_at_once_is_one_photo(committed_world: World) -> None:
    photo, data = uuid4(), jpeg()
    caller = Caller(committed_world.inspector)
    answers = at_once(16, lambda _n: caller.put_photo(data, photo))
    assert sorted(answer.status for answer in answers) == [200] * 15 + [201]
    assert len({answer.raw for answer in answers}) == 1
    assert Photo.objects.count() == 1


def test_photo_and_report_at_once_find_each_other(committed_world: World) -> None:
    caller = Caller(committed_world.inspector)
    for n in range(4):
        report, photo = uuid4(), uuid4()
        body = report_body(photos=[str(photo)], no_photo_reason=...)
        data = jpeg(shade=n * 20)
        at_once(
            2,
            lambda which, report=report, photo=photo, body=body, data=data: (  # type: ignore[misc]  # no type for defaults
                caller.put(f"reports/{report}", body) if which else caller.put_photo(data, photo)
            ),
        )
        problem = Problem.objects.get(pk=report)
        assert (problem.missing_photos, problem.before_photos) == (0, 1)
        assert Photo.objects.get(pk=photo).problem_id == report


def test_the_same_action_under_one_key_at_once_has_one_effect(committed_world: World) -> None:
    problem = committed_world.planned()
    caller = Caller(committed_world.town_liaison)
    body = {"percent": 30, "text": "清运一半"}
    answers = at_once(16, lambda _n: caller.act(problem.pk, "progress", body, Idempotency_Key="k"))
    assert [answer.status for answer in answers] == [200] * 16
    assert len({answer.raw for answer in answers}) == 1
    assert Progress.objects.count() == IdempotencyKey.objects.count() == 1


def test_of_two_deciding_at_once_one_wins_and_the_other_sees_who(committed_world: World) -> None:
    world = committed_world
    problem = world.report()
    listing = {"source": "district_self_check", "sector": "waste", "discovery": "other"}
    caller = Caller(world.office)
    answers = at_once(
        2, lambda n: caller.act(problem.pk, "list", listing) if n else caller.act(problem.pk, "return", {"reason": "不属实"})
    )
    assert sorted(answer.status for answer in answers) == [200, 409]
    (lost,) = (answer for answer in answers if answer.status == 409)
    assert (lost.json["by"], lost.json["problem_status"] in {"listed", "returned"}) == ("区整改办 王敏", True)
    assert Entry.objects.filter(problem=problem.pk).count() == 2


@pytest.mark.parametrize("keyed", [False, True])
def test_of_many_guesses_at_a_password_at_once_no_more_than_ten_are_looked_at(committed_world: World, keyed: bool) -> None:
    problem = committed_world.passed()
    caller = Caller(committed_world.district_leader)

    def guess(n: int) -> Answer:
        keys = {"Idempotency_Key": f"guess-{n}"} if keyed else {}
        return caller.act(problem.pk, "confirm", {"password": f"guess {n}"}, **keys)

    assert Counter(answer.codes["password"] for answer in at_once(16, guess)) == {"wrong_password": 10, "locked": 6}
    assert committed_world.again(problem).status == "passed"
