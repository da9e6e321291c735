"""Folder: where it is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from desktop.integration.showing import open_with_its_program
from desktop.session import Session
from desktop.views.eliding import ElidedLabel
from desktop.views.settings.section import Section, form
from desktop.words import show_name, show_size, tr, tr_n


class FolderSection(Section):
    def __init__(self, session: Session) -> None:
        super().__init__(session, tr("Folder"), tr("All that is in it is kept in step with your account."))
        self.place = ElidedLabel()
        self.content = ElidedLabel()
        told = form()
        told.addRow(tr("Where"), self.place)
        told.addRow(tr("What"), self.content)
        self.column.addLayout(told)
        self.opens = QPushButton(tr("&Open the folder"))
        self.opens.clicked.connect(self._open)
        self.column.addWidget(self.opens, alignment=Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(self.said)
        self.column.addStretch(1)

    def look(self) -> None:
        folder, state = self.session.folder, self.session.state
        self.opens.setEnabled(folder is not None)
        unknown = tr("not known while nothing runs")
        self.place.show_text(show_name(str(folder)) if folder is not None else unknown)
        if state is None:
            self.content.show_text(unknown)
        else:
            count = tr_n("%n file", "%n files", state.files)
            size = show_size(state.used_bytes)  # of which nothing is known before the server has answered
            self.content.show_text(tr("{count}, {size}").format(count=count, size=size) if state.used_bytes else count)

    def _open(self) -> None:
        if self.session.folder is not None:
            open_with_its_program(self.session.folder)
