"""What is dragged, copied or cut: paths of the tree, and for other programs files.

It may be a hundred thousand: what takes as long as that can be called beside the window.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote_from_bytes

import msgspec
from msgspec import Struct
from PySide6.QtCore import QMimeData, QUrl

from desktop.integration.qt_paths import path_of
from server_api.contract.reading import from_plain
from sync_engine.control.messages import Item

PATHS: Final = "application/x-lockstep-paths"
"""Where the tree is, and the paths in it that are dragged, copied or cut: a list in JSON."""
_URLS: Final = "text/uri-list"
_LEAD_ELSEWHERE: Final = frozenset({"", ".", ".."})


class Where(Struct, frozen=True):
    """Where items are."""

    base: str = ""
    """The folder in which the names are; "" for what a search found."""
    disk: Path | None = None
    """Where the tree is on this device."""

    def path_of(self, item: Item) -> str:
        """In the tree."""
        return f"{self.base}/{item.name}" if self.base else item.name

    def disk_path(self, item: Item) -> Path | None:
        """``None`` if it is not on this device."""
        return self.disk / self.path_of(item) if self.disk is not None and item.is_here else None

    def disk_paths(self, items: Sequence[Item]) -> list[Path]:
        """Of those that are on this device."""
        return [path for item in items if (path := self.disk_path(item)) is not None]


class Carried(Struct, frozen=True):
    """Bytes as the clipboard has them."""

    urls: bytes
    paths: bytes

    def mime(self) -> QMimeData:
        mime = QMimeData()
        mime.setData(_URLS, self.urls)
        mime.setData(PATHS, self.paths)
        return mime

    @staticmethod
    def of(mime: QMimeData) -> Carried:
        return Carried(*(bytes(mime.data(kind).data()) for kind in (_URLS, PATHS)))

    def files(self) -> list[Path]:
        """Of this device, whoever put them there."""
        urls = (QUrl.fromEncoded(line) for line in self.urls.splitlines() if line and not line.startswith(b"#"))
        return [path_of(url) for url in urls if url.isLocalFile()]

    def paths_in(self, folder: Path | None) -> list[str] | None:
        """What was dragged or copied here; ``None`` if that was elsewhere, where the same paths are other files.
        Whatever program says so, nothing that is not in the tree. ``folder``: where that is."""
        try:
            of, *paths = from_plain(json.loads(self.paths), list[str | None])
        except (ValueError, msgspec.MsgspecError):
            return None
        if folder is None or of != str(folder):
            return None
        return [path for path in paths if path is not None and _is_below(path)]


def carry(where: Where, items: Sequence[Item]) -> Carried:
    """For other programs as files, as far as they are on this device."""
    paths = [where.path_of(item) for item in items]
    urls: list[str] = []
    if where.disk is not None:
        below = where.disk.as_uri().rstrip("/")
        here = (path for path, item in zip(paths, items, strict=True) if item.is_here)
        urls = [f"{below}/{quote_from_bytes(os.fsencode(path))}\r\n" for path in here]
    return Carried(
        "".join(urls).encode(), json.dumps([None if where.disk is None else str(where.disk), *paths]).encode()
    )


def _is_below(path: str) -> bool:
    """Whether it leads to nowhere but into the folder that it begins at."""
    return not os.path.splitdrive(path)[0] and _LEAD_ELSEWHERE.isdisjoint(path.replace(os.sep, "/").split("/"))
