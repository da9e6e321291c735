"""In the smallest window, in the longer language, nothing lies over or beside what it should."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desktop.languages.install import install
from desktop.look import theme
from desktop.models.outcomes import Steps
from desktop.session import Session
from desktop.views.activity_page import ActivityPage
from desktop.views.conflicts_page import ConflictsPage
from desktop.views.deleted_page import DeletedPage
from desktop.views.doing_bar import DoingBar
from desktop.views.eliding import ElidedButton
from desktop.views.page import Page
from desktop.views.pieces import EmptyPlace
from desktop.views.problems_page import ProblemsPage
from desktop.views.shares_page import SharesPage
from desktop.views.transfers_page import TransfersPage

ROOM_PX = 640 - 176
"""Beside the narrowest left side."""


@pytest.fixture(autouse=True)
def app(qapp: QApplication) -> Iterator[QApplication]:
    theme.apply(qapp, "light")
    install(qapp, "de")
    yield qapp
    theme.apply(qapp, "light")


@pytest.mark.parametrize(
    "kind",
    [ActivityPage, ConflictsPage, DeletedPage, ProblemsPage, SharesPage, TransfersPage],
    ids=lambda kind: kind.__name__,
)
def test_each_page_fits(qtbot: QtBot, session: Session, kind: type[Page]) -> None:
    page = kind(session)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page.minimumSizeHint().width() <= ROOM_PX)


def test_what_is_being_done_fits(qtbot: QtBot) -> None:
    bar = DoingBar()
    qtbot.addWidget(bar)
    bar.tell(Steps("delete", 1_204))
    assert bar.minimumSizeHint().width() <= ROOM_PX


def test_an_empty_place_says_all_of_it_where_it_is_low(qtbot: QtBot) -> None:
    place = EmptyPlace()
    qtbot.addWidget(place)
    place.tell("check", "A title that takes two lines in such a narrow place. " * 2, "And what it means. " * 4)
    place.resize(360, 180)
    place.show()
    texts = [each for each in place.findChildren(QLabel) if each.wordWrap()]
    assert len(texts) == 2
    for each in texts:
        assert each.height() >= each.heightForWidth(each.width())


def test_a_button_with_a_long_name_in_it_is_shortened_where_it_has_to_be(qtbot: QtBot) -> None:
    button = ElidedButton()
    qtbot.addWidget(button)
    button.show_text("Keep the one from Tom & Jerry’s very old computer")
    button.show()
    button.resize(button.sizeHint())
    assert button.text() == "Keep the one from Tom && Jerry’s very old computer"
    button.resize(button.minimumSizeHint())
    assert "…" in button.text()
    assert button.accessibleName() == button.whole
    assert button.whole.replace("&", "&amp;") in button.toolTip()
    button.resize(button.sizeHint())
    assert button.text() == button.whole.replace("&", "&&")
