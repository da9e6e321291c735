"""Making and changing links."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QDate
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.session import Session
from desktop.views.edit_share_dialog import EditShareDialog
from desktop.views.link_acts import LinkRow
from desktop.views.share_dialog import ShareDialog
from server_api.contract.messages import Kind
from server_api.contract.shares import CreateShare, EditShare, Share, Shares
from sync_engine.control.questions import EDIT_SHARE, SHARE, SHARES
from sync_engine.errors import Refused
from tests.fakes.daemon import FakeDaemon
from tests.unit.desktop.examples import at, share, version


@pytest.fixture
def made(daemon: FakeDaemon) -> list[CreateShare]:
    """What was asked for."""
    asked: list[CreateShare] = []

    def make(request: CreateShare, _: Any) -> Share:
        asked.append(request)
        return share(7, path=request.path, has_password=bool(request.password), reach="network")

    daemon.answer_server(SHARES, lambda *_: Shares(shares=[share(1, path="a.txt")]))
    daemon.answer_server(SHARE, make)
    return asked


def opened(qtbot: QtBot, session: Session, path: str, kind: str = "file") -> ShareDialog:
    dialog = ShareDialog(session, path, kind)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_a_link_is_made_and_copied(qtbot: QtBot, session: Session, made: list[CreateShare]) -> None:
    dialog = opened(qtbot, session, "b.txt")
    dialog.make.click()
    qtbot.waitUntil(dialog.made.isVisible)
    assert made == [CreateShare(path="b.txt")]
    assert QGuiApplication.clipboard().text() == share(7).url
    assert dialog.url.text() == share(7).url
    assert "network only" in dialog.made_warning.text()
    assert not dialog.password.isVisible()


def test_a_link_is_made_as_it_was_wished(qtbot: QtBot, session: Session, made: list[CreateShare]) -> None:
    dialog = opened(qtbot, session, "b.txt")
    form = dialog.form
    form.expires.setCurrentIndex(form.expires.findData("date"))
    form.date.setDate(QDate.currentDate().addDays(3))
    form.has_password.setChecked(True)
    form.make_password.click()
    form.limit.setValue(5)
    form.title.setText("Plans")
    form.pinned.setChecked(True)
    dialog.make.click()
    qtbot.waitUntil(dialog.made.isVisible)
    (request,) = made
    assert (request.limit, request.title, request.pinned, request.view_only) == (5, "Plans", True, False)
    assert request.password == dialog.password.text()
    assert request.expires_at is not None
    assert request.expires_at > at(day=1)


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_the_keyboard_is_at_the_first_choice_whether_links_are_known_or_not(
    qtbot: QtBot, session: Session, made: list[CreateShare], kind: str
) -> None:
    for _ in range(2):
        dialog = opened(qtbot, session, "a.txt", kind)
        qtbot.waitUntil(dialog.existing.isVisible)
        assert dialog.focusWidget() is (dialog.form.download if kind == "folder" else dialog.form.expires)
        dialog.close()


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_nothing_of_the_form_becomes_a_window_of_its_own(
    qtbot: QtBot, session: Session, made: list[CreateShare], kind: str
) -> None:
    editing = EditShareDialog(session, share(1))
    qtbot.addWidget(editing)
    editing.show()
    dialog = opened(qtbot, session, "b.txt", kind)
    assert {each for each in QApplication.topLevelWidgets() if each.isVisible()} == {dialog, editing}


def test_a_file_without_links_is_no_trouble_to_qt(
    qtbot: QtBot, qtlog: Any, session: Session, made: list[CreateShare]
) -> None:
    opened(qtbot, session, "b.txt")
    assert [each.message for each in qtlog.records if "Negative" in each.message] == []


def test_one_version_is_shared(qtbot: QtBot, session: Session, made: list[CreateShare]) -> None:
    old = version(1)
    dialog = ShareDialog(session, "b.txt", "file", version=old)
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.form.pinned.isVisible()
    dialog.make.click()
    qtbot.waitUntil(dialog.made.isVisible)
    assert made == [CreateShare(path="b.txt", version_id=old.revision_id)]


def test_an_empty_password_is_not_taken_for_none(qtbot: QtBot, session: Session, made: list[CreateShare]) -> None:
    dialog = opened(qtbot, session, "b.txt")
    dialog.form.has_password.setChecked(True)
    dialog.make.click()
    assert "Type a password" in dialog.error.text()
    assert made == []


def test_others_may_add_files_to_a_folder(qtbot: QtBot, session: Session, made: list[CreateShare]) -> None:
    dialog = opened(qtbot, session, "Photos", "folder")
    assert dialog.form.later.isVisible()
    assert not dialog.form.max_all.isVisible()
    dialog.form.upload.setChecked(True)
    dialog.form.max_all.setValue(200)
    assert not dialog.form.later.isVisible()
    assert not dialog.form.view_only.isVisible()
    dialog.make.click()
    qtbot.waitUntil(dialog.made.isVisible)
    assert made == [CreateShare(path="Photos", upload=True, max_bytes=200_000_000)]


def test_links_that_there_are_come_first(qtbot: QtBot, session: Session, made: list[CreateShare]) -> None:
    dialog = opened(qtbot, session, "a.txt")
    qtbot.waitUntil(dialog.existing.isVisible)
    assert [row.share for row in dialog.findChildren(LinkRow)] == [share(1, path="a.txt")]
    assert not dialog.banner.isVisible()


def test_why_no_link_was_made_is_said(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    def refuse(*_: Any) -> Share:
        raise Refused("There are 10,000 links already; withdraw some.", "a-new-code", 507)

    daemon.answer_server(SHARE, refuse)
    dialog = opened(qtbot, session, "b.txt")
    dialog.make.click()
    qtbot.waitUntil(dialog.error.isVisible)
    assert dialog.make.isEnabled()


def test_a_change_says_only_what_is_different(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    edits: list[EditShare] = []

    def edit(request: EditShare, _: Any) -> Share:
        edits.append(request)
        return share(1)

    daemon.answer_server(EDIT_SHARE, edit)
    was = share(1, has_password=True, limit=5, expires_at=at(day=30, month=12), kind=Kind.FOLDER)
    dialog = EditShareDialog(session, was)
    dialog.show()
    dialog.form.limit.setValue(0)
    with qtbot.waitSignal(dialog.accepted):
        dialog.change.click()
    assert edits == [EditShare(limit=None)]


def test_a_dialog_that_changes_nothing_asks_nothing(qtbot: QtBot, daemon: FakeDaemon, session: Session) -> None:
    dialog = EditShareDialog(session, share(1, has_password=True))
    dialog.show()
    with qtbot.waitSignal(dialog.accepted):
        dialog.change.click()
    assert daemon.asked == []


def test_a_link_is_made_though_the_dialog_is_closed_meanwhile(
    qtbot: QtBot, session: Session, made: list[CreateShare]
) -> None:
    dialog = ShareDialog(session, "b.txt", "file")
    dialog.show()
    dialog.make.click()
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()
    qtbot.waitUntil(lambda: len(made) == 1)
