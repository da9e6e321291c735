"""Where a profile and its control socket are, and who may use it."""

from __future__ import annotations

import hashlib
import os
import socket
import stat
import struct
import tempfile
from pathlib import Path
from typing import Final

from platformdirs import user_data_path

from sync_engine.errors import SetupError

_LONGEST_PATH: Final = 100
"""A Unix socket's path has 104 to 108 bytes."""
_PEER: Final = struct.Struct("3i")


def default_home() -> Path:
    """The profile of who names none: in the person's own place for such things."""
    return user_data_path("lockstep", appauthor=False) / "profile"


def socket_path(home: Path) -> Path:
    """In the profile, or where its path is too long for a socket, in a directory of our own for temporary files.

    Raises: SetupError if that directory is somebody else's.
    """
    path = home / "control.sock"
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        return path
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    directory = base / f"lockstep-{os.getuid()}"
    directory.mkdir(mode=0o700, exist_ok=True)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise SetupError(f"{directory} is not private to you. Remove it, or choose a shorter profile path with --home.")
    name = hashlib.sha256(os.fsencode(home)).hexdigest()[:24]
    return directory / f"{name}.sock"


def is_same_user(connection: socket.socket) -> bool:
    """Whether the process at the other end runs as this user."""
    return peer_uid(connection) == os.getuid()


def peer_uid(connection: socket.socket) -> int:
    """Where the system does not say, our own: the directory's mode is then what keeps others out."""
    if hasattr(socket, "SO_PEERCRED"):
        data = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
        return int(_PEER.unpack(data)[1])
    return os.getuid()
