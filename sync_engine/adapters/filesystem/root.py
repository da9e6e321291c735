"""The root of a synced folder: its marker, its lock, and the private folder beside them.

.lockstep/root       the marker, JSON: which journal this folder belongs to, and the token that both carry
.lockstep/lock       flock'ed by the one daemon that works here
.lockstep/staging/   files under way
.lockstep/aside/     objects out of their places for a moment
.lockstep/trash/     what was displaced or deleted, by day
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import stat
import sys
from typing import Final

if sys.platform != "win32":
    import fcntl

from sync_engine.adapters.filesystem import syscalls
from sync_engine.adapters.filesystem.abilities import Abilities, probe
from sync_engine.adapters.filesystem.walk import Walk
from sync_engine.core.platform_names import Naming
from sync_engine.errors import RootBusy, RootError, RootForeign, RootMissing, RootUnreadable, SetupError

PRIVATE: Final = ".lockstep"
ASIDE: Final = f"{PRIVATE}/aside"
TRASH: Final = f"{PRIVATE}/trash"
_MARKER_LIMIT: Final = 4096
_DIRECTORY: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# File systems whose inode numbers are made up and may differ after the next mount.
_UNSTABLE: Final = frozenset({"vfat", "msdos", "exfat", "cifs", "smb3", "9p", "fuse.sshfs", "fuse.rclone"})


def refuse_foreign_system() -> None:
    """Raises: SetupError where the system's calls that keep files safe are not there."""
    if sys.platform != "linux":
        raise SetupError("Lockstep keeps folders in step on Linux only, so far: this system is not supported yet.")
    if sys.getfilesystemencoding() != "utf-8":
        raise SetupError("File names are not UTF-8 here. Set PYTHONUTF8=1, or a UTF-8 locale, and start again.")


def prepare_root(path: str, journal_id: str, *, adopt: bool = False) -> None:
    """Make the folder if it is absent, and mark it as this journal's. Repeating it is harmless.

    ``adopt`` takes over a folder that another journal has marked.

    Raises: RootForeign, RootBusy, RootUnreadable, SetupError.
    """
    refuse_foreign_system()
    try:
        os.makedirs(path, exist_ok=True)
        root_fd = os.open(path, _DIRECTORY)
    except FileExistsError as error:
        raise SetupError(f"{path} is a file, not a folder.") from error
    except OSError as error:
        raise _root_error(error, path) from error
    try:
        with contextlib.suppress(FileExistsError):
            os.mkdir(PRIVATE, 0o700, dir_fd=root_fd)
        private_fd = os.open(PRIVATE, _DIRECTORY | os.O_NOFOLLOW, dir_fd=root_fd)
        try:
            _mark(private_fd, path, journal_id, adopt=adopt)
        finally:
            os.close(private_fd)
    except OSError as error:
        raise _root_error(error, path) from error
    finally:
        os.close(root_fd)


def _mark(private_fd: int, path: str, journal_id: str, *, adopt: bool) -> None:
    """Raises: RootForeign, RootBusy, OSError."""
    marked = read_marker(private_fd)
    if marked == journal_id:
        return
    if marked is not None and not adopt:
        raise RootForeign(f"{path} belongs to another device's profile")
    lock_fd = _lock(private_fd, path)
    try:
        if read_marker(private_fd) != marked:
            raise RootBusy(f"another Lockstep has taken {path} just now")
        _write_marker(private_fd, journal_id)
    finally:
        os.close(lock_fd)


def whose_root(path: str) -> str | None:
    """The journal that a folder is marked as; ``None`` if it has no marker. Raises: RootError."""
    try:
        private_fd = os.open(os.path.join(path, PRIVATE), _DIRECTORY | os.O_NOFOLLOW)
        try:
            return read_marker(private_fd)
        finally:
            os.close(private_fd)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _root_error(error, path) from error


def read_marker(private_fd: int) -> str | None:
    """The journal's id in the marker; ``None`` if there is none, or no sense in it. Raises: OSError."""
    return _read_marker(private_fd)[0]


def _read_marker(private_fd: int) -> tuple[str | None, str]:
    """The journal's id and the token of the pairing. Raises: OSError."""
    try:
        fd = os.open("root", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=private_fd)
    except FileNotFoundError:
        return None, ""
    try:
        marker = json.loads(os.read(fd, _MARKER_LIMIT))
    except ValueError:
        return None, ""
    finally:
        os.close(fd)
    fields = marker if isinstance(marker, dict) else {}
    journal, pairing = fields.get("journal"), fields.get("pairing")
    return (journal if isinstance(journal, str) else None), (pairing if isinstance(pairing, str) else "")


def _write_marker(private_fd: int, journal_id: str, pairing: str = "") -> None:
    text = json.dumps({"format": 1, "journal": journal_id, "pairing": pairing}) + "\n"
    with contextlib.suppress(FileNotFoundError):
        os.unlink("root.new", dir_fd=private_fd)
    fd = os.open("root.new", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=private_fd)
    try:
        os.write(fd, text.encode())
        os.fsync(fd)
    finally:
        os.close(fd)
    os.rename("root.new", "root", src_dir_fd=private_fd, dst_dir_fd=private_fd)
    os.fsync(private_fd)


def _lock(private_fd: int, path: str) -> int:
    """The descriptor that holds the root's lock. Raises: RootBusy, OSError."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    fd = os.open("lock", flags, 0o600, dir_fd=private_fd)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(fd)
        if isinstance(error, BlockingIOError):
            raise RootBusy(f"another Lockstep works on {path}") from error
        raise
    return fd


class Root:
    """An open root that is ours: locked, and marked with this journal's id.

    Its descriptors stay open as long as anybody holds the object, so that no thread ever works on a number that means
    another folder by now.

    Raises: RootError if it is not there, not readable, locked by another, or not ours.
    """

    def __init__(self, path: str, journal_id: str) -> None:
        self.path = path
        self._journal_id = journal_id
        self._fds: list[int] = []
        try:
            self.fd = self._hold(os.open(path, _DIRECTORY))
            self._open_private()
            self.staging_fd = self._make("staging")
            self.aside_fd = self._make("aside")
            self.trash_fd = self._make("trash")
            self._probe()
        except OSError as error:
            raise _root_error(error, path) from error
        self.walk = Walk(
            self.fd, self.naming, keeps_executable=self.keeps_executable, has_stable_inodes=self.has_stable_inodes
        )

    def check(self) -> None:
        """The path still leads here, and the marker is still in it. Raises: RootError."""
        try:
            there, here = os.stat(self.path), os.fstat(self.fd)
            if (there.st_dev, there.st_ino) != (here.st_dev, here.st_ino):
                raise RootMissing(f"{self.path} is another folder now")
            marked = os.stat(PRIVATE, dir_fd=self.fd, follow_symlinks=False)
            held = os.fstat(self._private_fd)
            same = (marked.st_dev, marked.st_ino) == (held.st_dev, held.st_ino)
            if not same or read_marker(self._private_fd) != self._journal_id:
                raise RootForeign(f"{self.path} has lost its marker")
        except OSError as error:
            raise _root_error(error, self.path) from error

    def pairing(self) -> str:
        """Raises: RootError."""
        try:
            return _read_marker(self._private_fd)[1]
        except OSError as error:
            raise _root_error(error, self.path) from error

    def pair(self, token: str) -> None:
        """Raises: OSError; the marker is as it was then."""
        _write_marker(self._private_fd, self._journal_id, token)

    def is_whole(self) -> bool:
        """Nobody removed what is held open here: the folder itself, the private one, a part of it."""
        try:
            return all(os.fstat(fd).st_nlink for fd in self._fds)
        except OSError:
            return False

    def release(self) -> None:
        """Let go of the lock: this root is not worked on any more, even if a thread has yet to notice."""
        fcntl.flock(self._lock_fd, fcntl.LOCK_UN)

    def __del__(self) -> None:
        for fd in self._fds:
            with contextlib.suppress(OSError):
                os.close(fd)

    def _hold(self, fd: int) -> int:
        self._fds.append(fd)
        return fd

    def _open_private(self) -> None:
        try:
            self._private_fd = self._hold(os.open(PRIVATE, _DIRECTORY | os.O_NOFOLLOW, dir_fd=self.fd))
        except OSError as error:
            if error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}:
                raise RootForeign(f"{self.path} has no marker") from error
            raise
        if read_marker(self._private_fd) != self._journal_id:
            raise RootForeign(f"{self.path} is not marked as this profile's")
        if stat.S_IMODE(os.fstat(self._private_fd).st_mode) & 0o077:
            with contextlib.suppress(PermissionError):  # file systems without modes refuse
                os.fchmod(self._private_fd, 0o700)
        self._lock_fd = self._hold(_lock(self._private_fd, self.path))

    def _make(self, name: str) -> int:
        with contextlib.suppress(FileExistsError):
            os.mkdir(name, 0o700, dir_fd=self._private_fd)
        return self._hold(os.open(name, _DIRECTORY | os.O_NOFOLLOW, dir_fd=self._private_fd))

    def _probe(self) -> None:
        """What this file system can do, by trying. Where there is no room to try, it is taken for an ordinary one."""
        found = probe(self.staging_fd)
        if found is None:
            found = Abilities(naming=Naming(tells_case=not _exists("ROOT", self._private_fd)))
        self.naming = found.naming
        self.keeps_executable = found.keeps_executable
        self.can_exchange = found.can_exchange
        is_made_up = _file_system_type(syscalls.stat_open(self.fd).device) in _UNSTABLE
        self.has_stable_inodes = found.has_stable_inodes and not is_made_up


def _exists(name: str, folder_fd: int) -> bool:
    try:
        os.stat(name, dir_fd=folder_fd, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _file_system_type(device: int) -> str:
    """As /proc/self/mountinfo has it (proc_pid_mountinfo(5)); "" if it does not say."""
    wanted = f"{os.major(device)}:{os.minor(device)}"
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as mounts:
            for line in mounts:
                fields = line.split()
                if fields[2] == wanted:
                    return fields[fields.index("-") + 1]
    except (OSError, ValueError, IndexError):
        pass
    return ""


def _root_error(error: OSError, path: str) -> RootError:
    detail = f"{path}: {error.strerror or error}"
    if error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ENODEV, errno.ELOOP}:
        return RootMissing(detail)
    return RootUnreadable(detail)
