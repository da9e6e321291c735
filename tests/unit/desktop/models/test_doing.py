"""What is done to files beside the window ends with it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QFile
from pytestqt.qtbot import QtBot

from desktop.models import acts
from desktop.models.doing import Doing
from desktop.models.outcomes import Outcome, Steps
from desktop.session import Session
from desktop.views.doing_bar import DoingBar


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


def test_a_deletion_of_many_is_watched_and_stopped_and_what_was_deleted_comes_back(
    session: Session, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = Event()

    class SlowTrash:
        def __init__(self, name: str) -> None:
            self._file = QFile(name)
            self.fileName = self._file.fileName

        def moveToTrash(self) -> bool:  # noqa: N802 - Qt's
            assert not self.fileName().endswith("3") or goes_on.wait(30)
            return self._file.moveToTrash()

    monkeypatch.setattr(acts, "QFile", SlowTrash)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    paths = [tmp_path / f"{number}" for number in range(9)]
    for path in paths:
        path.write_text("text")
    doing, bar = Doing(session, session), DoingBar()
    qtbot.addWidget(bar)
    doing.progressed.connect(bar.tell)
    bar.wants_stop.connect(doing.stop)
    doing.delete(paths, lambda *_: None)
    qtbot.waitUntil(bar.isVisible)
    qtbot.waitUntil(lambda: bar._bar.value() == 333)
    assert (bar._text.text(), bar._stop.text()) == ("Deleting 9 items", "Stop deleting")
    bar._stop.click()
    goes_on.set()
    with qtbot.waitSignal(session.said) as said:
        pass
    assert said.args is not None
    assert said.args[:2] == ["Deleted 4 of 9 items. The rest is still there.", "Undo"]
    assert not bar.isVisible()
    assert sum(path.exists() for path in paths) == 5
    with qtbot.waitSignal(session.said) as brought:
        said.args[2]()
    assert brought.args is not None
    assert brought.args[0] == "Brought back."
    assert all(path.exists() for path in paths)


class NoTrash(QFile):
    def moveToTrash(self) -> bool:  # noqa: N802 - Qt's
        return False


def test_a_deletion_without_the_trash_that_was_stopped_does_not_say_that_all_is_deleted(
    session: Session, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "QFile", NoTrash)
    folder = tmp_path / "folder"
    folder.mkdir()
    for number in range(9):
        (folder / f"{number}").write_text("text")
    doing, bar = Doing(session, session), DoingBar()
    qtbot.addWidget(bar)
    doing.progressed.connect(bar.tell)
    bar.wants_stop.connect(doing.stop)

    goes_on = Event()
    deleted: list[object] = []
    really = os.unlink

    def unlink(name: str, **where: int) -> None:
        deleted.append(name)
        assert len(deleted) < 4 or goes_on.wait(30)
        really(name, **where)

    monkeypatch.setattr(os, "unlink", unlink)
    doing.delete([folder], lambda _files, _is_trashless, delete: delete())
    qtbot.waitUntil(bar.isVisible)
    qtbot.waitUntil(lambda: bar._bar.value() == 300)
    assert (bar._text.text(), bar._stop.text()) == ("Deleting 10 items", "Stop deleting")
    bar._stop.click()
    goes_on.set()
    with qtbot.waitSignal(session.said) as said:
        pass
    assert said.args is not None
    assert said.args[0] == "Deleted 4 of 10 items. The rest is still there."
    assert len(list(folder.iterdir())) == 5


def test_what_is_within_a_folder_that_is_chosen_too_counts_once(
    session: Session, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    folder = tmp_path / "folder"
    folder.mkdir()
    paths = [folder, *(folder / f"{number}" for number in range(30))]
    for path in paths[1:]:
        path.touch()
    doing = Doing(session, session)
    asked: list[int] = []

    def ask(files: int, _is_trashless: bool, delete: Callable[[], None]) -> None:
        asked.append(files)
        delete()

    with qtbot.waitSignal(session.said) as said:
        doing.delete(paths, ask)
    assert said.args is not None
    assert said.args[0] == "Deleted “folder”."
    assert asked == [30]
    assert not folder.exists()


def test_what_is_stopped_is_what_was_shown(
    session: Session, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something else may have begun since, and not be shown yet."""
    goes_on = Event()
    monkeypatch.setattr(acts, "put_into_trash", lambda paths, steps: goes_on.wait(30) and Outcome([]))
    doing = Doing(session, session)
    shown: list[Steps | None] = []
    doing.progressed.connect(shown.append)
    doing.delete([tmp_path / "a"], lambda *_: None)
    qtbot.waitUntil(lambda: bool(shown))
    doing.delete([tmp_path / "b"], lambda *_: None)
    qtbot.waitUntil(lambda: session.acts == 2)
    doing.stop()
    stopped = [each for each in doing._under_way if each.stop.is_set()]
    goes_on.set()
    assert stopped == [shown[-1]]
    qtbot.waitUntil(lambda: session.acts == 0)


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
