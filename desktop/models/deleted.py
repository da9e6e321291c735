"""What was deleted, and bringing it back."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, Final

from PySide6.QtCore import QObject, Qt, Signal

from desktop.daemon import NO_DAEMON, Failure
from desktop.look.icons import icon
from desktop.look.theme import colour
from desktop.models.indexes import NOWHERE, Index
from desktop.models.item_words import icon_for
from desktop.models.paged import Paged
from desktop.session import Session
from desktop.words import capital, exact_time, plain_tip, show_name, show_size, show_time, tr
from server_api.contract.history import DeletedEntry, DeletedRequest
from server_api.contract.messages import Kind
from server_api.contract.restoring import Restored, RestoreRequest
from sync_engine.control.questions import DELETED, RESTORE

NAME, PLACE, WHEN, DEVICE, SIZE = range(5)
_COLUMNS: Final = 5
_GONE: Final = Qt.ItemFlag.ItemNeverHasChildren
_KEPT: Final = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren


class DeletedModel(Paged[DeletedEntry, DeletedEntry]):
    """The latest first."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(session, DELETED, parent)
        self._text = ""

    def find(self, text: str) -> None:
        """Only what has this in its name, or in where it was; case does not count."""
        if (folded := text.strip().casefold()) != self._text:
            self._text = folded
            self._rearrange()

    def kept(self, ranges: Iterable[tuple[int, int]]) -> list[DeletedEntry]:
        """Of these rows, first to last, those that can come back, the latest first."""
        rows = sorted({at for first, last in ranges for at in range(first, last + 1)})
        return [entry for at in rows if not (entry := self._rows[at]).expired]

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else _COLUMNS

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (tr("Name"), tr("Was in"), tr("Deleted"), tr("By"), tr("Size"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section == SIZE:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        deleted = self.row(index)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _shown(deleted, index.column())
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(_tip(deleted, index.column()))
            case Qt.ItemDataRole.DecorationRole if index.column() == NAME:
                return icon(icon_for(deleted.entry.path, deleted.entry.kind.name.lower()))
            case Qt.ItemDataRole.TextAlignmentRole if index.column() == SIZE:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.ForegroundRole if deleted.expired:
                return colour("text-2")
            case _:
                return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return _GONE if self.row(index).expired else _KEPT

    def _request(self, before: int | None, limit: int) -> DeletedRequest:
        return DeletedRequest(before=before, limit=limit)

    def _seq(self, entry: DeletedEntry) -> int:
        return entry.entry.seq

    def _key(self, row: DeletedEntry) -> Hashable:
        return row.entry.node_id, row.entry.seq

    def _arranged(self, entries: Sequence[DeletedEntry]) -> list[DeletedEntry]:
        if not self._text:
            return list(entries)
        return [each for each in entries if self._text in each.entry.path.casefold()]


class Restoring(QObject):
    """Brings back one after the other.

    Signals:
        went_on: how many are done, and of how many.
        restored: the entry that is back, and where it is now.
        ended: the ``Outcome``.
    """

    went_on = Signal(int, int)
    restored = Signal(object, str)
    ended = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._left: deque[DeletedEntry] = deque()
        self._now: DeletedEntry | None = None
        self._total = 0
        self._outcome = Outcome()
        self._is_running = False

    @property
    def is_running(self) -> bool:
        return self._is_running

    def start(self, entries: Sequence[DeletedEntry]) -> None:
        """Those that lie below another one come with that; what is asked while it runs comes after, once."""
        if not self._is_running:
            self._total, self._outcome = 0, Outcome()
        awaited = {each.entry.seq for each in (*self._left, self._now) if each is not None}
        new = [each for each in entries if each.entry.seq not in awaited]
        self._left += new
        self._total += len(new)
        if self._left and not self._is_running:
            self._is_running = True
            self._next()

    def stop(self) -> None:
        """What is under way is finished."""
        self._outcome.left += len(self._left)
        self._left.clear()

    def _next(self) -> None:
        if not self._left:
            self._is_running, self._now = False, None
            self.ended.emit(self._outcome)
            return
        self.went_on.emit(self._total - len(self._left), self._total)
        deleted = self._now = self._left.popleft()
        entry = deleted.entry
        revision = None if entry.kind is Kind.FOLDER else entry.revision_id

        def back(restored: Restored) -> None:
            self._outcome.paths.append(restored.path)
            self._outcome.expired += restored.expired
            self.restored.emit(deleted, restored.path)
            self._next()

        def failed(failure: Failure) -> None:
            self._outcome.failures.append((entry.path, failure))
            if is_unanswered(failure):
                self.stop()
            self._next()

        request = RestoreRequest(path=entry.path, revision_id=revision)
        self._session.daemon.ask_server(RESTORE, request, back, failed, owner=self)


class Outcome:
    """What became of a restore.

    Attributes:
        paths: where the restored ones are now.
        expired: files in restored folders whose content is gone.
        failures: of those that did not come back, path and ``Failure``.
        left: how many were not tried, for it was stopped.
    """

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.expired = 0
        self.failures: list[tuple[str, Failure]] = []
        self.left = 0


def is_unanswered(failure: Failure) -> bool:
    """Nobody knows whether it was done, and nobody is there to do more."""
    return failure.code in {NO_DAEMON, "unreachable"}


def _shown(deleted: DeletedEntry, column: int) -> str:
    entry = deleted.entry
    folder, _, name = entry.path.rpartition("/")
    match column:
        case 0:  # NAME
            return show_name(name)
        case 1:  # PLACE
            return show_name(folder) or tr("All files")
        case 2:  # WHEN
            return capital(show_time(entry.deleted_at))
        case 3:  # DEVICE
            return show_name(deleted.device)
        case _:
            return tr("Not kept") if deleted.expired else "" if entry.kind is Kind.FOLDER else show_size(entry.size)


def _tip(deleted: DeletedEntry, column: int) -> str:
    if deleted.expired:
        return tr("This file is not kept any more: the server keeps what was deleted for a time only.")
    if column == WHEN:
        return exact_time(deleted.entry.deleted_at)
    if column == DEVICE:
        return show_name(deleted.person)
    return show_name(deleted.entry.path)
