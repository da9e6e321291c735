"""The first run, clicked and typed through; Lockstep's own programs are fakes, the daemon is one that answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from desktop.commands import Ended, Found
from desktop.models import server_address
from desktop.models.first_run import Step, default_folder
from desktop.models.server_address import Checked
from desktop.session import Session
from desktop.views.first_run import FirstRun
from desktop.views.welcome.start import StartPage
from sync_engine.control import messages as control
from sync_engine.core.reports import Choice
from tests.fakes.commands import FakeCommands
from tests.fakes.daemon import FakeDaemon, item
from tests.unit.desktop.seen import Windows

ADDRESS = "https://files.example.org"


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeCommands:
    monkeypatch.setenv("HOME", str(tmp_path / "person"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return FakeCommands(tmp_path)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Checked]:
    """What is found at each address; nothing at others."""
    known = {ADDRESS: Checked(ADDRESS, registration="open")}
    monkeypatch.setattr(
        server_address, "check", lambda address, _ca: known.get(address, Checked(address, "unreachable"))
    )
    return known


@pytest.fixture
def window(
    qtbot: QtBot, session: Session, daemon: FakeDaemon, commands: FakeCommands, answers: dict[str, Checked]
) -> Iterator[FirstRun]:
    daemon.answers[control.GetExclusions] = control.Exclusions([])
    daemon.answers[control.GetFolderSizes] = lambda _: control.FolderSizes({})
    daemon.answers[control.Exclude] = lambda request: control.Chosen(Choice("done", request.path))
    daemon.folders = {"": [item("Music", "folder"), item("Photos", "folder")]}
    made = FirstRun(session, commands)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


def test_nothing_flashes_beside_the_window(
    qtbot: QtBot, qapp: QApplication, session: Session, commands: FakeCommands
) -> None:
    windows = Windows()
    qapp.installEventFilter(windows)
    made = FirstRun(session, commands)
    qtbot.addWidget(made)
    made.show()
    qapp.removeEventFilter(windows)
    assert windows.shown == ["FirstRun"]


def go_on(qtbot: QtBot, window: FirstRun) -> None:
    """Press the button, once one can."""
    qtbot.waitUntil(lambda: window.next.isVisible() and window.next.isEnabled())
    QTest.mouseClick(window.next, Qt.MouseButton.LeftButton)


def await_step(qtbot: QtBot, window: FirstRun, step: Step) -> None:
    qtbot.waitUntil(lambda: window.step is step)


def start_page(window: FirstRun) -> StartPage:
    page = window.pages[Step.WELCOME]
    assert isinstance(page, StartPage)
    return page


def to_account(qtbot: QtBot, window: FirstRun) -> None:
    start_page(window).server.click()
    go_on(qtbot, window)
    QTest.keyClicks(window.server.address, "files.example.org")
    QTest.keyClick(window.server.address, Qt.Key.Key_Return)
    await_step(qtbot, window, Step.ACCOUNT)


def to_folder(qtbot: QtBot, window: FirstRun) -> None:
    to_account(qtbot, window)
    QTest.keyClicks(window.account.email, "ada@example.org")
    QTest.keyClicks(window.account.password, "correct horse")
    go_on(qtbot, window)
    await_step(qtbot, window, Step.FOLDER)


def to_the_end(qtbot: QtBot, window: FirstRun) -> None:
    to_folder(qtbot, window)
    go_on(qtbot, window)


def test_from_nothing_to_a_folder_on_this_computer(qtbot: QtBot, window: FirstRun, commands: FakeCommands) -> None:
    go_on(qtbot, window)
    assert window.folder.folder.text() == default_folder()
    go_on(qtbot, window)
    await_step(qtbot, window, Step.FINISHED)
    assert (commands.called, commands.own_folder) == (["own"], default_folder())
    with qtbot.waitSignal(window.done):
        go_on(qtbot, window)


def test_from_nothing_to_a_folder_with_an_account(
    qtbot: QtBot, window: FirstRun, commands: FakeCommands, daemon: FakeDaemon, tmp_path: Path
) -> None:
    to_the_end(qtbot, window)
    await_step(qtbot, window, Step.CHOOSING)
    wanted = commands.wanted[-1]
    assert (wanted.server, wanted.email, wanted.password) == (ADDRESS, "ada@example.org", "correct horse")
    assert commands.called == ["link", "start"]
    tree = window.choosing.tree
    tree.setData(tree.index(0, 0), None, Qt.ItemDataRole.CheckStateRole)
    go_on(qtbot, window)
    await_step(qtbot, window, Step.FINISHED)
    assert daemon.asked_for(control.Exclude) == [control.Exclude("Music")]
    with qtbot.waitSignal(window.done):
        go_on(qtbot, window)
    assert list((tmp_path / "config/autostart").glob("lockstep-*.desktop"))


def test_it_does_not_start_at_login_if_that_is_not_wanted(qtbot: QtBot, window: FirstRun, tmp_path: Path) -> None:
    go_on(qtbot, window)
    go_on(qtbot, window)
    await_step(qtbot, window, Step.FINISHED)
    window.finished.starts_at_login.click()
    with qtbot.waitSignal(window.done):
        go_on(qtbot, window)
    assert not list((tmp_path / "config/autostart").glob("*"))


def test_a_server_without_folders_leaves_nothing_to_choose(qtbot: QtBot, window: FirstRun, daemon: FakeDaemon) -> None:
    daemon.folders = {"": []}
    to_the_end(qtbot, window)
    await_step(qtbot, window, Step.FINISHED)


def test_back_keeps_what_was_typed(qtbot: QtBot, window: FirstRun) -> None:
    to_folder(qtbot, window)
    window.folder.folder.setText("/elsewhere")
    for step in (Step.ACCOUNT, Step.SERVER, Step.WELCOME):
        QTest.mouseClick(window.back, Qt.MouseButton.LeftButton)
        assert window.step is step
    assert not window.back.isVisible()
    assert start_page(window).server.isChecked()
    for _ in range(3):
        go_on(qtbot, window)
    assert window.account.password.text() == "correct horse"
    assert window.folder.folder.text() == "/elsewhere"


def test_a_second_factor_is_asked_for_and_only_then(qtbot: QtBot, window: FirstRun, commands: FakeCommands) -> None:
    commands.links = [Ended("second-factor-needed"), Ended("wrong-second-factor")]
    to_the_end(qtbot, window)
    await_step(qtbot, window, Step.CODE)
    assert not window.next.isEnabled()
    QTest.keyClicks(window.code.code, "000000")
    go_on(qtbot, window)
    qtbot.waitUntil(lambda: window.step is Step.CODE and bool(window.code.said.text))
    assert "wrong or was used" in window.code.said.text
    QTest.keyClicks(window.code.code, "123456")  # what was there is chosen: it is replaced
    QTest.keyClick(window.code.code, Qt.Key.Key_Return)
    await_step(qtbot, window, Step.CHOOSING)
    assert [wanted.totp for wanted in commands.wanted] == ["", "000000", "123456"]


@pytest.mark.parametrize(
    ("code", "step"), [("wrong-sign-in", Step.ACCOUNT), ("unreachable", Step.SERVER), ("weak-password", Step.ACCOUNT)]
)
def test_a_failure_is_told_where_it_can_be_put_right(
    qtbot: QtBot, window: FirstRun, commands: FakeCommands, code: str, step: Step
) -> None:
    commands.links = [Ended(code)]
    to_the_end(qtbot, window)
    await_step(qtbot, window, step)
    page = window.pages[step]
    assert page.said.text
    assert window.account.email.text() == "ada@example.org"
    assert window.next.isEnabled()


def test_an_account_that_exists_is_signed_in_to_by_one_click(
    qtbot: QtBot, window: FirstRun, commands: FakeCommands
) -> None:
    commands.links = [Ended("account-exists")]
    to_account(qtbot, window)
    window.account.makes_new.click()
    QTest.keyClicks(window.account.email, "ada@example.org")
    QTest.keyClicks(window.account.password, "correct horse")
    go_on(qtbot, window)
    go_on(qtbot, window)
    await_step(qtbot, window, Step.ACCOUNT)
    QTest.mouseClick(window.account.said.button, Qt.MouseButton.LeftButton)
    go_on(qtbot, window)
    go_on(qtbot, window)
    await_step(qtbot, window, Step.CHOOSING)
    assert [wanted.create_account for wanted in commands.wanted] == [True, False]


def test_what_takes_long_can_be_stopped(qtbot: QtBot, window: FirstRun, commands: FakeCommands) -> None:
    commands.holds = True
    to_the_end(qtbot, window)
    qtbot.waitUntil(lambda: commands.called == ["link"])
    assert not window.back.isVisible()
    QTest.mouseClick(window.connecting.stop, Qt.MouseButton.LeftButton)
    await_step(qtbot, window, Step.FOLDER)


def test_what_failed_is_tried_again(qtbot: QtBot, window: FirstRun, commands: FakeCommands) -> None:
    commands.links = [Ended("failed", "The disk\u202e is full.")]
    to_the_end(qtbot, window)
    qtbot.waitUntil(lambda: window.connecting.said.text == "The disk\\u{202e} is full.")
    QTest.mouseClick(window.connecting.said.button, Qt.MouseButton.LeftButton)
    await_step(qtbot, window, Step.CHOOSING)


def test_another_folder_after_linking_stops_and_links_again(
    qtbot: QtBot, window: FirstRun, commands: FakeCommands
) -> None:
    to_the_end(qtbot, window)
    await_step(qtbot, window, Step.CHOOSING)
    QTest.mouseClick(window.back, Qt.MouseButton.LeftButton)
    window.folder.folder.setText("/another")
    window.folder.look()
    go_on(qtbot, window)
    await_step(qtbot, window, Step.CHOOSING)
    assert commands.called == ["link", "start", "stop", "link", "start"]
    assert commands.wanted[-1].folder == "/another"


def test_it_is_said_what_is_in_the_folder(qtbot: QtBot, window: FirstRun, commands: FakeCommands) -> None:
    commands.found[default_folder()] = Found(files=312, bytes=1_200_000_000, exists=True)
    to_folder(qtbot, window)
    qtbot.waitUntil(lambda: "312 files (1.2 GB)" in window.folder.said.text)


def test_a_folder_of_another_profile_is_taken_over_only_if_that_is_wanted(
    qtbot: QtBot, window: FirstRun, commands: FakeCommands
) -> None:
    commands.found[default_folder()] = Found(code="folder-taken")
    to_folder(qtbot, window)
    qtbot.waitUntil(window.folder.takes_over.isVisible)
    assert not window.next.isEnabled()
    commands.found.clear()
    window.folder.takes_over.click()
    go_on(qtbot, window)
    await_step(qtbot, window, Step.CHOOSING)
    assert commands.wanted[-1].take_over


def test_an_address_that_others_can_read_needs_a_word(
    qtbot: QtBot, window: FirstRun, commands: FakeCommands, answers: dict[str, Checked]
) -> None:
    answers["http://files.example.org"] = Checked("http://files.example.org", registration="open")
    start_page(window).server.click()
    go_on(qtbot, window)
    QTest.keyClicks(window.server.address, "http://files.example.org")
    qtbot.waitUntil(window.server.knows.isVisible)
    assert not window.next.isEnabled()
    window.server.knows.click()
    go_on(qtbot, window)
    await_step(qtbot, window, Step.ACCOUNT)


def test_nobody_makes_an_account_where_none_are_taken(
    qtbot: QtBot, window: FirstRun, answers: dict[str, Checked]
) -> None:
    answers[ADDRESS] = Checked(ADDRESS, registration="closed")
    to_account(qtbot, window)
    assert not window.account.makes_new.isEnabled()


def test_escape_does_nothing_and_return_goes_on(qtbot: QtBot, window: FirstRun) -> None:
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert (window.isVisible(), window.step) == (True, Step.WELCOME)
    QTest.keyClick(window, Qt.Key.Key_Return)
    assert window.step is Step.FOLDER


def test_closing_ends_what_is_under_way(qtbot: QtBot, window: FirstRun, commands: FakeCommands) -> None:
    commands.holds = True
    to_the_end(qtbot, window)
    qtbot.waitUntil(lambda: commands.called == ["link"])
    with qtbot.waitSignal(window.given_up):
        window.close()
    await_step(qtbot, window, Step.FOLDER)  # it heard of the end: nothing waits any more


def test_a_device_that_was_signed_out_signs_in_again(
    qtbot: QtBot, session: Session, commands: FakeCommands, daemon: FakeDaemon, tmp_path: Path
) -> None:
    known = {"server": ADDRESS, "email": "ada@example.org", "folder": "/folder", "insecure_http": False}
    (tmp_path / "settings.json").write_text(json.dumps({"link": known}))
    commands.links = [Ended("wrong-sign-in")]
    window = FirstRun(session, commands)
    qtbot.addWidget(window)
    window.show()
    assert (window.step, window.account.email.text()) == (Step.ACCOUNT, "ada@example.org")
    assert not window.back.isVisible()
    QTest.keyClicks(window.account.password, "wrong horse")
    go_on(qtbot, window)
    qtbot.waitUntil(lambda: window.step is Step.ACCOUNT and bool(window.account.said.text))
    go_on(qtbot, window)
    await_step(qtbot, window, Step.FINISHED)
    assert commands.called == ["stop", "link", "stop", "link", "start"]
    assert (commands.wanted[-1].server, commands.wanted[-1].folder) == (ADDRESS, "/folder")


def test_a_folder_is_chosen_while_all_else_goes_on(qtbot: QtBot, window: FirstRun, tmp_path: Path) -> None:
    go_on(qtbot, window)
    window.folder.choose.click()  # waits for nothing
    (dialog,) = window.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path))
    assert window.folder.folder.text() == str(tmp_path)
    qtbot.waitUntil(window.folder.is_ready)
    dialog.reject()


def test_an_authority_is_chosen_for_a_server_that_is_not_trusted(
    qtbot: QtBot, window: FirstRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = str(tmp_path / "authority.pem")

    def check(_: str, authority: str) -> Checked:
        return Checked(ADDRESS, "" if authority == file else "certificate", registration="open")

    monkeypatch.setattr(server_address, "check", check)
    start_page(window).server.click()
    go_on(qtbot, window)
    QTest.keyClicks(window.server.address, "files.example.org")
    qtbot.waitUntil(window.server.said.button.isVisible)
    window.server.said.button.click()
    (dialog,) = window.findChildren(QFileDialog)
    dialog.fileSelected.emit(file)
    qtbot.waitUntil(window.server.is_ready)
    dialog.reject()
