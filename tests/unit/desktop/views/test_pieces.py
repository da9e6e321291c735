"""Small parts of pages."""

from __future__ import annotations

from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.look import theme
from desktop.look.theme import colour
from desktop.views.pieces import table


def test_the_row_that_has_the_keyboard_is_marked_in_all_its_columns(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    view = table(QStandardItemModel(2, 3), "Things", (0, 90, 90))
    qtbot.addWidget(view)
    view.show()
    view.setFocus()
    view.setCurrentIndex(view.model().index(1, 0))
    qtbot.waitUntil(view.hasFocus)

    def is_marked(row: int, column: int) -> bool:
        """Its lower edge has the colour of what has the keyboard."""
        cell = view.visualRect(view.model().index(row, column))
        edge = view.viewport().grab().toImage().pixelColor(cell.center().x(), cell.bottom())
        return edge == colour("accent")

    assert [[is_marked(row, column) for column in range(3)] for row in range(2)] == [[False] * 3, [True] * 3]
