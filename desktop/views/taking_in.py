"""Files that come by dragging or by the clipboard, and those that go."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from desktop.integration.qt_paths import path_of
from desktop.models.doing import Doing
from desktop.models.indexes import Index
from desktop.models.items import mime_of, paths_of
from desktop.models.listing import Listing
from desktop.session import Session
from desktop.words import tr

_CUT: Final = "application/x-lockstep-cut"
_FOR_GTK: Final = "x-special/gnome-copied-files"
"""All that Nautilus, Nemo, Caja, Thunar and PCManFM paste: what is to be done, and the addresses of files, by lines."""
_CUT_FOR_KDE: Final = "application/x-kde-cutselection"


class TakingIn:
    """What is of the tree moves within it; what comes from elsewhere is copied."""

    def __init__(self, session: Session, doing: Doing, listing: Listing) -> None:
        self._session = session
        self._doing = doing
        self._listing = listing

    def give(self, paths: Sequence[str], places: Sequence[Path], *, is_cut: bool) -> None:
        """To the clipboard: paths of the tree, and where they are on the disk."""
        mime = mime_of(self._session.folder, paths, places)
        addresses = [url.toEncoded().data() for url in mime.urls()]
        mime.setData(_FOR_GTK, b"\n".join([b"cut" if is_cut else b"copy", *addresses]))
        if is_cut:
            mime.setData(_CUT, b"1")
            mime.setData(_CUT_FOR_KDE, b"1")
        QGuiApplication.clipboard().setMimeData(mime)

    @staticmethod
    def can_paste() -> bool:
        mime = _clipboard()
        return mime is not None and mime.hasUrls()

    def paste(self, folder: Path) -> None:
        mime = _clipboard()
        if mime is not None:
            self._take(mime, folder, is_move=mime.hasFormat(_CUT))

    def drop(self, mime: QMimeData, index: Index, is_move: bool) -> None:
        """On a folder of the list, or beside all that is in it."""
        model = self._listing.model
        if index.isValid():
            self.drop_on(mime, model.path_of(model.item_at(index)), is_move)
        elif self._listing.searched:
            self._session.say(tr("Let go over a folder: these things were found in several."))
        else:
            self.drop_on(mime, self._listing.path, is_move)

    def drop_on(self, mime: QMimeData, path: str, is_move: bool) -> None:
        """On a folder of the tree, by its path."""
        if (folder := self._session.disk_path(path)) is not None:
            self._take(mime, folder, is_move=is_move)

    def _take(self, mime: QMimeData, folder: Path, *, is_move: bool) -> None:
        own = [self._session.disk_path(path) for path in paths_of(mime, self._session.folder) or []]
        ours = [place for place in own if place is not None]
        places = [path_of(url) for url in mime.urls() if url.isLocalFile()]
        if ours and is_move:
            self._doing.move(ours, folder)
        elif places:
            self._doing.copy(places, folder)
        elif ours:
            self._doing.tell_away(ours)


def _clipboard() -> QMimeData | None:
    """Qt says nothing of it, and has none on some screens."""
    return QGuiApplication.clipboard().mimeData()
