"""Where the panel shows what a file looks like."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QProgressBar, QStackedLayout, QVBoxLayout, QWidget

from desktop.look.icons import IconLabel
from desktop.look.measures import fixed_font
from desktop.models import previews
from desktop.models.item_words import kind_icon
from desktop.models.previewing import Previewing
from desktop.models.previews import Text
from desktop.session import Session
from desktop.views.picture import Picture
from desktop.views.pieces import advance, button, label
from desktop.words import show_size, tr
from sync_engine.control.messages import Item

HEIGHT: Final = 200


class PreviewBox(QFrame):
    """A picture, the beginning of a text, or an icon with what there is to say."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = Previewing(session, self)
        self.setProperty("role", "card")
        self.setFixedHeight(HEIGHT)
        self.picture = Picture()
        self.text = QPlainTextEdit(readOnly=True)
        self.text.setAccessibleName(tr("Beginning of the text"))
        self.text.setFont(fixed_font())
        self.text.setTabChangesFocus(True)
        self.icon = IconLabel("file", 48)
        self.said = label(role="secondary", wraps=True)
        self.fetch = button(tr("Show preview"), self.model.fetch)
        self.progress = QProgressBar(textVisible=False)
        self.progress.setAccessibleName(tr("Preview being downloaded"))
        self.stop = button(tr("Stop"), self.model.stop, "plain")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.picture)
        self._stack.addWidget(self.text)
        self._stack.addWidget(self._place())
        self.model.changed.connect(self._draw)
        self.model.saving.progressed.connect(self._advance)

    def sizeHint(self) -> QSize:
        """No more than it needs: where it may grow, it takes what is left."""
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def follow(self, path: str, item: Item | None) -> None:
        room = QSize(max(self.width(), 280), HEIGHT) * self.devicePixelRatioF()
        self.model.follow(path, item, room)
        self._draw()

    def _place(self) -> QWidget:
        place = QWidget()
        inside = QVBoxLayout(place)
        inside.setContentsMargins(16, 12, 16, 12)
        inside.setSpacing(8)
        inside.addStretch()
        for part in (self.icon, self.said, self.progress, self.fetch, self.stop):
            inside.addWidget(part, alignment=Qt.AlignmentFlag.AlignHCenter)
        self.said.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        inside.addStretch()
        return place

    def _draw(self) -> None:
        model, item = self.model, self.model.item
        shown = model.shown
        if isinstance(shown, QImage):
            self.picture.show_image(shown)
            self.picture.setAccessibleName(tr("Preview"))
            self._stack.setCurrentWidget(self.picture)
            return
        if isinstance(shown, Text):
            end = "\n" + tr("… the rest is not shown here.") if shown.is_cut else ""
            self.text.setPlainText(shown.text + end)
            self._stack.setCurrentWidget(self.text)
            return
        self._stack.setCurrentIndex(2)
        self.icon.show_icon(kind_icon(item) if item is not None else "file")
        self.said.setText(self._words(item))
        self.fetch.setVisible(model.is_offered)
        is_running = model.saving.is_running
        self.progress.setVisible(is_running)
        self.stop.setVisible(is_running)

    def _words(self, item: Item | None) -> str:
        if item is None:
            return ""
        if self.model.is_offered:
            return previews.offer(item)
        if self.model.is_asking:
            return ""
        why = getattr(self.model.shown, "why", "")
        if why or item.kind != "file":
            return why or previews.kind_in_words(item)
        return tr("{kind}, {size}").format(kind=previews.kind_in_words(item), size=show_size(item.size))

    def _advance(self, done: int, size: int) -> None:
        advance(self.progress, done, size)
