"""What happened: on any device or on this one, by day, and where to find it."""

from __future__ import annotations

from typing import Any

import msgspec
from PySide6.QtCore import QDate, QDateTime, QTime
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QTableView
from pytestqt.qtbot import QtBot

from desktop.models.activity import day_title
from desktop.session import Session
from desktop.views.activity_page import ActivityPage
from server_api.contract.devices import Device, Devices
from server_api.contract.history import ActivityEntry, ActivityRequest, What
from server_api.contract.history import ActivityPage as Answer
from server_api.contract.messages import Kind
from sync_engine.control import messages as control
from sync_engine.control.questions import ACTIVITY, DEVICES
from sync_engine.errors import Refused
from sync_engine.ports import Activity
from tests.fakes.daemon import FakeDaemon
from tests.unit.desktop.seen import said_on

TODAY = QDateTime(QDate.currentDate(), QTime(12, 0)).toMSecsSinceEpoch()
DAY = 86_400_000


def entry(seq: int, path: str, what: What = What.EDITED, **fields: Any) -> ActivityEntry:
    usual: dict[str, Any] = {"at": TODAY, "kind": Kind.FILE, "device": "Phone", "person": "ada@example.org"}
    return ActivityEntry(
        seq=seq, what=what, path=path, node_id=seq.to_bytes(16, "big"), revision_id=bytes(16), **(usual | fields)
    )


class Log:
    def __init__(self, daemon: FakeDaemon, entries: list[ActivityEntry]) -> None:
        self.entries = entries
        self.asked: list[ActivityRequest] = []
        daemon.answer_server(ACTIVITY, self.page)
        device = Device(device_id=b"p" * 16, name="Phone", created_at=0, last_seen_at=0, is_current=False)
        gone = msgspec.structs.replace(device, name="Old phone", revoked_at=1)
        daemon.answer_server(DEVICES, lambda *_: Devices(devices=[device, gone]))

    def page(self, request: ActivityRequest, _: object) -> Answer:
        self.asked.append(request)
        if request.path == "Nowhere":
            raise Refused("no", "not-found", 404)
        before = request.before or 2**60
        rest = [each for each in self.entries if each.seq < before and each.path.startswith(request.path)]
        page = rest[: request.limit]
        return Answer(entries=page, before=page[-1].seq if page else 1, complete=len(rest) <= request.limit)


def shown(qtbot: QtBot, session: Session) -> ActivityPage:
    page = ActivityPage(session)
    qtbot.addWidget(page)
    page.resize(900, 600)
    page.show()
    return page


def rows(page: ActivityPage) -> list[list[str]]:
    for view in page.findChildren(QTableView):
        if view.isVisible():
            model = view.model()
            return [[model.index(at, c).data() or "" for c in range(3)] for at in range(model.rowCount())]
    return []


def press(page: ActivityPage, text: str) -> None:
    next(each for each in page.findChildren(QPushButton) if each.text() == text).click()


def test_what_happened_is_told_by_day_with_who_and_where(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    Log(
        daemon,
        [
            entry(9, "Photos/a.jpg", What.ADDED, count=12, paths=["Photos/b.jpg"]),
            entry(8, "b\u202e.txt", What.RENAMED, was_path="c.txt"),
            entry(7, "d.txt", What.DELETED, at=TODAY - DAY, device="", person=""),
        ],
    )
    page = shown(qtbot, session)
    qtbot.waitUntil(lambda: len(rows(page)) == 5)
    assert rows(page) == [
        ["Today", "", ""],
        ["Added", "Photos/a.jpg and 11 more", "Phone"],
        ["Renamed", "b\\u{202e}.txt, before: c.txt", "Phone"],
        ["Yesterday", "", ""],
        ["Deleted", "d.txt", "the server’s operator"],
    ]
    view = next(each for each in page.findChildren(QTableView) if each.isVisible())
    assert [view.columnSpan(at, 0) for at in range(5)] == [4, 1, 1, 4, 1]


def test_a_click_leads_to_where_it_happened(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    Log(daemon, [entry(9, "Photos/a.jpg"), entry(7, "Letters/d.txt", What.DELETED)])
    page = shown(qtbot, session)
    qtbot.waitUntil(lambda: len(rows(page)) == 3)
    view = next(each for each in page.findChildren(QTableView) if each.isVisible())
    with qtbot.waitSignal(page.wants_path) as path:
        view.clicked.emit(view.model().index(1, 0))
    assert path.args == ["Photos/a.jpg"]
    with qtbot.waitSignal(page.wants_path) as path:
        view.clicked.emit(view.model().index(2, 0))
    assert path.args == ["Letters"], "of what is deleted, where it was"
    with qtbot.assertNotEmitted(page.wants_path):
        view.clicked.emit(view.model().index(0, 0))


def test_it_can_be_asked_of_one_place_or_one_device(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    log = Log(daemon, [entry(9, "Photos/a.jpg"), entry(7, "Letters/d.txt")])
    page = shown(qtbot, session)
    qtbot.waitUntil(lambda: len(rows(page)) == 3)
    field, who = page.findChild(QLineEdit), page.findChild(QComboBox)
    assert field is not None
    assert who is not None
    field.setText("Letters/")
    field.returnPressed.emit()
    qtbot.waitUntil(lambda: [row[1] for row in rows(page)] == ["", "Letters/d.txt"])
    qtbot.waitUntil(lambda: who.count() == 2)
    who.setCurrentIndex(1)
    qtbot.waitUntil(lambda: log.asked[-1].device_id == b"p" * 16)
    field.setText("Nowhere")
    field.returnPressed.emit()
    qtbot.waitUntil(lambda: "There is no “Nowhere”" in said_on(page))
    press(page, "Show all")
    qtbot.waitUntil(lambda: len(rows(page)) == 3)
    assert log.asked[-1].device_id is None


def test_where_several_people_work_one_can_be_asked_for(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    log = Log(daemon, [entry(9, "a"), entry(7, "b", person="grace@example.org")])
    page = shown(qtbot, session)
    who = page.findChild(QComboBox)
    assert who is not None
    qtbot.waitUntil(lambda: who.findText("grace@example.org") > 0)
    who.setCurrentText("grace@example.org")
    qtbot.waitUntil(lambda: log.asked[-1].person == "grace@example.org")


def test_this_devices_own_notes_are_told_too(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    Log(daemon, [])
    same = Activity(TODAY, "create-here", "Photos/a.jpg")
    daemon.answers[control.GetActivity] = control.Activities(
        [same, same, Activity(TODAY - DAY, "from-tomorrow", "x"), Activity(TODAY - 2 * DAY, "delete", "Letters/d")]
    )
    page = shown(qtbot, session)
    qtbot.waitUntil(lambda: "Nothing has happened yet" in said_on(page))
    press(page, "On this device")
    qtbot.waitUntil(lambda: len(rows(page)) == 7)
    assert rows(page)[1:5] == [
        ["Arrived", "Photos/a.jpg", ""],
        ["Arrived", "Photos/a.jpg", ""],
        ["Yesterday", "", ""],
        ["from-tomorrow", "x", ""],
    ]
    field = page.findChild(QLineEdit)
    assert field is not None
    field.setText("letters")
    field.returnPressed.emit()
    assert [row[0] for row in rows(page)][1:] == ["Deleted here"]


def test_without_a_server_it_says_so(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    def refuse(*_: object) -> None:
        raise Refused("gone", "unreachable", 503)

    daemon.answer_server(ACTIVITY, refuse)
    page = shown(qtbot, session)
    qtbot.waitUntil(lambda: "The server cannot be reached" in said_on(page))
    Log(daemon, [entry(9, "a")])
    press(page, "Try again")
    qtbot.waitUntil(lambda: len(rows(page)) == 2)


def test_days_have_names() -> None:
    today = QDate(2026, 5, 6)
    number = today.toJulianDay()
    assert day_title(number, today) == "Today"
    assert day_title(number - 1, today) == "Yesterday"
    assert day_title(number - 5, today) == "Friday, 1 May"
    assert day_title(number - 366, today) == "5 May 2025"
