"""A browser without a window: Django's client, signed in as one of the district's people."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.world import World

SignedIn = Callable[[str], Client]


@pytest.fixture
def signed_in(world: World) -> SignedIn:
    """A client for one of the people of the district, by user name; Chinese, as in an office's browser."""

    def sign_in(username: str) -> Client:
        client = Client(headers={"accept-language": "zh-CN"})
        client.force_login(world.people[username], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
