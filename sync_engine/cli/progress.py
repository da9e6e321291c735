"""The live line: files, bytes, speed and time left, on a terminal; plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from typing import Self

from sync_engine.core.quantities import show_duration, show_size
from sync_engine.core.reports import EngineState

_PLAIN_EVERY_S = 5.0
_FORGET = 0.2
"""How fast an older speed loses its weight, per observation."""


class LiveLine:
    """A context manager: ``update`` as often as you like. Writes to standard error, so that output stays clean."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._is_terminal = sys.stderr.isatty()
        self._speed = 0.0
        self._last: tuple[float, int] | None = None
        self._said_at = 0.0
        self._has_line = False

    @property
    def is_shown(self) -> bool:
        """Whether updates are of any use."""
        return not self._quiet

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._has_line:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def update(self, state: EngineState) -> None:
        now = time.monotonic()
        self._measure(now, state.progress.bytes_done)
        if self._quiet or (not self._is_terminal and now - self._said_at < _PLAIN_EVERY_S):
            return
        if self._is_terminal and now - self._said_at < 0.1:
            return
        self._said_at = now
        line = self._line(state)
        self.tell(line)
        if not self._is_terminal and state.progress.files_total:
            sys.stderr.write(line + "\n")
            sys.stderr.flush()

    def tell(self, text: str) -> None:
        """What takes a while and cannot be measured; on a terminal only."""
        if self._is_terminal and not self._quiet:
            sys.stderr.write(f"\r\x1b[K{text[: _columns() - 1]}")
            sys.stderr.flush()
            self._has_line = True

    def _measure(self, now: float, done: int) -> None:
        if self._last is None or done < self._last[1]:
            self._last = (now, done)
        elif now - self._last[0] >= 0.5:
            speed = (done - self._last[1]) / (now - self._last[0])
            self._speed = speed if not self._speed else self._speed + _FORGET * (speed - self._speed)
            self._last = (now, done)

    def _line(self, state: EngineState) -> str:
        progress = state.progress
        match progress.phase:
            case "scanning":
                return "Looking at the folder …"
            case "transferring":
                parts = [
                    f"{progress.files_done:,} of {progress.files_total:,} files",
                    f"{show_size(progress.bytes_done)} of {show_size(progress.bytes_total)}",
                ]
                left = progress.bytes_total - progress.bytes_done
                if self._speed > 0:
                    parts.append(f"{show_size(int(self._speed))}/s")
                    parts.append(f"{show_duration(left / self._speed)} left")
                return " - ".join(parts)
            case _:
                return f"Comparing, {state.pending:,} to go …" if state.pending else "Comparing …"


def _columns() -> int:
    import shutil

    return shutil.get_terminal_size().columns
