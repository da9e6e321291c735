"""Two people of one server."""

from __future__ import annotations

import pytest

from server_api.app import create_app
from server_api.services.server import Server
from tests.fixtures.servers import Api


@pytest.fixture
def api(server: Server) -> Api:
    """Keeps no cookies of its own, and so sends those that a test gives it."""
    made = Api(server, client=create_app(server).test_client(use_cookies=False))
    made.register()
    return made


@pytest.fixture
def ada(api: Api) -> Api:
    return api.sign_in(device="Laptop")


@pytest.fixture
def eve(api: Api) -> Api:
    api.register("eve@example.org")
    return api.sign_in("eve@example.org", device="Eve's")
