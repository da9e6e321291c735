"""A folder as it was: to which moment, what that would change, doing it, and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from msgspec import Struct
from PySide6.QtCore import QAbstractTableModel, QDateTime, QLocale, QObject, Qt, Signal
from shiboken6 import isValid

from desktop.daemon import Failure
from desktop.look.icons import icon
from desktop.models.indexes import NOWHERE, Index
from desktop.session import Session
from desktop.words import capital, plain_tip, short_name, show_name, show_size, show_time, tr, tr_n
from server_api.contract.history import ActivityEntry
from server_api.contract.messages import Kind
from server_api.contract.restoring import RewindChange, RewindRequest, Rewound
from sync_engine.control.questions import REWIND

_LONGEST_NAME: Final = 48
_WHAT: Final[dict[str, tuple[str, Callable[[], str]]]] = {
    "restored": ("restore", lambda: tr("comes back")),
    "changed": ("history", lambda: tr("gets its earlier content")),
    "moved": ("move", lambda: tr("goes back to its place")),
    "copied": ("copy", lambda: tr("comes as a copy")),
    "returned": ("back", lambda: tr("goes home")),
    "deleted": ("trash", lambda: tr("is deleted")),
}


class Moment(Struct, frozen=True):
    """``words``: how it is said in the middle of a sentence."""

    words: str
    to_at: int


def before(entry: ActivityEntry) -> Moment:
    """The moment before something happened. By its time: of what was done at once, other things may be told
    elsewhere."""
    words = tr("before {moment}").format(moment=say_moment(entry.at))
    return Moment(words, max(entry.at - 1, 0))


def at_time(at_ms: int) -> Moment:
    return Moment(say_moment(at_ms), at_ms)


def say_moment(at_ms: int) -> str:
    """``18:03`` today, ``Monday 18:03``, ``3 May 18:03``."""
    at = QDateTime.fromMSecsSinceEpoch(at_ms)
    clock = QLocale().toString(at.time(), QLocale.FormatType.ShortFormat)
    said = show_time(at_ms)
    return said if said == clock else f"{said} {clock}"


def folder_name(path: str) -> str:
    """As it stands in a sentence, or on a button."""
    return short_name(path.rpartition("/")[2], _LONGEST_NAME) or tr("all files")


class Rewinding(QObject):
    """One folder's. It lives as long as the session, or until it is done with: what was begun is told even if nobody
    looks any more.

    Signals:
        changed: one of the attributes.

    Attributes:
        moment: that is looked at.
        preview: what going there would do, once that is known.
        done: what it did.
        is_undone: it was taken back.
        failure: why the last of these could not be.
        is_asking: whether an answer is to come.
    """

    changed = Signal()

    def __init__(self, session: Session, path: str) -> None:
        super().__init__(session)
        self._session = session
        self.path = path
        self.moment: Moment | None = None
        self.preview: Rewound | None = None
        self.done: Rewound | None = None
        self.is_undone = False
        self.failure: Failure | None = None
        self.is_asking = False
        self._asked = 0

    def choose(self, moment: Moment) -> None:
        """See what would change; nothing does."""
        self.moment, self.preview, self.done, self.is_undone = moment, None, None, False
        self._asked += 1
        asked = self._asked

        def come(preview: Rewound) -> None:
            if asked == self._asked:
                self.preview = preview
                self._tell()

        request = RewindRequest(path=self.path, to_at=moment.to_at, dry_run=True)
        self._ask(request, come)

    def rewind(self) -> None:
        """Do what ``preview`` tells. It is said in passing too, with a way back."""
        if self.preview is None or self.moment is None:
            return
        moment = self.moment

        def come(done: Rewound) -> None:
            self.done = done
            session, path = self._session, self.path
            said = tr("{name} is as it was {moment}.").format(name=folder_name(path), moment=moment.words)
            session.say(capital(said), tr("Undo the rewind"), lambda: take_back(session, path, done.undo_seq))
            self._tell()

        self._ask(RewindRequest(path=self.path, to_seq=self.preview.to_seq), come)

    def undo(self) -> None:
        if self.done is None:
            return

        def come() -> None:
            if isValid(self):
                self.is_undone = True
                self._tell()

        self.is_asking, self.failure = True, None
        take_back(self._session, self.path, self.done.undo_seq, come, self._fail)
        self.changed.emit()

    def _ask(self, request: RewindRequest, come: Callable[[Rewound], None]) -> None:
        self.is_asking, self.failure = True, None
        self._session.daemon.ask_server(REWIND, request, come, self._fail, owner=self)
        self.changed.emit()

    def _tell(self) -> None:
        self.is_asking = False
        self.changed.emit()

    def _fail(self, failure: Failure) -> None:
        self.failure = failure
        self._tell()


def take_back(
    session: Session,
    path: str,
    undo_seq: int,
    then: Callable[[], None] | None = None,
    otherwise: Callable[[Failure], None] | None = None,
) -> None:
    """Make a folder as it was before a rewind."""

    def come(_: Rewound) -> None:
        session.say(capital(tr("{name} is as before again.").format(name=folder_name(path))))
        if then is not None:
            then()

    request = RewindRequest(path=path, to_seq=undo_seq)
    session.daemon.ask_server(REWIND, request, come, otherwise or session.complain, owner=session)


def is_nothing(rewound: Rewound) -> bool:
    return not (_counted(rewound) or rewound.expired)


def counts(rewound: Rewound) -> list[str]:
    """What it does, a sentence for each kind; what cannot be last."""
    stayed, expired = len(rewound.stayed), len(rewound.expired)
    said = [
        tr_n("%n item comes back", "%n items come back", rewound.restored),
        tr_n("%n item gets its earlier content", "%n items get their earlier content", rewound.changed),
        tr_n("%n item goes back to its place or name", "%n items go back to their places or names", rewound.moved),
        tr_n(
            "%n item comes as a copy: it is elsewhere now",
            "%n items come as copies: they are elsewhere now",
            rewound.copied,
        ),
        tr_n("%n item moved in since and goes home", "%n items moved in since and go home", rewound.returned),
        tr_n("%n item was made since and is deleted", "%n items were made since and are deleted", rewound.deleted),
        tr_n(
            "%n item moved in since and stays: its home is gone",
            "%n items moved in since and stay: their homes are gone",
            stayed,
        ),
        tr_n(
            "%n file is not kept any more and stays as it is now",
            "%n files are not kept any more and stay as they are now",
            expired,
        ),
    ]
    numbers = [*_numbers(rewound), stayed, expired]
    return [text for text, number in zip(said, numbers, strict=True) if number]


def _numbers(rewound: Rewound) -> list[int]:
    return [rewound.restored, rewound.changed, rewound.moved, rewound.copied, rewound.returned, rewound.deleted]


def _counted(rewound: Rewound) -> int:
    return sum(_numbers(rewound))


def changes_in_order(rewound: Rewound) -> list[RewindChange]:
    """By path, with what stays and what is gone; much work if they are many."""
    others = [RewindChange(what="stayed", kind=Kind.FILE, path=path) for path in rewound.stayed]
    others += [RewindChange(what="expired", kind=Kind.FILE, path=path) for path in rewound.expired]
    return sorted([*rewound.changes, *others], key=lambda change: change.path.casefold())


class ChangesModel(QAbstractTableModel):
    """What a rewind does, one by one."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._changes: Sequence[RewindChange] = ()

    def show_changes(self, changes: Sequence[RewindChange]) -> None:
        self.beginResetModel()
        self._changes = changes
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._changes)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (tr("Name"), tr("What happens to it"))[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        change = self._changes[index.row()]
        sign, word = _WHAT.get(change.what, _OTHERS.get(change.what, ("info", lambda: show_name(change.what))))
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return (show_name(change.path), word())[index.column()]
            case Qt.ItemDataRole.DecorationRole if index.column() == 0:
                return icon(sign)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(_tip(change))
            case _:
                return None


_OTHERS: Final[dict[str, tuple[str, Callable[[], str]]]] = {
    "stayed": ("info", lambda: tr("stays: its home is gone")),
    "expired": ("info", lambda: tr("is not kept any more")),
}


def usual_words() -> list[str]:
    """What happens to things, for how wide it is."""
    return [word() for _, word in (*_WHAT.values(), *_OTHERS.values())]


def _tip(change: RewindChange) -> str:
    told = show_name(change.path)
    if change.was_path:
        told += "\n" + tr("is now at {path}").format(path=show_name(change.was_path))
    return f"{told}\n{show_size(change.size)}" if change.kind is Kind.FILE and change.size else told
