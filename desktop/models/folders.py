"""The folders of the tree, each read when it is opened."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from operator import attrgetter
from typing import Any, Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt

from desktop.look.icons import icon
from desktop.models.indexes import NOWHERE, Index, runs
from desktop.models.sorting import natural_key
from desktop.session import Session
from desktop.words import plain_tip, show_name, tr
from sync_engine.control import messages as control

_MOST_STEPS: Final = 20
"""With more changes than this in other places the view lays itself out once, not with each."""
_Order = tuple[str, str]
_order: Final = attrgetter("order")


class _Folder:
    __slots__ = ("folders", "is_here", "name", "order", "parent", "path")

    def __init__(self, order: _Order, parent: _Folder | None, is_here: bool) -> None:
        self.order = order
        self.name = order[1]
        self.parent = parent
        self.path: str = f"{parent.path}/{self.name}" if parent is not None and parent.path else self.name
        self.is_here = is_here
        self.folders: list[_Folder] | None = None
        """``None``: not read."""


class FoldersModel(QAbstractItemModel):
    """One row at the top: all files."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._top = _Folder(("", ""), None, is_here=True)
        self._asked: set[str] = set()
        self._gone: list[_Folder] = []
        """Until a view has laid itself out it has indexes of these, in which Qt holds nothing alive."""
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
        folders = parent.internalPointer().folders
        is_there = folders is not None and column == 0 and 0 <= row < len(folders)
        return self.createIndex(row, 0, folders[row]) if is_there else QModelIndex()

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
        folders = parent.internalPointer().folders
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

    # --- reading ------------------------------------------------------------------------------------------------

    def _folder(self, index: Index) -> _Folder:
        folder: _Folder = index.internalPointer()
        return folder

    def _index(self, folder: _Folder) -> QModelIndex:
        if folder.parent is None:
            return self.createIndex(0, 0, folder)
        return self.createIndex(bisect_left(folder.parent.folders or [], folder.order, key=_order), 0, folder)

    def _read(self, folder: _Folder) -> None:
        if folder.path in self._asked:
            return
        self._asked.add(folder.path)
        found: dict[str, bool] = {}

        def each(answer: object) -> None:
            if isinstance(answer, control.Items):
                found.update({item.name: item.is_here for item in answer.items if item.kind == "folder"})

        def end() -> None:
            self._session.background.run(lambda: sorted((natural_key(name), name) for name in found), fill, owner=self)

        def fill(orders: list[_Order]) -> None:
            self._asked.discard(folder.path)
            self._fill(folder, orders, found)
            if self._reaching is not None:
                self.reach(*self._reaching)

        def fail(_: object) -> None:
            self._asked.discard(folder.path)

        self._session.daemon.stream(control.ListFolder(folder.path), each, end, fail, owner=self)

    def _fill(self, folder: _Folder, orders: list[_Order], found: dict[str, bool]) -> None:
        """What stays keeps its row, open as it is. ``orders``: of all that were ``found``, sorted."""
        if not self._is_there(folder):
            return
        old = {each.name: each for each in folder.folders or []}
        new = [old.get(order[1]) or _Folder(order, folder, found[order[1]]) for order in orders]
        gone = list(runs(row for row, name in enumerate(old) if name not in found))
        come = list(runs(row for row, each in enumerate(new) if each.name not in old))
        index = self._index(folder)
        if folder.folders is None and not new:
            folder.folders = []
            self.dataChanged.emit(index, index)
        elif len(gone) + len(come) > _MOST_STEPS:
            self._replace(folder, new)
        else:
            folders = folder.folders = folder.folders or []
            for first, last in reversed(gone):
                self.beginRemoveRows(index, first, last)
                del folders[first : last + 1]
                self.endRemoveRows()
            for first, last in come:
                self.beginInsertRows(index, first, last)
                folders[first:first] = new[first : last + 1]
                self.endInsertRows()
        for each in new:
            if each.is_here != found[each.name]:
                each.is_here = found[each.name]
                self.dataChanged.emit(self._index(each), self._index(each))

    def _replace(self, folder: _Folder, new: list[_Folder]) -> None:
        """All at once: what views know of rows, such as which are open, goes with these."""
        self.layoutAboutToBeChanged.emit()
        known = self.persistentIndexList()
        self._gone, folder.folders = folder.folders or [], new
        now = [self._index(each) if self._is_there(each := self._folder(index)) else QModelIndex() for index in known]
        self.changePersistentIndexList(known, now)
        self.layoutChanged.emit()

    def _is_there(self, folder: _Folder) -> bool:
        while folder.parent is not None:
            beside = folder.parent.folders or []
            row = bisect_left(beside, folder.order, key=_order)
            if row == len(beside) or beside[row] is not folder:
                return False
            folder = folder.parent
        return True
