"""Work beside the GUI thread: a call goes to one of a few threads, what it gives comes back to the GUI thread.

What waits for the server or the daemon, which may not answer, has threads of its own: nothing else waits behind it.
"""

from __future__ import annotations

import gc
import itertools
import logging
import queue
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Literal, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from shiboken6 import isValid

T = TypeVar("T")

Lane = Literal["here", "daemon", "server"]
THREADS: Final[dict[Lane, int]] = {"here": 4, "daemon": 3, "server": 4}
"""Whom the work waits for, and how many of it go on at once."""
SWITCH_S: Final = 0.0001
"""For so long at most the GUI thread waits for a thread that computes: it does so after each call of Qt's."""
COLLECT_EVERY_MS: Final = 500
ENDS_WITHIN_S: Final = 1.0
_EACH, _THEN, _OTHERWISE = "each", "then", "otherwise"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Errand:
    """What is done, for whom, and who hears of it. Held in the GUI thread for as long as it is under way."""

    work: Callable[..., Any]
    owner: QObject
    each: Callable[[Any], None] | None
    then: Callable[[Any], None]
    otherwise: Callable[[Exception], None] | None


@dataclass
class _Desk:
    """What the threads have: the numbers of errands. What is Qt's crashes when another thread than the GUI's destroys
    it, so that none of them may be the last to hold an errand, or anything else that leads to Qt."""

    waiting: dict[Lane, queue.SimpleQueue[int | None]] = field(
        default_factory=lambda: {lane: queue.SimpleQueue() for lane in THREADS}
    )
    errands: dict[int, _Errand] = field(default_factory=dict)
    speaking: threading.Lock = field(default_factory=threading.Lock)
    speak: Callable[[object], None] | None = None
    """``None`` once nobody listens any more."""

    def tell(self, number: int, what: str, value: Any) -> None:
        with self.speaking:
            if self.speak is not None:
                self.speak((number, what, value))


_left: Final[list[_Desk]] = []
"""Of what did not end in time: held until the process ends."""


class Background(QObject):
    """A few threads. Made and used in the GUI thread; ``close`` before the application ends.

    Until then garbage is collected in the GUI thread alone, for the reason that ``_Desk`` gives.
    """

    _came = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = _Desk(speak=self._came.emit)
        self._numbers = itertools.count()
        self._came.connect(self._hear)
        self._collected_anywhere = gc.isenabled()
        gc.disable()
        self._switched_after_s = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_S)
        self._collects = QTimer(self, interval=COLLECT_EVERY_MS)
        self._collects.timeout.connect(_collect)
        self._collects.start()
        self._threads = [
            threading.Thread(target=_work, args=(self._desk, lane), name="background", daemon=True)
            for lane, count in THREADS.items()
            for _ in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def run(
        self,
        work: Callable[[], T],
        then: Callable[[T], None],
        otherwise: Callable[[Exception], None] | None = None,
        *,
        owner: QObject,
        lane: Lane = "here",
    ) -> None:
        """Call ``work`` in one of the threads, and ``then`` with what it gives in the GUI thread.

        Args:
            work: touches nothing of Qt but values, such as QImage.
            then: is not called if ``owner`` is gone by then.
            otherwise: gets what ``work`` raises, without its traceback; without it that goes to the log.
            owner: for whom it is done.
            lane: for what it waits; nothing waits behind it in another one.
        """
        self._send(_Errand(work, owner, None, then, otherwise), lane)

    def run_telling(
        self,
        work: Callable[[Callable[[Any], None]], T],
        each: Callable[[Any], None],
        then: Callable[[T], None],
        otherwise: Callable[[Exception], None] | None = None,
        *,
        owner: QObject,
        lane: Lane = "here",
    ) -> None:
        """The same, but ``work`` is handed a call: what that is given goes to ``each`` in the GUI thread meanwhile."""
        self._send(_Errand(work, owner, each, then, otherwise), lane)

    def start(
        self, work: Callable[[Callable[[Any], None]], None], each: Callable[[Any], None], *, owner: QObject
    ) -> None:
        """The same for what goes on until the end, in a thread of its own."""
        number = self._take(_Errand(work, owner, each, _nothing, None))
        thread = threading.Thread(target=_do, args=(self._desk, number), name="background", daemon=True)
        self._threads.append(thread)
        thread.start()

    def close(self) -> None:
        """What is under way is left to itself if it does not end soon, and nobody hears of it any more."""
        self._collects.stop()
        with self._desk.speaking:
            self._desk.speak = None
        for lane, count in THREADS.items():
            for _ in range(count):
                self._desk.waiting[lane].put(None)
        until = time.monotonic() + ENDS_WITHIN_S
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        if any(thread.is_alive() for thread in self._threads):
            _left.append(self._desk)
        self._threads.clear()
        sys.setswitchinterval(self._switched_after_s)
        if self._collected_anywhere:
            gc.enable()

    def _send(self, errand: _Errand, lane: Lane) -> None:
        self._desk.waiting[lane].put(self._take(errand))

    def _take(self, errand: _Errand) -> int:
        number = next(self._numbers)
        self._desk.errands[number] = errand
        return number

    @Slot(object)
    def _hear(self, told: tuple[int, str, Any]) -> None:
        number, what, value = told
        errands = self._desk.errands
        errand = errands[number] if what == _EACH else errands.pop(number)
        call = getattr(errand, what)
        if call is not None and self._desk.speak is not None and isValid(errand.owner):
            call(value)


def _work(desk: _Desk, lane: Lane) -> None:
    while (number := desk.waiting[lane].get()) is not None:
        if desk.speak is None:
            return
        _do(desk, number)


def _do(desk: _Desk, number: int) -> None:
    what, value = _outcome(desk, number)  # its frame is gone before anybody is told, and with it what it held
    desk.tell(number, what, value)


def _outcome(desk: _Desk, number: int) -> tuple[str, Any]:
    errand = desk.errands[number]
    try:
        if errand.each is None:
            return _THEN, errand.work()
        return _THEN, errand.work(partial(desk.tell, number, _EACH))
    except Exception as error:  # noqa: BLE001 - it belongs to whoever asked
        if errand.otherwise is None:
            _log.error("what went on beside the window failed", exc_info=error)
        error.__cause__ = error.__context__ = None
        return _OTHERWISE, error.with_traceback(None)


def _nothing(_: object) -> None:
    pass


def _collect() -> None:
    """As much as Python would by itself."""
    for generation, (count, limit) in reversed([*enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))]):
        if limit and count > limit:
            gc.collect(generation)
            return
