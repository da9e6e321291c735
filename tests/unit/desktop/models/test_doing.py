"""What is done to files beside the window ends with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QFile
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


class NoTrash(QFile):
    def moveToTrash(self) -> bool:  # noqa: N802 - Qt's
        return False


def test_an_added_file_that_the_trash_does_not_take_stays_and_that_is_said(
    session: Session, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "QFile", NoTrash)
    folder = tmp_path / "Lockstep"
    folder.mkdir()
    (tmp_path / "a").write_text("a")
    doing = Doing(session, session)
    with qtbot.waitSignal(doing.done):
        doing.copy([tmp_path / "a"], folder)
    with qtbot.waitSignal(session.said) as said:
        doing.undo()
    assert said.args is not None
    assert said.args[0] == "The trash does not take all of it. The rest stays."
    assert (folder / "a").exists()
