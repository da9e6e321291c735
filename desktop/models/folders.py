"""The folders of the tree, each read when it is opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt

from desktop.look.icons import icon
from desktop.models.indexes import NOWHERE, Index
from desktop.models.sorting import natural_key
from desktop.session import Session
from desktop.words import plain_tip, show_name, tr
from sync_engine.control import messages as control


class _Folder:
    __slots__ = ("folders", "is_here", "name", "parent", "path")

    def __init__(self, name: str, parent: _Folder | None, is_here: bool) -> None:
        self.name = name
        self.parent = parent
        self.path: str = f"{parent.path}/{name}" if parent is not None and parent.path else name
        self.is_here = is_here
        self.folders: list[_Folder] | None = None
        """``None``: not read."""


class FoldersModel(QAbstractItemModel):
    """One row at the top: all files."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._top = _Folder("", None, is_here=True)
        self._asked: set[str] = set()
        self._reaching: tuple[str, Callable[[QModelIndex], None]] | None = None

    def refresh(self) -> None:
        """Read again what is read, and the topmost in any case."""
        self._read(self._top)
        waiting = [*(self._top.folders or [])]
        while waiting:
            folder = waiting.pop()
            if folder.folders is not None:
                self._read(folder)
                waiting += folder.folders

    def reach(self, path: str, then: Callable[[QModelIndex], None]) -> None:
        """``then`` gets the folder's row, once all above it are read; not at all if there is none."""
        self._reaching = None
        folder = self._top
        for name in path.split("/") if path else []:
            if folder.folders is None:
                self._reaching = (path, then)
                self._read(folder)
                return
            found = next((each for each in folder.folders if each.name == name), None)
            if found is None:
                return
            folder = found
        then(self._index(folder))

    def path_of(self, index: Index) -> str:
        return self._folder(index).path

    # --- Qt's side ----------------------------------------------------------------------------------------------

    def index(self, row: int, column: int, parent: Index = NOWHERE) -> QModelIndex:
        if not parent.isValid():
            return self.createIndex(0, 0, self._top) if (row, column) == (0, 0) else QModelIndex()
        folders = self._folder(parent).folders or []
        return self.createIndex(row, 0, folders[row]) if column == 0 and 0 <= row < len(folders) else QModelIndex()

    def parent(self, index: Index = NOWHERE) -> Any:
        folder = self._folder(index).parent if index.isValid() else None
        return QModelIndex() if folder is None else self._index(folder)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return len(self._folder(parent).folders or []) if parent.isValid() else 1

    def columnCount(self, _parent: Index = NOWHERE) -> int:
        return 1

    def hasChildren(self, parent: Index = NOWHERE) -> bool:
        if not parent.isValid():
            return True
        folders = self._folder(parent).folders
        return folders is None or bool(folders)

    def canFetchMore(self, parent: Index) -> bool:
        return parent.isValid() and self._folder(parent).folders is None

    def fetchMore(self, parent: Index) -> None:
        self._read(self._folder(parent))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        folder = self._folder(index)
        name = show_name(folder.name) if folder.parent is not None else tr("All files")
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return name
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(name if folder.is_here else tr("{name}\nNot on this device").format(name=name))
            case Qt.ItemDataRole.DecorationRole:
                return icon("folder", "accent" if folder.is_here else "text-2")
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    # --- reading ------------------------------------------------------------------------------------------------

    def _folder(self, index: Index) -> _Folder:
        folder: _Folder = index.internalPointer()
        return folder

    def _index(self, folder: _Folder) -> QModelIndex:
        if folder.parent is None:
            return self.createIndex(0, 0, folder)
        return self.createIndex((folder.parent.folders or []).index(folder), 0, folder)

    def _read(self, folder: _Folder) -> None:
        if folder.path in self._asked:
            return
        self._asked.add(folder.path)
        found: dict[str, bool] = {}

        def each(answer: object) -> None:
            if isinstance(answer, control.Items):
                found.update({item.name: item.is_here for item in answer.items if item.kind == "folder"})

        def end() -> None:
            self._asked.discard(folder.path)
            self._fill(folder, found)
            if self._reaching is not None:
                self.reach(*self._reaching)

        def fail(_: object) -> None:
            self._asked.discard(folder.path)

        self._session.daemon.stream(control.ListFolder(folder.path), each, end, fail, owner=self)

    def _fill(self, folder: _Folder, found: dict[str, bool]) -> None:
        """What stays keeps its row, open as it is."""
        if not self._is_there(folder):
            return
        was_read = folder.folders is not None
        folders = folder.folders = folder.folders or []
        index = self._index(folder)
        for row in range(len(folders) - 1, -1, -1):
            if folders[row].name not in found:
                self.beginRemoveRows(index, row, row)
                del folders[row]
                self.endRemoveRows()
            elif folders[row].is_here != found[folders[row].name]:
                folders[row].is_here = found[folders[row].name]
                self.dataChanged.emit(self._index(folders[row]), self._index(folders[row]))
        there = {each.name for each in folders}
        come = sorted((name for name in found if name not in there), key=lambda name: (natural_key(name), name))
        if not folders and come:
            self.beginInsertRows(index, 0, len(come) - 1)
            folders += [_Folder(name, folder, found[name]) for name in come]
            self.endInsertRows()
            return
        for name in come:
            row = sum((natural_key(each.name), each.name) < (natural_key(name), name) for each in folders)
            self.beginInsertRows(index, row, row)
            folders.insert(row, _Folder(name, folder, found[name]))
            self.endInsertRows()
        if not was_read and not folders:
            self.dataChanged.emit(index, index)

    def _is_there(self, folder: _Folder) -> bool:
        while folder.parent is not None:
            if folder not in (folder.parent.folders or []):
                return False
            folder = folder.parent
        return True
