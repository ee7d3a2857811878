"""The office loads what a phone saved to a file, and reads in plain words what became of each item."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from server.inspections.models import SetAside
from server.problems.models import Problem
from server.records.models import Entry
from tests.inspections.test_load_phone import Saved
from tests.photographs import jpeg
from tests.portal.conftest import SignedIn
from tests.world import World

pytestmark = pytest.mark.django_db
PAGE = "/phones/archives/"


def archive(content: bytes, name: str = "xungai-inspector.zip") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, content, "application/zip")}


def saved() -> Saved:
    """A report with its photo, and three things that cannot be taken in."""
    made = Saved()
    made.report([made.photo(jpeg(shade=70))], title="青溪河北岸垃圾")
    made.photo(b"%PDF-1.7 nothing", filename="扫描件.pdf")
    made.report(title="时间错的上报", observed_at="2199-03-02T09:00:00+08:00")
    made.person = "nobody_here"
    made.report()
    return made


def test_each_item_is_told_in_plain_words_with_the_way_to_it(world: World, signed_in: SignedIn) -> None:
    answer = signed_in("office").post(PAGE, archive(saved().packed()))
    text = answer.content.decode()
    problem = Problem.objects.get()
    assert answer.status_code == 200
    for said in ("青溪河北岸垃圾", f"/problems/{problem.pk}/", "检查人员 林静", "不是照片。", "系统中没有此人员。", "发现时间："):
        assert said in text, said
    assert "observed_at" not in text
    for row in SetAside.objects.all():
        assert f"/phones/set-aside/{row.pk}/" in text
    figures = [part.split("</b>")[0] for part in text.split('class="figures-row"')[1].split("</div>\n")[0].split("<div><b>")[1:]]
    assert figures == ["2", "0", "2", "1"]


def test_what_needs_a_person_stands_before_what_came_in(world: World, signed_in: SignedIn) -> None:
    text = signed_in("office").post(PAGE, archive(saved().packed())).content.decode()
    assert text.index("时间错的上报") < text.index("系统中没有此人员。") < text.index("青溪河北岸垃圾")


def test_the_same_archive_again_changes_nothing_and_says_so(world: World, signed_in: SignedIn) -> None:
    office, packed = signed_in("office"), saved().packed()
    office.post(PAGE, archive(packed))
    entries = Entry.objects.count()
    text = office.post(PAGE, archive(packed)).content.decode()
    assert Entry.objects.count() == entries
    assert "已有" in text
    assert Problem.objects.count() == 1
    assert "检查人员 林静、nobody_here" in text  # the first loading, among those loaded last


@pytest.mark.parametrize(
    "content", [b"<html>login</html>", b"", saved().packed()[:-30], jpeg(shade=70)], ids=["a page", "nothing", "cut", "a photo"]
)
def test_a_wrong_file_names_the_field_and_what_to_do(world: World, signed_in: SignedIn, content: bytes) -> None:
    answer = signed_in("office").post(PAGE, archive(content))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#f-file"' in text
    field = text.split('id="f-file-field"')[1].split("</form>")[0]
    assert "存成文件" in field.split("error-text")[1]
    assert not Entry.objects.filter(action="load_phone").exists()


def test_no_file_at_all_is_asked_for(world: World, signed_in: SignedIn) -> None:
    answer = signed_in("office").post(PAGE, {})
    assert (answer.status_code, "请选择手机存成的文件。" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize("name", ["inspector", "leading_group", "security_admin", "admin"])
def test_nobody_but_the_office_loads_one(world: World, signed_in: SignedIn, name: str) -> None:
    answer = signed_in(name).post(PAGE, archive(saved().packed()))
    assert answer.status_code == 403
    assert not Problem.objects.exists()


class Spool:
    """The files into which Django writes what is too large for the memory."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.opened: list[str] = []
        temporary = tempfile.NamedTemporaryFile

        def noted(*given: Any, **named: Any) -> Any:
            file = temporary(*given, **named)
            self.opened.append(file.name)
            return file

        monkeypatch.setattr("django.core.files.uploadedfile.tempfile.NamedTemporaryFile", noted)


def sent_with_token(client: Client, content: bytes, token: str = "a" * 32) -> Any:
    client.cookies["csrftoken"] = "a" * 32
    return client.post(PAGE, {"csrfmiddlewaretoken": token, **archive(content)})


@pytest.mark.parametrize(("name", "status"), [(None, 302), ("town_liaison", 403), ("security_admin", 403)])
def test_nobody_but_the_office_writes_a_byte_to_the_disk(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str | None, status: int
) -> None:
    """Not even for the token in the form to be looked for; a browser that is not signed in is sent to sign in."""
    spool, client = Spool(monkeypatch), Client(enforce_csrf_checks=True)
    if name:
        client.force_login(world.people[name], backend="django.contrib.auth.backends.ModelBackend")
    answer = sent_with_token(client, b"0" * 6_000_000)
    assert (answer.status_code, spool.opened) == (status, [])
    if name is None:
        assert answer["Location"].startswith("/login/")


def test_the_office_needs_the_token_of_its_own_page(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.office, backend="django.contrib.auth.backends.ModelBackend")
    assert sent_with_token(client, saved().packed(), token="b" * 32).status_code == 403
    assert client.post(PAGE, archive(saved().packed())).status_code == 403
    assert not Problem.objects.exists()
    assert sent_with_token(client, saved().packed()).status_code == 200
    assert Problem.objects.count() == 1


def test_an_item_is_found_under_no_other_spelling_of_an_id(world: World, signed_in: SignedIn) -> None:
    """In braces or as a urn an id is none: such an item is left in the archive, and leads to nothing that is here."""
    known, made = world.report(title="已在系统中的上报"), Saved()
    made.report(title="括号")
    for spelled in (f"{{{known.pk}}}", f"urn:uuid:{known.pk}", known.pk.hex):
        made.items.append({"kind": "report", "uuid": spelled, "person": "inspector", "body": {}})
    text = signed_in("office").post(PAGE, archive(made.packed())).content.decode()
    assert f"/problems/{known.pk}/" not in text
    assert text.count('<b class="doubt">') == 3


def test_a_large_archive_goes_to_the_disk_and_not_into_memory(
    world: World, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """More than Django's limit for what is kept in memory: the action reads it from a file of its own."""
    made = Saved()
    photos = [made.photo(jpeg(shade=shade) + b"\0" * 400_000) for shade in range(40, 60)]
    packed = made.packed()
    assert len(packed) > 3 * 2_621_440
    spool = Spool(monkeypatch)
    with override_settings(FILE_UPLOAD_TEMP_DIR=str(tmp_path)):
        answer = signed_in("office").post(PAGE, archive(packed))
    assert answer.status_code == 200
    assert [Path(name).parent for name in spool.opened] == [tmp_path]
    assert answer.content.decode().count("尚未归入上报") == len(photos)
    assert not list(tmp_path.iterdir())
