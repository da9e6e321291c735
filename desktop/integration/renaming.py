"""Another name for what is on the disk, without anything being replaced that has it."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import stat
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final

_AT_FDCWD: Final = -100
_NO_REPLACE: Final = 1
_NOT_ABLE: Final = {errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM}


def move_without_replacing(source: Path, target: Path) -> None:
    """Within one file system, in one go. Raises: FileExistsError, OSError."""
    if sys.platform == "linux":
        number = _rename_no_replace(source, target)
        if number == 0:
            return
        if number not in _NOT_ABLE:
            raise OSError(number, os.strerror(number), os.fspath(source), None, os.fspath(target))
    if sys.platform != "win32":  # where a rename replaces, a name of our own is made first, and that is replaced
        if stat.S_ISDIR(source.lstat().st_mode):
            target.mkdir()
        else:
            target.touch(exist_ok=False)
    try:
        source.rename(target)
    except OSError:
        _remove_empty(target)
        raise


def _remove_empty(path: Path) -> None:
    """What was made to hold a name; not what somebody has put there since."""
    with contextlib.suppress(OSError):
        if path.is_dir():
            path.rmdir()
        elif path.stat().st_size == 0:
            path.unlink()


def _rename_no_replace(source: Path, target: Path) -> int:
    """0, or errno."""
    renameat2 = _renameat2()
    if renameat2 is None:
        return errno.ENOSYS
    failed = renameat2(_AT_FDCWD, os.fsencode(source), _AT_FDCWD, os.fsencode(target), _NO_REPLACE)
    return ctypes.get_errno() if failed else 0


@lru_cache
def _renameat2() -> Callable[..., int] | None:
    """Looked up once: each library that ctypes opens leaves classes behind, which only the collector finds."""
    return getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
