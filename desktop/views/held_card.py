"""The question about deletions that look like an accident."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtWidgets import QFrame, QGridLayout, QListWidget, QSizePolicy, QWidget

from desktop.look.icons import IconLabel
from desktop.models.troubles import held_meaning, held_title, held_words
from desktop.views.pieces import button, label, row
from desktop.words import plain_label, show_name, tr, tr_n
from sync_engine.core.reports import HeldDeletions

_LINES: Final = 6
"""In sight at once."""


class HeldCard(QFrame):
    """``goes_through`` and ``undoes`` are called for its buttons."""

    def __init__(
        self, goes_through: Callable[[], object], undoes: Callable[[], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self._title, self._meaning = label(role="heading", wraps=True), label(wraps=True)
        self._places = QListWidget()
        self._places.setAccessibleName(tr("What was deleted"))
        self._places.setUniformItemSizes(True)
        self._through = button("", goes_through, "careful")
        self._undo = button("", undoes, "primary")
        self._shown: HeldDeletions | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        inside = QGridLayout(self)
        inside.setContentsMargins(16, 16, 16, 16)
        inside.setHorizontalSpacing(12)
        inside.setVerticalSpacing(8)
        inside.setColumnStretch(1, 1)
        inside.addWidget(IconLabel("attention", 20, "warn"), 0, 0)
        for at, part in enumerate((self._title, self._meaning, self._places)):
            inside.addWidget(part, at, 1)
        inside.addLayout(row(1, self._through, self._undo), 3, 1)

    def show_held(self, held: HeldDeletions | None, *, is_deciding: bool) -> None:
        self.setVisible(held is not None)
        if held is None:
            return
        self._through.setEnabled(not is_deciding)
        self._undo.setEnabled(not is_deciding)
        if held == self._shown:
            return
        self._shown = held
        self._title.setText(held_title(held))
        self._meaning.setText(held_meaning(held))
        through, undo = held_words(held)
        self._through.setText(plain_label(through))
        self._undo.setText(plain_label(undo))
        self._places.clear()
        self._places.addItems([show_name(path) for path in held.paths])
        if (others := held.places - len(held.paths)) > 0:
            self._places.addItem(tr_n("and %n more", "and %n more", others))
        self._places.setVisible(bool(held.paths))
        line = max(self._places.sizeHintForRow(0), 16)
        self._places.setFixedHeight(line * min(_LINES, max(self._places.count(), 1)) + 8)
