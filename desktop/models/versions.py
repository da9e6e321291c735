"""The versions of one file: which there are, how each is told, and going back to one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Final

from PySide6.QtCore import QDateTime, QLocale, QObject

from desktop.models.following import Following
from desktop.session import Session
from desktop.words import show_name, show_size, show_time, tr
from server_api.contract.history import History, HistoryRequest, VersionEntry
from server_api.contract.restoring import Restored, RestoreRequest
from sync_engine.control.questions import RESTORE, VERSIONS

PAGE: Final = 30


class Versions(Following):
    """Newest first, a page at a time.

    Attributes:
        entries: those that are known so far.
        is_complete: there are no older ones.
    """

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(session, parent)
        self.entries: list[VersionEntry] = []
        self.is_complete = False

    def follow(self, path: str, *, is_on_server: bool = True) -> None:
        """Ask for the newest ones; of the same path, those that are known stay until they come. What is not on the
        server has none, and perhaps a name that no server can have."""
        if path != self.path or not is_on_server:
            self.entries, self.is_complete = [], not is_on_server
        self.begin(path)
        if is_on_server:
            self._ask([])
        else:
            self.is_asking = False
            self.changed.emit()

    def more(self) -> None:
        """Ask for the next page."""
        if not self.is_asking and self.entries:
            self.is_asking = True
            self._ask(self.entries)

    @property
    def current(self) -> VersionEntry | None:
        return next((each for each in self.entries if each.is_current), None)

    def restore(self, entry: VersionEntry) -> None:
        """Make it the newest version; what is said of it offers to undo that."""
        path, was, session = self.path, self.current, self.session

        def back(restored: Restored) -> None:
            session.say(tr("“{name}” is as it was before.").format(name=_name(restored)))
            self._restored(path)

        def undo() -> None:
            if was is not None:
                self._restore(path, was, back)

        def done(restored: Restored) -> None:
            said = tr("“{name}” is as it was {when}. The version before is kept.")
            said = said.format(name=_name(restored), when=moment(entry.created_at, in_sentence=True))
            session.say(said, tr("Undo") if was is not None else "", undo)
            self._restored(path)

        self._restore(path, entry, done)

    def _restore(self, path: str, entry: VersionEntry, done: Callable[[Restored], None]) -> None:
        request = RestoreRequest(path=path, revision_id=entry.revision_id)
        self.session.daemon.ask_server(RESTORE, request, done, self.session.complain, owner=self.session)

    def _restored(self, path: str) -> None:
        if path == self.path:
            self.follow(path)

    def _ask(self, before: list[VersionEntry]) -> None:
        def take(history: History) -> None:
            self.is_asking = False
            self.entries = [*before, *history.versions]
            self.is_complete = history.complete
            self.changed.emit()

        after = before[-1].revision_id if before else None
        request = HistoryRequest(path=self.path, of_file=True, after=after, limit=PAGE)
        self.session.daemon.ask_server(VERSIONS, request, self.of_now(take), self.of_now(self.fail), owner=self)


def _name(restored: Restored) -> str:
    return show_name(PurePosixPath(restored.path).name)


def moment(at_ms: int, *, in_sentence: bool = False, now: QDateTime | None = None) -> str:
    """A version is told by its time too: ``Today 10:42``, ``Monday 18:03``, ``3 May 09:12``."""
    day = show_time(at_ms, now)
    clock = QLocale().toString(QDateTime.fromMSecsSinceEpoch(at_ms).time(), QLocale.FormatType.ShortFormat)
    if day == clock:
        return (tr("today {time}") if in_sentence else tr("Today {time}")).format(time=clock)
    if day == tr("yesterday") and not in_sentence:
        day = tr("Yesterday")
    return tr("{day} {time}").format(day=day, time=clock)


def about(entry: VersionEntry) -> str:
    """The second line: who made it, how large it is, and what is special about it."""
    parts = [show_name(entry.device), show_size(entry.size)]
    if entry.expired:
        parts.append(tr("not kept any more"))
    return " · ".join(part for part in parts if part)


def why_gone() -> str:
    """Of a version whose content is not kept any more."""
    return tr("Old versions are thinned out after a while. Of this one only the time is still known.")


def file_name(path: str, entry: VersionEntry) -> str:
    """What a saved version is called, so that it is not taken for the file: ``report 2026-11-23 18.03.docx``."""
    name = PurePosixPath(path)
    at = QDateTime.fromMSecsSinceEpoch(entry.created_at).toString("yyyy-MM-dd HH.mm")
    return f"{name.stem} {at}{name.suffix}"
