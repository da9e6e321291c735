"""A server and the devices of one account, all real processes.

A test that asks for the ``server`` has one of its own, and says with the mark ``own_server`` why; the others share one
and have an account of their own. With ``--stack`` that one is the self-hosted stack.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.end_to_end.devices import Device, devices_of
from tests.fixtures import stack
from tests.fixtures.backends import Backend
from tests.fixtures.ports import free_port
from tests.fixtures.servers import RunningServer, running_server
from tests.fixtures.stack import CommonServer


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is not marked can run on a server that is not its own."""
    for item in items:
        if Path(__file__).parent not in item.path.parents or not isinstance(item, pytest.Function):
            continue
        mark, fixtures = item.get_closest_marker("own_server"), set(item.fixturenames)
        if mark is None and ("server" in fixtures or fixtures.isdisjoint({"device", "common_server"})):
            raise pytest.UsageError(f"{item.nodeid}: say why with @pytest.mark.own_server(reason)")
        if mark is not None and not mark.args:
            raise pytest.UsageError(f"{item.nodeid}: own_server wants a reason")


@pytest.fixture(scope="session")
def common_server(
    request: pytest.FixtureRequest, chosen_backend: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CommonServer]:
    """One for all tests of a worker that do nothing to it."""
    with stack.common_server(request.config, tmp_path_factory.mktemp("common")) as common:
        yield common


@pytest.fixture
def server(tmp_path: Path, backend: Backend) -> Iterator[RunningServer]:
    with running_server(tmp_path / "server", port=free_port()) as running:
        yield running


@pytest.fixture
def device(request: pytest.FixtureRequest, backend: Backend, tmp_path: Path) -> Iterator[Callable[[str], Device]]:
    if "server" in request.fixturenames:
        own: RunningServer = request.getfixturevalue("server")
        with devices_of(own.url, tmp_path) as make:
            yield make
        return
    common: CommonServer = request.getfixturevalue("common_server")
    email = f"{secrets.token_hex(8)}@example.org"
    options = common.first_options(email)
    with devices_of(common.url, tmp_path, email, authority=common.authority, first_options=options) as make:
        yield make
