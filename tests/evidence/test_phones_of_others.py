"""Others' phones: who may look at them, who may revoke a lost one, and whose are looked at first."""

from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest

from server.evidence import devices
from server.evidence.actions import take_in
from server.evidence.grades import GradeFacts, grade, lacking
from server.evidence.models import Device, SignatureState, Statement
from server.evidence.phones import phones_of, standings
from server.evidence.policy import may_look_at_phones, may_revoke_phones
from server.evidence.queries import checks_known_to
from server.inspections.actions import InspectionDraft, make_inspection
from server.records.models import Entry
from server.runtime.refusals import Invalid, NotAllowed, NotThere, Refusal
from server.units.models import Person
from server.units.predicates import capacities
from tests.evidence.signing import SigningPhone
from tests.photographs import jpeg
from tests.world import T0, World, day

pytestmark = pytest.mark.django_db


def phone_of(person: Person) -> SigningPhone:
    phone = SigningPhone(person=person.username)
    phone.device = devices.enrol(f"{person.username} 手机", phone.jwk, by=person, at=T0)[0].pk
    return phone


def shoot(phone: SigningPhone, by: Person, shade: int, n: int | None = None) -> UUID:
    """A signed shot; ``n`` sets the phone's number."""
    if n is not None:
        phone.n = n - 1
    data, photo = jpeg(shade=shade), uuid4()
    take_in(photo, data, phone.declare(data, T0), by=by, at=T0)
    return photo


def test_the_office_and_the_security_admin_look_at_others_phones_and_nobody_else(world: World) -> None:
    may = {name for name, person in world.people.items() if may_look_at_phones(capacities(person, T0))}
    revoke = {name for name, person in world.people.items() if may_revoke_phones(capacities(person, T0))}
    assert may == {"office", "security_admin"}
    assert revoke == {"security_admin"}


def test_the_security_admin_revokes_a_lost_phone_and_the_record_says_whose_and_why(world: World) -> None:
    phone = phone_of(world.inspector)
    devices.revoke_lost(phone.device, " 途中遗失 ", by=world.security_admin, at=day(1))
    assert Device.objects.get(pk=phone.device).revoked_at == day(1)
    entry = Entry.objects.get(action="revoke_device")
    assert (entry.by_id, entry.object_id) == (str(world.security_admin.pk), str(phone.device))
    assert entry.after_values == {"revoked": True, "person": "inspector", "ground": "途中遗失"}
    devices.revoke_lost(phone.device, "又一次", by=world.security_admin, at=day(2))
    assert Device.objects.get(pk=phone.device).revoked_at == day(1)
    assert Entry.objects.filter(action="revoke_device").count() == 1


@pytest.mark.parametrize(
    ("name", "refusal"),
    [("office", NotAllowed), ("admin", NotThere), ("auditor", NotThere), ("inspector", NotThere), ("other_inspector", NotThere)],
)
def test_nobody_else_revokes_another_persons_phone(world: World, name: str, refusal: type[Refusal]) -> None:
    phone = phone_of(world.town_head)
    with pytest.raises(refusal):
        devices.revoke_lost(phone.device, "越权", by=world.people[name], at=day(1))
    assert Device.objects.get(pk=phone.device).revoked_at is None


@pytest.mark.parametrize("ground", ["", "   ", "长" * 501])
def test_revoking_anothers_phone_needs_a_ground(world: World, ground: str) -> None:
    phone = phone_of(world.inspector)
    with pytest.raises(Invalid) as refused:
        devices.revoke_lost(phone.device, ground, by=world.security_admin, at=day(1))
    assert refused.value.errors[0].field == "ground"
    assert Device.objects.get(pk=phone.device).revoked_at is None


def test_a_fork_names_the_photos_of_its_number(world: World) -> None:
    phone = phone_of(world.inspector)
    shoot(phone, world.inspector, 40)
    twice = {shoot(phone, world.inspector, 50), shoot(phone, world.inspector, 60, n=2)}
    (seen,) = phones_of(world.inspector)
    assert seen.forks == (2,)
    assert set(seen.fork_photos[2]) == twice


def test_who_has_most_trouble_stands_first(world: World) -> None:
    """Doubled numbers before bad signatures, before gaps, before unsent items, before those in order."""
    people = [world.town_head, world.town_liaison, world.inspector, world.park_head, world.office]
    orderly, unsent, gap, unsigned, forked = (phone_of(person) for person in people)
    for phone, person in zip((orderly, unsent, gap, unsigned, forked), people, strict=True):
        shoot(phone, person, 40 + people.index(person))
    devices.note_standing(str(unsent.device), 2, T0 - timedelta(hours=30), by=world.town_liaison, at=T0)
    shoot(gap, world.inspector, 70, n=4)
    data = jpeg(shade=80)
    take_in(uuid4(), data, unsigned.declare(data, T0, person="somebody"), by=world.park_head, at=T0)
    shoot(forked, world.office, 90, n=1)
    listed = standings(T0)
    assert [one.person for one in listed] == people[::-1]
    assert [one.in_order for one in listed] == [False, False, False, False, True]
    assert [(one.forks, one.doubts, one.gaps) for one in listed] == [(1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 0, 0), (0, 0, 0)]
    assert listed[3].unsent_since == T0 - timedelta(hours=30)


def test_what_waits_for_less_than_a_day_is_no_trouble(world: World) -> None:
    phone = phone_of(world.inspector)
    devices.note_standing(str(phone.device), 2, T0 - timedelta(hours=23), by=world.inspector, at=T0)
    assert standings(T0)[0].in_order
    assert not standings(T0 + timedelta(hours=2))[0].in_order
    devices.note_standing(str(phone.device), 0, None, by=world.inspector, at=day(1))
    assert standings(day(3))[0].in_order


def test_everybodys_phones_take_two_queries(world: World, django_assert_num_queries: object) -> None:
    for person in (world.inspector, world.town_head, world.office):
        shoot(phone_of(person), person, 40)
    with django_assert_num_queries(2):  # type: ignore[operator]  # the fixture has no type
        assert len(standings(T0)) == 3


def test_the_figures_are_true_counts_and_never_cut(world: World) -> None:
    """More of each than a page shows; who has most stands first, however much more than the page shows that is."""
    made = {person.pk: phone_of(person).device for person in (world.inspector, world.town_head)}

    def kept(person: Person, n: int, of: int, state: str) -> Statement:
        return Statement(device_id=made[person.pk], n=n, sha256=f"{of:064d}", state=state, received_at=T0)

    rows = [kept(world.inspector, n, n, SignatureState.BAD_SIGNATURE) for n in range(1, 131)]
    rows += [kept(world.inspector, 2 * n, 1_000 + n, SignatureState.VALID) for n in range(1, 121)]
    rows += [kept(world.town_head, n, n, SignatureState.BAD_SIGNATURE) for n in range(1, 132)]
    Statement.objects.bulk_create(rows)
    listed = standings(T0)
    assert [(one.person, one.doubts, one.gaps, one.forks) for one in listed] == [
        (world.town_head, 131, 0, 0),
        (world.inspector, 130, 120, 0),
    ]
    (shown,) = phones_of(world.inspector)
    assert (len(shown.doubts), len(shown.gaps)) == (100, 100)


@pytest.mark.parametrize("seed", range(12))
def test_the_database_counts_what_the_page_of_a_person_shows(world: World, seed: int) -> None:
    """Gaps, numbers given twice, broken links and bad signatures in any order: both say the same of the same statements."""
    chance = Random(seed)  # a reproducible mess, no secret
    device = phone_of(world.inspector).device
    Device.objects.filter(pk=device).update(whole_until=chance.choice([0, 0, 2, 5]))
    digests = [f"{n:064d}" for n in range(12)]
    for row in range(chance.randint(1, 14)):
        Statement.objects.get_or_create(
            device_id=device,
            sha256=chance.choice(digests),
            state=chance.choice([SignatureState.VALID] * 5 + [SignatureState.BAD_SIGNATURE]),
            defaults={
                "n": chance.randint(1, 9),
                "previous": chance.choice(["", *digests[:6]]),
                "received_at": T0 + timedelta(seconds=row),
            },
        )
    (shown,), (counted,) = phones_of(world.inspector), standings(T0)
    assert (counted.gaps, counted.forks, counted.doubts) == (len(shown.gaps), len(shown.forks), len(shown.doubts))


def test_a_revoked_phone_keeps_its_trouble_in_sight(world: World) -> None:
    """Whoever has something to hide does not hide it by revoking the phone."""
    phone = phone_of(world.inspector)
    shoot(phone, world.inspector, 40, n=3)
    devices.revoke(phone.device, by=world.inspector, at=day(1))
    (one,) = standings(day(2))
    assert (one.gaps, one.phones, one.in_use, one.revoked) == (1, 1, 0, 1)


# --- grades and findings --------------------------------------------------------------------------------------------------

BEST = GradeFacts(
    in_app=True,
    whole=True,
    signed=True,
    position_age_s=3,
    accuracy_m=8,
    inside_district=True,
    clock_offset_s=1,
    numbers_whole=True,
)


@pytest.mark.parametrize(
    ("different", "lacks"),
    [
        ({}, ()),
        ({"signed": False}, ("signed",)),
        ({"numbers_whole": False}, ("numbers_whole",)),
        ({"position_age_s": 31.0}, ("position_fresh",)),
        ({"accuracy_m": None}, ("position_precise",)),
        ({"inside_district": None, "clock_offset_s": 121.0}, ("inside_district", "clock_right")),
        ({"in_app": False}, ("in_app",)),
    ],
)
def test_a_grade_and_what_it_lacks_say_the_same(different: dict[str, Any], lacks: tuple[str, ...]) -> None:
    facts = GradeFacts(**{**{name: getattr(BEST, name) for name in BEST.__slots__}, **different})
    assert lacking(facts) == lacks
    assert grade(facts) == ("C" if "in_app" in lacks else "B" if lacks else "A")


@pytest.mark.clause("10-2")
def test_that_a_picture_came_twice_is_told_only_to_who_may_see_the_other(world: World) -> None:
    open_photo = world.photo(at=T0, shade=55)
    problem = world.listed(problem=world.report(photos=[open_photo]))
    inspection = make_inspection(
        InspectionDraft("spot_check", False, T0.date(), people=["other_inspector"]), by=world.office, at=T0
    )
    hidden = world.photo(by=world.other_inspector, at=T0, shade=55)
    world.report(by=world.other_inspector, photos=[hidden], inspection=inspection.pk)
    photo = problem.photos.get()

    def codes(person: Person) -> set[str]:
        return {check.code for check in checks_known_to(person, photo, day(1))}

    assert "reused" in codes(world.office)
    assert "reused" in codes(world.other_inspector)
    assert "reused" not in codes(world.town_head)
