"""A page of the window: one place that the list at its side leads to."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from desktop.session import Session


class Page(QWidget):
    """Looks at what it shows when it is shown, and again when that has changed while it is.

    Signals:
        wants_path: another page is to show this path: of a file or folder in the tree. Not a Qt string, which has no
            room for bytes that are no Unicode.
        wants_preferences: the person wants to see this section of them.
        wants_sign_in, wants_start: the person is to sign in again; the daemon is to run again.
    """

    wants_path = Signal(object)
    wants_preferences = Signal(str)
    wants_sign_in = Signal()
    wants_start = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._is_stale = True
        session.tree_changed.connect(self._changed)

    def look(self) -> None:
        """Ask for what is shown. Called in the GUI thread, while the page is visible."""
        raise NotImplementedError

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self._is_stale = False
            self.look()

    def _changed(self) -> None:
        if self.isVisible():
            self.look()
        else:
            self._is_stale = True
