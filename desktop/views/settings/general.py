"""General: start at login, notifications, language, look."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QSizePolicy

from desktop.commands import program
from desktop.integration.autostart import Autostart, autostart
from desktop.look import theme
from desktop.models import choices
from desktop.models.events import KINDS
from desktop.session import Session
from desktop.views.settings.section import Section, form, heading
from desktop.words import tr


class GeneralSection(Section):
    def __init__(self, session: Session, starts: Callable[[Path], Autostart] = autostart) -> None:
        super().__init__(session, tr("General"))
        self._starts = starts
        self.at_login = QCheckBox(tr("Start Lockstep when I &log in"))
        self.at_login.clicked.connect(self._set_at_login)
        self.column.addWidget(self.at_login)
        self.column.addWidget(heading(tr("Tell me when")))
        self.kinds: dict[str, QCheckBox] = {}
        for kind, words in KINDS.items():
            box = self.kinds[kind] = QCheckBox(words())
            box.clicked.connect(lambda is_on, kind=kind: choices.choose_told(session.choices, kind, wanted=is_on))
            self.column.addWidget(box)
        self.language = QComboBox()
        self.language.addItem(tr("Same as the system"), choices.SYSTEM)
        for code, name in choices.LANGUAGES.items():
            self.language.addItem(name, code)
        self.theme = QComboBox()
        for code, words in choices.THEMES.items():
            self.theme.addItem(words(), code)
        for chooser in (self.language, self.theme):
            chooser.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.language.activated.connect(self._choose_language)
        self.theme.activated.connect(self._choose_theme)
        self.column.addWidget(heading(tr("Look")))
        rows = form()
        rows.addRow(tr("L&anguage"), self.language)
        rows.addRow(tr("&Colours"), self.theme)
        self.column.addLayout(rows)
        self.column.addWidget(self.said)
        self.column.addStretch(1)
        self._spoken = choices.language(session.choices)

    def look(self) -> None:
        self.session.background.run(
            lambda: self._starts(self.session.home).is_on(), self.at_login.setChecked, owner=self
        )
        for kind, box in self.kinds.items():
            box.setChecked(choices.is_told(self.session.choices, kind))
        self.language.setCurrentIndex(self.language.findData(choices.language(self.session.choices)))
        self.theme.setCurrentIndex(self.theme.findData(choices.theme(self.session.choices)))
        self._tell_language()

    def _set_at_login(self, is_on: bool) -> None:
        command = program(self.session.home, "desktop", "--in-tray")

        def change() -> None:
            way = self._starts(self.session.home)
            if is_on:
                way.turn_on(command)
            else:
                way.turn_off()

        def changed(_: None) -> None:
            self.said.say(
                "good", tr("It starts when you log in.") if is_on else tr("It does not start by itself any more.")
            )

        def failed(error: Exception) -> None:
            self.at_login.setChecked(not is_on)
            self.said.say("bad", tr("This could not be changed: {reason}").format(reason=str(error)))

        self.session.background.run(change, changed, failed, owner=self)

    def _choose_language(self) -> None:
        choices.choose_language(self.session.choices, str(self.language.currentData()))
        self.said.clear()
        self._tell_language()

    def _tell_language(self) -> None:
        """It is that of the windows that are made from then on, and these are made."""
        if choices.language(self.session.choices) != self._spoken:
            text = tr("Restart Lockstep to see it in this language. Your files go on being synced meanwhile.")
            self.said.say("plain", text, tr("Restart now"), lambda: self.session.wants_restart.emit("general"))

    def _choose_theme(self) -> None:
        choices.choose_theme(self.session.choices, self.theme.currentData())
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, choices.theme(self.session.choices))
