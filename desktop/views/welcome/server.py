"""The page for the server's address, which is looked at while it is typed."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLineEdit

from desktop.background import Background
from desktop.models import server_address
from desktop.models.first_run import Given, remedy, told_of_server
from desktop.models.server_address import Checked
from desktop.views.welcome.step import StepPage
from desktop.words import tr

TYPED_MS: Final = 500
"""So long after the last key it is looked what is there."""


class ServerPage(StepPage):
    """Attributes:
    found: what answers at the address, ``None`` while that is not known.
    """

    def __init__(self, background: Background) -> None:
        super().__init__(
            tr("Which server?"),
            tr("Enter the address of its web page. Whoever runs the server can tell you."),
        )
        self._background = background
        self._ca_file = ""
        self._asked = 0
        self._goes_on = False
        self.found: Checked | None = None
        self.address = QLineEdit(placeholderText="files.example.org")
        self.address.setAccessibleName(tr("Address of the server"))
        self.knows = QCheckBox(tr("Use it all the same: I know who could read along"))
        self.knows.hide()
        self._timer = QTimer(self, singleShot=True, interval=TYPED_MS)
        self._timer.timeout.connect(self.look)
        self.address.textEdited.connect(self._typed)
        self.address.returnPressed.connect(self._press)
        self.knows.toggled.connect(self.look)
        for widget in (self.address, self.said, self.knows):
            self.column.addWidget(widget)
        self.column.addStretch(1)

    def enter(self, given: Given) -> None:
        if given.address and not self.address.text():
            self.address.setText(given.address)
        self.address.setFocus()
        if self.found is None:
            self.look()

    def leave(self, given: Given) -> None:
        given.address = self._tidied()
        given.knows_unprotected = self.knows.isChecked()
        given.ca_file = self._ca_file

    def is_ready(self) -> bool:
        return self.found is not None and not self.found.code and self.found.address == self._tidied()

    def next_words(self) -> str:
        return tr("&Continue")

    def complain(self, text: str) -> None:
        self.said.say("bad", text, tr("Check &again"), self.look)

    def look(self) -> None:
        """Ask what is at the address."""
        self._timer.stop()
        self._asked += 1
        self._goes_on = False
        self.found = None
        address = self._tidied()
        is_unprotected = bool(address) and server_address.is_unprotected(address)
        self.knows.setVisible(is_unprotected)
        if not self.address.text().strip():
            self.said.clear()
        elif not address:
            self.said.say("bad", tr("This is no address of a server. It looks like files.example.org."))
        elif is_unprotected and not self.knows.isChecked():
            self.said.say("warn", remedy("unencrypted"))
        else:
            self._ask(address)
        self.ready_changed.emit()

    def _ask(self, address: str) -> None:
        asked, ca_file = self._asked, self._ca_file
        self.said.say("busy", tr("Looking what is there…"))

        def take(found: Checked) -> None:
            if asked == self._asked:
                self._take(found)

        self._background.run(lambda: server_address.check(address, ca_file), take, owner=self)

    def _take(self, found: Checked) -> None:
        self.found = found
        if found.code == "certificate":
            self.said.say("bad", told_of_server(found), tr("Choose its &authority…"), self._choose_authority)
        elif found.code:
            self.complain(told_of_server(found))
        else:
            self.said.say("good", told_of_server(found))
        self.ready_changed.emit()
        if self._goes_on and not found.code:
            self._goes_on = False
            self.wants_next.emit()

    def _choose_authority(self) -> None:
        words = tr("Certificates") + " (*.pem *.crt *.cer)"
        dialog = QFileDialog(self, tr("The server’s authority"), "", words)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._take_authority)
        dialog.open()

    def _take_authority(self, file: str) -> None:
        self._ca_file = file
        self.look()

    def _press(self) -> None:
        """Return: go on, as soon as it is known what is there."""
        if self.is_ready():
            self.wants_next.emit()
        else:
            self.look()
            self._goes_on = True

    def _typed(self) -> None:
        self._asked += 1
        self.found = None
        self.said.clear()
        self._timer.start()
        self.ready_changed.emit()

    def _tidied(self) -> str:
        return server_address.tidied(self.address.text())
