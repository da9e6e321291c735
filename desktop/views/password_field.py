"""A field for a password."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit

from desktop.look.icons import icon
from desktop.words import tr


class PasswordField(QLineEdit):
    """Hidden, until the person wants to see it."""

    def __init__(self) -> None:
        super().__init__(echoMode=QLineEdit.EchoMode.Password)
        self._show = QAction(icon("eye"), tr("Show the password"), self, checkable=True)
        self._show.toggled.connect(self._toggle)
        self.addAction(self._show, QLineEdit.ActionPosition.TrailingPosition)

    def show_it(self) -> None:
        self._show.setChecked(True)

    def _toggle(self, is_shown: bool) -> None:
        self.setEchoMode(QLineEdit.EchoMode.Normal if is_shown else QLineEdit.EchoMode.Password)
