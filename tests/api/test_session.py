"""POST /login, /logout, GET /me, and what a token or session is worth."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from server.units import actions as units
from server.units.roles import Role
from tests.api.calling import Caller
from tests.api.conftest import Clock
from tests.world import PASSWORD, T0, World, day

pytestmark = pytest.mark.django_db


def login(username: str, password: str = PASSWORD, **headers: str) -> Caller:
    """A caller with the token of a login."""
    answer = Caller().post("login", {"username": username, "password": password}, **headers)
    assert answer.status == 200, answer
    return Caller(token=answer.json["token"])


def test_a_login_gives_a_token_for_two_weeks(world: World) -> None:
    answer = Caller().post("login", {"username": "inspector", "password": PASSWORD})
    assert answer.status == 200
    assert set(answer.json) == {"token", "expires"}
    me = Caller(token=answer.json["token"]).get("me")
    assert (me.status, me.json["username"]) == (200, "inspector")


@pytest.mark.parametrize(("username", "password"), [("inspector", "wrong"), ("nobody", PASSWORD), ("admin", "")])
def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(world: World, username: str, password: str) -> None:
    answer = Caller().post("login", {"username": username, "password": password or "x"})
    assert answer.status == 401
    assert answer.json["detail"] == "用户名或密码不正确。"
    assert answer.headers["WWW-Authenticate"] == "Token"


def test_known_and_unknown_names_cost_the_same_hashing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        made.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    costs = []
    for username in ("inspector", "nobody"):
        made.clear()
        Caller().post("login", {"username": username, "password": "wrong"})
        costs.append(len(made))
    assert costs == [1, 1]


def test_ten_wrong_passwords_lock_the_name_at_that_address_and_nobody_else(world: World) -> None:
    wrong = {"username": "inspector", "password": "wrong"}
    right = {"username": "inspector", "password": PASSWORD}
    statuses = [Caller().post("login", wrong).status for _n in range(11)]
    assert statuses[:9] == [401] * 9
    assert statuses[10] == 429
    locked = Caller().post("login", right)
    assert locked.status == 429
    assert int(locked.headers["Retry-After"]) > 0
    assert locked.headers["Content-Type"] == "application/problem+json"
    assert Caller().post("login", {"username": "office", "password": PASSWORD}).status == 200
    elsewhere = Client(REMOTE_ADDR="10.9.8.7").post(f"{'/api/v1'}/login", right, content_type="application/json")
    assert elsewhere.status_code == 200


def test_a_forged_forwarding_header_does_not_get_around_the_lock(world: World) -> None:
    for n in range(10):
        Caller().post("login", {"username": "inspector", "password": "wrong"}, X_Forwarded_For=f"10.0.0.{n}")
    answer = Caller().post("login", {"username": "inspector", "password": PASSWORD}, X_Forwarded_For="10.0.0.99")
    assert answer.status == 429


def test_wrong_passwords_on_many_names_lock_no_other_name(world: World) -> None:
    for n in range(30):
        Caller().post("login", {"username": f"guess{n}", "password": "wrong"})
    assert Caller().post("login", {"username": "inspector", "password": PASSWORD}).status == 200


def test_a_login_without_fields_names_them(world: World) -> None:
    answer = Caller().post("login", {})
    assert (answer.status, answer.codes) == (422, {"username": "required", "password": "required"})


def test_after_logging_out_the_token_is_dead(world: World) -> None:
    caller = login("inspector")
    other = login("inspector")
    assert caller.post("logout").status == 204
    assert caller.get("me").status == 401
    assert other.get("me").status == 200


@pytest.mark.parametrize("header", ["Token nonsense", "Token", "Token a b", "Token \xff", f"Token {'0' * 64}"])
def test_a_token_that_is_none_is_refused(world: World, header: str) -> None:
    answer = Caller().get("me", Authorization=header)
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == "Token"


def test_without_a_login_nothing_is_told(world: World) -> None:
    answer = Caller().get("me")
    assert answer.status == 401
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_changed_password_ends_every_token(world: World) -> None:
    caller = login("inspector")
    world.inspector.set_password("another-long-one")
    world.inspector.save()
    assert caller.get("me").status == 401
    assert login("inspector", "another-long-one").get("me").status == 200


def test_a_disabled_account_is_out_at_once(world: World) -> None:
    caller = login("inspector")
    world.inspector.is_active = False
    world.inspector.save()
    assert caller.get("me").status == 401
    assert Caller().post("login", {"username": "inspector", "password": PASSWORD}).status == 401


def test_a_token_ends_after_two_weeks(world: World, server_clock: Clock) -> None:
    from knox.models import AuthToken

    caller = Caller(world.inspector)
    AuthToken.objects.update(expiry=server_clock.at + timedelta(days=14))
    server_clock.to(server_clock.at + timedelta(days=13))
    assert caller.get("me").status == 200
    server_clock.to(server_clock.at + timedelta(days=1, seconds=1))
    assert caller.get("me").status == 401


def test_a_browser_session_reads_and_needs_the_csrf_token_to_write(world: World) -> None:
    caller = Caller()
    caller.client.force_login(world.inspector)
    assert caller.get("me").status == 200
    refused = caller.post("suggestions", {"text": "按钮太小"})
    assert (refused.status, refused.headers["Content-Type"]) == (403, "application/problem+json")
    token = "a" * 32
    caller.client.cookies["csrftoken"] = token
    assert caller.post("suggestions", {"text": "按钮太小"}, X_CSRFToken=token).status == 201


def test_a_session_is_dead_after_a_password_change(world: World) -> None:
    caller = Caller()
    caller.client.force_login(world.inspector)
    world.inspector.set_password("another-long-one")
    world.inspector.save()
    assert caller.get("me").status == 401


def test_me_names_roles_units_and_what_one_may(world: World) -> None:
    me = Caller(world.town_head).get("me").json
    assert me["name"] == "石桥镇 镇长"
    assert me["roles"] == [{"role": "unit_head", "unit": "stone_bridge", "areas": [], "sectors": [], "stands_in": False}]
    assert me["units"] == [{"code": "stone_bridge", "name": "石桥镇人民政府", "kind": "town"}]
    assert {"report", "self_check"} <= set(me["may"])
    assert "make_inspection" not in me["may"]
    assert Caller(world.auditor).get("me").json["may"] == ["read_record"]


def test_who_stands_in_has_the_role_for_those_days(world: World, server_clock: Clock) -> None:
    holding = world.supervisor_head.holdings.get(role=Role.UNIT_HEAD)
    units.set_stand_in(
        holding.pk,
        world.supervisor_liaison,
        document=world.document(world.office),
        from_date=T0.date(),
        until_date=day(5).date(),
        by=world.office,
        at=T0,
    )
    roles = Caller(world.supervisor_liaison).get("me").json["roles"]
    assert {"role": "unit_head", "unit": "urban", "areas": [], "sectors": [], "stands_in": True} in roles
    server_clock.to(day(10))
    roles = Caller(world.supervisor_liaison).get("me").json["roles"]
    assert [role["role"] for role in roles] == ["unit_liaison"]
