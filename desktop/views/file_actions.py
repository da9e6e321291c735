"""The acts on files, as entries of menus and as keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from desktop.look.icons import icon
from desktop.words import tr

_LINE: Final = ""
ON_ITEMS: Final = (
    "open",
    "show",
    _LINE,
    "link",
    _LINE,
    "rename",
    "cut",
    "copy",
    "paste",
    "delete",
    _LINE,
    "keep-away",
    "keep-here",
    _LINE,
    "rewind",
    "properties",
)
ON_FOLDER: Final = ("new-folder", "add", "paste", _LINE, "undo", "rewind", "refresh")
"""Beside all items."""
_KEYS: Final = {
    "rename": "F2",
    "new-folder": "Ctrl+Shift+N",
    "delete": "Del",
    "link": "Ctrl+Shift+C",
    "show": "Ctrl+Shift+O",
    "properties": "Alt+Return",
}
_STANDARD: Final = {
    "cut": QKeySequence.StandardKey.Cut,
    "copy": QKeySequence.StandardKey.Copy,
    "paste": QKeySequence.StandardKey.Paste,
    "undo": QKeySequence.StandardKey.Undo,
}
_ICONS: Final = {
    "open": "open",
    "show": "folder",
    "link": "link",
    "rename": "rename",
    "cut": "cut",
    "copy": "copy",
    "paste": "paste",
    "delete": "trash",
    "keep-away": "offline",
    "keep-here": "download",
    "rewind": "rewind",
    "properties": "info",
    "new-folder": "folder-new",
    "add": "add",
    "undo": "restore",
    "refresh": "refresh",
}


class FileActions:
    """Each by its name. Keys work where the keyboard is in ``place`` or below."""

    def __init__(self, place: QWidget, does: dict[str, Callable[[], object]]) -> None:
        self._place = place
        words = {
            "open": tr("Open"),
            "show": tr("Show in file manager"),
            "link": tr("Copy share link"),
            "rename": tr("Rename…"),
            "cut": tr("Cut"),
            "copy": tr("Copy"),
            "paste": tr("Paste"),
            "delete": tr("Delete"),
            "keep-away": tr("Don’t keep on this device"),
            "keep-here": tr("Keep on this device"),
            "rewind": tr("Rewind…"),
            "properties": tr("Properties"),
            "new-folder": tr("New folder"),
            "add": tr("Add files…"),
            "undo": tr("Undo"),
            "refresh": tr("Refresh"),
        }
        self.by_name = {name: self._make(name, words[name], act) for name, act in does.items()}

    def enable(self, able: Iterable[str]) -> None:
        """These; no others."""
        able = set(able)
        for name, action in self.by_name.items():
            action.setEnabled(name in able)
        for name, other in (("keep-here", "keep-away"), ("keep-away", "keep-here")):
            self.by_name[name].setVisible(name in able or (other not in able and name == "keep-away"))

    def menu(self, names: Iterable[str]) -> QMenu:
        menu = QMenu(self._place)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in names:
            if name:
                menu.addAction(self.by_name[name])
            else:
                menu.addSeparator()
        return menu

    def _make(self, name: str, words: str, does: Callable[[], object]) -> QAction:
        action = QAction(icon(_ICONS[name]), words, self._place)
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if name in _STANDARD:
            action.setShortcut(_STANDARD[name])
        elif name in _KEYS:
            action.setShortcut(QKeySequence(_KEYS[name]))
        action.triggered.connect(lambda _: does())
        self._place.addAction(action)
        return action
