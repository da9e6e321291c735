"""Files that were changed on two devices at once: both contents, who wrote them, and keeping one or both."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from PySide6.QtCore import QAbstractTableModel, QObject, Qt, Signal

from desktop.daemon import Failure
from desktop.look.icons import icon
from desktop.models.following import Following
from desktop.models.indexes import NOWHERE, Index
from desktop.session import Session
from desktop.words import exact_time, plain_tip, short_name, show_name, show_size, show_time, tr
from server_api.contract.history import History, HistoryRequest, VersionEntry
from sync_engine.control import messages as control
from sync_engine.control.messages import Conflict, Item
from sync_engine.control.questions import VERSIONS
from sync_engine.core.reports import Keep, Resolution

NAME, PLACE, DEVICE = range(3)
_LONGEST: Final = 28
"""Characters of a device's name on a button."""
_LATEST: Final = 20
"""Versions that are looked through for the present one."""


class Side(Struct, frozen=True):
    """One of the two contents. ``item``: ``None`` if it is neither here nor on the server."""

    path: str
    device: str = ""
    """Which wrote it; "" as long as nobody knows."""
    item: Item | None = None


class Conflicts(QAbstractTableModel):
    """One row each: the file, where it is, and the device that made the copy.

    Signals:
        changed: there are others, or there is no answer.
        resolved: what became of a wish, a ``Resolution``, and what was wished for.

    Attributes:
        failure: why there is no answer.
        is_known: an answer has come.
        is_resolving: a wish is under way.
    """

    changed = Signal()
    resolved = Signal(object, str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._conflicts: list[Conflict] = []
        self.failure: Failure | None = None
        self.is_known = False
        self.is_resolving = False

    def look(self) -> None:
        self._session.daemon.ask(control.GetConflicts(), self._take, self._fail, owner=self)

    def conflict(self, row: int) -> Conflict | None:
        return self._conflicts[row] if 0 <= row < len(self._conflicts) else None

    def row_of(self, path: str) -> int:
        """-1 if it is none of them."""
        return next((at for at, each in enumerate(self._conflicts) if each.path == path), -1)

    def resolve(self, conflict: Conflict, keep: Keep) -> None:
        def done(answer: control.Resolved) -> None:
            self.is_resolving = False
            self.resolved.emit(answer.resolution, keep)
            self.changed.emit()
            self.look()

        def failed(failure: Failure) -> None:
            self.is_resolving = False
            self._session.complain(failure)
            self.changed.emit()

        self.is_resolving = True
        self._session.daemon.ask(control.Resolve(conflict.path, keep), done, failed, owner=self)
        self.changed.emit()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._conflicts)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (tr("Name"), tr("In"), tr("Also changed on"))[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        conflict = self._conflicts[index.row()]
        folder, _, name = (conflict.original or conflict.path).rpartition("/")
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return (show_name(name), show_name(folder) or tr("All files"), show_name(conflict.device))[
                    index.column()
                ]
            case Qt.ItemDataRole.DecorationRole if index.column() == NAME:
                return icon("conflict", "warn")
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(show_name(conflict.path))
            case _:
                return None

    def _take(self, answer: control.Conflicts) -> None:
        self.failure, self.is_known = None, True
        if answer.conflicts != self._conflicts:
            self.beginResetModel()
            self._conflicts = answer.conflicts
            self.endResetModel()
        self.changed.emit()

    def _fail(self, failure: Failure) -> None:
        self.failure = failure
        self.changed.emit()


class Sides(Following):
    """Of the conflict that is chosen.

    Attributes:
        mine: what the device in the copy's name wrote.
        theirs: what reached the server first; ``None`` if it is gone.
    """

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(session, parent)
        self.mine: Side | None = None
        self.theirs: Side | None = None

    def follow(self, conflict: Conflict) -> None:
        """The same again: look whether they are another size now."""
        self.begin(conflict.path)
        if (self.mine and self.mine.path, self.theirs and self.theirs.path) != (conflict.path, conflict.original):
            self.mine = Side(conflict.path, conflict.device)
            self.theirs = Side(conflict.original) if conflict.original is not None else None
            self.changed.emit()
        paths = [path for path in (conflict.path, conflict.original) if path is not None]
        on_disk = {path: self.session.disk_path(path) for path in paths}
        self.session.background.run(
            lambda: {path: _look(path, place) for path, place in on_disk.items()},
            self.of_now(self._take_items),
            owner=self,
        )
        for path in paths:
            request = HistoryRequest(path=path, limit=_LATEST)
            take = self.of_now(lambda history, path=path: self._take_history(path, history))
            self.session.daemon.ask_server(VERSIONS, request, take, lambda _: None, owner=self)

    def _take_items(self, items: dict[str, Item | None]) -> None:
        self.is_asking = False
        for path, found in items.items():
            if found is not None:
                self._put(path, item=found)
        self.changed.emit()

    def _take_history(self, path: str, history: History) -> None:
        now = next((version for version in history.versions if version.is_current), None)
        if now is None:
            return
        side = self._side(path)
        if side is None or side.item is None:
            self._put(path, item=_of_server(path, now))
        if side is not None and not side.device:
            self._put(path, device=now.device)
        self.changed.emit()

    def _side(self, path: str) -> Side | None:
        return next((side for side in (self.mine, self.theirs) if side is not None and side.path == path), None)

    def _put(self, path: str, *, item: Item | None = None, device: str = "") -> None:
        if (side := self._side(path)) is None:
            return
        changed = Side(path, side.device or device, item or side.item)
        if side is self.mine:
            self.mine = changed
        else:
            self.theirs = changed


def facts(side: Side) -> str:
    """Size and time of one side, in a line."""
    if side.item is None:
        return ""
    return " · ".join(filter(None, (show_size(side.item.size), show_time(side.item.changed_at))))


def facts_tip(side: Side) -> str:
    time = exact_time(side.item.changed_at) if side.item is not None else ""
    return plain_tip("\n".join(filter(None, (show_name(side.path), time))))


def writer(side: Side | None, own_device: str = "") -> str:
    """What stands above it."""
    if side is None:
        return tr("It is not there any more")
    if not side.device:
        return tr("What reached the server first")
    device = show_name(side.device)
    return tr("From {device}, this device").format(device=device) if side.device == own_device else (
        tr("From {device}").format(device=device)
    )  # fmt: skip


def keep_words(side: Side | None) -> str:
    """Of the button that keeps this one."""
    if side is None or not side.device:
        return tr("Keep the other one")
    return tr("Keep the one from {device}").format(device=short_name(side.device, _LONGEST))


def what_happens(mine: Side | None, theirs: Side | None) -> tuple[str, str, str]:
    """If mine is kept, if theirs is, and if both are."""
    if mine is None:
        return "", "", ""
    if theirs is None:
        gone = tr("The file under its own name is not there any more.")
        return gone, "", tr("It becomes a file like any other, under a name of its own.")
    name = show_name(theirs.path.rpartition("/")[2])
    return (
        tr("It becomes “{name}” on every device. The other one stays among its versions.").format(name=name),
        tr("“{name}” stays as it is. The other one goes to the deleted files.").format(name=name),
        tr("“{name}” stays as it is, and the other one becomes a file beside it, under a name of its own.").format(
            name=name
        ),
    )


def told(resolution: Resolution, keep: str) -> str:
    """What became of the wish."""
    name = show_name(resolution.path.rpartition("/")[2])
    match resolution.outcome:
        case "done" if keep == "both":
            kept = ", ".join(f"“{show_name(path.rpartition('/')[2])}”" for path in resolution.kept_as)
            return tr("Both are kept: the other one is {names} now.").format(names=kept)
        case "done" if keep == "mine":
            return tr("“{name}” has the content of the copy now. What it had is among its versions.").format(name=name)
        case "done":
            return tr("“{name}” stays as it is. The copy is among the deleted files.").format(name=name)
        case "unknown":
            return tr("“{name}” is not there any more. Nothing was changed.").format(name=name)
        case "no-conflict":
            return tr("“{name}” has no conflict any more. Nothing was changed.").format(name=name)
        case "several":
            return tr("“{name}” has several copies. Choose one of them in the list.").format(name=name)
        case "no-original":
            return tr("“{name}” is not there any more. Keep both: then the copy stays.").format(name=name)
        case "not-in-step":
            return tr("“{name}” is not in step yet, so nothing was changed. Try again in a moment.").format(name=name)
        case _:
            return tr("“{name}” was changed meanwhile, and stays. Look at it, then try again.").format(name=name)


def _look(path: str, on_disk: Path | None) -> Item | None:
    try:
        found = on_disk.lstat() if on_disk is not None else None
    except OSError:
        return None
    if found is None:
        return None
    name = path.rpartition("/")[2]
    return Item(
        name, "file", found.st_size, found.st_mtime_ns // 1_000_000, "conflict", is_here=True, is_on_server=True
    )


def _of_server(path: str, version: VersionEntry) -> Item:
    name = path.rpartition("/")[2]
    changed_at = version.mtime_ns // 1_000_000 or version.created_at
    return Item(name, "file", version.size, changed_at, "excluded", is_here=False, is_on_server=True)
