"""Making a folder as it was: choosing, seeing, doing, taking it back."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from PySide6.QtCore import QDateTime
from PySide6.QtWidgets import QDateTimeEdit, QTableView
from pytestqt.qtbot import QtBot

from desktop.models.rewinding import say_moment
from desktop.session import Session
from desktop.views.rewind_dialog import RewindDialog
from server_api.contract.history import What
from server_api.contract.messages import Kind
from server_api.contract.restoring import RewindChange, RewindRequest, Rewound
from sync_engine.control.questions import REWIND
from sync_engine.errors import Refused
from tests.fakes.daemon import FakeDaemon
from tests.unit.desktop.seen import buttons, said_on
from tests.unit.desktop.test_activity_page import TODAY, Log, entry

PREVIEW = Rewound(
    to_seq=6,
    to_at=TODAY,
    undo_seq=9,
    undo_at=TODAY,
    restored=1,
    deleted=2,
    changes=[
        RewindChange(what="deleted", kind=Kind.FILE, path="z"),
        RewindChange(what="restored", kind=Kind.FILE, path="a\u202e"),
        RewindChange(what="deleted", kind=Kind.FOLDER, path="n"),
    ],
    stayed=["s"],
    expired=["e"],
)


class Clock:
    """What the server answers, and what it was asked."""

    def __init__(self, daemon: FakeDaemon, preview: Rewound = PREVIEW) -> None:
        self.preview = preview
        self.asked: list[RewindRequest] = []
        self.may_answer = threading.Event()
        self.may_answer.set()
        daemon.answer_server(REWIND, self.rewind)

    def rewind(self, request: RewindRequest, _: object) -> Rewound:
        assert self.may_answer.wait(10)
        self.asked.append(request)
        return self.preview


@pytest.fixture
def clock(daemon: FakeDaemon) -> Clock:
    Log(daemon, [entry(9, "Photos/a.jpg", What.ADDED, count=3), entry(5, "Photos/b.jpg")])
    return Clock(daemon)


def shown(qtbot: QtBot, session: Session, path: str = "Photos") -> RewindDialog:
    dialog = RewindDialog(session, path)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def tables(dialog: RewindDialog) -> tuple[QTableView, QTableView]:
    by_name = {view.accessibleName(): view for view in dialog.findChildren(QTableView)}
    return by_name["What happened"], by_name["What would change"]


def choose(qtbot: QtBot, dialog: RewindDialog, row: int) -> None:
    moments, _ = tables(dialog)
    qtbot.waitUntil(lambda: moments.model().rowCount() > row)
    moments.setCurrentIndex(moments.model().index(row, 0))


def test_before_anything_is_done_it_is_told_what_would_change(
    qtbot: QtBot, daemon: FakeDaemon, session: Session, clock: Clock
) -> None:
    dialog = shown(qtbot, session)
    choose(qtbot, dialog, 1)
    _, changes = tables(dialog)
    qtbot.waitUntil(lambda: changes.model().rowCount() == 5)
    assert clock.asked == [RewindRequest(path="Photos", to_at=TODAY - 1, dry_run=True)]
    assert [changes.model().index(at, 0).data() for at in range(5)] == ["a\\u{202e}", "e", "n", "s", "z"]
    said = said_on(dialog)
    assert "1 item comes back\n2 items were made since and are deleted\n1 item moved in since and stays" in said
    assert "1 file is not kept any more" in said


def test_it_is_done_told_and_taken_back(qtbot: QtBot, daemon: FakeDaemon, session: Session, clock: Clock) -> None:
    dialog = shown(qtbot, session)
    choose(qtbot, dialog, 1)
    name = f"Rewind Photos to before {say_moment(TODAY)}"
    qtbot.waitUntil(lambda: name in buttons(dialog))
    with qtbot.waitSignal(session.said) as toast:
        buttons(dialog)[name].click()
    assert clock.asked[-1] == RewindRequest(path="Photos", to_seq=6)
    assert toast.args is not None
    assert toast.args[:2] == [f"Photos is as it was before {say_moment(TODAY)}.", "Undo the rewind"]
    assert name not in buttons(dialog)
    with qtbot.waitSignal(session.said):
        buttons(dialog)["Undo the rewind"].click()
    assert clock.asked[-1] == RewindRequest(path="Photos", to_seq=9)
    qtbot.waitUntil(lambda: "Photos is as before again" in said_on(dialog))
    assert "Undo the rewind" not in buttons(dialog)


def test_it_is_told_and_can_be_taken_back_with_the_dialog_closed(
    qtbot: QtBot, daemon: FakeDaemon, session: Session, clock: Clock
) -> None:
    dialog = RewindDialog(session, "Photos")
    dialog.show()
    choose(qtbot, dialog, 1)
    name = f"Rewind Photos to before {say_moment(TODAY)}"
    qtbot.waitUntil(lambda: name in buttons(dialog))
    clock.may_answer.clear()
    buttons(dialog)[name].click()
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()
    with qtbot.waitSignal(session.said) as toast:
        clock.may_answer.set()
    assert toast.args is not None
    with qtbot.waitSignal(session.said) as undone:
        toast.args[2]()
    assert undone.args is not None
    assert undone.args[0] == "Photos is as before again."
    assert clock.asked[-1].to_seq == 9


def test_a_time_can_be_given(qtbot: QtBot, daemon: FakeDaemon, session: Session, clock: Clock) -> None:
    dialog = shown(qtbot, session, "")
    field = dialog.findChild(QDateTimeEdit)
    assert field is not None
    at = QDateTime.fromMSecsSinceEpoch(1_790_000_040_000)
    field.setDateTime(at)
    buttons(dialog)["See what would change"].click()
    qtbot.waitUntil(lambda: f"Rewind all files to {say_moment(1_790_000_040_000)}" in buttons(dialog))
    assert clock.asked == [RewindRequest(path="", to_at=1_790_000_040_000, dry_run=True)]


def test_the_answer_to_an_earlier_choice_is_not_taken_for_that_to_a_later_one(
    qtbot: QtBot, daemon: FakeDaemon, session: Session, clock: Clock
) -> None:
    dialog = shown(qtbot, session)
    choose(qtbot, dialog, 1)
    qtbot.waitUntil(lambda: bool(clock.asked))
    clock.may_answer.clear()
    clock.preview = Rewound(to_seq=4, to_at=0, undo_seq=9, undo_at=0)
    choose(qtbot, dialog, 2)
    assert not [text for text in buttons(dialog) if text.startswith("Rewind")], "what it would do is not known yet"
    clock.may_answer.set()
    qtbot.waitUntil(lambda: "Photos is as it was then" in said_on(dialog))


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [("unavailable", 503, "The server is busy"), ("not-found", 404, "Photos was not there at that time")],
)
def test_what_cannot_be_done_is_told_and_tried_again(
    qtbot: QtBot, daemon: FakeDaemon, session: Session, clock: Clock, code: str, status: int, said: str
) -> None:
    def refuse(*_: Any) -> None:
        raise Refused("no", code, status)

    daemon.answer_server(REWIND, refuse)
    dialog = shown(qtbot, session)
    choose(qtbot, dialog, 1)
    qtbot.waitUntil(lambda: said in said_on(dialog))
    daemon.answer_server(REWIND, clock.rewind)
    buttons(dialog)["Try again"].click()
    qtbot.waitUntil(lambda: "This would change" in said_on(dialog))
