"""The night's work is done once, however often it runs."""

from datetime import date, timedelta

import pytest

from server.coordination.nightly import run_night
from server.inspections.actions import InspectionDraft, make_inspection
from server.notices.models import Notice
from server.records.anchor import anchored_heads
from server.records.sealing import seal_now
from tests.world import T0, World

pytestmark = pytest.mark.django_db


def test_the_office_is_reminded_of_an_unreleased_inspection_from_the_fifth_working_day_on(world: World) -> None:
    draft = InspectionDraft(kind="spot_check", announced=False, date=T0.date(), people=["inspector"])
    inspection = make_inspection(draft, by=world.office, at=T0)
    world.report(inspection=inspection.pk)
    seal_now()
    # T0 is Monday 2 March 2026; the fifth working day after it is Monday 9 March.
    assert run_night(date(2026, 3, 8))["inspections_to_release"] == 0
    assert run_night(date(2026, 3, 9))["inspections_to_release"] == 1
    run_night(date(2026, 3, 9))
    reminders = Notice.objects.filter(code="inspection_to_release")
    assert [(n.person.username, n.subject) for n in reminders] == [("office", inspection.pk)]


def test_the_head_of_the_record_is_noted_outside_the_database(world: World) -> None:
    seal_now()
    entries = run_night(T0.date())["record_entries"]
    assert anchored_heads()[-1].sequence == entries


def test_a_second_run_of_the_same_night_notes_nothing_more(world: World) -> None:
    seal_now()
    run_night(T0.date() + timedelta(days=1))
    heads = len(anchored_heads())
    run_night(T0.date() + timedelta(days=1))
    assert len(anchored_heads()) == heads
