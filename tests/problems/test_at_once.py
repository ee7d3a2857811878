"""Several at the same moment, in a database that is really committed to: no fault, and nothing half done."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from threading import Barrier
from uuid import UUID, uuid4

from django.db import connection

from server.evidence.actions import Declared, take_in
from server.evidence.models import Claim, Photo
from server.inspections.actions import (
    InspectionDraft,
    Received,
    ReportDraft,
    VisitDraft,
    make_inspection,
    release,
    submit_report,
    submit_visit,
)
from server.inspections.models import Visit
from server.problems.actions import merge
from server.problems.models import Embargo, Problem
from server.problems.policy import visible_to
from server.progress.actions import report_progress
from server.records.models import Entry, Seal
from server.records.verify import verify_chain
from server.runtime.refusals import Refusal
from tests.photographs import jpeg
from tests.world import IN_STONE_BRIDGE, T0, World, day

ROUNDS = 12


def together(*deeds: Callable[[], object]) -> list[str]:
    """Do all at the same moment; what became of each: "done", or the name of its refusal. A fault is raised."""
    gate = Barrier(len(deeds))

    def one(deed: Callable[[], object]) -> str:
        gate.wait()
        try:
            deed()
        except Refusal as refused:
            return type(refused).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


def received(submission: UUID) -> Received:
    digest = sha256(submission.bytes).hexdigest()
    return Received("{}", digest, digest)


def report(world: World, photos: Sequence[UUID], inspection: UUID | None = None, report_id: UUID | None = None) -> UUID:
    report_id = report_id or uuid4()
    draft = ReportDraft(
        title="河岸垃圾",
        description="",
        category="solid_waste",
        observed_at=day(1),
        photos=photos,
        location=IN_STONE_BRIDGE,
        inspection=inspection,
        no_photo_reason="" if photos else "phone was dead",
    )
    submit_report(report_id, draft, received(report_id), by=world.inspector, at=day(1))
    return report_id


def visit(world: World, problem: UUID, inspection: UUID | None = None, photos: Sequence[UUID] = ()) -> UUID:
    visit_id = uuid4()
    draft = VisitDraft(problem, day(1), IN_STONE_BRIDGE, "behind", "进度滞后", photos, inspection=inspection)
    submit_visit(visit_id, draft, received(visit_id), by=world.inspector, at=day(1))
    return visit_id


def photo(world: World, photo_id: UUID, shade: int = 90) -> None:
    data = jpeg(shade=shade)
    take_in(photo_id, data, Declared(sha256=sha256(data).hexdigest(), source="camera"), by=world.inspector, at=day(1))


def unannounced(world: World, problems: Sequence[UUID] = ()) -> UUID:
    draft = InspectionDraft(kind="spot_check", announced=False, date=T0.date(), people=["inspector"], problems=problems)
    return make_inspection(draft, by=world.office, at=T0).pk


def test_of_two_merges_into_each_other_one_wins(committed_world: World) -> None:
    world = committed_world
    for _n in range(ROUNDS):
        first, second = world.listed(), world.listed()
        outcomes = together(
            lambda a=first, b=second: merge(a.pk, b.pk, by=world.office, at=day(1)),  # type: ignore[misc]  # bound now
            lambda a=first, b=second: merge(b.pk, a.pk, by=world.office, at=day(1)),  # type: ignore[misc]  # bound now
        )
        assert sorted(outcomes) == ["Invalid", "done"]
        assert sorted(p.status for p in Problem.objects.filter(pk__in=[first.pk, second.pk])) == ["listed", "merged"]


def test_nothing_stays_hidden_that_was_sent_while_the_office_released(committed_world: World) -> None:
    world = committed_world
    for _n in range(ROUNDS):
        known = world.planned()
        inspection = unannounced(world, [known.pk])
        outcomes = together(
            lambda i=inspection: release(i, by=world.office, at=day(2)),  # type: ignore[misc]  # bound now
            lambda i=inspection: report(world, [], i),  # type: ignore[misc]  # bound now
            lambda i=inspection, k=known.pk: visit(world, k, i),  # type: ignore[misc]  # bound now
            lambda i=inspection, k=known.pk: make_inspection(  # type: ignore[misc]  # bound now
                InspectionDraft("spot_check", True, T0.date(), ["inspector"], [k]), by=world.office, at=day(1)
            ),
        )
        assert outcomes == ["done"] * 4
        assert not Embargo.objects.filter(inspection=inspection, lifted_at__isnull=True).exists()
        found = Problem.objects.filter(found_on__inspection=inspection)
        assert visible_to(world.town_head, day(3)).filter(pk__in=found.values("pk")).count() == found.count() == 1
        assert world.again(known).last_verdict == "behind"
    assert Visit.objects.count() == ROUNDS


def test_a_report_and_its_photos_arrive_at_the_same_moment(committed_world: World) -> None:
    world = committed_world
    for n in range(ROUNDS):
        photos = [uuid4() for _n in range(4)]
        report_id = uuid4()
        outcomes = together(
            lambda p=tuple(photos), r=report_id: report(world, p, report_id=r),  # type: ignore[misc]  # bound now
            *(lambda one=one, shade=n: photo(world, one, shade) for one in photos),
        )
        assert outcomes == ["done"] * 5
        problem = Problem.objects.get(pk=report_id)
        assert (problem.missing_photos, problem.before_photos) == (0, 4)
        assert Photo.objects.filter(problem=problem).count() == 4
        assert Entry.objects.filter(problem=report_id, action="photo").count() == 4


def test_of_two_records_that_name_the_same_photos_one_gets_them(committed_world: World) -> None:
    world = committed_world
    for n in range(ROUNDS):
        first, second = uuid4(), uuid4()
        known = world.planned()
        photo(world, first, n)
        outcomes = together(
            lambda a=first, b=second: report(world, [a, b]),  # type: ignore[misc]  # bound now
            lambda a=first, b=second, k=known.pk: visit(world, k, None, [b, a]),  # type: ignore[misc]  # bound now
            lambda b=second, shade=n: photo(world, b, shade),  # type: ignore[misc]  # bound now
        )
        assert sorted(outcomes[:2]) == ["Conflict", "done"]
        assert outcomes[2] == "done"
        owners = set(Claim.objects.filter(photo__in=[first, second]).values_list("problem", flat=True))
        assert len(owners) == 1
        assert set(Photo.objects.filter(pk__in=[first, second]).values_list("problem", flat=True)) == owners


def test_the_same_report_many_times_at_once_is_one(committed_world: World) -> None:
    world = committed_world
    report_id, photos = uuid4(), [uuid4()]
    outcomes = together(*[lambda: report(world, photos, report_id=report_id)] * 8)
    assert outcomes == ["done"] * 8
    assert Entry.objects.filter(problem=report_id, action="report").count() == 1


def test_progress_visits_and_photos_of_one_problem_lose_nothing_of_each_other(committed_world: World) -> None:
    """Each writes the whole row: what another wrote a moment before must still be on it."""
    world = committed_world
    problem = world.planned()
    keys = [m.key for m in world.plan_of(problem).measures.all()]
    sent = [uuid4() for _n in range(3)]
    outcomes = together(
        lambda: report_progress(problem.pk, 50, "过半", by=world.town_liaison, at=day(1), done=keys[:1]),
        lambda: visit(world, problem.pk, None, sent),
        *(lambda one=one: photo(world, one) for one in sent),
    )
    assert outcomes == ["done"] * 5
    after = world.again(problem)
    assert (after.status, after.measures_done, after.last_verdict) == ("rectifying", 1, "behind")
    assert (after.before_photos, after.missing_photos) == (3, 0)
    assert Seal.objects.count() == Entry.objects.count()
    assert verify_chain().broken is None
