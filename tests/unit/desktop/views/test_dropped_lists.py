"""Lists that drop from a field show all of their lines, as far as there are no more than ten; calendars all days."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDateEdit, QTableView, QWidget
from pytestqt.qtbot import QtBot

from desktop.look import theme
from desktop.session import Session
from desktop.views.activity_page import ActivityPage
from desktop.views.pieces import with_calendar
from desktop.views.preferences import Preferences
from desktop.views.share_dialog import ShareDialog
from server_api.contract.shares import Shares
from sync_engine.control.questions import SHARES
from tests.fakes.daemon import FakeDaemon

Make = Callable[[Session], QWidget]
PLACES: dict[str, Make] = {
    "preferences": Preferences,
    "share": lambda session: ShareDialog(session, "a.txt", "file"),
    "activity": ActivityPage,
}


@pytest.fixture(params=[("light", 13), ("dark", 13), ("light", 20)], ids=str)
def app(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[QApplication]:
    """Looks as before afterwards."""
    look: Literal["light", "dark"]
    look, text_px = request.param
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(theme, "BODY_PX", text_px)
        theme.apply(qapp, look)
        yield qapp
    theme.apply(qapp, "light")


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("place", PLACES)
def test_a_dropped_list_has_room_for_its_lines(qtbot: QtBot, daemon: FakeDaemon, session: Session, place: str) -> None:
    daemon.answer_server(SHARES, lambda *_: Shares(shares=[]))
    shown = PLACES[place](session)
    qtbot.addWidget(shown)
    with qtbot.waitActive(shown):
        shown.show()
    boxes = shown.findChildren(QComboBox)
    assert boxes
    for box in boxes:
        if isinstance(shown, Preferences):
            shown.show_section(next(name for name, each in shown.sections.items() if each.isAncestorOf(box)))
        box.setEnabled(True)
        box.setFocus()
        qtbot.waitUntil(box.hasFocus)  # with the keyboard, its edge is another one
        box.showPopup()
        bar = box.view().verticalScrollBar()
        assert (bar.minimum(), bar.maximum()) == (0, 0), box.itemText(0)
        assert not bar.isVisible()
        box.hidePopup()


@pytest.mark.usefixtures("app")
def test_a_dropped_calendar_has_room_for_its_days(qtbot: QtBot) -> None:
    field = with_calendar(QDateEdit(QDate(2026, 11, 28)))
    qtbot.addWidget(field)
    field.show()
    arrow = QPoint(field.width() - 10, field.height() // 2)
    QTest.mouseClick(field, Qt.MouseButton.LeftButton, pos=arrow)
    calendar = field.calendarWidget()
    qtbot.waitUntil(calendar.isVisible)
    (view,) = calendar.findChildren(QTableView)
    days = range(view.model().columnCount() - 7, view.model().columnCount())
    assert all(view.columnWidth(day) >= view.sizeHintForColumn(day) for day in days)
    calendar.hide()
