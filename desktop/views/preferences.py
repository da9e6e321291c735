"""The preferences: a list of sections, and the one that is chosen. What is changed holds at once."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.look.icons import icon
from desktop.look.measures import high, open_at, wide, widest
from desktop.look.tokens import ROW_PX
from desktop.session import Session
from desktop.views.scrolled import WideScroll
from desktop.views.settings.about import AboutSection
from desktop.views.settings.account import AccountSection
from desktop.views.settings.folder import FolderSection
from desktop.views.settings.general import GeneralSection
from desktop.views.settings.ignored import IgnoredSection
from desktop.views.settings.network import NetworkSection
from desktop.views.settings.section import Section
from desktop.views.settings.selective import SelectiveSection
from desktop.words import tr

_BESIDE_NAME: Final = 72
"""An icon, and space."""
_ICONS: Final = {
    "account": "people",
    "folder": "folder",
    "selective": "device",
    "ignored": "ignored",
    "network": "download",
    "general": "settings",
    "about": "info",
}


class Preferences(QDialog):
    """One at a time; it may stay open while everything else goes on."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Preferences"))
        open_at(self, 780, 580)
        self.sections: dict[str, Section] = {
            "account": AccountSection(session),
            "folder": FolderSection(session),
            "selective": SelectiveSection(session),
            "ignored": IgnoredSection(session),
            "network": NetworkSection(session),
            "general": GeneralSection(session),
            "about": AboutSection(session),
        }
        self._names = QListWidget()
        self._names.setAccessibleName(tr("Sections"))
        self._names.setProperty("role", "side")
        self._names.setIconSize(QSize(wide(16), wide(16)))
        self._stack = QStackedWidget()
        for name, section in self.sections.items():
            item = QListWidgetItem(icon(_ICONS[name]), section.title)
            item.setSizeHint(QSize(0, high(ROW_PX)))
            self._names.addItem(item)
            self._stack.addWidget(section if section.scrolls_itself else _scrolled(section))
        side = QFrame()
        side.setProperty("role", "side")
        names = widest((section.title for section in self.sections.values()), self._names.font(), bold=True)
        side.setFixedWidth(max(192, names + _BESIDE_NAME))
        column = QVBoxLayout(side)
        column.setContentsMargins(8, 16, 8, 16)
        column.addWidget(self._names)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(side)
        row.addWidget(self._stack, 1)
        self._names.currentRowChanged.connect(self._stack.setCurrentIndex)
        self._names.setCurrentRow(0)
        session.profile_changed.connect(self._look)

    def show_section(self, name: str) -> None:
        """``account``, ``folder``, ``selective`` (or ``keep-here``), ``ignored``, ``network``, ``general``, ``about``;
        the first for any other."""
        names = list(self.sections)
        name = "selective" if name == "keep-here" else name
        self._names.setCurrentRow(names.index(name) if name in names else 0)

    def reject(self) -> None:
        """Esc."""
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """What was typed and not saved is not lost without a word."""
        for name, section in self.sections.items():
            if section.unsaved():
                self.show_section(name)
                section.said.say("warn", tr("This is not saved yet."), tr("Close without it"), self._close_anyway)
                event.ignore()
                return
        event.accept()  # Qt's own answer calls reject(), and takes a dialog that is still visible for one that stays

    def _close_anyway(self) -> None:
        self.done(0)

    def _look(self) -> None:
        section = list(self.sections.values())[self._stack.currentIndex()]
        if section.isVisible():
            section.look_anew()


def _scrolled(section: Section) -> QScrollArea:
    area = WideScroll()
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it has the keyboard, and scrolls it
    area.setWidget(section)
    return area
