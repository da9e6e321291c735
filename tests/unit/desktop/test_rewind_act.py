"""Where rewinding begins: at a folder of the list, or at the one that is open."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from desktop.session import Session
from desktop.views.files_page import FilesPage
from desktop.views.rewind_dialog import RewindDialog
from tests.fakes.daemon import FakeDaemon, item
from tests.unit.desktop.test_activity_page import Log


def test_a_folder_is_rewound_from_its_menu(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    log = Log(daemon, [])
    daemon.folders[""] = [item("Photos", "folder"), item("a.txt")]
    page = FilesPage(session)
    qtbot.addWidget(page)
    page.show()
    action = page.acting.actions.by_name["rewind"]
    qtbot.waitUntil(lambda: page.table.model().rowCount() == 2)
    page.chosen.choose(["a.txt"])
    qtbot.waitUntil(lambda: not action.isEnabled())
    page.chosen.choose(["Photos"])
    qtbot.waitUntil(action.isEnabled)
    action.trigger()
    dialog = page.findChild(RewindDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: [request.path for request in log.asked] == ["Photos"])
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()
    page.chosen.view.clearSelection()
    qtbot.waitUntil(lambda: not page.chosen.items())
    qtbot.waitUntil(action.isEnabled)
    action.trigger()
    qtbot.waitUntil(lambda: [request.path for request in log.asked] == ["Photos", ""])
