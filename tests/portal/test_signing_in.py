"""Signing in, out, and what stands on every page."""

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from tests.portal.conftest import SignedIn
from tests.world import PASSWORD, World

pytestmark = pytest.mark.django_db
IN_CHINESE = {"accept-language": "zh-CN"}


def test_who_is_not_signed_in_is_sent_to_the_login_page(world: World) -> None:
    for route in ("workbench", "ledger", "inspections", "report", "record", "units", "supervisions", "acceptances"):
        answer = Client().get(reverse(route))
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/login/"), route


def test_a_right_password_signs_in_and_a_wrong_one_is_refused_in_chinese(world: World) -> None:
    client = Client(headers=IN_CHINESE)
    refused = client.post("/login/", {"username": "office", "password": "wrong"})
    assert "用户名或密码不正确" in refused.content.decode()
    accepted = client.post("/login/", {"username": "office", "password": PASSWORD}, follow=True)
    assert "工作台" in accepted.content.decode()


def test_after_too_many_wrong_passwords_the_account_is_locked_for_a_while(world: World) -> None:
    client = Client(headers=IN_CHINESE)
    answers = [client.post("/login/", {"username": "office", "password": f"wrong-{n}"}) for n in range(11)]
    assert answers[-1].status_code in (403, 429)
    assert client.post("/login/", {"username": "office", "password": PASSWORD}).status_code in (403, 429)


def test_signing_out_ends_the_session(signed_in: SignedIn) -> None:
    client = signed_in("office")
    assert client.get("/").status_code == 200
    client.post("/logout/")
    assert client.get("/").status_code == 302


def test_a_changed_password_counts_from_then_on(signed_in: SignedIn) -> None:
    client = signed_in("office")
    short = client.post("/password/", {"old_password": PASSWORD, "new_password1": "short", "new_password2": "short"})
    assert short.status_code == 200
    new = "a-new-and-longer-one"
    client.post("/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    answer = Client(headers=IN_CHINESE).post("/login/", {"username": "office", "password": new})
    assert answer.status_code == 302


def test_the_pages_speak_english_when_asked(signed_in: SignedIn) -> None:
    client = signed_in("office")
    assert "工作台" in client.get("/").content.decode()
    client.post(reverse("set_language"), {"language": "en", "next": "/"})
    assert "Workbench" in client.get("/").content.decode()


def test_the_demonstration_district_is_labelled_on_every_page(signed_in: SignedIn) -> None:
    client = signed_in("office")
    with override_settings(DEMONSTRATION=True):
        for address in ("/", "/problems/", "/login/", "/inspections/", "/nowhere/"):
            page = client.get(address, follow=True)
            assert address == "/nowhere/" or "示范数据" in page.content.decode(), address
    assert "示范数据" not in client.get("/").content.decode()


def test_no_page_carries_a_script_of_its_own(signed_in: SignedIn, world: World) -> None:
    problem = world.accepting()
    client = signed_in("office")
    for address in ("/", "/problems/", f"/problems/{problem.pk}/", f"/problems/{problem.pk}/correct/", "/problems/new/"):
        page = client.get(address).content.decode()
        own = [tag for tag in page.split("<script")[1:] if "src=" not in tag.split(">")[0] and "application/json" not in tag]
        assert not own, address
        assert " onclick=" not in page


def test_a_suggestion_reaches_the_office_from_any_page(signed_in: SignedIn) -> None:
    town = signed_in("town_liaison")
    town.post(reverse("suggest"), {"text": "照片太慢", "page": "/problems/"})
    assert town.post(reverse("suggest"), {"text": "  ", "page": "/"}).status_code == 422
    assert "照片太慢" in signed_in("office").get(reverse("suggestions")).content.decode()
    assert town.get(reverse("suggestions")).status_code == 403


def test_a_suggestion_leads_back_to_our_own_pages_only(signed_in: SignedIn) -> None:
    answer = signed_in("town_liaison").post(reverse("suggest"), {"text": "x", "page": "https://elsewhere.example/"})
    assert answer["Location"] == "/"
