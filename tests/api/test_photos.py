"""PUT and GET /photos/{uuid}, GET /photos/{uuid}/file"""

from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from mobile_api.views import photos as views
from server.evidence.models import Photo
from server.evidence.tasks import render_photo
from server.files.originals import LIMIT
from server.records.models import AccessEntry
from tests.api.calling import Caller, report_body
from tests.photographs import jpeg
from tests.portal.test_phone_archives_page import Spool
from tests.world import World

pytestmark = pytest.mark.django_db


def test_a_photo_is_kept_and_its_digest_confirmed(inspector: Caller) -> None:
    data, photo = jpeg(), uuid4()
    first = inspector.put_photo(data, photo)
    again = inspector.put_photo(data, photo)
    assert (first.status, again.status) == (201, 200), first
    assert first.json == again.json
    assert first.json["id"] == str(photo)
    assert (first.json["sha256"], first.json["size"]) == (sha256(data).hexdigest(), len(data))
    assert Photo.objects.count() == 1


def test_other_bytes_or_another_person_under_the_same_uuid_are_refused(world: World, inspector: Caller) -> None:
    photo = uuid4()
    inspector.put_photo(photo_id=photo)
    assert inspector.put_photo(jpeg(shade=30), photo).status == 409
    assert Caller(world.other_inspector).put_photo(photo_id=photo).status == 409
    assert Photo.objects.get().sha256 == sha256(jpeg()).hexdigest()


def test_a_digest_that_is_not_that_of_the_bytes_is_460(inspector: Caller) -> None:
    answer = inspector.put_photo(sha256="0" * 64)
    assert (answer.status, answer.codes) == (460, {"sha256": "digest_mismatch"})
    assert not Photo.objects.exists()


@pytest.mark.parametrize(
    ("data", "name", "status", "code"),
    [
        (b"", "empty.jpg", 422, "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.jpg", 415, "not_an_image"),
        (b"<!doctype html><script>1</script>", "a.jpg", 415, "not_an_image"),
        (b"%PDF-1.4\n", "a.jpg", 415, "not_an_image"),
    ],
)
def test_what_is_no_photo_is_refused_by_its_content(inspector: Caller, data: bytes, name: str, status: int, code: str) -> None:
    answer = inspector.put_photo(data, name=name)
    assert (answer.status, answer.codes) == (status, {"file": code}), answer
    assert not Photo.objects.exists()


def test_a_request_too_long_for_any_photo_is_refused_unread(inspector: Caller) -> None:
    answer = inspector.call("PUT", f"photos/{uuid4()}", b"x", "multipart/form-data; boundary=x", CONTENT_LENGTH="1")
    assert answer.status == 422
    long = inspector.client.generic(
        "PUT",
        f"/api/v1/photos/{uuid4()}",
        b"x",
        "multipart/form-data; boundary=x",
        headers=inspector.headers,
        CONTENT_LENGTH=str(LIMIT * 2),
    )
    assert long.status_code == 413


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"sha256": None}, {"sha256": "required"}),
        ({"sha256": "xyz"}, {"sha256": "invalid"}),
        ({"stage": "later"}, {"stage": "invalid_choice"}),
        ({"source": "scanner"}, {"source": "invalid_choice"}),
        ({"location": "118.31"}, {"location": "not_a_number"}),
        ({"location": "nan,30"}, {"location": "not_finite"}),
        ({"location": "30.9,118.3"}, {"location": "out_of_range"}),
        ({"captured_at": "2026-03-02T09:00:00"}, {"captured_at": "no_offset"}),
        ({"accuracy_m": "inf", "heading": "361"}, {"accuracy_m": "out_of_range", "heading": "out_of_range"}),
        ({"site": "x"}, {"site": "invalid"}),
        ({"statement": "a\x00b"}, {"statement": "not_text"}),
    ],
)
def test_wrong_fields_are_named(inspector: Caller, fields: dict[str, Any], codes: dict[str, str]) -> None:
    answer = inspector.put_photo(**fields)
    assert answer.status == 422, answer
    assert codes.items() <= answer.codes.items()
    assert not Photo.objects.exists()


def test_a_form_without_a_file_or_that_is_no_form_is_refused(inspector: Caller) -> None:
    assert inspector.form("PUT", f"photos/{uuid4()}", {"sha256": "0" * 64}).codes == {"file": "required"}
    assert inspector.form("PUT", f"photos/{uuid4()}", {"sha256": "0" * 64, "file": "text"}).codes == {"file": "required"}
    assert inspector.put(f"photos/{uuid4()}", {}).status == 415
    assert inspector.call("PUT", f"photos/{uuid4()}", b"x", "multipart/form-data").status == 400


@pytest.mark.parametrize("captured_at", ["1970-01-01T00:00:00Z", "2094-01-01T00:00:00+08:00", "9998-12-31T00:00:00Z"])
def test_a_captured_time_is_never_refused_for_its_value(inspector: Caller, captured_at: str) -> None:
    photo = uuid4()
    assert inspector.put_photo(photo_id=photo, captured_at=captured_at).status == 201
    assert inspector.get(f"photos/{photo}").json["captured_at"]


def test_a_name_that_is_a_path_stays_a_name(inspector: Caller) -> None:
    assert inspector.put_photo(name="../../etc/passwd\u202egpj.html", filename="C:\\CON\x01.jpg").status in (201, 422)
    assert inspector.put_photo(jpeg(shade=40), filename="../../a.jpg").status == 201
    assert Photo.objects.get(file__name="a.jpg").file.content.path.startswith("originals/")


@pytest.mark.parametrize("role", ["admin", "security_admin", "auditor", "discipline"])
def test_who_reports_nothing_sends_no_photos(world: World, role: str) -> None:
    assert Caller(world.people[role]).put_photo().status == 403


def test_all_that_is_known_of_a_photo_is_told(world: World, inspector: Caller) -> None:
    photo, report = uuid4(), uuid4()
    inspector.put_photo(
        photo_id=photo,
        stage="before",
        source="camera",
        captured_at="2026-03-02T09:00:00+08:00",
        location="118.31,30.91",
        heading="8",
    )
    inspector.put(f"reports/{report}", report_body(photos=[str(photo)], no_photo_reason=...))
    said = inspector.get(f"photos/{photo}").json
    assert said["captured_at"] == "2026-03-02T09:00:00+08:00"
    assert (said["source"], said["stage"], said["grade"]) == ("camera", "before", "B")
    assert (said["problem"], said["site"]) == (str(report), str(report))
    assert said["exif"] == {"time": None, "position": None}
    assert said["renditions"] == {"thumb": None, "preview": None}
    assert said["processed"] is False
    assert all(set(check) == {"code", "level", "detail", "figures"} for check in said["checks"])


def test_checks_speak_the_readers_language(world: World) -> None:
    caller, photo = Caller(world.inspector, "en"), uuid4()
    caller.put_photo(photo_id=photo, source="library")
    details = {check["code"]: check["detail"] for check in caller.get(f"photos/{photo}").json["checks"]}
    assert details["from_library"] == "Chosen from files, not taken in the app."


def test_that_the_same_picture_came_twice_is_told_only_to_who_may_see_the_other(world: World, inspector: Caller) -> None:
    first, second = uuid4(), uuid4()
    inspector.put_photo(photo_id=first)
    town = Caller(world.town_liaison)
    town.put_photo(photo_id=second)
    assert "reused" not in {check["code"] for check in town.get(f"photos/{second}").json["checks"]}
    third = uuid4()
    inspector.put_photo(photo_id=third)
    assert "reused" in {check["code"] for check in inspector.get(f"photos/{third}").json["checks"]}


def test_a_picture_that_is_not_drawn_yet_is_promised(inspector: Caller) -> None:
    photo = uuid4()
    inspector.put_photo(photo_id=photo)
    answer = inspector.get(f"photos/{photo}/file?size=thumb")
    assert answer.status == 202
    assert int(answer.headers["Retry-After"]) > 0


def test_thumbnail_and_preview_are_given_and_kept_by_the_client_alone(inspector: Caller) -> None:
    photo = uuid4()
    inspector.put_photo(photo_id=photo)
    render_photo.func(str(photo))
    said = inspector.get(f"photos/{photo}").json
    assert said["processed"] is True
    for size, address in said["renditions"].items():
        answer = inspector.get(address)
        assert (answer.status, answer.headers["Content-Type"]) == (200, "image/jpeg"), size
        assert answer.raw.startswith(b"\xff\xd8\xff")
        assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert inspector.get(address, If_None_Match=answer.headers["ETag"]).status == 304
    assert inspector.get(f"photos/{photo}/file").raw == inspector.get(said["renditions"]["preview"]).raw


def test_a_damaged_photo_is_kept_and_marked_and_has_no_picture(inspector: Caller) -> None:
    photo, data = uuid4(), jpeg(1600, 1200)
    half = data[: len(data) // 2]
    assert inspector.put_photo(half, photo).status == 201
    assert {"damaged": "refuse"}.items() <= {
        c["code"]: c["level"] for c in inspector.get(f"photos/{photo}").json["checks"]
    }.items()
    assert inspector.get(f"photos/{photo}/file?size=thumb").status == 404
    assert inspector.get(f"photos/{photo}/file?size=original").raw == half


def test_the_original_is_an_attachment_that_runs_nowhere_and_is_noted(inspector: Caller) -> None:
    photo, data = uuid4(), jpeg() + b"<script>alert(1)</script>"
    inspector.put_photo(data, photo, name="x.html")
    answer = inspector.get(f"photos/{photo}/file?size=original")
    assert (answer.status, answer.raw) == (200, data)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{photo}.jpg"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Length"] == str(len(data))
    entry = AccessEntry.objects.get()
    assert (entry.kind, entry.object_id, entry.by_name) == ("original", str(photo), "检查人员 林静")


def test_nobody_carries_off_the_originals(inspector: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MOST_ORIGINALS", 2)
    photo = uuid4()
    inspector.put_photo(photo_id=photo)
    statuses = [inspector.get(f"photos/{photo}/file?size=original") for _n in range(3)]
    assert [answer.status for answer in statuses] == [200, 200, 429]
    assert int(statuses[-1].headers["Retry-After"]) > 0


def test_an_unknown_size_is_refused(inspector: Caller) -> None:
    photo = uuid4()
    inspector.put_photo(photo_id=photo)
    assert inspector.get(f"photos/{photo}/file?size=huge").codes == {"size": "unknown"}


def test_others_see_a_photo_only_with_its_problem(world: World, inspector: Caller, town: Caller) -> None:
    photo, report = uuid4(), uuid4()
    inspector.put_photo(photo_id=photo)
    for path in (f"photos/{photo}", f"photos/{photo}/file?size=thumb", f"photos/{photo}/file?size=original"):
        assert town.get(path).status == 404
        assert Caller(world.office).get(path).status == 404
        assert Caller().get(path).status == 401
    inspector.put(f"reports/{report}", report_body(photos=[str(photo)], no_photo_reason=...))
    assert town.get(f"photos/{photo}").status == 404
    world.listed(problem=Photo.objects.get().problem)
    assert town.get(f"photos/{photo}").status == 200
    assert town.get(f"photos/{photo}/file?size=thumb").status == 202
    assert Caller(world.lotus_liaison).get(f"photos/{photo}").status == 404
    assert Caller(world.admin).get(f"photos/{photo}").status == 404


def test_photos_may_come_before_or_after_their_report(inspector: Caller) -> None:
    early, late, report = uuid4(), uuid4(), uuid4()
    inspector.put_photo(photo_id=early)
    answer = inspector.put(f"reports/{report}", report_body(photos=[str(early), str(late)], no_photo_reason=...))
    assert answer.json["missing"] == [str(late)]
    assert inspector.get(f"problems/{report}").json["properties"]["incomplete"] is True
    inspector.put_photo(jpeg(shade=30), late)
    again = inspector.put(f"reports/{report}", report_body(photos=[str(early), str(late)], no_photo_reason=...))
    assert again.json["missing"] == []
    properties = inspector.get(f"problems/{report}").json["properties"]
    assert properties["incomplete"] is False
    assert {photo["id"] for photo in properties["photos"]} == {str(early), str(late)}


def test_another_records_photo_cannot_be_taken(world: World, inspector: Caller) -> None:
    photo = uuid4()
    inspector.put_photo(photo_id=photo)
    body = report_body(photos=[str(photo)], no_photo_reason=...)
    assert inspector.put(f"reports/{uuid4()}", body).status == 201
    assert inspector.put(f"reports/{uuid4()}", body).status == 409
    other = uuid4()
    inspector.put_photo(jpeg(shade=30), other)
    stolen = report_body(photos=[str(other)], no_photo_reason=...)
    assert Caller(world.other_inspector).put(f"reports/{uuid4()}", stolen).status == 409


def test_an_upload_larger_than_memory_lies_on_the_disk_and_is_taken_too(
    inspector: Caller, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    spool = Spool(monkeypatch)
    data = jpeg(2400, 1800, quality=100) + b"\0" * settings.FILE_UPLOAD_MAX_MEMORY_SIZE
    file = SimpleUploadedFile("large.jpg", data)
    answer = inspector.form("PUT", f"photos/{uuid4()}", {"file": file, "sha256": sha256(data).hexdigest()})
    assert [Path(name).parent for name in spool.opened] == [tmp_path]
    assert (answer.status, answer.json["size"]) == (201, len(data))
