"""/devices: enrolling one's own phones, looking at them, revoking one; and what /receipts notes of them."""

from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest

from server.evidence.models import Device, Photo
from tests.api.calling import Caller
from tests.evidence.signing import SigningPhone
from tests.photographs import jpeg
from tests.world import World, day

pytestmark = pytest.mark.django_db


def enrol(caller: Caller, phone: SigningPhone) -> str:
    answer = caller.post("devices", {"name": "Android 14 Chrome", "public_key": phone.jwk})
    assert answer.status == 201, answer
    phone.device = answer.json["id"]
    return str(answer.json["id"])


def send(caller: Caller, phone: SigningPhone, shade: int) -> str:
    data, photo = jpeg(shade=shade), uuid4()
    statement = phone.statement(sha256(data).hexdigest(), day(1))
    fields = {"captured_at": day(1).isoformat(), "source": "camera", "location": "118.31,30.91", "accuracy_m": "6"}
    answer = caller.put_photo(data, photo, statement=statement, signature=phone.sign(statement), **fields)
    assert answer.status == 201, answer
    return str(photo)


def phones(caller: Caller) -> list[dict[str, Any]]:
    answer = caller.get("devices")
    assert answer.status == 200, answer
    found: list[dict[str, Any]] = answer.json["devices"]
    return found


def test_a_phone_is_enrolled_once_and_listed(inspector: Caller) -> None:
    phone = SigningPhone()
    device = enrol(inspector, phone)
    again = inspector.post("devices", {"name": "again", "public_key": phone.jwk})
    assert (again.status, again.json["id"]) == (200, device)
    told = [(one["id"], one["name"], one["revoked_at"], one["gaps"]) for one in phones(inspector)]
    assert told == [(device, "Android 14 Chrome", None, [])]


def test_a_photo_signed_by_it_is_an_a(inspector: Caller) -> None:
    phone = SigningPhone()
    enrol(inspector, phone)
    signed = inspector.get(f"photos/{send(inspector, phone, 80)}").json
    assert (signed["grade"], [check["code"] for check in signed["checks"]]) == ("A", [])
    unsigned = uuid4()
    inspector.put_photo(jpeg(shade=81), unsigned, source="camera")
    assert inspector.get(f"photos/{unsigned}").json["grade"] == "B"


def test_a_gap_is_shown_until_the_shot_thrown_away_is_told(inspector: Caller) -> None:
    phone = SigningPhone()
    device = enrol(inspector, phone)
    send(inspector, phone, 80)
    discarded = phone.statement("2" * 64, day(1))
    send(inspector, phone, 81)
    assert phones(inspector)[0]["gaps"] == [[2, 2]]
    told = {"statement": discarded, "signature": phone.sign(discarded)}
    first, again = (inspector.post(f"devices/{device}/discarded", told) for _n in range(2))
    assert (first.status, again.status, first.json["n"]) == (201, 200, 2)
    assert first.json["sha256"] == sha256(discarded.encode()).hexdigest()
    assert phones(inspector)[0]["gaps"] == []


def test_a_bad_signature_and_a_fork_are_accepted_and_shown(inspector: Caller) -> None:
    phone = SigningPhone()
    enrol(inspector, phone)
    twin = SigningPhone(device=phone.device, key=phone.key)
    thief = SigningPhone(device=phone.device, n=1)
    send(inspector, phone, 80)
    send(inspector, twin, 81)
    photo = send(inspector, thief, 82)
    shown = phones(inspector)[0]
    assert shown["forks"] == [1]
    assert [(doubt["n"], doubt["photo"], doubt["state"]) for doubt in shown["doubts"]] == [(2, photo, "bad_signature")]
    assert Photo.objects.count() == 3


def test_what_a_phone_has_not_sent_is_noted_with_its_receipts(world: World, inspector: Caller) -> None:
    device = enrol(inspector, SigningPhone())
    asked = {"device": device, "waiting": 4, "oldest": "2026-03-02T09:00:00+08:00"}
    assert inspector.post("receipts", asked).status == 200
    shown = phones(inspector)[0]
    assert (shown["waiting"], shown["oldest"]) == (4, "2026-03-02T09:00:00+08:00")
    Caller(world.office).post("receipts", {"device": device, "waiting": 99})
    inspector.post("receipts", {})
    assert phones(inspector)[0]["waiting"] == 4


def test_a_revoked_phone_stays_listed_and_its_photos_are_marked(inspector: Caller) -> None:
    phone = SigningPhone()
    device = enrol(inspector, phone)
    assert inspector.call("DELETE", f"devices/{device}").status == 204
    assert inspector.call("DELETE", f"devices/{device}").status == 204
    assert phones(inspector)[0]["revoked_at"] is not None
    photo = send(inspector, phone, 80)
    assert inspector.get(f"photos/{photo}").json["grade"] == "B"
    assert inspector.post("devices", {"name": "x", "public_key": phone.jwk}).codes == {"public_key": "revoked"}


def test_others_phones_are_not_there(world: World, inspector: Caller) -> None:
    phone = SigningPhone()
    device = enrol(inspector, phone)
    other = Caller(world.other_inspector)
    assert phones(other) == []
    assert other.call("DELETE", f"devices/{device}").status == 404
    statement = phone.statement("2" * 64, day(1))
    told = {"statement": statement, "signature": phone.sign(statement)}
    assert other.post(f"devices/{device}/discarded", told).status == 404
    assert Device.objects.get().revoked_at is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"public_key": None},
        {"public_key": "key"},
        {"public_key": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}},
        {"public_key": {"kty": "oct", "k": "AA"}},
        {"public_key": {**SigningPhone().jwk, "d": "AA"}},
        {"public_key": {**SigningPhone().jwk, "x": {"deep": []}}},
        {"public_key": SigningPhone().jwk, "name": "x" * 101},
        {"public_key": SigningPhone().jwk, "name": "a\x00b"},
    ],
)
def test_what_is_no_key_is_refused(inspector: Caller, body: dict[str, Any]) -> None:
    answer = inspector.post("devices", body)
    assert answer.status == 422, answer
    assert not Device.objects.exists()


def test_what_is_no_statement_is_refused(inspector: Caller) -> None:
    device = enrol(inspector, SigningPhone())
    for body in ({}, {"statement": "{}", "signature": "AA"}, {"statement": 1, "signature": 2}, {"statement": "x" * 5_000}):
        assert inspector.post(f"devices/{device}/discarded", body).status == 422
    assert inspector.post(f"devices/{device}/discarded", []).status == 422


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("POST", ""), ("DELETE", "/x"), ("POST", "/x/discarded")])
def test_a_login_is_needed(method: str, path: str) -> None:
    assert Caller().send(method, "devices" + path.replace("x", str(uuid4())), {}).status == 401
