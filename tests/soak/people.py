"""People who work in real folders, at random, as programs do it; and what must not be lost of their work.

A daemon works in the same folder at the same time. So a person takes for seen only what was read through the descriptor
of the very file that then was overwritten or removed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Final

from blake3 import blake3

from sync_engine.adapters.filesystem import syscalls
from tests.soak.records import is_whole, record

NAMES: Final = ["notes", "thesis.tex", "photo.jpg", "Übung", "data.csv", "a", "A", "x" * 200, "draft 2.odt", "日本.txt"]
FULL: Final = 250
"""Files; from there on more is deleted than made."""

_COPY: Final = re.compile(r" \([ABC]'s conflicted copy [0-9-]{10}( \d+)?\)")

Slow = Iterator[None]
"""Somebody who writes a file bit by bit."""


def is_copy(path: str) -> bool:
    """Whether it is a conflicted copy by its own name."""
    return _COPY.search(os.path.basename(path)) is not None


class Ledger:
    """Every content that was fully written, and that nobody who had it overwrote or deleted.

    Attributes:
        precious: by its hash, who wrote it where.
        unfinished: hashes of contents as they were while somebody who wrote bit by bit took a pause: a device may have
            taken them for what was meant.
    """

    def __init__(self) -> None:
        self.precious: dict[bytes, str] = {}
        self.unfinished: set[bytes] = set()

    def written(self, content: bytes, where: str) -> None:
        if content:
            self.precious[blake3(content).digest()] = where

    def gone(self, content: bytes) -> None:
        self.precious.pop(blake3(content).digest(), None)

    def missing_from(self, digests: Collection[bytes]) -> dict[bytes, str]:
        """What is precious and not among these."""
        return {digest: where for digest, where in self.precious.items() if digest not in digests}


class Person:
    """Works in one device's folder. Thread: the one that calls.

    Attributes:
        operations: how many were done.
    """

    def __init__(self, name: str, folder: Path, chance: Random, ledger: Ledger) -> None:
        self.operations = 0
        self._name = name
        self._folder = folder
        self._chance = chance
        self._ledger = ledger
        self._count = 0
        self._slow: list[Slow] = []

    def act(self) -> None:
        """One thing; it is given up where the daemon has just changed what it is about."""
        if self._slow and self._chance.random() < 0.4:
            self._go_on(self._chance.choice(self._slow))
            return
        files, folders = self._look()
        makers = [self.create, self.create, self.make, self.make_filled, self.copy, self.link]
        changers = [
            self.edit, self.edit, self.append, self.save, self.save, self.write_slowly, self.rename, self.rename,
            self.move, self.move_folder, self.swap, self.swap_folders, self.replace, self.chmod, self.touch,
            self.truncate,
        ]  # fmt: skip
        removers = [self.delete, self.delete, self.delete_folder, self.change_kind]
        if len(files) > FULL:
            removers *= 4
        elif len(files) < FULL // 4:
            makers *= 3
        act: Callable[[list[str], list[str]], object] = self._chance.choice([*makers, *changers, *removers])
        with suppress(OSError, IndexError):
            act(files, folders)
            self.operations += 1

    def finish(self) -> None:
        """Nothing is written bit by bit any more."""
        while self._slow:
            self._go_on(self._slow[0])

    def rename_copies(self) -> None:
        """So that each conflicted copy that is found later is a new one."""
        files, folders = self._look()
        for path in sorted((path for path in (*files, *folders) if is_copy(path)), key=len, reverse=True):
            self._count += 1
            to = os.path.join(os.path.dirname(path), f"{self._name}{self._count} kept")
            rename_to_free(self._at(path), self._at(to))

    def _go_on(self, slow: Slow) -> None:
        try:
            next(slow)
        except (StopIteration, OSError):
            self._slow.remove(slow)

    # --- choosing ------------------------------------------------------------------------------------------

    def _look(self) -> tuple[list[str], list[str]]:
        """Paths of all that is no folder, and of all folders."""
        files, folders = [], []
        for place, below, names in os.walk(self._folder):
            inside = os.path.relpath(place, self._folder)
            if inside == ".":
                below[:] = [name for name in below if name != ".lockstep"]
            prefix = "" if inside == "." else f"{inside}/"
            files += [prefix + name for name in names]
            folders += [prefix + name for name in below]
        return files, folders

    def _free(self, folders: list[str], near: str | None = None) -> str:
        """A path at which nothing is. Raises: IndexError, if luck does not find one."""
        folder = self._chance.choice(["", *folders]) if near is None else os.path.dirname(near)
        name = self._chance.choice(NAMES)
        if self._chance.random() < 0.7:
            self._count += 1
            name = f"{self._name}{self._count} {name}"
        path = f"{folder}/{name}" if folder else name
        if folder.count("/") > 5 or os.path.lexists(self._at(path)):
            raise IndexError
        return path

    def _at(self, path: str) -> str:
        return os.path.join(self._folder, path)

    def _content(self, before: bytes = b"") -> bytes:
        size = self._chance.choice([10, 1_000, 5_000, 20_000, 100_000])
        if self._chance.random() < 0.02:
            size = self._chance.choice([1_000_000, 3_000_000, 9_000_000])
        return record(self._chance, self._chance.randrange(size), before)

    # --- making --------------------------------------------------------------------------------------------

    def create(self, files: list[str], folders: list[str]) -> None:
        self._create(self._free(folders), self._content())

    def _create(self, path: str, content: bytes) -> None:
        fd = os.open(self._at(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        try:
            _write(fd, content)
        finally:
            os.close(fd)
        self._ledger.written(content, f"{self._name}: {path}")

    def make(self, files: list[str], folders: list[str]) -> None:
        os.mkdir(self._at(self._free(folders)))

    def make_filled(self, files: list[str], folders: list[str]) -> None:
        """A folder with all that is in it at once, as from an archive."""
        top = self._free(folders)
        os.mkdir(self._at(top))
        for number in range(self._chance.randrange(1, 8)):
            self._create(f"{top}/{number}", self._content())
        os.mkdir(self._at(f"{top}/deep"))
        self._create(f"{top}/deep/one", self._content())

    def copy(self, files: list[str], folders: list[str]) -> None:
        to = self._free(folders)
        with self._open(self._some_file(files)) as (_, content):
            self._create(to, content)

    def link(self, files: list[str], folders: list[str]) -> None:
        os.symlink(self._chance.choice(["here", "../there", *files[:3]]), self._at(self._free(folders)))

    # --- changing ------------------------------------------------------------------------------------------

    def _some_file(self, files: list[str]) -> str:
        """A regular one. Raises: IndexError."""
        regular = [path for path in self._chance.sample(files, min(8, len(files))) if self._is_regular(path)]
        return regular[0]

    def _is_regular(self, path: str) -> bool:
        return os.path.isfile(self._at(path)) and not os.path.islink(self._at(path))

    @contextmanager
    def _open(self, path: str) -> Iterator[tuple[int, bytes]]:
        """To write into, with what is in it. Raises: IndexError, if somebody is still writing it."""
        fd = os.open(self._at(path), os.O_RDWR | os.O_NOFOLLOW)
        try:
            content = _read(fd)
            if not is_whole(content):
                raise IndexError
            yield fd, content
        finally:
            os.close(fd)

    def edit(self, files: list[str], folders: list[str]) -> None:
        """In place."""
        path = self._some_file(files)
        with self._open(path) as (fd, old):
            os.ftruncate(fd, 0)
            self._ledger.gone(old)
            os.lseek(fd, 0, os.SEEK_SET)
            new = self._content()
            _write(fd, new)
            self._ledger.written(new, f"{self._name}: {path}")

    def append(self, files: list[str], folders: list[str]) -> None:
        path = self._some_file(files)
        with self._open(path) as (fd, old):
            more = self._content(old)
            _write(fd, more)
            self._ledger.gone(old)
            self._ledger.written(old + more, f"{self._name}: {path}")

    def write_slowly(self, files: list[str], folders: list[str]) -> None:
        """A new file that is open for a while."""
        slow = self._written_slowly(self._free(folders), self._content())
        next(slow)
        self._slow.append(slow)

    def _written_slowly(self, path: str, content: bytes) -> Slow:
        fd = os.open(self._at(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        try:
            step = len(content) // 4
            for start in range(0, 3 * step, step):
                _write(fd, content[start : start + step])
                self._ledger.unfinished.add(blake3(content[: start + step]).digest())
                yield
            _write(fd, content[3 * step :])
            if os.fstat(fd).st_nlink:  # else it was deleted meanwhile
                self._ledger.written(content, f"{self._name}: {path}")
        finally:
            os.close(fd)

    def save(self, files: list[str], folders: list[str]) -> None:
        """As editors do: written beside it, then renamed over it; some keep the old one's name for a moment."""
        path = self._some_file(files)
        self._count += 1
        beside = os.path.join(os.path.dirname(path), f"{self._name}{self._count}.new")
        new = self._content()
        self._create(beside, new)
        if self._chance.random() < 0.5:
            self._over(beside, path)
            return
        aside = f"{beside}.old"
        os.rename(self._at(path), self._at(aside))
        rename_to_free(self._at(beside), self._at(path))
        self._remove(aside)

    def replace(self, files: list[str], folders: list[str]) -> None:
        self._over(self._some_file(files), self._some_file(files))

    def _over(self, path: str, to: str) -> None:
        """``mv path to``, where there is something."""
        if path == to:
            return
        with self._to_go(to):
            os.rename(self._at(path), self._at(to))

    def truncate(self, files: list[str], folders: list[str]) -> None:
        if self._chance.random() < 0.2:
            with self._open(self._some_file(files)) as (fd, old):
                os.ftruncate(fd, 0)
                self._ledger.gone(old)

    def chmod(self, files: list[str], folders: list[str]) -> None:
        os.chmod(self._at(self._some_file(files)), self._chance.choice([0o644, 0o755]))

    def touch(self, files: list[str], folders: list[str]) -> None:
        os.utime(self._at(self._some_file(files)))

    # --- moving --------------------------------------------------------------------------------------------

    def rename(self, files: list[str], folders: list[str]) -> None:
        path = self._chance.choice([*files, *folders])
        rename_to_free(self._at(path), self._at(self._free(folders, near=path)))

    def move(self, files: list[str], folders: list[str]) -> None:
        rename_to_free(self._at(self._chance.choice(files)), self._at(self._free(folders)))

    def move_folder(self, files: list[str], folders: list[str]) -> None:
        rename_to_free(self._at(self._chance.choice(folders)), self._at(self._free(folders)))

    def swap(self, files: list[str], folders: list[str]) -> None:
        self._swap(self._chance.choice(files), self._chance.choice(files))

    def swap_folders(self, files: list[str], folders: list[str]) -> None:
        self._swap(self._chance.choice(folders), self._chance.choice(folders))

    def _swap(self, one: str, other: str) -> None:
        if f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/"):
            return
        self._count += 1
        between = f"{self._name}{self._count} between"
        rename_to_free(self._at(one), self._at(between))
        rename_to_free(self._at(other), self._at(one))
        rename_to_free(self._at(between), self._at(other))

    # --- removing ------------------------------------------------------------------------------------------

    def delete(self, files: list[str], folders: list[str]) -> None:
        self._remove(self._chance.choice(files))

    def delete_folder(self, files: list[str], folders: list[str]) -> None:
        self._remove_folder(self._chance.choice(folders))

    def change_kind(self, files: list[str], folders: list[str]) -> None:
        if self._chance.random() < 0.5:
            path = self._some_file(files)
            self._remove(path)
            os.mkdir(self._at(path))
        else:
            path = self._chance.choice(folders)
            self._remove_folder(path)
            self._create(path, self._content())

    def _remove_folder(self, path: str) -> None:
        """As ``rm -r``: whatever is met; what comes meanwhile keeps its folder. Small ones only."""
        inside = [(place, names) for place, _, names in os.walk(self._at(path), topdown=False)]
        if sum(len(names) for _, names in inside) > FULL // 8:
            return
        for place, names in inside:
            for name in names:
                self._remove(os.path.relpath(os.path.join(place, name), self._folder))
            os.rmdir(place)

    def _remove(self, path: str) -> None:
        if os.path.islink(self._at(path)):
            os.unlink(self._at(path))
            return
        with self._to_go(path):
            os.unlink(self._at(path))

    def _to_go(self, path: str) -> _ToGo:
        return _ToGo(self._at(path), self._ledger)


class _ToGo:
    """Around what takes a file away: tells the ledger, if it was this one."""

    def __init__(self, path: str, ledger: Ledger) -> None:
        self._fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        self._ledger = ledger

    def __enter__(self) -> None:
        self._content = _read(self._fd)

    def __exit__(self, *_: object) -> None:
        is_gone = os.fstat(self._fd).st_nlink == 0
        os.close(self._fd)
        if is_gone:
            self._ledger.gone(self._content)


def rename_to_free(path: str, to: str) -> None:
    """Never over anything: what is there was not looked at. Raises: OSError."""
    syscalls.rename(-100, path, -100, to, syscalls.RENAME_NOREPLACE)


def _read(fd: int) -> bytes:
    parts = []
    while piece := os.read(fd, 1 << 20):
        parts.append(piece)
    return b"".join(parts)


def _write(fd: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(fd, view) :]
