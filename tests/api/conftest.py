"""What every test of the API may ask for: a caller for each person, and a clock that the test sets."""

from datetime import datetime

import pytest

from mobile_api import clock
from tests.api.calling import Caller
from tests.world import World, day


class Clock:
    """The server's time, as the test sets it: one day after T0 unless told otherwise."""

    def __init__(self) -> None:
        self.at = day(1)

    def now(self) -> datetime:
        return self.at

    def to(self, at: datetime) -> None:
        self.at = at


@pytest.fixture(autouse=True)
def server_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The API's clock stands at one day after T0; `.to(day(n))` moves it."""
    made = Clock()
    monkeypatch.setattr(clock, "now", made.now)
    return made


@pytest.fixture
def office(world: World) -> Caller:
    return Caller(world.office)


@pytest.fixture
def inspector(world: World) -> Caller:
    return Caller(world.inspector)


@pytest.fixture
def town(world: World) -> Caller:
    """The liaison of Stone Bridge, in whose area `world.report` finds things."""
    return Caller(world.town_liaison)
