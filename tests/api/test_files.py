"""POST /files, GET /files/{id}"""

from hashlib import sha256
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.api.calling import Caller
from tests.files.samples import docx
from tests.photographs import jpeg
from tests.world import T0, World

pytestmark = pytest.mark.django_db
SCAN = b"%PDF-1.4\nscan"


def post(caller: Caller, data: bytes, name: str = "scan.pdf") -> tuple[int, dict[str, str]]:
    answer = caller.form("POST", "files", {"file": SimpleUploadedFile(name, data)})
    return answer.status, answer.json


def test_a_document_is_stored_and_given_back_to_who_sent_it(town: Caller) -> None:
    status, stored = post(town, SCAN, "登记表.pdf")
    assert (status, stored["sha256"]) == (201, sha256(SCAN).hexdigest())
    answer = town.get(f"files/{stored['id']}")
    assert (answer.status, answer.raw) == (200, SCAN)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"].startswith("private")


def test_pictures_and_office_documents_are_taken_and_others_not(town: Caller) -> None:
    assert post(town, jpeg(), "a.jpg")[0] == 201
    assert post(town, docx(), "a.docx")[0] == 201
    assert post(town, b"MZ\x90\x00", "a.pdf")[0] == 415
    assert post(town, b"<html>", "a.pdf")[0] == 415
    assert post(town, b"", "a.pdf")[0] == 422
    assert town.form("POST", "files", {"other": "x"}).codes == {"file": "required"}
    assert town.post("files", {}).status == 415


def test_nobody_else_reads_it_until_something_names_it(world: World, office: Caller, town: Caller) -> None:
    stored = office.store()
    assert town.get(f"files/{stored}").status == 404
    problem = world.listed()
    office.act(problem.pk, "cancel", {"ground": "不属实", "document": stored})
    # The town saw the listed problem of its area, and so it sees why that was taken off the list.
    assert town.get(f"files/{stored}").raw == SCAN
    assert Caller(world.lotus_liaison).get(f"files/{stored}").status == 404
    assert Caller(world.auditor).get(f"files/{stored}").status == 404


def test_a_file_that_is_not_there_is_404_and_without_a_login_401(world: World, town: Caller) -> None:
    assert town.get(f"files/{uuid4()}").status == 404
    assert town.get("files/none").status == 404
    assert Caller().get(f"files/{world.document(world.office, T0)}").status == 401


def test_somebody_elses_document_cannot_be_named(world: World, office: Caller, town: Caller) -> None:
    stored = town.store()
    problem = world.listed()
    answer = office.act(problem.pk, "cancel", {"ground": "不属实", "document": stored})
    assert (answer.status, answer.codes) == (422, {"document": "unknown"})
