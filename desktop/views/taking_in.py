"""Files that come by dragging or by the clipboard, and those that go."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from desktop.models.doing import Doing
from desktop.models.items import PATHS, mime_of
from desktop.session import Session

_CUT: Final = "application/x-lockstep-cut"


class TakingIn:
    """What is of the tree moves within it; what comes from elsewhere is copied."""

    def __init__(self, session: Session, doing: Doing) -> None:
        self._session = session
        self._doing = doing

    @staticmethod
    def give(paths: Sequence[str], places: Sequence[Path], *, is_cut: bool) -> None:
        """To the clipboard: paths of the tree, and where they are on the disk."""
        mime = mime_of(paths, places)
        if is_cut:
            mime.setData(_CUT, b"1")
        QGuiApplication.clipboard().setMimeData(mime)

    @staticmethod
    def can_paste() -> bool:
        mime = _clipboard()
        return mime is not None and mime.hasUrls()

    def paste(self, folder: Path) -> None:
        mime = _clipboard()
        if mime is not None:
            self.take(mime, folder, is_move=mime.hasFormat(_CUT))

    def take(self, mime: QMimeData, folder: Path, *, is_move: bool) -> None:
        """Into a folder on the disk."""
        if is_move and mime.hasFormat(PATHS):
            paths: list[str] = json.loads(bytes(mime.data(PATHS).data()))
            found = [self._session.disk_path(path) for path in paths]
            self._doing.move([place for place in found if place is not None], folder)
            return
        places = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
        if places:
            self._doing.copy(places, folder)


def _clipboard() -> QMimeData | None:
    """Qt says nothing of it, and has none on some screens."""
    return QGuiApplication.clipboard().mimeData()
