"""A synced folder in memory: ``ports.FileSystem`` on a disk where people work (``MemoryDisk``), with errors on demand.

What it does is what the real adapter does, which one contract suite holds both to. Beyond the port there is trouble:
``fail`` the next call of an operation, ``before`` one do something else, ``root_error``, ``is_full``, folders that
nobody may look into (``lock``), ``kill`` (the process is gone, the system goes on) and ``cut_power``.
"""

from __future__ import annotations

import random
from collections import defaultdict, deque
from collections.abc import Callable
from itertools import count

from server_api.contract.names import is_private
from sync_engine.core.ignore import is_litter
from sync_engine.core.model import Found, Kind, Signature
from sync_engine.core.platform_names import Naming
from sync_engine.errors import Changed, DiskError, DiskFull, NotHoldable, NotPermitted, Occupied, RootError, Vanished
from sync_engine.ports import Displaced, Disturbed, Staged
from tests.fakes.disk import PRIVATE, MemoryDisk, Node

KEPT_NS = 30 * 24 * 3600 * 1_000_000_000
LOOK_AGAIN_NS = 10_000_000_000
MARKER = f"{PRIVATE}/root"
_TAKES_ROOM = {"stage", "write", "finish", "make_folder", "make_symlink"}


class FakeFileSystem(MemoryDisk):
    """Implements ``ports.FileSystem``.

    Attributes:
        calls: operations of the port, with their paths, as they came.
        root_error: what ``check_root`` and everything else raises while it is set.
        is_full: the engine finds no room for anything new.
        free: what ``free_bytes`` tells.
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
        super().__init__(now_ns, naming)
        self.device = 1
        self.has_stable_inodes = has_stable_inodes
        self.keeps_executable = keeps_executable
        self.calls: list[tuple[str, str]] = []
        self.root_error: RootError | None = None
        self.is_full = False
        self.free = 2**50
        self._tells_birth = tells_birth
        self._numbers = count()
        self._failures: dict[tuple[str, str], deque[DiskError | type[DiskError]]] = defaultdict(deque)
        self._hooks: dict[str, deque[Callable[[], object]]] = defaultdict(deque)
        self._entries: dict[str, tuple[str, Signature, int, int]] = {}
        self._watched: deque[str] = deque()
        self._parked: dict[str, str] = {}
        self._left: list[Disturbed] = []
        for path in (PRIVATE, f"{PRIVATE}/staging", f"{PRIVATE}/aside", f"{PRIVATE}/trash"):
            self._link(path, self._new(Kind.FOLDER))
        self._undo.clear()

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
        super().cut_power(chance)
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
