"""How another device comes to an account whose server is this computer's own."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.commands import Ended
from desktop.look.measures import wide
from desktop.models.own_server import choose_password, tunnel
from desktop.sentences import sentence
from desktop.session import Session
from desktop.views.password_field import PasswordField
from desktop.views.pieces import button, row, tool
from desktop.views.said import Said
from desktop.views.settings.section import form, heading, secondary
from desktop.words import show_name, tr
from sync_engine.control.messages import ProfileNow

_WIDTH: Final = 600
_FOR_WHAT_IS_SAID: Final = 32


class AnotherDevice(QDialog):
    """A password to sign in with, the way to this computer, and what to type there."""

    def __init__(self, session: Session, profile: ProfileNow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.password = PasswordField()
        self.password.setAccessibleName(tr("New password"))
        self.password.setPlaceholderText(tr("New password"))
        self.password.returnPressed.connect(self._choose)
        self.choose = button(tr("Set this password"), self._choose, "primary")
        self.said = Said()
        self.setWindowTitle(tr("Add another device"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(8)
        column.addWidget(heading(tr("1. Choose a password")))
        column.addWidget(
            secondary(
                tr(
                    "The account’s password was made up for this computer. Choose one that you know. Devices and "
                    "browsers that are signed in have to sign in again, except this one; their files stay."
                )
            )
        )
        column.addLayout(row(self.password, self.choose))
        column.addWidget(self.said)
        column.addWidget(heading(tr("2. Let it reach this computer")))
        column.addWidget(
            secondary(
                tr(
                    "The server is at {address}, which leads to this computer only. A computer that reaches this one "
                    "by ssh has it there too, once this runs on it:"
                ).format(address=show_name(profile.server))
            )
        )
        column.addLayout(_to_copy(tunnel(profile.server), tr("Command for the other computer")))
        column.addWidget(
            secondary(
                tr(
                    "Phones and all others need a Lockstep server with an address of its own, on a computer that is "
                    "always on. Once you or somebody you know runs one, sign in to it on each device, also on this one."
                )
            )
        )
        column.addWidget(heading(tr("3. Sign in there")))
        column.addWidget(secondary(tr("Open Lockstep on the other device, choose “On a server”, and type:")))
        fields = form()
        fields.addRow(tr("Server"), _to_copy(profile.server, tr("Server")))
        fields.addRow(tr("Email"), _to_copy(profile.email, tr("Email")))
        column.addLayout(fields)
        column.addStretch(1)
        column.addLayout(row(1, button(tr("Close"), self.reject)))
        width = wide(_WIDTH)
        self.resize(width, column.totalHeightForWidth(width) + _FOR_WHAT_IS_SAID)
        self.password.setFocus()

    def _choose(self) -> None:
        new = self.password.text()
        if not new or not self.choose.isEnabled():
            return
        self.choose.setEnabled(False)
        self.said.say("busy", tr("Setting the password…"))
        choose_password(self._session, new, self._chosen, owner=self)

    def _chosen(self, ended: Ended) -> None:
        self.choose.setEnabled(True)
        if ended.is_done:
            self.password.clear()
            self.said.say("good", tr("The password is set."))
        elif ended.code == "wrong-credentials":
            said = tr("The password was changed elsewhere, by somebody who knows it. Sign in with that one.")
            self.said.say("bad", said)
        else:
            self.said.say("bad", sentence(ended.code, ended.detail))


def _to_copy(text: str, name: str) -> QHBoxLayout:
    """A line that can be chosen from, and copied as it is."""
    line = QLineEdit(text, readOnly=True)
    line.setAccessibleName(name)
    line.setCursorPosition(0)
    return row(line, tool("copy", tr("Copy"), lambda: QGuiApplication.clipboard().setText(text)))
