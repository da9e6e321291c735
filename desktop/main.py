"""The process of the tray and the window."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.screen import told_in_one_line
from desktop.words import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop.session import Session
    from desktop.views.window import MainWindow


def main(
    home: Path,
    *,
    show: str | None = None,
    versions: bool = False,
    in_tray: bool = False,
    until_input_ends: bool = False,
) -> int:
    """Run until the person quits; gives the exit status."""
    from PySide6.QtWidgets import QApplication

    from desktop.app import App, end_with_input, heed_signals
    from desktop.only_one import OnlyOne, Wanted

    with told_in_one_line():
        qt = QApplication(sys.argv[:1])
    qt.setApplicationName("Lockstep")
    qt.setDesktopFileName("lockstep")
    wanted = Wanted(None if show is None else str(Path(show).expanduser().absolute()), versions)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    only = OnlyOne(home)
    if not only.begin(wanted):
        return 0
    heed_signals(qt)
    if until_input_ends:
        end_with_input()
    app = App(qt, home, parts(home))
    only.asked.connect(app.show)
    app.start(wanted, in_tray=in_tray)
    app.session.background.run(partial(_tell_file_managers, home), lambda _: None, owner=app)
    status = qt.exec()
    only.close()
    if app.is_restarting:
        _become(home, until_input_ends=until_input_ends)
    return status


def _become(home: Path, *, until_input_ends: bool) -> None:
    """The same program anew, for whoever started this process still the same one."""
    from desktop.commands import program

    command = program(home, "desktop", *(["--until-input-ends"] if until_input_ends else []))
    os.execv(command[0], command)  # noqa: S606 - a shell has no part in it


def parts(home: Path) -> Any:
    """Of the application, as people have it: each is loaded when it is needed."""
    from desktop.app import Parts

    return Parts(
        window=_window,
        tray=_tray,
        notifications=_notifications,
        first_run=_first_run,
        preferences=_Preferences(),
        is_linked=partial(_is_linked, home),
        start_daemon=partial(_start_daemon, home),
    )


def _tell_file_managers(home: Path) -> None:
    from desktop.commands import program
    from desktop.integration.file_managers import Where, tell_those_for_all
    from sync_engine.control.address import socket_path

    tell_those_for_all(program(home), socket_path(home), Where.usual())


def _window(session: Session) -> MainWindow:
    from desktop.views.navigation import Entry
    from desktop.views.window import MainWindow

    return MainWindow(
        session,
        [
            Entry("shared", tr("Shared"), "link", _shares_page),
            Entry("conflicts", tr("Conflicts"), "conflict", _conflicts_page),
            Entry("deleted", tr("Deleted"), "trash", _deleted_page),
            Entry("activity", tr("Activity"), "activity", _activity_page),
            Entry("transfers", tr("Transfers"), "moving", _transfers_page),
            Entry("problems", tr("Problems"), "attention", _problems_page),
        ],
        _panel,
    )


def _shares_page(session: Session) -> Any:
    from desktop.views.shares_page import SharesPage

    return SharesPage(session)


def _conflicts_page(session: Session) -> Any:
    from desktop.views.conflicts_page import ConflictsPage

    return ConflictsPage(session)


def _deleted_page(session: Session) -> Any:
    from desktop.views.deleted_page import DeletedPage

    return DeletedPage(session)


def _activity_page(session: Session) -> Any:
    from desktop.views.activity_page import ActivityPage

    return ActivityPage(session)


def _transfers_page(session: Session) -> Any:
    from desktop.views.transfers_page import TransfersPage

    return TransfersPage(session)


def _problems_page(session: Session) -> Any:
    from desktop.views.problems_page import ProblemsPage

    return ProblemsPage(session)


def _panel(session: Session) -> QWidget:
    from desktop.views.panel import Panel

    return Panel(session)


def _tray(session: Session) -> Any:
    from desktop.tray import Tray

    return Tray(session)


def _notifications(session: Session, tray: Any) -> Any:
    from desktop.notifications import Notifications

    return Notifications(session, tray.icon)


def _first_run(session: Session) -> Any:
    from desktop.views.first_run import FirstRun

    return FirstRun(session)


class _Preferences:
    """One window of them."""

    def __init__(self) -> None:
        self._shown: Any = None

    def __call__(self, session: Session, section: str) -> None:
        if self._shown is None:
            from desktop.views.preferences import Preferences

            self._shown = Preferences(session)
        if section:
            self._shown.show_section(section)
        self._shown.show()
        self._shown.raise_()
        self._shown.activateWindow()


def _is_linked(home: Path) -> bool:
    from desktop.commands import is_linked

    return is_linked(home)


def _start_daemon(home: Path) -> str:
    from desktop.commands import start_daemon
    from desktop.sentences import sentence

    ended = start_daemon(home)
    return "" if ended.is_done else sentence(ended.code, ended.detail)
