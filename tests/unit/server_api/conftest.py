"""A server in this process for each test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from server_api.services import passwords
from server_api.services.server import Server
from tests.fakes.clock import FakeClock
from tests.fakes.mailer import FakeMailer
from tests.fixtures.backends import Backend
from tests.fixtures.content import Content
from tests.fixtures.libraries import Library
from tests.fixtures.servers import Api, close_server, make_server


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing that costs next to nothing; ``monkeypatch.undo()`` where a test is about the cost."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", quick)
    monkeypatch.setattr(passwords, "_NOBODY", quick.hash("nobody's"))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def server(tmp_path: Path, clock: FakeClock, backend: Backend) -> Iterator[Server]:
    made = make_server(tmp_path / "server", clock=clock)
    yield made
    close_server(made)


@pytest.fixture
def api(server: Server) -> Api:
    """Not signed in; ``ada@example.org`` has an account."""
    made = Api(server)
    made.register()
    return made


@pytest.fixture
def library(content: Content) -> Library:
    return Library(content.server, content.caller())


@pytest.fixture
def mailer() -> FakeMailer:
    return FakeMailer()
