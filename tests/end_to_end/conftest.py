"""One server and the devices of one account, all real processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.end_to_end.devices import Device, devices_of
from tests.fixtures.backends import Backend
from tests.fixtures.ports import free_port
from tests.fixtures.servers import RunningServer, running_server


@pytest.fixture
def server(tmp_path: Path, backend: Backend) -> Iterator[RunningServer]:
    with running_server(tmp_path / "server", port=free_port()) as running:
        yield running


@pytest.fixture
def device(server: RunningServer, tmp_path: Path) -> Iterator[Callable[[str], Device]]:
    with devices_of(server.url, tmp_path) as make:
        yield make
