"""How large windows are at first."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.look.measures import open_at


def test_a_window_fits_on_a_small_screen(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    room = window.screen().availableGeometry()
    open_at(window, room.width() + 100, room.height() + 100)
    assert window.width() == room.width()
    assert window.height() < room.height()  # its title is above it
    open_at(window, 300, 200)
    assert (window.width(), window.height()) >= (300, 200)
