"""`manage.py load_phone`: a phone's "save to file" comes in whole, once, and what is refused is set aside, never dropped."""

import io
import json
import stat
import struct
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import gettext

from server.evidence import devices
from server.evidence.models import Photo, Statement
from server.files.models import StoredFile
from server.files.queries import read_bytes
from server.inspections.actions import InspectionDraft, Loaded, load_archive, make_inspection, release, settle_set_aside
from server.inspections.models import SetAside, Submission, Visit
from server.problems.models import Problem
from server.problems.policy import sealed_for
from server.records.models import Entry
from server.runtime.refusals import Invalid, NotAllowed
from server.units.predicates import capacities
from tests.evidence.signing import SigningPhone
from tests.photographs import jpeg
from tests.world import IN_STONE_BRIDGE, T0, World, day

pytestmark = pytest.mark.django_db


class Saved:
    """What a phone writes to a file, as the app writes it: texts in bodies/, bytes in photos/."""

    def __init__(self, person: str = "inspector") -> None:
        self.person = person
        self.items: list[dict[str, Any]] = []
        self.files: dict[str, bytes] = {}

    def record(self, kind: str, body: dict[str, Any], uuid: UUID | None = None, **different: Any) -> UUID:
        uuid = uuid or uuid4()
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        file = f"bodies/{uuid}.json"
        self.files[file] = text
        item = {"kind": kind, "uuid": str(uuid), "person": self.person, "body": body, "sha256": sha256(text).hexdigest()}
        self.items.append({**item, "file": file, **different})
        return uuid

    def report(self, photos: list[UUID] | None = None, uuid: UUID | None = None, **different: Any) -> UUID:
        body = {
            "title": "石桥镇河岸垃圾堆放",
            "description": "河岸堆放生活垃圾约二十立方米。",
            "category": "solid_waste",
            "location": IN_STONE_BRIDGE,
            "accuracy_m": 8,
            "observed_at": "2026-03-02T09:00:00.250+08:00",
            "photos": [str(photo) for photo in photos or []],
            **({} if photos else {"no_photo_reason": "没拍"}),
            **different,
        }
        return self.record("report", body, uuid)

    def visit(self, problem: UUID, **different: Any) -> UUID:
        body = {
            "problem": str(problem),
            "observed_at": "2026-03-02T10:00:00+08:00",
            "location": IN_STONE_BRIDGE,
            "verdict": "behind",
            "notes": "清运了一半。",
            "photos": [],
            **different,
        }
        return self.record("visit", body)

    def photo(self, data: bytes, uuid: UUID | None = None, file: str | None = None, **different: Any) -> UUID:
        uuid = uuid or uuid4()
        digest = sha256(data).hexdigest()
        fields = {
            "photo": str(uuid),
            "sha256": digest,
            "stage": "before",
            "captured_at": "2026-03-02T08:59:00+08:00",
            "source": "camera",
            "location": "118.31,30.91",
            "accuracy_m": "6",
            "filename": "河岸.jpg",
            **different,
        }
        file = file or f"photos/{uuid}.jpg"
        self.files[file] = data
        self.items.append(
            {"kind": "photo", "uuid": str(uuid), "person": self.person, "body": fields, "sha256": digest, "file": file}
        )
        return uuid

    def manifest(self) -> bytes:
        written = {"format": "xungai-phone-archive", "version": 1, "app": "1.0.0", "written_at": T0.isoformat()}
        return json.dumps({**written, "items": self.items}).encode()

    def packed(self) -> bytes:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as package:
            for name, data in self.files.items():
                package.writestr(name, data)
            package.writestr("manifest.json", self.manifest())
        return made.getvalue()


def load(saved: Saved | bytes, at: Any = None) -> list[Loaded]:
    packed = saved if isinstance(saved, bytes) else saved.packed()
    return load_archive(io.BytesIO(packed), by=None, at=at or day(1))


def outcomes(loaded: list[Loaded]) -> list[str]:
    return [item.outcome for item in loaded]


def test_reports_visits_and_photos_come_in_as_if_they_were_sent(world: World) -> None:
    saved, data = Saved(), jpeg(shade=70)
    known = world.planned()
    photo = saved.photo(data)
    visit = saved.visit(known.pk)
    report = saved.report([photo])
    assert outcomes(load(saved)) == ["new"] * 3
    problem = Problem.objects.get(pk=report)
    assert (problem.reported_by, problem.incomplete, problem.received_at) == (world.inspector, False, day(1))
    kept = Photo.objects.get(pk=photo)
    assert (read_bytes(kept.file), kept.problem_id, kept.file.name, kept.lon) == (data, report, "河岸.jpg", 118.31)
    assert Visit.objects.get(pk=visit).verdict == "behind"
    assert Submission.objects.get(pk=report).body_sha256 == sha256(saved.files[f"bodies/{report}.json"]).hexdigest()


def test_loading_it_again_changes_nothing(world: World) -> None:
    saved = Saved()
    saved.report([saved.photo(jpeg(shade=70))])
    saved.photo(b"no photo at all")
    first = outcomes(load(saved))
    before = Entry.objects.count()
    again = outcomes(load(saved, day(2)))
    assert (first, again) == (["new", "new", "set_aside"], ["known", "known", "set_aside"])
    assert (Problem.objects.count(), Photo.objects.count(), SetAside.objects.count(), Entry.objects.count()) == (1, 1, 1, before)


def test_what_the_phone_had_sent_already_is_known(world: World) -> None:
    """The same content with its keys in another order, sent over the network before."""
    saved = Saved()
    sent = saved.report()
    load(saved)
    respelled = Saved()
    body = dict(reversed(list(saved.items[0]["body"].items())))
    respelled.record("report", body, sent)
    assert outcomes(load(respelled)) == ["known"]


def test_what_was_loaded_is_in_the_record_once(world: World) -> None:
    saved = Saved()
    saved.report()
    packed = saved.packed()
    load(packed)
    load(packed)
    entry = Entry.objects.get(action="load_phone")
    assert (entry.object_id, entry.by_id) == (sha256(packed).hexdigest(), "system")
    assert entry.after_values == {"people": ["inspector"], "new": 1, "known": 0, "set_aside": 0, "left": 0}


def test_a_signed_photo_keeps_its_statement_and_a_shot_thrown_away_fills_its_number(world: World) -> None:
    phone = SigningPhone()
    phone.device = devices.enrol("phone", phone.jwk, by=world.inspector, at=T0)[0].pk
    saved, data = Saved(), jpeg(shade=70)
    discarded = phone.statement("2" * 64, T0)
    told = {"device": str(phone.device), "statement": discarded, "signature": phone.sign(discarded)}
    statement = phone.statement(sha256(data).hexdigest(), T0)
    photo = saved.photo(data, statement=statement, signature=phone.sign(statement))
    saved.items.append({"kind": "discarded", "uuid": str(uuid4()), "person": "inspector", "body": told})
    assert outcomes(load(saved)) == ["new", "new"]
    assert Photo.objects.get(pk=photo).signature_state == "valid"
    assert sorted(Statement.objects.values_list("n", flat=True)) == [1, 2]
    assert outcomes(load(saved)) == ["known", "known"]


@pytest.mark.parametrize(
    ("spoil", "kept"),
    [
        (lambda saved: saved.photo(b"%PDF-1.7 no photo"), b"%PDF-1.7 no photo"),
        (lambda saved: saved.photo(jpeg(shade=70), sha256="0" * 64), jpeg(shade=70)),
        (lambda saved: saved.photo(jpeg(shade=70), captured_at="yesterday"), jpeg(shade=70)),
        (lambda saved: saved.photo(jpeg(shade=70), location="999,0"), jpeg(shade=70)),
    ],
    ids=["no photo", "another digest", "no time", "no place"],
)
def test_a_photo_that_is_refused_is_set_aside_with_its_bytes(world: World, spoil: Any, kept: bytes) -> None:
    saved = Saved()
    photo = spoil(saved)
    good = saved.photo(jpeg(shade=71))
    assert sorted(outcomes(load(saved))) == ["new", "set_aside"]
    aside = SetAside.objects.get()
    assert (aside.submission, aside.person, aside.kind) == (photo, world.inspector, "photo")
    assert aside.reason
    assert read_bytes(StoredFile.objects.get(pk=aside.file)) == kept
    assert Photo.objects.get().pk == good


def test_an_empty_photo_and_one_whose_bytes_are_lost_are_set_aside_with_what_is_known(world: World) -> None:
    saved = Saved()
    saved.photo(b"")
    lost = saved.photo(jpeg(shade=70))
    del saved.items[-1]["file"]
    missing = saved.photo(jpeg(shade=71))
    del saved.files[f"photos/{missing}.jpg"]
    assert outcomes(load(saved)) == ["set_aside"] * 3
    assert SetAside.objects.filter(file__isnull=True).count() == 3
    assert "河岸.jpg" in json.loads(SetAside.objects.get(submission=lost).body)["filename"]


@pytest.mark.parametrize(
    "different",
    [
        {"title": None},
        {"category": "no such category"},
        {"observed_at": "2027-03-02T09:00:00+08:00"},
        {"observed_at": "2026-03-02T09:00:00"},
        {"location": {"type": "Point", "coordinates": [999, 0]}},
        {"photos": ["x"]},
        {"accuracy_m": "NaN"},
        {"title": "a\x00b"},
        {"inspection": str(uuid4())},
    ],
)
def test_a_report_that_is_refused_is_set_aside_as_it_is(world: World, different: dict[str, Any]) -> None:
    saved = Saved()
    report = saved.report(**different)
    assert outcomes(load(saved)) == ["set_aside"]
    aside = SetAside.objects.get()
    assert (aside.submission, aside.kind) == (report, "report")
    assert json.loads(aside.body) == saved.items[0]["body"]
    assert aside.reason
    assert not Problem.objects.exists()


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b'{"a": 1, "a": 2}', b'{"a": NaN}', b"[" * 100_000, b"\xff", b"\0"])
def test_a_body_that_is_no_json_is_set_aside_too(world: World, text: bytes) -> None:
    saved = Saved()
    report = saved.report(title="")
    saved.files[f"bodies/{report}.json"] = text
    saved.items[0]["sha256"] = sha256(text).hexdigest()
    assert outcomes(load(saved)) == ["set_aside"]
    assert SetAside.objects.get().submission == report


def test_a_text_that_is_not_what_the_phone_saved_is_set_aside(world: World) -> None:
    saved = Saved()
    report = saved.report()
    saved.files[f"bodies/{report}.json"] = saved.files[f"bodies/{report}.json"].replace("二十".encode(), "两".encode())
    assert outcomes(load(saved)) == ["set_aside"]
    assert not Problem.objects.exists()


def test_another_content_under_a_known_id_is_kept_beside_the_first_however_many_there_are(world: World) -> None:
    saved = Saved()
    reports = [saved.report() for _n in range(32)]
    load(saved)
    second = Saved()
    for report in reports:
        second.report(uuid=report, title="另一个标题")
    assert outcomes(load(second)) == ["set_aside"] * 32
    assert SetAside.objects.count() == 32
    assert set(Problem.objects.values_list("title", flat=True)) == {"石桥镇河岸垃圾堆放"}


def test_each_item_counts_as_its_own_persons(world: World) -> None:
    saved = Saved("town_liaison")
    report = saved.report()
    saved.person = "nobody_here"
    saved.report()
    saved.person = "auditor"
    saved.report()
    loaded = load(saved)
    assert sorted(outcomes(loaded)) == ["left", "new", "set_aside"]
    assert Problem.objects.get().pk == report
    assert Problem.objects.get().reported_by == world.town_liaison
    assert SetAside.objects.get().person == world.auditor


def test_a_disabled_persons_items_are_kept_for_the_office(world: World) -> None:
    saved = Saved()
    saved.report()
    world.inspector.is_active = False
    world.inspector.save()
    assert outcomes(load(saved)) == ["set_aside"]


def test_only_the_office_loads_an_archive(world: World) -> None:
    saved = Saved()
    saved.report()
    packed = saved.packed()
    with pytest.raises(NotAllowed):
        load_archive(io.BytesIO(packed), by=world.inspector, at=T0)
    assert not Problem.objects.exists()
    assert outcomes(load_archive(io.BytesIO(packed), by=world.office, at=day(1))) == ["new"]
    assert Entry.objects.get(action="load_phone").by_id == str(world.office.pk)


@pytest.mark.parametrize(
    "item",
    [
        None,
        7,
        [],
        {},
        {"kind": "report"},
        {"kind": "song", "uuid": str(uuid4())},
        {"kind": {}, "uuid": []},
        {"kind": "photo", "uuid": "x"},
    ],
)
def test_an_item_that_is_nothing_stops_no_other(world: World, item: Any) -> None:
    saved = Saved()
    saved.items.append(item)
    saved.report()
    assert sorted(outcomes(load(saved))) == ["left", "new"]


# --- hostile archives ----------------------------------------------------------------------------------------------------


def test_names_that_lead_out_and_links_lead_nowhere(world: World, tmp_path: Path) -> None:
    target = tmp_path / "secret"
    target.write_text("secret")
    saved = Saved()
    saved.photo(jpeg(shade=70), file="../../../../tmp/slipped.jpg")
    linked = saved.photo(jpeg(shade=71))
    del saved.files[f"photos/{linked}.jpg"]
    saved.files.pop("manifest.json", None)
    made = io.BytesIO(saved.packed())
    with zipfile.ZipFile(made, "a") as package:
        link = zipfile.ZipInfo(f"photos/{linked}.jpg")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        package.writestr(link, str(target))
    assert sorted(outcomes(load(made.getvalue()))) == ["new", "set_aside"]
    assert not Path("/tmp/slipped.jpg").exists()  # noqa: S108 - that is where it would have gone
    assert SetAside.objects.get().file is None


def test_a_bomb_is_cut_and_set_aside(world: World) -> None:
    saved = Saved()
    photo = saved.photo(jpeg(shade=70))
    del saved.files[f"photos/{photo}.jpg"]
    report = saved.report()
    del saved.files[f"bodies/{report}.json"]
    made = io.BytesIO(saved.packed())
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr(f"photos/{photo}.jpg", b"\0" * (61 * 1024 * 1024))
        package.writestr(f"bodies/{report}.json", b" " * (3 * 1024 * 1024))
    loaded = load(made.getvalue())
    assert outcomes(loaded) == ["set_aside", "set_aside"]
    assert {item.reason for item in loaded} == {gettext("Its file in the archive is too large.")}
    assert not StoredFile.objects.exists()


def many_members() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        for n in range(20_001):
            package.writestr(str(n), b"")
    return made.getvalue()


def lying_count() -> bytes:
    """A directory's end that says one member where there are many."""
    content = many_members()
    end = content.rfind(b"PK\x05\x06")
    return content[: end + 8] + struct.pack("<HH", 1, 1) + content[end + 12 :]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK",
        b"<html>login</html>",
        Saved().packed()[:-30],
        many_members(),
        lying_count(),
        many_members().replace(b"PK\x05\x06", b"PK\x06\x07" + b"\0" * 16 + b"PK\x05\x06"),
    ],
    ids=["nothing", "two bytes", "a page", "cut", "20,001 files", "a lying count", "zip64"],
)
def test_what_is_no_phones_archive_is_refused_whole(world: World, content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        load(content)
    assert refused.value.errors[0].field == "file"


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"[]",
        b'{"format": "other", "version": 1, "items": []}',
        b'{"format": "xungai-phone-archive", "version": 2, "items": []}',
        b'{"format": "xungai-phone-archive", "version": 1, "items": {}}',
        b"[" * 200_000,
    ],
)
def test_a_manifest_that_is_none_is_refused(world: World, manifest: bytes) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("manifest.json", manifest)
    with pytest.raises(Invalid):
        load(made.getvalue())


# --- the command ---------------------------------------------------------------------------------------------------------


def test_the_command_names_what_was_not_taken_and_why(world: World, tmp_path: Path) -> None:
    saved = Saved()
    saved.report(observed_at="2026-03-02T09:00:00+08:00")
    photo = saved.photo(b"no photo")
    file = tmp_path / "xungai-inspector.zip"
    file.write_bytes(saved.packed())
    said = io.StringIO()
    call_command("load_phone", str(file), stdout=said)
    assert str(photo) in said.getvalue()
    assert gettext("This is no photo.") in said.getvalue()
    assert Problem.objects.count() == 1


def test_the_command_refuses_what_is_no_archive(world: World, tmp_path: Path) -> None:
    for name in ("none.zip", "page.zip"):
        (tmp_path / "page.zip").write_text("<html></html>")
        with pytest.raises(CommandError):
            call_command("load_phone", str(tmp_path / name))


def test_every_entry_says_who_brought_an_archive(world: World) -> None:
    saved = Saved()
    report = saved.report()
    saved.photo(jpeg(shade=70), sha256="0" * 64)
    load_archive(io.BytesIO(saved.packed()), by=world.office, at=day(3))
    entries = {entry.action: entry for entry in Entry.objects.filter(action__in=["report", "set_aside", "load_phone"])}
    office = {"id": str(world.office.pk), "name": str(world.office)}
    assert entries["report"].object_id == str(report)
    assert (entries["report"].by_id, entries["report"].after_values["brought_by"]) == (str(world.inspector.pk), office)
    assert (entries["set_aside"].by_id, entries["set_aside"].after_values["sent_by"]) == (office["id"], "inspector")
    assert entries["load_phone"].by_id == office["id"]


def test_an_archive_of_which_everything_was_refused_leaves_its_trace_too(world: World) -> None:
    saved = Saved()
    saved.photo(jpeg(shade=70), sha256="0" * 64)
    load_archive(io.BytesIO(saved.packed()), by=world.office, at=day(3))
    assert Entry.objects.get(action="load_phone").after_values["set_aside"] == 1


def test_a_refused_photo_of_an_unreleased_find_is_sealed_in_the_record(world: World) -> None:
    draft = InspectionDraft(kind="spot_check", announced=False, date=T0.date(), people=["inspector"])
    inspection = make_inspection(draft, by=world.office, at=T0)
    photo = uuid4()
    world.report(at=T0, inspection=inspection.pk, photos=[photo])
    saved = Saved()
    saved.photo(jpeg(shade=70), uuid=photo, sha256="0" * 64)
    load_archive(io.BytesIO(saved.packed()), by=world.office, at=day(3))
    row = SetAside.objects.get(submission=photo)
    settle_set_aside(row.pk, "nothing_to_do", "另行补拍", by=world.office, at=day(3))
    held = capacities(world.auditor, day(3))
    for entry in Entry.objects.filter(object_id=str(photo)):
        assert sealed_for(entry, held), entry.action
    release(inspection.pk, by=world.office, at=day(3))
    assert not any(sealed_for(entry, held) for entry in Entry.objects.filter(object_id=str(photo)))
