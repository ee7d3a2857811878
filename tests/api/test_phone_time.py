"""Phone-Time: what a phone says of its own clock is compared with the server's and kept, and never refused."""

from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from mobile_api.clock import spelled
from server.evidence.models import Photo
from server.inspections.models import Submission
from tests.api.calling import Answer, Caller, report_body, visit_body
from tests.api.conftest import Clock
from tests.api.test_uploads import CHUNK, metadata
from tests.evidence.signing import SigningPhone
from tests.photographs import jpeg
from tests.world import World, day

pytestmark = pytest.mark.django_db
# The phone's clock is two hours and a quarter of a second slow.
SLOW = day(1) - timedelta(hours=2, milliseconds=250)
SECONDS = 7_200.25


def told(at: Any = SLOW) -> dict[str, str]:
    return {"Phone_Time": at if isinstance(at, str) else at.isoformat(timespec="milliseconds")}


def sent_in_parts(caller: Caller, photo: Any, **headers: str) -> Answer:
    begun = caller.call(
        "POST",
        "uploads/",
        Tus_Resumable="1.0.0",
        Upload_Length=str(len(jpeg())),
        Upload_Metadata=metadata(photo, jpeg()),
        **headers,
    )
    assert begun.status == 201, begun
    address = urlsplit(begun.headers["Location"]).path
    return caller.call("PATCH", address, jpeg(), CHUNK, Tus_Resumable="1.0.0", Upload_Offset="0")


def test_reports_and_visits_keep_how_far_the_phones_clock_is_off(world: World, inspector: Caller) -> None:
    report, visit, silent = uuid4(), uuid4(), uuid4()
    assert inspector.put(f"reports/{report}", report_body(), **told()).status == 201
    assert inspector.put(f"visits/{visit}", visit_body(world.planned().pk), **told()).status == 201
    assert inspector.put(f"reports/{silent}", report_body(title="另一处")).status == 201
    kept = dict(Submission.objects.filter(pk__in=[report, visit, silent]).values_list("pk", "clock_offset_s"))
    assert kept == {report: SECONDS, visit: SECONDS, silent: None}


def test_another_time_is_no_other_content(inspector: Caller) -> None:
    report = uuid4()
    first = inspector.put(f"reports/{report}", report_body(), **told())
    again = inspector.put(f"reports/{report}", report_body(), **told(day(3)))
    assert (first.status, again.status) == (201, 200)
    assert Submission.objects.get().clock_offset_s == SECONDS


@pytest.mark.parametrize(
    "said", ["", "soon", "2026-03-02T09:00:00", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-02-30T09:00:00Z"]
)
def test_a_time_that_says_nothing_or_too_much_is_no_reason_to_refuse(inspector: Caller, said: str) -> None:
    assert inspector.put(f"reports/{uuid4()}", report_body(), **told(said)).status == 201
    assert inspector.put_photo(photo_id=uuid4()).status == 201
    assert inspector.post("receipts", {}, **told(said)).status == 200


def test_a_photo_without_a_statement_keeps_it_by_either_way(inspector: Caller) -> None:
    whole, in_parts, silent = uuid4(), uuid4(), uuid4()
    data = jpeg()
    fields = {"file": _file(data), "sha256": sha256(data).hexdigest()}
    assert inspector.form("PUT", f"photos/{whole}", fields, **told()).status == 201
    assert sent_in_parts(inspector, in_parts, **told()).status == 204
    assert sent_in_parts(inspector, silent).status == 204
    assert dict(Photo.objects.values_list("pk", "clock_offset_s")) == {whole: SECONDS, in_parts: SECONDS, silent: None}


def test_what_a_statement_says_of_the_clock_goes_before_it(inspector: Caller) -> None:
    phone, photo, data = SigningPhone(), uuid4(), jpeg()
    phone.device = inspector.post("devices", {"name": "", "public_key": phone.jwk}).json["id"]
    statement = phone.statement(sha256(data).hexdigest(), day(1) - timedelta(seconds=30))
    fields = {
        "file": _file(data),
        "sha256": sha256(data).hexdigest(),
        "captured_at": day(1).isoformat(),
        "statement": statement,
        "signature": phone.sign(statement),
    }
    assert inspector.form("PUT", f"photos/{photo}", fields, **told()).status == 201
    assert Photo.objects.get().clock_offset_s == 30


def test_the_list_of_phones_says_how_far_each_clock_was_off_and_when(inspector: Caller, server_clock: Clock) -> None:
    phone = SigningPhone()
    device = inspector.post("devices", {"name": "", "public_key": phone.jwk}).json["id"]

    def shown() -> tuple[Any, Any]:
        (line,) = inspector.get("devices").json["devices"]
        return line["clock_offset_s"], line["clock_seen_at"]

    assert shown() == (None, None)
    inspector.post("receipts", {"device": device}, **told())
    seen = (SECONDS, spelled(day(1)))
    assert shown() == seen
    server_clock.to(day(2))
    inspector.post("receipts", {"device": device})
    inspector.post("receipts", {}, **told(day(9)))
    assert shown() == seen
    inspector.post("receipts", {"device": device}, **told(day(2)))
    assert shown() == (0, spelled(day(2)))


def test_anothers_phone_is_passed_over(world: World, inspector: Caller) -> None:
    phone = SigningPhone()
    device = inspector.post("devices", {"name": "", "public_key": phone.jwk}).json["id"]
    assert Caller(world.other_inspector).post("receipts", {"device": device}, **told()).status == 200
    (line,) = inspector.get("devices").json["devices"]
    assert line["clock_offset_s"] is None


def _file(data: bytes) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("p.jpg", data)
