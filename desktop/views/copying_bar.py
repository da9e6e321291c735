"""A line below the files while others are copied in."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QWidget

from desktop.models.acts import Copying
from desktop.views.pieces import button, label
from desktop.words import show_size, tr, tr_n


class CopyingBar(QFrame):
    """How far it is, and a way to end it.

    Signals:
        wants_stop: of the copying.
    """

    wants_stop = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "side")
        self._text = label()
        self._bar = QProgressBar(maximum=1_000)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Progress"))
        inside = QHBoxLayout(self)
        inside.setContentsMargins(16, 8, 16, 8)
        inside.setSpacing(12)
        inside.addWidget(self._text)
        inside.addWidget(self._bar, 1)
        inside.addWidget(button(tr("Stop copying"), self.wants_stop.emit))
        self.hide()

    def tell(self, copying: Copying | None) -> None:
        """``None``: nothing is copied any more."""
        self.setVisible(copying is not None)
        if copying is None:
            return
        files = tr_n("Adding %n file", "Adding %n files", copying.all_files)
        sizes = tr("{done} of {all}").format(done=show_size(copying.done_bytes), all=show_size(copying.all_bytes))
        self._text.setText(f"{files} · {sizes}")
        self._bar.setValue(1_000 * copying.done_bytes // copying.all_bytes if copying.all_bytes else 0)
