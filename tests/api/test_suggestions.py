"""POST /suggestions"""

import pytest

from server.coordination.models import Suggestion
from tests.api.calling import Caller
from tests.world import World

pytestmark = pytest.mark.django_db


def test_a_suggestion_reaches_the_office(inspector: Caller) -> None:
    assert inspector.post("suggestions", {"text": " 照片上传太慢 ", "page": "/m/"}).status == 201
    row = Suggestion.objects.get()
    assert (row.text, row.page, row.by.username) == ("照片上传太慢", "/m/", "inspector")


@pytest.mark.parametrize("body", [{}, {"text": "  "}, {"text": "x" * 5_001}, {"text": "\x00"}, {"text": None}])
def test_an_empty_or_endless_one_is_refused(world: World, inspector: Caller, body: object) -> None:
    answer = inspector.post("suggestions", body)
    assert (answer.status, list(answer.codes)) == (422, ["text"])
    assert not Suggestion.objects.exists()
