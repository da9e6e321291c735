"""Paths handed to Qt and taken from it. What is no valid Unicode, as a name on a disk may be, Qt takes for another."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QUrl


def is_text(name: str) -> bool:
    """Whether Qt's own ways of reading files mean the same by it."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def plain_file(path: Path) -> str:
    """What Qt may open. Raises: OSError, if it is no file, such as a pipe or a link, or Qt would take another one."""
    if not is_text(str(path)) or not stat.S_ISREG(path.lstat().st_mode):
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path))
    return str(path)


def url_of(path: Path) -> QUrl:
    """``path``: absolute."""
    text = str(path)
    return QUrl.fromLocalFile(text) if is_text(text) else QUrl.fromEncoded(path.as_uri().encode())


def path_of(url: QUrl) -> Path:
    """Of a local file."""
    if sys.platform == "win32":
        return Path(url.toLocalFile())
    return Path(os.fsdecode(unquote_to_bytes(url.path(QUrl.ComponentFormattingOption.FullyEncoded))))
