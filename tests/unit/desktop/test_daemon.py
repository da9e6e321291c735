"""How long an answer of the daemon is waited for."""

from __future__ import annotations

import threading

import pytest
from pytestqt.qtbot import QtBot

from desktop import daemon as asking
from desktop.daemon import NO_DAEMON, Failure
from desktop.session import Session
from sync_engine.control import messages as control
from sync_engine.core.reports import Resolution
from tests.fakes.daemon import FakeDaemon


def test_what_takes_its_time_is_not_taken_for_a_daemon_that_is_gone(
    qtbot: QtBot, daemon: FakeDaemon, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "ANSWER_WITHIN_S", 0.05)
    given_up = threading.Event()
    failures: list[Failure] = []
    resolved: list[object] = []

    def late(answer: control.Answer) -> control.Answer:
        assert given_up.wait(30)
        return answer

    def fail(failure: Failure) -> None:
        failures.append(failure)
        given_up.set()

    daemon.answers[control.Resolve] = lambda _: late(control.Resolved(Resolution("done", "a.iso")))
    daemon.answers[control.GetProblems] = lambda _: late(control.Problems([]))
    session.daemon.ask(control.Resolve("a.iso", "both"), resolved.append, fail, owner=session)
    session.daemon.ask(control.GetProblems(), lambda _: None, fail, owner=session)
    qtbot.waitUntil(lambda: len(resolved) + len(failures) == 2)
    assert (len(resolved), [each.code for each in failures]) == (1, [NO_DAEMON])
