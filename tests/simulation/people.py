"""People who work in the folders, at random, and what must not be lost of their work."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from server_api.contract.names import comparable
from tests.fakes.filesystem import FakeFileSystem

NAMES = ["a", "b", "c", "d", "B", "\u00e9", "x.txt", "long name " * 15]
SHARED = [b"", b"the same everywhere", b"also the same"]
"""Contents that several people write; all others are one person's only."""

Tree = dict[str, bytes | str | None]


class Ledger:
    """Every content that somebody wrote and nobody who saw it overwrote or deleted.

    Attributes:
        precious: must be in the trees in the end.
    """

    def __init__(self) -> None:
        self.precious: set[bytes] = set()
        self._count = 0

    def new_content(self, chance: Random) -> bytes:
        if chance.random() < 0.1:
            return chance.choice(SHARED)
        self._count += 1
        text = b"content %d " % self._count
        return text * (40_000 if chance.random() < 0.02 else chance.randrange(1, 30))

    def changed(self, before: Tree, after: Tree) -> None:
        """Somebody did this in one go."""
        was, is_now = contents(before), contents(after)
        self.precious -= was - is_now
        self.precious |= is_now - was - set(SHARED)

    def lost(self, before: Tree, after: Tree) -> None:
        """A disk forgot what it had not been told to keep."""
        self.precious -= contents(before) - contents(after)


def contents(tree: Tree) -> set[bytes]:
    return {content for content in tree.values() if isinstance(content, bytes)}


class Person:
    """Works on one device. What they do is told to the ledger."""

    def __init__(self, disk: FakeFileSystem, chance: Random, ledger: Ledger) -> None:
        self.disk = disk
        self.chance = chance
        self.ledger = ledger

    def act(self) -> str:
        """One random change; returns what it was."""
        actions: list[Callable[[], str | None]] = [
            self.create, self.create, self.create, self.edit, self.edit, self.save, self.make, self.make, self.rename,
            self.rename, self.move, self.move, self.move, self.delete, self.delete, self.swap, self.replace,
            self.change_kind, self.link, self.chmod, self.wrap, self.move_and_edit,
        ]  # fmt: skip
        before = self.disk.tree()
        said = self.chance.choice(actions)()
        self.ledger.changed(before, self.disk.tree())
        return said or "nothing"

    # --- choosing ------------------------------------------------------------------------------------------

    def _some(self, *, file: bool = False, folder: bool = False) -> str | None:
        """The path of something that is there."""
        found = [
            path
            for path, content in self.disk.tree().items()
            if (isinstance(content, bytes) or not file) and (content is None or not folder)
        ]
        return self.chance.choice(found) if found else None

    def _free(self, folder: str | None = None) -> str | None:
        """A path where nothing is, not even under another form of its name."""
        if folder is None:
            folder = self.chance.choice(["", self._some(folder=True) or ""])
        path = f"{folder}/{self.chance.choice(NAMES)}" if folder else self.chance.choice(NAMES)
        return None if comparable(path) in {comparable(each) for each in self.disk.tree()} else path

    # --- acting: each returns what was done, or ``None`` if it could not be -------------------------------------

    def create(self) -> str | None:
        path = self._free()
        if path is None:
            return None
        self.disk.write(path, self.ledger.new_content(self.chance))
        return f"create {path}"

    def edit(self) -> str | None:
        path = self._some(file=True)
        if path is None:
            return None
        self.disk.write(path, self.ledger.new_content(self.chance))
        return f"edit {path}"

    def save(self) -> str | None:
        path = self._some(file=True)
        if path is None:
            return None
        self.disk.save(path, self.ledger.new_content(self.chance))
        return f"save {path}"

    def make(self) -> str | None:
        path = self._free()
        if path is None:
            return None
        self.disk.make(path)
        return f"mkdir {path}"

    def link(self) -> str | None:
        path = self._free()
        if path is None:
            return None
        self.disk.link_to(path, self.chance.choice(["here", "../there"]))
        return f"link {path}"

    def chmod(self) -> str | None:
        path = self._some(file=True)
        if path is None:
            return None
        self.disk.set_mode(path, self.chance.choice([0o644, 0o755]))
        return f"chmod {path}"

    def delete(self) -> str | None:
        path = self._some()
        if path is None:
            return None
        self.disk.remove(path)
        return f"rm -r {path}"

    def rename(self) -> str | None:
        path = self._some()
        to = path and self._free(path.rpartition("/")[0])
        return self._move(path, to)

    def move(self) -> str | None:
        return self._move(self._some(), self._free())

    def _move(self, path: str | None, to: str | None) -> str | None:
        if path is None or to is None or f"{to}/".startswith(f"{path}/"):
            return None
        self.disk.rename(path, to)
        return f"mv {path} {to}"

    def move_and_edit(self) -> str | None:
        said = self._move(self._some(file=True), to := self._free())
        if said is None or to is None:
            return None
        self.disk.write(to, self.ledger.new_content(self.chance))
        return f"{said}, edit"

    def swap(self) -> str | None:
        one, other = self._some(), self._some()
        if one is None or other is None or f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/"):
            return None
        if self.disk.exists("between"):  # the power was cut in the middle of a swap
            return None
        self.disk.rename(one, "between")
        self.disk.rename(other, one)
        self.disk.rename("between", other)
        return f"swap {one} {other}"

    def replace(self) -> str | None:
        """``mv b a`` where both are files."""
        one, other = self._some(file=True), self._some(file=True)
        if one is None or other is None or one == other:
            return None
        self.disk.rename(one, other)
        return f"mv {one} onto {other}"

    def change_kind(self) -> str | None:
        path = self._some()
        if path is None:
            return None
        was = self.disk.tree()[path]
        self.disk.remove(path)
        if was is not None:
            self.disk.make(path)
        else:
            self.disk.write(path, self.ledger.new_content(self.chance))
        return f"change the kind of {path}"

    def wrap(self) -> str | None:
        """``mkdir t; mv a t/; mv t a``: a new folder in the place of what is in it."""
        path = self._some()
        if path is None or self.disk.exists("wrapping"):
            return None
        self.disk.make("wrapping")
        self.disk.rename(path, f"wrapping/{path.rpartition('/')[2]}")
        self.disk.rename("wrapping", path)
        return f"wrap {path}"
