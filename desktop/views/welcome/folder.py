"""The page for the folder, which says what will happen to it."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QLineEdit, QPushButton

from desktop.background import Background
from desktop.commands import Commands, Found
from desktop.models.first_run import Given, default_folder, told_of_folder
from desktop.views.welcome.step import StepPage
from desktop.words import tr

TYPED_MS: Final = 400


class FolderPage(StepPage):
    """Attributes:
    found: what is in the folder, ``None`` while that is not known.
    """

    def __init__(self, background: Background, commands: Commands) -> None:
        super().__init__(
            tr("Which folder?"),
            tr("All that is in it is kept in step. You can use it as any other folder, with any program."),
        )
        self._background = background
        self._commands = commands
        self._given = Given()
        self._until = Event()
        self.found: Found | None = None
        self.folder = QLineEdit()
        self.folder.setAccessibleName(tr("Folder"))
        self.choose = QPushButton(tr("C&hoose…"))
        self.choose.clicked.connect(self._choose)
        self.takes_over = QCheckBox(tr("That profile is gone: take the folder over"))
        self.takes_over.hide()
        self._timer = QTimer(self, singleShot=True, interval=TYPED_MS)
        self._timer.timeout.connect(self.look)
        self.folder.textEdited.connect(self._typed)
        self.folder.returnPressed.connect(self.wants_next)
        self.takes_over.toggled.connect(self.look)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.folder, 1)
        row.addWidget(self.choose)
        self.column.addLayout(row)
        self.column.addWidget(self.said)
        self.column.addWidget(self.takes_over)
        self.column.addStretch(1)

    def enter(self, given: Given) -> None:
        self._given = given
        if not self.folder.text():
            self.folder.setText(given.folder or default_folder())
        self.folder.setFocus()
        self.look()

    def leave(self, given: Given) -> None:
        given.folder = self._place()
        given.takes_over = self.takes_over.isChecked() and self.takes_over.isVisibleTo(self)

    def is_ready(self) -> bool:
        return self.found is not None and not self.found.code

    def next_words(self) -> str:
        if self.found is not None and self.found.files and not self._given.is_own:
            return tr("&Add these files and continue")
        return tr("&Continue")

    def stop(self) -> None:
        """Counting ends."""
        self._until.set()

    def look(self) -> None:
        """Ask what is in the folder, and whether it can be linked."""
        self._timer.stop()
        self._until.set()
        self._until = until = Event()
        self.found = None
        place = self._place()
        if not place:
            self.said.say("plain", tr("Enter the path of a folder, or choose one."))
            self.ready_changed.emit()
            return
        self.said.say("busy", tr("Looking what is in it…"))
        self.ready_changed.emit()
        wanted = Given(
            address=self._given.address or "http://localhost",
            email=self._given.email or "me@localhost",
            folder=place,
            takes_over=self.takes_over.isChecked(),
        ).wanted()

        def take(found: Found) -> None:
            if until is self._until and not until.is_set():
                self._take(found)

        self._background.run(lambda: self._commands.look_at(wanted, until), take, owner=self)

    def _take(self, found: Found) -> None:
        self.found = found
        can_take_over = found.code == "folder-taken" and not self._given.is_own
        self.takes_over.setVisible(can_take_over or self.takes_over.isChecked())
        self.said.say("bad" if found.code else "plain", told_of_folder(found, self._given))
        self.ready_changed.emit()

    def _choose(self) -> None:
        start = str(Path(self._place() or default_folder()).parent)
        dialog = QFileDialog(self, tr("Choose a folder"), start)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._take_chosen)
        dialog.open()

    def _take_chosen(self, folder: str) -> None:
        self.folder.setText(folder)
        self.look()

    def _typed(self) -> None:
        self._until.set()
        self.found = None
        self.takes_over.setChecked(False)
        self.takes_over.setVisible(False)
        self.said.clear()
        self._timer.start()
        self.ready_changed.emit()

    def _place(self) -> str:
        text = self.folder.text().strip()
        return str(Path(text).expanduser().absolute()) if text else ""
