"""The list of links that panel, dialog and page share."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktop.models.shares import Links
from desktop.session import Session
from server_api.contract.shares import CreateShare, EditShare, Share, Shares
from sync_engine.control import messages as control
from sync_engine.control.questions import EDIT_SHARE, SHARE, SHARES, WITHDRAW_SHARE
from tests.fakes.daemon import FakeDaemon
from tests.unit.desktop.examples import never, share


@pytest.fixture
def known(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> Links:
    daemon.answer_server(SHARES, lambda *_: Shares(shares=[share(1), share(2, path="Photos")]))
    links = Links.of(session)
    with qtbot.waitSignal(links.changed):
        links.look()
    return links


def test_there_is_one_list_for_a_session(session: Session) -> None:
    assert Links.of(session) is Links.of(session)


def test_it_is_not_asked_for_again_at_once(qtbot: QtBot, daemon: FakeDaemon, known: Links) -> None:
    known.look()
    assert len(daemon.asked) == 1
    with qtbot.waitSignal(known.changed):
        known.look(is_forced=True)
    assert [each.path for each in known.at("Photos")] == ["Photos"]


def test_a_link_that_is_made_is_known_at_once(qtbot: QtBot, daemon: FakeDaemon, known: Links) -> None:
    daemon.answer_server(SHARE, lambda request, _: share(3, path=request.path))
    made: list[Share] = []
    with qtbot.waitSignal(known.changed):
        known.create(CreateShare(path="new.txt"), made.append, never)
    assert made == known.at("new.txt")


def test_a_change_goes_to_the_link_it_is_about(qtbot: QtBot, daemon: FakeDaemon, known: Links) -> None:
    subjects: list[Any] = []

    def edit(request: EditShare, subject: bytes | None) -> Share:
        subjects.append((request.paused, subject))
        return share(2, path="Photos", state="paused")

    daemon.answer_server(EDIT_SHARE, edit)
    with qtbot.waitSignal(known.session.said) as said:
        known.pause(known.at("Photos")[0], is_paused=True)
    assert said.args[1] == "Resume link"
    assert subjects == [(True, share(2).share_id)]
    assert known.at("Photos")[0].state == "paused"


def test_a_withdrawn_link_is_gone(qtbot: QtBot, daemon: FakeDaemon, known: Links) -> None:
    daemon.answer_server(WITHDRAW_SHARE, lambda *_: None)
    with qtbot.waitSignal(known.session.said):
        known.withdraw(known.at("Photos")[0])
    assert known.at("Photos") == []


def test_an_answer_that_was_under_way_brings_nothing_back(qtbot: QtBot, daemon: FakeDaemon, known: Links) -> None:
    answers = iter([[share(1), share(2, path="Photos")], [share(1)]])
    daemon.answer_server(SHARES, lambda *_: Shares(shares=next(answers)))
    known.look(is_forced=True)
    known._is_outdated = True  # as a change that is answered meanwhile leaves it
    with qtbot.waitSignal(known.changed):
        pass
    assert known.at("Photos") == []


def test_copying_says_what_to_know(qtbot: QtBot, known: Links) -> None:
    with qtbot.waitSignal(known.session.said) as said:
        known.session.put_link(share(reach="computer", has_password=True))
    assert QGuiApplication.clipboard().text() == share().url
    assert "asked for the password" in said.args[0]
    assert "this computer only" in said.args[0]


def test_the_link_that_was_wanted_last_is_on_the_clipboard(qtbot: QtBot, session: Session, daemon: FakeDaemon) -> None:
    first = threading.Event()
    turns = iter((first, None))

    def answer(*_: object) -> Shares:
        if (until := next(turns)) is not None:
            until.wait(10)
        return Shares(shares=[share(1, path="a"), share(2, path="b")])

    daemon.answer_server(SHARES, answer)
    copied: list[str | None] = []
    session.copy_link("a", lambda made: copied.append(made.path))
    qtbot.waitUntil(lambda: bool(daemon.asked))
    session.copy_link("b", lambda made: copied.append(made.path))
    qtbot.waitUntil(lambda: copied == ["b"])
    first.set()
    qtbot.waitUntil(lambda: copied == ["b", "a"])
    assert QGuiApplication.clipboard().text() == share(2).url


def test_one_link_is_made_however_often_it_is_wanted_meanwhile(
    qtbot: QtBot, session: Session, daemon: FakeDaemon
) -> None:
    may_answer = threading.Event()

    def answer(*_: object) -> Shares:
        assert may_answer.wait(10)
        return Shares(shares=[])

    daemon.answer_server(SHARES, answer)
    daemon.answer_server(SHARE, lambda request, _: share(1, path=request.path))
    copied: list[str | None] = []
    for path in ("a", "b", "a"):
        session.copy_link(path, lambda made: copied.append(made.path))
    may_answer.set()
    qtbot.waitUntil(lambda: sorted(map(str, copied)) == ["a", "a", "b"])
    assert sum(asked.question == SHARE.name for asked in daemon.asked_for(control.AskServer)) == 2
    assert QGuiApplication.clipboard().text() == share(1).url
    session.copy_link("a", lambda made: copied.append(made.path))
    qtbot.waitUntil(lambda: len(copied) == 4)


def test_they_are_asked_for_again_while_the_server_hangs(qtbot: QtBot, session: Session, daemon: FakeDaemon) -> None:
    end = threading.Event()
    turns = iter((end, None))

    def answer(*_: object) -> Shares:
        if (until := next(turns)) is None:
            return Shares(shares=[share(2)])
        assert until.wait(10)
        return Shares(shares=[share(1)])

    daemon.answer_server(SHARES, answer)
    links = Links.of(session)
    links.look()
    qtbot.waitUntil(lambda: bool(daemon.asked))
    with qtbot.waitSignal(links.changed):
        links.look(is_forced=True)
    end.set()
    done: list[object] = []
    session.daemon.ask(control.GetProblems(), done.append, owner=session)
    qtbot.waitUntil(lambda: bool(done))
    assert links.shares == [share(2)]
