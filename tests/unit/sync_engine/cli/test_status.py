"""What ``status --watch`` tells, and what it keeps to itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sync_engine.cli import status
from sync_engine.control.client import ControlClient
from sync_engine.control.messages import Status
from sync_engine.core.reports import EngineState
from sync_engine.profile import Profile, Settings
from tests.unit.sync_engine.cli.linked import link_to


class Watched(ControlClient):
    """Tells these states."""

    def __init__(self, *states: EngineState) -> None:
        self._states = states

    def stream(self, *_: Any, **__: Any) -> Iterator[Any]:
        return map(Status, self._states)


def test_each_line_tells_something_new(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    profile = Profile(tmp_path)
    profile.write_settings(Settings(link_to(tmp_path / "Synced")))

    @contextmanager
    def owner(_: Profile) -> Iterator[ControlClient]:
        yield Watched(
            EngineState("in-step", changes=1),
            EngineState("in-step", changes=2),
            EngineState("paused", changes=3),
            EngineState("in-step", changes=3),
        )

    monkeypatch.setattr(status, "daemon_or_device", owner)
    monkeypatch.setattr(status, "profile_of", lambda _: profile)
    told = CliRunner().invoke(status.status, ["--watch"]).output.splitlines()
    assert [line for line in told if "on http" not in line] == ["In step", "Paused", "In step"]
