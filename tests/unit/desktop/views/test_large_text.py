"""With text half as large again, in every language, nothing of what is usual is cut; nor in the longer one as usual."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QDateTime
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QLineEdit,
    QListWidget,
    QRadioButton,
    QStyleOptionViewItem,
    QTableView,
    QToolButton,
    QTreeView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.languages.install import install
from desktop.look import theme
from desktop.look.tokens import BODY_PX, TILE_PX
from desktop.models.items import CHANGED, FOLDER, NAME, SIZE, STATE, ItemsModel
from desktop.models.rewinding import ChangesModel
from desktop.models.thumbnails import Thumbnails
from desktop.session import Session
from desktop.views.deleted_page import DeletedPage
from desktop.views.flow import Flow
from desktop.views.gallery import Gallery
from desktop.views.items_table import ItemsTable
from desktop.views.left_side import LeftSide
from desktop.views.navigation import Entry
from desktop.views.page import Page
from desktop.views.panel import Panel
from desktop.views.pieces import button
from desktop.views.preferences import Preferences
from desktop.views.rewind_dialog import RewindDialog
from desktop.views.share_dialog import ShareDialog
from desktop.views.shares_page import SharesPage
from server_api.contract.history import History
from server_api.contract.messages import Kind
from server_api.contract.restoring import RewindChange
from server_api.contract.shares import Shares
from sync_engine.control.questions import SHARES, VERSIONS
from tests.fakes.daemon import FakeDaemon, item
from tests.unit.desktop.examples import at, share, version
from tests.unit.desktop.test_deleted_page import Bin, deleted

pytestmark = pytest.mark.usefixtures("text_px")
TEXT_PX = 20
STATES = ("in-step", "pending", "uploading", "downloading", "conflict", "problem", "excluded", "ignored")
SIZES = (1, 999, 212_000_000, 888_800_000_000)


@pytest.fixture(params=[("en", TEXT_PX), ("de", TEXT_PX), ("de", BODY_PX)], ids=str)
def text_px(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[int]:
    """Looks as before afterwards."""
    language, size_px = request.param
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(theme, "BODY_PX", size_px)
        theme.apply(qapp, "light")
        install(qapp, language)
        yield size_px
    theme.apply(qapp, "light")


@pytest.fixture
def table(qtbot: QtBot) -> ItemsTable:
    """Of what people usually have, of every age."""
    model = ItemsModel()
    day = 86_400_000
    now = QDateTime.currentMSecsSinceEpoch()
    ages = [0, 1, *range(2, 7), *range(7, 800, 13)]
    model.put(
        [item(f"{age}.txt", size=SIZES[age % 4], state=STATES[age % 8], changed_at=now - age * day) for age in ages],
        None,
    )
    made = ItemsTable(model)
    qtbot.addWidget(made)
    made.resize(1_200, 4_000)
    made.show()
    return made


def test_columns_are_as_wide_as_what_is_usually_in_them(table: ItemsTable) -> None:
    for column in (CHANGED, SIZE, STATE):
        assert table.columnWidth(column) >= table.sizeHintForColumn(column)
        assert table.columnWidth(column) >= table.horizontalHeader().sectionSizeHint(column)


def test_tiles_grow_with_the_words_in_them(qtbot: QtBot, session: Session, text_px: int) -> None:
    model = ItemsModel()
    model.put([item("a.jpg"), item("b.jpg")], None)
    gallery = Gallery(model, Thumbnails(session, session))
    qtbot.addWidget(gallery)
    gallery.resize(900, 700)
    gallery.show()
    first, second = (gallery.visualRect(model.index(row, NAME)) for row in range(2))
    assert first.width() >= TILE_PX * text_px // BODY_PX
    assert second.left() > first.right()
    assert gallery.indexAt(second.center()).row() == 1


def test_where_no_word_of_a_state_has_room_its_sign_stands_alone(table: ItemsTable) -> None:
    index = table.model().index(0, STATE)
    for width in range(300, 700, 20):
        table.resize(width, 400)
        option = QStyleOptionViewItem()
        table.itemDelegate().initStyleOption(option, index)  # type: ignore[attr-defined]
        assert table.columnWidth(STATE) >= table.horizontalHeader().sectionSizeHint(STATE)
        assert not option.text or table.columnWidth(STATE) >= table.sizeHintForColumn(STATE) // 2
        assert bool(option.text) or width < 500


def test_names_keep_room_beside_what_is_left_out(table: ItemsTable) -> None:
    letters = table.fontMetrics().horizontalAdvance("n" * 12)
    for width in (400, 500, 640, 800, 1_000):
        table.resize(width, 400)
        for has_folders in (False, True):
            table.show_folders(has_folders)
            assert table.isColumnHidden(FOLDER) != has_folders
            if width >= 500 + 320 * has_folders:
                assert table.columnWidth(NAME) > letters
    table.resize(1_200, 400)
    table.show_folders(False)
    assert not any(map(table.isColumnHidden, (CHANGED, SIZE, STATE)))
    assert table.columnWidth(STATE) >= table.sizeHintForColumn(STATE)


def uncut(place: QWidget) -> int:
    """How many things to tick and to press are seen; all of them have room for their words."""
    buttons = [each for each in place.findChildren(QAbstractButton) if not isinstance(each.parent(), QLineEdit)]
    seen = [each for each in buttons if each.isVisible() and each.text()]
    for each in seen:
        assert each.width() >= each.sizeHint().width(), each.text()
        assert each.height() >= each.fontMetrics().height(), each.text()
        right = each.mapTo(place, each.rect().topRight()).x()
        assert right < place.width(), each.text()
    return len(seen)


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_the_share_dialog_is_as_wide_as_what_is_ticked_in_it(
    qtbot: QtBot, daemon: FakeDaemon, session: Session, kind: str
) -> None:
    daemon.answer_server(SHARES, lambda *_: Shares(shares=[share(1, path="a", expires_at=at(day=30))]))
    dialog = ShareDialog(session, "a", kind)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(dialog.existing.isVisible)
    for each in (*dialog.form.findChildren(QRadioButton), *dialog.form.findChildren(QCheckBox)):
        each.click()
        qtbot.waitUntil(lambda: dialog.size() == dialog.sizeHint())
        assert uncut(dialog) >= 5
    assert dialog.existing.verticalScrollBar().maximum() == 0


def test_the_preferences_are_as_wide_as_what_is_ticked_in_them(qtbot: QtBot, session: Session) -> None:
    window = Preferences(session)
    qtbot.addWidget(window)
    window.show()
    window.resize(window.minimumSizeHint().width(), 900)
    for name, section in window.sections.items():
        window.show_section(name)
        qtbot.waitUntil(section.isVisible)
        uncut(window)
    names = window.findChild(QListWidget)
    assert names is not None
    assert names.sizeHintForColumn(0) <= names.viewport().width()


def test_the_left_has_room_for_the_titles_of_pages(qtbot: QtBot, session: Session) -> None:
    left = LeftSide(session, [Entry("one", "Übertragungen", "moving", Page), Entry("two", "Files", "folder", Page)])
    qtbot.addWidget(left)
    left.show()
    left.navigation.show_place("one")
    left.resize(left.minimumWidth(), 600)
    assert uncut(left) == 2


def test_the_panel_has_room_for_the_titles_of_its_tabs(qtbot: QtBot, session: Session) -> None:
    panel = Panel(session)
    qtbot.addWidget(panel)
    panel.resize(panel.minimumWidth(), 600)
    panel.show()
    panel.show_item("a.txt", item("a.txt"))
    tabs = panel.tabs.tabBar()
    for chosen in range(tabs.count()):
        tabs.setCurrentIndex(chosen)
        assert tabs.tabRect(tabs.count() - 1).right() <= tabs.width()


def test_what_can_be_done_with_a_link_is_never_cut(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    daemon.answer_server(SHARES, lambda *_: Shares(shares=[share(1, path="Photos/Zürich.jpg")]))
    page = SharesPage(session)
    qtbot.addWidget(page)
    page.resize(640, 600)
    page.show()
    qtbot.waitUntil(lambda: page.table.rowCount() == 1)
    page.view.setCurrentIndex(page.table.index(0, 0))
    qtbot.waitUntil(page.show_file.isVisible)
    assert uncut(page.about) == 5
    assert page.view.columnWidth(0) > page.view.fontMetrics().horizontalAdvance("n" * 8)


def whole(view: QTableView | QTreeView, *columns: int) -> None:
    """What is in these columns, and above them, is."""
    for column in columns:
        assert not view.isColumnHidden(column)
        assert view.columnWidth(column) >= view.sizeHintForColumn(column), column


def test_what_becomes_of_things_that_are_rewound_is_whole(qtbot: QtBot, session: Session) -> None:
    dialog = RewindDialog(session, "a")
    qtbot.addWidget(dialog)
    (changes,) = dialog.findChildren(ChangesModel)
    changes.show_changes(
        [RewindChange(what=what, kind=Kind.FILE, path="a") for what in ("moved", "changed", "expired")]
    )
    whole(next(view for view in dialog.findChildren(QTableView) if view.model() is changes), 1)


def test_that_something_deleted_is_not_kept_any_more_is_whole(
    qtbot: QtBot, daemon: FakeDaemon, session: Session
) -> None:
    Bin(daemon, [deleted(2, "a.txt", expired=True), deleted(1, "b.txt")])
    page = DeletedPage(session)
    qtbot.addWidget(page)
    page.resize(1_200, 600)
    page.show()
    page.look()
    (view,) = page.findChildren(QTableView)
    qtbot.waitUntil(lambda: view.model().rowCount() == 2)
    whole(view, *range(2, 5))


def test_how_often_a_link_was_used_is_whole(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    received = share(2, upload=True, downloads=12)
    limited = share(3, limit=12, downloads=12, expires_at=at(day=28))
    daemon.answer_server(SHARES, lambda *_: Shares(shares=[share(1, downloads=120), received, limited]))
    page = SharesPage(session)
    qtbot.addWidget(page)
    page.resize(1_200, 600)
    page.show()
    page.look()
    qtbot.waitUntil(lambda: page.table.rowCount() == 3)
    whole(page.view, *range(1, 5))


def test_the_narrowest_panel_cuts_nothing_that_can_be_done_with_a_version(
    qtbot: QtBot, daemon: FakeDaemon, session: Session
) -> None:
    yesterday = QDateTime.currentDateTime().addDays(-1).toMSecsSinceEpoch()
    daemon.answer_server(
        VERSIONS, lambda *_: History(versions=[version(9, is_current=True, created_at=yesterday), version(1)])
    )
    panel = Panel(session)
    qtbot.addWidget(panel)
    panel.resize(panel.minimumWidth(), 500)
    panel.show()
    panel.show_item("a.txt", item("a.txt"))
    qtbot.waitUntil(lambda: len(panel.versions.findChildren(QToolButton)) == 5)
    inside = panel.versions.widget()
    assert inside is not None
    qtbot.waitUntil(lambda: inside.width() == panel.versions.viewport().width())


def test_buttons_flow_into_as_many_lines_as_they_need(qtbot: QtBot) -> None:
    place = QWidget()
    qtbot.addWidget(place)
    buttons = [button(f"Button {number}", lambda: None) for number in range(4)]
    flow = Flow(*buttons)
    place.setLayout(flow)
    place.show()
    place.resize(flow.sizeHint().width() + 100, 300)
    assert len({each.y() for each in buttons}) == 1
    place.resize(2 * buttons[0].width() + 60, 300)
    assert len({each.y() for each in buttons}) == 2
    assert [each.x() for each in buttons[:2]] == [each.x() for each in buttons[2:]]
    buttons[0].hide()
    place.resize(buttons[1].width() + 30, 300)
    assert len({each.y() for each in buttons[1:]}) == 3
