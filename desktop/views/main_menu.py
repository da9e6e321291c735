"""The window's small menu, and the key that opens others."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from desktop.integration.showing import open_with_its_program
from desktop.look.icons import icon
from desktop.models.own_server import open_web
from desktop.session import Session
from desktop.words import tr


def main_menu(window: QWidget, session: Session, prefer: Callable[[str], object], leave: Callable[[], object]) -> QMenu:
    """Goes when it closes. ``prefer`` opens a section of the preferences, and ``leave`` ends the application."""
    state, folder = session.state, session.folder
    pausing: tuple[str, str, Callable[[], object], bool] = ("pause", tr("Pause"), session.pause, state is not None)
    if state is not None and state.state == "paused":
        pausing = ("resume", tr("Resume"), session.resume, True)
    acts: list[tuple[str, str, Callable[[], object], bool]] = [
        ("settings", tr("Preferences…"), lambda: prefer(""), True),
        ("folder", tr("Open folder"), lambda: folder and open_with_its_program(folder), folder is not None),
        ("open", tr("Open in the browser"), lambda: open_web(session), session.profile is not None),
        pausing,
        ("info", tr("About Lockstep"), lambda: prefer("about"), True),
        ("quit", tr("Quit"), leave, True),
    ]
    menu = QMenu(window)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for name, words, does, is_possible in acts:
        action = menu.addAction(icon(name), words)
        action.setEnabled(is_possible)
        action.triggered.connect(lambda _=False, does=does: does())
    return menu


def ask_menu_of_focus(window: QWidget) -> None:
    """As the menu key does, which many keyboards lack: on Linux, Qt knows no other."""
    if (here := window.focusWidget()) is not None:
        at = QRectF(here.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle)).center().toPoint()
        asked = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, at, here.mapToGlobal(at))
        QApplication.sendEvent(here, asked)
