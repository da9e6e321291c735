"""The side panel follows what is chosen."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.session import Session
from desktop.views.compare import CompareDialog
from desktop.views.panel import Panel
from desktop.views.share_dialog import ShareDialog
from server_api.contract.history import History, HistoryRequest
from server_api.contract.restoring import Restored, RestoreRequest
from server_api.contract.shares import Shares
from sync_engine.control import messages as control
from sync_engine.control.questions import DETAILS, RESTORE, SHARE, SHARES, VERSIONS
from tests.fakes.daemon import FakeDaemon, item
from tests.unit.desktop.examples import details, share, version

HOSTILE = "a<img src=x>\u202egpj.exe"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "Lockstep"
    made.mkdir()
    return made


@pytest.fixture
def panel(qtbot: QtBot, daemon: FakeDaemon, session: Session, folder: Path) -> Panel:
    daemon.answer_server(VERSIONS, lambda *_: History(versions=[version(2, is_current=True), version(1)]))
    daemon.answer_server(DETAILS, lambda request, _: details(request.path))
    daemon.answer_server(SHARES, lambda *_: Shares(shares=[share(1, path="a.txt")]))
    session.profile = control.ProfileNow("http://x", "a@b.c", "Laptop", bytes(16), str(folder), str(folder), True)
    made = Panel(session)
    qtbot.addWidget(made)
    made.show()
    return made


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def tool_named(widget: QWidget, words: str) -> QToolButton:
    return next(each for each in widget.findChildren(QToolButton) if words in each.accessibleName())


def choose_menu(widget: QWidget, number: int, words: str) -> None:
    """In the menu behind the dots of the row of that number."""
    buttons = [each for each in widget.findChildren(QToolButton) if each.accessibleName().startswith("More")]
    actions = buttons[number].menu().actions()
    next(each for each in actions if words in each.text().replace("&", "")).trigger()


def test_nothing_chosen_says_what_would_be_here(panel: Panel) -> None:
    assert "Choose a file or folder" in texts(panel)
    panel.show_many(3, 2_000_000)
    assert "3 items" in texts(panel)
    assert "2.0 MB" in texts(panel)
    assert not panel.tabs.isVisible()
    panel.show_many(2, 0)
    assert "byte" not in texts(panel)


def test_a_name_of_markup_and_direction_marks_is_harmless(panel: Panel) -> None:
    panel.show_item(HOSTILE, item(HOSTILE))
    assert panel.name.whole == r"a<img src=x>\u{202e}gpj.exe"
    assert "<img" not in panel.name.toolTip()


def test_versions_are_listed_and_restored(qtbot: QtBot, daemon: FakeDaemon, panel: Panel) -> None:
    restored: list[RestoreRequest] = []

    def restore(request: RestoreRequest, _: Any) -> Restored:
        restored.append(request)
        return Restored(path=request.path, revisions=1)

    daemon.answer_server(RESTORE, restore)
    panel.show_item("a.txt", item("a.txt", size=3))
    qtbot.waitUntil(lambda: "current" in texts(panel.versions))
    with qtbot.waitSignal(panel.session.said):
        tool_named(panel.versions, "Restore the version of").click()
    assert [each.revision_id for each in restored] == [version(1).revision_id]


def test_only_what_is_seen_is_asked_for(qtbot: QtBot, daemon: FakeDaemon, panel: Panel) -> None:
    for name in ("b.txt", "c.txt", "a.txt"):
        panel.show_item(name, item(name, size=3))
    qtbot.waitUntil(lambda: bool(panel.versions.model.entries))
    asked = [each.question for each in daemon.asked_for(control.AskServer)]
    assert asked == ["versions"]
    panel.tabs.setCurrentWidget(panel.details)
    qtbot.waitUntil(lambda: panel.details.headline.text() == "Safe")


def test_a_late_answer_about_another_file_is_not_shown(qtbot: QtBot, daemon: FakeDaemon, panel: Panel) -> None:
    def answer(request: HistoryRequest, _: Any) -> History:
        return History(versions=[version(1 if request.path == "a.txt" else 2, device=request.path)])

    daemon.answer_server(VERSIONS, answer)
    panel.show_item("a.txt", item("a.txt", size=3))
    qtbot.waitUntil(lambda: bool(daemon.asked_for(control.AskServer)))
    panel.show_item("b.txt", item("b.txt", size=3))
    qtbot.waitUntil(lambda: "b.txt" in texts(panel.versions))
    assert "a.txt" not in texts(panel.versions)


def test_a_picture_is_shown(qtbot: QtBot, panel: Panel, folder: Path) -> None:
    QImage(40, 20, QImage.Format.Format_RGB32).save(str(folder / "a.png"))
    panel.show_item("a.png", item("a.png", size=100))
    qtbot.waitUntil(panel.preview.picture.isVisible)
    assert panel.preview.picture.image.width() == 40


def test_html_is_shown_as_text(qtbot: QtBot, panel: Panel, folder: Path) -> None:
    (folder / "a.html").write_text("<b>bold</b>")
    panel.show_item("a.html", item("a.html", size=11))
    qtbot.waitUntil(panel.preview.text.isVisible)
    assert panel.preview.text.toPlainText() == "<b>bold</b>"


def test_a_large_file_that_is_not_here_is_fetched_when_asked(
    qtbot: QtBot, daemon: FakeDaemon, panel: Panel, folder: Path
) -> None:
    (folder / "copy").write_text("Hello")
    daemon.answers[control.SaveContent] = control.Saved(str(folder / "copy"))
    panel.show_item("big.txt", item("big.txt", size=6_000_000, is_here=False))
    qtbot.waitUntil(panel.preview.fetch.isVisible)
    assert daemon.asked_for(control.SaveContent) == []
    panel.preview.fetch.click()
    qtbot.waitUntil(lambda: panel.preview.text.toPlainText() == "Hello")
    panel.show_item("small.txt", item("small.txt", size=5, is_here=False))
    qtbot.waitUntil(lambda: len(daemon.asked_for(control.SaveContent)) == 2)


def test_folders_have_no_versions(panel: Panel) -> None:
    panel.show_item("Photos", item("Photos", "folder"))
    assert not panel.tabs.isTabVisible(panel.tabs.indexOf(panel.versions))
    assert panel.tabs.isTabVisible(panel.tabs.indexOf(panel.sharing))


def test_one_click_copies_the_link_that_there_is(qtbot: QtBot, daemon: FakeDaemon, panel: Panel) -> None:
    panel.tabs.setCurrentWidget(panel.sharing)
    panel.show_item("a.txt", item("a.txt", size=3))
    qtbot.waitUntil(lambda: "Never expires" in texts(panel.sharing))
    with qtbot.waitSignal(panel.session.said):
        panel.sharing.copy.click()
    assert QGuiApplication.clipboard().text() == share(1).url
    assert "share" not in [each.question for each in daemon.asked_for(control.AskServer)]


def test_one_click_makes_a_link_where_there_is_none_for_everybody(
    qtbot: QtBot, daemon: FakeDaemon, panel: Panel
) -> None:
    daemon.answer_server(SHARES, lambda *_: Shares(shares=[share(1, path="b.txt", has_password=True)]))
    daemon.answer_server(SHARE, lambda request, _: share(7, path=request.path))
    panel.tabs.setCurrentWidget(panel.sharing)
    panel.show_item("b.txt", item("b.txt", size=3))
    qtbot.waitUntil(lambda: "with a password" in texts(panel.sharing))
    with qtbot.waitSignal(panel.session.said):
        panel.sharing.copy.click()
    assert QGuiApplication.clipboard().text() == share(7).url
    assert panel.sharing.copy.isEnabled()


def test_share_opens_the_dialog(panel: Panel) -> None:
    panel.show_item("a.txt", item("a.txt", size=3))
    panel.sharing.share.click()
    dialogs = panel.findChildren(ShareDialog)
    assert len(dialogs) == 1
    dialogs[0].reject()


def test_a_file_that_is_not_on_the_server_yet_cannot_be_shared(qtbot: QtBot, panel: Panel) -> None:
    panel.tabs.setCurrentWidget(panel.sharing)
    panel.show_item("new.txt", item("new.txt", size=3, state="pending", is_on_server=False))
    qtbot.waitUntil(lambda: "once it is on the server" in texts(panel.sharing))
    assert not panel.sharing.copy.isEnabled()


class Opener(QObject):
    """Stands for the system's programs."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toLocalFile())


def test_a_version_is_opened(qtbot: QtBot, daemon: FakeDaemon, panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    opener = Opener()
    monkeypatch.setattr(QDesktopServices, "openUrl", opener.open)
    daemon.answers[control.SaveContent] = control.Saved("/view/a.txt")
    panel.show_item("a.txt", item("a.txt", size=3))
    qtbot.waitUntil(lambda: "current" in texts(panel.versions))
    tool_named(panel.versions, "Open the version of").click()
    qtbot.waitUntil(lambda: opener.opened == ["/view/a.txt"])
    assert not panel.saving.isVisible()


def test_a_version_is_saved_beside_what_has_its_name(
    qtbot: QtBot, daemon: FakeDaemon, panel: Panel, tmp_path: Path
) -> None:
    (tmp_path / "old.txt").write_text("mine")
    daemon.answers[control.SaveContent] = lambda request: control.Saved(request.target)
    panel.show_item("a.txt", item("a.txt", size=3))
    qtbot.waitUntil(lambda: "current" in texts(panel.versions))
    choose_menu(panel.versions, 1, "Save as")
    dialog = panel.findChildren(QFileDialog)[0]
    assert dialog.testOption(QFileDialog.Option.DontConfirmOverwrite)
    with qtbot.waitSignal(panel.session.said) as said:
        dialog.fileSelected.emit(str(tmp_path / "old.txt"))
    assert said.args[0] == "Saved as “old (2).txt”."
    dialog.reject()


def test_a_version_is_compared_with_now(qtbot: QtBot, daemon: FakeDaemon, panel: Panel, folder: Path) -> None:
    (folder / "a.txt").write_text("one\nthree\n")
    (folder / "copy").write_text("one\ntwo\n")
    daemon.answers[control.SaveContent] = control.Saved(str(folder / "copy"))
    panel.show_item("a.txt", item("a.txt", size=3))
    qtbot.waitUntil(lambda: "current" in texts(panel.versions))
    choose_menu(panel.versions, 1, "Compare with now")
    dialog = panel.findChildren(CompareDialog)[0]
    qtbot.waitUntil(dialog.table.isVisible)
    assert dialog.said.text() == "1 line is new, 1 line is gone"
    dialog.reject()


def test_a_failure_can_be_tried_again(qtbot: QtBot, daemon: FakeDaemon, panel: Panel) -> None:
    del daemon.server["versions"]
    panel.show_item("a.txt", item("a.txt", size=3))
    qtbot.waitUntil(lambda: panel.versions.model.failure is not None)
    daemon.answer_server(VERSIONS, lambda *_: History(versions=[version(1)]))
    again = next(each for each in panel.versions.findChildren(QPushButton) if each.text() == "Try again")
    again.click()
    qtbot.waitUntil(lambda: "Laptop" in texts(panel.versions))


def test_the_close_button_says_so(qtbot: QtBot, panel: Panel) -> None:
    with qtbot.waitSignal(panel.closed):
        panel.close_panel.click()


def test_what_can_be_done_is_a_menu_where_something_is_chosen(qtbot: QtBot, panel: Panel) -> None:
    panel.show_item("", None)
    assert not panel.more.isVisible()
    panel.show_many(2, 10)
    with qtbot.waitSignal(panel.wants_menu):
        panel.more.click()
    panel.show_item("a.txt", item("a.txt"))
    assert panel.more.isVisible()


def test_a_name_that_is_no_unicode_is_shown_and_found(qtbot: QtBot, panel: Panel, folder: Path) -> None:
    name = os.fsdecode(b"a\xff.txt")
    (folder / name).write_text("Hello")
    panel.tabs.setCurrentWidget(panel.details)
    panel.show_item(name, item(name, size=5, state="problem", is_on_server=False))
    qtbot.waitUntil(lambda: panel.preview.text.toPlainText() == "Hello")
    qtbot.waitUntil(lambda: panel.details.headline.text() == "Not safe")
    show = next(each for each in panel.details.findChildren(QPushButton) if each.text() == "Show in files")
    with qtbot.waitSignal(panel.wants_path) as wants:
        show.click()
    assert wants.args == [name]


def test_a_file_that_is_not_on_the_server_has_no_versions_yet(qtbot: QtBot, daemon: FakeDaemon, panel: Panel) -> None:
    panel.show_item("new.txt", item("new.txt", size=5, state="pending", is_on_server=False))
    qtbot.waitUntil(lambda: "no version on the server yet" in texts(panel.versions))
    assert daemon.asked_for(control.AskServer) == []


def test_what_was_of_another_file_can_be_clicked_no_more(panel: Panel, qtbot: QtBot) -> None:
    panel.show_item("a.txt", item("a.txt"))
    qtbot.waitUntil(lambda: "Restore" in " ".join(each.accessibleName() for each in panel.findChildren(QToolButton)))
    panel.show_item("b.txt", item("b.txt"))
    assert not [each for each in panel.versions.findChildren(QToolButton) if each.isVisible()]
    panel.tabs.setCurrentWidget(panel.sharing)
    qtbot.waitUntil(panel.sharing.copy.isEnabled)
    assert panel.sharing.path == "b.txt"
    panel.show_item("a.txt", item("a.txt"))
    assert not panel.sharing.copy.isEnabled()
    assert not [each for each in panel.sharing.findChildren(QToolButton) if each.isVisible()]
    qtbot.waitUntil(panel.sharing.copy.isEnabled)
