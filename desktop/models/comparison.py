"""One version of a file beside what it is now: both are brought here, and compared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

from msgspec import Struct
from PySide6.QtCore import QObject, QSize
from PySide6.QtGui import QImage

from desktop.daemon import Failure
from desktop.models import comparing, previews
from desktop.models.comparing import Incomparable, Line
from desktop.models.following import Following
from desktop.models.saving import Saving
from desktop.sentences import sentence
from desktop.session import Session
from desktop.words import tr
from sync_engine.control.messages import Item

BOX: Final = QSize(1_600, 1_600)


class Pictures(Struct, frozen=True):
    old: QImage
    new: QImage


class Lines(Struct, frozen=True):
    lines: list[Line]


Result: TypeAlias = Pictures | Lines


class Comparison(Following):
    """``result`` is ``None`` until it is there; ``why_not`` is what is said instead."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(session, parent)
        self.saving = Saving(session, self)
        self.result: Result | None = None
        self.why_not = ""

    def follow(self, path: str, item: Item, revision_id: bytes) -> None:
        self.begin(path)
        self.result, self.why_not = None, ""
        here = self.session.disk_path(path) if item.is_here else None

        def with_old(old: Path) -> None:
            if here is not None:
                self._compare(old, here, item.name)
            else:
                self._bring(None, lambda now: self._compare(old, now, item.name))

        self._bring(revision_id, with_old)

    def follow_both(self, old: str, new: str) -> None:
        """Two files beside each other, by their paths; one that is not on this device is fetched."""
        self.begin(old)
        self.result, self.why_not = None, ""
        name = new.rpartition("/")[2]

        def with_old(there: Path) -> None:
            self.path = new
            self._find(new, lambda here: self._compare(there, here, name))

        self._find(old, with_old)

    def _find(self, path: str, then: Callable[[Path], None]) -> None:
        on_disk = self.session.disk_path(path)

        def looked(*, is_here: bool) -> None:
            if is_here and on_disk is not None:
                then(on_disk)
            else:
                self._bring(None, then)

        look = on_disk.is_file if on_disk is not None else bool
        self.session.background.run(look, self.of_now(lambda is_here: looked(is_here=is_here)), owner=self)

    def _compare(self, old: Path, now: Path, name: str) -> None:
        self.session.background.run(
            lambda: _compare(old, now, name), self.of_now(self._take), self.of_now(self._miss), owner=self
        )

    def _bring(self, revision_id: bytes | None, then: Callable[[Path], None]) -> None:
        self.saving.begin(self.path, revision_id, self.of_now(then), self.of_now(self._fail))

    def _take(self, result: Result) -> None:
        self.is_asking = False
        self.result = result
        self.changed.emit()

    def _miss(self, error: Exception) -> None:
        self.why_not = str(error) if isinstance(error, Incomparable) else sentence("internal")
        self.is_asking = False
        self.changed.emit()

    def _fail(self, failure: Failure) -> None:
        self.why_not = sentence(failure.code, failure.detail)
        self.fail(failure)


def _compare(old: Path, now: Path, name: str) -> Result:
    """Raises: Incomparable."""
    if not previews.is_picture(name):
        return Lines(comparing.compare(comparing.read_text(old), comparing.read_text(now)))
    return Pictures(_picture(old, name), _picture(now, name))


def _picture(path: Path, name: str) -> QImage:
    """Raises: Incomparable."""
    shown = previews.read_preview(path, BOX, name)
    if isinstance(shown, QImage):
        return shown
    raise Incomparable(getattr(shown, "why", "") or tr("This picture cannot be shown."))
