"""What a person is told when something is to be kept on this device, or not."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from desktop.models.doing import Doing
from desktop.session import Session
from sync_engine.control import messages as control
from sync_engine.core.reports import Choice
from tests.fakes.daemon import FakeDaemon


@pytest.mark.parametrize(
    ("choice", "said", "button"),
    [
        (Choice("done", "Photos/a.jpg"), "“a.jpg” is not kept on this device, and stays on the server.", True),
        (Choice("part", "Photos"), "“a.jpg” is not kept on this device, as all of “Photos” is not.", False),
        (Choice("not-on-server", "Photos/a.jpg"), "“a.jpg” is not on the server, so it stays on this device.", False),
        (Choice("unknown", "Photos/a.jpg"), "“a.jpg” is not there any more.", False),
    ],
)
def test_what_stays_here_is_not_said_to_have_gone(
    qtbot: QtBot, daemon: FakeDaemon, session: Session, choice: Choice, said: str, button: bool
) -> None:
    daemon.answers[control.Exclude] = control.Chosen(choice)
    doing = Doing(session, session)
    told: list[tuple[str, bool]] = []
    session.said.connect(lambda text, words, _: told.append((text, bool(words))))
    with qtbot.waitSignal(doing.done):
        doing.keep_away("Photos/a.jpg")
    assert told == [(said, button)]


def test_what_went_off_this_device_is_wanted_again(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    daemon.answers[control.Exclude] = lambda request: control.Chosen(Choice("done", request.path))
    daemon.answers[control.Include] = lambda request: control.Chosen(Choice("done", request.path))
    doing = Doing(session, session)
    with qtbot.waitSignal(session.said) as toast:
        doing.keep_away("Photos/a.jpg")
    assert toast.args is not None
    assert toast.args[1] == "Keep it here"
    toast.args[2]()
    qtbot.waitUntil(lambda: daemon.asked_for(control.Include) == [control.Include("Photos/a.jpg")])


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (Choice("done", "Photos/a.jpg"), "“a.jpg” will be kept on this device."),
        (Choice("part", "Photos"), "It goes with “Photos”: choose there."),
        (Choice("unknown", "Photos/a.jpg"), "“a.jpg” is not there any more."),
    ],
)
def test_what_does_not_come_is_not_said_to_come(
    qtbot: QtBot, daemon: FakeDaemon, session: Session, choice: Choice, said: str
) -> None:
    daemon.answers[control.Include] = control.Chosen(choice)
    doing = Doing(session, session)
    told: list[str] = []
    session.said.connect(lambda text, *_: told.append(text))
    with qtbot.waitSignal(doing.done):
        doing.keep_here("Photos/a.jpg")
    assert told == [said]
