"""A name of the greatest length that there is widens no window, though it has no space at which it could be wrapped."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.models import nothing
from desktop.models.listing import Listing
from desktop.models.shares import Links
from desktop.session import Session
from desktop.views import link_acts
from desktop.views.bars import Toast
from desktop.views.conflicts_page import ConflictsPage
from desktop.views.pieces import EmptyPlace
from desktop.views.rewind_dialog import RewindDialog
from desktop.views.share_dialog import ShareDialog
from sync_engine.control import messages as control
from sync_engine.control.messages import Conflict
from tests.fakes.daemon import FakeDaemon
from tests.unit.desktop.examples import share

LONG = "x" * 251 + ".txt"
MOST_PX = 900


@pytest.fixture
def place(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def test_in_the_dialog_that_rewinds_a_folder(qtbot: QtBot, session: Session) -> None:
    dialog = RewindDialog(session, f"Photos/{LONG}")
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.minimumSizeHint().width() < MOST_PX


def test_in_what_is_said_in_passing(qtbot: QtBot, place: QWidget) -> None:
    place.resize(640, 480)
    place.show()
    toast = Toast(place)
    toast.say(f"Deleted “{LONG}”.", "Undo", lambda: None)
    (said,) = toast.findChildren(QLabel)
    assert said.minimumSizeHint().width() <= said.width()


def test_on_the_page_of_conflicts(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    daemon.answers[control.GetConflicts] = control.Conflicts([Conflict(f"a/{LONG}", f"b/{LONG}", LONG)])
    page = ConflictsPage(session)
    qtbot.addWidget(page)
    page.show()
    page.look()
    qtbot.waitUntil(lambda: any("stays as it is" in each.text() for each in page.findChildren(QLabel)))
    assert all(each.minimumSizeHint().width() < MOST_PX for each in page.findChildren(QLabel))


def test_in_the_question_before_a_link_is_withdrawn(session: Session, place: QWidget) -> None:
    question = link_acts.ask_to_withdraw(share(path=LONG), Links.of(session), place)
    assert question.sizeHint().width() < MOST_PX


def test_in_the_dialog_that_shares_it(qtbot: QtBot, session: Session) -> None:
    dialog = ShareDialog(session, LONG, "file")
    qtbot.addWidget(dialog)
    assert dialog.minimumSizeHint().width() < MOST_PX


def test_where_nothing_is_called_so(qtbot: QtBot, session: Session) -> None:
    listing = Listing(session)
    listing.find(LONG)
    told = nothing.empty(listing, can_add=False)
    empty = EmptyPlace()
    qtbot.addWidget(empty)
    empty.tell(told.picture, told.title, told.text, told.button)
    assert empty.minimumSizeHint().width() < MOST_PX
