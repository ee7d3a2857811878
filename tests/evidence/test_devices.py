"""Each phone signs what it saw; what does not fit is kept, marked and shown, and refuses no photo."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from server.evidence import devices
from server.evidence.actions import Declared, take_in
from server.evidence.models import Device, Photo, SignatureState, Statement
from server.evidence.phones import Phone, phones_of
from server.records.models import Entry
from server.runtime.refusals import Invalid, NotThere
from server.units.models import Person
from tests.evidence.signing import SigningPhone, base64url
from tests.photographs import jpeg
from tests.world import T0, World, day

pytestmark = pytest.mark.django_db


def enrolled(world: World, person: Person | None = None) -> SigningPhone:
    person = person or world.inspector
    phone = SigningPhone(person=person.username)
    device, _new = devices.enrol("Android 14 Chrome", phone.jwk, by=person, at=T0)
    phone.device = device.pk
    return phone


def shoot(world: World, declared: Declared, shade: int) -> Photo:
    return take_in(uuid4(), jpeg(shade=shade), declared, by=world.inspector, at=day(0, 1))[0]


def shot(world: World, phone: SigningPhone, shade: int, **different: object) -> Photo:
    return shoot(world, phone.declare(jpeg(shade=shade), T0, **different), shade)


def page(world: World) -> Phone:
    return phones_of(world.inspector)[0]


def test_enrolling_a_phone_is_recorded_and_the_same_key_is_the_same_phone(world: World) -> None:
    phone = SigningPhone()
    first, new = devices.enrol("iPhone Safari", phone.jwk, by=world.inspector, at=T0)
    again, renewed = devices.enrol("renamed", {**phone.jwk, "ext": True}, by=world.inspector, at=day(1))
    assert (new, renewed, first.pk, again.name) == (True, False, again.pk, "iPhone Safari")
    assert devices.enrol("phone", phone.jwk, by=world.other_inspector, at=T0)[0].pk != first.pk
    entries = Entry.objects.filter(action="enrol_device", object_id=str(first.pk))
    assert [(entry.by_id, entry.after_values) for entry in entries] == [
        (str(world.inspector.pk), {"name": "iPhone Safari", "thumbprint": first.thumbprint})
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"crv": "P-384"}, "wrong_curve"),
        ({"kty": "RSA"}, "wrong_curve"),
        ({"d": "AAAA"}, "private"),
        ({"x": base64url(b"\x01" * 32)}, "not_a_point"),
        ({"x": base64url(b"\x01" * 31)}, "not_a_point"),
        ({"y": "???"}, "not_a_point"),
        ({"y": None}, "not_a_point"),
    ],
)
def test_only_public_points_of_p256_are_enrolled(world: World, change: dict[str, object], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        devices.enrol("phone", {**SigningPhone().jwk, **change}, by=world.inspector, at=T0)
    assert [error.code for error in refused.value.errors] == [code]
    assert not Device.objects.exists()


@pytest.mark.parametrize("key", [None, [], "key", 7])
def test_what_is_no_key_at_all_is_refused(world: World, key: object) -> None:
    with pytest.raises(Invalid):
        devices.enrol("phone", key, by=world.inspector, at=T0)


def test_the_signature_is_checked_over_the_very_bytes(world: World) -> None:
    phone = enrolled(world)
    device = Device.objects.get()
    statement = phone.statement("0" * 64, T0)
    signature = phone.sign(statement)
    assert devices.verify_statement(statement.encode(), signature, device)
    assert devices.verify_statement(statement.encode(), signature + "==", device)
    respelled = json.dumps(json.loads(statement))
    assert not devices.verify_statement(respelled.encode(), signature, device)
    for bad in ("", "?", signature[:-2], base64url(b"\0" * 64), SigningPhone().sign(statement)):
        assert not devices.verify_statement(statement.encode(), bad, device)


def test_a_signed_photo_is_valid_and_says_so_in_the_record(world: World) -> None:
    photo = shot(world, enrolled(world), 80)
    assert photo.signature_state == SignatureState.VALID
    assert (photo.statement_n, photo.stated_position_age_s, photo.stated_accuracy_m) == (1, 3.0, 6.0)
    assert (photo.clock_offset_s, photo.in_district) == (0.0, True)
    world.report(photos=[photo.pk])
    after = Entry.objects.get(action="photo", object_id=str(photo.pk)).after_values
    assert after is not None
    assert after["signature"] == "valid"


def test_an_unsigned_photo_is_accepted_and_marked(world: World) -> None:
    declared = replace(enrolled(world).declare(jpeg(shade=80), T0), signature="")
    assert shoot(world, declared, 80).signature_state == SignatureState.UNSIGNED
    assert shoot(world, replace(declared, statement=""), 80).signature_state == SignatureState.UNSIGNED
    assert page(world).gaps == ()


@pytest.mark.parametrize(
    ("different", "state"),
    [
        ({"sha256": "1" * 64}, SignatureState.OTHER_PHOTO),
        ({"person": "other_inspector"}, SignatureState.OTHER_PERSON),
        ({"device": str(uuid4())}, SignatureState.UNKNOWN_DEVICE),
        ({"device": "phone"}, SignatureState.MALFORMED),
        ({"n": 0}, SignatureState.MALFORMED),
        ({"n": True}, SignatureState.MALFORMED),
        ({"n": 2**63}, SignatureState.MALFORMED),
        ({"n": 10**4_000}, SignatureState.MALFORMED),
        ({"previous": "short"}, SignatureState.MALFORMED),
        ({"position": {"lon": 1e999, "lat": 0}}, SignatureState.MALFORMED),
        ({"position": "here"}, SignatureState.MALFORMED),
        ({"person": None}, SignatureState.MALFORMED),
    ],
)
def test_a_statement_that_does_not_fit_is_kept_and_marked(world: World, different: dict[str, object], state: str) -> None:
    photo = shot(world, enrolled(world), 80, **different)
    assert photo.signature_state == state
    assert photo.statement


@pytest.mark.parametrize("statement", ["", "{}", "[]", "null", "[" * 3_000, '{"device": 1}', "\ud800", "x" * 4_001])
def test_what_is_no_statement_is_malformed_and_breaks_nothing(world: World, statement: str) -> None:
    verdict = devices.judge(statement, "AAAA", sha256="0" * 64, by=world.inspector)
    assert verdict.state == (SignatureState.MALFORMED if statement else SignatureState.UNSIGNED)


def test_anothers_phone_signs_nothing_for_me(world: World) -> None:
    theirs = enrolled(world, world.other_inspector)
    theirs.person = "inspector"
    assert shot(world, theirs, 80).signature_state == SignatureState.UNKNOWN_DEVICE
    assert not Statement.objects.exists()


def test_a_bad_signature_is_accepted_and_shown_on_the_page_of_phones(world: World) -> None:
    phone = enrolled(world)
    photo = shoot(world, replace(phone.declare(jpeg(shade=80), T0), signature=SigningPhone().sign("other")), 80)
    assert photo.signature_state == SignatureState.BAD_SIGNATURE
    assert [(doubt.n, doubt.photo, doubt.state) for doubt in page(world).doubts] == [(1, photo.pk, "bad_signature")]
    assert page(world).gaps == ()


def test_a_gap_is_shown_until_the_missing_shots_arrive(world: World) -> None:
    phone = enrolled(world)
    data = [jpeg(shade=40 + n) for n in range(5)]
    declared = [phone.declare(one, T0) for one in data]
    for n in (0, 4, 2):
        take_in(uuid4(), data[n], declared[n], by=world.inspector, at=T0)
    assert page(world).gaps == ((2, 2), (4, 4))
    assert page(world).device.whole_until == 1
    for n in (3, 1):
        take_in(uuid4(), data[n], declared[n], by=world.inspector, at=T0)
    assert (page(world).gaps, page(world).device.whole_until, page(world).statements) == ((), 5, 5)


def test_the_statement_of_a_shot_thrown_away_fills_its_number(world: World) -> None:
    phone = enrolled(world)
    shot(world, phone, 80)
    discarded = phone.statement("2" * 64, T0)
    signature = phone.sign(discarded)
    shot(world, phone, 81)
    assert page(world).gaps == ((2, 2),)
    said, new = devices.discard(phone.device, discarded, signature, by=world.inspector, at=T0)
    assert (said.n, new, page(world).gaps) == (2, True, ())
    assert devices.discard(phone.device, discarded, signature, by=world.inspector, at=T0)[1] is False


def test_a_discarded_statement_is_taken_from_its_own_phone_alone(world: World) -> None:
    phone = enrolled(world)
    statement = phone.statement("2" * 64, T0)
    with pytest.raises(NotThere):
        devices.discard(phone.device, statement, phone.sign(statement), by=world.other_inspector, at=T0)
    with pytest.raises(NotThere):
        devices.discard(uuid4(), statement, phone.sign(statement), by=world.inspector, at=T0)
    for wrong, signature in ((statement, ""), ("{}", "AAAA")):
        with pytest.raises(Invalid):
            devices.discard(phone.device, wrong, signature, by=world.inspector, at=T0)
    devices.discard(phone.device, statement, "AAAA", by=world.inspector, at=T0)
    assert [doubt.state for doubt in page(world).doubts] == ["bad_signature"]


def test_a_fork_shows_and_both_photos_stay(world: World) -> None:
    phone = enrolled(world)
    shot(world, phone, 80)
    twin = SigningPhone(device=phone.device, key=phone.key, n=phone.n, last=phone.last)
    shot(world, phone, 81)
    shot(world, phone, 82)
    assert page(world).device.whole_until == 3
    forked = shot(world, twin, 83)
    assert (page(world).forks, page(world).device.whole_until) == ((2,), 1)
    assert forked.signature_state == SignatureState.VALID
    assert Photo.objects.count() == 4
    shot(world, phone, 84)
    assert (page(world).forks, page(world).device.whole_until) == ((2,), 1)  # nothing mends it


def test_a_statement_that_does_not_name_the_one_before_is_a_fork(world: World) -> None:
    phone = enrolled(world)
    shot(world, phone, 80)
    shot(world, phone, 81, previous="3" * 64)
    assert page(world).forks == (2,)


def test_the_first_statement_names_nothing_before_it(world: World) -> None:
    shot(world, enrolled(world), 80, previous="3" * 64)
    assert page(world).forks == (1,)


def test_what_a_revoked_phone_signs_is_marked(world: World) -> None:
    phone = enrolled(world)
    shot(world, phone, 80)
    devices.revoke(phone.device, by=world.inspector, at=day(1))
    devices.revoke(phone.device, by=world.inspector, at=day(2))
    assert shot(world, phone, 81).signature_state == SignatureState.REVOKED
    assert Device.objects.get().revoked_at == day(1)
    assert Entry.objects.filter(action="revoke_device").count() == 1
    with pytest.raises(Invalid):
        devices.enrol("phone", phone.jwk, by=world.inspector, at=day(2))


def test_nobody_revokes_anothers_phone(world: World) -> None:
    phone = enrolled(world)
    with pytest.raises(NotThere):
        devices.revoke(phone.device, by=world.other_inspector, at=T0)
    assert Device.objects.get().revoked_at is None


def test_a_phone_says_what_it_has_not_sent(world: World) -> None:
    phone = enrolled(world)
    devices.note_standing(str(phone.device), 7, day(-1), by=world.inspector, at=T0)
    devices.note_standing(str(phone.device), 99, None, by=world.other_inspector, at=T0)
    devices.note_standing("no phone", 99, None, by=world.inspector, at=T0)
    device = page(world).device
    assert (device.waiting, device.oldest, device.heard_at) == (7, day(-1), T0)


def test_the_offset_of_a_wrong_clock_is_kept_and_the_photo_taken(world: World) -> None:
    """The phone's clock is two hours slow; the time it corrected is right."""
    phone = enrolled(world)
    slow = (T0 - timedelta(hours=2)).isoformat()
    photo = shot(world, phone, 80, time=slow)
    assert (photo.clock_offset_s, photo.captured_at) == (7200.0, T0)


def test_a_shot_from_the_future_tells_how_far_ahead_the_clock_is(world: World) -> None:
    phone = enrolled(world)
    ahead = day(3)
    data = jpeg(shade=80)
    photo = take_in(uuid4(), data, phone.declare(data, ahead), by=world.inspector, at=T0)[0]
    assert photo.clock_offset_s == (T0 - ahead).total_seconds()


def test_a_page_of_many_phones_takes_two_queries(world: World, django_assert_num_queries: object) -> None:
    for n in range(3):
        phone = enrolled(world)
        shot(world, phone, 50 + n)
        shot(world, phone, 60 + n, n=4)
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert [one.gaps for one in phones_of(world.inspector)] == [((2, 3),)] * 3
