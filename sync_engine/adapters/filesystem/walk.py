"""From an open root to the folder of a path, never through a link or onto another file system.

A path that leads through a link is an absent one. What is opened stays what it is, whatever its name becomes: all work
on a path goes through a descriptor of its parent.
"""

from __future__ import annotations

import contextlib
import os
import stat
import threading
from collections.abc import Callable
from errno import EXDEV
from time import monotonic
from typing import Final

from sync_engine.adapters.filesystem import syscalls
from sync_engine.adapters.filesystem.faults import translate
from sync_engine.core.model import Found, Kind, Signature
from sync_engine.core.platform_names import Naming, case_key
from sync_engine.errors import NotHoldable

KEPT_S: Final = 0.05
"""How long a parent's descriptor is used again: long enough for a batch, too short for a person to move the folder."""
_KEPT: Final = 16
_LONGEST: Final = 4096
"""PATH_MAX, with the closing zero: the kernel takes no longer path at once."""


class Folder:
    """An open folder, for one thread. Closed when nobody holds it any more."""

    __slots__ = ("_owner", "fd", "stat")

    def __init__(self, fd: int, owner: Folder | None = None) -> None:
        self.fd = fd
        self._owner = owner
        self.stat: syscalls.StatAt = syscalls.stats_in(fd)
        """lstat of a name in it."""

    def for_another_thread(self) -> Folder:
        """The same descriptor, with a ``stat`` of its own."""
        return Folder(self.fd, self)

    def __del__(self) -> None:
        if self._owner is None:
            with contextlib.suppress(OSError):
                os.close(self.fd)


class Walk:
    """Opens what is below one root. Threads may share it.

    Args:
        keeps_executable: whether the executable bit of a file here means anything.
        has_stable_inodes: whether a number means one object, also after the next mount.
    """

    def __init__(
        self, root_fd: int, naming: Naming, *, keeps_executable: bool = True, has_stable_inodes: bool = True
    ) -> None:
        self.root_fd = root_fd
        self.device = syscalls.stat_open(root_fd).device
        self.keeps_executable = keeps_executable
        self.has_stable_inodes = has_stable_inodes
        self._naming = naming
        self._open: Callable[[str, int], int] = (
            self._open_beneath if syscalls.has_open_beneath() else self._open_by_component
        )
        self._generation = 0
        self._kept = threading.local()

    def parent(self, path: str) -> tuple[Folder, str]:
        """The open parent of a path, and the name in it. The folder must not be handed to another thread.

        Raises: DiskError.
        """
        above, _, name = path.rpartition("/")
        if not name or name in {".", ".."} or "\0" in name:
            raise NotHoldable(path, "not a name")
        kept: dict[str, tuple[Folder, int, float]] | None = getattr(self._kept, "folders", None)
        if kept is None:
            kept = self._kept.folders = {}
        now = monotonic()
        entry = kept.get(above)
        if entry is not None and entry[1] == self._generation and entry[2] > now:
            return entry[0], name
        generation = self._generation
        folder = self.folder(above)
        if len(kept) >= _KEPT:
            kept.clear()
        kept[above] = (folder, generation, now + KEPT_S)
        return folder, name

    def forget(self) -> None:
        """A folder was moved or removed: descriptors kept for paths are those of other paths now.

        This thread lets go of its own at once: some file systems give a removed folder's number to the next one, which
        is as dead as the first for as long as somebody has that open.
        """
        self._generation += 1
        self._kept.__dict__.clear()

    def folder(self, path: str, *, for_reading: bool = False) -> Folder:
        """An open folder. Raises: DiskError."""
        try:
            return Folder(self._open(path, os.O_RDONLY if for_reading else os.O_PATH))
        except OSError as error:
            raise translate(error, path) from error
        except ValueError as error:  # a NUL or a stray surrogate: the kernel was never asked
            raise NotHoldable(path, str(error)) from error

    def _open_beneath(self, path: str, flags: int) -> int:
        _refuse_dots(path)
        if len(path) >= _LONGEST // 4 and len(os.fsencode(path)) >= _LONGEST:
            return self._open_by_component(path, flags)
        return syscalls.open_beneath(self.root_fd, path or ".", flags | os.O_DIRECTORY)

    def _open_by_component(self, path: str, flags: int) -> int:
        """Without openat2: one step at a time, each refusing links and looking whether it left the file system."""
        _refuse_dots(path)
        flags |= os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        parts = path.split("/") if path else []
        fd = os.open(".", flags if not parts else os.O_PATH | os.O_CLOEXEC, dir_fd=self.root_fd)
        for index, part in enumerate(parts, 1):
            step = flags if index == len(parts) else os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
            try:
                below = os.open(part, step, dir_fd=fd)
            finally:
                os.close(fd)
            fd = below
            if os.fstat(fd).st_dev != self.device:
                os.close(fd)
                raise OSError(EXDEV, os.strerror(EXDEV))
        return fd

    # --- what an object is --------------------------------------------------------------------------------

    def is_same_object(self, one: Signature, other: Signature) -> bool:
        """Same object with the same bytes, as far as a rename (which changes the ctime) lets one tell."""
        return (
            (one.inode == other.inode or not self.has_stable_inodes)
            and one.device == other.device
            and one.size == other.size
            and one.mtime_ns == other.mtime_ns
            and (one.birth_ns is None or other.birth_ns is None or one.birth_ns == other.birth_ns)
        )

    def look(self, folder: Folder, name: str) -> Found:
        """Under the name that the folder shows it by. Raises: OSError."""
        seen = folder.stat(name)
        return self.found(folder, name if self._naming.tells_case else _shown_name(folder.fd, name), seen)

    def found(self, folder: Folder, name: str, seen: syscalls.Stat) -> Found:
        """What lstat tells of an object of that name. Raises: OSError."""
        kind = self.kind(seen)
        if kind is Kind.FILE:
            return Found(name, kind, signature(seen), bool(seen.mode & 0o100) and self.keeps_executable)
        if kind is Kind.SYMLINK:
            return Found(name, kind, signature(seen), link_target=os.readlink(name, dir_fd=folder.fd))
        return Found(name, kind, signature(seen))

    def kind(self, seen: syscalls.Stat) -> Kind | None:
        """``None``: nothing that is synced, or a mount."""
        form = seen.mode & 0o170000
        if seen.device != self.device or seen.is_mount:
            return None
        if form == stat.S_IFREG:
            return Kind.FILE
        if form == stat.S_IFDIR:
            return Kind.FOLDER
        return Kind.SYMLINK if form == stat.S_IFLNK else None


def shown_names(folder_fd: int) -> list[str]:
    """Of all that is in a folder, which need not be open for reading. Raises: OSError."""
    fd = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder_fd)
    try:
        return os.listdir(fd)
    finally:
        os.close(fd)


def _shown_name(folder_fd: int, name: str) -> str:
    """The name that a folder which does not tell case shows for what it has at this one. Raises: OSError."""
    names = shown_names(folder_fd)
    if name in names:
        return name
    key = case_key(name)
    return next((shown for shown in names if case_key(shown) == key), name)


def signature(seen: syscalls.Stat) -> Signature:
    """Folders are known by identity alone: their times and size change with their children."""
    if seen.mode & 0o170000 == stat.S_IFDIR:
        return Signature(seen.device, seen.inode, seen.birth_ns, 0, 0, 0)
    return Signature(seen.device, seen.inode, seen.birth_ns, seen.size, seen.mtime_ns, seen.ctime_ns)


def _refuse_dots(path: str) -> None:
    if path and any(part in {"", ".", ".."} for part in path.split("/")):
        raise ValueError("a path with empty or dotted parts")
