"""Each page for the right and the wrong person: unseen is 404, seen but not allowed is 403."""

import pytest
from django.urls import reverse

from server.inspections.actions import InspectionDraft, make_inspection, release
from server.problems.models import Problem
from server.records.sealing import seal_now
from tests.portal.conftest import SignedIn
from tests.world import T0, World, day

pytestmark = pytest.mark.django_db


def page_of(problem: Problem, action: str = "") -> str:
    return reverse("act", args=[problem.pk, action]) if action else reverse("problem", args=[problem.pk])


def test_a_problem_is_there_for_its_units_and_not_for_others(world: World, signed_in: SignedIn) -> None:
    problem = world.planned()
    for name in ("office", "town_liaison", "supervisor_head", "district_leader", "leading_group"):
        assert signed_in(name).get(page_of(problem)).status_code == 200, name
    for name in ("lotus_liaison", "auditor", "admin", "security_admin", "discipline"):
        assert signed_in(name).get(page_of(problem)).status_code == 404, name


@pytest.mark.parametrize(
    ("state", "action", "allowed", "refused"),
    [
        ("listed", "issue_plan", "office", "town_liaison"),
        ("planned", "progress", "town_liaison", "supervisor_liaison"),
        ("rectifying", "apply", "town_head", "office"),
        ("applied", "opinion", "second_supervisor_liaison", "town_head"),
        ("accepting", "decide", "supervisor_head", "second_supervisor_head"),
        ("passed", "confirm", "district_leader", "other_district_leader"),
        ("closed", "file", "office", "district_leader"),
        ("closed", "reopen", "office", "supervisor_head"),
    ],
)
def test_a_form_opens_for_who_may_and_is_refused_to_who_only_sees(
    world: World, signed_in: SignedIn, state: str, action: str, allowed: str, refused: str
) -> None:
    problem = getattr(world, state)()
    assert signed_in(allowed).get(page_of(problem, action)).status_code == 200
    assert signed_in(refused).get(page_of(problem, action)).status_code == 403
    assert signed_in("lotus_liaison").get(page_of(problem, action)).status_code == 404


def test_a_verb_that_there_is_not_is_nothing(world: World, signed_in: SignedIn) -> None:
    assert signed_in("office").get(page_of(world.listed(), "destroy")).status_code == 404


def test_an_unannounced_inspection_gives_nothing_away_before_its_release(world: World, signed_in: SignedIn) -> None:
    known = world.planned()
    draft = InspectionDraft("spot_check", False, T0.date(), people=["inspector"], problems=[known.pk], led_by="oversight_leader")
    inspection = make_inspection(draft, by=world.office, at=day(1))
    photo = world.photo(shade=33)
    found = world.report(at=day(1), photos=[photo], inspection=inspection.pk, title="暗访发现偷排")
    seal_now()
    town = signed_in("town_liaison")
    assert town.get(page_of(found)).status_code == 404
    assert town.get(reverse("inspection", args=[inspection.pk])).status_code == 404
    assert town.get(reverse("photo", args=[photo])).status_code == 404
    for address in ("/", "/problems/", "/problems/?list=reported", "/inspections/", page_of(known), "/problems/?q=暗访"):
        text = town.get(address).content.decode()
        assert "暗访发现偷排" not in text, address
        assert str(inspection.pk) not in text, address
    assert "待审核 1" not in town.get("/problems/").content.decode()
    assert "暗访发现偷排" in signed_in("inspector").get("/").content.decode()
    release(inspection.pk, by=world.office, at=day(2))
    assert town.get(page_of(found)).status_code == 200
    assert "暗访发现偷排" in town.get("/problems/?list=reported").content.decode()


def test_the_office_releases_single_problems_or_the_whole(world: World, signed_in: SignedIn) -> None:
    draft = InspectionDraft("spot_check", False, T0.date(), people=["inspector"])
    inspection = make_inspection(draft, by=world.office, at=T0)
    found = [world.report(inspection=inspection.pk, title=f"发现{n}") for n in range(2)]
    address = reverse("inspection_release", args=[inspection.pk])
    assert signed_in("inspector").post(address, {"whole": "yes"}).status_code == 403
    assert signed_in("town_liaison").post(address, {"whole": "yes"}).status_code == 404
    office, town = signed_in("office"), signed_in("town_liaison")
    office.post(address, {"problems": [str(found[0].pk)]})
    assert [town.get(page_of(p)).status_code for p in found] == [200, 404]
    office.post(address, {"whole": "yes"})
    assert [town.get(page_of(p)).status_code for p in found] == [200, 200]
    assert office.post(address, {"whole": "yes"}).status_code == 409


def test_the_record_is_the_auditors_and_what_is_hidden_shows_sealed(world: World, signed_in: SignedIn) -> None:
    inspection = make_inspection(InspectionDraft("spot_check", False, T0.date(), people=["inspector"]), by=world.office, at=T0)
    world.report(inspection=inspection.pk)
    seal_now()
    text = signed_in("auditor").get(reverse("record")).content.decode()
    assert "密封条目" in text
    for name in ("office", "town_head", "admin"):
        assert signed_in(name).get(reverse("record")).status_code == 403


def test_units_and_people_are_for_office_and_administrators(world: World, signed_in: SignedIn) -> None:
    for name in ("office", "admin", "security_admin", "auditor"):
        assert "区水利局" in signed_in(name).get(reverse("units")).content.decode()
    assert signed_in("town_head").get(reverse("units")).status_code == 403


def test_the_bar_offers_no_page_that_has_nothing_for_the_person(world: World, signed_in: SignedIn) -> None:
    text = signed_in("town_liaison").get("/").content.decode()
    assert ">督办</a>" not in text
    assert ">验收</a>" not in text
    world.applied()
    assert ">验收</a>" in signed_in("town_liaison").get("/").content.decode()
    assert ">验收</a>" not in signed_in("lotus_liaison").get("/").content.decode()


def test_an_administrator_does_not_see_problems_but_is_told_so(world: World, signed_in: SignedIn) -> None:
    world.planned()
    admin = signed_in("admin")
    assert "不查看问题" in admin.get("/").content.decode()
    assert "石桥镇河岸垃圾堆放" not in admin.get("/problems/").content.decode()
