"""What was set aside is settled by the office, once, in words, in the record; its content and its bytes stay."""

from hashlib import sha256
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from server.files.models import StoredFile
from server.files.queries import read_bytes
from server.inspections.actions import InspectionDraft, make_inspection, release, settle_set_aside
from server.inspections.ids import as_uuid
from server.inspections.models import SetAside
from server.inspections.policy import set_aside_visible_to
from server.inspections.printing import printable
from server.inspections.queries import embargo_over, first_of, title_of
from server.problems.models import Problem
from server.records.models import Entry
from server.records.sealing import seal_now
from server.runtime.refusals import Conflict, Invalid, NotThere
from server.units.predicates import capacities
from tests.inspections.test_load_phone import Saved, load
from tests.photographs import jpeg
from tests.world import T0, World, day

pytestmark = pytest.mark.django_db


def conflicting(world: World, first: UUID | None = None) -> SetAside:
    """Another content under the uuid of a report."""
    saved = Saved()
    report = first or saved.report()
    if first is None:
        load(saved)
    second = Saved()
    second.report(uuid=report, title="另一个标题")
    load(second, day(2))
    return SetAside.objects.get(submission=report)


def refused_photo() -> SetAside:
    saved = Saved()
    photo = saved.photo(jpeg(shade=70), sha256="0" * 64)
    load(saved)
    return SetAside.objects.get(submission=photo)


def test_the_office_settles_a_conflict_in_favour_of_the_first_and_nothing_is_lost(world: World) -> None:
    row = conflicting(world)
    settled = settle_set_aside(row.pk, "kept_first", " 同一件事,首份已列入清单 ", by=world.office, at=day(3))
    assert (settled.decision, settled.words) == ("kept_first", "同一件事,首份已列入清单")
    again = SetAside.objects.get(pk=row.pk)
    assert (again.looked_by, again.looked_at, again.body, again.body_sha256) == (world.office, day(3), row.body, row.body_sha256)
    assert Problem.objects.get(pk=row.submission).title == "石桥镇河岸垃圾堆放"


def test_settling_is_in_the_record_with_its_words(world: World) -> None:
    row = conflicting(world)
    settle_set_aside(row.pk, "kept_first", "首份属实", by=world.office, at=day(3))
    seal_now()
    entry = Entry.objects.get(action="settle_set_aside")
    assert (entry.by_id, entry.object_type, entry.object_id) == (str(world.office.pk), "report", str(row.submission))
    assert entry.after_values == {"body_sha256": row.body_sha256, "decision": "kept_first", "words": "首份属实"}


def test_the_bytes_of_a_refused_photo_stay_when_it_is_settled(world: World) -> None:
    row = refused_photo()
    settle_set_aside(row.pk, "nothing_to_do", "已另行补拍", by=world.office, at=day(3))
    file = SetAside.objects.get(pk=row.pk).file
    assert file is not None
    assert read_bytes(StoredFile.objects.get(pk=file)) == jpeg(shade=70)


def test_loading_the_archive_again_does_not_open_what_was_settled(world: World) -> None:
    saved = Saved()
    photo = saved.photo(jpeg(shade=70), sha256="0" * 64)
    load(saved)
    settle_set_aside(SetAside.objects.get().pk, "nothing_to_do", "看过", by=world.office, at=day(3))
    load(saved, day(4))
    assert SetAside.objects.get(submission=photo).looked_at == day(3)


@pytest.mark.parametrize("name", ["inspector", "leading_group", "district_leader", "town_head", "auditor", "security_admin"])
def test_nobody_but_the_office_sees_or_settles_it(world: World, name: str) -> None:
    row = conflicting(world)
    person = world.people[name]
    assert not set_aside_visible_to(capacities(person, day(3))).exists()
    with pytest.raises(NotThere):
        settle_set_aside(row.pk, "kept_first", "越权", by=person, at=day(3))
    assert set_aside_visible_to(capacities(world.office, day(3))).get() == row
    assert SetAside.objects.get().looked_at is None


def test_what_there_is_not_cannot_be_settled(world: World) -> None:
    with pytest.raises(NotThere):
        settle_set_aside(4711, "kept_first", "没有", by=world.office, at=day(3))


def test_the_second_to_settle_it_is_told_who_was_first(world: World) -> None:
    row = conflicting(world)
    settle_set_aside(row.pk, "kept_first", "首份属实", by=world.office, at=day(3))
    with pytest.raises(Conflict) as refused:
        settle_set_aside(row.pk, "taken_up", "另行补录", by=world.office, at=day(4))
    assert refused.value.params == {"who": str(world.office)}
    assert SetAside.objects.get().decision == "kept_first"
    assert Entry.objects.filter(action="settle_set_aside").count() == 1


@pytest.mark.parametrize(
    ("decision", "words", "fields"),
    [
        ("", "", ["decision", "words"]),
        ("deleted", "删掉", ["decision"]),
        ("kept_first", "   ", ["words"]),
        ("kept_first", "长" * 2_001, ["words"]),
    ],
)
def test_a_settlement_without_a_decision_or_words_names_both(world: World, decision: str, words: str, fields: list[str]) -> None:
    row = conflicting(world)
    with pytest.raises(Invalid) as refused:
        settle_set_aside(row.pk, decision, words, by=world.office, at=day(3))
    assert [error.field for error in refused.value.errors] == fields
    assert SetAside.objects.get().looked_at is None


def test_the_first_cannot_stand_where_there_is_none(world: World) -> None:
    row = refused_photo()
    with pytest.raises(Invalid) as refused:
        settle_set_aside(row.pk, "kept_first", "首份", by=world.office, at=day(3))
    assert refused.value.errors[0].code == "no_first"


def test_the_database_refuses_a_half_settled_one(world: World) -> None:
    row = conflicting(world)
    for half in ({"decision": "kept_first"}, {"looked_at": T0}, {"looked_at": T0, "looked_by": world.office, "decision": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SetAside.objects.filter(pk=row.pk).update(**half)


# --- beside what came first ----------------------------------------------------------------------------------------------


def test_the_first_is_found_whatever_kind_it_is_of(world: World) -> None:
    saved, known = Saved(), world.planned()
    photo, visit, report = saved.photo(jpeg(shade=70)), saved.visit(known.pk), saved.report()
    load(saved)
    held = capacities(world.office, day(3))
    for submission, by in ((visit, "by"), (report, "reported_by")):
        row = SetAside(submission=submission, kind="report", person=world.inspector, body="{}")
        first = first_of(row, world.office, day(3), held)
        assert first is not None
        assert (first.pk, getattr(first, by)) == (submission, world.inspector)
    row = SetAside(submission=photo, kind="photo", person=world.inspector, body="{}")
    assert first_of(row, world.inspector, day(3), capacities(world.inspector, day(3))) is not None
    # A photo that no report claims yet is its uploader's alone.
    assert first_of(row, world.office, day(3), held) is None
    assert first_of(SetAside(submission=uuid4(), kind="report", body="{}"), world.office, day(3), held) is None


@pytest.mark.clause("10-2")
def test_what_an_unreleased_inspection_hides_stays_sealed_in_the_record_until_its_release(world: World) -> None:
    draft = InspectionDraft("spot_check", False, T0.date(), people=["inspector"])
    inspection = make_inspection(draft, by=world.office, at=T0)
    found = world.report(inspection=inspection.pk, title="暗访发现")
    row = conflicting(world, found.pk)
    settle_set_aside(row.pk, "kept_first", "首份属实", by=world.office, at=day(3))
    about = Entry.objects.filter(object_id=str(found.pk), action__in=["set_aside", "settle_set_aside"])
    assert {entry.embargo for entry in about} == {found.embargo_id}
    assert about.count() == 2
    release(inspection.pk, by=world.office, at=day(4))
    assert embargo_over(found.pk, row.body) is None


@pytest.mark.clause("10-2")
def test_a_refused_report_that_names_an_unreleased_inspection_is_sealed_too(world: World) -> None:
    draft = InspectionDraft("spot_check", False, T0.date(), people=["inspector"])
    inspection = make_inspection(draft, by=world.office, at=T0)
    saved = Saved()
    refused = saved.report(inspection=str(inspection.pk), category="no such category")
    openly = saved.report(category="no such category")
    load(saved)
    entries = {entry.object_id: entry.embargo for entry in Entry.objects.filter(action="set_aside")}
    assert entries[str(refused)] is not None
    assert entries[str(openly)] is None


@pytest.mark.parametrize("body", ["", "[]", "[" * 100_000, '{"inspection": 7}', '{"inspection": "x", "problem": []}', "\ud800"])
def test_a_body_that_is_nothing_lies_under_no_embargo(world: World, body: str) -> None:
    assert embargo_over(uuid4(), body) is None


def test_an_id_is_spelled_with_hyphens_and_in_no_other_way() -> None:
    spelled = "0f8fad5b-d9cb-469f-a165-70867728950e"
    assert as_uuid(spelled) == as_uuid(spelled.upper()) == UUID(spelled)
    for other in (f"{{{spelled}}}", f"urn:uuid:{spelled}", spelled.replace("-", ""), f"{spelled}\n", "", 7, None, [spelled]):
        assert as_uuid(other) is None, other


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (" a\x00b ", "a\ufffdb"),
        ("a\ud800", "a\ufffd"),
        ("\U0001f600", "\U0001f600"),
        (None, ""),
        (False, ""),
        (0, "0"),
        ({"a": "\ud800"}, '{"a": "\ufffd"}'),
        (10**5_000, "…"),
    ],
    ids=["nul", "surrogate", "astral", "null", "false", "zero", "nested", "thousands of digits"],
)
def test_whatever_a_body_holds_is_printable(value: object, text: str) -> None:
    assert printable(value) == text


def test_what_it_is_about_is_kept_beside_the_body(world: World) -> None:
    row = conflicting(world)
    assert (row.title, title_of("{"), title_of('{"notes": "' + "长" * 99 + '"}')) == ("另一个标题", "", "长" * 80)
    photo = refused_photo()
    assert photo.title == "河岸.jpg"


def test_the_reason_of_a_refusal_is_in_words_not_in_names_of_members(world: World) -> None:
    saved = Saved()
    saved.report(observed_at="2027-03-02T09:00:00+08:00")
    (loaded,) = load(saved)
    assert "observed_at" not in loaded.reason
    assert loaded.reason == SetAside.objects.get().reason
    assert sha256(SetAside.objects.get().body.encode()).hexdigest() == SetAside.objects.get().body_sha256
