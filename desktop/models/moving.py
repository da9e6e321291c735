"""What is on its way: how far, how fast, and how long it still takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, Literal

from msgspec import Struct
from PySide6.QtCore import QObject, QTimer, Signal

from desktop.models.remedies import AGAIN, remedies
from desktop.models.status_line import Pace, speed_words
from desktop.sentences import sentence
from desktop.session import Session
from desktop.words import show_size, tr, tr_n
from sync_engine.control import messages as control
from sync_engine.core.reports import STOPPED, EngineState, Transfer

TICK_MS: Final = 1_000
"""Also what stands still becomes slower."""


class Way(Struct, frozen=True):
    """One file that is moving."""

    path: str
    direction: Literal["up", "down"]
    per_mille: int
    said: str
    """How far it is, how fast, how long it takes."""


class Still(Struct, frozen=True):
    """One file that does not move, and can be tried again."""

    path: str
    said: str
    """Why."""
    is_stopped: bool
    """By the person, and not by a failure."""


class Whole(Struct, frozen=True):
    """All that is to be moved. ``per_mille``: ``None`` where nobody knows how much that is."""

    title: str
    said: str = ""
    per_mille: int | None = None
    waiting: int = 0
    """Changes that are not moving yet."""
    is_paused: bool = False
    can_try: bool = False
    """Somebody may have it tried now, before its time."""


class Movement:
    """Takes in the engine's states. ``clock`` gives seconds that only grow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._whole = Pace()
        self._each: dict[tuple[str, str], Pace] = {}
        self._state: EngineState | None = None

    def take(self, state: EngineState | None) -> None:
        """Also the same state again, as time goes by."""
        now, self._state = self._clock(), state
        if state is None:
            self._whole, self._each = Pace(), {}
            return
        self._whole.see(now, state.progress.bytes_done)
        self._each = {key: self._each.get(key, Pace()) for key in map(_key, state.transfers)}
        for transfer in state.transfers:
            self._each[_key(transfer)].see(now, transfer.done_bytes)

    def ways(self) -> list[Way]:
        """In the order in which they began, as the engine tells them."""
        return [self._way(transfer) for transfer in self._state.transfers] if self._state is not None else []

    def whole(self) -> Whole:
        state = self._state
        if state is None:
            return Whole(tr("Lockstep is not running"))
        waiting = max(state.pending - len(state.transfers), 0)
        is_paused = state.state == "paused"
        can_try = bool(waiting or state.problems > state.stopped) and state.state in {"offline", "attention", "syncing"}
        progress = state.progress
        if not state.transfers:
            return Whole(_still(state), "", None, waiting, is_paused, can_try)
        left = progress.bytes_total - progress.bytes_done
        said = [tr("{done} of {all}").format(done=show_size(progress.bytes_done), all=show_size(progress.bytes_total))]
        said += speed_words(self._whole, left)
        per_mille = _per_mille(progress.bytes_done, progress.bytes_total)
        title = tr_n("%n file is moving", "%n files are moving", len(state.transfers))
        is_known = progress.bytes_total > 0
        return Whole(
            title, " · ".join(said) if is_known else "", per_mille if is_known else None, waiting, is_paused, can_try
        )

    def _way(self, transfer: Transfer) -> Way:
        done, size = transfer.done_bytes, transfer.size_bytes
        said = [tr("{done} of {all}").format(done=show_size(done), all=show_size(size))]
        said += speed_words(self._each[_key(transfer)], size - done)
        return Way(transfer.path, transfer.direction, _per_mille(done, size), " · ".join(said))


class Transfers(QObject):
    """The movement of a session, and what does not move.

    Signals:
        changed: take ``ways``, ``stills`` and ``whole`` again.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._movement = Movement()
        self._stills: list[Still] = []
        self.whole = self._movement.whole
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self.take)
        session.state_changed.connect(self.take)

    def ways(self) -> list[Way]:
        """Without those of which the person has just heard that they are stopped."""
        stopped = {still.path for still in self._stills if still.is_stopped}
        return [way for way in self._movement.ways() if way.path not in stopped]

    def stills(self) -> list[Still]:
        """What was stopped comes first."""
        return self._stills

    def take(self) -> None:
        state = self._session.state
        self._movement.take(state)
        if state is not None and state.transfers:
            self._tick.start()
        else:
            self._tick.stop()
        if state is None or not state.problems:
            self._stills = []
        self.changed.emit()

    def look(self) -> None:
        """Ask what does not move, and why."""
        self._session.daemon.ask(control.GetProblems(), self._take_problems, lambda _: None, owner=self)

    def stop(self, path: str) -> None:
        """It waits until somebody wants it to go on, or it changes."""
        self._session.daemon.ask(control.StopTransfer(path), self._again, self._session.complain, owner=self)

    def retry(self, path: str) -> None:
        self._session.daemon.ask(control.TryNow(path), self._again, self._session.complain, owner=self)

    def _again(self, _: object) -> None:
        self.look()

    def _take_problems(self, answer: control.Problems) -> None:
        found = [
            Still(problem.path, sentence(problem.reason, problem.detail), problem.reason == STOPPED)
            for problem in answer.problems
            if problem.path and AGAIN & set(remedies(problem.reason, problem.path))
        ]
        self._stills = sorted(found, key=lambda still: not still.is_stopped)
        self.changed.emit()


def _key(transfer: Transfer) -> tuple[str, str]:
    return transfer.direction, transfer.path


def _per_mille(done: int, size: int) -> int:
    return min(max(done * 1_000 // size, 0), 1_000) if size else 0


def _still(state: EngineState) -> str:
    """Why nothing moves."""
    match state.state:
        case "in-step":
            return tr("Nothing is moving. Everything is in step.")
        case "paused":
            return tr("Paused: nothing moves until it is resumed.")
        case "offline":
            return tr("The server cannot be reached. What is to move waits for it.")
        case "signed-out":
            return tr("This device is signed out. What is to move waits until it is signed in again.")
        case "attention" if state.problems == state.stopped and not (state.held or state.reason):
            return tr("Nothing is moving.")
        case "attention":
            return tr("Something needs you before everything is in step.")
        case _:
            return tr("Looking through the folder…") if state.progress.phase == "scanning" else tr("Comparing…")
