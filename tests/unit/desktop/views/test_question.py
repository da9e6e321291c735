"""A question has two answers, and nothing harmful happens by itself."""

from __future__ import annotations

import gc

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from desktop.look.measures import wide
from desktop.views.question import ask


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def asked(window: QWidget, answers: list[str]) -> QMessageBox:
    act = ("Delete 3 files everywhere", lambda: answers.append("deleted"))
    box = ask(window, "Delete 3 files everywhere?", "On all your devices.", act, ("Keep them", None), is_danger=True)
    gc.collect()
    return box


def test_a_long_question_has_the_room_that_it_needs(window: QWidget) -> None:
    """On a wide screen Qt wraps it only if it asks for more than half of that, or 500 px."""
    box = ask(window, "Delete it all? " * 8, "On all your devices.", ("Delete", lambda: None), ("Keep them", None))
    told, layout = box.findChild(QLabel, "qt_msgbox_label"), box.layout()
    assert isinstance(told, QLabel)
    assert layout is not None
    told.setWordWrap(False)
    assert layout.totalMinimumSize().width() > told.fontMetrics().horizontalAdvance(told.text())


def test_words_begin_at_the_edge_also_where_buttons_need_more_room_than_they_do(window: QWidget) -> None:
    box = ask(window, "Sure?", "It is.", ("Do it now. " * 5, lambda: None), ("Do nothing at all. " * 3, None))
    told = box.findChild(QLabel, "qt_msgbox_label")
    assert isinstance(told, QLabel)
    assert box.width() > wide(500)
    assert told.x() == 24


def test_both_answers_are_there(window: QWidget) -> None:
    box = asked(window, [])
    assert {button.text() for button in box.buttons() if button.isVisible()} == {
        "Delete 3 files everywhere",
        "Keep them",
    }
    assert box.defaultButton().text() == "Keep them"


def test_escape_and_enter_keep_them(qtbot: QtBot, window: QWidget) -> None:
    answers: list[str] = []
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_Return):
        box = asked(window, answers)
        with qtbot.waitSignal(box.finished):
            QTest.keyClick(box, key)
    assert answers == []


def test_who_wants_it_has_it_done(qtbot: QtBot, window: QWidget) -> None:
    answers: list[str] = []
    box = asked(window, answers)
    with qtbot.waitSignal(box.finished):
        next(button for button in box.buttons() if "Delete" in button.text()).click()
    assert answers == ["deleted"]


def test_a_second_click_does_nothing(qtbot: QtBot, window: QWidget) -> None:
    """On a busy computer it may come when the question is closed already."""
    answers: list[str] = []
    box = asked(window, answers)
    doing, leaving = (next(each for each in box.buttons() if words in each.text()) for words in ("Delete", "Keep"))
    for button in (doing, doing, leaving):
        button.click()
    assert answers == ["deleted"]
    box = asked(window, answers)
    leaving, doing = (next(each for each in box.buttons() if words in each.text()) for words in ("Keep", "Delete"))
    for button in (leaving, doing):
        button.click()
    assert answers == ["deleted"]
