"""Phones and what they sign: enrolling and revoking one, judging a capture statement, and keeping a phone's numbers in order.

A statement is canonical JSON, taken as the very bytes that were sent; its signature is ES256 (P-256, SHA-256), r‖s in base64url.
Nothing here refuses a photo: what does not fit is kept, marked and shown on the person's page of phones.
"""

import base64
import binascii
import hashlib
import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from django.db import transaction
from django.utils.translation import gettext_noop

from server.evidence.models import Device, SignatureState, Statement
from server.evidence.policy import may_look_at_phones, may_revoke_phones
from server.records.actions import append
from server.runtime.refusals import FieldError, Invalid, NotAllowed, NotThere
from server.units.models import Person
from server.units.predicates import actor, capacities

LONGEST_STATEMENT = 4_000
LONGEST_GROUND = 500
MOST_DEVICES = 50
MOST_SHOTS = 10**9
_COORDINATE_BYTES = 32
_TOGETHER = 500


@dataclass(frozen=True, slots=True)
class Fix:
    """A position as the statement has it: WGS 84 degrees, metres, by the phone's clock."""

    lon: float
    lat: float
    accuracy_m: float | None
    time: datetime | None


@dataclass(frozen=True, slots=True)
class Said:
    """What a statement says. ``digest`` is the SHA-256 of its bytes; ``time`` is None where it cannot be read."""

    device: UUID
    n: int
    previous: str
    sha256: str
    time: datetime | None
    fix: Fix | None
    person: str
    source: str
    digest: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of looking at a statement: a state, and as far as it could be read, what it says and whose phone it is."""

    state: str
    said: Said | None = None
    device: Device | None = None


# -- enrolling and revoking --------------------------------------------------------------------------------------------------


@transaction.atomic
def enrol(name: str, public_key: object, *, by: Person, at: datetime) -> tuple[Device, bool]:
    """Enrol the public half of a phone's key for this person; returns the phone and whether it is new.

    ``public_key`` is a JWK of the curve P-256. The same key again is the same phone. Raises Invalid for any other key, for one
    that was revoked, and for more phones than anybody carries.
    """
    jwk = read_key(public_key)
    thumbprint = _thumbprint(jwk)
    known = Device.objects.filter(person=by, thumbprint=thumbprint).first()
    if known is not None and known.revoked_at is not None:
        raise Invalid.one("public_key", "revoked", gettext_noop("This phone's key was revoked; it needs a new one."))
    if known is not None:
        return known, False
    if Device.objects.filter(person=by, revoked_at__isnull=True).count() >= MOST_DEVICES:
        raise Invalid.one("public_key", "too_many", gettext_noop("At most %(most)s phones; revoke old ones."), most=MOST_DEVICES)
    # Two requests of one phone at once: get_or_create gives the second what the first has made.
    device, made = Device.objects.get_or_create(
        person=by, thumbprint=thumbprint, defaults={"name": name.strip()[:100], "public_key": jwk, "enrolled_at": at}
    )
    if made:
        _record("enrol_device", device, by, at, after={"name": device.name, "thumbprint": thumbprint})
    return device, made


def find_own(device_id: UUID, *, by: Person) -> Device:
    """One's own phone. Raises NotThere."""
    device = Device.objects.filter(pk=device_id, person=by).first()
    if device is None:
        raise NotThere
    return device


@transaction.atomic
def revoke(device_id: UUID, *, by: Person, at: datetime) -> Device:
    """Revoke one's own phone: what it signs from now on is marked. Revoking it again changes nothing. Raises NotThere."""
    device = Device.objects.select_for_update().filter(pk=device_id, person=by).first()
    if device is None:
        raise NotThere
    _revoke(device, by, at, {"revoked": True})
    return device


@transaction.atomic
def revoke_lost(device_id: UUID, ground: str, *, by: Person, at: datetime) -> Device:
    """Revoke another person's phone that is lost, with the ground; the record says who did it, whose it was and why.

    Raises NotAllowed for who may look at others' phones and no more, NotThere for everybody else but the security_admin, and
    Invalid without a ground. Revoking it again changes nothing.
    """
    device = Device.objects.select_for_update().filter(pk=device_id).first()
    held = capacities(by, at)
    if device is None or not may_look_at_phones(held):
        raise NotThere
    if not may_revoke_phones(held):
        raise NotAllowed
    ground = ground.strip()
    if not ground:
        raise Invalid.one("ground", "required", gettext_noop("Say why it is revoked, as in: lost on the way."))
    if len(ground) > LONGEST_GROUND:
        raise Invalid.one("ground", "too_long", gettext_noop("At most %(most)s characters."), most=LONGEST_GROUND)
    _revoke(device, by, at, {"revoked": True, "person": device.person.username, "ground": ground})
    return device


def _revoke(device: Device, by: Person, at: datetime, told: dict[str, Any]) -> None:
    if device.revoked_at is None:
        device.revoked_at = at
        device.save(update_fields=["revoked_at"])
        _record("revoke_device", device, by, at, after=told)


def _record(action: str, device: Device, by: Person, at: datetime, after: dict[str, Any]) -> None:
    who = actor(by, capacities(by, at))
    append(at=at, by=who, action=action, article="", object_type="device", object_id=device.pk, after=after)


def read_key(given: object) -> dict[str, str]:
    """The four members of a public JWK that count. Raises Invalid for what is no point of P-256, or holds a private half."""
    if not isinstance(given, dict):
        _bad_key("not_a_key", gettext_noop("A public key as a JWK is expected."))
    if "d" in given:
        _bad_key("private", gettext_noop("This key holds its private half, which must never leave the phone."))
    if given.get("kty") != "EC" or given.get("crv") != "P-256":
        _bad_key("wrong_curve", gettext_noop("Only keys of the curve P-256 are accepted."))
    jwk = {"kty": "EC", "crv": "P-256", "x": str(given.get("x", "")), "y": str(given.get("y", ""))}
    if _public_key(jwk) is None:
        _bad_key("not_a_point", gettext_noop("This key is no point of the curve P-256."))
    return {**jwk, **{name: _spelled(_bytes_of(jwk[name]) or b"") for name in ("x", "y")}}


def _bad_key(code: str, text: str) -> NoReturn:
    raise Invalid.one("public_key", code, text)


def _public_key(jwk: dict[str, str]) -> ec.EllipticCurvePublicKey | None:
    x, y = _bytes_of(jwk["x"]), _bytes_of(jwk["y"])
    if x is None or y is None or (len(x), len(y)) != (_COORDINATE_BYTES, _COORDINATE_BYTES):
        return None
    numbers = ec.EllipticCurvePublicNumbers(int.from_bytes(x, "big"), int.from_bytes(y, "big"), ec.SECP256R1())
    try:
        return numbers.public_key()
    except ValueError:
        return None


def _thumbprint(jwk: dict[str, str]) -> str:
    members = {name: jwk[name] for name in ("crv", "kty", "x", "y")}  # RFC 7638: these, in this order
    return _spelled(hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).digest())


def _spelled(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes_of(text: str) -> bytes | None:
    """Base64url, padded or not; None for anything else."""
    try:
        return base64.b64decode(text.rstrip("=").encode("ascii") + b"=" * (-len(text.rstrip("=")) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None


# -- one statement -----------------------------------------------------------------------------------------------------------


def verify_statement(statement: bytes, signature: str, device: Device) -> bool:
    """Whether the phone's key signed these very bytes: ES256, r‖s of 64 bytes, base64url."""
    key, raw = _public_key(device.public_key), _bytes_of(signature)
    if key is None or raw is None or len(raw) != 2 * _COORDINATE_BYTES:
        return False
    r, s = (int.from_bytes(half, "big") for half in (raw[:_COORDINATE_BYTES], raw[_COORDINATE_BYTES:]))
    try:
        key.verify(encode_dss_signature(r, s), statement, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def judge(statement: str, signature: str, *, sha256: str | None, by: Person) -> Verdict:
    """Look at a statement that this person's token brought, for the photo of this digest (None: of a shot thrown away)."""
    if not statement or not signature:
        return Verdict(SignatureState.UNSIGNED)
    said = read_statement(statement)
    if said is None:
        return Verdict(SignatureState.MALFORMED)
    device = Device.objects.filter(pk=said.device, person=by).first()
    if device is None:
        return Verdict(SignatureState.UNKNOWN_DEVICE, said)
    return Verdict(_state(said, statement, signature, device, sha256, by), said, device)


def _state(said: Said, statement: str, signature: str, device: Device, sha256: str | None, by: Person) -> str:
    if not verify_statement(statement.encode(), signature, device):
        return SignatureState.BAD_SIGNATURE
    if device.revoked_at is not None:
        return SignatureState.REVOKED
    if said.person not in (by.username, str(by.pk)):
        return SignatureState.OTHER_PERSON
    if sha256 is not None and said.sha256 != sha256:
        return SignatureState.OTHER_PHOTO
    return SignatureState.VALID


def read_statement(statement: str) -> Said | None:
    """What a statement says, None where it has not the shape of one (contract.md, "statement and signature")."""
    if len(statement) > LONGEST_STATEMENT:
        return None
    try:
        members = json.loads(statement)
        device = UUID(members["device"])
        n, previous, sha256 = members["n"], members["previous"], members["sha256"]
        person, source = members["person"], members["source"]
        fix = _fix(members["position"])
        time = _moment(members["time"])
        digest = hashlib.sha256(statement.encode()).hexdigest()
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    counted = isinstance(n, int) and not isinstance(n, bool) and 1 <= n <= MOST_SHOTS
    texts = isinstance(person, str) and isinstance(source, str)
    if not counted or not texts or not _is_digest(sha256) or not (previous is None or _is_digest(previous)):
        return None
    return Said(device, n, previous or "", sha256, time, fix, person, source, digest)


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and len(value) == 64 and all(c in "0123456789abcdef" for c in value)


def _fix(given: Any) -> Fix | None:
    if given is None:
        return None
    lon, lat = float(given["lon"]), float(given["lat"])
    accuracy = None if given.get("accuracy_m") is None else float(given["accuracy_m"])
    if not all(math.isfinite(number) for number in (lon, lat, accuracy or 0.0)):
        raise ValueError
    return Fix(lon, lat, accuracy, _moment(given.get("time")))


def _moment(given: object) -> datetime | None:
    if not isinstance(given, str):
        return None
    try:
        moment = datetime.fromisoformat(given)
        return moment.astimezone(UTC) if moment.utcoffset() is not None and 2000 <= moment.year < 9999 else None
    except (ValueError, OverflowError):
        return None


# -- a phone's numbers -------------------------------------------------------------------------------------------------------


def keep_statement(verdict: Verdict, *, photo: UUID | None, text: str = "", signature: str = "", at: datetime) -> bool:
    """Keep a statement among its phone's, in the caller's transaction; whether it is a new one.

    The phone's row is locked, after problem and photo. A fork, a gap and a bad signature are kept like anything else.
    """
    said = verdict.said
    if said is None or verdict.device is None:
        return False
    device = Device.objects.select_for_update().get(pk=verdict.device.pk)
    _row, made = Statement.objects.get_or_create(
        device=device,
        sha256=said.digest,
        state=verdict.state,
        defaults={
            "n": said.n,
            "previous": said.previous,
            "photo": photo,
            "text": text,
            "signature": signature,
            "received_at": at,
        },
    )
    if made and verdict.state == SignatureState.VALID:
        device.whole_until = said.n - 1 if said.n <= device.whole_until else _whole_until(device)
        device.save(update_fields=["whole_until"])
    return made


def _whole_until(device: Device) -> int:
    """Up to which number the phone's statements are whole, looked at from where they were whole before."""
    whole = device.whole_until
    last = ""
    valid = Statement.objects.filter(device=device, state=SignatureState.VALID)
    while True:
        rows = list(valid.filter(n__gte=max(whole, 1)).order_by("n").values_list("n", "previous", "sha256")[:_TOGETHER])
        began = whole
        for index, (n, previous, sha256) in enumerate(rows):
            if n == whole:
                last = sha256
                continue
            twice = index + 1 < len(rows) and rows[index + 1][0] == n
            if n != whole + 1 or twice or previous != last:
                return whole
            whole, last = n, sha256
        if len(rows) < _TOGETHER or whole == began:
            return whole


@transaction.atomic
def discard(device_id: UUID, statement: str, signature: str, *, by: Person, at: datetime) -> tuple[Said, bool]:
    """Keep the signed statement of a shot that was thrown away, so that its number is no gap; whether it is new.

    Raises NotThere for a phone that is not one's own, Invalid for what is no statement of it. A bad signature is kept and shown.
    """
    find_own(device_id, by=by)
    errors = [] if signature else [FieldError("signature", "required", gettext_noop("A statement without its signature."))]
    said = read_statement(statement)
    if said is None or said.device != device_id:
        errors.append(FieldError("statement", "malformed", gettext_noop("This is no statement of this phone.")))
    if errors or said is None:
        raise Invalid(errors)
    verdict = judge(statement, signature, sha256=None, by=by)
    return said, keep_statement(verdict, photo=None, text=statement, signature=signature, at=at)


def note_standing(
    device: str,
    waiting: int | None,
    oldest: datetime | None,
    *,
    by: Person,
    at: datetime,
    clock_offset_s: float | None = None,
) -> None:
    """Note what a phone says of itself: how many items it has not sent, since when the oldest waits, and how far the server's
    clock is ahead of its own. A clock it does not tell of stays what it was. Others' phones are passed over.
    """
    try:
        device_id = UUID(device)
    except ValueError:
        return
    told: dict[str, Any] = {"waiting": waiting, "oldest": oldest, "heard_at": at}
    if clock_offset_s is not None:
        told |= {"clock_offset_s": clock_offset_s, "clock_seen_at": at}
    Device.objects.filter(pk=device_id, person=by).update(**told)
