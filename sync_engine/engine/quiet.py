"""When a file may be read: at once after a program closed it, else when it has been left alone for a while."""

from __future__ import annotations

from collections.abc import Sequence

from sync_engine.core.model import NodeId, Signature
from sync_engine.ports import Clock, Dirty

QUIET_S = 2.0
LONGEST_WAIT_S = 300.0
"""A file that never stops changing is read this often all the same: a log goes up now and then, and what takes a few
minutes to be written goes up whole."""
FRESH_S = 2.0
"""For so long after a change another one may leave a file's times as they are: clocks of disks can be that coarse."""
_LATER_S = 0.01
"""Rather a little too late than a little too early, and so once more."""
_KEEP = 10_000


def fresh_for_s(signature: Signature, now_ns: int) -> float:
    """Seconds until the file's times would tell another change of it; 0: they do already."""
    age_s = min(abs(now_ns - signature.mtime_ns), abs(now_ns - signature.ctime_ns)) / 1e9
    return FRESH_S - age_s + _LATER_S if age_s < FRESH_S else 0.0


class Quiet:
    """What is known of files being written. ``quiet_s`` 0 switches it off: a single run reads what is there."""

    def __init__(self, clock: Clock, quiet_s: float = QUIET_S) -> None:
        self._clock = clock
        self._quiet_s = quiet_s
        self._open: dict[str, tuple[float, float]] = {}
        self._closed: dict[str, float] = {}
        self._waiting: dict[str, NodeId] = {}

    def note(self, events: Sequence[Dirty]) -> list[NodeId]:
        """Returns those that were told to wait, and need not any longer."""
        if self._quiet_s == 0:
            return []
        ready: list[NodeId] = []
        now = self._clock.monotonic()
        for event in events:
            if event.closed:
                self._open.pop(event.path, None)
                self._closed[event.path] = now
                if (node_id := self._waiting.pop(event.path, None)) is not None:
                    ready.append(node_id)
            else:
                self._open[event.path] = (self._open.get(event.path, (now, now))[0], now)
                self._closed.pop(event.path, None)
        if len(self._open) + len(self._closed) + len(self._waiting) > _KEEP:
            self._drop_old(now)
        return ready

    def wait_s(self, node_id: NodeId, path: str, signature: Signature) -> float:
        """Seconds until the file may be read, unless ``note`` says so before; 0: now."""
        if self._quiet_s == 0:
            return 0.0
        wait_s = self._left_s(path, signature)
        if wait_s > 0:
            self._waiting[path] = node_id
        else:
            self._waiting.pop(path, None)
        return wait_s

    def _left_s(self, path: str, signature: Signature) -> float:
        now = self._clock.monotonic()
        if path in self._open:
            first, last = self._open[path]
            wait_s = min(last + self._quiet_s, first + LONGEST_WAIT_S) - now
            if wait_s > 0:
                return wait_s
            self._open[path] = (now, last)  # from now on it may go on for as long again
            return 0.0
        if path in self._closed:
            return 0.0
        age_s = (self._clock.now_ns() - max(signature.mtime_ns, signature.ctime_ns)) / 1e9
        return self._quiet_s - age_s if 0 <= age_s < self._quiet_s else 0.0

    def _drop_old(self, now: float) -> None:
        recent = now - self._quiet_s
        self._open = {path: times for path, times in self._open.items() if times[1] > recent}
        self._closed = {path: at for path, at in self._closed.items() if at > recent}
        self._waiting = {path: node_id for path, node_id in self._waiting.items() if path in self._open}
