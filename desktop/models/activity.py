"""What happened, newest first, day by day: anywhere as the server has it, or on this device as it noted it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

import msgspec
from msgspec import Struct
from PySide6.QtCore import QDate, QDateTime, QLocale, QObject, Qt
from PySide6.QtGui import QFont, QGuiApplication

from desktop.daemon import Otherwise
from desktop.look.icons import icon
from desktop.models.indexes import NOWHERE, Index
from desktop.models.paged import Paged
from desktop.session import Session
from desktop.words import exact_time, plain_tip, show_name, tr, tr_n
from server_api.contract.history import ActivityEntry, ActivityRequest, What
from server_api.contract.messages import Kind
from sync_engine.control import messages as control
from sync_engine.control.questions import ACTIVITY

E = TypeVar("E")

WHAT, PLACE, WHO, WHEN = range(4)
HERE_AT_MOST: Final = 1_000
"""Lines of this device's own."""

_WORDS: Final[dict[str, tuple[str, Callable[[], str]]]] = {
    What.ADDED: ("add", lambda: tr("Added")),
    What.EDITED: ("text", lambda: tr("Edited")),
    What.MOVED: ("move", lambda: tr("Moved")),
    What.RENAMED: ("rename", lambda: tr("Renamed")),
    What.MODE: ("settings", lambda: tr("Permission changed")),
    What.DELETED: ("trash", lambda: tr("Deleted")),
    What.RESTORED: ("restore", lambda: tr("Brought back")),
    "create": ("upload", lambda: tr("Added here")),
    "update": ("upload", lambda: tr("Edited here")),
    "move": ("move", lambda: tr("Moved here")),
    "chmod": ("settings", lambda: tr("Permission changed here")),
    "delete": ("trash", lambda: tr("Deleted here")),
    "create-here": ("download", lambda: tr("Arrived")),
    "update-here": ("download", lambda: tr("New version arrived")),
    "move-here": ("move", lambda: tr("Moved elsewhere")),
    "chmod-here": ("settings", lambda: tr("Permission changed elsewhere")),
    "delete-here": ("trash", lambda: tr("Deleted elsewhere")),
    "conflict-here": ("attention", lambda: tr("Both versions kept")),
    "merge": ("refresh", lambda: tr("Compared anew")),
    "journal": ("refresh", lambda: tr("Records made anew")),
}


class Day(Struct, frozen=True):
    """A row that heads those of a day."""

    number: int
    """Julian."""


class Noted(Protocol):
    """What a daemon tells of one thing that happened."""

    @property
    def at(self) -> int: ...
    @property
    def action(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def detail(self) -> str: ...


class Line(Struct, frozen=True):
    """What happened once, as it is read."""

    at: int
    icon: str
    what: str
    place: str
    who: str = ""
    tip: str = ""
    path: str = ""
    """Where to look: of what is deleted, the folder that it was in."""


class Happenings(Paged[E, E | Day], Generic[E]):
    """Of ``E``, an entry of one source or the other."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(session, ACTIVITY, parent)
        self._days: dict[int, int] = {}

    def entry(self, row: int) -> E | None:
        """``None`` for the heading of a day."""
        return None if isinstance(entry := self.row(row), Day) else entry

    def line(self, row: int) -> Line | None:
        """``None`` for the heading of a day."""
        entry = self.row(row)
        return None if isinstance(entry, Day) else self._line(entry)

    def headings(self) -> list[int]:
        """The rows that head a day."""
        return [at for at, row in enumerate(self._rows) if isinstance(row, Day)]

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else 4

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (tr("What"), tr("Where"), tr("Who"), tr("When"))[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.row(index)
        if isinstance(entry, Day):
            if role == Qt.ItemDataRole.FontRole:
                return _bold()
            is_title = role == Qt.ItemDataRole.DisplayRole and index.column() == WHAT
            return day_title(entry.number) if is_title else None
        line = self._line(entry)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return (line.what, line.place, line.who, _clock(line.at))[index.column()]
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(exact_time(line.at) if index.column() == WHEN else line.tip)
            case Qt.ItemDataRole.DecorationRole if index.column() == WHAT:
                return icon(line.icon)
            case _:
                return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if isinstance(self.row(index), Day):
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def _line(self, entry: E) -> Line:
        raise NotImplementedError

    def _at(self, entry: E) -> int:
        raise NotImplementedError

    def _shows(self, entry: E) -> bool:
        return True

    def _arranged(self, entries: Sequence[E]) -> list[E | Day]:
        rows: list[E | Day] = []
        day = None
        for entry in entries:
            if not self._shows(entry):
                continue
            if day != (today := self._day(self._at(entry))):
                day = today
                rows.append(Day(day))
            rows.append(entry)
        return rows

    def _day(self, at: int) -> int:
        if (known := self._days.get(at)) is None:
            known = self._days[at] = QDateTime.fromMSecsSinceEpoch(at).date().toJulianDay()
        return known


class Everywhere(Happenings[ActivityEntry]):
    """What the server noted.

    Attributes:
        asked: what is looked for.
        people: email addresses of those who did something that is known by now.
    """

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(session, parent)
        self.asked = ActivityRequest()
        self.people: set[str] = set()

    def ask_for(self, path: str = "", device_id: bytes | None = None, person: str | None = None) -> None:
        """Only what happened at this path or below it, on this device, by this person."""
        if (asked := ActivityRequest(path=path, device_id=device_id, person=person)) != self.asked:
            self.asked = asked
            self.begin_anew()

    def _request(self, before: int | None, limit: int) -> ActivityRequest:
        return msgspec.structs.replace(self.asked, before=before, limit=limit)

    def _take(self, page: Any, *, is_first: bool) -> None:
        self.people |= {entry.person for entry in page.entries if entry.person}
        super()._take(page, is_first=is_first)

    def _seq(self, entry: ActivityEntry) -> int:
        return entry.seq

    def _key(self, row: ActivityEntry | Day) -> Hashable:
        return row if isinstance(row, Day) else row.seq

    def _at(self, entry: ActivityEntry) -> int:
        return entry.at

    def _line(self, entry: ActivityEntry) -> Line:
        return line_of(entry)


class OnThisDevice(Happenings[Noted]):
    """What this device noted: the last thousand lines."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(session, parent)
        self._text = ""

    def find(self, text: str) -> None:
        """Only paths that have this in them."""
        if (folded := text.strip().casefold()) != self._text:
            self._text = folded
            self._rearrange()

    def _ask_for(self, before: int | None, come: Callable[[Any], None], failed: Otherwise) -> None:
        def answered(answer: control.Activities) -> None:
            come(_OwnPage(list(answer.lines)))

        self._session.daemon.ask(control.GetActivity(HERE_AT_MOST), answered, failed, owner=self)

    def _seq(self, entry: Noted) -> int:
        return entry.at

    def _key(self, row: Noted | Day) -> Hashable:
        return row if isinstance(row, Day) else (row.at, row.action, row.path)

    def _at(self, entry: Noted) -> int:
        return entry.at

    def _shows(self, entry: Noted) -> bool:
        return self._text in entry.path.casefold()

    def _line(self, entry: Noted) -> Line:
        sign, word = _WORDS.get(entry.action, ("info", lambda: show_name(entry.action)))
        place = show_name(entry.path)
        is_gone = entry.action.startswith("delete")
        goes_to = entry.path.rpartition("/")[0] if is_gone else entry.path
        tip = f"{place}\n{show_name(entry.detail)}" if entry.detail else place
        return Line(entry.at, sign, word(), place or show_name(entry.detail), "", tip, goes_to)


@dataclass
class _OwnPage:
    entries: Sequence[Noted]
    before: int = 0
    complete: bool = True


def line_of(entry: ActivityEntry) -> Line:
    """As it is read, of what the server noted."""
    sign, word = _WORDS[entry.what]
    if entry.what is What.ADDED and entry.kind is Kind.FOLDER:
        sign = "folder"
    place = show_name(entry.path)
    if entry.count > 1:
        others = tr_n("%n more", "%n more", entry.count - 1)
        place = tr("{path} and {others}").format(path=place, others=others)
    if entry.was_path is not None:
        place = tr("{path}, before: {was}").format(path=place, was=show_name(entry.was_path))
    tip = "\n".join(show_name(path) for path in [entry.path, *entry.paths])
    who = show_name(entry.device) or tr("the server’s operator")
    if entry.person:
        tip += "\n" + show_name(f"{entry.device} ({entry.person})")
    goes_to = entry.path.rpartition("/")[0] if entry.what is What.DELETED else entry.path
    return Line(entry.at, sign, word(), place, who, tip, goes_to)


def day_title(number: int, today: QDate | None = None) -> str:
    """Of a Julian day, as people say it."""
    day, today = QDate.fromJulianDay(number), today or QDate.currentDate()
    ago = day.daysTo(today)
    if ago == 0:
        return tr("Today")
    if ago == 1:
        return tr("Yesterday")
    return QLocale().toString(day, tr("dddd, d MMMM") if day.year() == today.year() else tr("d MMMM yyyy"))


def _bold() -> QFont:
    font = QGuiApplication.font()
    font.setBold(True)
    return font


def _clock(at: int) -> str:
    return QLocale().toString(QDateTime.fromMSecsSinceEpoch(at).time(), QLocale.FormatType.ShortFormat)
