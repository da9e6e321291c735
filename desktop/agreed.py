"""Deletions that the person has agreed to in the window: nobody is asked again when they are held as too many."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, Literal

import msgspec
from msgspec import Struct
from PySide6.QtCore import QDeadlineTimer, QObject, QTimer

from desktop.daemon import Daemon, Failure
from sync_engine.control import messages as control
from sync_engine.core.reports import EngineState, HeldDeletions

BEGINS_MS: Final = 600_000
WAITS_MS: Final = 30_000
"""So long it may take in all, and until there is more of what is held; after that the person is asked."""


class Agreement(Struct, frozen=True, eq=False):
    """To delete so many files, which are below these paths of the tree."""

    files: int
    places: frozenset[str]

    def is_about(self, held: HeldDeletions | None) -> bool:
        """Exactly these are held. Of what is held all places have to be known."""
        return (
            held is not None
            and held.where == "local"
            and held.deletions == self.files
            and held.places == len(held.paths)
            and all(self._has(path) for path in held.paths)
        )

    def _has(self, path: str) -> bool:
        while path and path not in self.places:
            path = path.rpartition("/")[0]
        return bool(path)


class Agreed(QObject):
    """The newest agreement. Once just what it is about is held, the daemon is told to go on; as long as it may come to
    that, nothing is shown as held. Anything else that is held waits for the person, and they with it.
    """

    def __init__(self, daemon: Daemon, show: Callable[[], None], parent: QObject) -> None:
        """``show``: shows the state as it is."""
        super().__init__(parent)
        self._daemon = daemon
        self._show = show
        self._newest: Agreement | None = None
        self._stage: Literal["waits", "asks", "gone-on", "taken-back"] = "waits"
        self._held = self._files = self._files_after = 0
        """Held, and on the server, as was told last; on the server once the deletion has gone through."""
        self._end = QDeadlineTimer()
        self._patience = QTimer(self, singleShot=True)
        self._patience.timeout.connect(lambda: self.forget(self._newest))

    def expect(self, files: int, places: frozenset[str]) -> Agreement:
        self._newest = agreement = Agreement(files, places)
        self._files_after = self._files - files
        self._begin("waits")
        return agreement

    def take_back(self, agreement: Agreement | None) -> None:
        """The files were brought back: what is held is no more than on its way to be seen so."""
        if agreement is not None and agreement is self._newest:
            self._begin("taken-back")

    def forget(self, agreement: Agreement | None) -> None:
        """The person is asked."""
        if agreement is not None and agreement is self._newest:
            self._drop()
            self._show()

    def shown(self, state: EngineState) -> EngineState:
        """Without what is held, if that was agreed to."""
        was, self._held, self._files = self._held, state.held, state.files
        if self._newest is not None and state.held > self._newest.files:
            self._drop()
        self._drop_done(is_in_step=state.state == "in-step")
        if (agreement := self._newest) is None or not state.held:
            return state
        if state.held != was:
            self._patience.start(min(WAITS_MS, self._end.remainingTime()))
        if state.held == agreement.files and self._stage == "waits":
            self._stage = "asks"
            forget = partial(self._fail, agreement)
            self._daemon.ask(control.GetHeld(whole=True), partial(self._go_on, agreement), forget, owner=self)
        is_all = state.state == "attention" and not (state.problems or state.reason)
        return msgspec.structs.replace(state, held=0, state="syncing" if is_all else state.state)

    def _begin(self, stage: Literal["waits", "taken-back"]) -> None:
        self._stage = stage
        self._held = 0
        self._end = QDeadlineTimer(BEGINS_MS)
        self._patience.start(BEGINS_MS)

    def _drop_done(self, *, is_in_step: bool = False) -> None:
        """What is held from then on is something else. It may have gone through without being held."""
        if self._held:
            return
        if self._stage == "gone-on" or (self._stage == "waits" and is_in_step and self._files <= self._files_after):
            self._drop()

    def _drop(self) -> None:
        self._newest = None
        self._patience.stop()

    def _go_on(self, agreement: Agreement, answer: control.HeldNow) -> None:
        if agreement is not self._newest or self._stage != "asks":
            return
        if agreement.is_about(answer.held):
            asked = control.ApplyHeld(seen=answer.held)
            forget = partial(self._fail, agreement)
            self._daemon.ask(asked, partial(self._gone_on, agreement), forget, owner=self)
        else:
            self.forget(agreement)

    def _gone_on(self, agreement: Agreement, answer: control.HeldNow) -> None:
        if answer.held is None:  # it was something else by then
            self.forget(agreement)
        elif agreement is self._newest and self._stage == "asks":
            self._stage = "gone-on"
            self._drop_done()

    def _fail(self, agreement: Agreement, _: Failure) -> None:
        self.forget(agreement)
