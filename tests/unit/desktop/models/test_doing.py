"""What is done to files beside the window ends with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.models import acts
from desktop.models.doing import Doing
from desktop.session import Session


def test_a_copy_that_the_end_comes_before_leaves_nothing(
    session: Session, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "PIECE_BYTES", 16)  # it takes some ten seconds
    folder = tmp_path / "Lockstep"
    folder.mkdir()
    (tmp_path / "large").write_bytes(bytes(50_000_000))
    doing = Doing(session, session)
    doing.copy([tmp_path / "large"], folder)
    qtbot.waitUntil(lambda: any(folder.iterdir()))
    session.close()
    assert not list(folder.iterdir())
