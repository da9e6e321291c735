"""The two disks that the file system's contract is held against: a real folder, and the one in memory.

Both speak as a person who works in the folder; ``filesystem`` is the port.
"""

from __future__ import annotations

import os
import shutil
import stat
import time
from collections.abc import Callable
from typing import Any, Protocol

import pytest

from sync_engine.adapters.filesystem import syscalls
from sync_engine.adapters.filesystem.folder import SyncedFolder
from sync_engine.adapters.filesystem.root import prepare_root
from sync_engine.core.model import Found
from sync_engine.core.platform_names import Naming
from sync_engine.ports import FileSystem, Staged
from tests.fakes.filesystem import FakeFileSystem
from tests.fixtures.mounts import available_kinds

SECOND = 1_000_000_000
MTIME = 1_234_567_890_000_000_000
FINE_MTIME = 1_234_567_890_123_456_789


UNIX = ["real", "fake", "fake that folds case"]
FOREIGN = [*available_kinds(), "fake that follows Windows"]
FOLDING = [*FOREIGN, "fake that folds case"]
"""Disks that do not tell case."""
on_unix = pytest.mark.parametrize("disk", UNIX, indirect=True)
"""For what other file systems do not have: links, modes, FIFOs, names of any bytes."""
NAMINGS = {
    "fake": Naming(),
    "fake that folds case": Naming(tells_case=False),
    "fake that follows Windows": Naming(tells_case=False, rules="windows"),
}


class Disk(Protocol):
    @property
    def filesystem(self) -> FileSystem: ...
    def write(self, path: str, data: bytes) -> None: ...
    def save(self, path: str, data: bytes) -> None: ...
    def make(self, path: str) -> None: ...
    def link_to(self, path: str, target: str) -> None: ...
    def hard_link(self, path: str, also: str) -> None: ...
    def hold(self, path: str) -> Callable[[bytes], None]:
        """A program opens a file; the call writes its bytes into it from the start, wherever its name is by then."""

    def special(self, path: str) -> None: ...
    def rename(self, path: str, to: str) -> None: ...
    def remove(self, path: str) -> None: ...
    def set_mode(self, path: str, mode: int) -> None: ...
    def read(self, path: str) -> bytes: ...
    def mode(self, path: str) -> int: ...
    def exists(self, path: str) -> bool: ...
    def before_exchange(self, do: Callable[[], None]) -> None:
        """Once, after the look at what is to be replaced."""

    def restart(self) -> None:
        """The process is killed, and another one begins."""

    def now_ns(self) -> int: ...
    def tree(self) -> dict[str, bytes | str | None]:
        """Everything but the private folder: bytes of a file, target of a link, ``None`` for a folder."""

    def close(self) -> None: ...


class RealDisk:
    def __init__(self, root: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self._monkeypatch = monkeypatch
        self._held: list[int] = []
        prepare_root(root, "journal")
        self.filesystem = SyncedFolder(root, "journal")
        self.filesystem.check_root()

    def at(self, path: str) -> str:
        return os.path.join(self.root, path)

    def write(self, path: str, data: bytes) -> None:
        with open(self.at(path), "wb") as file:
            file.write(data)

    def save(self, path: str, data: bytes) -> None:
        self.write(path + ".new", data)
        if self.exists(path):
            os.chmod(self.at(path + ".new"), self.mode(path))
        os.replace(self.at(path + ".new"), self.at(path))

    def make(self, path: str) -> None:
        os.makedirs(self.at(path))

    def link_to(self, path: str, target: str) -> None:
        os.symlink(target, self.at(path))

    def hard_link(self, path: str, also: str) -> None:
        os.link(self.at(path), self.at(also))

    def hold(self, path: str) -> Callable[[bytes], None]:
        fd = os.open(self.at(path), os.O_RDWR)
        self._held.append(fd)

        def write(data: bytes) -> None:
            os.ftruncate(fd, 0)
            os.pwrite(fd, data, 0)

        return write

    def close(self) -> None:
        while self._held:
            os.close(self._held.pop())
        self.filesystem.close()

    def forget(self) -> None:
        """Let go of every descriptor."""
        self.close()
        self.filesystem = SyncedFolder(self.root, "journal")

    def special(self, path: str) -> None:
        os.mkfifo(self.at(path))

    def rename(self, path: str, to: str) -> None:
        os.rename(self.at(path), self.at(to))

    def remove(self, path: str) -> None:
        if os.path.isdir(self.at(path)) and not os.path.islink(self.at(path)):
            shutil.rmtree(self.at(path))
        else:
            os.unlink(self.at(path))

    def set_mode(self, path: str, mode: int) -> None:
        os.chmod(self.at(path), mode)

    def read(self, path: str) -> bytes:
        with open(self.at(path), "rb") as file:
            return file.read()

    def mode(self, path: str) -> int:
        return stat.S_IMODE(os.lstat(self.at(path)).st_mode)

    def exists(self, path: str) -> bool:
        return os.path.lexists(self.at(path))

    def tree(self) -> dict[str, bytes | str | None]:
        found: dict[str, bytes | str | None] = {}
        for place, folders, files in os.walk(self.root):
            if place == self.root:
                folders.remove(".lockstep")
            for name in (*folders, *files):
                path = os.path.relpath(os.path.join(place, name), self.root)
                if os.path.islink(self.at(path)):
                    found[path] = os.readlink(self.at(path))
                else:
                    found[path] = None if name in folders else self.read(path)
        return found

    def before_exchange(self, do: Callable[[], None]) -> None:
        rename = syscalls.rename
        root = self.filesystem._ours()
        if not root.can_exchange:
            set_aside = self.filesystem._set_aside

            def first_of_steps(*arguments: Any) -> str:
                self._monkeypatch.setattr(self.filesystem, "_set_aside", set_aside)
                do()
                return set_aside(*arguments)

            self._monkeypatch.setattr(self.filesystem, "_set_aside", first_of_steps)
            return

        def first(from_fd: int, name: str, to_fd: int, to_name: str, flags: int) -> None:
            if flags == syscalls.RENAME_EXCHANGE:
                self._monkeypatch.setattr(syscalls, "rename", rename)
                do()
            rename(from_fd, name, to_fd, to_name, flags)

        self._monkeypatch.setattr(syscalls, "rename", first)

    def restart(self) -> None:
        self.filesystem.close()
        self.filesystem = SyncedFolder(self.root, "journal")
        self.filesystem.check_root()

    def now_ns(self) -> int:
        return time.time_ns()


class FakeDisk(FakeFileSystem):
    """The fake is both the person's disk and the port."""

    @property
    def filesystem(self) -> FakeFileSystem:
        return self

    def before_exchange(self, do: Callable[[], None]) -> None:
        self.before("exchange", do)

    def restart(self) -> None:
        self.kill()

    def close(self) -> None: ...


def staged(files: FileSystem, data: bytes, *, executable: bool = False, mtime_ns: int = MTIME) -> Staged:
    file = files.stage()
    file.write(data)
    file.finish(mtime_ns, executable=executable)
    return file


def seen(files: FileSystem, path: str) -> Found:
    found = files.look(path)
    assert found is not None
    return found


def names(files: FileSystem, path: str = "") -> set[str]:
    return {found.name for found in files.list_folder(path)}
