"""Deletions that the person has agreed to in the window: nobody is asked again when they are held as too many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec
from PySide6.QtCore import QObject, QTimer

from desktop.daemon import Daemon, Failure
from sync_engine.control import messages as control
from sync_engine.core.reports import EngineState, HeldDeletions

BEGINS_MS: Final = 600_000
WAITS_MS: Final = 30_000
"""So long it may take until something is held, and then until there is more of it; after that the person is asked."""


class Agreed(QObject):
    """Exactly those: as many files, at these places. Once just they are held, the daemon is told to go on; as long as
    it may come to that, nothing is shown as held. Anything else that is held waits for the person, and they with it.
    """

    def __init__(self, daemon: Daemon, show: Callable[[], None], parent: QObject) -> None:
        """``show``: shows the state as it is."""
        super().__init__(parent)
        self._daemon = daemon
        self._show = show
        self._files = 0
        self._places: frozenset[str] = frozenset()
        self._held = 0
        self._is_asking = self._is_over = False
        self._patience = QTimer(self, singleShot=True)
        self._patience.timeout.connect(self.forget)

    def expect(self, files: int, places: frozenset[str]) -> None:
        """``places``: paths of the tree, below which the files are."""
        self._files, self._places = files, places
        self._held = 0
        self._is_over = False
        self._patience.start(BEGINS_MS)

    def take_back(self) -> None:
        """They were brought back: what is held is no more than on its way to be seen so."""
        self._is_over = True

    def forget(self) -> None:
        """The person is asked."""
        if self._files:
            self._files = 0
            self._patience.stop()
            self._show()

    def shown(self, state: EngineState) -> EngineState:
        """Without what is held, if that was agreed to."""
        if not 0 < state.held <= self._files:
            if state.held:
                self._files = 0
            return state
        if state.held != self._held:
            self._held = state.held
            self._patience.start(WAITS_MS)
        if state.held == self._files and not (self._is_asking or self._is_over):
            self._is_asking = True
            self._daemon.ask(control.GetHeld(), self._go_on, self._fail, owner=self)
        is_all = state.state == "attention" and not (state.problems or state.reason)
        return msgspec.structs.replace(state, held=0, state="syncing" if is_all else state.state)

    def _go_on(self, answer: control.HeldNow) -> None:
        if self._is_over or not self._is_agreed(answer.held):
            self._is_asking = False
            self.forget()
        else:
            self._daemon.ask(control.ApplyHeld(seen=answer.held), self._gone_on, self._fail, owner=self)

    def _gone_on(self, answer: control.HeldNow) -> None:
        self._is_asking = False
        self._is_over = True
        if answer.held is None:  # it was something else by then
            self.forget()

    def _fail(self, _: Failure) -> None:
        self._is_asking = False
        self.forget()

    def _is_agreed(self, held: HeldDeletions | None) -> bool:
        return (
            held is not None
            and held.where == "local"
            and held.deletions == self._files
            and all(self._is_below(path) for path in held.paths)
        )

    def _is_below(self, path: str) -> bool:
        while path and path not in self._places:
            path = path.rpartition("/")[0]
        return bool(path)
