"""The links to what is chosen."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.look.icons import icon
from desktop.models.shares import Links
from desktop.sentences import sentence
from desktop.session import Session
from desktop.views.flow import Flow
from desktop.views.link_acts import LinkRow
from desktop.views.pieces import awaiting, button, clear, label
from desktop.views.scrolled import Scrolled
from desktop.words import tr


class SharingTab(Scrolled):
    """One click copies a link; below are those that there are.

    Signals:
        wants_dialog: the person wants to say how the link is to be.
    """

    wants_dialog = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.path = ""
        self._is_on_server = True
        self._session = session
        self._links = Links.of(session)
        self._links.changed.connect(self._draw)
        self.copy = button(tr("Copy link"), self._copy, "primary")
        self.share = button(tr("Share…"), self.wants_dialog.emit)
        self.share.setIcon(icon("share"))
        self.column.setSpacing(8)
        self.column.addLayout(Flow(self.copy, self.share))
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        self.column.addLayout(self._rows)

    def follow(self, path: str, *, is_on_server: bool) -> None:
        self.path = path
        self._is_on_server = is_on_server
        for part in (self.copy, self.share):
            part.setEnabled(is_on_server)
        self._links.look()
        self._draw()

    def forget(self) -> None:
        """Something else is chosen: what is here can no longer be meant."""
        self.path = ""
        clear(self._rows)
        self.copy.setEnabled(False)

    def _copy(self) -> None:
        self.copy.setEnabled(False)
        self._links.copy_open(self.path, lambda: self.copy.setEnabled(bool(self.path)), owner=self)

    def _draw(self) -> None:
        clear(self._rows)
        links = self._links
        if not self.path:
            return
        if not self._is_on_server:
            said = tr("It can be shared once it is on the server.")
            self._rows.addWidget(label(said, "secondary", wraps=True))
        elif links.failure is not None and links.shares is None:
            self._rows.addWidget(label(sentence(links.failure.code, links.failure.detail), wraps=True))
            again = button(tr("Try again"), lambda: links.look(is_forced=True))
            self._rows.addWidget(again, alignment=Qt.AlignmentFlag.AlignLeft)
        elif links.shares is None:
            self._rows.addWidget(awaiting(tr("Looking for links…")))
        elif not (here := links.at(self.path)):
            said = tr("No link leads here yet. Whoever gets one can download this, without an account.")
            self._rows.addWidget(label(said, "secondary", wraps=True))
        else:
            for share in here:
                self._rows.addWidget(LinkRow(share, links, self))
