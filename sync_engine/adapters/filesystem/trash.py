"""``.lockstep/trash``: what was displaced or deleted on this disk, for 30 days, each day in a folder of its own.

A program may still hold open what lies here and write to it. So each entry is compared with what it was, after 10 s and
before it is purged, and what differs is told, to be brought back as a conflicted copy.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import threading
from collections import deque
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Final

from sync_engine.adapters.filesystem.ledger import INDEX, Entry, Ledger, entries_of
from sync_engine.adapters.filesystem.root import TRASH
from sync_engine.adapters.filesystem.walk import Folder, Walk
from sync_engine.core.ignore import is_litter
from sync_engine.core.model import Found, Kind, Signature
from sync_engine.ports import Disturbed

KEPT_DAYS: Final = 30
LOOK_AGAIN_NS: Final = 10_000_000_000
WATCHED: Final = 100_000
"""Entries that are looked at again after 10 s, at most."""


class Trash:
    """One root's trash. Raises OSError only; threads may share it."""

    def __init__(self, trash_fd: int, walk: Walk, watched: deque[tuple[str, Entry]]) -> None:
        """``watched``: what is to be looked at again; it outlives this object."""
        self._fd = trash_fd
        self._walk = walk
        self._lock = threading.Lock()
        self._numbers = count()
        self._day = ""
        self._folder: Folder | None = None
        self._ledger: Ledger | None = None
        self._watched = watched
        self._purged_on = ""

    def admit(self, path: str, expected: Signature, now_ns: int, staged: int = 0) -> tuple[Folder, Entry, str]:
        """A place for what is about to be moved here: the folder, the entry, and its path for ``FileSystem.move``."""
        day = _day_of(now_ns).isoformat()
        with self._lock:
            if day != self._day or self._folder is None or self._ledger is None or _is_removed(self._folder):
                self._open_day(day)
            folder, ledger = self._folder, self._ledger
        assert folder is not None
        assert ledger is not None
        name = f"{now_ns:x}-{next(self._numbers):x}"
        inode = expected.inode if self._walk.has_stable_inodes else 0
        entry = Entry(name, path, now_ns, inode, expected.size, expected.mtime_ns, staged)
        ledger.add(entry)
        self._watched.append((day, entry))
        return folder.for_another_thread(), entry, f"{TRASH}/{day}/{name}"

    def recheck(self, now_ns: int) -> list[Disturbed]:
        """Entries older than 10 s that are not what they were, each once. Purges when a new day has come."""
        disturbed = []
        while self._watched and abs(now_ns - self._watched[0][1].at) >= LOOK_AGAIN_NS:  # the clock may be set back
            day, entry = self._watched.popleft()
            with contextlib.suppress(FileNotFoundError):  # somebody emptied the trash
                disturbed += self._check(self._open(day), day, [entry])
        if _day_of(now_ns).isoformat() != self._purged_on:
            disturbed += self.purge(now_ns)
        return disturbed

    def start(self, now_ns: int) -> list[Disturbed]:
        """After a restart: look at what was trashed lately, and purge."""
        disturbed = []
        since = (_day_of(now_ns) - timedelta(days=1)).isoformat()
        for day in [day for day in self._days() if day >= since]:  # and days to come, if the clock was set back
            folder = self._open(day)
            disturbed += self._check(folder, day, entries_of(folder.fd), unstaged_too=True)
        return disturbed + self.purge(now_ns)

    def _days(self) -> list[str]:
        """The names of its folders, the oldest first."""
        return [name for name in sorted(os.listdir(self._fd)) if _is_day(name)]

    def purge(self, now_ns: int) -> list[Disturbed]:
        """Remove the days that are over, all but what differs from what it was; that is returned."""
        today = _day_of(now_ns)
        self._purged_on = today.isoformat()
        disturbed: list[Disturbed] = []
        last = (today - timedelta(days=KEPT_DAYS)).isoformat()
        for day in self._days():
            if day < last:
                disturbed += self._purge_day(day)
        return disturbed

    def empty(self) -> list[Disturbed]:
        """Remove all of it, whatever its age, but what differs from what it was; that is returned."""
        disturbed: list[Disturbed] = []
        for day in self._days():
            disturbed += self._purge_day(day)
        return disturbed

    def _purge_day(self, day: str) -> list[Disturbed]:
        folder = self._open(day)
        disturbed = list(self._check(folder, day, entries_of(folder.fd)))
        kept = {item.kept_at.rpartition("/")[2] for item in disturbed}
        is_empty = not kept
        for name in os.listdir(folder.fd):
            if name not in kept and name != INDEX:
                try:
                    remove(name, folder.fd)
                except OSError:  # it stays until somebody allows it; nothing else has to wait for that
                    is_empty = False
        if is_empty:
            with self._lock:
                if day == self._day:
                    self.close()
            # What a program still has open may live on under another name, on NFS for one: the next purge comes.
            with contextlib.suppress(OSError):
                os.unlink(INDEX, dir_fd=folder.fd)
                os.rmdir(day, dir_fd=self._fd)
        return disturbed

    def _check(
        self, folder: Folder, day: str, entries: Iterator[Entry] | list[Entry], *, unstaged_too: bool = False
    ) -> list[Disturbed]:
        disturbed = []
        for entry in entries:
            try:
                found = self._walk.look(folder, entry.entry)
            except FileNotFoundError:
                continue  # brought back
            if entry.staged and found.signature.inode == entry.staged:
                if unstaged_too:  # a crash came before the exchange: these are downloaded bytes, and nobody's
                    remove(entry.entry, folder.fd)
            elif not is_as_expected(found, entry, folder):
                disturbed.append(Disturbed(entry.path, f"{TRASH}/{day}/{entry.entry}", found))
        return disturbed

    def _open_day(self, day: str) -> None:
        with contextlib.suppress(FileExistsError):
            os.mkdir(day, 0o700, dir_fd=self._fd)
        folder = self._open(day)
        ledger = Ledger(folder.fd)
        self.close()
        self._day, self._folder, self._ledger = day, folder, ledger

    def _open(self, day: str) -> Folder:
        return Folder(os.open(day, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=self._fd))

    def close(self) -> None:
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None
        self._folder = None


def is_as_expected(found: Found, entry: Entry, folder: Folder) -> bool:
    """Whether what lies in the folder is what its entry says. A folder may hold nothing but litter."""
    seen = found.signature
    if entry.inode not in {0, seen.inode}:
        return False
    if found.kind is Kind.FOLDER:
        return holds_only_litter(entry.entry, folder.fd)
    return (seen.size, seen.mtime_ns) == (entry.size, entry.mtime_ns)


def holds_only_litter(name: str, folder_fd: int) -> bool:
    """Raises: OSError."""
    fd = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder_fd)
    try:
        with os.scandir(fd) as entries:
            return all(is_litter(entry.name) for entry in entries)
    finally:
        os.close(fd)


def remove(name: str, folder_fd: int) -> None:
    """For good, whatever it is; links are not followed. Raises: OSError."""
    if stat.S_ISDIR(os.stat(name, dir_fd=folder_fd, follow_symlinks=False).st_mode):
        shutil.rmtree(name, dir_fd=folder_fd)
    else:
        os.unlink(name, dir_fd=folder_fd)


def _is_removed(folder: Folder) -> bool:
    return os.fstat(folder.fd).st_nlink == 0


def _is_day(name: str) -> bool:
    try:
        return date.fromisoformat(name).isoformat() == name
    except ValueError:
        return False


def _day_of(now_ns: int) -> date:
    return datetime.fromtimestamp(now_ns // 1_000_000_000, UTC).date()
