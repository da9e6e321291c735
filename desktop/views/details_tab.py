"""What is known of the item that is chosen; first of all whether it is safe."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QFrame, QWidget

from desktop.integration.showing import show_in_file_manager
from desktop.look.icons import IconLabel, icon
from desktop.look.theme import set_role
from desktop.models.details import Known, facts
from desktop.session import Session
from desktop.views.eliding import ElidedLabel
from desktop.views.flow import Flow
from desktop.views.pieces import button, label, row
from desktop.views.scrolled import Scrolled
from desktop.words import plain_tip, tr
from sync_engine.control.messages import Item

_ICONS: Final = {"good": "shield", "warn": "waiting", "bad": "attention", "secondary": "info"}


class DetailsTab(Scrolled):
    """Signals:
    wants_path: show it in its folder.
    """

    wants_path = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.model = Known(session, self)
        self.model.changed.connect(self._draw)
        self._icon = IconLabel("info", 20)
        self.headline = label(role="strong")
        self.sentences = label(wraps=True)
        self.again = button(tr("Try again"), self._again)
        self.open_folder = button(tr("Open folder"), self._open_folder)
        self.open_folder.setIcon(icon("folder"))
        line = QFrame()
        line.setProperty("role", "line")
        self.column.setSpacing(8)
        self.column.addWidget(label(tr("Is it safe?"), "secondary"))
        self.column.addLayout(row(self._icon, self.headline, 1))
        self.column.addWidget(self.sentences)
        self.column.addWidget(self.again, alignment=Qt.AlignmentFlag.AlignLeft)
        self.column.addSpacing(4)
        self.column.addWidget(line)
        self.column.addSpacing(4)
        self._facts = QFormLayout()
        self._facts.setHorizontalSpacing(16)
        self._facts.setVerticalSpacing(8)
        self._facts.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._facts.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(self._facts)
        show = button(tr("Show in files"), lambda: self.wants_path.emit(self.model.path), "plain")
        self.column.addLayout(Flow(self.open_folder, show))

    def follow(self, path: str, item: Item) -> None:
        self.model.follow(path, item)
        self._draw()

    def _draw(self) -> None:
        model, item = self.model, self.model.item
        if item is None:
            return
        safety = model.safety
        self._icon.show_icon(_ICONS[safety.level], "" if safety.level == "secondary" else safety.level)
        self.headline.setText(safety.headline)
        set_role(self.headline, "strong" if safety.level == "secondary" else safety.level)
        self.sentences.setText("\n".join(safety.sentences))
        self.sentences.setVisible(bool(safety.sentences))
        self.again.setVisible(model.failure is not None and not model.is_missing)
        while self._facts.rowCount():
            self._facts.removeRow(0)
        on_disk = self._on_disk()
        for fact in facts(model.path, item, model.details, str(on_disk) if on_disk is not None else None):
            value = ElidedLabel(fact.value) if fact.is_path else label(fact.value, wraps=True)
            value.setMinimumWidth(1)  # else one long word would push all that is here out of sight
            if fact.tip:
                value.setToolTip(plain_tip(fact.tip))
            self._facts.addRow(label(fact.name, "secondary"), value)
        self.open_folder.setVisible(on_disk is not None)

    def _on_disk(self) -> Path | None:
        item = self.model.item
        return self._session.disk_path(self.model.path) if item is not None and item.is_here else None

    def _again(self) -> None:
        if self.model.item is not None:
            self.follow(self.model.path, self.model.item)

    def _open_folder(self) -> None:
        if (on_disk := self._on_disk()) is not None:
            show_in_file_manager(on_disk, self._session.background, self)
