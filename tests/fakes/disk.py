"""A disk in memory, and people who work on it.

Inode numbers are given out again at once, as file systems do. What was not synced may be lost when the power goes
(``cut_power``).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from itertools import count

from sync_engine.core.model import Kind
from sync_engine.core.platform_names import Naming, case_key, unholdable
from sync_engine.errors import NotHoldable, Occupied, Vanished
from sync_engine.ports import Dirty

START_NS = 1_800_000_000_000_000_000
PRIVATE = ".lockstep"


class Node:
    """An object on the disk: a file, a folder, a link, or something else."""

    def __init__(self, kind: Kind | None, inode: int, now_ns: int) -> None:
        self.kind = kind
        self.inode = inode
        self.birth_ns = self.mtime_ns = self.ctime_ns = now_ns
        self.mode = 0o755 if kind is Kind.FOLDER else 0o644
        self.data = b""
        self.durable_data = b""
        self.target = ""
        self.children: dict[str, tuple[str, Node]] = {}
        self.links = 0
        self.is_locked = False


class MemoryDisk:
    """Lives as long as this object.

    Attributes:
        on_event: told of whatever changes in the tree, like a watcher.
    """

    def __init__(self, now_ns: Callable[[], int] | None, naming: Naming) -> None:
        self.naming = naming
        self.on_event: Callable[[Dirty], None] | None = None
        self._clock = START_NS
        self._now_ns = now_ns
        self._inodes = count(100)
        self._free: list[int] = []
        self._undo: list[Callable[[], None]] = []
        self._unsynced: dict[int, Node] = {}
        self.root = Node(Kind.FOLDER, next(self._inodes), self.now_ns())

    def now_ns(self) -> int:
        """Moves on by a millisecond a change unless it is driven from outside."""
        if self._now_ns is not None:
            return self._now_ns()
        self._clock += 1_000_000
        return self._clock

    # --- people --------------------------------------------------------------------------------------------

    def write(self, path: str, data: bytes, *, mtime_ns: int | None = None) -> None:
        """Into the file that is there, or a new one."""
        node = self._file(path)
        self._fill(node, data)
        node.mtime_ns = node.ctime_ns if mtime_ns is None else mtime_ns
        self._tell(path, closed=True)

    def fill(self, path: str, data: bytes) -> None:
        """As ``write``, by a program that goes on writing and does not close the file."""
        self._fill(self._file(path), data)
        self._tell(path)

    def _file(self, path: str) -> Node:
        node = self._find(path)
        if node is None:
            node = self._new(Kind.FILE)
            self._link(path, node)
        return node

    def save(self, path: str, data: bytes) -> None:
        """As editors do: another file, renamed over this one."""
        node = self._new(Kind.FILE)
        old = self._find(path)
        if old is not None:
            node.mode = old.mode
        self._fill(node, data)
        self._link(path, node)
        self._tell(path)

    def make(self, path: str) -> None:
        """A folder, and those above it."""
        parts = path.split("/")
        for length in range(1, len(parts) + 1):
            above = "/".join(parts[:length])
            if self._find(above) is None:
                self._link(above, self._new(Kind.FOLDER))
                self._tell(above, everything=True)

    def link_to(self, path: str, target: str) -> None:
        """A symlink."""
        node = self._new(Kind.SYMLINK)
        node.target = target
        self._link(path, node)
        self._tell(path)

    def special(self, path: str) -> None:
        """A FIFO, a device, a mount."""
        self._link(path, self._new(None))
        self._tell(path)

    def hard_link(self, path: str, also: str) -> None:
        self._link(also, self._must(path))
        self._tell(also)

    def hold(self, path: str) -> Callable[[bytes], None]:
        """A program opens a file; the call writes into it, wherever its name is by then."""
        node = self._must(path)
        return lambda data: self._fill(node, data)

    def rename(self, path: str, to: str) -> None:
        """Replaces what is there, as rename(2) does."""
        self._shift(path, to)
        self._tell(path)
        self._tell(to, everything=self._must(to).kind is Kind.FOLDER)

    def swap(self, path: str, other: str) -> None:
        """Two files change names, at once."""
        self._swap(path, other)
        self._tell(path)
        self._tell(other)

    def remove(self, path: str) -> None:
        """With all below."""
        self._unlink(path)
        self._tell(path)

    def set_mode(self, path: str, mode: int) -> None:
        node = self._must(path)
        node.mode = mode
        node.ctime_ns = self.now_ns()
        self._tell(path)

    def read(self, path: str) -> bytes:
        return self._must(path).data

    def mode(self, path: str) -> int:
        return self._must(path).mode

    def exists(self, path: str) -> bool:
        return self._find(path) is not None

    def tree(self) -> dict[str, bytes | str | None]:
        """Everything but the private folder: bytes of a file, target of a link, ``None`` for a folder, "" for what is
        none of these."""
        return dict(self._walk(self.root, ""))

    def image(self) -> Node:
        """A copy of the whole disk, as a backup has it."""
        return deepcopy(self.root)

    def put_back(self, image: Node) -> None:
        """The whole disk as it was. What watches it hears nothing of that."""
        self.root = deepcopy(image)
        self._undo.clear()
        self._unsynced.clear()
        self._free.clear()  # any of them may be in use again

    def _walk(self, folder: Node, prefix: str) -> Iterator[tuple[str, bytes | str | None]]:
        for name, node in sorted(folder.children.values(), key=lambda child: child[0]):
            path = prefix + name
            if path == PRIVATE:
                continue
            if node.kind is Kind.FOLDER:
                yield path, None
                yield from self._walk(node, path + "/")
            else:
                yield path, node.data if node.kind is Kind.FILE else node.target

    # --- trouble -------------------------------------------------------------------------------------------

    def cut_power(self, chance: random.Random) -> None:
        """Of what happened since ``sync``, the later part of the renames and any of the bytes may be lost."""
        for _ in range(chance.randrange(len(self._undo) + 1)):
            self._undo.pop()()
        for node in self._unsynced.values():
            lost = chance.randrange(3)
            if lost == 0:
                node.data = node.durable_data
            elif lost == 1:
                node.data = node.data[: chance.randrange(len(node.data) + 1)]
            node.durable_data = node.data
        self._undo.clear()
        self._unsynced.clear()

    # --- inside --------------------------------------------------------------------------------------------

    def _tell(self, path: str, *, everything: bool = False, closed: bool = False) -> None:
        if self.on_event is not None and not path.startswith(PRIVATE + "/"):
            self.on_event(Dirty(path, everything, closed))

    def _new(self, kind: Kind | None) -> Node:
        return Node(kind, self._free.pop() if self._free else next(self._inodes), self.now_ns())

    def _fill(self, node: Node, data: bytes) -> None:
        node.data = data
        node.mtime_ns = node.ctime_ns = self.now_ns()
        self._unsynced[id(node)] = node

    def _key(self, name: str) -> str:
        return name if self.naming.tells_case else case_key(name)

    def _entry(self, path: str) -> tuple[str, Node] | None:
        """The name as stored and the object; links and other things on the way lead nowhere."""
        entry = ("", self.root)
        for part in path.split("/") if path else ():
            if entry[1].kind is not Kind.FOLDER:
                return None
            below = entry[1].children.get(self._key(part))
            if below is None:
                return None
            entry = below
        return entry

    def _find(self, path: str) -> Node | None:
        entry = self._entry(path)
        return None if entry is None else entry[1]

    def _must(self, path: str) -> Node:
        node = self._find(path)
        if node is None:
            raise Vanished(path)
        return node

    def _refuse_occupied(self, path: str) -> None:
        if self._find(path) is not None:
            raise Occupied(path)

    def _place(self, path: str) -> tuple[Node, str]:
        above, _, name = path.rpartition("/")
        if name in {"", ".", ".."} or "\0" in name or len(name.encode("utf-8", "surrogateescape")) > 255:
            raise NotHoldable(path)
        if (
            self.naming.rules != "linux"
            and not path.startswith(PRIVATE)
            and unholdable(name, self.naming.rules, at_root=False)
        ):
            raise NotHoldable(path)
        folder = self._must(above)
        if folder.kind is not Kind.FOLDER:
            raise Vanished(path, "its folder is none any more")
        return folder, name

    def _set(self, folder: Node, name: str, node: Node | None) -> None:
        """The one place where names change: what it does can be undone, in reverse order."""
        key = self._key(name)
        before = folder.children.get(key)
        if node is not None:
            node.links += 1
            folder.children[key] = (name if self.naming.keeps_case else name.lower(), node)
        elif before is not None:
            del folder.children[key]
        if before is not None:
            before[1].links -= 1
            if before[1].links == 0:
                self._free.append(before[1].inode)

        def undo() -> None:
            if node is not None:
                node.links -= 1
            folder.children.pop(key, None)
            if before is not None:
                folder.children[key] = before
                before[1].links += 1
                if before[1].inode in self._free:
                    self._free.remove(before[1].inode)

        self._undo.append(undo)

    def _join_last_two(self) -> None:
        """They happened at once."""
        second, first = self._undo.pop(), self._undo.pop()

        def undo() -> None:
            second()
            first()

        self._undo.append(undo)

    def _link(self, path: str, node: Node) -> None:
        self._set(*self._place(path), node)

    def _unlink(self, path: str) -> None:
        folder, name = self._place(path)
        self._must(path)
        self._set(folder, name, None)

    def _shift(self, path: str, to: str) -> None:
        node = self._must(path)
        (source, name), (target, to_name) = self._place(path), self._place(to)
        self._set(target, to_name, node)
        if (source, self._key(name)) != (target, self._key(to_name)):
            self._set(source, name, None)
            self._join_last_two()
        node.ctime_ns = self.now_ns()

    def _swap(self, path: str, other: str) -> None:
        one, two = self._must(path), self._must(other)
        one.links += 1  # neither is free in between
        self._set(*self._place(path), two)
        self._set(*self._place(other), one)
        one.links -= 1
        self._join_last_two()
        one.ctime_ns = two.ctime_ns = self.now_ns()
