"""About: which version this is, its licences, its logs, and the support bundle."""

from __future__ import annotations

from PySide6.QtCore import QUrl, qVersion
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from desktop.session import Session
from desktop.views.eliding import ElidedLabel
from desktop.views.settings.bundle import BundleWindow
from desktop.views.settings.section import Section, form, heading, secondary
from desktop.words import tr
from server_api.contract.version import VERSION


class AboutSection(Section):
    def __init__(self, session: Session) -> None:
        super().__init__(session, tr("About"))
        told = form()
        told.addRow(tr("Lockstep"), ElidedLabel(VERSION))
        told.addRow(tr("Qt"), ElidedLabel(qVersion()))
        self.column.addLayout(told)
        self.column.addWidget(heading(tr("Licences")))
        self.column.addWidget(secondary(tr("Lockstep is free software under the Apache License 2.0.")))
        self.column.addWidget(secondary(tr("It uses Qt and PySide under the GNU Lesser General Public License 3.")))
        self.column.addWidget(heading(tr("If something is wrong")))
        self.column.addWidget(
            secondary(
                tr(
                    "A support bundle has logs and versions in it, for somebody who helps you. "
                    "You see all of it before it is saved, and nothing is sent anywhere."
                )
            )
        )
        self.logs = QPushButton(tr("&Open the folder of the logs"))
        self.bundle = QPushButton(tr("&Make a support bundle…"))
        self.logs.clicked.connect(self._open_logs)
        self.bundle.clicked.connect(self._make)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.bundle)
        row.addWidget(self.logs)
        row.addStretch(1)
        self.column.addLayout(row)
        self.column.addWidget(self.said)
        self.column.addStretch(1)

    def _open_logs(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.session.home / "logs")))

    def _make(self) -> None:
        window = BundleWindow(self.session, self)
        window.saved.connect(self._saved)
        window.show()

    def _saved(self, path: str) -> None:
        self.said.say("good", tr("The support bundle is saved: {path}").format(path=path))
