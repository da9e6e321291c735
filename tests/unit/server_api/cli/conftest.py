"""A server for the operator's commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fixtures.servers import make_server


@pytest.fixture
def data(tmp_path: Path) -> Path:
    made = make_server(tmp_path / "server")
    made.database.close()
    return tmp_path / "server"
