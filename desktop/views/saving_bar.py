"""Told beside what one does: a version is being saved."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFrame, QProgressBar, QVBoxLayout, QWidget

from desktop.integration.showing import open_with_its_program, show_in_file_manager
from desktop.models.saving import Saving
from desktop.session import Session
from desktop.views.eliding import ElidedLabel
from desktop.views.pieces import advance, button, row
from desktop.words import show_name, tr


class SavingBar(QFrame):
    """Hidden while nothing is under way."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.saving = Saving(session, self)
        self._said = ElidedLabel()
        self._progress = QProgressBar(textVisible=False)
        self._progress.setAccessibleName(tr("Progress"))
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 8, 0, 0)
        inside.setSpacing(4)
        inside.addLayout(row(self._said, button(tr("Stop"), self.saving.stop, "plain")))
        inside.addWidget(self._progress)
        self.saving.progressed.connect(self._advance)
        self.saving.ended.connect(self.hide)
        self.hide()

    def open_version(self, path: str, revision_id: bytes | None) -> None:
        """With the program that the system has for it; what is written there changes nothing."""
        self._begin(tr("Opening “{name}”…"), path)
        self.saving.begin(path, revision_id, open_with_its_program, self._session.complain)

    def save_version(self, path: str, revision_id: bytes | None, target: Path) -> None:
        self._begin(tr("Saving “{name}”…"), target.name)
        self.saving.save(path, revision_id, target, self._saved, self._session.complain)

    def _saved(self, target: Path) -> None:
        said = tr("Saved as “{name}”.").format(name=show_name(target.name))
        self._session.say(said, tr("Show in file manager"), lambda: self._show(target))

    def _show(self, target: Path) -> None:
        show_in_file_manager(target, self._session.background, self)

    def _begin(self, words: str, path: str) -> None:
        self.saving.stop()
        self._progress.setRange(0, 0)
        self._said.show_text(words.format(name=show_name(path.rpartition("/")[2])))
        self.show()

    def _advance(self, done: int, size: int) -> None:
        advance(self._progress, done, size)
