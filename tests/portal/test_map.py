"""The district map: figures, rows and marks add up, and nobody learns from it what is not theirs to know (Article 10)."""

import json
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from playwright.sync_api import Page, expect

from server.inspections.actions import InspectionDraft, VisitDraft, make_inspection, release, submit_visit
from server.inspections.actions.submitting import Received
from server.portal.district_map.base import drawn_base
from server.portal.district_map.card import card_for
from server.portal.district_map.narrowing import Narrowing
from server.portal.district_map.rows import map_data
from server.problems.models import Problem
from server.problems.queries import Filters, count_figures, filtered, get_for
from server.runtime.refusals import NotThere
from server.supervision.actions import SupervisionDraft, accept_supervision_reply, record_supervision, reply_to_supervision
from server.units.models import Person
from server.units.predicates import office_day
from tests.world import IN_LOTUS, PASSWORD, T0, World, day

WHOLE = Narrowing()


def seen_by(person: Person, at: datetime = T0, narrowing: Narrowing = WHOLE) -> dict[str, Any]:
    """The data of the map in English, as it goes out."""
    with translation.override("en"):
        answer: dict[str, Any] = json.loads(json.dumps(map_data(person, at, narrowing)))
    return answer


def column(data: dict[str, Any], name: str) -> list[Any]:
    index = data["columns"].index(name)
    return [row[index] for row in data["rows"]]


def unannounced(world: World, at: datetime = T0, problems: list[UUID] | None = None) -> UUID:
    draft = InspectionDraft(
        kind="spot_check", announced=False, date=office_day(at), people=["inspector"], problems=problems or []
    )
    return make_inspection(draft, by=world.office, at=at).pk


def visit(world: World, problem: Problem, inspection: UUID | None, at: datetime) -> None:
    draft = VisitDraft(
        problem=problem.pk,
        observed_at=at,
        location={"type": "Point", "coordinates": [118.31, 30.91]},
        verdict="behind",
        notes="仍有垃圾。",
        photos=[],
        inspection=inspection,
        people=["林静", "郑凯"],
    )
    digest = uuid4().hex * 2
    submit_visit(uuid4(), draft, Received("{}", digest, digest), by=world.inspector, at=at)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


# -- figures and rows -----------------------------------------------------------------------------------------------


def test_figures_rows_and_the_ledger_add_up(world: World) -> None:
    world.planned(at=T0)
    world.planned(at=T0)
    world.rectifying(at=T0, done=False, deadline=day(20).date())
    world.closed(at=day(70))
    at = day(85)
    data = seen_by(world.committee_government, at)
    counted = count_figures(filtered(world.committee_government, at, Filters()), office_day(at))
    figures = data["figures"]
    assert figures["open"]["count"] == counted.open == 3
    assert [figures[light]["count"] for light in ("red", "yellow", "green")] == [counted.red, counted.yellow, counted.green]
    assert counted.red == 1
    assert len(data["rows"]) == figures["open"]["count"] + figures["grey"]["count"] == 4
    assert sum(count for _name, count in figures["open"]["parts"]) == figures["open"]["count"]
    for light in ("red", "yellow", "green"):
        assert sum(count for _name, count in figures[light]["parts"]) == figures[light]["count"]
    lights = column(data, "light")
    assert [lights.count(n) for n in range(4)] == [figures[name]["count"] for name in ("red", "yellow", "green", "grey")]


def test_the_gravest_stands_first_and_says_how_late_it_is(world: World) -> None:
    world.planned(at=T0)
    late = world.rectifying(at=T0, done=False, deadline=day(20).date())
    later = world.rectifying(at=T0, done=False, deadline=day(10).date())
    data = seen_by(world.leading_group, day(25))
    assert column(data, "id")[:2] == [str(later.pk), str(late.pk)]
    assert column(data, "why")[:2] == ["15 d overdue", "5 d overdue"]
    assert column(data, "light") == sorted(column(data, "light"))


def test_what_was_closed_last_month_is_a_figure_and_no_mark(world: World) -> None:
    problem = world.closed(at=day(2))
    this_month = seen_by(world.office, day(3))
    assert column(this_month, "id") == [str(problem.pk)]
    assert this_month["figures"]["grey"]["count"] == 1
    next_month = seen_by(world.office, day(40))
    assert next_month["rows"] == []
    assert next_month["figures"]["grey"] == {"count": 0, "parts": [["This year", 1], ["Last month", 1]]}


def test_a_status_asked_for_is_shown_whole_whenever_it_was_reached(world: World) -> None:
    problem = world.closed(at=day(2))
    data = seen_by(world.office, day(40), Narrowing((("status", ("closed",)),)))
    assert column(data, "id") == [str(problem.pk)]


def test_a_problem_under_supervision_is_marked_until_the_reply_is_accepted(world: World) -> None:
    problem = world.rectifying(done=False)
    draft = SupervisionDraft(date=day(1).date(), people=["赵组长"], opinion="十日内清运完毕。")
    record = record_supervision(problem.pk, draft, by=world.leading_group, at=day(1))
    waiting = seen_by(world.committee_government, day(2))
    assert column(waiting, "supervised") == [1]
    assert column(waiting, "why") == ["Supervision reply awaited"]
    reply_to_supervision(record.pk, "已清运。", by=world.town_head, at=day(3))
    assert column(seen_by(world.committee_government, day(3)), "why") == ["Supervision reply to be accepted"]
    accept_supervision_reply(record.pk, by=world.office, at=day(4))
    assert column(seen_by(world.committee_government, day(4)), "supervised") == [0]


def test_the_figure_of_last_week_counts_what_was_open_then(world: World) -> None:
    world.planned(at=T0)
    world.planned(at=day(6))
    assert seen_by(world.office, day(8))["figures"]["open"]["week"] == 1
    narrowed = seen_by(world.office, day(8), Narrowing((("sector", ("waste",)),)))
    assert narrowed["figures"]["open"]["week"] is None


def test_a_problem_that_an_address_asks_for_is_shown_beside_the_others_and_counted_nowhere(world: World) -> None:
    problem = world.closed(at=day(2))
    with translation.override("en"):
        data = map_data(world.office, day(40), WHOLE, problem.pk)
        assert map_data(world.lotus_liaison, day(40), WHOLE, problem.pk)["wanted"] == []
    assert [row[0] for row in data["wanted"]] == [str(problem.pk)]
    assert data["rows"] == []
    assert data["figures"]["grey"]["count"] == 0


# -- filters --------------------------------------------------------------------------------------------------------


def test_filters_narrow_figures_and_rows_alike(world: World) -> None:
    in_town = world.planned()
    world.listed(problem=world.report(location=IN_LOTUS, title="荷塘镇砂石堆场扬尘"), sector="air")
    for narrowing in (
        Narrowing((("sector", ("waste",)),)),
        Narrowing((("unit", ("stone_bridge",)),)),
        Narrowing((("supervising_unit", ("water",)),)),
        Narrowing((("area", ("990001",)),)),
        Narrowing(q="石桥"),
        Narrowing((("status", ("planned",)),)),
    ):
        data = seen_by(world.office, T0 + timedelta(hours=5), narrowing)
        assert column(data, "id") == [str(in_town.pk)], narrowing
        assert data["figures"]["open"]["count"] == 1


def test_overdue_and_due_soon_are_told_apart(world: World) -> None:
    world.rectifying(done=False, deadline=day(20).date())
    world.rectifying(done=False, deadline=day(50).date())
    at = day(25)
    assert column(seen_by(world.office, at, Narrowing(due="overdue")), "why") == ["5 d overdue"]
    assert column(seen_by(world.office, at, Narrowing(due="30")), "why") == ["25 d left"]
    assert seen_by(world.office, at, Narrowing(due="7"))["rows"] == []


def test_an_address_that_means_nothing_narrows_nothing(world: World) -> None:
    world.planned()
    answer = signed_in(world.office).get("/map/data.json?status=nonsense&due=9&sector=%00&light=purple&level=")
    assert answer.status_code == 200
    assert len(answer.json()["rows"]) == 1


# -- who sees -------------------------------------------------------------------------------------------------------


def test_the_town_learns_nothing_of_an_unreleased_find_and_the_office_does(world: World) -> None:
    world.planned()
    town, office = signed_in(world.town_liaison), signed_in(world.office)
    before = town.get("/map/data.json")
    check = unannounced(world)
    problem = world.report(inspection=check, title="暗访发现")
    after = town.get("/map/data.json", headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 304
    assert town.get("/map/data.json").content == before.content
    for address in ("/map/data.json?status=reported", "/map/?status=reported", f"/map/?problem={problem.pk}"):
        assert "暗访发现" not in town.get(address).content.decode()
    assert town.get("/map/data.json?status=reported").json()["rows"] == []
    assert town.get(f"/map/problems/{problem.pk}/").status_code == 404
    assert town.get(f"/map/problems/{uuid4()}/").status_code == 404
    found = office.get("/map/data.json?status=reported").json()
    assert column(found, "id") == [str(problem.pk)]
    assert office.get(f"/map/problems/{problem.pk}/").status_code == 200
    # It is in none of the ledger's counts, the office's neither.
    assert found["figures"]["open"]["count"] == 0
    assert len(office.get("/map/data.json").json()["rows"]) == 1
    release(check, by=world.office, at=timezone.now())
    assert "暗访发现" in town.get("/map/data.json?status=reported").content.decode()


def test_an_unreleased_visit_is_marked_for_its_own_people_alone(world: World) -> None:
    problem = world.planned()
    town = seen_by(world.town_liaison, day(2))
    check = unannounced(world, day(1), [problem.pk])
    visit(world, problem, check, day(1, 2))
    assert seen_by(world.town_liaison, day(2)) == town
    assert seen_by(world.committee_government, day(2))["visits"] == []
    for insider in (world.office, world.leading_group, world.inspector):
        assert [row[0] for row in seen_by(insider, day(2))["visits"]] == [str(problem.pk)]
    with translation.override("en"):
        assert "Behind" not in card_for(get_for(world.town_head, problem.pk, day(2)), world.town_head, day(2)).visit
        assert "Behind" in card_for(get_for(world.office, problem.pk, day(2)), world.office, day(2)).visit
    release(check, by=world.office, at=day(3))
    assert len(seen_by(world.town_liaison, day(3))["visits"]) == 1


def test_a_unit_sees_its_own_and_another_town_does_not(world: World) -> None:
    problem = world.planned()
    assert column(seen_by(world.town_liaison), "id") == [str(problem.pk)]
    lotus = seen_by(world.lotus_liaison)
    assert lotus["rows"] == []
    assert lotus["units"] == []
    assert all(figure["count"] == 0 for figure in lotus["figures"].values())


@pytest.mark.parametrize("who", ["admin", "security_admin", "auditor"])
def test_the_three_administrators_see_an_empty_map(world: World, who: str) -> None:
    world.planned()
    data = seen_by(world.people[who])
    assert data["rows"] == []
    assert data["figures"]["open"]["count"] == 0


def test_nobody_is_shown_the_map_before_signing_in(world: World) -> None:
    world.planned()
    for address in ("/map/", "/map/data.json", "/map/base.json", f"/map/problems/{uuid4()}/"):
        answer = Client().get(address)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/login/"), address


def test_the_tag_changes_with_what_is_seen(world: World) -> None:
    client = signed_in(world.office)
    first = client.get("/map/data.json")
    assert first["Cache-Control"] == "private, no-cache"
    assert client.get("/map/data.json", headers={"If-None-Match": first["ETag"]}).status_code == 304
    world.listed()
    assert client.get("/map/data.json", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_problems(world: World) -> None:
    def asked(person: Person) -> int:
        with CaptureQueriesContext(connection) as queries:
            seen_by(person, day(2))
        return len(queries)

    people = [world.office, world.town_liaison, world.supervisor_head, world.inspector]
    world.rectifying(done=False, deadline=day(3).date())  # a yellow one: its reasons are asked for
    few = [asked(person) for person in people]
    for _n in range(3):
        world.rectifying(done=False, deadline=day(3).date())
    visit(world, world.planned(), None, day(1))
    assert [asked(person) for person in people] == few
    assert max(few) <= 27


# -- the card -------------------------------------------------------------------------------------------------------


def card_in_english(problem: Problem, person: Person, at: datetime) -> Any:
    with translation.override("en"):
        return card_for(get_for(person, problem.pk, at), person, at)


def test_the_card_says_whose_how_late_and_who_acts_next(world: World) -> None:
    problem = world.rectifying(done=False, deadline=day(20).date())
    card = card_in_english(problem, world.committee_government, day(25))
    assert (card.light, card.words) == ("red", "5 d overdue")
    assert card.main_units == ["石桥镇人民政府"]
    assert card.supervising_units[0] == "区城市管理局"
    assert "Overdue since 03-22" in card.reasons
    assert card.next_step.what == "finishes and applies for acceptance"
    assert card.next_step.left == "5 d overdue"


def test_the_card_shows_the_pair_that_was_applied_with(world: World) -> None:
    problem = world.applied()
    card = card_in_english(problem, world.office, T0 + timedelta(hours=6))
    assert [picture.stage for picture in card.pictures] == ["before", "after"]
    assert card.next_step.what == "gives the acceptance opinion"
    assert card.next_step.left.endswith("working days left")


def test_an_open_supervision_comes_before_the_way_itself(world: World) -> None:
    problem = world.rectifying(done=False)
    draft = SupervisionDraft(date=day(1).date(), people=["赵组长"], opinion="清运完毕。", reply_due=date(2026, 3, 10))
    record = record_supervision(problem.pk, draft, by=world.leading_group, at=day(1))
    card = card_in_english(problem, world.committee_government, day(2))
    assert card.next_step.what == "replies to the supervision opinion"
    assert [one.name for one in card.milestones][-2:] == ["Reply awaited", "To be closed"]
    reply_to_supervision(record.pk, "已清运。", by=world.town_head, at=day(3))
    assert card_in_english(problem, world.committee_government, day(3)).next_step.what == "accepts the supervision reply"


def test_a_photo_under_embargo_is_on_no_card_but_its_peoples(world: World) -> None:
    problem = world.planned()
    check = unannounced(world, day(1), [problem.pk])
    photo = world.photo(at=day(1))
    draft = VisitDraft(
        problem=problem.pk,
        observed_at=day(1),
        location={"type": "Point", "coordinates": [118.31, 30.91]},
        verdict="behind",
        notes="",
        inspection=check,
        people=["林静", "郑凯"],
        photos=[photo],
    )
    digest = uuid4().hex * 2
    submit_visit(uuid4(), draft, Received("{}", digest, digest), by=world.inspector, at=day(1, 1))
    assert card_in_english(problem, world.town_head, day(2)).pictures == []
    assert [picture.photo for picture in card_in_english(problem, world.office, day(2)).pictures] == [photo]


def test_the_card_of_a_hidden_problem_is_not_there(world: World) -> None:
    problem = world.planned()
    with pytest.raises(NotThere):
        get_for(world.lotus_head, problem.pk, T0)


# -- the drawn base -------------------------------------------------------------------------------------------------


def test_the_base_names_each_area_inside_it_and_outside_the_park(world: World) -> None:
    text, tag = drawn_base(T0)
    features = json.loads(text)["features"]
    places = {feature["properties"]["code"]: feature["properties"]["at"] for feature in features}
    assert set(places) == {"990001", "990002", "990101"}
    x, y = places["990001"]
    assert 118.30 < x < 118.35
    assert not (x > 118.335 and y > 30.935)
    assert drawn_base(day(1)) == (text, tag)


def test_the_base_is_kept_by_the_browser_until_an_edition_changes(world: World) -> None:
    client = signed_in(world.town_liaison)
    first = client.get("/map/base.json")
    assert client.get("/map/base.json", headers={"If-None-Match": first["ETag"]}).status_code == 304


# -- in the browser -------------------------------------------------------------------------------------------------


def enter(page: Page, username: str, address: str = "/map/") -> None:
    page.goto(f"/login/?next={address}")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_selector("#district-map.ready")


def test_a_leader_reads_the_worst_and_narrows_the_map(committed_world: World, page: Page) -> None:
    now = timezone.now()
    world = committed_world
    start = now - timedelta(days=40)
    late = world.rectifying(at=start, done=False, deadline=(now - timedelta(days=12)).date())
    world.planned(at=now - timedelta(hours=9))
    lotus = world.listed(
        at=now - timedelta(hours=9), problem=world.report(at=now, location=IN_LOTUS, title="荷塘镇扬尘"), sector="air"
    )
    enter(page, "committee_government")
    # The worst explains itself without a click.
    card = page.locator("[data-card]")
    expect(card).to_contain_text(late.title)
    expect(card).to_contain_text("石桥镇人民政府")
    expect(page.locator("[data-card-place]")).to_have_text("1 / 1")
    expect(page.locator(".item")).to_have_count(3)
    # Figures, rings, single marks and list hold the same problems.
    open_ = int(page.locator("[data-figure=open] [data-number]").inner_text())
    rings = sum(int(text) for text in page.locator(".ring-count").all_text_contents())
    assert open_ == 3 == rings + page.locator(".pin").count() + page.locator(".chosen").count()
    # A light alone, in the address too; and lifted again.
    page.click("[data-only=red]")
    expect(page.locator(".item")).to_have_count(1)
    assert "light=red" in page.url
    page.click("[data-chips] .chip")
    expect(page.locator(".item")).to_have_count(3)
    # A filter without reload, kept in the address and undone by Back.
    page.select_option("select[name=sector]", "air")
    expect(page.locator(".item")).to_have_count(1)
    expect(card).to_contain_text(lotus.title)
    assert "sector=air" in page.url
    page.go_back()
    expect(page.locator(".item")).to_have_count(3)
    # By keyboard through the list.
    page.locator(".item").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".item[aria-current]")).to_have_count(1)
    expect(page.locator(".chosen-label")).to_be_visible()


def test_a_link_from_a_problem_opens_the_map_on_it(committed_world: World, page: Page) -> None:
    now = timezone.now()
    committed_world.rectifying(at=now - timedelta(days=40), done=False, deadline=(now - timedelta(days=12)).date())
    wanted = committed_world.planned(at=now - timedelta(hours=9))
    enter(page, "office", f"/map/?problem={wanted.pk}")
    expect(page.locator(".item[aria-current]")).to_have_count(1)
    expect(page.locator("[data-card] article")).to_have_attribute("data-light", "green")
    expect(page.locator("[data-card-name]")).not_to_be_empty()
