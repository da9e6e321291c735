"""Small pictures are made beside the window, of what is to be seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from desktop.models import thumbnails
from desktop.models.thumbnails import Thumbnails, small_picture
from desktop.session import Session


def _picture(path: Path, width: int, height: int) -> Path:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(0xFF8040)
    assert image.save(str(path))
    return path


def test_it_fits_and_keeps_its_shape(tmp_path: Path) -> None:
    assert small_picture(_picture(tmp_path / "a.png", 800, 400), 160).size().toTuple() == (160, 80)
    assert small_picture(_picture(tmp_path / "b.png", 40, 20), 160).size().toTuple() == (40, 20)


def test_what_is_no_picture_gives_none(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    assert small_picture(tmp_path / "a.jpg", 160).isNull()
    assert small_picture(tmp_path / "gone.jpg", 160).isNull()


def test_what_would_take_too_much_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _picture(tmp_path / "a.png", 800, 400)
    monkeypatch.setattr(thumbnails, "LARGEST_BYTES", 800 * 400 * 4 - 1)
    assert small_picture(path, 160).isNull()


def test_it_is_made_once_and_again_when_the_file_changes(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    pictures = Thumbnails(session, session)
    path = _picture(tmp_path / "a.png", 800, 400)
    with qtbot.waitSignal(pictures.made) as made:
        assert pictures.find(path, 160, 1) is None
    assert made.args == [path]
    found = pictures.find(path, 160, 1)
    assert found is not None
    assert found.width() == 160
    with qtbot.waitSignal(pictures.made):
        assert pictures.find(path, 160, 2) is None


def test_no_more_are_kept_than_there_is_room_for(
    session: Session, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thumbnails, "KEPT", 2)
    pictures = Thumbnails(session, session)
    paths = [_picture(tmp_path / f"{number}.png", 20, 20) for number in range(3)]
    for path in paths:
        with qtbot.waitSignal(pictures.made):
            pictures.find(path, 160, 1)
    assert pictures.find(paths[2], 160, 1) is not None
    assert pictures.find(paths[0], 160, 1) is None


def test_what_scrolled_away_is_not_made(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    pictures = Thumbnails(session, session)
    paths = [_picture(tmp_path / f"{number}.png", 20, 20) for number in range(5)]
    made: list[Path] = []
    pictures.made.connect(made.append)
    for path in paths:
        pictures.find(path, 160, 1)
    pictures.forget_wishes()
    qtbot.waitUntil(lambda: len(made) == thumbnails.AT_A_TIME)
    with qtbot.waitSignal(pictures.made):
        pictures.find(paths[4], 160, 1)
    assert made[-1] == paths[4]
    assert len(made) == thumbnails.AT_A_TIME + 1
