"""Who has agreed in the window to delete many files is not asked again when they are held; about others people are."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktop import agreed
from desktop.session import Session
from sync_engine.control import messages as control
from sync_engine.core.reports import EngineState, HeldDeletions
from tests.fakes.daemon import FakeDaemon

FILES = 3_000


def _hold(daemon: FakeDaemon, held: int, **more: Any) -> None:
    daemon.set_state(EngineState(state="attention", held=held, **more))


@pytest.fixture
def seen(session: Session, daemon: FakeDaemon, qtbot: QtBot) -> list[int]:
    """How much was shown as held, since the person has agreed to delete all that is in two folders."""
    held = HeldDeletions(FILES, "local", 2, ["Music/a", "Photos"])
    daemon.answers[control.GetHeld] = daemon.answers[control.ApplyHeld] = control.HeldNow(held)
    with qtbot.waitSignal(session.profile_changed):
        session.start()
    shown: list[int] = []
    session.state_changed.connect(lambda state: shown.append(state.held))
    session.agreed.expect(FILES, frozenset({"Music", "Photos"}))
    return shown


def _await(qtbot: QtBot, daemon: FakeDaemon, kind: type[Any]) -> None:
    qtbot.waitUntil(lambda: bool(daemon.asked_for(kind)))


def test_the_daemon_is_told_once_just_those_are_held(
    session: Session, daemon: FakeDaemon, seen: list[int], qtbot: QtBot
) -> None:
    _hold(daemon, 1_999)
    qtbot.waitUntil(lambda: seen == [0])
    assert session.state is not None
    assert session.state.state == "syncing"
    assert not daemon.asked_for(control.GetHeld)
    _hold(daemon, FILES)
    _await(qtbot, daemon, control.ApplyHeld)
    _hold(daemon, FILES, changes=1)
    qtbot.waitUntil(lambda: len(seen) == 3)
    daemon.set_state(EngineState(state="in-step"))
    qtbot.waitUntil(lambda: len(seen) == 4)
    assert seen == [0, 0, 0, 0]
    assert len(daemon.asked_for(control.ApplyHeld)) == 1


def test_the_person_is_asked_if_others_came_to_be_held_just_then(
    daemon: FakeDaemon, seen: list[int], qtbot: QtBot
) -> None:
    daemon.answers[control.ApplyHeld] = control.HeldNow(None)
    _hold(daemon, FILES)
    qtbot.waitUntil(lambda: seen == [0, FILES])


def test_of_more_than_that_the_person_is_asked(daemon: FakeDaemon, seen: list[int], qtbot: QtBot) -> None:
    _hold(daemon, FILES + 1)
    qtbot.waitUntil(lambda: seen == [FILES + 1])
    _hold(daemon, FILES)
    qtbot.waitUntil(lambda: seen == [FILES + 1, FILES])
    assert not daemon.asked_for(control.GetHeld)


@pytest.mark.parametrize(
    "held",
    [
        HeldDeletions(FILES, "local", 2, ["Musical", "Photos"]),
        HeldDeletions(FILES, "remote", 1, ["Photos"]),
        HeldDeletions(FILES + 1, "local", 1, ["Photos"]),
        None,
    ],
)
def test_of_others_the_person_is_asked(
    daemon: FakeDaemon, seen: list[int], qtbot: QtBot, held: HeldDeletions | None
) -> None:
    daemon.answers[control.GetHeld] = control.HeldNow(held)
    _hold(daemon, FILES)
    qtbot.waitUntil(lambda: seen == [0, FILES])
    assert not daemon.asked_for(control.ApplyHeld)


def test_after_a_while_the_person_is_asked(
    daemon: FakeDaemon, seen: list[int], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agreed, "WAITS_MS", 20)
    _hold(daemon, FILES - 1)
    qtbot.waitUntil(lambda: seen == [0, FILES - 1])


def test_what_was_brought_back_is_not_deleted(
    session: Session, daemon: FakeDaemon, seen: list[int], qtbot: QtBot
) -> None:
    session.agreed.take_back()
    _hold(daemon, FILES)
    qtbot.waitUntil(lambda: seen == [0])
    session.agreed.forget()
    assert seen == [0, FILES]
    assert not daemon.asked_for(control.GetHeld)
