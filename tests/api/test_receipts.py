"""POST /receipts"""

from hashlib import sha256
from uuid import uuid4

import pytest

from tests.api.calling import Caller, report_body, visit_body
from tests.photographs import jpeg
from tests.world import World

pytestmark = pytest.mark.django_db


def test_what_is_here_is_confirmed_with_its_digest_and_the_rest_is_left_out(world: World, inspector: Caller) -> None:
    report, visit, photo, lost = uuid4(), uuid4(), uuid4(), uuid4()
    problem = world.planned()
    accepted = inspector.put(f"reports/{report}", report_body())
    inspector.put(f"visits/{visit}", visit_body(problem.pk))
    inspector.put_photo(photo_id=photo)
    asked = {
        "photos": [str(photo), str(lost)],
        "reports": [str(report), str(lost), str(visit)],
        "visits": [str(visit)],
        "waiting": 3,
        "oldest": "1970-01-01T00:00:00Z",
    }
    answer = inspector.post("receipts", asked)
    assert answer.status == 200, answer
    assert [(line["uuid"], line["sha256"]) for line in answer.json["photos"]] == [(str(photo), sha256(jpeg()).hexdigest())]
    assert [(line["uuid"], line["sha256"]) for line in answer.json["reports"]] == [(str(report), accepted.json["sha256"])]
    assert [line["uuid"] for line in answer.json["visits"]] == [str(visit)]


def test_what_others_sent_is_not_confirmed(world: World, inspector: Caller) -> None:
    report, photo = uuid4(), uuid4()
    inspector.put(f"reports/{report}", report_body())
    inspector.put_photo(photo_id=photo)
    answer = Caller(world.office).post("receipts", {"photos": [str(photo)], "reports": [str(report)]})
    assert answer.json == {"photos": [], "reports": [], "visits": []}


@pytest.mark.parametrize("asked", [{"photos": "all"}, {"photos": [1]}, {"reports": [str(uuid4())] * 2_001}, {"waiting": -1}])
def test_nonsense_is_refused(inspector: Caller, asked: object) -> None:
    assert inspector.post("receipts", asked).status == 422
