"""What a person is told: unread first, opened and read, and nothing of what they may not know."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from server.coordination.queries import notices_for, unread_count
from server.inspections.actions import InspectionDraft, make_inspection, release
from server.notices.actions import tell
from server.notices.models import Notice
from server.problems.policy import visible_to
from server.units.predicates import capacities
from tests.portal.conftest import SignedIn
from tests.world import T0, World, day

pytestmark = pytest.mark.django_db


def unread_in_bar(text: str) -> str:
    bell = text.split('href="/notices/"')[1].split("</a>")[0]
    if "top-count" not in bell:
        return ""
    count = bell.split('top-count" aria-hidden="true">')[1].split("<")[0]
    assert f"{count} 条未读" in bell  # what is read out
    return count


def test_notices_stand_unread_first_and_lead_to_their_problem(world: World, signed_in: SignedIn) -> None:
    old, new = world.report(title="先上报的"), world.report(title="后上报的", at=day(1))
    office = signed_in("office")
    text = office.get("/notices/").content.decode()
    assert text.index("后上报的") < text.index("先上报的")
    notice = Notice.objects.get(person=world.office, subject=new.pk)
    answer = office.get(f"/notices/{notice.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/problems/{new.pk}/")
    assert Notice.objects.get(pk=notice.pk).read_at is not None
    text = office.get("/notices/").content.decode()
    assert text.index("先上报的") < text.index("后上报的")
    assert Notice.objects.get(person=world.office, subject=old.pk).read_at is None


def test_looking_at_the_list_or_asking_for_the_head_reads_nothing(world: World, signed_in: SignedIn) -> None:
    world.report()
    office = signed_in("office")
    office.get("/notices/")
    office.head(f"/notices/{Notice.objects.get(person=world.office).pk}/")
    assert not Notice.objects.filter(read_at__isnull=False).exists()


def test_all_are_marked_as_read_at_once_and_nobody_elses(world: World, signed_in: SignedIn) -> None:
    world.planned()
    office = signed_in("office")
    assert office.get("/notices/read/").status_code == 405
    assert office.post("/notices/read/")["Location"] == "/notices/"
    assert not Notice.objects.filter(person=world.office, read_at__isnull=True).exists()
    assert Notice.objects.filter(person=world.town_head, read_at__isnull=True).exists()
    text = office.get("/notices/").content.decode()
    assert "全部已读" in text
    assert 'action="/notices/read/"' not in text


def test_the_bar_of_every_page_tells_how_many_are_unread(world: World, signed_in: SignedIn) -> None:
    office = signed_in("office")
    assert unread_in_bar(office.get("/").content.decode()) == ""
    problem = world.report()
    world.report(title="另一个")
    for address in ("/", "/problems/", "/notices/", "/phones/", f"/problems/{problem.pk}/"):
        assert unread_in_bar(office.get(address).content.decode()) == "2", address
    office.post("/notices/read/")
    assert unread_in_bar(office.get("/").content.decode()) == ""


def test_the_count_costs_one_query_where_nothing_is_unread_and_agrees_with_the_list(world: World) -> None:
    problem = world.planned()
    inspection = make_inspection(InspectionDraft("spot_check", False, T0.date(), people=["inspector"]), by=world.office, at=T0)
    tell([world.inspector, world.office], "inspection_to_release", subject=inspection.pk, at=T0, date=T0.date())
    tell([world.inspector, world.lotus_head], "plan_issued", subject=problem.pk, at=T0, title=problem.title)
    tell([world.lotus_head], "inspection", subject=inspection.pk, at=T0, date=T0.date())
    counts = {}
    for name in ("office", "town_liaison", "second_supervisor_head", "inspector", "lotus_head", "park_head"):
        person, held = world.people[name], capacities(world.people[name], day(2))
        seen = visible_to(person, day(2), held)
        with CaptureQueriesContext(connection) as asked:
            counts[name] = unread_count(person, day(2), held, seen)
        assert counts[name] == notices_for(person, day(2)).filter(read_at__isnull=True).count(), name
        assert len(asked) == 1 or name != "park_head"
        assert len(asked) <= 2 or name in ("office", "inspector", "lotus_head")
    assert counts["inspector"] == 3
    assert (counts["lotus_head"], counts["park_head"]) == (0, 0)
    assert min(counts["office"], counts["town_liaison"], counts["second_supervisor_head"]) > 0


def test_who_is_told_nothing_reads_that(world: World, signed_in: SignedIn) -> None:
    assert "没有通知。" in signed_in("lotus_head").get("/notices/").content.decode()


def test_anothers_notice_is_not_there_and_stays_unread(world: World, signed_in: SignedIn) -> None:
    world.report()
    notice = Notice.objects.get(person=world.office)
    assert signed_in("leading_group").get(f"/notices/{notice.pk}/").status_code == 404
    assert Notice.objects.get(pk=notice.pk).read_at is None


@pytest.mark.clause("10-2")
def test_a_notice_of_what_its_reader_may_not_know_is_neither_shown_counted_nor_opened(world: World, signed_in: SignedIn) -> None:
    inspection = make_inspection(InspectionDraft("spot_check", False, T0.date(), people=["inspector"]), by=world.office, at=T0)
    found = world.report(inspection=inspection.pk, title="暗访发现偷排")
    tell([world.town_head], "plan_issued", subject=found.pk, at=T0, title=found.title)
    tell([world.town_head], "inspection", subject=inspection.pk, at=T0, date=T0.date())
    town, notice = signed_in("town_head"), Notice.objects.get(person=world.town_head, subject=found.pk)
    text = town.get("/notices/").content.decode()
    assert "暗访发现偷排" not in text
    assert unread_in_bar(text) == ""
    assert town.get(f"/notices/{notice.pk}/").status_code == 404
    release(inspection.pk, by=world.office, at=day(1))
    assert "暗访发现偷排" in town.get("/notices/").content.decode()


def test_an_inspections_notice_leads_to_the_inspection(world: World, signed_in: SignedIn) -> None:
    inspection = make_inspection(InspectionDraft("spot_check", False, T0.date(), people=["inspector"]), by=world.office, at=T0)
    notice = Notice.objects.get(person=world.inspector, code="inspection")
    assert signed_in("inspector").get(f"/notices/{notice.pk}/")["Location"] == f"/inspections/{inspection.pk}/"


def test_a_notice_with_words_of_another_day_still_shows(world: World, signed_in: SignedIn) -> None:
    """An older release's code, and parameters that are not there any more."""
    problem = world.report()
    Notice.objects.create(person=world.office, code="gone_since", subject=problem.pk, at=T0)
    Notice.objects.create(person=world.office, code="supervision", subject=problem.pk, at=T0, params={"title": "缺日期"})
    assert "gone_since" in signed_in("office").get("/notices/").content.decode()
