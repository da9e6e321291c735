"""The ``FileSystem`` port on Linux: the synced folder, and nothing outside it.

Everything that takes an object out of its place keeps it: replaced and deleted ones go to the trash, with a line in its
index beforehand; parked ones lie in ``aside`` with such a line until they are moved back, by a restart if need be.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import threading
import time
from collections import deque
from collections.abc import Callable
from itertools import count

from server_api.contract.names import is_private
from sync_engine.adapters.filesystem import syscalls
from sync_engine.adapters.filesystem.faults import ABSENT, NO_ROOM, translate
from sync_engine.adapters.filesystem.files import ReadFile, StagedFile, mode_with_executable, refuse_locked
from sync_engine.adapters.filesystem.ledger import INDEX, Entry, Ledger, entries_of
from sync_engine.adapters.filesystem.placing import keep_attributes, rename_without_replacing
from sync_engine.adapters.filesystem.root import ASIDE, PRIVATE, Root, refuse_foreign_system
from sync_engine.adapters.filesystem.trash import WATCHED, Trash, holds_only_litter, is_as_expected, remove
from sync_engine.adapters.filesystem.walk import Folder, Walk, shown_names, signature
from sync_engine.core.model import Found, Kind, Signature
from sync_engine.core.platform_names import Naming, case_key, unholdable
from sync_engine.errors import Changed, DiskError, NotHoldable, RootError, RootMissing, Vanished
from sync_engine.ports import Displaced, Disturbed, Staged

_RESERVE_BYTES = 64 * 1024 * 1024
_RESERVE_PART = 100
"""Of a small disk it is not more than this part."""


class SyncedFolder:
    """One synced folder. Nothing is touched before ``check_root``, which may be called again when a root has come back.

    Raises: SetupError where the system is not supported.
    """

    def __init__(self, path: str, journal_id: str, *, now_ns: Callable[[], int] = time.time_ns) -> None:
        refuse_foreign_system()
        self._path = os.path.abspath(path)
        self._journal_id = journal_id
        self._now_ns = now_ns
        self._lock = threading.Lock()
        self._numbers = count()
        self._root: Root | None = None
        self._trash: Trash | None = None
        self._watched: deque[tuple[str, Entry]] = deque(maxlen=WATCHED)
        self._left_aside: list[Disturbed] = []
        self.naming = Naming()
        self.has_stable_inodes = True
        self.keeps_executable = True

    # --- the root -----------------------------------------------------------------------------------------

    def check_root(self) -> None:
        with self._lock:
            try:
                if self._root is not None and not self._root.is_whole():
                    self._let_go()  # somebody tidied up in the private folder; what can be made again is
                if self._root is None:
                    root = Root(self._path, self._journal_id)
                    self.naming = root.naming
                    self.has_stable_inodes = root.has_stable_inodes
                    self.keeps_executable = root.keeps_executable
                    self._trash = Trash(root.trash_fd, root.walk, self._watched)
                    self._root = root
                else:
                    self._root.check()
            except RootError:
                self._let_go()
                raise

    def pairing(self) -> str:
        return self._ours().pairing()

    def pair(self, token: str) -> None:
        try:
            self._ours().pair(token)
        except OSError as error:
            raise translate(error, PRIVATE) from error

    def close(self) -> None:
        """Let go of the lock; ``check_root`` opens it again."""
        with self._lock:
            self._let_go()

    def _let_go(self) -> None:
        if self._root is not None:
            self._root.release()
        self._root = self._trash = None

    def _ours(self) -> Root:
        root = self._root
        if root is None:
            raise RootMissing(self._path)
        return root

    def _bin(self) -> Trash:
        trash = self._trash
        if trash is None:
            raise RootMissing(self._path)
        return trash

    def free_bytes(self) -> int:
        try:
            disk = os.fstatvfs(self._ours().fd)
        except OSError as error:
            raise translate(error, "") from error
        reserve = min(_RESERVE_BYTES, disk.f_blocks * disk.f_frsize // _RESERVE_PART)
        return max(disk.f_bavail * disk.f_frsize - reserve, 0)

    # --- looking -------------------------------------------------------------------------------------------

    def list_folder(self, path: str) -> list[Found]:
        walk = self._ours().walk
        folder = walk.folder(path, for_reading=True)
        try:
            with os.scandir(folder.fd) as entries:
                names = [entry.name for entry in entries]
            found = _looked_up(walk, folder, names)
            if not found and os.fstat(folder.fd).st_nlink == 0:
                raise Vanished(path, "removed while it was read")
        except OSError as error:
            raise translate(error, path) from error
        return found if path else [each for each in found if each.name != PRIVATE]

    def names(self, path: str) -> list[str]:
        """Of all that is in a folder, and nothing else of it. Raises: DiskError, RootError."""
        folder = self._ours().walk.folder(path, for_reading=True)
        try:
            return os.listdir(folder.fd)
        except OSError as error:
            raise translate(error, path) from error

    def look(self, path: str) -> Found | None:
        try:
            walk = self._ours().walk
            folder, name = walk.parent(path)
            return walk.look(folder, name)
        except Vanished:
            return None
        except OSError as error:
            if error.errno in ABSENT:
                return None
            raise translate(error, path) from error

    def open_file(self, path: str) -> ReadFile:
        folder, name = self._ours().walk.parent(path)
        return ReadFile(folder, name, path)

    # --- making ---------------------------------------------------------------------------------------------

    def stage(self) -> StagedFile:
        return StagedFile(self._ours(), f"{next(self._numbers):x}")

    def make_folder(self, path: str) -> Found:
        return self._make(path, lambda folder, name: os.mkdir(name, dir_fd=folder.fd))

    def make_symlink(self, path: str, target: str, replaces: Signature | None = None) -> tuple[Found, Displaced | None]:
        if replaces is None:
            return self._make(path, lambda folder, name: _symlink(target, name, folder.fd, path)), None
        root = self._ours()
        self._refuse(path)
        folder, name = root.walk.parent(path)
        staged = f"{next(self._numbers):x}"
        try:
            _symlink(target, staged, root.staging_fd, path)
            try:
                displaced = self._exchange(root, staged, folder, name, path, replaces)
            except BaseException:
                os.unlink(staged, dir_fd=root.staging_fd)
                raise
            return root.walk.look(folder, name), displaced
        except OSError as error:
            raise translate(error, path) from error

    def _make(self, path: str, make: Callable[[Folder, str], None]) -> Found:
        walk = self._ours().walk
        self._refuse(path)
        folder, name = walk.parent(path)
        try:
            make(folder, name)
            return walk.look(folder, name)
        except OSError as error:
            raise translate(error, path) from error
        except ValueError as error:
            raise NotHoldable(path, str(error)) from error

    def _refuse(self, path: str) -> None:
        """The second wall: names were checked when they came in. Raises: NotHoldable."""
        top = path.partition("/")[0]
        if not (top.isascii() and top[:6].lower() not in {".locks", "lockst"}) and is_private(top):
            raise NotHoldable(path, f"reserved for {PRIVATE}")
        rules = self.naming.rules
        if rules != "linux" and unholdable(path.rpartition("/")[2], rules, at_root=False):
            raise NotHoldable(path, "not a name on this file system")

    # --- replacing --------------------------------------------------------------------------------------------

    def put_in_place(self, staged: Staged, path: str, replaces: Signature | None) -> tuple[Found, Displaced | None]:
        assert isinstance(staged, StagedFile)
        walk = self._ours().walk
        self._refuse(path)
        folder, name = walk.parent(path)
        displaced = None
        try:
            if replaces is None:
                rename_without_replacing(staged.root.staging_fd, staged.name, folder.fd, name)
            else:
                before, new = folder.stat(name), syscalls.stats_in(staged.root.staging_fd)(staged.name)
                if signature(before) == replaces:
                    refuse_locked(folder, name, path)
                    keep_attributes(before, folder, name, new, staged)
                displaced = self._exchange(staged.root, staged.name, folder, name, path, replaces)
            staged.is_gone = True
            return walk.look(folder, name), displaced
        except OSError as error:
            raise translate(error, path) from error

    def _exchange(
        self, root: Root, staged: str, folder: Folder, name: str, path: str, replaces: Signature
    ) -> Displaced | None:
        """What is staged waits in the trash under the entry that the old one then has: one exchange, and both are where
        they belong. Raises: OSError, Changed."""
        if signature(folder.stat(name)) != replaces:
            raise Changed(path)
        inode = syscalls.stats_in(root.staging_fd)(staged).inode if root.can_exchange else 0
        bin_folder, entry, kept_at = self._bin().admit(path, replaces, self._now_ns(), staged=inode)
        if root.can_exchange:
            os.rename(staged, entry.entry, src_dir_fd=root.staging_fd, dst_dir_fd=bin_folder.fd)
            try:
                syscalls.rename(bin_folder.fd, entry.entry, folder.fd, name, syscalls.RENAME_EXCHANGE)
            except OSError as error:
                os.rename(entry.entry, staged, src_dir_fd=bin_folder.fd, dst_dir_fd=root.staging_fd)
                if not syscalls.is_unsupported(error):
                    raise
                root.can_exchange = False  # there was no room to try it at the start
        if not root.can_exchange:
            self._replace_in_steps(root, staged, folder, name, path, (bin_folder, entry.entry))
        came_out = root.walk.look(bin_folder, entry.entry)
        return None if root.walk.is_same_object(came_out.signature, replaces) else Displaced(kept_at, came_out)

    def _replace_in_steps(
        self, root: Root, staged: str, folder: Folder, name: str, path: str, to: tuple[Folder, str]
    ) -> None:
        """Without an atomic exchange: the old one aside (a restart would bring it back), the new one in without
        replacing, the old one to the trash.

        Raises: OSError; all is as before then, but for a file that came into the gap: it stays, the old one is in the
        trash.
        """
        aside = self._set_aside(root, folder, name, path)
        try:
            rename_without_replacing(root.staging_fd, staged, folder.fd, name)
        except FileExistsError:
            os.rename(aside, to[1], src_dir_fd=root.aside_fd, dst_dir_fd=to[0].fd)
            raise
        except OSError:
            rename_without_replacing(root.aside_fd, aside, folder.fd, name)
            raise
        os.rename(aside, to[1], src_dir_fd=root.aside_fd, dst_dir_fd=to[0].fd)

    # --- moving -----------------------------------------------------------------------------------------------

    def move(self, path: str, to: str) -> Found:
        walk = self._ours().walk
        self._refuse(to)
        source, name = walk.parent(path)
        target, to_name = walk.parent(to)
        try:
            before = source.stat(name)
            if not self.naming.tells_case and _is_its_own(source, name, target, to_name):
                os.rename(name, to_name, src_dir_fd=source.fd, dst_dir_fd=target.fd)
            else:
                rename_without_replacing(source.fd, name, target.fd, to_name)
            if stat.S_ISDIR(before.mode):
                walk.forget()
            return walk.look(target, to_name)
        except OSError as error:
            if error.errno == errno.EINVAL and f"{to}/".startswith(f"{path}/"):
                raise Changed(path, "a folder cannot move into itself") from error
            raise translate(error, to if error.errno == errno.EEXIST else path) from error

    def park(self, path: str) -> str:
        root = self._ours()
        folder, name = root.walk.parent(path)
        try:
            parked = self._set_aside(root, folder, name, path)
        except OSError as error:
            raise translate(error, path) from error
        root.walk.forget()
        return f"{ASIDE}/{parked}"

    def _set_aside(self, root: Root, folder: Folder, name: str, path: str) -> str:
        """Raises: OSError."""
        seen = folder.stat(name)
        now_ns = self._now_ns()
        entry = Entry(f"{now_ns:x}-{next(self._numbers):x}", path, now_ns, seen.inode)
        with contextlib.closing(Ledger(root.aside_fd)) as ledger:
            ledger.add(entry, durable=True)
        os.rename(name, entry.entry, src_dir_fd=folder.fd, dst_dir_fd=root.aside_fd)
        return entry.entry

    # --- deleting ---------------------------------------------------------------------------------------------

    def trash(self, path: str, expects: Signature | None) -> None:
        walk = self._ours().walk
        folder, name = walk.parent(path)
        try:
            found = walk.look(folder, name)
            if expects is None:
                self._trash_folder(walk, folder, name, path, found)
            elif found.signature != expects or found.kind is Kind.FOLDER:
                raise Changed(path)
            else:
                self._throw_away(walk, folder, name, path, found)
        except OSError as error:
            raise translate(error, path) from error

    def _trash_folder(self, walk: Walk, folder: Folder, name: str, path: str, found: Found) -> None:
        if found.kind is not Kind.FOLDER or not holds_only_litter(name, folder.fd):
            raise Changed(path)
        try:
            os.rmdir(name, dir_fd=folder.fd)
        except OSError as error:
            if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                raise
            self._throw_away(walk, folder, name, path, found)
        walk.forget()

    def _throw_away(self, walk: Walk, folder: Folder, name: str, path: str, found: Found) -> None:
        """Move it to the trash, look at what came there, and put it back if that is not what was meant."""
        bin_folder, entry, _ = self._bin().admit(path, found.signature, self._now_ns())
        os.rename(name, entry.entry, src_dir_fd=folder.fd, dst_dir_fd=bin_folder.fd)
        if is_as_expected(walk.look(bin_folder, entry.entry), entry, bin_folder):
            return
        # Where its place is taken by now, it stays in the trash, and the next second look tells of it.
        with contextlib.suppress(FileExistsError):
            rename_without_replacing(bin_folder.fd, entry.entry, folder.fd, name)
        raise Changed(path)

    # --- the rest ---------------------------------------------------------------------------------------------

    def set_executable(self, path: str, executable: bool, expects: Signature) -> Found:  # noqa: FBT001 -- the port's
        walk = self._ours().walk
        folder, name = walk.parent(path)
        fd = -1
        try:
            fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder.fd)
            seen = syscalls.stat_open(fd)
            if signature(seen) != expects or walk.kind(seen) is not Kind.FILE:
                raise Changed(path)
            os.fchmod(fd, mode_with_executable(stat.S_IMODE(seen.mode), is_executable=executable))
            return walk.look(folder, name)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise Changed(path, "a link by now") from error
            raise translate(error, path) from error
        finally:
            if fd >= 0:
                os.close(fd)

    def sync(self) -> None:
        root = self._ours()
        try:
            syscalls.sync_file_system(root.fd)
        except OSError as error:
            raise translate(error, "") from error

    def clean_up(self, now_ns: int) -> None:
        root = self._ours()
        try:
            for name in os.listdir(root.staging_fd):
                remove(name, root.staging_fd)
            self._left_aside = self._bring_back(root) + self._bin().start(now_ns)
        except OSError as error:
            raise translate(error, PRIVATE) from error

    def recheck_trash(self, now_ns: int) -> list[Disturbed]:
        self._ours()
        try:
            disturbed = self._bin().recheck(now_ns)
        except OSError as error:
            raise translate(error, PRIVATE) from error
        left, self._left_aside = self._left_aside, []
        return left + disturbed

    def empty_trash(self) -> list[Disturbed]:
        """Remove for good all that lies in the trash, but what was changed there; that is returned, with what could not
        be brought back from aside."""
        self._ours()
        try:
            found = {each.kept_at: each for each in self._left_aside + self._bin().empty()}
        except OSError as error:
            raise translate(error, PRIVATE) from error
        return list(found.values())

    def abandon(self) -> None:
        """It is nobody's synced folder any more: what is Lockstep's own goes, and the folder too if it is empty then.
        What is left in the trash or aside stays."""
        root = self._ours()
        with self._lock:
            self._let_go()
        try:
            private_fd = os.open(PRIVATE, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=root.fd)
            try:
                keeping = {"trash": root.trash_fd, "aside": root.aside_fd}
                for name in os.listdir(private_fd):
                    if name not in keeping or not set(os.listdir(keeping[name])) - {INDEX}:
                        remove(name, private_fd)
            finally:
                os.close(private_fd)
            with contextlib.suppress(OSError):  # something is in them
                os.rmdir(PRIVATE, dir_fd=root.fd)
                os.rmdir(self._path)
        except OSError as error:
            raise translate(error, PRIVATE) from error

    def _bring_back(self, root: Root) -> list[Disturbed]:
        """What a crash left aside returns to its place; where that is taken or gone, it is told. Raises: OSError."""
        aside = root.walk.folder(ASIDE, for_reading=True)
        places = {entry.entry: entry.path for entry in entries_of(aside.fd)}
        left = []
        for name in os.listdir(aside.fd):
            if name == INDEX:
                continue
            path = places.get(name, "")
            try:
                folder, own_name = root.walk.parent(path)
                rename_without_replacing(aside.fd, name, folder.fd, own_name)
            except (OSError, DiskError) as error:
                if isinstance(error, OSError) and error.errno in NO_ROOM:
                    raise  # it will be there: until then it must not seem to be deleted
                left.append(Disturbed(path, f"{ASIDE}/{name}", root.walk.look(aside, name)))
        if not left:
            with contextlib.closing(Ledger(aside.fd)) as ledger:
                ledger.clear()
        return left


def _looked_up(walk: Walk, folder: Folder, names: list[str]) -> list[Found]:
    """What these names are now, those that are gone by now left out. Raises: OSError."""
    found = []
    for name in names:
        try:
            found.append(walk.found(folder, name, folder.stat(name)))
        except FileNotFoundError:
            continue
    return found


def _symlink(target: str, name: str, folder_fd: int, path: str) -> None:
    """Raises: OSError; NotHoldable where the file system has no links."""
    try:
        os.symlink(target, name, dir_fd=folder_fd)
    except OSError as error:
        if error.errno in {errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP}:
            raise NotHoldable(path, "no links on this file system") from error
        raise
    except ValueError as error:  # a NUL in the target
        raise NotHoldable(path, str(error)) from error


def _is_its_own(source: Folder, name: str, target: Folder, to_name: str) -> bool:
    """Whether the name that is in the way is the object's own, in another case. Raises: OSError."""
    key = case_key(name)
    if key != case_key(to_name):
        return False
    here, there = os.fstat(source.fd), os.fstat(target.fd)
    if (here.st_dev, here.st_ino) != (there.st_dev, there.st_ino):
        return False
    return [case_key(shown) for shown in shown_names(source.fd)].count(key) == 1
