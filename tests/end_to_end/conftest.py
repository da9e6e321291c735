"""A server and the devices of one account, all real processes.

A test that asks for the ``server`` has one of its own; the others share one and have an account of their own.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.end_to_end.devices import EMAIL, Device, devices_of
from tests.fixtures.backends import EMBEDDED, Backend
from tests.fixtures.ports import free_port
from tests.fixtures.servers import RunningServer, running_server


@pytest.fixture(scope="session")
def common_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One for all tests of a worker that do nothing to it."""
    with running_server(tmp_path_factory.mktemp("common")) as running:
        yield running


@pytest.fixture
def server(tmp_path: Path, backend: Backend) -> Iterator[RunningServer]:
    with running_server(tmp_path / "server", port=free_port()) as running:
        yield running


@pytest.fixture
def device(request: pytest.FixtureRequest, backend: Backend, tmp_path: Path) -> Iterator[Callable[[str], Device]]:
    if "server" in request.fixturenames or backend.name != EMBEDDED:
        server, email = request.getfixturevalue("server"), EMAIL
    else:
        server, email = request.getfixturevalue("common_server"), f"{secrets.token_hex(8)}@example.org"
        server.forget_tries()
    with devices_of(server.url, tmp_path, email) as make:
        yield make
