"""The server's folders as a tree to tick: what is wanted on this device. A branch is asked for when it is opened."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt, Signal

from desktop.daemon import Failure
from desktop.look.icons import icon
from desktop.models.indexes import Index
from desktop.session import Session
from desktop.words import show_name, show_size, tr
from sync_engine.control import messages as control

NAME, SIZE = 0, 1
_TICKED: Final = Qt.CheckState.Checked
_EMPTY: Final = Qt.CheckState.Unchecked
_PARTLY: Final = Qt.CheckState.PartiallyChecked
_PLAIN: Final = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
_TICKABLE: Final = _PLAIN | Qt.ItemFlag.ItemIsUserCheckable
"""A view asks each row for them, in sight or not."""


@dataclass(eq=False)
class Branch:
    """One folder. ``children`` is ``None`` until they were asked for."""

    path: str
    name: str
    parent: Branch | None = None
    row: int = 0
    size: int | None = None
    children: list[Branch] | None = None
    is_asked: bool = False


class ChoiceTree(QAbstractItemModel):
    """Ticked: on this device. Nothing is done before ``apply``.

    Signals:
        choice_changed: what is ticked differs from what it was, or does not any more.
        loaded: the top of the tree is known.
        failed: a ``Failure``: why it is not.
        applied: nothing is left to do; with a ``Failure``, or ``None``.
    """

    choice_changed = Signal()
    loaded = Signal()
    failed = Signal(object)
    applied = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._root = Branch("", "", is_asked=True)  # by ``load`` alone
        self._was: set[str] = set()
        self._now: set[str] = set()

    def load(self, then: Callable[[], None] = lambda: None) -> None:
        """Forget all, and ask for the top of it. ``then`` is called when it is forgotten, or there is no answer."""

        def take(answer: control.Exclusions) -> None:
            self._take_exclusions(answer)
            then()

        def fail(failure: Failure) -> None:
            self.failed.emit(failure)
            then()

        self._session.daemon.ask(control.GetExclusions(), take, fail, owner=self)

    def _take_exclusions(self, answer: control.Exclusions) -> None:
        self.beginResetModel()
        self._root = Branch("", "", is_asked=True)
        self._was = {exclusion.path for exclusion in answer.exclusions}
        self._now = set(self._was)
        self.endResetModel()
        self._ask(self._root)
        self.choice_changed.emit()

    # --- what is chosen -----------------------------------------------------------------------------------------

    @property
    def leaving(self) -> list[str]:
        """What goes off this device, sorted."""
        return sorted(self._now - self._was)

    @property
    def coming(self) -> list[str]:
        """What comes to this device."""
        return sorted(self._was - self._now)

    def is_empty(self) -> bool:
        """No folders are on the server, as far as is known."""
        return not self._root.children

    def size_of(self, paths: Iterable[str]) -> int | None:
        """Bytes of all of it, ``None`` if that is not known of each."""
        total = 0
        for path in paths:
            branch = self._find(path)
            if branch is None or branch.size is None:
                return None
            total += branch.size
        return total

    def undo(self) -> None:
        """Ticks as they were."""
        self._now = set(self._was)
        self._tell_ticks(self._root)
        self.choice_changed.emit()

    def apply(self) -> None:
        """Tell the daemon what is wanted; includes first, for what is below them may be excluded then."""
        requests: list[control.Request] = [control.Include(path) for path in self.coming]
        requests += [control.Exclude(path) for path in self.leaving]
        self._apply_next(requests)

    def _apply_next(self, requests: list[control.Request]) -> None:
        if not requests:
            self._was = set(self._now)
            self.choice_changed.emit()
            self.applied.emit(None)
            return

        def took(answer: control.Chosen) -> None:
            if answer.choice.outcome in {"done", "already", "part"}:
                self._apply_next(requests[1:])
            else:
                self._fail(Failure("not-found", answer.choice.path))

        self._session.daemon.ask(requests[0], took, self._fail, owner=self)

    def _fail(self, failure: Failure) -> None:
        self.load(lambda: self.applied.emit(failure))  # some of it may have been done

    def state_of(self, path: str) -> Qt.CheckState:
        if any(path == excluded or path.startswith(f"{excluded}/") for excluded in self._now):
            return _EMPTY
        return _PARTLY if any(excluded.startswith(f"{path}/") for excluded in self._now) else _TICKED

    def choose(self, branch: Branch, *, is_wanted: bool) -> None:
        """A folder, with all that is below it. If what it lies in was not wanted, its neighbours still are not."""
        path = branch.path
        self._now = {excluded for excluded in self._now if excluded != path and not excluded.startswith(f"{path}/")}
        if not is_wanted:
            self._now.add(path)
        line = [branch]
        while (above := line[-1].parent) is not None and above.path:
            line.append(above)
        kept_out = next((i for i, each in enumerate(line) if each.path in self._now), 0)
        if is_wanted:
            for below, above in pairwise(line[: kept_out + 1]):
                self._now.discard(above.path)
                self._now |= {other.path for other in above.children or [] if other is not below}
        self._tell_ticks(self._root)
        self.choice_changed.emit()

    # --- Qt's side ----------------------------------------------------------------------------------------------

    def index(self, row: int, column: int, parent: Index | None = None) -> QModelIndex:
        children = self._branch(parent).children or []
        return self.createIndex(row, column, children[row]) if 0 <= row < len(children) else QModelIndex()

    def parent(self, child: Index | None = None) -> Any:
        if child is None:
            return super().parent()
        above = self._branch(child).parent
        return QModelIndex() if above is None or above is self._root else self.createIndex(above.row, 0, above)

    def rowCount(self, parent: Index | None = None) -> int:
        if parent is not None and parent.column() > 0:
            return 0
        return len(self._branch(parent).children or [])

    def columnCount(self, parent: Index | None = None) -> int:
        return 2

    def hasChildren(self, parent: Index | None = None) -> bool:
        """Whether there are any is known once it was opened."""
        branch = self._branch(parent)
        return branch.children is None or bool(branch.children)

    def canFetchMore(self, parent: Index) -> bool:
        return not self._branch(parent).is_asked

    def fetchMore(self, parent: Index) -> None:
        branch = self._branch(parent)
        if not branch.is_asked:
            branch.is_asked = True
            self._ask(branch)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return _TICKABLE if index.column() == NAME else _PLAIN

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr("Size") if section == SIZE else tr("Folder")
        if role == Qt.ItemDataRole.TextAlignmentRole and section == SIZE:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        branch = self._branch(index)
        if role == Qt.ItemDataRole.DisplayRole:
            if index.column() == NAME:
                return show_name(branch.name)
            return "" if branch.size is None else show_size(branch.size)
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == SIZE:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if index.column() == NAME and role == Qt.ItemDataRole.CheckStateRole:
            return self.state_of(branch.path)
        if index.column() == NAME and role == Qt.ItemDataRole.DecorationRole:
            return icon("folder")
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or index.column() != NAME:
            return False
        branch = self._branch(index)
        self.choose(branch, is_wanted=self.state_of(branch.path) is not _TICKED)
        return True

    # --- what the daemon tells ----------------------------------------------------------------------------------

    def _branch(self, index: Index | None) -> Branch:
        found = index.internalPointer() if index is not None and index.isValid() else None
        return found if isinstance(found, Branch) else self._root

    def _ask(self, branch: Branch) -> None:
        found: list[control.Item] = []

        def take(answer: control.Items) -> None:
            found.extend(item for item in answer.items if item.kind == "folder" and item.is_on_server)

        request = control.ListFolder(branch.path)
        self._session.daemon.stream(
            request,
            take,
            lambda: self._fill(branch, found),
            lambda failure: self._not_filled(branch, failure),
            owner=self,
        )

    def _fill(self, branch: Branch, items: list[control.Item]) -> None:
        if not self._is_in(branch) or branch.children:
            return
        names = sorted((item.name for item in items), key=lambda name: (name.casefold(), name))
        below = f"{branch.path}/" if branch.path else ""
        children = [Branch(below + name, name, branch, row) for row, name in enumerate(names)]
        if children:
            self.beginInsertRows(self._index_of(branch), 0, len(children) - 1)
            branch.children = children
            self.endInsertRows()
            self._session.daemon.ask(
                control.GetFolderSizes(branch.path),
                lambda answer: self._take_sizes(branch, answer),
                lambda _: None,
                owner=self,
            )
        else:
            self.layoutAboutToBeChanged.emit()
            branch.children = []
            self.layoutChanged.emit()
        if branch is self._root:
            self.loaded.emit()

    def _not_filled(self, branch: Branch, failure: Failure) -> None:
        branch.is_asked = branch is self._root
        if branch is self._root:
            self.failed.emit(failure)

    def _take_sizes(self, branch: Branch, answer: control.FolderSizes) -> None:
        if not self._is_in(branch) or not branch.children:
            return
        for child in branch.children:
            child.size = answer.sizes.get(child.name)
        first, last = branch.children[0], branch.children[-1]
        self.dataChanged.emit(self.createIndex(first.row, SIZE, first), self.createIndex(last.row, SIZE, last))
        if self._now != self._was:
            self.choice_changed.emit()

    def _is_in(self, branch: Branch) -> bool:
        """Whether the tree was not loaded anew since."""
        while branch.parent is not None:
            branch = branch.parent
        return branch is self._root

    def _index_of(self, branch: Branch) -> QModelIndex:
        return QModelIndex() if branch is self._root else self.createIndex(branch.row, 0, branch)

    def _find(self, path: str) -> Branch | None:
        branch: Branch | None = self._root
        for name in path.split("/"):
            branch = next((child for child in (branch.children if branch else None) or [] if child.name == name), None)
        return branch

    def _tell_ticks(self, branch: Branch) -> None:
        if branch.children:
            first, last = branch.children[0], branch.children[-1]
            self.dataChanged.emit(self.createIndex(first.row, NAME, first), self.createIndex(last.row, NAME, last))
            for child in branch.children:
                self._tell_ticks(child)
