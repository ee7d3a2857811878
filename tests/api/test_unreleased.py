"""What an unannounced inspection found is nowhere to be seen for others until it is released (Article 10)."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from server.evidence.tasks import render_photo
from server.records.sealing import seal_now
from tests.api.calling import Answer, Caller, report_body, visit_body
from tests.photographs import jpeg
from tests.world import World

pytestmark = pytest.mark.django_db
SECRET = "暗访发现的排口"


@dataclass
class Hidden:
    """One unannounced inspection: a find, a visit to a problem that the town knows, and their photos."""

    inspection: str
    find: UUID
    find_photo: UUID
    known: UUID
    visit: UUID
    visit_photo: UUID

    @property
    def secrets(self) -> list[str]:
        return [self.inspection, str(self.find), str(self.find_photo), str(self.visit), str(self.visit_photo), SECRET]


@pytest.fixture
def hidden(world: World, office: Caller, inspector: Caller) -> Hidden:
    known = world.planned()
    made = office.post(
        "inspections",
        {"kind": "spot_check", "announced": False, "date": "2026-03-03", "people": ["inspector"], "problems": [str(known.pk)]},
    )
    it = Hidden(made.json["id"], uuid4(), uuid4(), known.pk, uuid4(), uuid4())
    assert inspector.put_photo(jpeg(shade=20), it.find_photo, stage="before").status == 201
    find = report_body(title=SECRET, inspection=it.inspection, photos=[str(it.find_photo)], no_photo_reason=...)
    assert inspector.put(f"reports/{it.find}", find).status == 201
    visit = visit_body(known.pk, inspection=it.inspection, photos=[str(it.visit_photo)], verdict="not_started", notes=SECRET)
    assert inspector.put(f"visits/{it.visit}", visit).status == 201
    assert inspector.put_photo(jpeg(shade=60), it.visit_photo, stage="after").status == 201
    for photo in (it.find_photo, it.visit_photo):
        render_photo.func(str(photo))
    seal_now()
    return it


LISTS = [
    "problems",
    "problems?status=reported,returned,merged,listed,planned",
    f"problems?q={SECRET}",
    "problems?status=reported",
    "problems?bbox=118.3,30.9,118.4,31",
    "problems?without=after_photo",
    "problems.geojson",
    "problems.geojson?status=reported",
    "stats?by=area",
    "stats?by=status&status=reported,planned",
    "stats?by=light",
    "bootstrap",
    "bootstrap?near=118.31,30.91",
    "changes",
    "inspections",
]
OUTSIDERS = [
    "town_head",
    "town_liaison",
    "supervisor_head",
    "district_leader",
    "committee_government",
    "inspection_bureau",
    "special_supervisor",
    "other_inspector",
    "oversight_leader",
]


def test_no_list_no_figure_and_no_entry_tells_of_it(world: World, hidden: Hidden) -> None:
    for name in OUTSIDERS:
        caller = Caller(world.people[name])
        for path in [*LISTS, f"problems/{hidden.known}", f"problems/{hidden.known}/events"]:
            answer = caller.get(path)
            assert answer.status == 200, (name, path, answer)
            told = answer.raw.decode()
            assert not [secret for secret in hidden.secrets if secret in told], (name, path)


def test_its_addresses_lead_nowhere(world: World, hidden: Hidden) -> None:
    paths = [
        f"problems/{hidden.find}",
        f"problems/{hidden.find}/events",
        f"photos/{hidden.find_photo}",
        f"photos/{hidden.find_photo}/file?size=thumb",
        f"photos/{hidden.find_photo}/file?size=original",
        f"photos/{hidden.visit_photo}",
        f"photos/{hidden.visit_photo}/file?size=preview",
        f"inspections/{hidden.inspection}",
    ]
    for name in OUTSIDERS:
        caller = Caller(world.people[name])
        nowhere = caller.get(f"problems/{uuid4()}")
        for path in paths:
            answer = caller.get(path)
            assert (answer.status, answer.raw) == (404, nowhere.raw), (name, path)
        assert caller.act(hidden.find, "list", {}).status == 404


def test_everything_an_outsider_gets_is_the_same_as_without_it(
    world: World, office: Caller, town: Caller, inspector: Caller
) -> None:
    known = world.planned()
    paths = [*LISTS, f"problems/{known.pk}"]
    seal_now()
    before: dict[str, Answer] = {path: town.get(path) for path in paths}
    made = office.post(
        "inspections",
        {"kind": "spot_check", "announced": False, "date": "2026-03-03", "people": ["inspector"], "problems": [str(known.pk)]},
    )
    photo = uuid4()
    inspector.put(f"reports/{uuid4()}", report_body(title=SECRET, inspection=made.json["id"]))
    visit = visit_body(known.pk, inspection=made.json["id"], photos=[str(photo)])
    assert inspector.put(f"visits/{uuid4()}", visit).status == 201
    inspector.put_photo(photo_id=photo, stage="after")
    seal_now()
    for path in paths:
        after = town.get(path)
        assert (after.raw, after.headers.get("ETag")) == (before[path].raw, before[path].headers.get("ETag")), path


def test_a_body_that_names_it_is_refused_as_one_that_names_nothing(world: World, hidden: Hidden, town: Caller) -> None:
    for problem, inspection in ((hidden.find, hidden.inspection), (uuid4(), str(uuid4()))):
        assert town.put(f"visits/{uuid4()}", visit_body(problem)).codes == {"problem": "unknown"}
        assert town.put(f"reports/{uuid4()}", report_body(inspection=inspection)).codes == {"inspection": "unknown"}


def test_its_own_people_the_office_and_the_leading_group_see_it(world: World, hidden: Hidden) -> None:
    for name in ("office", "leading_group", "inspector"):
        caller = Caller(world.people[name])
        assert caller.get(f"problems/{hidden.find}").json["properties"]["title"] == SECRET
        assert caller.get(f"photos/{hidden.find_photo}/file?size=thumb").status == 200
        assert str(hidden.visit_photo) in caller.get(f"problems/{hidden.known}").raw.decode()


def test_it_cannot_be_listed_before_its_release(hidden: Hidden, office: Caller) -> None:
    listing = {"source": "district_self_check", "sector": "waste", "discovery": "other"}
    answer = office.act(hidden.find, "list", listing)
    assert (answer.status, answer.codes) == (422, {"inspection": "embargoed"})


def test_after_the_release_the_town_sees_the_find_the_visit_and_the_photos(hidden: Hidden, office: Caller, town: Caller) -> None:
    since = town.get("changes").json["next"]
    assert office.post(f"inspections/{hidden.inspection}/actions/release").status == 200
    seal_now()
    assert town.get(f"problems/{hidden.find}").json["properties"]["title"] == SECRET
    assert str(hidden.find) in town.get("problems?status=reported").raw.decode()
    assert town.get(f"photos/{hidden.find_photo}/file?size=thumb").status == 200
    assert town.get(f"photos/{hidden.visit_photo}").status == 200
    known = town.get(f"problems/{hidden.known}").json["properties"]
    assert [photo["id"] for photo in known["photos"]] == [str(hidden.visit_photo)]
    assert "visit" in {event["action"] for event in town.get(f"problems/{hidden.known}/events").json["events"]}
    assert "release" in {event["action"] for event in town.get(f"changes?since={since}").json["events"]}
    assert town.get("problems?without=after_photo").json["total"] == 0
    assert hidden.inspection in town.get("inspections").raw.decode()
