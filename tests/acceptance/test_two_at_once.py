"""Two people decide at the same moment: one wins, the other is told who (409). On a database that is really committed to."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import connection

from server.acceptance.actions import ApplicationDraft, Signature, apply_for_acceptance, decide, give_opinion
from server.acceptance.models import Decision
from server.problems.models import Problem
from server.records.models import Entry, Seal
from server.records.verify import verify_chain
from server.runtime.refusals import WrongState
from server.units.actions import create_person, grant_role
from server.units.roles import Role
from tests.world import CHECKLIST, PASSWORD, T0, World, day

ROUNDS = 50


def test_of_two_heads_deciding_at_once_one_wins_every_time(committed_world: World) -> None:
    world = committed_world
    second = create_person("second_head", "城管局 党委书记", PASSWORD, by=None, at=T0)
    grant_role(second, Role.UNIT_HEAD, unit="urban", by=None, at=T0, from_date=T0.date() - timedelta(days=1))
    heads = [world.supervisor_head, second]
    forms = [world.document(head) for head in heads]
    problem = world.accepting()
    wins: list[str] = []
    with ThreadPoolExecutor(2) as pool:
        for round_ in range(ROUNDS):
            start = threading.Barrier(2)

            def attempt(n: int, at_round: int = round_, gate: threading.Barrier = start) -> str:
                gate.wait()
                try:
                    signature = Signature(heads[n], password=PASSWORD, form=forms[n])
                    decide(problem.pk, "fail", "水边仍有残留。", signature, at=day(1, at_round))
                except WrongState as refused:
                    return f"lost to {refused.by}"
                finally:
                    connection.close()
                return "won"

            outcomes = sorted(pool.map(attempt, range(2)))
            assert outcomes[1] == "won", outcomes
            assert outcomes[0] in {f"lost to {head.name}" for head in heads}
            wins.append(outcomes[0])
            if round_ < ROUNDS - 1:
                _apply_again(world, problem.pk, round_)
    assert Decision.objects.count() == ROUNDS
    assert world.again(problem).round == ROUNDS + 1
    assert Seal.objects.count() == Entry.objects.count()
    assert verify_chain().broken is None


def _apply_again(world: World, problem_id: object, round_: int) -> None:
    problem = Problem.objects.get(pk=problem_id)
    form = world.document(world.town_liaison, day(1, round_), f"round {round_}")
    draft = ApplicationDraft(statement="再次申请", pairs=[world.pair(problem)], registration_form=form)
    apply_for_acceptance(problem.pk, draft, by=world.town_liaison, at=day(1, round_ + 0.3))
    give_opinion(problem.pk, "pass", "核实", CHECKLIST, by=world.supervisor_liaison, at=day(1, round_ + 0.5))
