"""The page for signing in, or for making an account."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QLineEdit, QRadioButton

from desktop.models.first_run import Given, missing_of_account
from desktop.views.password_field import PasswordField
from desktop.views.welcome.step import StepPage
from desktop.words import tr


class AccountPage(StepPage):
    def __init__(self) -> None:
        super().__init__(tr("Your account"))
        self._registration = "open"
        self.signs_in = QRadioButton(tr("&Sign in"))
        self.makes_new = QRadioButton(tr("Create an &account"))
        choices = QHBoxLayout()
        choices.setSpacing(24)
        for choice in (self.signs_in, self.makes_new):
            choices.addWidget(choice)
        choices.addStretch(1)
        self.email = QLineEdit(placeholderText="ada@example.org")
        self.email.setInputMethodHints(Qt.InputMethodHint.ImhEmailCharactersOnly)
        self.password = PasswordField()
        self.invite = QLineEdit()
        self._form = QFormLayout()
        self._form.setVerticalSpacing(12)
        self._form.setHorizontalSpacing(16)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._form.addRow(self._label(tr("&Email"), self.email), self.email)
        self._form.addRow(self._label(tr("&Password"), self.password), self.password)
        self._form.addRow(self._label(tr("&Invitation"), self.invite), self.invite)
        self.column.addLayout(choices)
        self.column.addLayout(self._form)
        self.column.addWidget(self.said)
        self.column.addStretch(1)
        self.makes_new.toggled.connect(self._changed)
        for field in (self.email, self.password, self.invite):
            field.textEdited.connect(self._changed)
            field.returnPressed.connect(self.wants_next)

    def take_registration(self, registration: str) -> None:
        """Who may make an account there: ``open``, ``invite``, ``closed``."""
        self._registration = registration
        self.makes_new.setEnabled(registration != "closed")
        if registration == "closed":
            self.signs_in.setChecked(True)

    def ask_again(self) -> None:
        """The device was signed out: the account is known, and no other one is to be made."""
        self.text.setText(tr("This device was signed out. Its files are as they were; sign in, and they go on."))
        self.text.show()
        self.take_registration("closed")

    def enter(self, given: Given) -> None:
        (self.makes_new if given.is_new_account and self.makes_new.isEnabled() else self.signs_in).setChecked(True)
        for field, known in ((self.email, given.email), (self.password, given.password), (self.invite, given.invite)):
            if known and not field.text():
                field.setText(known)
        (self.password if self.email.text() else self.email).setFocus()
        self._show_fields()

    def leave(self, given: Given) -> None:
        given.is_new_account = self.makes_new.isChecked()
        given.email = self.email.text().strip()
        given.password = self.password.text()
        given.invite = self.invite.text().strip()
        given.code = ""

    def is_ready(self) -> bool:
        return not self._missing()

    def next_words(self) -> str:
        return tr("&Continue")

    def complain_of(self, code: str, text: str) -> None:
        """With the way out, where there is one on this page."""
        if code == "account-exists":
            self.said.say("bad", text, tr("&Sign in instead"), lambda: self.signs_in.setChecked(True))
        elif code == "invitation-needed":
            self._registration = "invite"
            self._show_fields()
            self.invite.setFocus()
            self.said.say("bad", text)
        else:
            self.said.say("bad", text)
        self.ready_changed.emit()

    def _missing(self) -> str:
        given = Given()
        self.leave(given)
        return missing_of_account(given, self._registration)

    def _changed(self) -> None:
        self._show_fields()
        is_begun = self.makes_new.isChecked() and bool(self.password.text())
        self.said.say("plain", self._missing() if is_begun else "")
        self.ready_changed.emit()

    def _show_fields(self) -> None:
        self._form.setRowVisible(self.invite, self.makes_new.isChecked() and self._registration == "invite")

    @staticmethod
    def _label(text: str, of: QLineEdit) -> QLabel:
        label = QLabel(text)
        label.setBuddy(of)
        return label
