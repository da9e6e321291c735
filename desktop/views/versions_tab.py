"""The versions of the file that is chosen, and what can be done with each."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from desktop.look.icons import icon
from desktop.models import versions
from desktop.models.versions import Versions
from desktop.sentences import sentence
from desktop.session import Session
from desktop.views.pieces import button, clear, label, tool
from desktop.views.scrolled import Scrolled
from desktop.words import exact_time, plain_tip, tr
from server_api.contract.history import VersionEntry


class VersionsTab(Scrolled):
    """A row for each version.

    Signals:
        wants_open, wants_save, wants_compare, wants_share: of this ``VersionEntry``.
    """

    wants_open = Signal(object)
    wants_save = Signal(object)
    wants_compare = Signal(object)
    wants_share = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = Versions(session, self)
        self._drawn: object = None
        self.model.changed.connect(self._draw)

    def follow(self, path: str, *, is_on_server: bool) -> None:
        self.model.follow(path, is_on_server=is_on_server)
        if self.model.is_asking and not self.model.entries:
            self._drawn = None
            clear(self.column)
            self.column.addWidget(label(tr("Looking for versions…"), "secondary"))

    def forget(self) -> None:
        """Another file is chosen: what is here can no longer be meant."""
        self.model.begin("")
        self._drawn = None
        clear(self.column)

    def _draw(self) -> None:
        model = self.model
        now = (list(model.entries), model.is_complete, model.failure)
        if now == self._drawn:
            return
        self._drawn = now
        clear(self.column)
        if self.model.failure is not None and not self.model.entries:
            self.column.addWidget(label(sentence(self.model.failure.code, self.model.failure.detail), wraps=True))
            again = button(tr("Try again"), lambda: self.model.follow(self.model.path))
            self.column.addWidget(again, alignment=Qt.AlignmentFlag.AlignLeft)
            return
        if not self.model.entries:
            said = tr("There is no version on the server yet. Each time the file changes, one is kept there.")
            self.column.addWidget(label(said, "secondary", wraps=True))
        for entry in self.model.entries:
            self.column.addWidget(_Row(self, entry))
        if self.model.entries and not self.model.is_complete:
            more = button(tr("Show older versions"), self.model.more, "plain")
            self.column.addWidget(more, alignment=Qt.AlignmentFlag.AlignLeft)


class _Row(QFrame):
    def __init__(self, tab: VersionsTab, entry: VersionEntry) -> None:
        super().__init__()
        when = versions.moment(entry.created_at)
        title = label(tr("{when} · current").format(when=when) if entry.is_current else when, wraps=True)
        title.setProperty("role", "secondary" if entry.expired else "strong" if entry.is_current else "")
        title.setToolTip(plain_tip(exact_time(entry.created_at)))
        about = label(versions.about(entry), "secondary", wraps=True)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(title)
        words.addWidget(about)
        inside = QHBoxLayout(self)
        inside.setContentsMargins(0, 4, 0, 4)
        inside.setSpacing(4)
        inside.addLayout(words, 1)
        if entry.expired:
            self.setToolTip(plain_tip(versions.why_gone()))
            return
        of = {"when": when}
        inside.addWidget(tool("eye", tr("Open the version of {when}").format(**of), lambda: tab.wants_open.emit(entry)))
        if not entry.is_current:
            back = tr("Restore the version of {when}").format(**of)
            inside.addWidget(tool("restore", back, lambda: tab.model.restore(entry)))
        more = tool("more", tr("More for the version of {when}").format(**of), lambda: None)
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(more)
        menu.addAction(icon("save"), tr("&Save as…"), lambda: tab.wants_save.emit(entry))
        if not entry.is_current:
            menu.addAction(icon("panel"), tr("&Compare with now"), lambda: tab.wants_compare.emit(entry))
        menu.addAction(icon("share"), tr("S&hare this version…"), lambda: tab.wants_share.emit(entry))
        more.setMenu(menu)
        inside.addWidget(more)
