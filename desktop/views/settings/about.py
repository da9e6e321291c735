"""About: which version this is and whether there is a newer one, its licences, its logs, and the support bundle."""

from __future__ import annotations

import time

from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QCheckBox, QPushButton

from desktop.integration.showing import open_in_browser, open_with_its_program
from desktop.models import updates
from desktop.session import Session
from desktop.views.eliding import ElidedLabel
from desktop.views.pieces import row
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
        self._add_updates()
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
        self.column.addLayout(row(self.bundle, self.logs, 1))
        self.column.addWidget(self.said)
        self.column.addStretch(1)

    def look(self) -> None:
        choices = self.session.choices
        can_ask = bool(updates.address(choices))
        self.asks.setEnabled(can_ask)
        self.asks.setChecked(can_ask and updates.is_wanted(choices))
        self.ask_now.setVisible(can_ask)
        newest = updates.newer(choices)
        self.notes.setVisible(newest is not None and bool(newest.notes_url))
        if newest is not None:
            text = tr("Version {version} is out. It does not install itself.").format(version=newest.version)
        elif not can_ask:
            text = tr("This build has no address to ask for newer versions, so nothing is asked.")
        elif updates.is_managed():
            text = tr("Your package manager looks after new versions.")
        else:
            text = tr("Only the version is asked for. Nothing is downloaded or installed.")
        self.newest.setText(text)

    def _add_updates(self) -> None:
        self.newest = secondary("")
        self.asks = QCheckBox(tr("&Ask once a day whether there is a newer version"))
        self.ask_now = QPushButton(tr("Ask &now"))
        self.notes = QPushButton(tr("&What is new"))
        self.asks.clicked.connect(lambda is_on: updates.choose_wanted(self.session.choices, wanted=is_on))
        self.ask_now.clicked.connect(self._ask_now)
        self.notes.clicked.connect(self._show_notes)
        self.column.addWidget(heading(tr("New versions")))
        self.column.addWidget(self.newest)
        self.column.addWidget(self.asks)
        self.column.addLayout(row(self.ask_now, self.notes, 1))

    def _ask_now(self) -> None:
        at = updates.address(self.session.choices)
        self.ask_now.setEnabled(False)

        def then(newest: updates.Newest) -> None:
            self.ask_now.setEnabled(True)
            updates.keep(self.session.choices, newest, time.time())
            self.look()
            if updates.newer(self.session.choices) is None:
                self.said.say("good", tr("This is the newest version."))

        def otherwise(error: Exception) -> None:
            self.ask_now.setEnabled(True)
            self.said.say("bad", tr("This could not be asked: {reason}").format(reason=str(error)))

        self.session.background.run(lambda: updates.ask(at), then, otherwise, owner=self)

    def _show_notes(self) -> None:
        newest = updates.newer(self.session.choices)
        if newest is not None:
            open_in_browser(newest.notes_url)

    def _open_logs(self) -> None:
        open_with_its_program(self.session.home / "logs")

    def _make(self) -> None:
        window = BundleWindow(self.session, self)
        window.saved.connect(self._saved)
        window.show()

    def _saved(self, path: str) -> None:
        self.said.say("good", tr("The support bundle is saved: {path}").format(path=path))
