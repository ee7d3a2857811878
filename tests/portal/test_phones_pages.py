"""A person's phones: their own, another's for who may look at them, and everybody's with the worst on top."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from server.evidence import devices
from server.evidence.actions import take_in
from server.evidence.models import Device, Photo
from server.records.models import Entry
from server.units.models import Person
from tests.evidence.signing import SigningPhone
from tests.photographs import jpeg
from tests.portal.conftest import SignedIn
from tests.world import T0, World

pytestmark = pytest.mark.django_db


def phone_of(person: Person, name: str = "华为 Mate 60") -> SigningPhone:
    phone = SigningPhone(person=person.username)
    phone.device = devices.enrol(name, phone.jwk, by=person, at=T0)[0].pk
    return phone


def shoot(phone: SigningPhone, by: Person, shade: int, **different: Any) -> UUID:
    data, photo = jpeg(shade=shade), uuid4()
    take_in(photo, data, phone.declare(data, T0, **different), by=by, at=T0)
    return photo


def troubled(world: World) -> tuple[SigningPhone, list[UUID]]:
    """One photo in order, then a number twice, one that names another person, and a gap."""
    phone = phone_of(world.inspector)
    first = shoot(phone, world.inspector, 40)
    phone.n = 0
    twice = shoot(phone, world.inspector, 50)
    other = shoot(phone, world.inspector, 60, person="somebody")
    phone.n += 2
    shoot(phone, world.inspector, 70)
    return phone, [first, twice, other]


def card(text: str, device: UUID) -> str:
    return text.split(f'id="phone-{device}"')[1].split("</section>")[0]


def test_a_phone_in_order_says_so(world: World, signed_in: SignedIn) -> None:
    phone = phone_of(world.inspector)
    shoot(phone, world.inspector, 40)
    devices.note_standing(str(phone.device), 0, None, by=world.inspector, at=timezone.now())
    said = card(signed_in("inspector").get("/phones/").content.decode(), phone.device)
    for words in ("华为 Mate 60", "正常", "第 1 号以前连续", "没有待传", "尚未比对"):
        assert words in said, words
    assert "findings" not in said


def test_what_is_wrong_stands_in_words_with_the_photo_for_who_may_see_it(world: World, signed_in: SignedIn) -> None:
    phone, photos = troubled(world)
    own = card(signed_in("inspector").get("/phones/").content.decode(), phone.device)
    for words in ("第 1 号重复", "第 2 号：", "缺第 2–4 号"):
        assert words in own, words
    assert all(f"/photos/{photo}/" in own for photo in photos)
    other = card(signed_in("security_admin").get("/phones/people/inspector/").content.decode(), phone.device)
    assert "第 1 号重复" in other
    assert "/photos/" not in other


def test_a_photo_of_a_problem_is_linked_for_the_office(world: World, signed_in: SignedIn) -> None:
    phone, photos = troubled(world)
    world.report(photos=photos[:1])
    text = card(signed_in("office").get("/phones/people/inspector/").content.decode(), phone.device)
    assert [f"/photos/{photo}/" in text for photo in photos] == [True, False, False]


@pytest.mark.parametrize(
    ("offset", "words", "marked"),
    [
        (0.4, "准确", False),
        (75, "慢 75 秒", False),
        (-75, "快 75 秒", False),
        (3_700, "慢 1 小时", True),
        (-864_000, "快 10 天", True),
    ],
)
def test_a_clock_that_is_wrong_is_told_in_words(
    world: World, signed_in: SignedIn, offset: float, words: str, marked: bool
) -> None:
    phone = phone_of(world.inspector)
    Device.objects.filter(pk=phone.device).update(clock_offset_s=offset, clock_seen_at=T0)
    said = card(signed_in("inspector").get("/phones/").content.decode(), phone.device)
    assert words in said
    assert (f'<b class="doubt">{words}' in said) == marked


def test_unsent_items_are_told_with_the_age_of_the_oldest(world: World, signed_in: SignedIn) -> None:
    phone, now = phone_of(world.inspector), timezone.now()
    devices.note_standing(str(phone.device), 3, now - timedelta(hours=30, minutes=5), by=world.inspector, at=now)
    assert "3 项待传，最早的已 30 小时" in signed_in("inspector").get("/phones/").content.decode()
    assert "30 小时" in signed_in("office").get("/phones/people/").content.decode()


def test_who_has_no_phone_reads_how_one_comes_here(world: World, signed_in: SignedIn) -> None:
    assert "您还没有登记的手机。" in signed_in("town_head").get("/phones/").content.decode()
    assert "没有登记的手机。" in signed_in("office").get("/phones/people/town_head/").content.decode()


# --- revoking -------------------------------------------------------------------------------------------------------------


def test_ones_own_phone_is_revoked_without_asking_anybody(world: World, signed_in: SignedIn) -> None:
    phone, inspector = phone_of(world.inspector), signed_in("inspector")
    assert "停用这部手机" in inspector.get("/phones/").content.decode()
    answer = inspector.post(f"/phones/{phone.device}/revoke/")
    assert (answer.status_code, answer["Location"]) == (302, "/phones/")
    said = card(inspector.get("/phones/").content.decode(), phone.device)
    assert "停用这部手机" not in said
    assert Device.objects.get().revoked_at is not None


def test_the_security_admin_revokes_a_lost_phone_and_its_owner_reads_who_and_why(world: World, signed_in: SignedIn) -> None:
    phone, admin = phone_of(world.inspector), signed_in("security_admin")
    address = f"/phones/{phone.device}/revoke/"
    answer = admin.post(address, {"ground": " "})
    assert answer.status_code == 422
    assert "请写明停用原因" in card(answer.content.decode(), phone.device)
    assert Device.objects.get().revoked_at is None
    answer = admin.post(address, {"ground": "途中遗失"})
    assert (answer.status_code, answer["Location"]) == (302, "/phones/people/inspector/")
    said = card(signed_in("inspector").get("/phones/").content.decode(), phone.device)
    assert "安全管理员" in said
    assert "途中遗失" in said
    assert Entry.objects.get(action="revoke_device").by_id == str(world.security_admin.pk)


@pytest.mark.parametrize(("name", "status"), [("office", 403), ("admin", 404), ("other_inspector", 404), ("leading_group", 404)])
def test_nobody_else_revokes_anothers_phone(world: World, signed_in: SignedIn, name: str, status: int) -> None:
    """To the office, which sees the phone, it is not hidden: it is told that this is not its business."""
    phone = phone_of(world.inspector)
    assert signed_in(name).post(f"/phones/{phone.device}/revoke/", {"ground": "越权"}).status_code == status
    assert signed_in(name).get(f"/phones/{phone.device}/revoke/").status_code == 405
    assert Device.objects.get().revoked_at is None


def test_the_office_looks_but_is_offered_no_revoking(world: World, signed_in: SignedIn) -> None:
    phone_of(world.inspector)
    text = signed_in("office").get("/phones/people/inspector/").content.decode()
    assert "华为 Mate 60" in text
    assert "停用这部手机" not in text


# --- whose ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["other_inspector", "leading_group", "town_head", "admin", "auditor"])
def test_others_phones_are_not_there_for_who_may_not_look(world: World, signed_in: SignedIn, name: str) -> None:
    phone_of(world.inspector)
    other = signed_in(name)
    assert other.get("/phones/people/inspector/").status_code == 404
    assert other.get("/phones/people/nobody_here/").status_code == 404
    assert other.get("/phones/people/").status_code == 403
    assert "华为" not in other.get("/phones/").content.decode()


def test_ones_own_name_leads_to_ones_own_page(world: World, signed_in: SignedIn) -> None:
    assert signed_in("inspector").get("/phones/people/inspector/")["Location"] == "/phones/"
    assert signed_in("office").get("/phones/people/nobody_here/").status_code == 404


def test_the_list_of_people_begins_with_who_has_trouble(world: World, signed_in: SignedIn) -> None:
    shoot(phone_of(world.town_liaison, "小米 14"), world.town_liaison, 44)
    troubled(world)
    for name in ("office", "security_admin"):
        text = signed_in(name).get("/phones/people/").content.decode()
        assert text.index("检查人员 林静") < text.index("石桥镇 联络员")
        assert "1 人有需留意之处" in text


def test_the_list_of_people_counts_nobodys_use(world: World, signed_in: SignedIn) -> None:
    """国办函〔2026〕12号: no figure ranks people by how much they use the app."""
    phone = phone_of(world.inspector)
    for shade in range(40, 57):
        shoot(phone, world.inspector, shade)
    row = signed_in("office").get("/phones/people/").content.decode().split("<tbody>")[1].split("</tbody>")[0]
    assert Photo.objects.count() == 17
    assert "17" not in row


def test_the_bar_offers_the_phones_to_who_looks_after_them(world: World, signed_in: SignedIn) -> None:
    for name in ("office", "security_admin"):
        assert 'href="/phones/people/"' in signed_in(name).get("/").content.decode(), name
    text = signed_in("inspector").get("/").content.decode()
    assert 'href="/phones/people/"' not in text
    assert 'href="/phones/"' in text


def test_the_name_a_phone_gives_itself_runs_nothing(world: World, signed_in: SignedIn) -> None:
    phone_of(world.inspector, "<script>alert(1)</script>")
    for name, address in (("inspector", "/phones/"), ("office", "/phones/people/inspector/")):
        assert "<script>alert" not in signed_in(name).get(address).content.decode()
