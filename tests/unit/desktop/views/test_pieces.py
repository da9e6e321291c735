"""Small parts of pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from desktop.look import theme
from desktop.look.theme import colour
from desktop.views.eliding import ElidedButton
from desktop.views.pieces import EmptyPlace, awaiting, button, table, tool
from tests.unit.desktop.seen import buttons, said_on


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


def _elided(does: Callable[[], object]) -> QAbstractButton:
    made = ElidedButton()
    made.clicked.connect(lambda _: does())
    return made


@pytest.mark.parametrize(
    "make",
    [
        lambda does: button("Do it", does),
        lambda does: tool("restore", "Do it", does, once=True),
        _elided,
    ],
    ids=["button", "tool", "elided"],
)
def test_a_double_click_is_one(qtbot: QtBot, make: Callable[[Callable[[], object]], QAbstractButton]) -> None:
    """What is under the pointer by its second half may mean something else: the next conflict, or the way back."""
    done: list[bool] = []
    made = make(lambda: done.append(True))
    qtbot.addWidget(made)
    made.show()
    QTest.mouseDClick(made.windowHandle(), Qt.MouseButton.LeftButton, pos=made.rect().center())
    assert len(done) == 1
    QTest.mouseClick(made.windowHandle(), Qt.MouseButton.LeftButton, pos=made.rect().center())
    assert len(done) == 2


def test_a_server_that_takes_long_is_said_to_and_can_be_asked_again(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.views.pieces.PATIENCE_MS", 20)
    place = EmptyPlace()
    qtbot.addWidget(place)
    place.show()
    place.wait("share", "Looking for links…", "Try again")
    assert "takes long" not in said_on(place)
    qtbot.waitUntil(lambda: "The server takes long to answer." in said_on(place))
    place.wait("share", "Looking for links…", "Try again")
    assert "takes long" in said_on(place), "it still waits for the same"
    place.pressed.connect(lambda: place.wait("share", "Looking for links…", "Try again"))
    buttons(place)["Try again"].click()
    assert "takes long" not in said_on(place)
    qtbot.waitUntil(lambda: "takes long" in said_on(place))
    place.tell("check", "No links")
    assert said_on(place).strip() == "No links"
    assert buttons(place) == {}


def test_where_there_is_a_line_alone_it_is_said_there(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.views.pieces.PATIENCE_MS", 20)
    line = awaiting("Looking for versions…")
    qtbot.addWidget(line)
    assert line.text() == "Looking for versions…"
    qtbot.waitUntil(lambda: line.text().startswith("Looking for versions… The server takes long"))
