"""Files that come by dragging or by the clipboard, and those that go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from desktop.models.carrying import Carried, Where, carry
from desktop.models.doing import Doing
from desktop.models.indexes import Index
from desktop.models.listing import Listing
from desktop.session import Session
from desktop.words import tr
from sync_engine.control.messages import Item

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
        self._giving: object | None = None
        """What is on its way to the clipboard."""
        self._then: Callable[[], None] | None = None

    def give(self, where: Where, items: Sequence[Item], *, is_cut: bool) -> None:
        """To the clipboard, beside the window. Whoever pastes meanwhile gets it."""
        giving = self._giving = object()

        def work() -> tuple[Carried, bytes]:
            carried = carry(where, items)
            return carried, b"\n".join([b"cut" if is_cut else b"copy", *carried.urls.split()])

        def then(made: tuple[Carried, bytes]) -> None:
            if self._giving is not giving:
                return
            self._giving = None
            carried, for_gtk = made
            mime = carried.mime()
            mime.setData(_FOR_GTK, for_gtk)
            if is_cut:
                mime.setData(_CUT, b"1")
                mime.setData(_CUT_FOR_KDE, b"1")
            QGuiApplication.clipboard().setMimeData(mime)
            paste, self._then = self._then, None
            if paste is not None:
                paste()

        self._session.background.run(work, then, owner=self._doing)

    def can_paste(self) -> bool:
        mime = _clipboard()
        return self._giving is not None or (mime is not None and mime.hasUrls())

    def paste(self, folder: Path) -> None:
        if self._giving is not None:
            self._then = lambda: self.paste(folder)
        elif (mime := _clipboard()) is not None:
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
        carried, tree = Carried.of(mime), self._session.folder

        def find() -> tuple[list[Path], list[Path]]:
            own = carried.paths_in(tree) or []
            return [] if tree is None else [tree / path for path in own], carried.files()

        def then(found: tuple[list[Path], list[Path]]) -> None:
            ours, places = found
            if ours and is_move:
                self._doing.move(ours, folder)
            elif places:
                self._doing.copy(places, folder)
            elif ours:
                self._doing.tell_away(ours)

        self._session.background.run(find, then, owner=self._doing)


def _clipboard() -> QMimeData | None:
    """Qt says nothing of it, and has none on some screens."""
    return QGuiApplication.clipboard().mimeData()
