"""The daemon: one process per profile that owns the journal, the watcher and the transfers, until it is told to end."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import threading
from collections.abc import Callable
from time import monotonic
from typing import Final

from server_api.contract.version import VERSION
from sync_engine.composition import open_device, scan_interval_s
from sync_engine.control import messages as control
from sync_engine.control.address import socket_path
from sync_engine.control.server import ControlServer
from sync_engine.core.model import NodeId
from sync_engine.core.reports import EngineState, Keep, PathProblem, Resolution, SyncReport
from sync_engine.engine.asking import Asking
from sync_engine.engine.engine import Engine
from sync_engine.engine.loop import Rhythm
from sync_engine.errors import EngineError, JournalFull, WipeRequested
from sync_engine.faces import Faces
from sync_engine.profile import Profile
from sync_engine.wiping import carry_out_wipe

TELL_EVERY_S: Final = 0.25
TELL_AGAIN_S: Final = 5.0
"""Who watches hears so often at least that somebody is there."""
FULL_RETRY_S: Final = 5.0
"""How often it is looked whether a full disk has room again for the journal."""
WIPE_RETRY_S: Final = 20.0
_log = logging.getLogger(__name__)


def run_daemon(
    profile: Profile,
    stop: threading.Event,
    on_ready: Callable[[], None] | None = None,
    on_state: Callable[[EngineState], None] | None = None,
) -> None:
    """Watch and sync until ``stop`` is set or a client says so.

    What the account's owner wants removed from a lost device is removed, which ends it: the device is not linked then.

    Raises: EngineError if it cannot start: not linked, the folder is gone or in use, a newer journal.
    """
    rhythm = Rhythm(
        quiet_s=2.0,
        grace_s=1.0,
        scan_every_s=scan_interval_s(profile),
        waits_for_news=True,
    )
    is_ready = is_full = False
    while not stop.is_set():
        try:
            with open_device(profile, rhythm, watches=True) as device:
                asking = Asking(device.engine)
                faces = Faces(device, asking)
                requests = Requests(device.engine, asking, faces, stop)
                server = ControlServer(socket_path(profile.home), requests)
                try:
                    if on_ready is not None and not is_ready:
                        on_ready()
                    is_ready, is_full = True, False
                    device.engine.run(stop, on_state)
                finally:
                    server.close()
                    faces.close()
        except WipeRequested:
            _wipe(profile, stop)
        except JournalFull as error:
            # Nothing can be written down, so nothing may be done. What was known is in the journal: with room in it
            # again, everything starts from there, as after a crash.
            if not is_ready:
                raise
            _log.warning("the journal is full: %s", error)
            if on_state is not None and not is_full:
                on_state(EngineState(state="attention", reason=error.code))
            is_full = True
            stop.wait(FULL_RETRY_S)


def _wipe(profile: Profile, stop: threading.Event) -> None:
    """What cannot be done now is tried again."""
    try:
        carry_out_wipe(profile)
    except EngineError as error:
        _log.warning("the wipe has to wait: %s: %s", error.code, error)
        stop.wait(WIPE_RETRY_S)


class Requests:
    """Answers the control socket's clients, each in its own thread, by asking the control thread."""

    def __init__(self, engine: Engine, asking: Asking, faces: Faces, stop: threading.Event) -> None:
        """``faces`` answers what is not asked of the engine."""
        self._engine = engine
        self._ask = asking.ask
        self._faces = faces
        self._stop = stop

    def handle(  # noqa: C901, PLR0912 - a table: a line or two for each request
        self, request: control.Request, answer: Callable[[control.Answer], None]
    ) -> None:
        engine = self._engine
        match request:
            case control.Hello():
                answer(control.Welcome(VERSION, control.PROTOCOL, os.getpid()))
            case control.GetStatus(watch=watch):
                answer(control.Status(state := self._state()))
                if watch:
                    self._watch(answer, state)
            case control.GetPathStatus(path=path):
                answer(control.PathAnswer(self._ask(lambda: engine.status_of(path))))
            case control.Sync(full=full):
                self._sync(answer, full=full)
            case control.Pause(until=until):
                self._ask(lambda: engine.pause(until))
            case control.Resume():
                self._ask(engine.resume)
            case control.Stop():
                self._stop.set()
                engine.post(lambda: None)
            case control.GetHeld(whole=whole):
                answer(control.HeldNow(self._ask(lambda: engine.hold(whole=whole))))
            case control.ApplyHeld(seen=seen):
                answer(control.HeldNow(self._ask(lambda: engine.hold_apply(seen))))
            case control.RestoreHeld():
                answer(control.HeldNow(self._ask(engine.hold_restore)))
            case control.GetProblems():
                problems = self._ask(engine.problems)
                answer(control.Problems([PathProblem(p.path, p.code, p.detail) for p in problems]))
            case control.GetActivity(limit=limit):
                answer(control.Activities(self._ask(lambda: engine.activity(limit))))
            case control.Exclude(path=path, node_id=node_id):
                known_as = NodeId(node_id) if node_id is not None else None
                answer(control.Chosen(self._ask(lambda: engine.exclude(path, known_as))))
            case control.Include(path=path):
                answer(control.Chosen(self._ask(lambda: engine.include(path))))
            case control.GetExclusions():
                answer(control.Exclusions(self._ask(engine.exclusions)))
            case control.Resolve(path=path, keep=keep):
                self._resolve(path, keep, answer)
            case control.TryNow(path=only):
                self._ask(lambda: engine.try_now(only))
            case control.StopTransfer(path=path):
                self._ask(lambda: engine.stop_transfer(path))
            case _:
                self._faces.handle(request, answer)

    def _state(self) -> EngineState:
        state = self._ask(self._engine.state_now)
        state.changes += self._faces.renewals()
        return state

    def _watch(self, answer: Callable[[control.Answer], None], said: EngineState) -> None:
        said_at = monotonic()
        while not self._stop.wait(TELL_EVERY_S):
            state = self._state()
            if state != said or monotonic() - said_at > TELL_AGAIN_S:
                answer(control.Status(state))
                said, said_at = state, monotonic()

    def _resolve(self, path: str, keep: Keep, answer: Callable[[control.Answer], None]) -> None:
        results: queue.SimpleQueue[Resolution | EngineError] = queue.SimpleQueue()
        self._ask(lambda: self._engine.resolve(path, keep, results.put))
        while not self._stop.is_set():
            with contextlib.suppress(queue.Empty):
                result = results.get(timeout=TELL_EVERY_S)
                if isinstance(result, EngineError):
                    raise result
                answer(control.Resolved(result))
                return

    def _sync(self, answer: Callable[[control.Answer], None], *, full: bool) -> None:
        reports: queue.SimpleQueue[SyncReport] = queue.SimpleQueue()
        self._ask(lambda: self._engine.sync(reports.put, full=full))
        while not self._stop.is_set():
            try:
                answer(control.Synced(reports.get(timeout=TELL_EVERY_S)))
                return
            except queue.Empty:
                answer(control.Status(self._ask(self._engine.state)))
