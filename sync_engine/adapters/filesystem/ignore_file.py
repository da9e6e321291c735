"""The ignore file of a synced folder, as people's programs read and write it: whole."""

from __future__ import annotations

import os
import tempfile

from sync_engine.adapters.filesystem.faults import translated
from sync_engine.core.ignore import IGNORE_FILE


def read_rules(folder: str) -> str:
    """Bytes that are no UTF-8 as lone surrogates; "" without a file. Raises: DiskError."""
    with translated(IGNORE_FILE):
        try:
            with open(_path(folder), encoding="utf-8", errors="surrogateescape", newline="") as file:
                return file.read()
        except FileNotFoundError:
            return ""


def write_rules(folder: str, text: str) -> None:
    """Replaced whole, so that no other program ever reads half of it. Raises: DiskError."""
    path = _path(folder)
    private = os.path.join(folder, ".lockstep")
    with translated(IGNORE_FILE):
        descriptor, temporary = tempfile.mkstemp(dir=private if os.path.isdir(private) else folder)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
                file.write(text)
                os.fchmod(file.fileno(), 0o644)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise


def _path(folder: str) -> str:
    return os.path.join(folder, IGNORE_FILE)
