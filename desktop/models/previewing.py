"""The preview of the item that is chosen: from the disk, or fetched."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSize

from desktop.daemon import Failure
from desktop.models import previews
from desktop.models.following import Following
from desktop.models.previews import Nothing, Preview
from desktop.models.saving import Saving
from desktop.sentences import sentence
from desktop.session import Session
from sync_engine.control.messages import Item


class Previewing(Following):
    """``shown`` is ``None`` as long as there is nothing to show yet; of the same path, what was shown stays until then.

    Attributes:
        is_offered: it is not on this device, and is fetched when ``fetch`` is called.
        saving: fetches it; tells how far that is.
    """

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(session, parent)
        self.item: Item | None = None
        self.shown: Preview | None = None
        self.is_offered = False
        self.saving = Saving(session, self)
        self._box = QSize()

    def follow(self, path: str, item: Item | None, box: QSize) -> None:
        """``box``: into how many pixels a picture has to fit."""
        self.saving.stop()
        if path != self.path:
            self.shown = None
        self.begin(path)
        self.item, self.is_offered, self._box = item, False, box
        on_disk = self.session.disk_path(path) if item is not None and item.is_here else None
        if item is None or item.kind != "file" or (on_disk is None and not previews.may_have_one(item)):
            self._show(Nothing())
        elif on_disk is not None:
            self._read(on_disk)
        elif previews.unasked(item):
            self.fetch()
        else:
            self.is_asking, self.is_offered = False, True
            self.changed.emit()

    def fetch(self) -> None:
        """From the server."""
        self.is_asking, self.is_offered = True, False
        self.saving.begin(self.path, None, self.of_now(self._read), self.of_now(self._miss))
        self.changed.emit()

    def stop(self) -> None:
        """It is offered again."""
        self.saving.stop()
        self.is_asking, self.is_offered = False, True
        self.changed.emit()

    def _read(self, on_disk: Path) -> None:
        box, name = self._box, self.item.name if self.item is not None else ""
        self.session.background.run(
            lambda: previews.read_preview(on_disk, box, name), self.of_now(self._show), owner=self
        )

    def _show(self, shown: Preview) -> None:
        self.is_asking = False
        self.shown = shown
        self.changed.emit()

    def _miss(self, failure: Failure) -> None:
        self._show(Nothing(sentence(failure.code, failure.detail)))
