"""All links of the account."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from desktop.models.share_table import NAME, USED
from desktop.models.shares import Links
from desktop.session import Session
from desktop.views.shares_page import SharesPage
from server_api.contract.messages import Kind
from server_api.contract.shares import Shares
from sync_engine.control.questions import SHARES, WITHDRAW_SHARE
from tests.fakes.daemon import FakeDaemon
from tests.unit.desktop.examples import at, share

LINKS = [
    share(1, path="Photos/Zürich.jpg", downloads=3, created_at=at(day=3)),
    share(2, path="b\u202etxt.exe", downloads=9, created_at=at(day=2), state="paused"),
    share(3, path="Photos", kind=Kind.FOLDER, created_at=at(day=1), reach="computer"),
]


@pytest.fixture
def page(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> SharesPage:
    daemon.answer_server(SHARES, lambda *_: Shares(shares=LINKS))
    made = SharesPage(session)
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    qtbot.waitUntil(lambda: made.table.rowCount() == 3)
    return made


def names(page: SharesPage) -> list[str]:
    return [page.table.index(row, NAME).data() for row in range(page.table.rowCount())]


def choose(page: SharesPage, row: int) -> None:
    page.view.setCurrentIndex(page.table.index(row, 0))


def test_links_are_listed_newest_first_and_harmlessly(page: SharesPage) -> None:
    assert names(page) == ["Zürich.jpg", r"b\u{202e}txt.exe", "Photos"]
    assert page.count.text() == "3 links"


def test_they_are_sorted_and_found_and_the_choice_stays(page: SharesPage) -> None:
    choose(page, 0)
    page.view.sortByColumn(USED, Qt.SortOrder.DescendingOrder)
    assert names(page)[0] == r"b\u{202e}txt.exe"
    chosen = page.chosen()
    assert chosen is not None
    assert chosen.share_id == LINKS[0].share_id
    page.search.setText("zurich")
    assert names(page) == ["Zürich.jpg"]
    assert page.chosen() == LINKS[0]


def test_the_chosen_link_is_told_and_can_be_copied(qtbot: QtBot, page: SharesPage) -> None:
    assert not page.about.isVisible()
    choose(page, 2)
    assert "this computer only" in page.warning.text()
    with qtbot.waitSignal(page.session.said):
        page.copy.click()
    assert QGuiApplication.clipboard().text() == LINKS[2].url
    choose(page, 1)
    assert page.pause.text() == "Resume link"
    assert not page.copy.isVisible()


def test_a_link_leads_to_its_file(qtbot: QtBot, page: SharesPage) -> None:
    choose(page, 0)
    with qtbot.waitSignal(page.wants_path) as wants:
        page.show_file.click()
    assert wants.args == ["Photos/Zürich.jpg"]


def test_withdrawing_is_asked_and_escape_keeps_the_link(qtbot: QtBot, daemon: FakeDaemon, page: SharesPage) -> None:
    daemon.answer_server(WITHDRAW_SHARE, lambda *_: None)
    choose(page, 0)
    page.withdraw.click()
    box = page.findChildren(QMessageBox)[0]
    QTest.keyClick(box, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not page.findChildren(QMessageBox))
    assert page.table.rowCount() == 3
    page.withdraw.click()
    box = page.findChildren(QMessageBox)[0]
    next(each for each in box.buttons() if each.text() == "Withdraw link").click()
    qtbot.waitUntil(lambda: page.table.rowCount() == 2)


def test_an_empty_page_says_what_to_do(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    daemon.answer_server(SHARES, lambda *_: Shares(shares=[]))
    page = SharesPage(session)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: Links.of(session).shares == [])
    with qtbot.waitSignal(page.wants_path) as wants:
        page.empty.pressed.emit()
    assert wants.args == [""]


def test_a_failure_says_why_and_can_be_tried_again(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    page = SharesPage(session)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: Links.of(session).failure is not None)
    daemon.answer_server(SHARES, lambda *_: Shares(shares=LINKS))
    page.empty.pressed.emit()
    qtbot.waitUntil(lambda: page.table.rowCount() == 3)
