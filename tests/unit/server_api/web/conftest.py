"""What the tests of share links begin with."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from server_api.app import create_app
from server_api.services.server import Server
from server_api.services.sessions import authenticate
from tests.fixtures.libraries import Library
from tests.fixtures.log import Log
from tests.fixtures.servers import Api
from tests.fixtures.sharing import Owner


@pytest.fixture
def owner(api: Api, server: Server) -> Owner:
    signed_in = api.sign_in()
    assert signed_in.token is not None
    caller = authenticate(server, signed_in.token)
    log = Log(server, account_id=caller.account_id)
    log.laptop = caller
    server.store.check()
    return Owner(signed_in, log, Library(server, caller))


@pytest.fixture
def visitor(server: Server) -> FlaskClient:
    """A browser that was never here."""
    return create_app(server).test_client()
