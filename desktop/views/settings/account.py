"""Account: whose it is, how much room there is, its devices, its password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from desktop.daemon import Failure
from desktop.look.icons import icon
from desktop.look.measures import high
from desktop.look.theme import set_role
from desktop.models.devices import Row, rows
from desktop.models.own_server import open_web
from desktop.session import Session
from desktop.views.eliding import ElidedLabel
from desktop.views.password_field import PasswordField
from desktop.views.pieces import WholeRows, card, row
from desktop.views.settings.another_device import AnotherDevice
from desktop.views.settings.section import Section, form, heading, secondary
from desktop.words import exact_time, plain_label, plain_tip, show_name, show_size, tr
from server_api.contract.accounts import Account, ChangePassword
from server_api.contract.devices import Devices, RevokeDevice
from sync_engine.control.questions import ACCOUNT, CHANGE_PASSWORD, DEVICES, REVOKE_DEVICE, Question

_ROW = Qt.ItemDataRole.UserRole
_ALMOST_FULL = 0.9
_DEVICES_EACH_MS: Final = 30_000
"""Others come and go without this one being told."""


class AccountSection(Section):
    scrolls_itself = True

    def __init__(self, session: Session) -> None:
        super().__init__(session, tr("Account"))
        self.email = ElidedLabel()
        self.server = ElidedLabel()
        self.room = ElidedLabel()
        self.bar = QProgressBar(textVisible=False, maximum=1_000)
        self.bar.hide()
        told = form()
        told.addRow(tr("Email"), self.email)
        told.addRow(tr("Server"), self.server)
        told.addRow(tr("Room"), self.room)
        self.column.addLayout(told)
        self.column.addWidget(self.bar)
        self.add = QPushButton(tr("&Add another device…"))
        self.add.clicked.connect(self._add)
        self.web = QPushButton(tr("&Open in the browser"))
        self.web.clicked.connect(lambda: open_web(session))
        self.column.addLayout(row(self.web, self.add, 1))
        self.column.addWidget(heading(tr("Devices")))
        self.devices = QTreeWidget()
        self.devices.setItemDelegate(WholeRows(self.devices))
        self.devices.setRootIsDecorated(False)
        self.devices.setUniformRowHeights(True)
        self.devices.setHeaderLabels([tr("Name"), tr("Last seen")])
        self.devices.setAccessibleName(tr("Devices"))
        self.devices.header().setStretchLastSection(False)
        self.devices.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.devices.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.devices.setMinimumHeight(3 * high(32))
        self.devices.currentItemChanged.connect(self._show_buttons)
        self.column.addWidget(self.devices, 1)
        self.sign_out = QPushButton(tr("&Sign out this device…"))
        self.sign_out.clicked.connect(self._ask_sign_out)
        self.change = QPushButton(tr("&Change the password…"))
        self.change.clicked.connect(self._ask_change)
        self.acts = QWidget()
        buttons = QHBoxLayout(self.acts)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(8)
        buttons.addWidget(self.sign_out)
        buttons.addWidget(self.change)
        buttons.addStretch(1)
        self.column.addWidget(self.acts)
        self._add_signing_out()
        self._add_changing()
        self.column.addWidget(self.said)
        self._chosen: Row | None = None
        self._again = QTimer(self, interval=_DEVICES_EACH_MS)
        self._again.timeout.connect(self._ask_devices)
        self._show_buttons()

    def _add_signing_out(self) -> None:
        self.leaving, column = card()
        self.leaving_text = secondary("")
        self.password = PasswordField()
        self.password.setPlaceholderText(tr("Password of the account"))
        self.password.setAccessibleName(tr("Password of the account"))
        self.password.returnPressed.connect(self._sign_out)
        self.do_sign_out = QPushButton()
        self.do_sign_out.setProperty("role", "danger")
        self.do_sign_out.clicked.connect(self._sign_out)
        keep = QPushButton(tr("Leave it signed in"))
        keep.clicked.connect(self._close_cards)
        column.addWidget(self.leaving_text)
        column.addWidget(self.password)
        column.addLayout(row(self.do_sign_out, keep, 1))
        self.leaving.hide()
        self.column.addWidget(self.leaving)

    def _add_changing(self) -> None:
        self.changing, column = card()
        self.now, self.new = PasswordField(), PasswordField()
        fields = form()
        fields.addRow(tr("Current password"), self.now)
        fields.addRow(tr("New password"), self.new)
        self.new.returnPressed.connect(self._change)
        self.do_change = QPushButton(tr("Change the password"))
        self.do_change.setProperty("role", "primary")
        self.do_change.clicked.connect(self._change)
        keep = QPushButton(tr("Keep the password"))
        keep.clicked.connect(self._close_cards)
        column.addWidget(secondary(tr("All other devices are signed out then. Their files stay.")))
        column.addLayout(fields)
        column.addLayout(row(self.do_change, keep, 1))
        self.changing.hide()
        self.column.addWidget(self.changing)

    # --- what is shown ------------------------------------------------------------------------------------------

    def look(self) -> None:
        profile = self.session.profile
        if profile is not None:
            own = tr("this computer")
            self.email.show_text(show_name(profile.email))
            self.server.show_text(own if profile.runs_server else show_name(profile.server))
            self.change.setVisible(not profile.runs_server)  # nobody knows it: it was made up for this computer
            self.add.setVisible(profile.runs_server)
        self.session.daemon.ask_server(ACCOUNT, None, self._take_account, self.fail, owner=self)
        self._ask_devices()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._again.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._again.stop()

    def _ask_devices(self) -> None:
        self.session.daemon.ask_server(DEVICES, None, self._take_devices, lambda _: None, owner=self)

    def _take_account(self, account: Account) -> None:
        self.email.show_text(show_name(account.email))
        used = show_size(account.used_bytes)
        if account.quota_bytes is None:
            self.room.show_text(tr("{used} in use, no limit").format(used=used))
        else:
            self.room.show_text(tr("{used} of {limit} in use").format(used=used, limit=show_size(account.quota_bytes)))
            share = account.used_bytes / max(account.quota_bytes, 1)
            self.bar.setValue(min(1_000, round(share * 1_000)))
            set_role(self.bar, "bad" if share >= 1 else "warn" if share >= _ALMOST_FULL else "")
        self.bar.setVisible(account.quota_bytes is not None)
        self.bar.setAccessibleName(self.room.whole)

    def _take_devices(self, answer: Devices) -> None:
        """Whichever was chosen stays so."""
        chosen = self._current()
        self.devices.clear()
        for each in rows(answer.devices):
            item = QTreeWidgetItem([each.name, each.seen])
            item.setIcon(0, icon(each.icon))
            item.setData(0, _ROW, each)
            item.setToolTip(0, plain_tip(each.name))
            item.setToolTip(1, plain_tip(exact_time(each.seen_at)))
            self.devices.addTopLevelItem(item)
            if chosen is not None and each.device_id == chosen.device_id:
                self.devices.setCurrentItem(item)
        self._show_buttons()

    def _show_buttons(self) -> None:
        row = self._current()
        self.sign_out.setEnabled(row is not None and not row.is_this)

    def _current(self) -> Row | None:
        item = self.devices.currentItem()
        row = item.data(0, _ROW) if item is not None else None
        return row if isinstance(row, Row) else None

    def _add(self) -> None:
        if (profile := self.session.profile) is not None:
            AnotherDevice(self.session, profile, self).open()

    # --- signing out --------------------------------------------------------------------------------------------

    def _ask_sign_out(self) -> None:
        self._close_cards()
        self._chosen = self._current()
        if self._chosen is not None:
            text = tr("{name} cannot reach the account any more then, until somebody signs in there. Its files stay.")
            self.leaving_text.setText(text.format(name=self._chosen.name))
            self.do_sign_out.setText(plain_label(tr("Sign out {name}").format(name=self._chosen.name)))
            self._open(self.leaving, self.password)

    def _sign_out(self) -> None:
        row = self._chosen
        if row is None or not self.password.text() or not self.do_sign_out.isEnabled():
            return

        def out(_: None) -> None:
            self._close_cards()
            self.look()
            self.said.say("good", tr("{name} is signed out.").format(name=row.name))

        request = RevokeDevice(password=self.password.text())
        self._ask_once(self.do_sign_out, REVOKE_DEVICE, request, out, subject=row.device_id)

    # --- the password -------------------------------------------------------------------------------------------

    def _ask_change(self) -> None:
        self._close_cards()
        self._open(self.changing, self.now)

    def _change(self) -> None:
        if not (self.now.text() and self.new.text() and self.do_change.isEnabled()):
            return

        def changed(_: None) -> None:
            self._close_cards()
            self.look()
            self.said.say("good", tr("The password is changed. Other devices have to sign in again."))

        request = ChangePassword(password=self.now.text(), new_password=self.new.text())
        self._ask_once(self.do_change, CHANGE_PASSWORD, request, changed)

    def _ask_once(
        self,
        act: QPushButton,
        question: Question[Any, None],
        request: Struct,
        then: Callable[[None], None],
        subject: bytes | None = None,
    ) -> None:
        """``act`` works again when there is an answer."""

        def done(answer: None) -> None:
            act.setEnabled(True)
            then(answer)

        def failed(failure: Failure) -> None:
            act.setEnabled(True)
            self.fail(failure)

        act.setEnabled(False)
        self.session.daemon.ask_server(question, request, done, failed, owner=self, subject=subject)

    def _open(self, panel: QFrame, field: QLineEdit) -> None:
        self.acts.hide()
        panel.show()
        field.setFocus()

    def _close_cards(self) -> None:
        self._chosen = None
        for field in (self.password, self.now, self.new):
            field.clear()
        self.leaving.hide()
        self.changing.hide()
        self.acts.show()
        self.said.clear()
