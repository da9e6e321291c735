"""What is wrong, or may be, and what helps; and deletions that wait for a person's word."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Literal, TypeAlias

from msgspec import Struct
from PySide6.QtCore import QObject, Signal

from desktop.daemon import Failure
from desktop.models.events import is_silent
from desktop.models.remedies import Remedy, remedies
from desktop.sentences import sentence
from desktop.session import Session
from desktop.standstill import Standstill
from desktop.words import show_name, show_time, tr, tr_n
from server_api.contract.devices import Device, Devices
from sync_engine.control import messages as control
from sync_engine.control.questions import DEVICES
from sync_engine.core.reports import STOPPED, EngineState, HeldDeletions, PathProblem

Weight: TypeAlias = Literal["bad", "warn", "info"]


class Trouble(Struct, frozen=True):
    title: str
    said: str
    weight: Weight = "warn"
    remedies: tuple[Remedy, ...] = ()
    path: str = ""


class Troubles(QObject):
    """Of a session.

    Signals:
        changed: one of the attributes, or others come first.

    Attributes:
        held: deletions that wait for a word.
        is_known: an answer has come.
        is_deciding: what is held is being gone through with, or undone.
        failure: there is no answer.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._problems: list[PathProblem] = []
        self._devices: list[Device] = []
        self.held: HeldDeletions | None = None
        self.is_known = False
        self.is_deciding = False
        self.failure: Failure | None = None
        self._told_held = 0
        session.state_changed.connect(self._see)

    def look(self) -> None:
        daemon = self._session.daemon
        daemon.ask(control.GetProblems(), self._take_problems, self._fail, owner=self)
        self._ask_held()
        daemon.ask_server(DEVICES, None, self._take_devices, lambda _: None, owner=self)

    def _see(self, state: EngineState | None) -> None:
        if state is not None and state.held != self._told_held:
            self._told_held = state.held
            self._ask_held()
        self.changed.emit()

    def _ask_held(self) -> None:
        self._session.daemon.ask(control.GetHeld(), self._take_held, lambda _: None, owner=self)

    def first(self, most: int) -> list[Trouble]:
        """So many at most: what stops everything first, what is only to be known last."""
        problems = [trouble_of(problem) for problem in self._problems[:most]]
        return [*stops(self._session.state), *problems, *self._to_know()][:most]

    @property
    def count(self) -> int:
        return len(stops(self._session.state)) + len(self._problems) + len(self._to_know())

    def _to_know(self) -> list[Trouble]:
        now_ms = time.time_ns() // 1_000_000
        state = self._session.state
        return [*hangs(state, self._session.standstill), *warnings(state), *silent(self._devices, now_ms)]

    def try_all(self) -> None:
        """What was stopped as well: it is shown among the others."""
        self._session.try_now()
        for problem in self._problems:
            if problem.reason == STOPPED:
                self._session.try_now(problem.path)

    def decide(self, *, goes_through: bool) -> None:
        """Of what is held: delete it, or undo that."""
        if self.held is None or self.is_deciding:
            return
        held = self.held
        self.is_deciding = True

        def decided(answer: control.HeldNow) -> None:
            self.is_deciding, self.held = False, None
            self._session.say(_decided(held, goes_through=goes_through) if answer.held else _has_changed())
            self.changed.emit()
            self.look()

        def failed(failure: Failure) -> None:
            self.is_deciding = False
            self._session.complain(failure)
            self.changed.emit()

        request = control.ApplyHeld(seen=held) if goes_through else control.RestoreHeld()
        self._session.daemon.ask(request, decided, failed, owner=self)
        self.changed.emit()

    def _take_problems(self, answer: control.Problems) -> None:
        self._problems = [problem for problem in answer.problems if problem.path]
        self.is_known, self.failure = True, None
        self.changed.emit()

    def _take_held(self, answer: control.HeldNow) -> None:
        self.held = answer.held
        self.changed.emit()

    def _take_devices(self, answer: Devices) -> None:
        self._devices = answer.devices
        self.changed.emit()

    def _fail(self, failure: Failure) -> None:
        self.failure = failure
        self.changed.emit()


def need_person(state: EngineState) -> int:
    """How many of them wait for a person; as the state tells it, also while nobody looks at them."""
    return state.problems + bool(state.held) + len(stops(state))


def trouble_of(problem: PathProblem) -> Trouble:
    said = sentence(problem.reason, problem.detail)
    weight: Weight = "info" if problem.reason == STOPPED else "bad"
    return Trouble(show_name(problem.path), said, weight, remedies(problem.reason, problem.path), problem.path)


def stops(state: EngineState | None) -> list[Trouble]:
    """What keeps everything from being synced, other than that the server is away for a while."""
    if state is None or not state.reason or state.state in {"paused", "in-step", "syncing"}:
        return []
    if state.state == "offline" and state.reason in {"unreachable", "unavailable"}:
        return []
    return [Trouble(tr("Nothing is synced at the moment"), sentence(state.reason), "bad", remedies(state.reason))]


def hangs(state: EngineState | None, standstill: Standstill) -> list[Trouble]:
    if state is None or not standstill.is_long:
        return []
    title = tr_n(
        "%n change has waited for more than an hour", "%n changes have waited for more than an hour", state.pending
    )
    if state.state == "offline":
        return [Trouble(title, sentence(state.reason or "unreachable"), "warn", remedies("unreachable"))]
    said = tr("They are on this device alone, or on the server alone, until they move.")
    return [Trouble(title, said, "warn", (Remedy.TRY_NOW,))]


def warnings(state: EngineState | None) -> list[Trouble]:
    if state is None or not state.warning:
        return []
    known = remedies(state.warning) if state.warning == "unwatched" else ()
    return [Trouble(tr("Changes are noticed late"), sentence(state.warning), "info", known)]


def silent(devices: Sequence[Device], now_ms: int) -> list[Trouble]:
    said = tr("What was changed there since is not here yet. Switch it on and see that Lockstep runs there.")
    return [
        Trouble(
            tr("{device} was last seen {when}").format(device=show_name(device.name), when=_when(device.last_seen_at)),
            said,
            "info",
        )
        for device in devices
        if is_silent(device, now_ms)
    ]


def _when(at_ms: int) -> str:
    return tr("on {day}").format(day=show_time(at_ms))


# --- what is held ---------------------------------------------------------------------------------------------------


def held_title(held: HeldDeletions) -> str:
    if held.where == "local":
        return tr_n("%n file was deleted here", "%n files were deleted here within minutes", held.deletions)
    return tr_n(
        "%n file was deleted on another device",
        "%n files were deleted on another device within minutes",
        held.deletions,
    )


def held_meaning(held: HeldDeletions) -> str:
    if held.where == "local":
        return tr("Nothing is deleted anywhere else until you say so. What is deleted can be restored for a while.")
    return tr("Nothing is deleted here until you say so. What you keep goes to the server and all devices again.")


def held_words(held: HeldDeletions) -> tuple[str, str]:
    """Of the buttons: to go through with it, and to undo it."""
    many = held.deletions
    if held.where == "local":
        return tr_n("Delete %n file everywhere", "Delete %n files everywhere", many), tr("Bring them back")
    return tr_n("Delete %n file here too", "Delete %n files here too", many), tr("Keep them")


def _has_changed() -> str:
    return tr("Nothing was done: what waits for you has changed meanwhile. Look at it again.")


def _decided(held: HeldDeletions, *, goes_through: bool) -> str:
    many = held.deletions
    if goes_through and held.where == "local":
        return tr_n("%n file is deleted on every device.", "%n files are deleted on every device.", many)
    if goes_through:
        return tr_n("%n file is deleted here too.", "%n files are deleted here too.", many)
    if held.where == "local":
        return tr_n("%n file comes back here.", "%n files come back here.", many)
    return tr_n("%n file stays, and goes to all devices again.", "%n files stay, and go to all devices again.", many)
