"""The desktop's own program, ``lockstep desktop``, that tells how long things take: a JSON document a line.

It reads ``open PATH COUNT``, ``act NAME ARGUMENT…``, ``report`` and ``quit`` from its standard input.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any, Final

import msgspec
from PySide6.QtCore import QEvent, QObject, QSocketNotifier, Qt, QTimer
from PySide6.QtWidgets import QApplication

from benchmarks.measuring import peak_bytes
from benchmarks.window_acts import ACTS, End

BEAT_MS: Final = 2
LOOK_EACH_MS: Final = 10
SETTLES_MS: Final = 200
"""So long after all has come of it, what was done may still hold the window up."""
GIVES_UP_S: Final = 120.0


class Probe(QObject):
    """Stands beside the window."""

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self._window = window
        self._is_painted = False
        self._longest_s = self._thread_s = 0.0
        self._last = time.perf_counter(), time.thread_time()
        self._beat = QTimer(self, interval=BEAT_MS)
        self._beat.setTimerType(Qt.TimerType.PreciseTimer)
        self._beat.timeout.connect(self._turn)
        self._beat.start()
        self._opened: tuple[float, int] | None = None
        self._first_s: float | None = None
        self._commands = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, self)
        self._commands.activated.connect(lambda *_: self._read())
        window.files.listing.came.connect(self._came)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt names it
        if watched is self._window and event.type() == QEvent.Type.Paint and not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self, lambda: tell(shown_at=time.time()))
        return False

    def _turn(self) -> None:
        """What is left between two turns is what the thread did for others, or waited for them."""
        (was, thread_was), (now, thread_now) = self._last, (time.perf_counter(), time.thread_time())
        self._longest_s = max(self._longest_s, now - was - BEAT_MS / 1_000)
        self._thread_s = max(self._thread_s, thread_now - thread_was)
        self._last = now, thread_now

    def _read(self) -> None:
        for line in os.read(sys.stdin.fileno(), 65_536).decode().splitlines():
            match line.split():
                case ["open", path, count]:
                    self._open(path, int(count))
                case ["act", name, *arguments]:
                    self._act(name, arguments)
                case ["report"]:
                    tell(block_s=self._longest_s, peak_bytes=peak_bytes(os.getpid()))
                    self._longest_s = 0.0
                case _:
                    QApplication.exit(0)

    def _open(self, path: str, count: int) -> None:
        self._longest_s, self._first_s = 0.0, None
        self._opened = time.perf_counter(), count
        self._window.files.show_folder(path)

    def _act(self, name: str, arguments: list[str]) -> None:
        self._longest_s = self._thread_s = 0.0
        since = time.perf_counter()
        end: list[End] = []

        def look() -> None:
            took_s = time.perf_counter() - since
            if end and end[0]():
                QTimer.singleShot(SETTLES_MS, self, lambda: answer(took_s))
            elif took_s > GIVES_UP_S:
                print(f"{name} has not ended", file=sys.stderr)
                QApplication.exit(1)
            else:
                QTimer.singleShot(LOOK_EACH_MS, self, look)

        def answer(took_s: float) -> None:
            tell(took_s=took_s, block_s=self._longest_s, thread_s=self._thread_s)

        QTimer.singleShot(0, self, lambda: end.append(ACTS[name](self._window, *arguments)))
        look()

    def _came(self) -> None:
        if self._opened is None:
            return
        since, count = self._opened
        rows = self._window.files.listing.model.rowCount()
        if rows and self._first_s is None:
            self._first_s = time.perf_counter() - since
        if rows == count and self._window.files.listing.is_whole:
            self._opened = None
            all_s = time.perf_counter() - since
            # What follows, a redrawing, still counts.
            QTimer.singleShot(200, self, lambda: tell(first_s=self._first_s, all_s=all_s, block_s=self._longest_s))


def tell(**values: float | None) -> None:
    print(json.dumps(values), flush=True)


def main(home: str) -> None:
    """As the command line does it, but that no daemon is started."""
    from desktop import main as desktop
    from sync_engine.cli.main import main as lockstep

    parts = desktop.parts

    def watched(home: Path) -> Any:
        made = parts(home)

        def window(session: Any) -> Any:
            shown = made.window(session)
            Probe(shown)
            return shown

        return msgspec.structs.replace(made, window=window, start_daemon=lambda: "", is_linked=lambda: True)

    desktop.parts = watched
    lockstep(["--home", home, "desktop"])


if __name__ == "__main__":
    main(sys.argv[1])
