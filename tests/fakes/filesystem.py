"""A synced folder in memory: ``ports.FileSystem``, with people who work in it, errors on demand, and power cuts.

What it does is what the real adapter does, which one contract suite holds both to. Beyond the port:

- people: ``write``, ``save``, ``make``, ``link_to``, ``hard_link``, ``special``, ``rename``, ``remove``, ``set_mode``,
  ``read``, ``tree``;
- trouble: ``fail`` the next call of an operation, ``before`` one do something else, ``root_error``, ``is_full``,
  folders that nobody may look into (``lock``);
- ``kill`` (the process is gone, the system goes on) and ``cut_power`` (what was not synced may be lost).
"""

from __future__ import annotations

import random
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from copy import deepcopy
from itertools import count

from server_api.contract.names import is_private
from sync_engine.core.ignore import is_litter
from sync_engine.core.model import Found, Kind, Signature
from sync_engine.core.platform_names import Naming, case_key, unholdable
from sync_engine.errors import Changed, DiskError, DiskFull, NotHoldable, NotPermitted, Occupied, RootError, Vanished
from sync_engine.ports import Dirty, Displaced, Disturbed, Staged

START_NS = 1_800_000_000_000_000_000
KEPT_NS = 30 * 24 * 3600 * 1_000_000_000
LOOK_AGAIN_NS = 10_000_000_000
PRIVATE = ".lockstep"
MARKER = f"{PRIVATE}/root"
_TAKES_ROOM = {"stage", "write", "finish", "make_folder", "make_symlink"}


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


class FakeFileSystem:
    """A disk that lives as long as this object. Its time is ``now_ns``; inode numbers are given out again at once.

    Attributes:
        calls: operations of the port, with their paths, as they came.
        root_error: what ``check_root`` and everything else raises while it is set.
        is_full: the engine finds no room for anything new.
        free: what ``free_bytes`` tells.
        on_event: told of whatever changes in the tree, like a watcher.
        clock: nanoseconds; moves on by a millisecond a change unless it is driven from outside.
    """

    def __init__(
        self,
        now_ns: Callable[[], int] | None = None,
        *,
        naming: Naming = Naming(),  # noqa: B008 -- frozen
        has_stable_inodes: bool = True,
        keeps_executable: bool = True,
        tells_birth: bool = True,
    ) -> None:
        self.naming = naming
        self.device = 1
        self.has_stable_inodes = has_stable_inodes
        self.keeps_executable = keeps_executable
        self.calls: list[tuple[str, str]] = []
        self.root_error: RootError | None = None
        self.is_full = False
        self.free = 2**50
        self.on_event: Callable[[Dirty], None] | None = None
        self._tells_birth = tells_birth
        self._clock = START_NS
        self._now_ns = now_ns
        self._inodes = count(100)
        self._free: list[int] = []
        self._numbers = count()
        self._failures: dict[tuple[str, str], deque[DiskError | type[DiskError]]] = defaultdict(deque)
        self._hooks: dict[str, deque[Callable[[], object]]] = defaultdict(deque)
        self._undo: list[Callable[[], None]] = []
        self._unsynced: dict[int, Node] = {}
        self._entries: dict[str, tuple[str, Signature, int, int]] = {}
        self._watched: deque[str] = deque()
        self._parked: dict[str, str] = {}
        self._left: list[Disturbed] = []
        self.root = Node(Kind.FOLDER, next(self._inodes), self.now_ns())
        for path in (PRIVATE, f"{PRIVATE}/staging", f"{PRIVATE}/aside", f"{PRIVATE}/trash"):
            self._link(path, self._new(Kind.FOLDER))
        self._undo.clear()

    # --- people --------------------------------------------------------------------------------------------

    def now_ns(self) -> int:
        if self._now_ns is not None:
            return self._now_ns()
        self._clock += 1_000_000
        return self._clock

    def write(self, path: str, data: bytes, *, mtime_ns: int | None = None) -> None:
        """Into the file that is there, or a new one."""
        node = self._find(path)
        if node is None:
            node = self._new(Kind.FILE)
            self._link(path, node)
        self._fill(node, data)
        node.mtime_ns = node.ctime_ns if mtime_ns is None else mtime_ns
        self._tell(path, closed=True)

    def fill(self, path: str, data: bytes) -> None:
        """As ``write``, by a program that goes on writing and does not close the file."""
        node = self._find(path)
        if node is None:
            node = self._new(Kind.FILE)
            self._link(path, node)
        self._fill(node, data)
        self._tell(path)

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

    def fail(self, operation: str, path: str, error: DiskError | type[DiskError], times: int = 1) -> None:
        """The next calls of an operation ("write" of staged files included) on this path ("" for any) fail."""
        self._failures[operation, path].extend([error] * times)

    def lock(self, path: str) -> None:
        """Nobody but people may look into this folder, or do anything in it."""
        self._must(path).is_locked = True

    def heal(self) -> None:
        """Nothing fails any more."""
        self._failures.clear()
        self.is_full = False
        self._unlock(self.root)

    def _unlock(self, folder: Node) -> None:
        folder.is_locked = False
        for _, node in folder.children.values():
            self._unlock(node)

    def before(self, operation: str, do: Callable[[], object]) -> None:
        """Once, just before an operation takes effect ("exchange": after the look at what is to be replaced)."""
        self._hooks[operation].append(do)

    def forget_hooks(self) -> None:
        """Nobody does anything in between any more."""
        self._hooks.clear()

    def kill(self) -> None:
        """The process ends. What the system has been told stays; what the process remembered is gone."""
        self._left.clear()
        self._watched.clear()
        self._failures.clear()
        self._hooks.clear()

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
        self.kill()

    # --- the port: looking ---------------------------------------------------------------------------------

    def check_root(self) -> None:
        if self.root_error is not None:
            raise self.root_error

    def pairing(self) -> str:
        self.check_root()
        marker = self._find(MARKER)
        return marker.data.decode() if marker is not None else ""

    def pair(self, token: str) -> None:
        self._enter("pair", "")
        marker = self._find(MARKER)
        if marker is None:
            marker = self._new(Kind.FILE)
            self._link(MARKER, marker)
            self._undo.pop()  # as durable as what it holds
        marker.data = marker.durable_data = token.encode()

    def free_bytes(self) -> int:
        return self.free

    def list_folder(self, path: str) -> list[Found]:
        self._enter("list_folder", path)
        node = self._find(path)
        if node is None or node.kind is not Kind.FOLDER:
            raise Vanished(path)
        return [self._found(name, child) for name, child in node.children.values() if path or name != PRIVATE]

    def look(self, path: str) -> Found | None:
        self._enter("look", path)
        return self._seen(path)

    def open_file(self, path: str) -> FakeOpenFile:
        self._enter("open_file", path)
        node = self._must(path)
        if node.kind is not Kind.FILE:
            raise Changed(path, "not a regular file")
        return FakeOpenFile(self, node, path)

    # --- the port: changing --------------------------------------------------------------------------------

    def stage(self) -> FakeStaged:
        self._enter("stage", "")
        path = f"{PRIVATE}/staging/{next(self._numbers):x}"
        node = self._new(Kind.FILE)
        self._link(path, node)
        return FakeStaged(self, path, node)

    def make_folder(self, path: str) -> Found:
        return self._make("make_folder", path, self._new(Kind.FOLDER))

    def make_symlink(self, path: str, target: str, replaces: Signature | None = None) -> tuple[Found, Displaced | None]:
        if "\0" in target:
            raise NotHoldable(path, "no target of a link")
        node = self._new(Kind.SYMLINK)
        node.target = target
        if replaces is None:
            return self._make("make_symlink", path, node), None
        self._enter("make_symlink", path)
        staged = f"{PRIVATE}/staging/{next(self._numbers):x}"
        self._link(staged, node)
        try:
            displaced = self._exchange(staged, node, path, replaces)
        except DiskError:
            self._unlink(staged)
            raise
        self._tell(path)
        return self._found(path.rpartition("/")[2], node), displaced

    def _make(self, operation: str, path: str, node: Node) -> Found:
        self._enter(operation, path)
        _refuse_private(path)
        self._refuse_occupied(path)
        self._link(path, node)
        self._tell(path, everything=node.kind is Kind.FOLDER)
        return self._found(path.rpartition("/")[2], node)

    def put_in_place(self, staged: Staged, path: str, replaces: Signature | None) -> tuple[Found, Displaced | None]:
        assert isinstance(staged, FakeStaged)
        self._enter("put_in_place", path)
        _refuse_private(path)
        displaced = None
        if replaces is None:
            self._run_hooks("place")
            self._refuse_occupied(path)
            self._shift(staged.path, path)
        else:
            old = self._must(path)
            if old.kind is Kind.FILE and self.signature_of(old) == replaces:
                executable = staged.node.mode & 0o111
                if bool(old.mode & 0o100) == bool(executable):
                    staged.node.mode = old.mode & 0o777
            displaced = self._exchange(staged.path, staged.node, path, replaces)
        staged.is_gone = True
        self._tell(path)
        found = self._seen(path)
        assert found is not None
        return found, displaced

    def _exchange(self, staged: str, node: Node, path: str, replaces: Signature) -> Displaced | None:
        if self.signature_of(self._must(path)) != replaces:
            raise Changed(path)
        kept_at = self._admit(path, replaces, node.inode)
        self._shift(staged, kept_at)
        self._run_hooks("exchange")
        if self._find(path) is None:
            self._shift(kept_at, staged)
            raise Vanished(path)
        self._swap(kept_at, path)
        came_out = self._seen(kept_at)
        assert came_out is not None
        return None if _is_same(came_out.signature, replaces) else Displaced(kept_at, came_out)

    def move(self, path: str, to: str) -> Found:
        self._enter("move", path)
        self._refuse_locked("move", to)
        _refuse_private(to)
        node = self._must(path)
        self._run_hooks("rename")
        if self._find(to) not in {None, node} or (self.naming.tells_case and self._find(to) is not None):
            raise Occupied(to)
        if f"{to}/".startswith(f"{path}/") and to != path:
            raise Changed(path, "a folder cannot move into itself")
        self._shift(path, to)
        self._tell(path)
        self._tell(to)
        return self._found(to.rpartition("/")[2], node)

    def park(self, path: str) -> str:
        self._enter("park", path)
        self._must(path)
        parked = f"{PRIVATE}/aside/{next(self._numbers):x}"
        self._parked[parked] = path
        self._shift(path, parked)
        self._tell(path)
        return parked

    def trash(self, path: str, expects: Signature | None) -> None:
        self._enter("trash", path)
        node = self._must(path)
        if expects is None:
            if node.kind is not Kind.FOLDER or not _holds_only_litter(node):
                raise Changed(path)
        elif self.signature_of(node) != expects or node.kind is Kind.FOLDER:
            raise Changed(path)
        entry = self._admit(path, self.signature_of(node), 0)
        self._run_hooks("trash")
        self._shift(path, entry)
        if not self._is_as_expected(entry):
            if self._find(path) is None:
                self._shift(entry, path)
            raise Changed(path)
        self._tell(path)

    def set_executable(self, path: str, executable: bool, expects: Signature) -> Found:
        self._enter("set_executable", path)
        node = self._must(path)
        if node.kind is not Kind.FILE or self.signature_of(node) != expects:
            raise Changed(path)
        node.mode = node.mode | (node.mode & 0o444) >> 2 if executable else node.mode & ~0o111
        node.ctime_ns = self.now_ns()
        self._tell(path)
        return self._found(path.rpartition("/")[2], node)

    def sync(self) -> None:
        self._enter("sync", "")
        for node in self._unsynced.values():
            node.durable_data = node.data
        self._unsynced.clear()
        self._undo.clear()

    # --- the port: tidying ---------------------------------------------------------------------------------

    def clean_up(self, now_ns: int) -> None:
        self._enter("clean_up", "")
        for name in list(self._must(f"{PRIVATE}/staging").children):
            self._unlink(f"{PRIVATE}/staging/{name}")
        self._left = []
        for name, node in list(self._must(f"{PRIVATE}/aside").children.values()):
            parked = f"{PRIVATE}/aside/{name}"
            path = self._parked.get(parked, "")
            try:
                self._refuse_occupied(path)
                self._enter("bring_back", parked)
                self._shift(parked, path)
            except DiskFull:
                raise
            except DiskError:
                self._left.append(Disturbed(path, parked, self._found(name, node)))
        for entry, (_, _, _, staged) in list(self._entries.items()):
            kept = self._find(entry)
            if kept is None:
                continue
            if kept.inode == staged:
                self._unlink(entry)
            elif not self._is_as_expected(entry):
                self._left.append(self._disturbed(entry))
        self._purge(now_ns)

    def recheck_trash(self, now_ns: int) -> list[Disturbed]:
        self._enter("recheck_trash", "")
        left, self._left = self._left, []
        while self._watched and abs(now_ns - self._entries[self._watched[0]][2]) >= LOOK_AGAIN_NS:
            entry = self._watched.popleft()
            if self._find(entry) is not None and not self._is_as_expected(entry):
                left.append(self._disturbed(entry))
        return left + self._purge(now_ns)

    def _purge(self, now_ns: int) -> list[Disturbed]:
        disturbed = []
        for entry, (_, _, at, _) in list(self._entries.items()):
            if at + KEPT_NS < now_ns and self._find(entry) is not None:
                if self._is_as_expected(entry):
                    self._unlink(entry)
                else:
                    disturbed.append(self._disturbed(entry))
                    continue
            if at + KEPT_NS < now_ns:
                del self._entries[entry]
        return disturbed

    def _admit(self, path: str, expected: Signature, staged: int) -> str:
        entry = f"{PRIVATE}/trash/{next(self._numbers):x}"
        self._entries[entry] = (path, expected, self.now_ns(), staged)
        self._watched.append(entry)
        return entry

    def _is_as_expected(self, entry: str) -> bool:
        node = self._must(entry)
        expected = self._entries[entry][1]
        if node.kind is Kind.FOLDER:
            return node.inode == expected.inode and _holds_only_litter(node)
        return _is_same(self.signature_of(node), expected)

    def _disturbed(self, entry: str) -> Disturbed:
        found = self._seen(entry)
        assert found is not None
        return Disturbed(self._entries[entry][0], entry, found)

    # --- inside --------------------------------------------------------------------------------------------

    def signature_of(self, node: Node) -> Signature:
        birth_ns = node.birth_ns if self._tells_birth else None
        if node.kind is Kind.FOLDER:
            return Signature(self.device, node.inode, birth_ns, 0, 0, 0)
        return Signature(self.device, node.inode, birth_ns, len(node.data or node.target), node.mtime_ns, node.ctime_ns)

    def _found(self, name: str, node: Node) -> Found:
        executable = node.kind is Kind.FILE and self.keeps_executable and bool(node.mode & 0o100)
        target = node.target if node.kind is Kind.SYMLINK else None
        return Found(name, node.kind, self.signature_of(node), executable, target)

    def _seen(self, path: str) -> Found | None:
        entry = self._entry(path)
        return None if entry is None else self._found(*entry)

    def _enter(self, operation: str, path: str) -> None:
        if self.root_error is not None:
            raise self.root_error
        self.calls.append((operation, path))
        self._refuse_locked(operation, path)
        if self.is_full and operation in _TAKES_ROOM:
            raise DiskFull(path, "no space left on device")
        for key in ((operation, path), (operation, "")):
            if self._failures.get(key):
                error = self._failures[key].popleft()
                raise error if isinstance(error, DiskError) else error(path, "on purpose")
        self._run_hooks(operation)

    def _refuse_locked(self, operation: str, path: str) -> None:
        node = self.root
        for part in path.split("/") if path else ():
            if node.is_locked:
                raise NotPermitted(path, "permission denied")
            below = node.children.get(self._key(part))
            if below is None:
                return
            node = below[1]
        if node.is_locked and operation == "list_folder":
            raise NotPermitted(path, "permission denied")

    def _run_hooks(self, operation: str) -> None:
        if self._hooks.get(operation):
            self._hooks[operation].popleft()()

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


class FakeOpenFile:
    """Reads what the file holds at the time of reading."""

    def __init__(self, filesystem: FakeFileSystem, node: Node, path: str) -> None:
        self._filesystem = filesystem
        self._node = node
        self._path = path
        self._at = 0

    def read(self, size: int) -> bytes:
        data = self.read_at(self._at, size)
        self._at += len(data)
        return data

    def read_at(self, offset: int, size: int) -> bytes:
        self._filesystem._enter("read", self._path)
        return self._node.data[offset : offset + size]

    def size(self) -> int:
        return len(self._node.data)

    def is_as(self, signature: Signature) -> bool:
        return self._filesystem.signature_of(self._node) == signature

    def close(self) -> None: ...


class FakeStaged:
    """A file under way."""

    def __init__(self, filesystem: FakeFileSystem, path: str, node: Node) -> None:
        self._filesystem = filesystem
        self.path = path
        self.node = node
        self.is_gone = False

    def write(self, data: bytes | memoryview) -> None:
        self._filesystem._enter("write", "")
        self._filesystem._fill(self.node, self.node.data + bytes(data))

    def finish(self, mtime_ns: int | None, *, executable: bool) -> None:
        self._filesystem._enter("finish", "")
        if mtime_ns is not None:
            self.node.mtime_ns = mtime_ns
        if executable:
            self.node.mode |= (self.node.mode & 0o444) >> 2

    def discard(self) -> None:
        if not self.is_gone:
            self.is_gone = True
            if self._filesystem.exists(self.path):
                self._filesystem._unlink(self.path)


def _is_same(one: Signature, other: Signature) -> bool:
    """But for the ctime, which a rename changes."""
    return (one.inode, one.birth_ns, one.size, one.mtime_ns) == (
        other.inode,
        other.birth_ns,
        other.size,
        other.mtime_ns,
    )


def _holds_only_litter(node: Node) -> bool:
    return all(is_litter(name) for name, _ in node.children.values())


def _refuse_private(path: str) -> None:
    if is_private(path.partition("/")[0]):
        raise NotHoldable(path)
