"""What a file system can do, found out by trying: nothing that it says of itself can be relied on."""

from __future__ import annotations

import contextlib
import errno
import os
from typing import Final

from msgspec import Struct

from sync_engine.adapters.filesystem import syscalls
from sync_engine.core.platform_names import Naming

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_PLAIN: Final = "Probe"
_SWAPPED: Final = "pROBE"
_OTHER: Final = "other"
_NOT_ON_WINDOWS: Final = ("colon:colon", "dot.")
"""Names that file systems made for Windows refuse, or take for another one: of a stream, or without the dot."""


class Abilities(Struct, frozen=True):
    naming: Naming = Naming()
    keeps_executable: bool = True
    can_exchange: bool = True
    has_stable_inodes: bool = True


def probe(folder_fd: int) -> Abilities | None:
    """Try in this folder, which is left as it was; ``None`` if there is no room to.

    Raises: OSError, if nothing can be made in it for another reason.
    """
    try:
        try:
            _make(_PLAIN, folder_fd)
            return Abilities(
                _naming(folder_fd),
                keeps_executable=_keeps_executable(folder_fd),
                can_exchange=_can_exchange(folder_fd),
                has_stable_inodes=_is_one_object(_PLAIN, _SWAPPED, folder_fd) is not False,
            )
        except OSError as error:
            if error.errno in _NO_ROOM:
                return None
            raise
    finally:
        for name in (_PLAIN, _OTHER, *_NOT_ON_WINDOWS):
            with contextlib.suppress(OSError):
                os.unlink(name, dir_fd=folder_fd)


def _make(name: str, folder_fd: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder_fd)
    os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600, dir_fd=folder_fd))


def _naming(folder_fd: int) -> Naming:
    return Naming(
        tells_case=_is_one_object(_PLAIN, _SWAPPED, folder_fd) is None,
        keeps_case=_PLAIN in os.listdir(folder_fd),
        rules="linux" if all(_is_held(name, folder_fd) for name in _NOT_ON_WINDOWS) else "windows",
    )


def _is_held(name: str, folder_fd: int) -> bool:
    try:
        _make(name, folder_fd)
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise
        return False
    return name in os.listdir(folder_fd)


def _is_one_object(name: str, other: str, folder_fd: int) -> bool | None:
    """Whether two names lead to one inode number; ``None``: there is nothing at the other."""
    try:
        found = os.stat(other, dir_fd=folder_fd, follow_symlinks=False)
    except FileNotFoundError:
        return None
    return found.st_ino == os.stat(name, dir_fd=folder_fd, follow_symlinks=False).st_ino


def _keeps_executable(folder_fd: int) -> bool:
    fd = os.open(_PLAIN, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder_fd)
    try:
        if os.fstat(fd).st_mode & 0o100:
            return False
        with contextlib.suppress(PermissionError):
            os.fchmod(fd, 0o700)
        return bool(os.fstat(fd).st_mode & 0o100)
    finally:
        os.close(fd)


def _can_exchange(folder_fd: int) -> bool:
    _make(_OTHER, folder_fd)
    before = os.stat(_OTHER, dir_fd=folder_fd).st_ino
    try:
        syscalls.rename(folder_fd, _PLAIN, folder_fd, _OTHER, syscalls.RENAME_EXCHANGE)
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise
        return False
    return os.stat(_PLAIN, dir_fd=folder_fd).st_ino == before
