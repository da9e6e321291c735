"""Foreign errors become the engine's, here and nowhere else."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from sync_engine.errors import (
    DiskError,
    DiskFault,
    DiskFull,
    Locked,
    NotHoldable,
    NotPermitted,
    Occupied,
    Vanished,
)

ABSENT: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})
"""Nothing is at that path of our tree: also not if something on the way became a file or a link. ESTALE and I/O errors
are no absence."""

NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})

_KINDS: Final[Mapping[int, type[DiskError]]] = {
    **dict.fromkeys(ABSENT, Vanished),
    errno.EEXIST: Occupied,
    errno.ENOTEMPTY: Occupied,
    errno.EISDIR: Occupied,
    errno.EACCES: NotPermitted,
    errno.EPERM: NotPermitted,
    errno.EROFS: NotPermitted,
    errno.EXDEV: NotPermitted,  # another file system is mounted on the way
    errno.EBUSY: Locked,
    errno.ETXTBSY: Locked,
    **dict.fromkeys(NO_ROOM, DiskFull),
    errno.EFBIG: DiskFull,
    errno.ENAMETOOLONG: NotHoldable,
    errno.EILSEQ: NotHoldable,
    errno.EINVAL: NotHoldable,
    errno.EMLINK: NotHoldable,
}


def translate(error: OSError, path: str) -> DiskError:
    return _KINDS.get(error.errno or 0, DiskFault)(path, error.strerror or str(error))


@contextmanager
def translated(path: str) -> Iterator[None]:
    """An OSError inside becomes the ``DiskError`` of that path."""
    try:
        yield
    except OSError as error:
        raise translate(error, path) from error
    except ValueError as error:  # a NUL in a name: the kernel was never asked
        raise NotHoldable(path, str(error)) from error
