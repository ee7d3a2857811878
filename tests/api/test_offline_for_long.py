"""What changes while a phone is without a network: nothing that was seen is lost, and what has changed is marked."""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest
from knox.models import AuthToken

from mobile_api import clock
from mobile_api.authentication import give_token
from server.evidence.models import Photo
from server.files.models import StoredBytes, StoredFile
from server.inspections.actions import InspectionDraft, make_inspection, release
from server.inspections.models import SetAside, Submission, Visit
from server.inspections.posts import ARRIVES_WITHIN
from server.problems.actions import cancel, merge
from server.problems.models import Problem
from server.records.models import Entry
from server.units import actions as units
from server.units.models import Person, RoleHolding, StandIn
from server.units.roles import Role
from tests.api.calling import Answer, Caller, report_body, visit_body
from tests.api.conftest import Clock
from tests.api.test_uploads import DATA, HALF, begin, located, offset_of, patch
from tests.evidence.signing import SigningPhone
from tests.photographs import jpeg
from tests.world import T0, World, day

pytestmark = pytest.mark.django_db
SEEN = day(1)


@pytest.fixture
def other(world: World) -> Caller:
    """An inspector who has reported none of what the world holds, and so sees it by the post alone."""
    return Caller(world.other_inspector)


def hints(answer: Answer) -> list[str]:
    assert answer.status == 201, answer
    return [hint["code"] for hint in answer.json["hints"]]


def moved_away(person: Person, last_day: datetime) -> None:
    """Every post of this person ends with this day."""
    for holding in RoleHolding.objects.filter(person=person):
        units.end_role(holding.pk, by=None, at=last_day, last_day=last_day.date())


# --- the task changed meanwhile ------------------------------------------------------------------------------------------


def merged(world: World, problem: Problem) -> None:
    other = world.listed(problem=world.report(title="同一处"))
    merge(problem.pk, other.pk, by=world.office, at=day(2))


def cancelled(world: World, problem: Problem) -> None:
    cancel(problem.pk, "不属实", world.document(world.office), by=world.office, at=day(2))


def reassigned(world: World, problem: Problem) -> None:
    body = {"main_units": ["lotus"], "ground": "区划调整", "document": Caller(world.office).store()}
    answer = Caller(world.office).act(problem.pk, "reassign", body)
    assert answer.status == 200, answer


@pytest.mark.parametrize("change", [merged, cancelled, reassigned])
def test_a_visit_to_what_was_merged_cancelled_or_reassigned_meanwhile_is_accepted_and_marked(
    world: World, inspector: Caller, server_clock: Clock, change: Callable[[World, Problem], None]
) -> None:
    problem = world.planned() if change is reassigned else world.listed()
    server_clock.to(day(2))
    change(world, problem)
    server_clock.to(day(3))
    body = visit_body(problem.pk, observed_at=SEEN.isoformat())
    assert hints(inspector.put(f"visits/{uuid4()}", body)) == ["late"]
    assert hints(inspector.put(f"visits/{uuid4()}", visit_body(problem.pk, observed_at=day(3).isoformat()))) == []


def test_a_unit_that_was_replaced_meanwhile_still_brings_what_it_saw(world: World, town: Caller, server_clock: Clock) -> None:
    problem = world.planned()
    server_clock.to(day(2))
    reassigned(world, problem)
    server_clock.to(day(3))
    body = visit_body(problem.pk, observed_at=SEEN.isoformat())
    assert hints(town.put(f"visits/{uuid4()}", body)) == ["late"]


# --- the person changed meanwhile ----------------------------------------------------------------------------------------


def test_what_was_seen_before_ones_post_ended_is_taken_in_with_its_photos_and_marked(
    world: World, other: Caller, server_clock: Clock
) -> None:
    problem = world.planned()
    moved_away(world.other_inspector, SEEN)
    server_clock.to(day(20))
    report, visit, before, with_it = uuid4(), uuid4(), uuid4(), uuid4()
    assert patch(other, located(begin(other, before)), 0, DATA).status == 204
    seen = {"observed_at": SEEN.isoformat()}
    sent = other.put(f"reports/{report}", report_body(photos=[str(before), str(with_it)], no_photo_reason=..., **seen))
    assert hints(sent) == ["moved"]
    assert sent.json["missing"] == [str(with_it)]
    assert other.put_photo(jpeg(shade=9), with_it).status == 201
    assert hints(other.put(f"visits/{visit}", visit_body(problem.pk, **seen))) == ["moved"]
    assert Problem.objects.get(pk=report).missing_photos == 0
    assert Visit.objects.get(pk=visit).hints == [{"code": "moved"}]
    entries = Entry.objects.filter(object_id__in=[str(report), str(visit)], action__in=["report", "visit"])
    assert [(entry.after_values or {}).get("moved") for entry in entries] == [True, True]
    assert (
        other.put(f"reports/{report}", report_body(photos=[str(before), str(with_it)], no_photo_reason=..., **seen)).status == 200
    )


def test_what_is_seen_after_it_or_too_long_ago_is_refused(world: World, other: Caller, server_clock: Clock) -> None:
    problem = world.planned()
    moved_away(world.other_inspector, SEEN)
    server_clock.to(day(20))
    for seen in (day(2), day(20), day(20) - ARRIVES_WITHIN - timedelta(days=1)):
        assert other.put(f"reports/{uuid4()}", report_body(observed_at=seen.isoformat())).status == 403
        answer = other.put(f"visits/{uuid4()}", visit_body(problem.pk, observed_at=seen.isoformat()))
        assert (answer.status, answer.codes) == (422, {"problem": "unknown"})
    server_clock.to(SEEN + ARRIVES_WITHIN + timedelta(days=3))
    assert other.put(f"reports/{uuid4()}", report_body(observed_at=SEEN.isoformat())).status == 403
    assert other.put_photo(DATA).status == 403
    assert begin(other, uuid4()).status == 403


def test_what_arrived_is_confirmed_to_who_asks_again_however_long_ago_it_was(
    world: World, other: Caller, server_clock: Clock
) -> None:
    """The answer was lost and the phone lay in a drawer for three months: it must learn that all is here, and free its store."""
    report, photo = uuid4(), uuid4()
    body = report_body(observed_at=SEEN.isoformat())
    server_clock.to(SEEN)
    assert other.put(f"reports/{report}", body).status == 201
    assert other.put_photo(DATA, photo).status == 201
    moved_away(world.other_inspector, SEEN)
    server_clock.to(SEEN + ARRIVES_WITHIN + timedelta(days=30))
    assert other.put(f"reports/{report}", body).status == 200
    assert other.put_photo(DATA, photo).status == 200
    assert offset_of(other, located(begin(other, photo))) == len(DATA)
    assert other.put_photo(jpeg(shade=3), photo).status == 409


def test_another_post_does_not_hide_what_was_seen_in_the_one_before(world: World, other: Caller, server_clock: Clock) -> None:
    """An inspector of the district is given another town from the second day on."""
    problem = world.planned()
    moved_away(world.other_inspector, SEEN)
    units.grant_role(world.other_inspector, Role.INSPECTOR, by=None, at=day(2), areas=["lotus"], from_date=day(2).date())
    server_clock.to(day(3))
    assert hints(other.put(f"visits/{uuid4()}", visit_body(problem.pk, observed_at=SEEN.isoformat()))) == ["moved"]
    later = other.put(f"visits/{uuid4()}", visit_body(problem.pk, observed_at=day(2).isoformat()))
    assert (later.status, later.codes) == (422, {"problem": "unknown"})


def test_an_earlier_post_opens_nothing_that_came_after_it(world: World, other: Caller, server_clock: Clock) -> None:
    moved_away(world.other_inspector, SEEN)
    server_clock.to(day(5))
    newer = world.listed(problem=world.report(by=world.town_liaison, at=day(3)), at=day(3))
    answer = other.put(f"visits/{uuid4()}", visit_body(newer.pk, observed_at=SEEN.isoformat()))
    assert (answer.status, answer.codes) == (422, {"problem": "unknown"})


def test_an_earlier_post_opens_nothing_that_was_hidden_then(world: World, other: Caller, server_clock: Clock) -> None:
    draft = InspectionDraft(kind="spot_check", announced=False, date=T0.date(), people=["inspector"])
    inspection = make_inspection(draft, by=world.office, at=T0)
    find = world.report(at=T0, inspection=inspection.pk)
    moved_away(world.other_inspector, day(5))
    body = visit_body(find.pk, observed_at=day(2).isoformat(), verdict="rectified")
    server_clock.to(day(9))
    assert other.put(f"visits/{uuid4()}", body).codes == {"problem": "unknown"}
    release(inspection.pk, by=world.office, at=day(10))
    world.listed(problem=find, at=day(10))
    server_clock.to(day(12))
    assert other.put(f"visits/{uuid4()}", body).codes == {"problem": "unknown"}


def test_of_a_problem_out_of_sight_the_answer_says_only_that_the_visit_arrived(
    world: World, other: Caller, server_clock: Clock
) -> None:
    problem, visit = world.planned(), uuid4()
    moved_away(world.other_inspector, day(1))
    cancel(problem.pk, "不属实", world.document(world.office), by=world.office, at=day(19))
    server_clock.to(day(20))
    for status in (201, 200):
        answer = other.put(f"visits/{visit}", visit_body(problem.pk, observed_at=day(1).isoformat()))
        assert answer.status == status
        assert answer.json["problem"] == {"id": str(problem.pk), "number": None, "status": None}
        assert [hint["code"] for hint in answer.json["hints"]] == ["moved"]


@pytest.mark.parametrize("role", [Role.DISCIPLINE, Role.ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR])
def test_who_administers_or_disciplines_today_brings_nothing_by_an_earlier_post(
    world: World, other: Caller, server_clock: Clock, role: Role
) -> None:
    problem = world.planned()
    moved_away(world.other_inspector, day(1))
    units.grant_role(world.other_inspector, role, by=None, at=day(2), from_date=day(2).date())
    server_clock.to(day(20))
    seen = day(1).isoformat()
    assert other.put(f"reports/{uuid4()}", report_body(observed_at=seen)).status == 403
    assert other.put(f"visits/{uuid4()}", visit_body(problem.pk, observed_at=seen)).status == 422
    assert other.put_photo(jpeg()).status == 403
    assert not Visit.objects.exists()


def test_who_stood_in_brings_a_report_with_its_photo_after_the_delegation_has_ended(world: World, server_clock: Clock) -> None:
    person = units.create_person("deputy", "代行人", "correct-horse-battery", by=None, at=T0)
    holding = RoleHolding.objects.get(person=world.town_head)
    dates = {"from_date": T0.date(), "until_date": day(2).date()}
    StandIn.objects.create(holding=holding, person=person, document=uuid4(), entered_by=world.office, **dates)
    caller, photo = Caller(person), uuid4()
    server_clock.to(day(5))
    assert caller.put_photo(jpeg(), photo).status == 201
    body = report_body(observed_at=day(1).isoformat(), photos=[str(photo)], no_photo_reason=...)
    assert hints(caller.put(f"reports/{uuid4()}", body)) == ["moved"]


def test_a_disabled_person_is_out_and_nothing_of_theirs_is_dropped_by_the_server(world: World, inspector: Caller) -> None:
    report, photo = uuid4(), uuid4()
    inspector.put(f"reports/{report}", report_body(photos=[str(photo)], no_photo_reason=...))
    world.inspector.is_active = False
    world.inspector.save()
    assert inspector.put(f"reports/{uuid4()}", report_body()).status == 401
    assert inspector.put_photo(DATA, photo).status == 401
    assert inspector.post("receipts", {"reports": [str(report)]}).status == 401
    assert Problem.objects.get(pk=report).missing_photos == 1


# --- thirty days, two thousand photos ------------------------------------------------------------------------------------


def test_after_thirty_days_a_new_login_brings_everything_in_whatever_its_order(
    world: World, inspector: Caller, server_clock: Clock
) -> None:
    phone = SigningPhone()
    phone.device = inspector.post("devices", {"name": "", "public_key": phone.jwk}).json["id"]
    shots = []
    for n in range(24):
        data = jpeg(64, 48, shade=n * 5)
        at = SEEN + timedelta(days=n)
        statement = phone.statement(sha256(data).hexdigest(), at)
        shots.append((uuid4(), data, {"captured_at": at.isoformat(), "statement": statement, "signature": phone.sign(statement)}))
    AuthToken.objects.update(expiry=SEEN + timedelta(days=14))
    server_clock.to(SEEN + timedelta(days=30))
    assert inspector.put(f"reports/{uuid4()}", report_body()).status == 401
    again = Caller(world.inspector)
    reports = [uuid4() for _n in range(4)]
    for photo, data, fields in reversed(shots):
        assert again.put_photo(data, photo, source="camera", **fields).status == 201
    for n, report in enumerate(reports):
        own = [str(photo) for photo, _data, _fields in shots[n * 6 : n * 6 + 6]]
        sent = again.put(f"reports/{report}", report_body(title=f"第{n}处", photos=own, no_photo_reason=...))
        assert (sent.status, sent.json["missing"]) == (201, [])
    (line,) = again.get("devices").json["devices"]
    assert (line["statements"], line["gaps"], line["forks"], line["doubts"]) == (24, [], [], [])
    told = again.post("receipts", {"photos": [str(photo) for photo, _d, _f in shots], "reports": [str(r) for r in reports]}).json
    assert {(one["uuid"], one["sha256"]) for one in told["photos"]} == {(str(p), sha256(d).hexdigest()) for p, d, _f in shots}
    assert {one["uuid"] for one in told["reports"]} == {str(report) for report in reports}


def test_two_thousand_photos_are_confirmed_in_one_answer(
    world: World, inspector: Caller, django_assert_max_num_queries: Any
) -> None:
    ids = _known_photos(world.inspector, 2_000)
    asked = {name: [str(one) for one in ids] for name in ("photos", "reports", "visits")}
    with django_assert_max_num_queries(8):
        answer = inspector.post("receipts", asked)
    assert answer.status == 200, answer
    assert {UUID(one["uuid"]) for one in answer.json["photos"]} == set(ids)
    assert inspector.post("receipts", {"photos": [*asked["photos"], str(uuid4())]}).status == 422


def _known_photos(person: Person, count: int) -> list[UUID]:
    """Rows of photos as they are once their bytes are kept."""
    kept = [StoredBytes(sha256=sha256(str(n).encode()).hexdigest(), size=1, path=f"x/{n}", kept_at=T0) for n in range(count)]
    StoredBytes.objects.bulk_create(kept)
    files = [StoredFile(content=one, media_type="image/jpeg", uploader_id=str(person.pk), received_at=T0) for one in kept]
    StoredFile.objects.bulk_create(files)
    Photo.objects.bulk_create(
        Photo(
            id=file.pk,
            uploader=person,
            file=file,
            sha256=file.content_id,
            size=1,
            media_type="image/jpeg",
            received_at=T0,
            photo_stage="before",
            width=1,
            height=1,
        )
        for file in files
    )
    return [file.pk for file in files]


# --- two phones, other versions ------------------------------------------------------------------------------------------


def test_two_phones_with_one_queue_send_each_thing_once(world: World) -> None:
    """A backup that was put on a second phone: both send the same items, in turn and each the other's half."""
    first, second = (Caller(token=give_token(world.inspector, clock.now())[0]) for _n in range(2))
    report, photo = uuid4(), uuid4()
    body = report_body(photos=[str(photo)], no_photo_reason=...)
    answers = [one.put(f"reports/{report}", body) for one in (first, second)]
    assert [answer.status for answer in answers] == [201, 200]
    address = located(begin(first, photo))
    assert located(begin(second, photo)) == address
    assert patch(first, address, 0, DATA[:HALF]).status == 204
    assert patch(second, address, 0, DATA).status == 409
    assert offset_of(second, address) == HALF
    assert patch(second, address, HALF, DATA[HALF:]).status == 204
    assert patch(first, address, HALF, DATA[HALF:]).status == 409
    assert offset_of(first, address) == len(DATA)
    asked = {"photos": [str(photo)], "reports": [str(report)]}
    told = [one.post("receipts", asked).json for one in (first, second)]
    assert told[0] == told[1]
    assert (len(told[0]["photos"]), len(told[0]["reports"])) == (1, 1)
    assert (Problem.objects.count(), Photo.objects.count(), Submission.objects.count()) == (1, 1, 1)
    assert not SetAside.objects.exists()


def test_an_item_that_was_changed_on_one_of_them_is_kept_beside_the_first(world: World) -> None:
    first, second = (Caller(token=give_token(world.inspector, clock.now())[0]) for _n in range(2))
    report = uuid4()
    assert first.put(f"reports/{report}", report_body()).status == 201
    assert second.put(f"reports/{report}", report_body(title="改过")).status == 409
    assert SetAside.objects.get().submission == report


def test_a_client_of_another_version_is_understood(world: World, inspector: Caller) -> None:
    """An older one says less, a newer one more than is known here; neither is refused, and each gets what it knows."""
    least = ("title", "description", "category", "location", "observed_at", "photos", "no_photo_reason")
    older = {name: value for name, value in report_body().items() if name in least}
    assert inspector.put(f"reports/{uuid4()}", older).status == 201
    newer = report_body(title="新版", weather={"wind": 3}, moved_m=3)
    assert inspector.put(f"reports/{uuid4()}", newer, X_Something="new").status == 201
    visit = visit_body(world.planned().pk, weather=None)
    assert inspector.put(f"visits/{uuid4()}", visit).status == 201
    assert inspector.put_photo(jpeg(), uuid4(), lens="wide").status == 201
    assert inspector.post("receipts", {"photos": [], "battery": 40}).status == 200
    known = {"me", "units", "areas", "sources", "categories", "sectors", "protected", "tasks", "problems", "parameters"}
    assert known <= inspector.get("bootstrap").json.keys()
