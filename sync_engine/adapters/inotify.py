"""inotify(7), as far as it is needed: watch folders, read events.

Source of constants and layout: linux/inotify.h.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from struct import Struct as Layout
from typing import Any, Final, NamedTuple

MODIFY: Final = 0x0002
ATTRIB: Final = 0x0004
CLOSE_WRITE: Final = 0x0008
MOVED_FROM: Final = 0x0040
MOVED_TO: Final = 0x0080
CREATE: Final = 0x0100
DELETE: Final = 0x0200
UNMOUNT: Final = 0x2000
OVERFLOW: Final = 0x4000
IGNORED: Final = 0x8000
IS_FOLDER: Final = 0x4000_0000

_ONLY_FOLDER: Final = 0x0100_0000
_DONT_FOLLOW: Final = 0x0200_0000
_EXCLUDE_UNLINKED: Final = 0x0400_0000
# Neither openings nor readings: a scan would hear itself.
_MASK: Final = (MODIFY | ATTRIB | CLOSE_WRITE | MOVED_FROM | MOVED_TO | CREATE | DELETE) | (
    _ONLY_FOLDER | _DONT_FOLLOW | _EXCLUDE_UNLINKED
)
_BUFFER: Final = 256 * 1024
_HEAD: Final = Layout("iIII")

_libc: Any = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Event(NamedTuple):
    watch: int
    """-1 for an overflow."""
    mask: int
    cookie: int
    """Joins the two halves of a rename."""
    name: str
    """In the watched folder; "" for the folder itself."""


class Inotify:
    """One queue. Raises OSError: EMFILE where there is none to be had; ENOSPC when no more folders can be watched."""

    def __init__(self) -> None:
        self.fd: int = _checked(_libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))

    def watch(self, path: str) -> int:
        """The number of the watch; the same one for the same folder."""
        return _checked(_libc.inotify_add_watch(self.fd, os.fsencode(path), _MASK))

    def unwatch(self, watch: int) -> None:
        """Harmless for one that is gone."""
        _libc.inotify_rm_watch(self.fd, watch)

    def read(self) -> Iterator[Event]:
        """What is in the queue now, at most a buffer full; never waits."""
        try:
            data = os.read(self.fd, _BUFFER)
        except BlockingIOError:
            return
        at = 0
        while at < len(data):
            watch, mask, cookie, length = _HEAD.unpack_from(data, at)
            at += _HEAD.size
            name = os.fsdecode(data[at : at + length].rstrip(b"\0"))
            at += length
            yield Event(watch, mask, cookie, name)

    def close(self) -> None:
        os.close(self.fd)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
