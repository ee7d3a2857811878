"""/uploads/: tus 1.0.0 with creation, checksum, expiration and termination."""

import base64
import hashlib
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from django.core.files.storage import storages
from django.test import Client
from pytest_django import Settings

from server.evidence.models import Photo
from server.files import partial
from server.files.models import PartialUpload
from server.files.queries import read_bytes
from tests.api.calling import Answer, Caller, report_body
from tests.api.conftest import Clock
from tests.photographs import jpeg
from tests.world import World

DATA = jpeg(quality=95)
HALF = len(DATA) // 2
LARGEST = 60 * 1024 * 1024
CHUNK = "application/offset+octet-stream"


@pytest.fixture(autouse=True)
def storage_of_its_own(settings: Settings, tmp_path: Path) -> None:
    """What other tests left half sent is nobody's business here."""
    options = {"location": str(tmp_path / "files"), "base_url": None}
    disk = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": disk}


def metadata(photo_id: UUID, data: bytes = DATA, **fields: str) -> str:
    said = {"photo": str(photo_id), "sha256": sha256(data).hexdigest(), "source": "camera", **fields}
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in said.items())


def checksum(algorithm: str, data: bytes) -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"


def begin(caller: Caller, photo: UUID, data: bytes = DATA, **headers: str) -> Answer:
    sent = {"Tus_Resumable": "1.0.0", "Upload_Length": str(len(data)), "Upload_Metadata": metadata(photo, data), **headers}
    return caller.call("POST", "uploads/", **{name: value for name, value in sent.items() if value is not ...})


def located(answer: Answer) -> str:
    assert answer.status == 201, answer
    return urlsplit(answer.headers["Location"]).path


def head(caller: Caller, address: str) -> Answer:
    return caller.call("HEAD", address, Tus_Resumable="1.0.0")


def patch(caller: Caller, address: str, offset: object, data: bytes, content_type: str = CHUNK, **headers: str) -> Answer:
    sent = {"Tus_Resumable": "1.0.0", "Upload_Offset": str(offset), **headers}
    return caller.call("PATCH", address, data, content_type, **sent)


def offset_of(caller: Caller, address: str) -> int:
    answer = head(caller, address)
    assert answer.status == 200, answer
    return int(answer.headers["Upload-Offset"])


@pytest.mark.django_db
class TestPhotosInParts:
    def test_a_photo_arrives_in_two_parts_and_is_a_photo_like_any_other(self, inspector: Caller) -> None:
        photo = uuid4()
        begun = begin(
            inspector, photo, Upload_Metadata=metadata(photo, location="118.31,30.91", stage="after", filename="河岸.jpg")
        )
        address = located(begun)
        assert begun.headers["Tus-Resumable"] == "1.0.0"
        assert begun.headers["Upload-Expires"].endswith("GMT")
        first = patch(inspector, address, 0, DATA[:HALF], Upload_Checksum=checksum("sha256", DATA[:HALF]))
        assert (first.status, first.headers["Upload-Offset"]) == (204, str(HALF))
        assert not Photo.objects.exists()
        standing = head(inspector, address)
        assert (standing.status, standing.headers["Upload-Offset"]) == (200, str(HALF))
        assert (standing.headers["Upload-Length"], standing.headers["Cache-Control"]) == (str(len(DATA)), "no-store")
        last = patch(inspector, address, HALF, DATA[HALF:], Upload_Checksum=checksum("sha1", DATA[HALF:]))
        assert (last.status, last.headers["Upload-Offset"]) == (204, str(len(DATA)))
        kept = Photo.objects.get(pk=photo)
        assert read_bytes(kept.file) == DATA
        assert (kept.photo_stage, kept.source, kept.lon, kept.file.name) == ("after", "camera", 118.31, "河岸.jpg")
        assert storages["default"].listdir(partial.PARTS)[0] == []

    def test_an_upload_tells_what_was_said_of_it_at_the_beginning(self, inspector: Caller) -> None:
        photo = uuid4()
        said = metadata(photo, filename="河岸.jpg", stage="after")
        begun = begin(inspector, photo, Upload_Metadata=said, Phone_Time="2026-03-02T09:00:00.000+08:00")
        told = head(inspector, located(begun)).headers["Upload-Metadata"]
        assert sorted(told.split(",")) == sorted(said.split(","))

    def test_a_part_of_no_bytes_changes_nothing(self, inspector: Caller) -> None:
        address = located(begin(inspector, uuid4()))
        patch(inspector, address, 0, DATA[:10])
        nothing = patch(inspector, address, 10, b"", Content_Type=CHUNK, Content_Length="0")
        assert (nothing.status, nothing.headers["Upload-Offset"]) == (204, "10")

    def test_an_answer_that_was_lost_is_asked_for_again(self, inspector: Caller) -> None:
        photo = uuid4()
        address = located(begin(inspector, photo))
        patch(inspector, address, 0, DATA)
        assert offset_of(inspector, address) == len(DATA)
        again = begin(inspector, photo)
        assert (located(again), again.headers["Upload-Offset"]) == (address, str(len(DATA)))
        assert patch(inspector, address, 0, DATA).status == 409
        assert Photo.objects.count() == 1

    def test_a_photo_that_came_in_one_piece_need_not_be_sent_again(self, inspector: Caller) -> None:
        photo = uuid4()
        inspector.put_photo(DATA, photo)
        begun = begin(inspector, photo)
        assert begun.headers["Upload-Offset"] == str(len(DATA))
        assert offset_of(inspector, located(begun)) == len(DATA)

    def test_the_same_photo_begun_twice_is_the_same_upload_and_goes_on(self, inspector: Caller) -> None:
        photo = uuid4()
        address = located(begin(inspector, photo))
        patch(inspector, address, 0, DATA[:HALF])
        assert located(begin(inspector, photo)) == address
        assert located(begin(inspector, uuid4())) != address
        patch(inspector, address, HALF, DATA[HALF:])
        assert Photo.objects.filter(pk=photo).count() == 1

    def test_the_claim_of_a_report_and_its_photo_in_parts_join(self, inspector: Caller) -> None:
        photo, report = uuid4(), uuid4()
        body = report_body(photos=[str(photo)], no_photo_reason=...)
        assert inspector.put(f"reports/{report}", body).json["missing"] == [str(photo)]
        patch(inspector, located(begin(inspector, photo)), 0, DATA)
        assert inspector.put(f"reports/{report}", body).json["missing"] == []
        assert Photo.objects.get(pk=photo).problem_id == report

    def test_a_chunk_larger_than_djangos_limit_for_bodies_is_taken(self, inspector: Caller, settings: Settings) -> None:
        photo, data = uuid4(), jpeg(2400, 2000, quality=100)
        data += b"\0" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1_000_000 - len(data))
        assert patch(inspector, located(begin(inspector, photo, data)), 0, data).status == 204
        assert Photo.objects.get(pk=photo).size == len(data)

    @pytest.mark.parametrize("override", ["PATCH", "patch"])
    def test_patch_and_head_and_delete_get_through_as_post(self, inspector: Caller, override: str) -> None:
        address = located(begin(inspector, uuid4()))
        sent = {"Tus_Resumable": "1.0.0", "Upload_Offset": "0", "X_HTTP_Method_Override": override}
        assert inspector.call("POST", address, DATA[:HALF], CHUNK, **sent).headers["Upload-Offset"] == str(HALF)
        asked = inspector.call("POST", address, Tus_Resumable="1.0.0", X_HTTP_Method_Override="HEAD")
        assert asked.headers["Upload-Offset"] == str(HALF)
        assert inspector.call("GET", address, Tus_Resumable="1.0.0", X_HTTP_Method_Override="DELETE").status == 405
        assert inspector.call("POST", address, Tus_Resumable="1.0.0", X_HTTP_Method_Override="DELETE").status == 204
        assert inspector.call("POST", address, Tus_Resumable="1.0.0").status == 405

    def test_an_upload_is_ended_with_its_parts_and_a_whole_photo_stays(self, inspector: Caller) -> None:
        address, photo = located(begin(inspector, uuid4())), uuid4()
        patch(inspector, address, 0, DATA[:HALF])
        assert inspector.call("DELETE", address, Tus_Resumable="1.0.0").status == 204
        assert head(inspector, address).status == 404
        assert patch(inspector, address, HALF, DATA[HALF:]).status == 404
        assert storages["default"].listdir(partial.PARTS)[0] == []
        address = located(begin(inspector, photo))
        patch(inspector, address, 0, DATA)
        assert inspector.call("DELETE", address, Tus_Resumable="1.0.0").status == 204
        assert Photo.objects.filter(pk=photo).exists()

    def test_an_upload_expires_a_week_after_its_last_part(self, inspector: Caller, server_clock: Clock) -> None:
        start, address = server_clock.at, located(begin(inspector, uuid4()))
        server_clock.to(start + timedelta(days=6))
        assert patch(inspector, address, 0, DATA[:HALF]).status == 204
        server_clock.to(start + timedelta(days=12))
        assert offset_of(inspector, address) == HALF
        server_clock.to(start + timedelta(days=13, seconds=1))
        assert head(inspector, address).status == 404
        assert partial.expire(server_clock.at) == 1

    def test_a_silent_line_is_given_up_after_a_minute_and_what_came_is_kept(self, inspector: Caller) -> None:
        class Line:
            """The server's end of a line, as gunicorn lends it."""

            patience: float | None = None

            def settimeout(self, seconds: float) -> None:
                self.patience = seconds

        line, address = Line(), located(begin(inspector, uuid4()))
        headers = {**inspector.headers, "Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
        sent = inspector.client.generic("PATCH", address, DATA[:10], CHUNK, headers=headers, **{"gunicorn.socket": line})
        assert (sent.status_code, line.patience) == (204, 60.0)


@pytest.mark.django_db
class TestRefusals:
    def test_a_chunk_with_another_checksum_changes_nothing(self, inspector: Caller) -> None:
        photo = uuid4()
        address = located(begin(inspector, photo))
        for wrong in (checksum("sha1", b"?"), checksum("sha256", b"?"), "sha1 d3Jvbmc="):
            answer = patch(inspector, address, 0, DATA, Upload_Checksum=wrong)
            assert (answer.status, answer.headers["Tus-Resumable"]) == (460, "1.0.0")
            assert offset_of(inspector, address) == 0
        assert patch(inspector, address, 0, DATA, Upload_Checksum=checksum("sha1", DATA)).status == 204

    @pytest.mark.parametrize("wrong", ["md5 AAAA", "sha1 ???", "sha256", "crc32 AAAA"])
    def test_a_checksum_that_cannot_be_read_is_refused(self, inspector: Caller, wrong: str) -> None:
        address = located(begin(inspector, uuid4()))
        answer = patch(inspector, address, 0, DATA[:10], Upload_Checksum=wrong)
        assert answer.status == (460 if wrong == "sha256" else 400)
        assert offset_of(inspector, address) == 0

    def test_another_whole_digest_is_refused_at_the_last_part_and_a_new_upload_begins(self, inspector: Caller) -> None:
        photo = uuid4()
        address = located(begin(inspector, photo))
        assert patch(inspector, address, 0, DATA[:HALF]).status == 204
        spoiled = bytes([DATA[-1] ^ 1])
        answer = patch(inspector, address, HALF, DATA[HALF:-1] + spoiled)
        assert (answer.status, answer.codes) == (460, {"sha256": "digest_mismatch"})
        assert head(inspector, address).status == 404
        assert not Photo.objects.exists()
        assert storages["default"].listdir(partial.PARTS)[0] == []
        anew = located(begin(inspector, photo))
        assert anew != address
        assert patch(inspector, anew, 0, DATA).status == 204

    def test_what_is_no_photo_is_refused_and_its_parts_go(self, inspector: Caller) -> None:
        for data in (b"%PDF-1.7 no photo", b"<svg xmlns='http://www.w3.org/2000/svg'/>"):
            address = located(begin(inspector, uuid4(), data))
            assert patch(inspector, address, 0, data).status == 415
            assert head(inspector, address).status == 404
        assert not PartialUpload.objects.exists()

    def test_a_photos_id_is_used_once(self, world: World, inspector: Caller) -> None:
        photo, other = uuid4(), jpeg(shade=10)
        inspector.put_photo(DATA, photo)
        assert begin(inspector, photo, other).status == 409
        assert begin(Caller(world.office), photo).status == 409
        claimed = uuid4()
        inspector.put(f"reports/{uuid4()}", report_body(photos=[str(claimed)], no_photo_reason=...))
        assert begin(Caller(world.office), claimed).status == 409
        late = uuid4()
        address = located(begin(inspector, late, other))
        inspector.put_photo(DATA, late)
        assert patch(inspector, address, 0, other).status == 409
        assert read_bytes(Photo.objects.get(pk=late).file) == DATA

    def test_anothers_upload_is_not_there(self, world: World, inspector: Caller) -> None:
        address = located(begin(inspector, uuid4()))
        other = Caller(world.other_inspector)
        assert head(other, address).status == 404
        assert patch(other, address, 0, DATA).status == 404
        assert other.call("DELETE", address, Tus_Resumable="1.0.0").status == 404
        assert head(inspector, f"/api/v1/uploads/{uuid4()}").status == 404
        assert offset_of(inspector, address) == 0

    def test_without_a_login_and_without_a_post_nothing_is_begun(self, world: World) -> None:
        assert begin(Caller(), uuid4()).status == 401
        assert head(Caller(), f"/api/v1/uploads/{uuid4()}").status == 401
        assert begin(Caller(world.auditor), uuid4()).status == 403
        assert not PartialUpload.objects.exists()

    @pytest.mark.parametrize("version", ["0.2.2", "1.0.1", "", ...])
    def test_another_version_is_told_which_is_spoken(self, inspector: Caller, version: Any) -> None:
        answer = begin(inspector, uuid4(), Tus_Resumable=version)
        assert (answer.status, answer.headers["Tus-Version"], answer.headers["Tus-Resumable"]) == (412, "1.0.0", "1.0.0")
        assert answer.headers["Content-Type"] == "application/problem+json"
        address = located(begin(inspector, uuid4()))
        if version is not ...:
            assert patch(inspector, address, 0, DATA, Tus_Resumable=version).status == 412
        assert offset_of(inspector, address) == 0

    def test_anybody_may_ask_what_is_spoken(self, inspector: Caller) -> None:
        for caller in (inspector, Caller(), Caller(token="dead")):
            answer = caller.call("OPTIONS", "uploads/")
            assert answer.status == 204
            assert answer.headers["Tus-Version"] == "1.0.0"
            assert set(answer.headers["Tus-Extension"].split(",")) == {"creation", "checksum", "expiration", "termination"}
            assert answer.headers["Tus-Max-Size"] == str(LARGEST)
            assert set(answer.headers["Tus-Checksum-Algorithm"].split(",")) == {"sha1", "sha256"}

    @pytest.mark.parametrize(
        ("length", "status"),
        [
            (str(LARGEST), 201),
            (str(LARGEST + 1), 413),
            (str(2**63), 413),
            ("9" * 30, 413),
            ("9" * 5_000, 400),
            ("0", 422),
            ("-1", 400),
            ("1.5", 400),
            ("٣", 400),
            ("", 400),
            (..., 400),
        ],
    )
    def test_lengths(self, inspector: Caller, length: Any, status: int) -> None:
        answer = begin(inspector, uuid4(), Upload_Length=length)
        assert answer.status == status
        assert (answer.headers.get("Tus-Max-Size") == str(LARGEST)) is (status == 413)

    def test_a_length_to_be_told_later_is_refused(self, inspector: Caller) -> None:
        assert begin(inspector, uuid4(), Upload_Defer_Length="1").status == 400

    @pytest.mark.parametrize(
        ("offset", "status"),
        [("1", 409), (str(2**63), 409), ("-1", 400), ("9" * 5_000, 400), ("NaN", 400), ("", 400)],
    )
    def test_offsets(self, inspector: Caller, offset: str, status: int) -> None:
        address = located(begin(inspector, uuid4()))
        assert patch(inspector, address, offset, DATA[:10]).status == status
        assert offset_of(inspector, address) == 0

    def test_more_bytes_than_were_declared_are_refused(self, inspector: Caller) -> None:
        address = located(begin(inspector, uuid4()))
        assert patch(inspector, address, 0, DATA + b"?").status == 413
        assert offset_of(inspector, address) == 0
        assert patch(inspector, address, 0, DATA[:10]).status == 204

    @pytest.mark.parametrize(("length", "status"), [(..., 411), ("-1", 400), ("many", 400), ("9" * 5_000, 400)])
    def test_a_part_says_how_long_it_is(self, inspector: Caller, length: Any, status: int) -> None:
        address = located(begin(inspector, uuid4()))
        said = {} if length is ... else {"Content_Length": length}
        assert patch(inspector, address, 0, b"", Content_Type=CHUNK, **said).status == status
        assert offset_of(inspector, address) == 0

    def test_a_whole_photo_takes_no_more_parts(self, inspector: Caller) -> None:
        address = located(begin(inspector, uuid4()))
        assert patch(inspector, address, 0, DATA).status == 204
        for offset, data in ((0, DATA), (len(DATA), b"?"), (len(DATA), b"")):
            sent = {"Content_Type": CHUNK, "Content_Length": str(len(data))}
            assert patch(inspector, address, offset, data, **sent).status == 409
        assert offset_of(inspector, address) == len(DATA)

    def test_every_refusal_speaks_the_protocol(self, world: World, inspector: Caller) -> None:
        address = located(begin(inspector, uuid4()))
        refused = [
            head(inspector, f"/api/v1/uploads/{uuid4()}"),
            patch(inspector, address, 5, DATA),
            patch(inspector, address, 0, DATA, "text/plain"),
            begin(Caller(), uuid4()),
            begin(Caller(world.auditor), uuid4()),
            inspector.call("GET", address),
        ]
        assert [answer.status for answer in refused] == [404, 409, 415, 401, 403, 405]
        assert {answer.headers["Tus-Resumable"] for answer in refused} == {"1.0.0"}
        assert {answer.headers["Cache-Control"] for answer in refused} == {"no-store"}

    @pytest.mark.parametrize("content_type", ["application/octet-stream", "image/jpeg", "application/json", ""])
    def test_a_part_of_another_type_is_refused(self, inspector: Caller, content_type: str) -> None:
        address = located(begin(inspector, uuid4()))
        assert patch(inspector, address, 0, DATA, content_type).status == 415
        assert offset_of(inspector, address) == 0

    @pytest.mark.parametrize("header", ["photo", "photo ???", "photo AAAA,photo AAAA", ",", "photo /////w=="])
    def test_metadata_that_cannot_be_read_is_refused(self, inspector: Caller, header: str) -> None:
        answer = begin(inspector, uuid4(), Upload_Metadata=header)
        assert answer.status == (422 if header == "photo" else 400)

    def test_everything_wrong_with_the_fields_is_named(self, inspector: Caller) -> None:
        wrong = metadata(uuid4(), photo="no uuid", sha256="short", stage="later", location="999,0", filename="a\x00b")
        answer = begin(inspector, uuid4(), Upload_Metadata=wrong)
        assert answer.status == 422
        assert set(answer.codes) == {"photo", "sha256", "stage", "location", "filename"}
        assert set(begin(inspector, uuid4(), Upload_Metadata="").codes) == {"photo", "sha256"}

    def test_a_browsers_session_needs_its_csrf_token(self, world: World) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(world.inspector, backend="django.contrib.auth.backends.ModelBackend")
        sent = {"Tus-Resumable": "1.0.0", "Upload-Length": "10", "Upload-Metadata": metadata(uuid4())}
        assert client.post("/api/v1/uploads/", headers=sent).status_code == 403
        assert not PartialUpload.objects.exists()
