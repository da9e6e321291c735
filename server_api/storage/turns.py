"""Writers of one SQLite file take turns, those of other processes too, in the order of their coming.

SQLite's own waiting lets whoever was just writing write again, and stops every greenlet of a process meanwhile.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from server_api.storage.contention import WAIT_S, ContentionError

_FIRST_PAUSE_S: Final = 0.0005
_LONGEST_PAUSE_S: Final = 0.002


class Turns:
    """For threads and greenlets of this process, and processes that name the same file."""

    def __init__(self, file: Path) -> None:
        self._in_this_process = threading.Lock()
        self._next = file.with_name(f"{file.name}-next")
        self._writing = file.with_name(f"{file.name}-writing")

    @contextmanager
    def take(self) -> Iterator[None]:
        """Mine until the block ends. Raises: ContentionError."""
        with self._in_this_process, ExitStack() as turn:
            with _lock(self._next):  # one process waits for who writes, and nobody comes twice before it
                turn.enter_context(_lock(self._writing))
            yield


@contextmanager
def only_one(path: Path) -> Iterator[bool]:
    """Whether nobody else holds the lock on this file; if so, it is held until the block, or the process, ends."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        yield _try_lock(descriptor)
    finally:
        os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    @contextmanager
    def _lock(path: Path) -> Iterator[None]:  # noqa: ARG001 - as the other
        """SQLite's own waiting has to do."""
        yield

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    @contextmanager
    def _lock(path: Path) -> Iterator[None]:
        """Asks again and again, so that other greenlets go on meanwhile."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            until = time.monotonic() + WAIT_S
            pause_s = _FIRST_PAUSE_S
            while True:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() >= until:
                        raise ContentionError from None
                time.sleep(pause_s)
                pause_s = min(pause_s * 1.5, _LONGEST_PAUSE_S)
            yield
        finally:
            os.close(descriptor)
