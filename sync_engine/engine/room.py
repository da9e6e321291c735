"""Room on the disk for what is to come: a file that does not fit is not begun, and what fits keeps its room."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Final

from sync_engine.core.quantities import show_size
from sync_engine.engine.segments import FileDownload
from sync_engine.errors import DiskError, DiskFull
from sync_engine.ports import FileSystem

_BLOCK_BYTES: Final = 4096


class Room:
    """Thread: any."""

    def __init__(self, filesystem: FileSystem) -> None:
        self._filesystem = filesystem
        self._admitted: list[FileDownload] = []
        self._lock = threading.Lock()

    def admit(self, downloads: Sequence[FileDownload]) -> list[tuple[FileDownload, DiskFull]]:
        """Give these their room, in their order; returns those for which there is none, and how much that would be."""
        try:
            free = self._filesystem.free_bytes()
        except DiskError:  # then writing tells
            return []
        refused = []
        with self._lock:
            self._admitted = [download for download in self._admitted if _left(download)]
            free -= sum(_left(download) for download in self._admitted)
            for download in downloads:
                size = _left(download)
                if size > free:
                    told = f"{show_size(download.node.size)} needed, {show_size(max(free, 0))} free"
                    refused.append((download, DiskFull(download.node.name, told)))
                else:
                    free -= size
                    self._admitted.append(download)
        return refused


def _left(download: FileDownload) -> int:
    """Bytes of the disk that it will yet take, in whole blocks."""
    if download.is_over:
        return 0
    return -(-(download.node.size - download.done) // _BLOCK_BYTES) * _BLOCK_BYTES
