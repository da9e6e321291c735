"""A server or a daemon that does not answer holds up nothing but what waits for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktop.session import Session
from sync_engine.control import messages as control
from sync_engine.control.questions import SHARES
from sync_engine.errors import DiskError
from tests.fakes.daemon import FakeDaemon


@pytest.fixture
def end() -> Iterator[threading.Event]:
    """What hangs hangs until then."""
    event = threading.Event()
    yield event
    event.set()


def test_folders_are_shown_while_the_server_hangs(
    session: Session, daemon: FakeDaemon, end: threading.Event, qtbot: QtBot
) -> None:
    def hang(*_: object) -> Any:
        end.wait()

    daemon.answer_server(SHARES, hang)
    for _ in range(20):
        session.daemon.ask_server(SHARES, None, lambda _: None, owner=session)
    answers: list[object] = []
    session.daemon.ask(control.GetConflicts(), answers.append, owner=session)
    qtbot.waitUntil(lambda: bool(answers))


def test_files_are_moved_while_the_daemon_hangs(
    session: Session, daemon: FakeDaemon, end: threading.Event, tmp_path: Path, qtbot: QtBot
) -> None:
    daemon.answers[control.GetProblems] = lambda _: end.wait() and None
    for _ in range(20):
        session.daemon.ask(control.GetProblems(), lambda _: None, owner=session)
    made: list[object] = []
    session.background.run((tmp_path / "made").mkdir, made.append, owner=session)
    qtbot.waitUntil(lambda: bool(made))


def test_a_daemon_that_hangs_is_not_taken_for_one_that_is_in_step(
    session: Session, daemon: FakeDaemon, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.daemon.SILENT_FOR_S", 0.5)
    session.start()
    qtbot.waitUntil(lambda: session.is_there)
    qtbot.waitUntil(lambda: not session.is_there)


def test_a_profile_that_did_not_come_is_asked_for_again(session: Session, daemon: FakeDaemon, qtbot: QtBot) -> None:
    answers: list[Exception | control.ProfileNow] = [daemon.profile, DiskError("profile", "cannot be read")]

    def answer(_: object) -> Any:
        given = answers.pop()
        if isinstance(given, Exception):
            raise given
        return given

    daemon.answers[control.GetProfile] = answer
    session.start()
    qtbot.waitUntil(lambda: len(answers) == 1)
    daemon.touch()
    qtbot.waitUntil(lambda: session.profile == daemon.profile)
