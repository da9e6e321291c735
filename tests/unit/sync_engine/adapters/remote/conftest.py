"""The remote adapter, signed in to a server that speaks the contract, or does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync_engine.adapters.api import Api
from sync_engine.adapters.http import HttpClient
from sync_engine.adapters.remote import HttpRemote
from sync_engine.adapters.session import REFRESH_TOKEN, Session
from tests.fakes.device import FakeTime
from tests.fakes.keychain import FakeKeychain
from tests.fakes.web import Web, serve
from tests.unit.sync_engine.adapters.remote.server import NAMESPACE, FakeServer


@pytest.fixture
def web() -> Iterator[Web]:
    with serve() as web:
        yield web


@pytest.fixture
def server(web: Web) -> FakeServer:
    return FakeServer(web)


@pytest.fixture
def keychain() -> FakeKeychain:
    return FakeKeychain(**{REFRESH_TOKEN: "refresh-token-no-0"})


@pytest.fixture
def clock() -> FakeTime:
    return FakeTime(0.0)  # a wrong wall clock makes no difference


@pytest.fixture
def session(web: Web, keychain: FakeKeychain, clock: FakeTime, tmp_path: Path) -> Iterator[Session]:
    client = HttpClient()
    yield Session(Api(client, web.url), keychain, str(tmp_path / "session.lock"), clock)
    client.close()


@pytest.fixture
def remote(session: Session) -> HttpRemote:
    return HttpRemote(session, NAMESPACE)
