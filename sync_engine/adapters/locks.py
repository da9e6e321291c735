"""A lock that processes share, by a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sync_engine.errors import SetupError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


@contextmanager
def exclusive(path: str) -> Iterator[None]:
    """Hold it, waiting for whoever has it. It ends with the block, or with the process.

    Not between threads of one process on every system: hold a lock of threads as well. Raises: SetupError.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    except OSError as error:
        raise SetupError(f"The profile's lock {path} cannot be opened: {error.strerror}.") from error
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
