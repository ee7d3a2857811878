"""The ledger's list: counts, filters in the address, tabs, and how many queries it takes."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.portal.conftest import SignedIn
from tests.world import IN_LOTUS, IN_STONE_BRIDGE, World

pytestmark = pytest.mark.django_db


def test_the_list_says_how_many_and_shows_each_as_a_line(world: World, signed_in: SignedIn) -> None:
    problem = world.planned(at=timezone.now() - timedelta(days=3))
    text = signed_in("office").get("/problems/").content.decode()
    assert "共 1 件" in text
    for shown in (problem.number, problem.title, "石桥镇", "区城市管理局", "剩 87 天", "已下达"):
        assert str(shown) in text, shown


def test_filters_stand_in_the_address_and_narrow_the_list(world: World, signed_in: SignedIn) -> None:
    world.listed(problem=world.report(location=IN_STONE_BRIDGE, title="石桥镇的"))
    world.listed(problem=world.report(location=IN_LOTUS, title="荷塘镇的"), sector="water")
    office = signed_in("office")
    for query, here, gone in (
        ("area=990002", "荷塘镇的", "石桥镇的"),
        ("sector=waste", "石桥镇的", "荷塘镇的"),
        ("q=荷塘", "荷塘镇的", "石桥镇的"),
    ):
        text = office.get(f"/problems/?{query}").content.decode()
        assert here in text, query
        assert gone not in text, query
        assert "共 1 件" in text
    assert "没有符合筛选条件的问题" in office.get("/problems/?category=noise").content.decode()


def test_a_filter_that_means_nothing_is_passed_over(world: World, signed_in: SignedIn) -> None:
    world.listed()
    office = signed_in("office")
    for query in ("area=nowhere", "light=purple", "page=99", "page=x", "sort=x", "due=x", "list=x", "q=%00", "status=zzz"):
        answer = office.get(f"/problems/?{query}")
        assert (answer.status_code, "共 1 件" in answer.content.decode()) == (200, True), query


def test_reports_and_returned_ones_have_lists_of_their_own(world: World, signed_in: SignedIn) -> None:
    report = world.report(title="待审的问题")
    office = signed_in("office")
    assert "待审的问题" not in office.get("/problems/").content.decode()
    assert "待审的问题" in office.get("/problems/?list=reported").content.decode()
    office.post(f"/problems/{report.pk}/return/", {"reason": "重复"})
    assert "待审的问题" in office.get("/problems/?list=returned").content.decode()
    assert "待审的问题" in signed_in("inspector").get("/problems/?list=mine").content.decode()
    assert "待审的问题" not in signed_in("town_liaison").get("/problems/?list=returned").content.decode()


def test_the_list_takes_the_same_number_of_queries_however_long_it_is(world: World, signed_in: SignedIn) -> None:
    office = signed_in("office")

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            office.get("/problems/")
        return len(counted)

    world.planned()
    office.get("/problems/")
    few = queries()
    for _n in range(4):
        world.planned()
    assert queries() == few
    assert few <= 32
