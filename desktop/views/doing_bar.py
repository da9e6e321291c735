"""A line below the files while others are copied in, many are deleted or brought back."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QWidget

from desktop.look.measures import wide
from desktop.models.outcomes import Copying, Steps
from desktop.views.pieces import button, label
from desktop.words import show_size, tr, tr_n


class DoingBar(QFrame):
    """How far it is, and a way to end it.

    Signals:
        wants_stop: of what is shown.
    """

    wants_stop = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "side")
        self._text = label()
        self._bar = QProgressBar(maximum=1_000)
        self._bar.setTextVisible(False)
        self._bar.setMinimumWidth(wide(32))  # Qt's own least would cut the words beside it
        self._bar.setAccessibleName(tr("Progress"))
        self._stop = button("", self.wants_stop.emit)
        inside = QHBoxLayout(self)
        inside.setContentsMargins(16, 8, 16, 8)
        inside.setSpacing(12)
        inside.addWidget(self._text)
        inside.addWidget(self._bar, 1)
        inside.addWidget(self._stop)
        self.hide()

    def tell(self, told: Copying | Steps | None) -> None:
        """``None``: nothing goes on any more."""
        if isinstance(told, Copying):
            files = tr_n("Adding %n file", "Adding %n files", told.all_files)
            sizes = tr("{done} of {all}").format(done=show_size(told.done_bytes), all=show_size(told.all_bytes))
            self._show(f"{files} · {sizes}", told.done_bytes, told.all_bytes, tr("Stop copying"))
        elif told is not None and told.what == "delete":
            text = tr_n("Deleting %n item", "Deleting %n items", told.all) if told.all else tr("Deleting…")
            self._show(text, told.done, told.all, tr("Stop deleting"))
        elif told is not None:
            self._show(tr_n("Taking back %n item", "Taking back %n items", told.all), told.done, told.all)
        self.setVisible(told is not None)

    def _show(self, text: str, done: int, of: int, stop: str = "") -> None:
        self._text.setText(text)
        self._bar.setValue(1_000 * done // of if of else 0)
        self._stop.setText(stop)
        self._stop.setVisible(bool(stop))
