"""Who has agreed in the window to delete many files is not asked again when they are held; about others people are."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from desktop import agreed
from desktop.agreed import Agreement
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


@pytest.fixture
def agreement(session: Session, seen: list[int]) -> Agreement:
    """The newest."""
    newest = session.agreed._newest
    assert newest is not None
    return newest


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
        HeldDeletions(FILES, "local", 3, ["Music/a", "Photos"]),
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
    session: Session, daemon: FakeDaemon, seen: list[int], agreement: Agreement, qtbot: QtBot
) -> None:
    session.agreed.take_back(agreement)
    _hold(daemon, FILES)
    qtbot.waitUntil(lambda: seen == [0])
    session.agreed.forget(agreement)
    assert seen == [0, FILES]
    assert not daemon.asked_for(control.GetHeld)


def test_bringing_others_back_changes_nothing(
    session: Session, daemon: FakeDaemon, seen: list[int], qtbot: QtBot
) -> None:
    session.agreed.take_back(None)
    session.agreed.forget(Agreement(FILES, frozenset({"Photos"})))
    _hold(daemon, FILES)
    _await(qtbot, daemon, control.ApplyHeld)
    assert seen == [0]


def test_all_places_are_asked_for(daemon: FakeDaemon, seen: list[int], qtbot: QtBot) -> None:
    _hold(daemon, FILES)
    _await(qtbot, daemon, control.ApplyHeld)
    assert daemon.asked_for(control.GetHeld) == [control.GetHeld(whole=True)]


def test_the_next_agreement_is_not_taken_for_the_one_that_was_gone_on_with(
    session: Session, daemon: FakeDaemon, seen: list[int], qtbot: QtBot
) -> None:
    agreed_to_more = threading.Event()

    def go_on(_: object) -> control.HeldNow:
        agreed_to_more.wait(30)
        return control.HeldNow(HeldDeletions(FILES, "local", 2, ["Music/a", "Photos"]))

    daemon.answers[control.ApplyHeld] = go_on
    _hold(daemon, FILES)
    _await(qtbot, daemon, control.ApplyHeld)
    session.agreed.expect(7, frozenset({"More"}))
    with qtbot.waitSignal(session.state_changed):
        daemon.set_state(EngineState(state="in-step"))
    agreed_to_more.set()
    daemon.answers[control.GetHeld] = daemon.answers[control.ApplyHeld] = control.HeldNow(
        HeldDeletions(7, "local", 1, ["More"])
    )
    _hold(daemon, 7)
    qtbot.waitUntil(lambda: len(daemon.asked_for(control.ApplyHeld)) == 2)


def test_what_is_held_after_they_are_gone_is_shown(daemon: FakeDaemon, seen: list[int], qtbot: QtBot) -> None:
    _hold(daemon, FILES)
    _await(qtbot, daemon, control.ApplyHeld)
    qtbot.waitUntil(lambda: len(seen) == 1)
    daemon.set_state(EngineState(state="in-step"))
    qtbot.waitUntil(lambda: len(seen) == 2)
    _hold(daemon, 500)
    qtbot.waitUntil(lambda: seen == [0, 0, 500])


@pytest.mark.parametrize(("left", "is_asked"), [(7_000, True), (7_001, False)])
def test_an_agreement_ends_when_its_deletion_went_through_without_being_held(
    session: Session, daemon: FakeDaemon, seen: list[int], qtbot: QtBot, left: int, is_asked: bool
) -> None:
    daemon.set_state(EngineState(state="in-step", files=10_000))
    qtbot.waitUntil(lambda: len(seen) == 1)
    session.agreed.expect(FILES, frozenset({"Music", "Photos"}))
    daemon.set_state(EngineState(state="in-step", files=10_000, changes=1))
    qtbot.waitUntil(lambda: len(seen) == 2)
    daemon.set_state(EngineState(state="in-step", files=left))
    qtbot.waitUntil(lambda: len(seen) == 3)
    _hold(daemon, FILES)
    qtbot.waitUntil(lambda: len(seen) == 4)
    assert seen[-1] == (FILES if is_asked else 0)


def test_what_was_held_before_is_hidden_no_longer_than_a_while(
    session: Session, daemon: FakeDaemon, seen: list[int], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    _hold(daemon, FILES + 1)
    qtbot.waitUntil(lambda: seen == [FILES + 1])
    monkeypatch.setattr(agreed, "WAITS_MS", 20)
    session.agreed.expect(FILES + 2, frozenset({"Photos"}))
    _hold(daemon, FILES + 1, changes=1)
    qtbot.waitUntil(lambda: seen == [FILES + 1, 0, FILES + 1])


def test_what_keeps_changing_is_shown_in_the_end(
    session: Session, daemon: FakeDaemon, seen: list[int], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agreed, "BEGINS_MS", 300)
    session.agreed.expect(FILES, frozenset({"Photos"}))
    count = iter(range(1, FILES))
    grows = QTimer(session, interval=20)
    grows.timeout.connect(lambda: _hold(daemon, next(count)))
    grows.start()
    qtbot.waitUntil(lambda: bool(seen) and seen[-1] > 0)
    grows.stop()
