"""People who work in the folders, at random, and what must not be lost of their work."""

from __future__ import annotations

import unicodedata
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise
from random import Random

from server_api.contract.names import comparable, is_private
from sync_engine.core.ignore import IGNORE_FILE, is_litter
from sync_engine.core.platform_names import case_key
from sync_engine.errors import DiskError
from tests.fakes.disk import PRIVATE
from tests.fakes.filesystem import FakeFileSystem

NAMES = ["a", "b", "c", "d", "B", "\u00e9", "x.txt", "long name " * 15]
ODD_NAMES = ["A", "e\u0301", "\u00c9", "con", "a.", "a:b", "LONGNA~1", "a~", ".LockStep", "invalid \udcff", "n" * 255]
ODD_NAMES += ["b (Laptop's conflicted copy 2026-11-05)", "\u017f", "s", "\u212b", "\u00e5"]
"""Twins by case or Unicode, names that some systems cannot hold, names that are ignored or not to be sent."""
SHARED = [b"", b"the same everywhere", b"also the same"]
"""Contents that several people write; all others are one person's only."""
RULES = ["b", "/c/", "*.txt", "d/*", "!a", "# nothing"]

Tree = dict[str, bytes | str | None]


class Ledger:
    """Every content that somebody wrote and nobody who saw it overwrote or deleted.

    Attributes:
        precious: must be in the trees in the end.
        known: everything that was ever written, as a whole, or was left by a power cut.
        hidden: written with the old times put back. In the very moment in which Lockstep itself has put the file there
            that leaves no trace: the device's trash may be the last place that has it.
        acts: how often somebody did something.
    """

    def __init__(self) -> None:
        self.precious: set[bytes] = set()
        self.known: set[bytes] = set(SHARED)
        self.hidden: set[bytes] = set()
        self.acts = 0
        self._count = 0

    def new_content(self, chance: Random) -> bytes:
        if chance.random() < 0.1:
            return chance.choice(SHARED)
        text = self.new_text()
        return text * (40_000 if chance.random() < 0.02 else chance.randrange(1, 30))

    def new_text(self) -> bytes:
        self._count += 1
        return b"content %d " % self._count

    def changed(self, before: Tree, after: Tree) -> None:
        """Somebody did this in one go. Of a content that lies in several places they saw it in each: if one of these
        goes here and another elsewhere, nobody threw it away by mistake."""
        was, is_now = Counter(_cared_for(before)), Counter(_cared_for(after))
        self.precious -= (was - is_now).keys()
        self.precious |= is_now.keys() - was.keys() - set(SHARED)
        self.known |= contents(after)

    def lost(self, before: Tree, after: Tree) -> None:
        """A disk forgot what it had not been told to keep. What it has as litter again nobody will care for."""
        self.precious -= contents(before) - set(_cared_for(after))
        self.known |= contents(after)

    def given_up(self, given_up: set[bytes]) -> None:
        """Somebody who saw these had the program throw them away."""
        self.precious -= given_up

    def restored(self, living: set[bytes]) -> None:
        """Somebody put an old state of the server back: what was nowhere else is gone."""
        self.precious &= living


def _cared_for(tree: Tree) -> Iterator[bytes]:
    return (content for path, content in tree.items() if isinstance(content, bytes) and not _is_junk(path))


def _is_junk(path: str) -> bool:
    """It goes along with its folder."""
    return any(map(is_litter, path.split("/")))


def contents(tree: Tree) -> set[bytes]:
    return {content for content in tree.values() if isinstance(content, bytes)}


class Person:
    """Works on one device. What they do is told to the ledger.

    ``is_odd``: they use names that collide, change the ignore rules, make what cannot be synced, and set odd times.

    Attributes:
        restored_times: they changed bytes and put the old times back, of which a file that was moved in the same moment
            shows no trace: it is read by ``sync --full``, or before something takes its place.
    """

    def __init__(self, disk: FakeFileSystem, chance: Random, ledger: Ledger, *, is_odd: bool = False) -> None:
        self.disk = disk
        self.chance = chance
        self.ledger = ledger
        self.names = NAMES + ODD_NAMES if is_odd else NAMES
        self.restored_times = False
        self._is_odd = is_odd
        self._under_way: deque[Callable[[], object]] = deque()
        """What is yet to come of something that takes several steps."""

    def act(self) -> str:
        """One random change; returns what it was."""
        actions: list[Callable[[], str | None]] = [
            self.create, self.create, self.create, self.edit, self.edit, self.save, self.make, self.make, self.rename,
            self.rename, self.move, self.move, self.move, self.delete, self.delete, self.swap, self.replace,
            self.change_kind, self.link, self.chmod, self.wrap, self.move_and_edit, self.rotate, self.save_by_backup,
            self.save_by_renaming, self.rewrite,
        ]  # fmt: skip
        if self._is_odd:
            actions += [self.make_special, self.change_rules, self.litter, self.set_odd_time, self.hard_link, self.twin]
            actions += [self.edit_keeping_times]
        before = self.disk.tree()
        said: str | None = None
        with suppress(DiskError):
            if self._under_way and self.chance.random() < 0.6:
                said = f"go on: {self._under_way.popleft()()}"
            else:
                said = self.chance.choice(actions)()
        self.ledger.changed(before, self.disk.tree())
        self.ledger.acts += 1
        return said or "nothing"

    def finish(self) -> None:
        """Come to the end of what was begun."""
        while self._under_way:
            before = self.disk.tree()
            with suppress(DiskError):
                self._under_way.popleft()()
            self.ledger.changed(before, self.disk.tree())

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
        path = f"{folder}/{self.chance.choice(self.names)}" if folder else self.chance.choice(self.names)
        key = comparable if self.disk.naming.tells_case else case_key
        return None if key(path) in {key(each) for each in (PRIVATE, *self.disk.tree())} else path

    def _later(self, *steps: Callable[[], object]) -> None:
        self._under_way.extend(steps)

    def _is_busy(self) -> bool:
        return bool(self._under_way)

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

    def edit_keeping_times(self) -> str | None:
        """Same size, and the old mtime put back: only the ctime tells."""
        path = self._some(file=True)
        if path is None:
            return None
        size = len(self.disk.read(path))
        text = self.ledger.new_text()
        if size < len(text):
            return None
        mtime_ns = self.disk._must(path).mtime_ns
        self.restored_times = True
        content = (text * (size // len(text) + 1))[:size]
        self.ledger.hidden.add(content)
        self.disk.write(path, content, mtime_ns=mtime_ns)
        return f"edit {path}, times kept"

    def save(self) -> str | None:
        path = self._some(file=True)
        if path is None:
            return None
        self.disk.save(path, self.ledger.new_content(self.chance))
        return f"save {path}"

    def save_by_backup(self) -> str | None:
        """As Vim does: the document becomes the backup, a new one is written, the backup goes."""
        path = self._some(file=True)
        if path is None or self._is_busy() or self.disk.exists(f"{path}~") or len(path.rpartition("/")[2]) > 200:
            return None
        new = self.ledger.new_content(self.chance)
        self.disk.rename(path, f"{path}~")
        self._later(lambda: self.disk.write(path, new), lambda: self.disk.remove(f"{path}~"))
        return f"save {path} with a backup"

    def save_by_renaming(self) -> str | None:
        """As Word does: the new one under another name, the old one under a third, then the new one in its place."""
        path = self._some(file=True)
        if path is None or self._is_busy():
            return None
        folder, _, _ = path.rpartition("/")
        new, old = (f"{folder}/{name}" if folder else name for name in ("~WRD0001.tmp", "~WRL0002.tmp"))
        if self.disk.exists(new) or self.disk.exists(old):
            return None
        self.disk.write(new, self.ledger.new_content(self.chance))
        self._later(
            lambda: self.disk.rename(path, old), lambda: self.disk.rename(new, path), lambda: self.disk.remove(old)
        )
        return f"save {path} by renaming"

    def rewrite(self) -> str | None:
        """Emptied first, then written."""
        path = self._some(file=True)
        if path is None or self._is_busy():
            return None
        new = self.ledger.new_content(self.chance)
        self.disk.write(path, b"")
        self._later(lambda: self.disk.write(path, new))
        return f"empty {path}, to write it anew"

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
        return self._turn(self._some(), self._some())

    def rotate(self) -> str | None:
        return self._turn(self._some(), self._some(), self._some())

    def _turn(self, *paths: str | None) -> str | None:
        """Each comes to where the next one is, the last one to where the first one was."""
        chosen = [path for path in paths if path is not None]
        apart = all(not f"{one}/".startswith(f"{other}/") for one in chosen for other in chosen if one is not other)
        if len(set(chosen)) < len(paths) or not apart or self.disk.exists("between"):
            return None
        self.disk.rename(chosen[-1], "between")  # stays, if the power is cut in the middle
        for path, to in reversed(list(pairwise(chosen))):
            self.disk.rename(path, to)
        self.disk.rename("between", chosen[0])
        return f"turn {', '.join(chosen)}"

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

    # --- odd things --------------------------------------------------------------------------------------------

    def make_special(self) -> str | None:
        path = self._free()
        if path is None:
            return None
        self.disk.special(path)
        return f"mkfifo {path}"

    def change_rules(self) -> str | None:
        if self.disk.exists(IGNORE_FILE) and self.chance.random() < 0.3:
            self.disk.remove(IGNORE_FILE)
            return "remove the ignore rules"
        rules = [rule.encode() for rule in self.chance.sample(RULES, 2)]
        self.disk.write(IGNORE_FILE, b"\n".join([*rules, b"# " + self.ledger.new_text()]))
        return f"ignore {rules}"

    def litter(self) -> str | None:
        """What goes along with its folder: nobody misses it."""
        folder = self._some(folder=True) or ""
        path = f"{folder}/.DS_Store" if folder else ".DS_Store"
        self.disk.write(path, b"the same everywhere")
        return f"litter {path}"

    def set_odd_time(self) -> str | None:
        path = self._some(file=True)
        if path is None:
            return None
        times = [0, -1, -(10**18), 2**62, 2**63, self.disk.now_ns() + 10**15]
        self.disk.write(path, self.ledger.new_content(self.chance), mtime_ns=self.chance.choice(times))
        return f"edit {path}, an odd time"

    def hard_link(self) -> str | None:
        path, also = self._some(file=True), self._free()
        if path is None or also is None:
            return None
        self.disk.hard_link(path, also)
        return f"ln {path} {also}"

    def twin(self) -> str | None:
        """Another file whose name is the same by Unicode or case; where a disk does not tell them apart, the same."""
        path = self._some(file=True)
        if path is None:
            return None
        folder, slash, name = path.rpartition("/")
        other = f"{folder}{slash}{self.chance.choice([name.swapcase(), _decomposed(name), comparable(name)])}"
        if not folder and is_private(other):
            return None
        self.disk.write(other, self.ledger.new_content(self.chance))
        return f"write {other}, a twin of {path}"


def _decomposed(name: str) -> str:
    return unicodedata.normalize("NFD", name)
