"""How a link is to be: what a person chooses when it is made, and when it is changed."""

from __future__ import annotations

from typing import Any, Final

from msgspec import UNSET
from PySide6.QtCore import QDate, QDateTime, QTime, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from desktop.look.measures import high
from desktop.models.links import DAY_MS, Wish, make_password, until_in_words
from desktop.views.password_field import PasswordField
from desktop.views.pieces import button, label, padded, row, with_calendar
from desktop.words import tr
from server_api.contract.shares import Share

_AS_IT_IS: Final = "as it is"
_DATE: Final = "date"
_BYTES: Final = 1_000_000
_MOST_MB: Final = 9_000_000.0


class LinkForm(QWidget):
    """``share``: the link that is changed; what stays as it is is not in its wish. Sizes and what is shown can only be
    chosen when a link is made.

    Signals:
        changed: other fields are shown than before.
    """

    changed = Signal()

    def __init__(self, *, is_folder: bool, share: Share | None = None, is_of_version: bool = False) -> None:
        super().__init__()
        self._has_choice = is_folder and share is None
        self._can_be_pinned = share is None and not is_folder and not is_of_version
        self._share = share
        self.upload = QRadioButton(tr("Others can &add files, but not see what is there"))
        self.download = QRadioButton(tr("Others can &download it"))
        self.download.setChecked(True)
        self.later = label(tr("Files added later are shared too."), "secondary", wraps=True)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(16)
        self._form.setVerticalSpacing(12)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(12)
        if self._has_choice:
            for part in (self.download, self.later, self.upload):
                whole.addWidget(part)
        whole.addLayout(self._form)
        self._add_time()
        self._add_password()
        self._add_counts()
        self._add_words()
        self._add_ways()
        self.setFocusProxy(self.download if self._has_choice else self.expires)
        self.upload.toggled.connect(self._draw)
        self.has_password.toggled.connect(self._draw)
        self.has_password.clicked.connect(lambda is_on: self.password.setFocus() if is_on else None)
        self.expires.currentIndexChanged.connect(self._draw)
        self._draw()

    def wish(self) -> Wish:
        return Wish(
            expires_at=self._expires_at(),
            password=self._password(),
            limit=self.limit.value() or None,
            title=self.title.text(),
            note=self.note.toPlainText(),
            pinned=self.pinned.isChecked(),
            view_only=self.view_only.isChecked(),
            upload=self.upload.isChecked(),
            max_file_bytes=_bytes_of(self.max_file),
            max_bytes=_bytes_of(self.max_all),
        )

    def _add_time(self) -> None:
        self.expires = QComboBox()
        share = self._share
        if share is not None and share.expires_at is not None:
            self.expires.addItem(tr("As it is: {until}").format(until=until_in_words(share)), _AS_IT_IS)
        self.expires.addItem(tr("Never"), None)
        self.expires.addItem(tr("In 1 day"), 1)
        self.expires.addItem(tr("In 7 days"), 7)
        self.expires.addItem(tr("In 30 days"), 30)
        self.expires.addItem(tr("On a day…"), _DATE)
        today = QDate.currentDate()
        self.date = with_calendar(QDateEdit(today.addDays(14)))
        self.date.setMinimumDate(today)
        self.date.setAccessibleName(tr("Last day"))
        field = QWidget()
        line = row(self.expires, self.date)
        line.setStretch(0, 1)
        field.setLayout(line)
        _tight(field)
        self._form.addRow(_for(tr("&Expires"), self.expires), field)

    def _add_password(self) -> None:
        is_locked = self._share is not None and self._share.has_password
        self.has_password = QCheckBox(tr("Ask for a &password"))
        self.has_password.setChecked(is_locked)
        self.password = PasswordField()
        self.password.setMaxLength(1_024)
        self.password.setAccessibleName(tr("Password"))
        self.password.setPlaceholderText(tr("As it is") if is_locked else tr("Password"))
        self.make_password = button(tr("Suggest one"), self._make_password, "plain")
        self._password_line = QWidget()
        self._password_line.setLayout(row(self.password, self.make_password, spacing=4))
        _tight(self._password_line)
        field = QWidget()
        inside = QVBoxLayout(field)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.has_password)
        inside.addWidget(self._password_line)
        self._form.addRow("", field)

    def _add_counts(self) -> None:
        share = self._share
        self.limit = padded(QSpinBox(maximum=2**31 - 1, value=(share.limit or 0) if share else 0))
        self.limit.setSpecialValueText(tr("Any number"))
        self._limit_label = _for("", self.limit)
        self._form.addRow(self._limit_label, self.limit)
        self.max_file, self.max_all = _megabytes(), _megabytes()
        self._form.addRow(_for(tr("One file at most"), self.max_file), self.max_file)
        self._form.addRow(_for(tr("All together at most"), self.max_all), self.max_all)

    def _add_words(self) -> None:
        share = self._share
        self.title = QLineEdit(share.title if share else "", maxLength=200, placeholderText=tr("Its name"))
        self.note = QPlainTextEdit(share.note if share else "", tabChangesFocus=True)
        self.note.setFixedHeight(high(38) + high(18))
        self.note.setPlaceholderText(tr("Whoever opens the link reads this"))
        self._form.addRow(_for(tr("&Title"), self.title), self.title)
        self._form.addRow(_for(tr("&Note"), self.note), self.note)

    def _add_ways(self) -> None:
        self.pinned = QCheckBox(tr("Always show it as it is &now, even if it changes"))
        self.view_only = QCheckBox(tr("&View only: no download button"))
        self.view_only.setToolTip(tr("A courtesy, no protection: whoever sees it can keep it all the same."))
        for part in (self.pinned, self.view_only):
            self._form.addRow("", part)

    def _draw(self) -> None:
        share = self._share
        is_upload = share.upload if share is not None else self.upload.isChecked()
        is_new = share is None
        self.later.setVisible(self._has_choice and not is_upload)  # else it is no part of the form, but a window
        self.date.setVisible(self.expires.currentData() == _DATE)
        self._password_line.setVisible(self.has_password.isChecked())
        self._limit_label.setText(tr("Files at &most") if is_upload else tr("Downloads at &most"))
        self._form.setRowVisible(self.max_file, is_new and is_upload)
        self._form.setRowVisible(self.max_all, is_new and is_upload)
        self._form.setRowVisible(self.pinned, self._can_be_pinned)
        self._form.setRowVisible(self.view_only, is_new and not is_upload)
        self.changed.emit()

    def _expires_at(self) -> Any:
        chosen = self.expires.currentData()
        if chosen == _AS_IT_IS:
            return UNSET
        if chosen == _DATE:
            return QDateTime(self.date.date(), QTime(23, 59, 59)).toMSecsSinceEpoch()
        return QDateTime.currentMSecsSinceEpoch() + chosen * DAY_MS if chosen else None

    def _password(self) -> Any:
        if not self.has_password.isChecked():
            return None
        stays = self._share is not None and self._share.has_password and not self.password.text()
        return UNSET if stays else self.password.text()

    def _make_password(self) -> None:
        self.password.setText(make_password())
        self.password.show_it()


def _for(words: str, field: QWidget) -> QLabel:
    made = label(words)
    made.setBuddy(field)
    return made


def _tight(field: QWidget) -> None:
    layout = field.layout()
    if layout is not None:
        layout.setContentsMargins(0, 0, 0, 0)


def _megabytes() -> QDoubleSpinBox:
    made = padded(QDoubleSpinBox(maximum=_MOST_MB, decimals=1, suffix=tr(" MB")))
    made.setSpecialValueText(tr("Any size"))
    return made


def _bytes_of(field: QDoubleSpinBox) -> int | None:
    return round(field.value() * _BYTES) or None
