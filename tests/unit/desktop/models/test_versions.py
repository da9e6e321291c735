"""Which versions a file had, and going back to one."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QDateTime
from pytestqt.qtbot import QtBot

from desktop.models import versions
from desktop.models.versions import Versions
from desktop.session import Session
from server_api.contract.history import History, HistoryRequest
from server_api.contract.restoring import Restored, RestoreRequest
from sync_engine.control.questions import RESTORE, VERSIONS
from tests.fakes.daemon import FakeDaemon
from tests.unit.desktop.examples import at, version


@pytest.fixture
def model(session: Session) -> Versions:
    return Versions(session, session)


def test_older_versions_come_page_by_page(qtbot: QtBot, daemon: FakeDaemon, model: Versions) -> None:
    asked: list[HistoryRequest] = []

    def answer(request: HistoryRequest, _: Any) -> History:
        asked.append(request)
        if request.after is None:
            return History(versions=[version(3, is_current=True), version(2)], complete=False)
        return History(versions=[version(1)], complete=True)

    daemon.answer_server(VERSIONS, answer)
    with qtbot.waitSignal(model.changed):
        model.follow("a.txt")
    assert len(model.entries) == 2
    with qtbot.waitSignal(model.changed):
        model.more()
    assert [each.seq for each in model.entries] == [3, 2, 1]
    assert model.is_complete
    assert asked[0].of_file
    assert asked[1].after == version(2).revision_id


def test_an_answer_about_an_earlier_choice_is_dropped(qtbot: QtBot, daemon: FakeDaemon, model: Versions) -> None:
    def answer(request: HistoryRequest, _: Any) -> History:
        return History(versions=[version(1 if request.path == "slow" else 2)])

    daemon.answer_server(VERSIONS, answer)
    model.follow("slow")
    late = model.of_now(model.entries.clear)
    with qtbot.waitSignal(model.changed):
        model.follow("fast")
    late()
    qtbot.waitUntil(lambda: len(daemon.asked) == 2)
    assert [each.seq for each in model.entries] == [2]


def test_a_restored_version_can_be_taken_back(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    model = Versions(session, session)
    restored: list[RestoreRequest] = []

    def restore(request: RestoreRequest, _: Any) -> Restored:
        restored.append(request)
        return Restored(path=request.path, revisions=1)

    daemon.answer_server(VERSIONS, lambda *_: History(versions=[version(2, is_current=True), version(1)]))
    daemon.answer_server(RESTORE, restore)
    with qtbot.waitSignal(model.changed):
        model.follow("notes/a.txt")
    with qtbot.waitSignal(session.said) as said, qtbot.waitSignal(model.changed):
        model.restore(model.entries[1])
    text, button, undo = said.args
    assert text.startswith("“a.txt” is as it was ")
    assert button == "Undo"
    with qtbot.waitSignal(session.said):
        undo()
    assert [each.revision_id for each in restored] == [version(1).revision_id, version(2).revision_id]


def test_a_file_that_was_renamed_meanwhile_is_told_by_its_name_now(
    qtbot: QtBot, daemon: FakeDaemon, session: Session
) -> None:
    model = Versions(session, session)
    daemon.answer_server(VERSIONS, lambda *_: History(versions=[version(2, is_current=True), version(1)]))
    daemon.answer_server(RESTORE, lambda *_: Restored(path="notes/b.txt", revisions=1))
    with qtbot.waitSignal(model.changed):
        model.follow("notes/a.txt")
    with qtbot.waitSignal(session.said) as said:
        model.restore(model.entries[1])
    assert said.args[0].startswith("“b.txt” is as it was ")


def test_a_failure_is_kept_to_be_shown(qtbot: QtBot, model: Versions) -> None:
    with qtbot.waitSignal(model.changed):
        model.follow("gone.txt")
    assert model.failure is not None
    assert model.failure.code == "not-found"


def test_a_version_is_told_by_day_and_time() -> None:
    now = QDateTime.fromMSecsSinceEpoch(at(day=28, hour=12))
    assert versions.moment(at(day=28, hour=10, minute=42), now=now).startswith("Today 10:42")
    assert versions.moment(at(day=28, hour=10, minute=42), in_sentence=True, now=now).startswith("today 10:42")
    assert versions.moment(at(day=27, hour=18), now=now).startswith("Yesterday ")
    assert versions.moment(at(day=1, hour=9), now=now).startswith("1 Nov ")


def test_a_saved_version_has_its_time_in_its_name() -> None:
    entry = version(1, created_at=at(day=3, hour=9, minute=5))
    assert versions.file_name("notes/report.docx", entry) == "report 2026-11-03 09.05.docx"


def test_a_device_name_of_direction_marks_is_harmless() -> None:
    assert "\u202e" not in versions.about(version(1, device="La\u202eptop"))
