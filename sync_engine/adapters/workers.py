"""Threads beside the control thread, in lanes, and the one queue through which everything comes back."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Final

from sync_engine.ports import Lane

LANES: Final[Mapping[Lane, int]] = {"quick": 3, "transfer": 8, "waiting": 2}
"""Threads at most, per lane. They are started when there is work for them, and end when they had none for a while."""
_IDLE_S: Final = 10.0
_DELIVERED_AT_ONCE: Final = 64
"""Results a single ``collect`` delivers at most, so that the control thread gets to plan in between."""

_Call = Callable[[], None]


class ThreadWorkers:
    """``ports.Workers`` by threads."""

    def __init__(self, lanes: Mapping[Lane, int] = LANES, idle_s: float = _IDLE_S) -> None:
        self._arrived: queue.SimpleQueue[_Call] = queue.SimpleQueue()
        self._lanes = {lane: _LaneThreads(lane, threads, idle_s) for lane, threads in lanes.items()}

    def submit(self, job: Callable[[], object], done: Callable[[object], None], lane: Lane = "quick") -> None:
        def run() -> None:
            try:
                result = job()
            except BaseException as error:  # noqa: BLE001 - whatever it is, the control thread has to hear of it
                result = error
            self._arrived.put(lambda: done(result))

        self._lanes[lane].run(run)

    def collect(self, timeout_s: float | None) -> bool:
        try:
            call = self._arrived.get(timeout=timeout_s) if timeout_s != 0 else self._arrived.get_nowait()
        except queue.Empty:
            return False
        for _ in range(_DELIVERED_AT_ONCE):
            call()
            try:
                call = self._arrived.get_nowait()
            except queue.Empty:
                return True
        call()
        return True

    def post(self, call: _Call) -> None:
        self._arrived.put(call)

    def close(self, timeout_s: float = 3.0) -> bool:
        """Drop what was not begun and wait for what was; False if something still runs after the time.

        Results that were not collected are dropped. Nothing can be submitted any more.
        """
        for lane in self._lanes.values():
            lane.stop()
        until = time.monotonic() + timeout_s
        return all(lane.join(max(0.0, until - time.monotonic())) for lane in self._lanes.values())


class _LaneThreads:
    """A bounded pool whose idle threads go away."""

    def __init__(self, name: str, most: int, idle_s: float) -> None:
        self._name = name
        self._most = most
        self._idle_s = idle_s
        self._changed = threading.Condition()
        self._jobs: deque[_Call] = deque()
        self._threads: set[threading.Thread] = set()
        self._idle = 0
        self._is_stopped = False

    def run(self, job: _Call) -> None:
        with self._changed:
            if self._is_stopped:
                raise RuntimeError("the workers are closed")
            self._jobs.append(job)
            if self._idle >= len(self._jobs):
                self._changed.notify()
            elif len(self._threads) < self._most:
                # Daemon threads: a call that hangs in the operating system must not keep the program from ending.
                thread = threading.Thread(target=self._work, name=f"lockstep-{self._name}", daemon=True)
                self._threads.add(thread)
                thread.start()

    def stop(self) -> None:
        with self._changed:
            self._is_stopped = True
            self._jobs.clear()
            self._changed.notify_all()

    def join(self, timeout_s: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: not self._threads, timeout_s)

    def _work(self) -> None:
        while (job := self._next()) is not None:
            job()
            del job  # what it holds is not to be held while this thread waits

    def _next(self) -> _Call | None:
        """The next job; ``None`` when there was none for long or never will be: then this thread is no more counted."""
        with self._changed:
            if not self._jobs and not self._is_stopped:
                self._idle += 1
                self._changed.wait_for(lambda: self._jobs or self._is_stopped, self._idle_s)
                self._idle -= 1
            if self._jobs:
                return self._jobs.popleft()
            self._threads.discard(threading.current_thread())
            self._changed.notify_all()
            return None
