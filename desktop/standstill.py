"""Since when changes wait."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from sync_engine.core.reports import EngineState

WAITING_S: Final = 3_600.0
"""Changes of which none has moved for so long hang."""


class Standstill:
    """Since when nothing has moved although something waits. ``clock`` gives seconds that only grow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: tuple[int, int, int] | None = None
        self._since = 0.0

    def see(self, state: EngineState | None) -> None:
        waits = state is not None and state.pending and state.state != "paused"
        seen = (state.pending, state.progress.files_done, state.progress.bytes_done) if waits and state else None
        if seen != self._seen:
            self._seen, self._since = seen, self._clock()

    @property
    def is_long(self) -> bool:
        return self._seen is not None and self._clock() - self._since >= WAITING_S
