"""What was deleted: listed a page at a time, found by name, brought back."""

from __future__ import annotations

import threading
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QLineEdit, QProgressBar, QPushButton, QTableView
from pytestqt.qtbot import QtBot

from desktop.sentences import sentence
from desktop.session import Session
from desktop.views.deleted_page import DeletedPage
from server_api.contract.history import DeletedEntry, DeletedRequest, Entry
from server_api.contract.history import DeletedPage as Page
from server_api.contract.messages import Kind
from server_api.contract.restoring import Restored, RestoreRequest
from sync_engine.control.questions import DELETED, RESTORE
from sync_engine.errors import Refused
from tests.fakes.daemon import FakeDaemon
from tests.unit.desktop.seen import said_on


def deleted(seq: int, path: str, kind: Kind = Kind.FILE, **fields: Any) -> DeletedEntry:
    entry = Entry(
        node_id=seq.to_bytes(16, "big"),
        revision_id=bytes(16),
        path=path,
        kind=kind,
        size=3_100_000,
        seq=seq,
        committed_at=0,
        deleted_at=1_790_000_000_000 + seq,
    )
    return DeletedEntry(entry=entry, device="Phone", person="ada@example.org", **fields)


class Bin:
    """The server's side."""

    def __init__(self, daemon: FakeDaemon, entries: list[DeletedEntry]) -> None:
        self.entries = entries
        self.restored: list[RestoreRequest] = []
        self.refuses: dict[str, str] = {}
        self.may_restore = threading.Event()
        self.may_restore.set()
        daemon.answer_server(DELETED, self.page)
        daemon.answer_server(RESTORE, self.restore)

    def page(self, request: DeletedRequest, _: object) -> Page:
        before = 2**60 if request.before is None else request.before
        rest = [each for each in self.entries if each.entry.seq < before]
        page = rest[: request.limit]
        return Page(entries=page, before=page[-1].entry.seq if page else 1, complete=len(rest) <= request.limit)

    def restore(self, request: RestoreRequest, _: object) -> Restored:
        assert self.may_restore.wait(10)
        self.restored.append(request)
        if request.path in self.refuses:
            raise Refused("no", self.refuses[request.path], 404)
        self.entries = [each for each in self.entries if each.entry.path != request.path]
        return Restored(path=request.path, revisions=1, files=1)


def shown(qtbot: QtBot, session: Session) -> tuple[DeletedPage, QTableView]:
    page = DeletedPage(session)
    qtbot.addWidget(page)
    page.resize(900, 600)
    page.show()
    view = page.findChild(QTableView)
    assert view is not None
    return page, view


def names(view: QTableView) -> list[str]:
    model = view.model()
    return [model.index(at, 0).data() for at in range(model.rowCount())]


def choose(view: QTableView, *rows: int) -> None:
    for at in rows:
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        view.selectionModel().select(view.model().index(at, 0), flags)


def the_button(page: DeletedPage, text: str) -> QPushButton:
    return next(each for each in page.findChildren(QPushButton) if each.text() == text)


def test_it_tells_what_was_where_when_and_by_which_device(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    Bin(
        daemon,
        [deleted(9, "Photos/Lisbon", Kind.FOLDER), deleted(5, "evil\u202egpj"), deleted(3, "a", expired=True)],
    )
    _, view = shown(qtbot, session)
    qtbot.waitUntil(lambda: names(view) == ["Lisbon", "evil\\u{202e}gpj", "a"])
    model = view.model()
    assert [model.index(0, at).data() for at in (1, 3, 4)] == ["Photos", "Phone", ""]
    assert model.index(1, 4).data() == "3.1 MB"
    assert model.index(2, 4).data() == "Not kept"
    assert not model.index(2, 0).flags() & Qt.ItemFlag.ItemIsSelectable
    assert "not kept any more" in model.index(2, 0).data(Qt.ItemDataRole.ToolTipRole)


def test_more_comes_as_one_scrolls_and_the_last_is_reached(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    Bin(daemon, [deleted(seq, f"f{seq}") for seq in range(3_000, 0, -1)])
    _, view = shown(qtbot, session)
    qtbot.waitUntil(lambda: view.model().rowCount() == 200)

    def scrolled_to_the_end() -> bool:
        view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
        return view.model().rowCount() == 3_000

    qtbot.waitUntil(scrolled_to_the_end)
    assert names(view)[-1] == "f1"


def test_a_name_is_found_however_far_back(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    Bin(daemon, [deleted(seq, f"f{seq}") for seq in range(1_000, 1, -1)] + [deleted(1, "Thesis.odt")])
    page, view = shown(qtbot, session)
    qtbot.waitUntil(lambda: view.model().rowCount() == 200)
    search = page.findChild(QLineEdit)
    assert search is not None
    search.setText("thesis")
    qtbot.waitUntil(lambda: names(view) == ["Thesis.odt"])
    search.setText("nothing like it")
    assert "Nothing deleted has “nothing like it” in its name" in said_on(page)
    the_button(page, "Show all").click()
    assert view.model().rowCount() == 1_000


def test_what_is_chosen_is_restored_and_can_be_shown(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    server = Bin(daemon, [deleted(9, "Photos/Lisbon", Kind.FOLDER), deleted(5, "b"), deleted(3, "c")])
    page, view = shown(qtbot, session)
    qtbot.waitUntil(lambda: view.model().rowCount() == 3)
    choose(view, 0, 2)
    with qtbot.waitSignal(session.said) as toast:
        the_button(page, "Restore 2 items").click()
    assert [(request.path, request.revision_id) for request in server.restored] == [
        ("Photos/Lisbon", None),
        ("c", bytes(16)),
    ]
    assert names(view) == ["b"]
    assert toast.args is not None
    assert toast.args[:2] == ["2 items are back.", "Show"]
    with qtbot.waitSignal(page.wants_path) as path:
        toast.args[2]()
    assert path.args == ["Photos/Lisbon"]


def test_restoring_shows_how_far_it_is_and_can_be_stopped(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    server = Bin(daemon, [deleted(seq, f"f{seq}") for seq in range(5, 0, -1)])
    page, view = shown(qtbot, session)
    qtbot.waitUntil(lambda: view.model().rowCount() == 5)
    server.may_restore.clear()
    choose(view, 0, 1, 2, 3, 4)
    the_button(page, "Restore 5 items").click()
    bar = page.findChild(QProgressBar)
    assert bar is not None
    assert bar.isVisible()
    assert bar.maximum() == 5
    with qtbot.waitSignal(session.said) as toast:
        the_button(page, "Stop restoring").click()
        server.may_restore.set()
    assert toast.args is not None
    assert toast.args[0] == "f5 is back. 4 items were left deleted."
    assert names(view) == ["f4", "f3", "f2", "f1"]
    assert not bar.isVisible()


def test_what_cannot_come_back_stays_listed_and_it_is_said_why(
    qtbot: QtBot, daemon: FakeDaemon, session: Session
) -> None:
    server = Bin(daemon, [deleted(2, "a"), deleted(1, "b")])
    server.refuses["a"] = "quota-exceeded"
    page, view = shown(qtbot, session)
    qtbot.waitUntil(lambda: view.model().rowCount() == 2)
    choose(view, 0, 1)
    with qtbot.waitSignal(session.said) as toast:
        the_button(page, "Restore 2 items").click()
    assert toast.args is not None
    assert toast.args[0].startswith("b is back. a did not come back: There is no room left")
    assert names(view) == ["a"]


def test_what_is_deleted_meanwhile_comes_in_and_the_chosen_stay_chosen(
    qtbot: QtBot, daemon: FakeDaemon, session: Session
) -> None:
    server = Bin(daemon, [deleted(seq, f"f{seq}") for seq in range(300, 0, -1)])
    _, view = shown(qtbot, session)
    qtbot.waitUntil(lambda: view.model().rowCount() == 200)
    choose(view, 1)
    server.entries = [deleted(301, "new"), *server.entries[2:]]
    session.tree_changed.emit()
    qtbot.waitUntil(lambda: names(view)[0] == "new")
    assert names(view)[1] == "f298"
    assert view.selectionModel().selectedRows() == []
    choose(view, 1)
    server.entries = [deleted(302, "newer"), *server.entries]
    session.tree_changed.emit()
    qtbot.waitUntil(lambda: names(view)[0] == "newer")
    assert [index.data() for index in view.selectionModel().selectedRows()] == ["f298"]


@pytest.mark.parametrize(("code", "says"), [("unreachable", "The server cannot be reached")])
def test_without_a_server_it_says_so_and_looks_again(
    qtbot: QtBot, daemon: FakeDaemon, session: Session, code: str, says: str
) -> None:
    def refuse(*_: object) -> None:
        raise Refused("gone", code, 503)

    daemon.answer_server(DELETED, refuse)
    page, view = shown(qtbot, session)
    qtbot.waitUntil(lambda: says in said_on(page))
    Bin(daemon, [deleted(1, "a")])
    the_button(page, "Try again").click()
    qtbot.waitUntil(lambda: names(view) == ["a"])
    assert view.isVisible()


def test_an_empty_place_says_what_would_be_here(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    Bin(daemon, [])
    page, _ = shown(qtbot, session)
    qtbot.waitUntil(lambda: "can be brought back from here" in said_on(page))


def test_where_there_is_little_room_the_name_keeps_its_own(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    Bin(daemon, [deleted(1, "a")])
    page, view = shown(qtbot, session)
    qtbot.waitUntil(lambda: view.model().rowCount() == 1)
    assert not any(view.isColumnHidden(column) for column in range(5))
    page.resize(400, 600)
    qtbot.waitUntil(lambda: [column for column in range(5) if view.isColumnHidden(column)] == [1, 3, 4])
    assert view.columnWidth(0) > 140
    page.resize(900, 600)
    qtbot.waitUntil(lambda: not any(view.isColumnHidden(column) for column in range(5)))


def test_what_is_on_its_way_back_is_not_asked_for_twice(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    """The second time it would be refused, as nothing that was deleted is there."""
    server = Bin(daemon, [deleted(2, "Photos", Kind.FOLDER), deleted(1, "b")])
    page, view = shown(qtbot, session)
    qtbot.waitUntil(lambda: view.model().rowCount() == 2)
    server.may_restore.clear()
    for rows in ((0, 1), (0,), (1,)):
        choose(view, *rows)
        next(each for each in page.findChildren(QPushButton) if each.text().startswith("Restore ")).click()
    with qtbot.waitSignal(session.said) as toast:
        server.may_restore.set()
    assert [request.path for request in server.restored] == ["Photos", "b"]
    assert toast.args is not None
    assert toast.args[0] == "2 items are back."
    assert names(view) == []


def test_while_the_server_hangs_it_says_so_and_asks_again(
    qtbot: QtBot, daemon: FakeDaemon, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.views.pieces.PATIENCE_MS", 20)
    end = threading.Event()

    def hang(*_: object) -> Page:
        assert end.wait(10)
        return Page(entries=[deleted(1, "late")], before=1, complete=True)

    daemon.answer_server(DELETED, hang)
    page, view = shown(qtbot, session)
    qtbot.waitUntil(lambda: "takes long to answer" in said_on(page))
    Bin(daemon, [deleted(2, "a")])
    the_button(page, "Try again").click()
    qtbot.waitUntil(lambda: names(view) == ["a"])
    answered: list[object] = []
    session.background.run(end.set, answered.append, owner=session, lane="server")
    qtbot.waitUntil(lambda: bool(answered))
    assert names(view) == ["a"]


@pytest.mark.parametrize("code", ["no-daemon", "unreachable"])
def test_without_an_answer_the_rest_is_left_and_nothing_is_said_that_nobody_knows(
    qtbot: QtBot, daemon: FakeDaemon, session: Session, code: str
) -> None:
    server = Bin(daemon, [deleted(seq, f"f{seq}") for seq in (3, 2, 1)])
    server.refuses["f2"] = code
    page, view = shown(qtbot, session)
    qtbot.waitUntil(lambda: view.model().rowCount() == 3)
    choose(view, 0, 1, 2)
    with qtbot.waitSignal(session.said) as toast:
        the_button(page, "Restore 3 items").click()
    assert toast.args is not None
    why = sentence(code)
    assert toast.args[0] == f"f3 is back. f2 may not have come back: {why} 1 item was left deleted."
    assert [request.path for request in server.restored] == ["f3", "f2"]


def test_what_could_not_be_shown_is_when_the_server_is_back(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    def refuse(*_: object) -> None:
        raise Refused("gone", "unreachable", 503)

    daemon.answer_server(DELETED, refuse)
    daemon.set_state(msgspec.structs.replace(daemon.state, state="offline", reason="unreachable"))
    with qtbot.waitSignal(session.tree_changed):  # for the daemon's coming
        session.start()
    page, view = shown(qtbot, session)
    qtbot.waitUntil(lambda: "cannot be shown now" in said_on(page))
    Bin(daemon, [deleted(1, "a")])
    daemon.set_state(msgspec.structs.replace(daemon.state, state="in-step", reason=""))
    qtbot.waitUntil(lambda: names(view) == ["a"])
