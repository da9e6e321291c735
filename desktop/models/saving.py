"""A version's content on its way into a file: to look at, or to keep."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.daemon import Failure
from desktop.models.acts import free_names
from desktop.session import Session
from sync_engine.control import messages as control


class Saving(QObject):
    """One at a time: beginning another ends the one before.

    Signals:
        progressed: bytes that are there, and bytes in all.
        ended: it is there, was stopped, or failed.
    """

    progressed = Signal(object, object)
    ended = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._stop: threading.Event | None = None

    @property
    def is_running(self) -> bool:
        return self._stop is not None

    def begin(
        self,
        path: str,
        revision_id: bytes | None,
        then: Callable[[Path], object],
        otherwise: Callable[[Failure], None],
        *,
        target: Path | None = None,
    ) -> None:
        """``then`` gets where it is. Neither is called if it is stopped, or another one begins."""
        self.stop()
        stop = self._stop = threading.Event()
        saved: list[Path] = []

        def each(answer: control.Answer) -> None:
            if stop.is_set():
                return
            if isinstance(answer, control.Saving):
                self.progressed.emit(answer.done_bytes, answer.size_bytes)
            elif isinstance(answer, control.Saved):
                saved.append(Path(answer.path))

        def done() -> None:
            if self._end(stop) and saved:
                then(saved[0])

        def failed(failure: Failure) -> None:
            if self._end(stop):
                otherwise(failure)

        request = control.SaveContent(path, revision_id, None if target is None else str(target))
        self._session.daemon.stream(request, each, done, failed, owner=self, until=stop)

    def save(
        self,
        path: str,
        revision_id: bytes | None,
        target: Path,
        then: Callable[[Path], object],
        otherwise: Callable[[Failure], None],
    ) -> None:
        """The same to a file that stays; where the name is taken, it is numbered."""
        self.stop()
        waiting = self._stop = threading.Event()

        def begin(free: Path) -> None:
            if not waiting.is_set():
                self.begin(path, revision_id, then, otherwise, target=free)

        self._session.background.run(lambda: free_name(target), begin, owner=self)

    def stop(self) -> None:
        if self._stop is not None:
            self._stop.set()
            self._stop = None
            self.ended.emit()

    def _end(self, stop: threading.Event) -> bool:
        """Whether it was the one that runs."""
        if self._stop is not stop:
            return False
        self._stop = None
        self.ended.emit()
        return True


def free_name(wanted: Path) -> Path:
    """Itself, or numbered: nothing that is there is replaced."""
    return next((name for name in free_names(wanted.parent, wanted.name) if not os.path.lexists(name)), wanted)
