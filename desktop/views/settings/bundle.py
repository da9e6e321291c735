"""The support bundle, shown whole before it is saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.look.measures import fixed_font, open_at, wide
from desktop.models import support
from desktop.session import Session
from desktop.views.pieces import row
from desktop.views.said import Said
from desktop.views.settings.section import secondary
from desktop.words import show_name, tr
from sync_engine.control import messages as control


class BundleWindow(QDialog):
    """Signals:
    saved: the path of what was written.
    """

    saved = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Support bundle"))
        open_at(self, 760, 520)
        self._session = session
        self._known = support.Known(str(session.home), session.profile, session.state)
        self._key = support.key_of(session.choices)
        self._made = 0
        self._files: dict[str, str] = {}
        self.names = QListWidget()
        self.names.setAccessibleName(tr("Files of the bundle"))
        self.names.setFixedWidth(wide(176))
        self.names.currentTextChanged.connect(self._show)
        self.text = QPlainTextEdit(readOnly=True, lineWrapMode=QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(fixed_font())
        self.text.setAccessibleName(tr("What is in the file"))
        self.shows_names = QCheckBox(tr("With the &names of my files and folders"))
        self.shows_names.toggled.connect(self._make)
        self.said = Said()
        self.save = QPushButton(tr("&Save the bundle…"))
        self.save.setEnabled(False)
        self.save.setProperty("role", "primary")
        self.save.clicked.connect(self._save)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self.names)
        middle.addWidget(self.text, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addWidget(
            secondary(tr("This is all that is in it. Passwords, tokens and email addresses are taken out."))
        )
        column.addLayout(middle, 1)
        column.addWidget(self.said)
        column.addLayout(row(self.shows_names, 1, self.save))
        self._ask()

    def _ask(self) -> None:
        """What the daemon knows, as far as it answers."""

        def settings(answer: control.SettingsNow) -> None:
            self._known.settings = {name: setting.value for name, setting in answer.settings.items()}
            problems()

        def problems() -> None:
            self._session.daemon.ask(control.GetProblems(), take, lambda _: self._make(), owner=self)

        def take(answer: control.Problems) -> None:
            self._known.problems = answer.problems
            self._make()

        self.said.say("busy", tr("Gathering…"))
        self._session.daemon.ask(control.GetSettings(), settings, lambda _: problems(), owner=self)

    def _make(self, *_: Any) -> None:
        self._made += 1
        made, known, key, hides = self._made, self._known, self._key, not self.shows_names.isChecked()

        def take(files: dict[str, str]) -> None:
            if made == self._made:
                self._take(files)

        self.save.setEnabled(False)
        self._session.background.run(lambda: support.make(known, key, hides_names=hides), take, owner=self)

    def _take(self, files: dict[str, str]) -> None:
        row = max(0, self.names.currentRow())
        self._files = files
        self.names.clear()
        self.names.addItems(list(files))
        self.names.setCurrentRow(min(row, len(files) - 1))
        self.said.clear()
        self.save.setEnabled(True)

    def _show(self, name: str) -> None:
        self.text.setPlainText(self._files.get(name, ""))

    def _save(self) -> None:
        suggested = str(Path.home() / "lockstep-support.zip")
        dialog = QFileDialog(self, tr("Save the support bundle"), suggested, "*.zip")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.fileSelected.connect(self.write)
        dialog.open()

    def write(self, target: str) -> None:
        """Save it there."""
        files = self._files

        def written(_: None) -> None:
            self.saved.emit(show_name(target))
            self.accept()

        def failed(error: Exception) -> None:
            self.said.say("bad", tr("It could not be saved: {reason}").format(reason=show_name(str(error))))

        self._session.background.run(lambda: support.write(target, files), written, failed, owner=self)
