"""What is known of the one item that a person has chosen: each choice begins anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop.daemon import Failure
from desktop.session import Session


class Following(QObject):
    """Asks about one path at a time; an answer about an earlier one is dropped.

    Signals:
        changed: there is something else to show.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self.session = session
        self.path = ""
        self.failure: Failure | None = None
        self.is_asking = False
        self._round = 0

    def begin(self, path: str) -> None:
        """Nobody waits any more for what was asked before."""
        self._round += 1
        self.path = path
        self.failure = None
        self.is_asking = True

    def of_now(self, call: Callable[..., None]) -> Callable[..., None]:
        """The same call, for as long as nothing else was chosen."""
        asked_in = self._round

        def call_if_wanted(*arguments: Any) -> None:
            if asked_in == self._round:
                call(*arguments)

        return call_if_wanted

    def fail(self, failure: Failure) -> None:
        self.is_asking = False
        self.failure = failure
        self.changed.emit()
