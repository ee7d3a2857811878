"""Every route of the program by every role: what is seen, what is refused, what is not there. A route without a row fails.

Each row is tried by 25 people and by nobody. Hidden things (an unreleased find, its photo, its inspection) are not there (404)
for whoever may not know of them, on every route that names one. What a call changes is undone after it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from server.coordination.verbs import VERBS
from server.regulation.lifecycle import find_move
from server.regulation.statuses import Status
from server.units.models import Person
from tests.api.matrix import (
    ADMINISTRATORS,
    EVERYBODY,
    LEADERS,
    SEES_EVERYTHING,
    SEES_HIDDEN,
    SEES_KNOWN,
    STONE_BRIDGE,
    URBAN,
    WATER,
    Objects,
    make,
)
from tests.world import World

pytestmark = pytest.mark.django_db

Expect = Callable[[str], int]
"""Person → the status that their call answers."""


@dataclass(frozen=True)
class Row:
    """A call on a route; `address` gets ids. ``anonymous`` is what nobody gets: 401 at the API, the login at a page."""

    route: str
    address: str
    expect: Expect
    method: str = "GET"
    anonymous: int = 401


def all_of(status: int) -> Expect:
    return lambda _person: status


def only(allowed: frozenset[str], then: int = 200, otherwise: int = 404) -> Expect:
    """``then`` for these, ``otherwise`` for the rest."""
    return lambda person: then if person in allowed else otherwise


def seen_then(seen: frozenset[str], allowed: frozenset[str], then: int = 200) -> Expect:
    """404 unseen, 403 seen but not allowed, ``then`` allowed."""
    return lambda person: 404 if person not in seen else (then if person in allowed else 403)


PAGE = partial(Row, anonymous=302)
OFFICE = frozenset({"office"})
SEES_PHONES = OFFICE | {"security_admin"}
NOT_REPORTING = ADMINISTRATORS | {"discipline"}
MAKES_INSPECTIONS = frozenset({"office", "inspection_bureau", "oversight_leader"})
OF_UNITS = frozenset(name for name in EVERYBODY if name.endswith(("_head", "_liaison")))
VISITS = frozenset(
    {"office", "leading_group", "special_supervisor", "inspector", "other_inspector"} | LEADERS | STONE_BRIDGE | URBAN | WATER
)

ROWS: list[Row] = [
    Row("healthz", "/healthz", all_of(200), anonymous=200),
    Row("api:login", "/api/v1/login", all_of(405), anonymous=405),
    Row("api:logout", "/api/v1/logout", all_of(405)),
    *(
        Row(f"api:{name}", f"/api/v1/{name}", all_of(200))
        for name in (
            "me",
            "bootstrap",
            "units",
            "areas",
            "sources",
            "categories",
            "sectors",
            "problems",
            "changes",
            "inspections",
            "submissions",
        )
    ),
    Row("api:problems-geojson", "/api/v1/problems.geojson", all_of(200)),
    Row("api:stats", "/api/v1/stats?by=light", all_of(200)),
    Row("api:schema", "/api/v1/schema", all_of(200), anonymous=200),
    Row("api:nothing", "/api/v1/no-such-thing", all_of(404)),
    Row("api:receipts", "/api/v1/receipts", all_of(405)),
    Row("api:suggestions", "/api/v1/suggestions", all_of(405)),
    Row("api:files", "/api/v1/files", all_of(405)),
    Row("api:devices", "/api/v1/devices", all_of(200)),
    Row("api:device", "/api/v1/devices/{visit}", all_of(404), method="DELETE"),
    Row("api:device-discarded", "/api/v1/devices/{visit}/discarded", all_of(404), method="POST"),
    Row("api:notices", "/api/v1/notices", all_of(200)),
    Row("api:notices-read", "/api/v1/notices/read", all_of(405)),
    Row("api:uploads", "/api/v1/uploads/", all_of(405)),
    Row("api:upload", "/api/v1/uploads/{visit}", all_of(404), method="HEAD"),
    Row("api:report", "/api/v1/reports/{visit}", all_of(405)),
    Row("api:visit", "/api/v1/visits/{visit}", all_of(405)),
    Row("api:problem", "/api/v1/problems/{known}", only(SEES_KNOWN)),
    Row("api:problem", "/api/v1/problems/{hidden}", only(SEES_HIDDEN)),
    # The auditor reads the record, not the problem.
    Row("api:events", "/api/v1/problems/{known}/events", only(SEES_KNOWN | {"auditor"})),
    Row("api:events", "/api/v1/problems/{hidden}/events", only(SEES_HIDDEN)),
    Row("api:photo", "/api/v1/photos/{known_photo}", only(SEES_KNOWN)),
    Row("api:photo", "/api/v1/photos/{hidden_photo}", only(SEES_HIDDEN)),
    Row("api:photo-file", "/api/v1/photos/{known_photo}/file?size=original", only(SEES_KNOWN)),
    Row("api:photo-file", "/api/v1/photos/{hidden_photo}/file?size=original", only(SEES_HIDDEN)),
    Row("api:photo-file", "/api/v1/photos/{hidden_photo}/file?size=thumb", only(SEES_HIDDEN, then=202)),
    Row("api:file", "/api/v1/files/{document}", only(SEES_KNOWN)),
    Row("api:inspection", "/api/v1/inspections/{inspection}", only(SEES_HIDDEN)),
    Row(
        "api:inspection-release",
        "/api/v1/inspections/{inspection}/actions/release",
        seen_then(SEES_HIDDEN, SEES_EVERYTHING | {"oversight_leader"}),
        method="POST",
    ),
    Row("phone", "/m/", all_of(200), anonymous=200),
    Row("phone-file", "/m/queue", all_of(200), anonymous=200),
    PAGE("login", "/login/", all_of(302), anonymous=200),
    PAGE("logout", "/logout/", all_of(405), anonymous=405),
    PAGE("set_language", "/language/", all_of(302)),
    *(
        PAGE(name, address, all_of(200))
        for name, address in (
            ("workbench", "/"),
            ("password_change", "/password/"),
            ("map", "/map/"),
            ("map_rows", "/map/data.json"),
            ("map_base", "/map/base.json"),
            ("ledger", "/problems/"),
            ("outlines", "/outlines/"),
            ("inspections", "/inspections/"),
            ("supervisions", "/supervision/"),
            ("acceptances", "/acceptance/"),
            ("suggest", "/suggestions/new/"),
            ("notices", "/notices/"),
            ("phones", "/phones/"),
        )
    ),
    PAGE("notice", "/notices/{hidden_notice}/", only(OFFICE, then=302)),
    PAGE("notices_read", "/notices/read/", all_of(302), method="POST"),
    PAGE("people_phones", "/phones/people/", only(SEES_PHONES, otherwise=403)),
    PAGE(
        "person_phones",
        "/phones/people/inspector/",
        lambda person: 302 if person == "inspector" else (200 if person in SEES_PHONES else 404),
    ),
    PAGE("phone_revoke", "/phones/{visit}/revoke/", all_of(404), method="POST"),
    PAGE("phone_archives", "/phones/archives/", only(OFFICE, otherwise=403)),
    PAGE("set_aside_list", "/phones/set-aside/", only(OFFICE, otherwise=403)),
    PAGE("set_aside", "/phones/set-aside/{set_aside}/", only(OFFICE)),
    PAGE("set_aside", "/phones/set-aside/{hidden_set_aside}/", only(OFFICE)),
    PAGE("set_aside", "/phones/set-aside/{set_aside}/", only(OFFICE, then=422), method="POST"),
    PAGE("set_aside_file", "/phones/set-aside/{hidden_set_aside}/file/", only(OFFICE)),
    PAGE("set_aside_picture", "/phones/set-aside/{hidden_set_aside}/picture/", only(OFFICE)),
    PAGE("map_card", "/map/problems/{known}/", only(SEES_KNOWN)),
    PAGE("map_card", "/map/problems/{hidden}/", only(SEES_HIDDEN)),
    PAGE("report", "/problems/new/", only(EVERYBODY - NOT_REPORTING, otherwise=403)),
    PAGE("problem", "/problems/{known}/", only(SEES_KNOWN)),
    PAGE("problem", "/problems/{hidden}/", only(SEES_HIDDEN)),
    PAGE("photo", "/photos/{known_photo}/", only(SEES_KNOWN)),
    PAGE("photo", "/photos/{hidden_photo}/", only(SEES_HIDDEN)),
    PAGE("visit", "/problems/{known}/visit/", seen_then(SEES_KNOWN, VISITS)),
    PAGE("visit", "/problems/{hidden}/visit/", seen_then(SEES_HIDDEN, SEES_HIDDEN)),
    PAGE("supervise", "/problems/{known}/supervision/", seen_then(SEES_KNOWN, SEES_EVERYTHING)),
    PAGE("propose_supervisors", "/problems/{known}/supervisors/", seen_then(SEES_KNOWN, frozenset({"office"}))),
    PAGE("act", "/problems/{known}/progress/", seen_then(SEES_KNOWN, STONE_BRIDGE)),
    PAGE("act", "/problems/{hidden}/list/", seen_then(SEES_HIDDEN, frozenset({"office"}))),
    PAGE("inspection_new", "/inspections/new/", only(MAKES_INSPECTIONS | OF_UNITS, otherwise=403)),
    PAGE("inspection", "/inspections/{inspection}/", only(SEES_HIDDEN)),
    PAGE("inspection_release", "/inspections/{inspection}/release/", all_of(405), anonymous=405),
    PAGE("supervision_reply", "/supervision/{supervision}/reply/", seen_then(SEES_KNOWN, STONE_BRIDGE)),
    # No reply has come yet: the office is told so (409).
    PAGE("supervision_accept", "/supervision/{supervision}/accept/", seen_then(SEES_KNOWN, frozenset({"office"}), 409)),
    PAGE("suggestions", "/suggestions/", only(frozenset({"office"}), otherwise=403)),
    PAGE("record", "/record/", only(frozenset({"auditor"}), otherwise=403)),
    PAGE("units", "/units/", only(ADMINISTRATORS | {"office"}, otherwise=403)),
]

# The verbs of the life cycle on a planned problem, with an empty body: 404 unseen, 403 may not, 409 wrong state, 422 content.
WHO = {
    "office": frozenset({"office"}),
    "sector_lead_unit": URBAN,
    "main_unit": STONE_BRIDGE,
    "first_main_unit": STONE_BRIDGE,
    "lead_unit": URBAN,
    "supervising_unit": URBAN | WATER,
    "lead_head": frozenset({"supervisor_head"}),
    "sector_leader": frozenset({"district_leader"}),
}


def on_a_planned_problem(action: str) -> Expect:
    move = find_move(action)
    then = 422 if Status.PLANNED in move.from_ else 409
    return seen_then(SEES_KNOWN, WHO[move.who], then)


ROWS += [
    Row("api:action", "/api/v1/problems/{known}/actions/" + verb, on_a_planned_problem(verb), method="POST") for verb in VERBS
]
ROWS += [
    Row(
        "api:action", "/api/v1/problems/{hidden}/actions/list", seen_then(SEES_HIDDEN, frozenset({"office"}), 422), method="POST"
    ),
    Row("api:action", "/api/v1/problems/{known}/actions/abracadabra", all_of(404), method="POST"),
]


def routes(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    """The names of every address the program answers."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from routes(pattern.url_patterns, inner)
        else:
            yield f"{namespace}{pattern.name}"


def test_every_route_has_a_row() -> None:
    assert set(routes(get_resolver().url_patterns)) - {row.route for row in ROWS} == set()


def test_no_row_speaks_of_a_route_that_is_gone() -> None:
    assert {row.route for row in ROWS} - set(routes(get_resolver().url_patterns)) == set()


@pytest.fixture
def objects(world: World) -> Objects:
    return make(world)


def call(client: Client, row: Row, objects: Objects) -> tuple[int, str]:
    """Make the call, and undo what it did; the status and what was said."""
    address = row.address.format(**vars(objects))
    point = transaction.savepoint()
    body = {"data": "{}", "content_type": "application/json"} if row.method in ("POST", "PUT") else {}
    response = client.generic(row.method, address, **body)  # type: ignore[arg-type]
    raw = b"".join(response.streaming_content) if response.streaming else response.content
    transaction.savepoint_rollback(point)
    return response.status_code, raw.decode("utf-8", "replace")


def client_of(person: Person | None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def names_what_is_hidden(row: Row) -> bool:
    """Such an address may come back with its own id; what counts is what one did not ask for."""
    return any(part in row.address for part in ("{hidden", "{inspection}", "{visit}"))


@pytest.mark.clause("10-2")
def test_every_route_answers_every_role_as_the_matrix_says_and_tells_nobody_of_what_is_hidden(
    world: World, objects: Objects
) -> None:
    """One pass for both: the status of each call, and for who may not know, not a word and not an id of the find or the visit."""
    assert set(world.people) == EVERYBODY
    hidden = (
        "石桥镇暗管排污",
        "未动工",
        *(str(pk) for pk in (objects.hidden, objects.hidden_photo, objects.inspection, objects.visit)),
    )
    wrong, told = [], []
    for name in (*world.people, None):
        client = client_of(world.people[name] if name else None)
        for row in ROWS:
            status, text = call(client, row, objects)
            expected = row.expect(name) if name else row.anonymous
            if status != expected:
                wrong.append(f"{row.method} {row.address} as {name}: {status} instead of {expected}")
            if name not in SEES_HIDDEN and not names_what_is_hidden(row):
                told += [f"{row.address} to {name}: {word}" for word in hidden if word in text]
    assert not wrong, "\n".join(wrong)
    assert not told, "\n".join(told)


def test_the_words_that_must_not_be_told_are_told_to_who_may_know(world: World, objects: Objects) -> None:
    """The search above would find nothing if these words stood nowhere."""
    office = client_of(world.office)
    _status, page = call(office, Row("problem", "/problems/{hidden}/", all_of(200)), objects)
    _status, known = call(office, Row("problem", "/problems/{known}/", all_of(200)), objects)
    assert "石桥镇暗管排污" in page
    assert "未动工" in known
