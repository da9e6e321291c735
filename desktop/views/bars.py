"""The lines of the window: banner, passing words, and how things are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QWidget

from desktop.look.icons import IconLabel, icon
from desktop.models.banner import Banner
from desktop.models.status_line import StatusLine
from desktop.views.eliding import ElidedLabel
from desktop.views.pieces import button, label
from desktop.words import plain_label, tr

_SAID_MS: Final = 5_000
_SAID_WITH_BUTTON_MS: Final = 10_000
_LETTER_MS: Final = 50
"""More for each letter: long sentences take longer to read."""


class BannerBar(QFrame):
    """What somebody has to know, and what can be done about it.

    Signals:
        acted: the banner whose button was pressed.
    """

    acted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self._banner: Banner | None = None
        self._icon = IconLabel("attention", 20, "warn")
        self._text = label(wraps=True)
        self._button = button("", lambda: self.acted.emit(self._banner))
        self._button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        inside = QHBoxLayout(self)
        inside.setContentsMargins(16, 8, 12, 8)
        inside.setSpacing(12)
        inside.addWidget(self._icon)
        inside.addWidget(self._text, 1)
        inside.addWidget(self._button)
        self.hide()

    def tell(self, banner: Banner | None) -> None:
        if banner == self._banner:
            return
        self._banner = banner
        self.setVisible(banner is not None)
        if banner is not None:
            self._icon.show_icon(banner.icon, "warn")
            self._text.setText(banner.text)
            self._button.setText(plain_label(banner.button))
            self._button.setVisible(bool(banner.button))


class Toast(QFrame):
    """Says something in passing, above the lower edge of what it stands in; it stays while the pointer is on it."""

    def __init__(self, place: QWidget) -> None:
        super().__init__(place)
        self.setProperty("role", "toast")
        self._place = place
        self._does: Callable[[], None] | None = None
        self._text = label(wraps=True)
        self._button = QPushButton()
        self._button.clicked.connect(self._act)
        close = QToolButton()
        close.setIcon(icon("close", "surface"))
        close.setAccessibleName(tr("Close"))
        close.clicked.connect(self.hide)
        inside = QHBoxLayout(self)
        inside.setContentsMargins(16, 8, 8, 8)
        inside.setSpacing(8)
        inside.addWidget(self._text, 1)
        inside.addWidget(self._button)
        inside.addWidget(close)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.hide)
        place.installEventFilter(self)
        self.hide()

    def say(self, text: str, words: str = "", does: Callable[[], None] | None = None) -> None:
        self._does = does
        self._text.setText(text)
        self._button.setText(plain_label(words))
        self._button.setVisible(bool(words))
        self._timer.setInterval((_SAID_WITH_BUTTON_MS if words else _SAID_MS) + _LETTER_MS * len(text))
        self._timer.start()
        self.show()
        self._put()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._place and event.type() == QEvent.Type.Resize:
            self._put()
        return False

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._timer.start()

    def _act(self) -> None:
        self.hide()
        if self._does is not None:
            self._does()

    def _put(self) -> None:
        room = max(self._place.width() - 32, 160)
        button_width = self._button.sizeHint().width() + 8 if self._button.text() else 0
        words = self._text.fontMetrics().horizontalAdvance(self._text.text()) + 16 + 24 + 48 + button_width
        width = min(room, 560, words)
        layout = self.layout()
        height = layout.heightForWidth(width) if layout is not None else self.sizeHint().height()
        self.resize(width, max(height, 40))
        self.move((self._place.width() - width) // 2, self._place.height() - self.height() - 16)


class StatusBar(QFrame):
    """How things are, at the left; what moves, at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "side")
        self._icon = IconLabel("waiting", 16, "text-2")
        self._text = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self._chosen = label(role="secondary")
        self._moving = label(role="secondary")
        inside = QHBoxLayout(self)
        inside.setContentsMargins(16, 6, 16, 6)
        inside.setSpacing(8)
        for part in (self._icon, self._text):
            inside.addWidget(part)
        inside.addStretch(1)
        inside.addWidget(self._moving)
        inside.addSpacing(8)
        inside.addWidget(self._chosen)
        inside.setStretchFactor(self._text, 10)

    def tell(self, line: StatusLine) -> None:
        self._icon.show_icon(line.icon, line.tone)
        self._text.show_text(line.text)
        self._moving.setText(line.moving)
        self._moving.setVisible(bool(line.moving))

    def tell_chosen(self, text: str) -> None:
        self._chosen.setText(text)
        self._chosen.setVisible(bool(text))
