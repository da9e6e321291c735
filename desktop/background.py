"""Work beside the GUI thread: a call goes to one of a few threads, what it gives comes back to the GUI thread."""

from __future__ import annotations

import gc
import logging
import queue
import threading
from collections.abc import Callable
from typing import Any, Final, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from shiboken6 import isValid

T = TypeVar("T")

THREADS: Final = 4
COLLECT_EVERY_MS: Final = 500
_log = logging.getLogger(__name__)


class Background(QObject):
    """A few threads. Made and used in the GUI thread; ``close`` before the application ends.

    From then on garbage is collected in the GUI thread alone: what is Qt's crashes when another thread destroys it.
    """

    _came = Signal(object)

    def __init__(self, parent: QObject | None = None, threads: int = THREADS) -> None:
        super().__init__(parent)
        self._waiting: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._is_closed = False
        self._closing = threading.Lock()
        self._came.connect(self._deliver)
        gc.disable()
        self._collects = QTimer(self, interval=COLLECT_EVERY_MS)
        self._collects.timeout.connect(_collect)
        self._collects.start()
        self._threads = [threading.Thread(target=self._work, name="background", daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def run(
        self,
        work: Callable[[], T],
        then: Callable[[T], None],
        otherwise: Callable[[Exception], None] | None = None,
        *,
        owner: QObject,
    ) -> None:
        """Call ``work`` in one of the threads, and ``then`` with what it gives in the GUI thread.

        Args:
            work: touches nothing of Qt but values, such as QImage.
            then: is not called if ``owner`` is gone by then.
            otherwise: gets what ``work`` raises; without it that goes to the log.
            owner: for whom it is done.
        """

        def call() -> None:
            try:
                result = work()
            except Exception as error:  # noqa: BLE001 - it belongs to whoever asked
                self.deliver(owner, _failed, otherwise, error)
            else:
                self.deliver(owner, then, result)

        self._waiting.put(call)

    def deliver(self, owner: QObject, call: Callable[..., None], *arguments: Any) -> None:
        """From any thread: call this in the GUI thread, soon, unless the owner is gone."""
        with self._closing:
            if not self._is_closed:
                self._came.emit((owner, call, arguments))

    def close(self) -> None:
        """What is under way is left to itself, and nobody hears of it any more."""
        self._collects.stop()
        with self._closing:
            self._is_closed = True
        for _ in self._threads:
            self._waiting.put(None)

    @Slot(object)
    def _deliver(self, what: tuple[QObject, Callable[..., None], tuple[Any, ...]]) -> None:
        owner, call, arguments = what
        if isValid(owner):
            call(*arguments)

    def _work(self) -> None:
        while (call := self._waiting.get()) is not None:
            if self._is_closed:
                return
            call()


def _collect() -> None:
    """As much as Python would by itself."""
    for generation, (count, limit) in reversed([*enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))]):
        if limit and count > limit:
            gc.collect(generation)
            return


def _failed(otherwise: Callable[[Exception], None] | None, error: Exception) -> None:
    if otherwise is not None:
        otherwise(error)
    else:
        _log.error("what went on beside the window failed", exc_info=error)
