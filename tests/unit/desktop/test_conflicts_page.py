"""Two contents of one file beside each other, and what becomes of them."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QTableView
from pytestqt.qtbot import QtBot

from desktop.languages.install import install
from desktop.look import theme
from desktop.main import parts
from desktop.models.conflicts import told
from desktop.session import Session
from desktop.views.bars import BannerBar
from desktop.views.compare import CompareFilesDialog
from desktop.views.conflicts_page import ConflictsPage
from server_api.contract.history import History, HistoryRequest
from sync_engine.control import messages as control
from sync_engine.control.messages import Conflict
from sync_engine.control.questions import VERSIONS
from sync_engine.core.reports import Resolution
from sync_engine.errors import Refused
from tests.fakes.daemon import FakeDaemon
from tests.unit.desktop.examples import version
from tests.unit.desktop.seen import buttons, said_on

COPY = "Letters/a (Laptop's conflicted copy 2026-11-28).txt"
CONFLICT = Conflict(COPY, "Letters/a.txt", "Laptop")


@pytest.fixture
def folder(tmp_path: Path, daemon: FakeDaemon, session: Session) -> Path:
    folder = tmp_path / "folder"
    (folder / "Letters").mkdir(parents=True)
    (folder / COPY).write_text("mine\nsame\n")
    (folder / "Letters/a.txt").write_text("theirs, longer\nsame\n")
    daemon.profile = msgspec.structs.replace(daemon.profile, folder=str(folder))
    session.profile = daemon.profile
    daemon.answer_server(VERSIONS, history)
    return folder


def history(request: HistoryRequest, _: object) -> History:
    device = "Phone" if request.path == "Letters/a.txt" else "Laptop"
    return History(versions=[version(1, device=device, is_current=True)])


def tell(daemon: FakeDaemon, *conflicts: Conflict) -> None:
    daemon.answers[control.GetConflicts] = control.Conflicts(list(conflicts))


def shown(qtbot: QtBot, session: Session) -> ConflictsPage:
    page = ConflictsPage(session)
    qtbot.addWidget(page)
    page.resize(900, 700)
    page.show()
    return page


def test_both_contents_are_shown_with_who_wrote_them(
    qtbot: QtBot, daemon: FakeDaemon, session: Session, folder: Path
) -> None:
    tell(daemon, CONFLICT)
    page = shown(qtbot, session)
    qtbot.waitUntil(lambda: "From Phone" in said_on(page))
    assert "From Laptop, this device" in said_on(page)
    assert "10 bytes" in said_on(page)
    assert "20 bytes" in said_on(page)
    qtbot.waitUntil(lambda: all(each.toPlainText() for each in page.findChildren(QPlainTextEdit)))
    texts = [each.toPlainText() for each in page.findChildren(QPlainTextEdit)]
    assert texts == ["mine\nsame\n", "theirs, longer\nsame\n"]
    assert "It becomes “a.txt” on every device." in said_on(page)


@pytest.mark.parametrize(
    ("button", "keep"),
    [("Keep the one from Laptop", "mine"), ("Keep the one from Phone", "theirs"), ("Keep both", "both")],
)
def test_a_button_resolves_it_and_tells_what_became_of_it(
    qtbot: QtBot, daemon: FakeDaemon, session: Session, folder: Path, button: str, keep: Any
) -> None:
    tell(daemon, CONFLICT)
    page = shown(qtbot, session)
    qtbot.waitUntil(lambda: button in buttons(page))
    done = Resolution("done", "Letters/a.txt", [COPY], ["Letters/a (Laptop's version).txt"])
    may_answer = threading.Event()

    def resolve(_: control.Resolve) -> control.Resolved:
        assert may_answer.wait(10)
        tell(daemon)
        return control.Resolved(done)

    daemon.answers[control.Resolve] = resolve
    buttons(page)[button].click()
    assert not buttons(page)[button].isEnabled(), "it is asked for once"
    with qtbot.waitSignal(session.said) as toast:
        may_answer.set()
    assert daemon.asked_for(control.Resolve) == [control.Resolve(COPY, keep)]
    assert toast.args is not None
    assert toast.args[:2] == [told(done, keep), "Show"]
    qtbot.waitUntil(lambda: "No conflicts" in said_on(page))
    with qtbot.waitSignal(page.wants_path) as path:
        toast.args[2]()
    assert path.args == ["Letters/a.txt"]


def test_the_keyboard_goes_to_the_list_when_its_button_does_not_work_for_a_while(
    qtbot: QtBot, daemon: FakeDaemon, session: Session, folder: Path
) -> None:
    tell(daemon, CONFLICT)
    daemon.answers[control.Resolve] = control.Resolved(Resolution("done", "Letters/a.txt", [COPY], []))
    page = shown(qtbot, session)
    qtbot.waitUntil(lambda: "Keep both" in buttons(page))
    page.activateWindow()
    keep = buttons(page)["Keep both"]
    keep.setFocus()
    with qtbot.waitSignal(session.said):
        QTest.keyClick(keep, Qt.Key.Key_Space)
        assert not keep.isEnabled()
        assert page.focusWidget() is page.findChild(QTableView)


def test_what_could_not_be_resolved_stays_and_it_is_said_why(
    qtbot: QtBot, daemon: FakeDaemon, session: Session, folder: Path
) -> None:
    tell(daemon, CONFLICT)
    page = shown(qtbot, session)
    qtbot.waitUntil(lambda: "Keep both" in buttons(page))
    daemon.answers[control.Resolve] = control.Resolved(Resolution("not-in-step", "Letters/a.txt"))
    with qtbot.waitSignal(session.said) as toast:
        buttons(page)["Keep both"].click()
    assert toast.args is not None
    assert "not in step yet, so nothing was changed" in toast.args[0]
    assert buttons(page)["Keep both"].isEnabled()


def test_where_the_file_is_gone_only_the_copy_can_be_kept(
    qtbot: QtBot, daemon: FakeDaemon, session: Session, folder: Path
) -> None:
    tell(daemon, Conflict(COPY, None, "Laptop"))
    page = shown(qtbot, session)
    qtbot.waitUntil(lambda: "It is not there any more" in said_on(page))
    assert not buttons(page)["Keep the one from Laptop"].isEnabled()
    assert not buttons(page)["Compare"].isEnabled()
    assert buttons(page)["Keep it as a file of its own"].isEnabled()


def test_both_are_compared_line_by_line(qtbot: QtBot, daemon: FakeDaemon, session: Session, folder: Path) -> None:
    tell(daemon, CONFLICT)
    page = shown(qtbot, session)
    qtbot.waitUntil(lambda: "From Phone" in said_on(page))
    buttons(page)["Compare"].click()
    dialog = page.findChild(CompareFilesDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.table.isVisible)
    assert dialog.said.text() == "1 line only from Phone, 1 line only from Laptop"


def test_of_a_file_that_is_not_here_the_server_tells(
    qtbot: QtBot, daemon: FakeDaemon, session: Session, folder: Path
) -> None:
    (folder / "Letters/a.txt").unlink()
    tell(daemon, CONFLICT)
    page = shown(qtbot, session)
    qtbot.waitUntil(lambda: "3.1 MB" in said_on(page))


def test_the_list_follows_what_is_resolved_elsewhere(
    qtbot: QtBot, daemon: FakeDaemon, session: Session, folder: Path
) -> None:
    other = Conflict("b (Phone's conflicted copy 2026-11-28).txt", "b\u202e.txt", "Phone")
    tell(daemon, CONFLICT, other)
    page = shown(qtbot, session)
    view = page.findChild(QTableView)
    assert view is not None
    qtbot.waitUntil(lambda: view.model().rowCount() == 2)
    assert view.model().index(1, 0).data() == "b\\u{202e}.txt"
    view.setCurrentIndex(view.model().index(1, 0))
    qtbot.waitUntil(lambda: "Keep the one from Phone" in buttons(page))
    tell(daemon, other)
    session.tree_changed.emit()
    qtbot.waitUntil(lambda: view.model().rowCount() == 1)
    assert "Keep the one from Phone" in buttons(page), "what was chosen is chosen still"


def test_without_an_answer_it_says_so(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    def refuse(_: object) -> None:
        raise Refused("no", "internal", 500)

    daemon.answers[control.GetConflicts] = refuse
    page = shown(qtbot, session)
    qtbot.waitUntil(lambda: "Conflicts cannot be shown now" in said_on(page))
    tell(daemon)
    buttons(page)["Try again"].click()
    qtbot.waitUntil(lambda: "No conflicts" in said_on(page))


@pytest.mark.parametrize(
    "outcome", ["done", "unknown", "no-conflict", "several", "no-original", "not-in-step", "changed"]
)
def test_each_outcome_has_words(outcome: Any) -> None:
    said = {told(Resolution(outcome, "x/a\u202e.txt", [], ["x/b.txt"]), keep) for keep in ("mine", "theirs", "both")}
    assert len(said) == (3 if outcome == "done" else 1)
    assert not any("\u202e" in each for each in said)


def test_nothing_is_cut_where_a_banner_leaves_little_room(
    qapp: QApplication, qtbot: QtBot, daemon: FakeDaemon, session: Session, folder: Path
) -> None:
    theme.apply(qapp, "light")
    install(qapp, "de")
    tell(daemon, CONFLICT)
    daemon.set_state(msgspec.structs.replace(daemon.state, state="signed-out"))
    window = parts(session.home).window(session)
    qtbot.addWidget(window)
    window.resize(window.minimumSize())
    window.show()
    session.start()
    window.show_page("conflicts")
    qtbot.waitUntil(lambda: "„a.txt“ bleibt" in said_on(window))
    page = window.findChild(ConflictsPage)
    qtbot.waitUntil(window.findChild(BannerBar).isVisible)
    words = [each for each in page.findChildren(QLabel) if each.wordWrap() and each.isVisible()]
    qtbot.waitUntil(lambda: all(each.height() >= each.heightForWidth(each.width()) for each in words))
    for each in buttons(page).values():
        assert each.height() >= each.minimumSizeHint().height()
