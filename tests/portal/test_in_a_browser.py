"""The pages in a real browser, on an office's screen and on a phone."""

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from server.evidence.tasks import render_photo
from server.problems.models import Problem
from tests.world import PASSWORD, World


def sign_in(page: Page, username: str) -> None:
    page.goto("/login/")
    page.fill("#id_username", username)
    page.fill("#id_password", PASSWORD)
    page.click("button[type=submit].btn-primary")
    page.wait_for_url(lambda address: "/login" not in address)


def no_wider_than_the_screen(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def draw_pictures(problem: Problem) -> None:
    for photo in problem.photos.all():
        render_photo.func(str(photo.pk))


def test_the_office_issues_a_plan_and_the_town_reports_progress(committed_world: World, page: Page) -> None:
    problem = committed_world.listed(at=timezone.now() - timedelta(days=2))
    sign_in(page, "office")
    page.click("a.btn-small >> text=下达整改方案")
    assert page.input_value("select[name=main_units] >> nth=0") == "stone_bridge"
    assert page.input_value("select[name=supervising_units] >> nth=0") == "urban"
    page.fill("[name=goal]", "河岸无垃圾")
    page.fill("[name='measures.0.text']", "清运河岸垃圾")
    page.fill("[name=deadline]", (timezone.now() + timedelta(days=60)).date().isoformat())
    page.click("button.btn-big[type=submit]")
    assert page.locator(".errors-on-top").count() == 1
    assert page.input_value("[name='measures.0.text']") == "清运河岸垃圾"
    page.click("#f-measures-field [data-adds]")
    page.fill("[name='measures.2.text']", "设立保洁责任牌")
    page.fill("[name=document_number]", "示整改办〔2026〕1号")
    page.fill("[name='approvals.0.step']", "区整改办审核")
    page.fill("[name='approvals.0.by']", "王主任")
    page.fill("[name='approvals.0.date']", timezone.now().date().isoformat())
    page.click("button.btn-big[type=submit]")
    page.wait_for_url(f"**/problems/{problem.pk}/")
    assert page.locator("table.measures tbody tr").count() == 2
    assert page.locator("#small-map .leaflet-marker-icon").count() == 1
    page.context.clear_cookies()
    sign_in(page, "town_liaison")
    page.goto(f"/problems/{problem.pk}/")
    page.click("a.btn-primary.btn-big")
    page.fill("[name=percent]", "40")
    page.fill("[name=text]", "已清运四成")
    page.click("button.btn-big[type=submit]")
    page.wait_for_url(f"**/problems/{problem.pk}/")
    assert committed_world.again(problem).status == "rectifying"


def test_other_main_units_bring_other_supervising_units(committed_world: World, page: Page) -> None:
    problem = committed_world.listed(at=timezone.now() - timedelta(days=2))
    sign_in(page, "office")
    page.goto(f"/problems/{problem.pk}/issue_plan/")
    page.select_option("select[name=main_units] >> nth=0", "urban")
    expect(page.locator("select[name=supervising_units]").first).to_have_value("water")


def test_a_photo_opens_large_with_its_facts(committed_world: World, page: Page) -> None:
    problem = committed_world.rectifying(at=timezone.now() - timedelta(days=2))
    draw_pictures(problem)
    sign_in(page, "town_liaison")
    page.goto(f"/problems/{problem.pk}/")
    page.click(".thumb >> nth=0")
    page.wait_for_selector("#photo-box img")
    assert "SHA-256" in page.inner_text("#photo-box")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".photo-nav .muted")).to_have_text("2 / 3")


def test_nothing_is_wider_than_a_phone(committed_world: World, phone_page: Page) -> None:
    problem = committed_world.accepting(at=timezone.now() - timedelta(days=2))
    sign_in(phone_page, "supervisor_head")
    for address in (
        "/",
        "/problems/",
        f"/problems/{problem.pk}/",
        f"/problems/{problem.pk}/decide/",
        f"/problems/{problem.pk}/opinion/",
        "/problems/new/",
        "/inspections/",
        "/acceptance/",
    ):
        phone_page.goto(address)
        assert no_wider_than_the_screen(phone_page), address


AXE = Path(settings.BASE_DIR) / "mobile_api" / "client" / "node_modules" / "axe-core" / "axe.min.js"


def barriers(page: Page, address: str) -> list[tuple[str, str, str]]:
    """What axe finds moderate or worse: the address, the rule, the first element."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [(address, one["id"], one["nodes"][0]["html"][:120]) for one in found if one["impact"] != "minor"]


def test_no_page_puts_a_barrier_in_anybodys_way(committed_world: World, page: Page) -> None:
    problem = committed_world.accepting(at=timezone.now() - timedelta(days=2))
    committed_world.listed(at=timezone.now() - timedelta(days=40))
    addresses = {
        "office": (
            "/",
            "/map/",
            "/problems/",
            f"/problems/{problem.pk}/",
            "/problems/new/",
            "/inspections/",
            "/inspections/new/",
            "/acceptance/",
            "/notices/",
            "/phones/",
            "/phones/people/",
            "/phones/archives/",
            "/phones/set-aside/",
        ),
        "supervisor_head": ("/", f"/problems/{problem.pk}/decide/"),
    }
    found = [*barriers(page, "/login/")]
    for username, pages in addresses.items():
        sign_in(page, username)
        for address in pages:
            found += barriers(page, address)
        page.context.clear_cookies()
    assert found == []
