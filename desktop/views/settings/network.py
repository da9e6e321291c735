"""Network: how much of it is used, and the way through it."""

from __future__ import annotations

from PySide6.QtWidgets import QButtonGroup, QCheckBox, QComboBox, QDoubleSpinBox, QHBoxLayout, QLineEdit, QRadioButton

from desktop.daemon import Failure
from desktop.models.speeds import UNITS, ProxyKind, Unit, read_limit, read_proxy, write_limit
from desktop.session import Session
from desktop.views.pieces import padded
from desktop.views.settings.section import Section, heading
from desktop.words import tr
from sync_engine.control import messages as control

_UP, _DOWN, _PROXY = "bandwidth.up", "bandwidth.down", "proxy"


class Limit(QHBoxLayout):
    """A tick, a number and its unit."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__()
        self.setSpacing(8)
        self.ticked = QCheckBox(text)
        self.amount = padded(QDoubleSpinBox(decimals=1, minimum=0.1, maximum=100_000.0, value=1.0))
        self.amount.setKeyboardTracking(False)
        self.amount.setAccessibleName(name)
        self.unit = QComboBox()
        self.unit.addItems(UNITS)
        self.unit.setCurrentText("MB/s")
        self.unit.setAccessibleName(tr("Unit"))
        self.ticked.toggled.connect(self._toggled)
        for widget in (self.ticked, self.amount, self.unit):
            self.addWidget(widget)
        self.addStretch(1)
        self._toggled(is_on=False)

    def show_value(self, text: str) -> None:
        """Without telling anybody that it changed."""
        widgets = (self.ticked, self.amount, self.unit)
        for widget in widgets:
            widget.blockSignals(True)
        limit = read_limit(text)
        self.ticked.setChecked(limit is not None)
        if limit is not None:
            self.amount.setValue(limit[0])
            self.unit.setCurrentText(limit[1])
        for widget in widgets:
            widget.blockSignals(False)
        self._toggled(is_on=limit is not None)

    def value(self) -> str | None:
        unit: Unit = UNITS[self.unit.currentIndex()]
        return write_limit(self.amount.value(), unit) if self.ticked.isChecked() else None

    def _toggled(self, is_on: bool) -> None:
        self.amount.setEnabled(is_on)
        self.unit.setEnabled(is_on)


class NetworkSection(Section):
    def __init__(self, session: Session) -> None:
        super().__init__(session, tr("Network"))
        self.down = Limit(tr("Limit &downloads to"), tr("Most that is downloaded"))
        self.up = Limit(tr("Limit &uploads to"), tr("Most that is uploaded"))
        widest = max(limit.ticked.sizeHint().width() for limit in (self.down, self.up))
        for limit in (self.down, self.up):
            limit.ticked.setMinimumWidth(widest)
        self.column.addWidget(heading(tr("Speed")))
        self.column.addLayout(self.down)
        self.column.addLayout(self.up)
        self.column.addWidget(heading(tr("Proxy")))
        self.system = QRadioButton(tr("Use the &system’s proxy"))
        self.none = QRadioButton(tr("&No proxy"))
        self.other = QRadioButton(tr("&Use this one:"))
        self._kinds: dict[ProxyKind, QRadioButton] = {"system": self.system, "none": self.none, "address": self.other}
        self._group = QButtonGroup(self)
        for button in self._kinds.values():
            self._group.addButton(button)
        self.address = QLineEdit(placeholderText="http://proxy.example.org:3128")
        self.address.setEnabled(False)
        self.address.setAccessibleName(tr("Address of the proxy"))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.other)
        row.addWidget(self.address, 1)
        self.column.addWidget(self.system)
        self.column.addWidget(self.none)
        self.column.addLayout(row)
        self.column.addWidget(self.said)
        self.column.addStretch(1)
        for limit, key in ((self.down, _DOWN), (self.up, _UP)):
            limit.ticked.toggled.connect(lambda _, limit=limit, key=key: self._change(key, limit.value()))
            limit.amount.valueChanged.connect(lambda _, limit=limit, key=key: self._change(key, limit.value()))
            limit.unit.currentIndexChanged.connect(lambda _, limit=limit, key=key: self._change(key, limit.value()))
        self._group.buttonClicked.connect(self._choose_proxy)
        self.address.editingFinished.connect(self._change_address)
        self._shown_address = ""
        self._wanted: dict[str, str | None] = {}
        self._is_changing = False

    def look(self) -> None:
        self.session.daemon.ask(control.GetSettings(), self._take, self.fail, owner=self)

    def _take(self, answer: control.SettingsNow) -> None:
        settings = answer.settings
        self.up.show_value(settings[_UP].value)
        self.down.show_value(settings[_DOWN].value)
        kind, address = read_proxy(settings[_PROXY].value)
        self._kinds[kind].setChecked(True)
        self.address.setEnabled(kind == "address")
        self.address.setText(address)
        self._shown_address = address

    def _choose_proxy(self) -> None:
        is_other = self.other.isChecked()
        self.address.setEnabled(is_other)
        if is_other:
            self.address.setFocus()
            self.said.say("plain", "" if self.address.text() else tr("Enter its address, and press Return."))
            self._change_address()
        else:
            self._change(_PROXY, "system" if self.system.isChecked() else "none")

    def _change_address(self) -> None:
        address = self.address.text().strip()
        if self.other.isChecked() and address and address != self._shown_address:
            self._shown_address = address
            self._change(_PROXY, address)

    def _change(self, key: str, value: str | None) -> None:
        """One after another, so that what was wanted last holds."""
        self._wanted[key] = value
        if not self._is_changing:
            self._change_next()

    def _change_next(self) -> None:
        self._is_changing = bool(self._wanted)
        if self._is_changing:
            values, self._wanted = self._wanted, {}
            request = control.ChangeSettings(values)
            self.session.daemon.ask(request, self._changed, self._not_changed, owner=self)

    def _changed(self, _: object) -> None:
        self.said.say("good", tr("It holds from now on."))
        self._change_next()

    def _not_changed(self, failure: Failure) -> None:
        self._shown_address = ""
        if failure.code == "wrong-usage":
            self.said.say("bad", tr("This is no address of a proxy. It looks like http://proxy.example.org:3128."))
        else:
            self.fail(failure)
        self._change_next()
