"""Whether the profile is still linked: it may be unlinked by a command while the window is open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer

from desktop.session import Session
from sync_engine.core.reports import EngineState

LOOK_AGAIN_MS: Final = 2_000
"""The daemon ends first, and the profile forgets its link after that."""


class LinkWatch(QObject):
    """Looks as long as no daemon answers; ``Session.link_changed`` tells what it finds. ``is_linked`` may wait."""

    def __init__(self, session: Session, is_linked: Callable[[], bool]) -> None:
        super().__init__(session)
        self._session = session
        self._is_linked = is_linked
        self._again = QTimer(self, interval=LOOK_AGAIN_MS)
        self._again.timeout.connect(self._look)
        session.state_changed.connect(self._take)

    def _take(self, state: EngineState | None) -> None:
        if state is not None:
            self._again.stop()
        elif not self._again.isActive():
            self._again.start()
            self._look()

    def _look(self) -> None:
        self._session.background.run(self._is_linked, self._seen, owner=self)

    def _seen(self, is_linked: bool) -> None:
        if not self._session.is_there:
            self._session.take_link(is_linked=is_linked)
