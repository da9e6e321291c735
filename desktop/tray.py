"""The tray: how things are at a glance, and what people do most, in a menu."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMessageBox, QSystemTrayIcon

from desktop.integration.showing import open_with_its_program, show_in_file_manager
from desktop.look.questions import lay_out
from desktop.look.tray_icons import tray_icon
from desktop.models.tray_state import RECENT, Kind, recent_paths, tomorrow_morning, tray_state
from desktop.session import Session
from desktop.words import plain_label, short_name, tr, tr_n
from sync_engine.control import messages as control
from sync_engine.core.reports import EngineState

LOOK_AGAIN_MS: Final = 2_000
"""What is in the tray need not be as new as what is in a list."""
_LINES: Final = 200
_LONGEST_NAME: Final = 48
_LONGEST_TIP: Final = 120
"""Windows cuts what is longer."""


class Tray(QObject):
    """Made once, in the GUI thread; ``show`` it.

    Signals:
        wants_window, wants_preferences, wants_quit: the person does.
        wants_page: the window is to show this page: ``held``, ``conflicts`` or ``problems``.
        wants_path: the window is to show this path of the tree.
        wants_start: of the daemon, which is not there.
    """

    wants_window = Signal()
    wants_preferences = Signal()
    wants_quit = Signal()
    wants_page = Signal(str)
    wants_path = Signal(object)
    wants_start = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._kind: Kind | None = None
        self._recent: list[str] = []
        self._question: QMessageBox | None = None
        self.menu = QMenu()
        self._fill_menu()
        self.icon = QSystemTrayIcon(self)
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._activated)
        self.menu.aboutToHide.connect(self._look_soon)
        self._soon = QTimer(self, singleShot=True, interval=LOOK_AGAIN_MS)
        self._soon.timeout.connect(self._look)
        session.state_changed.connect(self._take_state)
        session.tree_changed.connect(self._look_soon)
        session.profile_changed.connect(self._look)
        session.link_changed.connect(lambda _: self._take_state(session.state))
        self._take_state(session.state)

    def show(self) -> None:
        """From now on, in whatever tray there is or comes."""
        self.icon.show()

    def close(self) -> None:
        self.icon.hide()

    def is_there(self) -> bool:
        return QSystemTrayIcon.isSystemTrayAvailable()

    def ask_to_quit(self) -> None:
        """At once, if nothing is on its way; else the person is asked first."""
        state = self._session.state
        pending = state.pending if state is not None and state.state != "paused" else 0
        if not pending:
            self.wants_quit.emit()
            return
        if self._question is not None:
            self._question.raise_()
            self._question.activateWindow()
            return
        question = QMessageBox(QMessageBox.Icon.NoIcon, tr("Quit Lockstep"), "")
        question.setText(tr_n("%n file is still on its way", "%n files are still on their way", pending))
        question.setInformativeText(
            tr("Syncing goes on in the background without tray and window. To stop that as well, pause it first.")
        )
        stay = question.addButton(tr("Stay here"), QMessageBox.ButtonRole.RejectRole)
        leave = question.addButton(tr("Quit, and go on syncing"), QMessageBox.ButtonRole.AcceptRole)
        question.setDefaultButton(stay)
        question.setEscapeButton(stay)
        lay_out(question)
        question.finished.connect(lambda _: self._answered(question, question.clickedButton() is leave))
        self._question = question
        question.open()

    def _answered(self, question: QMessageBox, is_leaving: bool) -> None:
        self._question = None
        question.deleteLater()
        if is_leaving:
            self.wants_quit.emit()

    # --- the menu -----------------------------------------------------------------------------------------------

    def _fill_menu(self) -> None:
        self._line = self.menu.addAction("")
        self._line.setEnabled(False)
        self._held = self._add("", lambda: self.wants_page.emit("held"))
        self._conflicts = self._add("", lambda: self.wants_page.emit("conflicts"))
        self._problems = self._add("", lambda: self.wants_page.emit("problems"))
        self.menu.addSeparator()
        self._window = self._add(tr("Open Lockstep"), self.wants_window.emit)
        self._folder = self._add(tr("Open folder"), self._open_folder)
        self._recent_menu = self.menu.addMenu(tr("Recent files"))
        self.menu.addSeparator()
        self._start = self._add(tr("Start syncing"), self.wants_start.emit)
        self._pause = self.menu.addMenu(tr("Pause"))
        self._pause.addAction(tr("For an hour")).triggered.connect(lambda: self._session.pause_for(3_600))
        self._pause.addAction(tr("Until tomorrow, 8:00")).triggered.connect(
            lambda: self._session.pause(tomorrow_morning())
        )
        self._pause.addAction(tr("Until I resume")).triggered.connect(lambda _=False: self._session.pause())
        self._resume = self._add(tr("Resume"), self._session.resume)
        self.menu.addSeparator()
        self._add(tr("Preferences…"), self.wants_preferences.emit)
        self._add(tr("Quit"), self.ask_to_quit)
        self.menu.setDefaultAction(self._window)

    def _add(self, text: str, does: Callable[[], object]) -> QAction:
        action = self.menu.addAction(text)
        action.triggered.connect(lambda _=False: does())
        return action

    def _fill_recent(self, paths: list[str]) -> None:
        if paths == self._recent:
            return
        self._recent = paths
        for gone in self._recent_menu.findChildren(QMenu):  # clearing leaves them where they are, out of sight
            gone.deleteLater()
        self._recent_menu.clear()
        acts: tuple[tuple[str, Callable[[str], object]], ...] = (
            (tr("Open"), self._open),
            (tr("Show in file manager"), self._select),
            (tr("Show in Lockstep"), self.wants_path.emit),
            (tr("Copy share link"), self._session.copy_link),
        )
        for path in paths:
            one = self._recent_menu.addMenu(plain_label(short_name(path.rpartition("/")[2], _LONGEST_NAME)))
            for words, does in acts:
                one.addAction(words).triggered.connect(lambda _=False, path=path, does=does: does(path))

    # --- what is shown ------------------------------------------------------------------------------------------

    def _take_state(self, state: EngineState | None) -> None:
        is_linked = self._session.is_linked
        told = tray_state(state, is_linked=is_linked)
        if told.kind != self._kind:
            self._kind = told.kind
            self.icon.setIcon(tray_icon(told.kind))
        self.icon.setToolTip(f"Lockstep: {told.line}"[:_LONGEST_TIP])
        self._line.setText(plain_label(told.title or told.line))
        state = state or EngineState(state="offline")
        is_there = self._session.is_there
        self._start.setVisible(not is_there)
        self._start.setText(tr("Start syncing") if is_linked else tr("Set up Lockstep…"))
        self._pause.menuAction().setVisible(is_there and state.state != "paused")
        self._resume.setVisible(is_there and state.state == "paused")
        self._recent_menu.menuAction().setVisible(is_there and bool(self._recent))
        self._held.setVisible(state.held > 0)
        self._held.setText(tr_n("Decide on %n held deletion…", "Decide on %n held deletions…", state.held))
        self._conflicts.setVisible(state.conflicts > 0)
        self._conflicts.setText(tr_n("Look at %n conflict…", "Look at %n conflicts…", state.conflicts))
        self._problems.setVisible(state.problems > 0)
        self._problems.setText(tr_n("Look at %n problem…", "Look at %n problems…", state.problems))
        self._folder.setEnabled(self._session.folder is not None)

    def _look_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _look(self) -> None:
        """Which files came last; not while somebody has the menu open, who would miss what he points at."""
        self._folder.setEnabled(self._session.folder is not None)
        if self._session.folder is not None and not self.menu.isVisible():
            self._session.daemon.ask(control.GetActivity(_LINES), self._take_activity, lambda _: None, owner=self)

    def _take_activity(self, happened: control.Activities) -> None:
        folder = self._session.folder
        if folder is None:
            return
        paths = recent_paths(happened, 10 * RECENT)
        self._session.background.run(lambda: _files_of(folder, paths), self._take_recent, owner=self)

    def _take_recent(self, paths: list[str]) -> None:
        if not self.menu.isVisible():
            self._fill_recent(paths)
            self._recent_menu.menuAction().setVisible(self._session.is_there and bool(paths))

    # --- what is done -------------------------------------------------------------------------------------------

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason == QSystemTrayIcon.ActivationReason.Trigger:
            self.wants_window.emit()

    def _open_folder(self) -> None:
        if self._session.folder is not None:
            open_with_its_program(self._session.folder)

    def _open(self, path: str) -> None:
        if (place := self._session.disk_path(path)) is not None:
            open_with_its_program(place)

    def _select(self, path: str) -> None:
        if (place := self._session.disk_path(path)) is not None:
            show_in_file_manager(place, self._session.background, self)


def _files_of(folder: Path, paths: list[str]) -> list[str]:
    """The first few that are files on the disk."""
    found = []
    for path in paths:
        try:
            is_file = stat.S_ISREG((folder / path).lstat().st_mode)
        except (OSError, ValueError):
            continue
        if is_file:
            found.append(path)
        if len(found) == RECENT:
            break
    return found
