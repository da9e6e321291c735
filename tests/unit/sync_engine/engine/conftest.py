"""A folder that is observed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sync_engine.core.model import NodeId
from tests.unit.sync_engine.engine.watching import Watching


@pytest.fixture
def world() -> Watching:
    return Watching()


@pytest.fixture(params=["watched", "scanned"])
def settle(request: pytest.FixtureRequest, world: Watching) -> Callable[[], set[NodeId]]:
    """The same results, whether the watcher told or the next scan finds."""
    return world.settle if request.param == "watched" else world.scan
