"""The Linux calls that Python does not offer: statx, openat2, renameat2, syncfs. They raise OSError as Python's own do.

Sources: statx(2), openat2(2), renameat2(2), syncfs(2); struct layouts from linux/stat.h and linux/openat2.h.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from errno import EINVAL, ENOSYS
from struct import Struct as Layout
from struct import pack
from typing import Any, Final

from msgspec import Struct

RENAME_NOREPLACE: Final = 1
RENAME_EXCHANGE: Final = 2

_RESOLVE_NO_XDEV: Final = 0x01
_RESOLVE_NO_SYMLINKS: Final = 0x04
_RESOLVE_BENEATH: Final = 0x08
_SYS_OPENAT2: Final = 437  # one number on every architecture

_AT_SYMLINK_NOFOLLOW: Final = 0x100
_AT_NO_AUTOMOUNT: Final = 0x800
_AT_EMPTY_PATH: Final = 0x1000
_STATX_BASIC_AND_BIRTH: Final = 0xFFF
_STATX_BTIME: Final = 0x800
_STATX_ATTR_MOUNT_ROOT: Final = 0x2000

# mask, attributes, links, uid, gid, mode, inode, size, then birth, change and modification time, then the device
_STATX_LAYOUT: Final = Layout("=I4xQIIIH2xQQ32xqI4xqI4xqI4x8xII")
_STATX_BYTES: Final = 256

_libc: Any = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Stat(Struct, frozen=True, gc=False):
    mode: int
    inode: int
    device: int
    links: int
    uid: int
    gid: int
    size: int
    birth_ns: int | None
    ctime_ns: int
    mtime_ns: int
    is_mount: bool
    """Another file system, or another part of this one, is mounted here."""


def _fail() -> None:
    number = ctypes.get_errno()
    raise OSError(number, os.strerror(number))


# --- statx -----------------------------------------------------------------------------------------------

StatAt = Callable[[str], Stat]


def stats_in(folder_fd: int) -> StatAt:
    """A function that gives the lstat of a name in that folder. For one thread; it is made for calling it often."""
    if not hasattr(_libc, "statx"):
        return lambda name: _plain(os.stat(name, dir_fd=folder_fd, follow_symlinks=False))
    # Arguments are converted once here and not at each call: that is half of the call's cost.
    statx = _libc.statx
    buffer = ctypes.create_string_buffer(_STATX_BYTES)
    fd, flags = ctypes.c_int(folder_fd), ctypes.c_int(_AT_SYMLINK_NOFOLLOW | _AT_NO_AUTOMOUNT)
    mask, address = ctypes.c_uint(_STATX_BASIC_AND_BIRTH), ctypes.c_void_p(ctypes.addressof(buffer))
    unpack, encode = _STATX_LAYOUT.unpack_from, os.fsencode

    def stat(name: str) -> Stat:
        if statx(fd, encode(name), flags, mask, address):
            _fail()
        return _from_statx(unpack(buffer))

    return stat


def stat_open(fd: int) -> Stat:
    """Of an open file."""
    if not hasattr(_libc, "statx"):
        return _plain(os.fstat(fd))
    buffer = ctypes.create_string_buffer(_STATX_BYTES)
    if _libc.statx(fd, b"", _AT_EMPTY_PATH, _STATX_BASIC_AND_BIRTH, buffer):
        _fail()
    return _from_statx(_STATX_LAYOUT.unpack_from(buffer))


def _from_statx(fields: tuple[int, ...]) -> Stat:
    # Indexing, because unpacking into sixteen names takes longer; makedev(3) for majors and minors of the usual size.
    major, minor = fields[14], fields[15]
    return Stat(
        fields[5],
        fields[6],
        major << 8 | minor if major < 4096 and minor < 256 else os.makedev(major, minor),
        fields[2],
        fields[3],
        fields[4],
        fields[7],
        fields[8] * 1_000_000_000 + fields[9] if fields[0] & _STATX_BTIME else None,
        fields[10] * 1_000_000_000 + fields[11],
        fields[12] * 1_000_000_000 + fields[13],
        fields[1] & _STATX_ATTR_MOUNT_ROOT != 0,
    )


def _plain(stat: os.stat_result) -> Stat:
    return Stat(
        stat.st_mode,
        stat.st_ino,
        stat.st_dev,
        stat.st_nlink,
        stat.st_uid,
        stat.st_gid,
        stat.st_size,
        None,
        stat.st_ctime_ns,
        stat.st_mtime_ns,
        is_mount=False,
    )


# --- openat2 ------------------------------------------------------------------------------------------------


def open_beneath(root_fd: int, path: str, flags: int) -> int:
    """Open a path below a root in one call; links and mounts on the way are refused (ELOOP, EXDEV) by the kernel."""
    how = pack("=QQQ", flags | os.O_CLOEXEC, 0, _RESOLVE_BENEATH | _RESOLVE_NO_SYMLINKS | _RESOLVE_NO_XDEV)
    fd: int = _libc.syscall(ctypes.c_long(_SYS_OPENAT2), root_fd, os.fsencode(path), how, ctypes.c_size_t(len(how)))
    if fd < 0:
        _fail()
    return fd


def has_open_beneath() -> bool:
    """Whether kernel and sandbox allow ``open_beneath``."""
    if _libc is None:
        return False
    here = os.open(".", os.O_PATH | os.O_CLOEXEC)
    try:
        os.close(open_beneath(here, ".", os.O_PATH))
    except OSError:
        return False
    finally:
        os.close(here)
    return True


# --- renameat2 -------------------------------------------------------------------------------------------------


def rename(from_fd: int, name: str, to_fd: int, to_name: str, flags: int) -> None:
    """Raises: OSError; ``is_unsupported`` tells of one that means this file system cannot do it."""
    if not hasattr(_libc, "renameat2"):
        raise OSError(ENOSYS, os.strerror(ENOSYS))
    if _libc.renameat2(from_fd, os.fsencode(name), to_fd, os.fsencode(to_name), flags):
        _fail()


def is_unsupported(error: OSError) -> bool:
    return error.errno in {ENOSYS, EINVAL}


# --- syncfs ------------------------------------------------------------------------------------------------------


def sync_file_system(fd: int) -> None:
    """Make everything that was written to the file system of this descriptor durable."""
    if _libc.syncfs(fd):
        _fail()
