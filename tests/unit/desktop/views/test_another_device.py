"""What a person needs whose server is this computer's own: a password to sign in with, and a browser signed in."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from desktop.commands import Commands, Ended
from desktop.models import own_server
from desktop.session import Session
from desktop.views.settings.account import AccountSection
from desktop.views.settings.another_device import AnotherDevice
from tests.fakes.daemon import PROFILE, FakeDaemon

LINK = "http://127.0.0.1:8700/sign-in/once"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(own_server, "open_in_browser", found.append)
    monkeypatch.setattr(Commands, "sign_in_link", lambda _: LINK)
    return found


@pytest.fixture
def dialog(qtbot: QtBot, session: Session) -> AnotherDevice:
    made = AnotherDevice(session, PROFILE)
    qtbot.addWidget(made)
    made.show()
    return made


def test_it_says_what_to_type_and_how_to_reach_this_computer(dialog: AnotherDevice) -> None:
    lines = [line.text() for line in dialog.findChildren(QLineEdit) if line.isReadOnly()]
    assert lines[0].startswith("ssh -f -N -L 8700:127.0.0.1:8700 ")
    assert lines[1:] == ["http://127.0.0.1:8700", "ada@example.org"]


def test_a_password_is_chosen(qtbot: QtBot, dialog: AnotherDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    ends = [Ended("weak-password"), Ended("wrong-credentials"), Ended()]
    chosen: list[str] = []

    def choose(_: Commands, new: str) -> Ended:
        chosen.append(new)
        return ends.pop(0)

    monkeypatch.setattr(Commands, "choose_password", choose)
    dialog.choose.click()
    for said in ("too easy", "was changed elsewhere", "is set"):
        dialog.password.setText("a better horse")
        dialog.choose.click()
        qtbot.waitUntil(lambda said=said: said in dialog.said.text)  # type: ignore[misc]
    assert chosen == ["a better horse"] * 3
    assert not dialog.password.text()


def test_the_browser_is_signed_in_where_the_server_is_this_computer_s_own(
    qtbot: QtBot, session: Session, opened: list[str]
) -> None:
    own_server.open_web(session)
    session.profile = msgspec.structs.replace(PROFILE, server="https://files.example.org", runs_server=False)
    own_server.open_web(session)
    assert opened == ["https://files.example.org"]
    session.profile = PROFILE
    own_server.open_web(session)
    qtbot.waitUntil(lambda: opened[1:] == [LINK])


def test_that_there_is_no_link_is_told(
    qtbot: QtBot, session: Session, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Commands, "sign_in_link", lambda _: Ended("failed", "It is asleep."))
    session.profile = PROFILE
    with qtbot.waitSignal(session.said) as said:
        own_server.open_web(session)
    assert said.args is not None
    assert "It is asleep." in said.args[0]
    assert not opened


@pytest.mark.parametrize("is_own", [True, False])
def test_the_account_offers_what_makes_sense(
    qtbot: QtBot, session: Session, daemon: FakeDaemon, opened: list[str], tmp_path: Path, is_own: bool
) -> None:
    session.profile = msgspec.structs.replace(PROFILE, runs_server=is_own)
    section = AccountSection(session)
    qtbot.addWidget(section)
    section.show()
    assert (section.add.isVisible(), section.change.isVisible()) == (is_own, not is_own)
    section.web.click()
    qtbot.waitUntil(lambda: opened == [LINK if is_own else PROFILE.server])
    if is_own:
        section.add.click()
        dialog = section.findChild(AnotherDevice)
        assert dialog is not None
        assert dialog.isVisible()
