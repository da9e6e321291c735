"""The account's links: one list that panel, dialog and page share."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from desktop.daemon import Failure
from desktop.session import Session
from desktop.words import tr
from server_api.contract.shares import CreateShare, EditShare, Share, Shares
from sync_engine.control.questions import EDIT_SHARE, SHARE, SHARES, WITHDRAW_SHARE

T = TypeVar("T")

FRESH_S: Final = 5.0
"""For so long an answer is not asked for again."""


class Links(QObject):
    """Made by ``Links.of``, once for a session.

    Signals:
        changed: ``shares`` or ``failure`` is another one.

    Attributes:
        shares: newest first; ``None`` until they are known.
        failure: why they are not.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.session = session
        self.shares: list[Share] | None = None
        self.failure: Failure | None = None
        self._asked_at = 0.0
        self._is_asking = False
        self._asked = 0
        self._is_outdated = False

    @classmethod
    def of(cls, session: Session) -> Links:
        found = session.findChild(cls)
        return found if found is not None else cls(session)

    def look(self, *, is_forced: bool = False) -> None:
        """Ask for them, unless that was done just now."""
        if not is_forced and (self._is_asking or time.monotonic() - self._asked_at < FRESH_S):
            return
        self._is_asking, self._is_outdated = True, False
        self._asked += 1
        take, fail = self._if_newest(self._take), self._if_newest(self._fail)
        self.session.daemon.ask_server(SHARES, None, take, fail, owner=self)
        if self.failure is not None:
            self.failure = None
            self.changed.emit()

    def at(self, path: str) -> list[Share]:
        """Those that lead to exactly this."""
        return [share for share in self.shares or [] if share.path == path]

    def copy_open(self, path: str, then: Callable[[], None], *, owner: QObject) -> None:
        """Copy a link that is open to all: one that there is, or a new one. ``then`` is called in any case, unless the
        ``owner`` is gone."""
        done = _for(owner, lambda _: then())

        def copied(share: Share) -> None:
            self._put(share)
            done(share)

        self.session.copy_link(path, copied, done)

    def create(
        self,
        request: CreateShare,
        then: Callable[[Share], None],
        otherwise: Callable[[Failure], None],
        *,
        owner: QObject | None = None,
    ) -> None:
        """``then`` and ``otherwise`` are not called if the ``owner`` is gone by then; the link is made all the same."""

        def made(share: Share) -> None:
            self._put(share)
            _for(owner, then)(share)

        self.session.daemon.ask_server(SHARE, request, made, self._unless_done(_for(owner, otherwise)), owner=self)

    def edit(
        self,
        share: Share,
        request: EditShare,
        then: Callable[[Share], None] = lambda _: None,
        otherwise: Callable[[Failure], None] | None = None,
        *,
        owner: QObject | None = None,
    ) -> None:
        """``owner`` as in ``create``."""

        def changed(now: Share) -> None:
            self._put(now)
            _for(owner, then)(now)

        failed = self._unless_done(_for(owner, otherwise or self.session.complain))
        self.session.daemon.ask_server(EDIT_SHARE, request, changed, failed, owner=self, subject=share.share_id)

    def pause(self, share: Share, *, is_paused: bool) -> None:
        def done(_: Share) -> None:
            if is_paused:
                said, undo = tr("The link is paused: it leads to nothing until you resume it."), tr("Resume link")
                self.session.say(said, undo, lambda: self.pause(share, is_paused=False))
            else:
                self.session.say(tr("The link works again."))

        self.edit(share, EditShare(paused=is_paused), done)

    def withdraw(self, share: Share) -> None:
        """For good."""

        def done(_: None) -> None:
            self._is_outdated = True
            self.shares = [each for each in self.shares or [] if each.share_id != share.share_id]
            self.changed.emit()
            self.session.say(tr("The link is withdrawn. It leads to nothing any more."))

        self.session.daemon.ask_server(
            WITHDRAW_SHARE, None, done, self._unless_done(self.session.complain), owner=self, subject=share.share_id
        )

    def _unless_done(self, otherwise: Callable[[Failure], None]) -> Callable[[Failure], None]:
        """Look what there is now: it may be the answer alone that did not come."""

        def failed(failure: Failure) -> None:
            otherwise(failure)
            self._asked_at = 0.0
            self.look(is_forced=True)

        return failed

    def _if_newest(self, call: Callable[[T], None]) -> Callable[[T], None]:
        asked = self._asked
        return lambda given: call(given) if asked == self._asked else None

    def _put(self, share: Share) -> None:
        """In the place of the one that it was, or as the newest."""
        self._is_outdated = True
        known = self.shares or []
        if any(each.share_id == share.share_id for each in known):
            self.shares = [share if each.share_id == share.share_id else each for each in known]
        else:
            self.shares = [share, *known]
        self.changed.emit()

    def _take(self, found: Shares) -> None:
        self._is_asking = False
        if self._is_outdated:  # one was changed since this was asked for
            self.look(is_forced=True)
            return
        self._asked_at = time.monotonic()
        self.failure = None
        self.shares = list(found.shares)
        self.changed.emit()

    def _fail(self, failure: Failure) -> None:
        self._is_asking = False
        self.failure = failure
        self.changed.emit()


def _for(owner: QObject | None, call: Callable[[T], None]) -> Callable[[T], None]:
    def call_if_there(given: T) -> None:
        if owner is None or isValid(owner):
            call(given)

    return call_if_there
