"""The preferences: what is changed holds at once, and each section says whether it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget, QWidget
from pytestqt.qtbot import QtBot

from desktop.models import choices, updates
from desktop.models.updates import Newest
from desktop.session import Session
from desktop.views.preferences import Preferences
from desktop.views.settings.about import AboutSection
from desktop.views.settings.account import AccountSection
from desktop.views.settings.folder import FolderSection
from desktop.views.settings.general import GeneralSection
from desktop.views.settings.ignored import IgnoredSection
from desktop.views.settings.network import NetworkSection
from desktop.views.settings.selective import SelectiveSection
from server_api.contract.accounts import Account, ChangePassword
from server_api.contract.devices import Device, Devices, RevokeDevice
from sync_engine.control import messages as control
from sync_engine.control.questions import ACCOUNT, CHANGE_PASSWORD, DEVICES, REVOKE_DEVICE
from sync_engine.core.reports import Choice
from sync_engine.errors import Refused
from tests.fakes.daemon import FakeDaemon, item

CLICK = Qt.MouseButton.LeftButton
Show = Callable[[str], Any]


def device(name: str, *, is_current: bool = False, seen_at: int = 1_790_000_000_000) -> Device:
    return Device(
        device_id=name.encode().ljust(16), name=name, created_at=0, last_seen_at=seen_at, is_current=is_current
    )


def setting(value: str) -> control.Setting:
    return control.Setting(value, "0", "")


@pytest.fixture
def window(
    qtbot: QtBot, session: Session, daemon: FakeDaemon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Preferences]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    daemon.profile = control.ProfileNow(
        "https://files.example.org",
        "ada@example.org",
        "Laptop",
        bytes(16),
        str(tmp_path / "folder"),
        str(tmp_path),
        False,
    )
    daemon.answers = {
        control.GetExclusions: control.Exclusions([]),
        control.GetFolderSizes: lambda _: control.FolderSizes({"Music": 3_100_000_000}),
        control.Exclude: lambda request: control.Chosen(Choice("done", request.path)),
        control.GetSettings: control.SettingsNow(
            {"bandwidth.up": setting("500k"), "bandwidth.down": setting("0"), "proxy": setting("system")}
        ),
        control.GetIgnoreRules: lambda _: control.IgnoreRules("*.iso\n"),
    }
    daemon.folders[""] = [item("Music", "folder"), item("Photos", "folder")]
    account = Account(
        account_id=bytes(16), email="ada@example.org", role="user", quota_bytes=100_000_000_000,
        used_bytes=95_000_000_000, personal_namespace=bytes(16),
    )  # fmt: skip
    daemon.answer_server(ACCOUNT, lambda *_: account)
    found = Devices(devices=[device("Phone"), device("Laptop", is_current=True, seen_at=1)])
    daemon.answer_server(DEVICES, lambda *_: found)
    session.start()
    qtbot.waitUntil(lambda: session.profile is not None)
    made = Preferences(session)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.done(0)


@pytest.fixture
def show(window: Preferences) -> Show:
    def choose(name: str) -> Any:
        window.show_section(name)
        return window.sections[name]

    return choose


# --- account ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def account(qtbot: QtBot, show: Show) -> AccountSection:
    section = show("account")
    assert isinstance(section, AccountSection)
    qtbot.waitUntil(lambda: section.devices.topLevelItemCount() == 2 and bool(section.room.whole))
    return section


def choose_device(account: AccountSection, row: int) -> None:
    account.devices.setCurrentIndex(account.devices.model().index(row, 0))


def test_the_account_is_told_with_its_room_and_devices(account: AccountSection) -> None:
    assert account.email.text() == "ada@example.org"
    assert account.room.text() == "95.0 GB of 100.0 GB in use"
    assert (account.bar.value(), account.bar.property("role")) == (950, "warn")
    first, second = (account.devices.topLevelItem(row) for row in range(2))
    assert first is not None
    assert second is not None
    assert [first.text(0), first.text(1), second.text(0)] == ["Laptop", "This device", "Phone"]


def test_a_device_is_signed_out_with_the_password(qtbot: QtBot, account: AccountSection, daemon: FakeDaemon) -> None:
    asked: list[tuple[RevokeDevice, bytes | None]] = []
    daemon.answer_server(REVOKE_DEVICE, lambda request, subject: asked.append((request, subject)))
    choose_device(account, 0)
    assert not account.sign_out.isEnabled()  # this one
    choose_device(account, 1)
    QTest.mouseClick(account.sign_out, CLICK)
    assert account.do_sign_out.text() == "Sign out Phone"
    QTest.mouseClick(account.do_sign_out, CLICK)
    assert asked == []  # without a password
    QTest.keyClicks(account.password, "correct horse")
    QTest.mouseClick(account.do_sign_out, CLICK)
    qtbot.waitUntil(lambda: account.said.text == "Phone is signed out.")
    assert asked == [(RevokeDevice(password="correct horse"), device("Phone").device_id)]
    assert account.password.text() == ""


def test_devices_are_asked_for_again_while_they_are_shown(
    qtbot: QtBot, account: AccountSection, daemon: FakeDaemon, show: Show
) -> None:
    choose_device(account, 1)
    desk = device("Desk", seen_at=2_000_000_000_000)
    now = Devices(devices=[desk, device("Phone"), device("Laptop", is_current=True)])
    daemon.answer_server(DEVICES, lambda *_: now)
    assert account._again.isActive()
    account._again.setInterval(20)
    qtbot.waitUntil(lambda: account.devices.topLevelItemCount() == 3)
    chosen = account.devices.currentItem()
    assert chosen is not None
    assert chosen.text(0) == "Phone"
    show("about")
    assert not account._again.isActive()


def test_a_wrong_password_is_told_and_can_be_typed_again(
    qtbot: QtBot, account: AccountSection, daemon: FakeDaemon
) -> None:
    def refuse(*_: object) -> None:
        raise Refused("no", "wrong-credentials", 403)

    daemon.answer_server(REVOKE_DEVICE, refuse)
    choose_device(account, 1)
    QTest.mouseClick(account.sign_out, CLICK)
    QTest.keyClicks(account.password, "wrong horse")
    QTest.keyClick(account.password, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(account.said.text))
    assert account.leaving.isVisible()


def test_the_password_is_changed(qtbot: QtBot, account: AccountSection, daemon: FakeDaemon) -> None:
    asked: list[ChangePassword] = []
    daemon.answer_server(CHANGE_PASSWORD, lambda request, _: asked.append(request))
    QTest.mouseClick(account.change, CLICK)
    QTest.keyClicks(account.now, "old horse")
    QTest.keyClicks(account.new, "new horse")
    QTest.mouseClick(account.do_change, CLICK)
    qtbot.waitUntil(lambda: account.said.text.startswith("The password is changed."))
    assert asked == [ChangePassword(password="old horse", new_password="new horse")]


# --- folder and what is on this device -------------------------------------------------------------------------------


def test_the_folder_is_told(show: Show, tmp_path: Path) -> None:
    section = show("folder")
    assert isinstance(section, FolderSection)
    assert section.place.whole == str(tmp_path / "folder")


def test_folders_are_taken_off_once_it_was_said_what_that_means(qtbot: QtBot, show: Show, daemon: FakeDaemon) -> None:
    section = show("selective")
    assert isinstance(section, SelectiveSection)
    tree = section.tree
    qtbot.waitUntil(lambda: tree.index(0, 1).data() == "3.1 GB")
    assert not section.do.isVisible()
    tree.setData(tree.index(0, 0), None, Qt.ItemDataRole.CheckStateRole)
    assert section.said.text == "1 folder goes off this device. It stays on the server. 3.1 GB more room here."
    assert daemon.asked_for(control.Exclude) == []
    QTest.mouseClick(section.do, CLICK)
    qtbot.waitUntil(lambda: daemon.asked_for(control.Exclude) == [control.Exclude("Music")])
    qtbot.waitUntil(lambda: not section.do.isVisible())


# --- ignored ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def ignored(qtbot: QtBot, show: Show, tmp_path: Path) -> IgnoredSection:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/a.iso").touch()
    section = show("ignored")
    assert isinstance(section, IgnoredSection)
    qtbot.waitUntil(lambda: section.found.count() == 1)
    return section


def test_patterns_are_saved_as_they_were_read(qtbot: QtBot, ignored: IgnoredSection, daemon: FakeDaemon) -> None:
    daemon.answers[control.SetIgnoreRules] = lambda _: None
    assert ignored.told.text() == "They match 1 item here:"
    assert not ignored.save.isEnabled()
    ignored.text.setPlainText("*.iso\nbuild/")
    QTest.mouseClick(ignored.save, CLICK)
    qtbot.waitUntil(lambda: ignored.said.text.startswith("Saved."))
    assert daemon.asked_for(control.SetIgnoreRules) == [control.SetIgnoreRules("*.iso\nbuild/\n", "*.iso\n")]
    assert not ignored.unsaved()


def test_what_others_changed_meanwhile_is_not_overwritten(
    qtbot: QtBot, ignored: IgnoredSection, daemon: FakeDaemon
) -> None:
    def refuse(_: control.SetIgnoreRules) -> None:
        daemon.answers[control.GetIgnoreRules] = control.IgnoreRules("theirs\n")
        raise Refused("it was changed", "changed", 409)

    daemon.answers[control.SetIgnoreRules] = refuse
    ignored.text.setPlainText("mine\n")
    QTest.mouseClick(ignored.save, CLICK)
    qtbot.waitUntil(lambda: "changed meanwhile" in ignored.said.text)
    assert ignored.text.toPlainText() == "mine\n"
    QTest.mouseClick(ignored.said.button, CLICK)
    qtbot.waitUntil(lambda: ignored.text.toPlainText() == "theirs\n")


def test_the_window_does_not_close_over_patterns_that_are_not_saved(
    qtbot: QtBot, window: Preferences, ignored: IgnoredSection
) -> None:
    ignored.text.setPlainText("half a pat")
    window.show_section("about")
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.isVisible()
    assert ignored.isVisible()
    QTest.mouseClick(ignored.said.button, CLICK)
    assert not window.isVisible()


def test_it_closes_by_escape_and_by_its_frame_when_all_is_saved(window: Preferences) -> None:
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()
    window.show()
    assert window.close()
    assert not window.isVisible()


# --- network ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def network(qtbot: QtBot, show: Show, daemon: FakeDaemon) -> NetworkSection:
    daemon.answers[control.ChangeSettings] = lambda _: None
    section = show("network")
    assert isinstance(section, NetworkSection)
    qtbot.waitUntil(section.up.ticked.isChecked)
    return section


def test_limits_are_shown_and_changed(qtbot: QtBot, network: NetworkSection, daemon: FakeDaemon) -> None:
    assert (network.up.amount.value(), network.up.unit.currentText()) == (500.0, "kB/s")
    assert not network.down.ticked.isChecked()
    assert daemon.asked_for(control.ChangeSettings) == []  # showing changes nothing
    network.up.unit.setCurrentText("MB/s")
    network.up.ticked.click()
    network.up.ticked.click()
    network.up.ticked.click()  # while the first is asked for: what is wanted in the end is asked for next
    qtbot.waitUntil(lambda: len(daemon.asked_for(control.ChangeSettings)) == 2)
    assert [request.values for request in daemon.asked_for(control.ChangeSettings)] == [
        {"bandwidth.up": "500000k"},
        {"bandwidth.up": None},
    ]
    qtbot.waitUntil(lambda: network.said.text == "It holds from now on.")


def test_a_proxy_is_chosen(qtbot: QtBot, network: NetworkSection, daemon: FakeDaemon) -> None:
    network.none.click()
    network.other.click()
    QTest.keyClicks(network.address, "http://proxy:3128")
    QTest.keyClick(network.address, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(daemon.asked_for(control.ChangeSettings)) == 2)
    assert [request.values["proxy"] for request in daemon.asked_for(control.ChangeSettings)] == [
        "none",
        "http://proxy:3128",
    ]


def test_a_proxy_that_makes_no_sense_is_told(qtbot: QtBot, network: NetworkSection, daemon: FakeDaemon) -> None:
    def refuse(_: control.ChangeSettings) -> None:
        raise Refused("proxy: that is no proxy", "wrong-usage", 400)

    daemon.answers[control.ChangeSettings] = refuse
    network.other.click()
    QTest.keyClicks(network.address, "nonsense")
    QTest.keyClick(network.address, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: network.said.text.startswith("This is no address of a proxy."))


# --- general and about -----------------------------------------------------------------------------------------------


def test_what_is_chosen_in_general_is_kept(
    qtbot: QtBot, window: Preferences, show: Show, session: Session, tmp_path: Path
) -> None:
    section = show("general")
    assert isinstance(section, GeneralSection)
    section.at_login.click()
    qtbot.waitUntil(lambda: section.said.text == "It starts when you log in.")
    assert list((tmp_path / "config/autostart").glob("lockstep-*.desktop"))
    section.kinds["conflicts"].click()
    section.language.setCurrentIndex(section.language.findData("de"))
    section.language.activated.emit(section.language.currentIndex())
    assert not choices.is_told(session.choices, "conflicts")
    assert choices.is_told(session.choices, "held")
    assert choices.language(session.choices) == "de"
    section.look_anew()
    assert section.said.text.startswith("Restart Lockstep to see it in this language.")
    with qtbot.waitSignal(session.wants_restart):
        section.said.button.click()
    section.language.setCurrentIndex(section.language.findData("system"))
    section.language.activated.emit(section.language.currentIndex())
    assert not section.said.text


def test_starting_at_login_that_cannot_be_set_is_told(qtbot: QtBot, show: Show, tmp_path: Path) -> None:
    (tmp_path / "config").touch()
    section = show("general")
    assert isinstance(section, GeneralSection)
    section.at_login.click()
    qtbot.waitUntil(lambda: section.said.text.startswith("This could not be changed:"))
    assert not section.at_login.isChecked()


def test_without_a_daemon_each_section_says_so(
    qtbot: QtBot, window: Preferences, daemon: FakeDaemon, session: Session
) -> None:
    daemon.close()
    qtbot.waitUntil(lambda: not session.is_there)
    for name in ("account", "selective", "ignored", "network"):
        section = window.sections[name]
        window.show_section("about")
        window.show_section(name)
        qtbot.waitUntil(lambda section=section: "not running" in section.said.text)  # type: ignore[misc]


def test_a_section_that_is_seen_tells_that_the_daemon_went_and_what_it_says_once_it_is_back(
    qtbot: QtBot, show: Show, daemon: FakeDaemon, session: Session, tmp_path: Path
) -> None:
    show("folder")
    daemon.close()
    qtbot.waitUntil(lambda: session.state is None)
    ignored, folder = show("ignored"), show("folder")
    assert folder.content.whole == "not known while nothing runs"
    show("ignored")
    qtbot.waitUntil(lambda: "not running" in ignored.said.text)
    assert not any(each.isEnabled() for each in (ignored.text, ignored.save, ignored.undo))
    with closing(FakeDaemon(tmp_path)) as again:
        again.answers = daemon.answers
        qtbot.waitUntil(lambda: ignored.text.toPlainText() == "*.iso\n")
        assert ignored.text.isEnabled()
        assert not ignored.said.text
        assert not ignored.save.isEnabled()
    qtbot.waitUntil(lambda: "not running" in ignored.said.text)


# --- newer versions --------------------------------------------------------------------------------------------------


@pytest.fixture
def about(session: Session, show: Show) -> AboutSection:
    session.choices.setValue("updates/address", "https://example.org/newest.json")
    section = show("about")
    assert isinstance(section, AboutSection)
    return section


def test_as_long_as_there_is_no_address_nothing_is_asked_and_that_is_said(show: Show) -> None:
    section = show("about")
    assert section.newest.text() == "This build has no address to ask for newer versions, so nothing is asked."
    assert not section.asks.isEnabled()
    assert not section.asks.isChecked()
    assert section.ask_now.isHidden()


def test_asking_for_newer_versions_can_be_switched_off(about: AboutSection, session: Session) -> None:
    assert about.asks.isChecked()
    about.asks.click()
    assert not updates.is_wanted(session.choices)


def test_a_newer_version_is_told_when_asked_for(
    about: AboutSection, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(updates, "ask", lambda _: Newest("99.0", "https://example.org/notes"))
    about.ask_now.click()
    qtbot.waitUntil(lambda: about.newest.text() == "Version 99.0 is out. It does not install itself.")
    assert not about.notes.isHidden()


def test_who_cannot_be_asked_is_told(about: AboutSection, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> Newest:
        raise OSError("no route to host")

    monkeypatch.setattr(updates, "ask", fail)
    about.ask_now.click()
    qtbot.waitUntil(lambda: about.said.text == "This could not be asked: no route to host")
    assert about.ask_now.isEnabled()


def test_all_of_it_is_reached_by_the_keyboard(qtbot: QtBot, window: Preferences, show: Show) -> None:
    """Tab leads from the list of sections through one and back to the list."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    for name in window.sections:
        section = show(name)
        seen: list[QWidget] = []
        start = window.findChild(QListWidget)
        assert start is not None
        start.setFocus()
        while not seen or window.focusWidget() is not start:
            seen.append(window.focusWidget())
            assert len(seen) < 30, seen
            QTest.keyClick(seen[-1], Qt.Key.Key_Tab)
        assert any(section.isAncestorOf(widget) for widget in seen)
        assert all(section.isAncestorOf(widget) or widget is start for widget in seen)
