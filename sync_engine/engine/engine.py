"""The engine as everyone else sees it: run it, ask it, tell it. Faces reach it by the control socket or directly."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Literal

from sync_engine.core.agreement import is_in_step
from sync_engine.core.model import NodeId
from sync_engine.core.reports import (
    STOPPED,
    Choice,
    EngineState,
    Exclusion,
    HeldDeletions,
    Keep,
    PathStatus,
    Resolution,
    SyncReport,
    Transfer,
)
from sync_engine.engine.loop import Loop
from sync_engine.engine.strategy import SHOWN_HELD
from sync_engine.engine.sync_run import SyncRun
from sync_engine.engine.unsynced import status_outside
from sync_engine.errors import EngineError, WipeRequested
from sync_engine.ports import Activity, Clock, FileSystem, Problem, Watcher, Workers

PROGRESS_EVERY_S = 0.2
LONGEST_STEP_S = 1.0
COUNT_CONFLICTS_EVERY_S = 5.0
COUNT_FILES_EVERY_S = 2.0
COUNT_FILES_PART = 50.0
"""The time between two counts is so many times the time that one takes."""

_log = logging.getLogger(__name__)


class Engine:
    """Thread: ``run`` and ``run_until_settled`` are the control thread; ``post`` is for all others."""

    def __init__(
        self, loop: Loop, filesystem: FileSystem, workers: Workers, clock: Clock, watcher: Watcher | None
    ) -> None:
        self._loop = loop
        self._filesystem = filesystem
        self._workers = workers
        self._clock = clock
        self._watcher = watcher
        self._runs: list[SyncRun] = []
        self._conflicts = 0
        self._conflicts_counted_at: float | None = None
        self._files = 0
        self._files_counted_at = -1
        """At which change of the journal."""
        self._count_files_at = 0.0

    # --- running -------------------------------------------------------------------------------------------

    def run_until_settled(
        self, on_progress: Callable[[EngineState], None] | None = None, *, full: bool = False
    ) -> SyncReport:
        """One sync without a daemon. Raises: RootError before anything was done; WipeRequested."""
        self._filesystem.check_root()
        reports: list[SyncReport] = []
        self.sync(reports.append, full=full)
        told_at = 0.0
        while not reports:
            self._step(PROGRESS_EVERY_S if on_progress else None)
            if on_progress is not None and self._clock.monotonic() - told_at >= PROGRESS_EVERY_S:
                told_at = self._clock.monotonic()
                on_progress(self.state())
        return reports[0]

    def run(self, stop: threading.Event, on_state: Callable[[EngineState], None] | None = None) -> None:
        """Watch and sync until told to stop; ``on_state`` hears of each change of state, reason or warning.

        Raises: WipeRequested.
        """
        if self._watcher is not None:
            self._watcher.start(lambda dirty: self._workers.post(lambda: self._loop.look(dirty)))
        said = None
        look_at = 0.0
        longest_s = LONGEST_STEP_S
        try:
            while not stop.is_set():
                self._step(longest_s)
                if on_state is None:
                    continue
                left_s = look_at - self._clock.monotonic()
                if left_s > 0:
                    longest_s = left_s  # perhaps nothing follows what was just done
                    continue
                longest_s = LONGEST_STEP_S
                look_at = self._clock.monotonic() + PROGRESS_EVERY_S
                state = self.state()
                if (state.state, state.reason, state.warning) != said:
                    said = (state.state, state.reason, state.warning)
                    on_state(state)
        finally:
            if self._watcher is not None:
                self._watcher.stop()

    def _step(self, longest_s: float | None) -> None:
        """Raises: WipeRequested, once the server has said so: nothing is begun after that."""
        try:
            self._loop.step(longest_s, is_over=self._end_runs)
        except EngineError:
            raise
        except Exception:  # whoever runs this ends, and sends people to the log
            _log.exception("the engine cannot go on")
            raise
        if self._loop.connection.reason == WipeRequested.code:
            raise WipeRequested

    def _end_runs(self) -> bool:
        """Whether one was over."""
        runs = self._runs
        self._runs = [run for run in runs if not run.check()]
        return len(self._runs) < len(runs)

    def close(self) -> None:
        """Call off what is under way and let go of the journal."""
        self._loop.drop_transfers()
        self._loop.journal.close()

    def post(self, call: Callable[[], None]) -> None:
        """From any thread: make this call in the control thread soon."""
        self._workers.post(call)

    # --- commands, in the control thread ------------------------------------------------------------------------

    def sync(self, done: Callable[[SyncReport], None], *, full: bool = False) -> None:
        """Sync until settled and then call ``done``: everything, also what was stopped.

        ``full``: read every file's content again.
        """
        self._loop.lanes.try_stopped()
        if full:
            self._loop.read_again()
        self._runs.append(SyncRun(self._loop, self._clock, done))

    def look_everywhere(self) -> None:
        """Look at the whole folder."""
        self._loop.scan()

    def go_by(self, scan_every_s: float | None) -> None:
        """Settings changed, and perhaps what is ignored and the way to the server: look at the whole folder now and
        then as often as this says, and try the server at once."""
        self._loop.disk.scan_every_s = scan_every_s
        self.look_everywhere()
        self._loop.connection.try_now()

    def pause(self, until_ms: int | None = None) -> None:
        """Until then by the clock on the wall, or until ``resume``."""
        self._loop.pause(until_ms)

    def resume(self) -> None:
        self._loop.resume()

    def hold(self, *, whole: bool = False) -> HeldDeletions | None:
        """``whole``: with all places."""
        return self._loop.strategy.held(whole=whole)

    def hold_apply(self, seen: HeldDeletions | None = None) -> HeldDeletions | None:
        """Go through with the held deletions, if ``seen`` is given only with just those; returns which."""
        held = self._loop.strategy.held(whole=seen is not None and len(seen.paths) > SHOWN_HELD)
        if seen not in (None, held):
            return None
        self._loop.approve_held()
        return held

    def hold_restore(self) -> HeldDeletions | None:
        """Undo the held deletions; returns which."""
        held = self._loop.strategy.held()
        self._loop.dismiss_held()
        return held

    def exclude(self, path: str, known_as: NodeId | None = None) -> Choice:
        """Not on this device any more: what is at this path, or the node that the server is known to have there."""
        return self._loop.exclude(path, known_as)

    def include(self, path: str) -> Choice:
        """On this device again."""
        return self._loop.include(path)

    def resolve(self, path: str, keep: Keep, done: Callable[[Resolution | EngineError], None]) -> None:
        """Resolve the conflict that a path is part of; ``done`` is told what became of it. Raises: RootError."""

        def then(result: Resolution | EngineError) -> None:
            self._conflicts_counted_at = None
            done(result)

        self._loop.resolve(path, keep, then)

    def resolve_now(self, path: str, keep: Keep) -> Resolution:
        """Without a daemon. Raises: EngineError."""
        results: list[Resolution | EngineError] = []
        self.resolve(path, keep, results.append)
        while not results:
            self._loop.step(PROGRESS_EVERY_S, is_over=lambda: bool(results))
        (result,) = results
        if isinstance(result, EngineError):
            raise result
        return result

    # --- questions, in the control thread -------------------------------------------------------------------------

    def state(self) -> EngineState:
        loop = self._loop
        problems = len(loop.problems)
        held = loop.strategy.held()
        state = EngineState(
            pending=loop.pending(),
            problems=problems,
            stopped=len(loop.problems.of_code(STOPPED)),
            conflicts=self._conflict_count(),
            held=held.deletions if held else 0,
            transfers=self._transfers(),
            progress=loop.progress(),
            warning=loop.warning,
            paused_until=loop.paused_until,
            files=self._file_count(),
            changes=loop.journal.changes(),
        )
        self._add_usage(state)
        if loop.disk.root_error is not None:
            state.state, state.reason = "attention", loop.disk.root_error.code
        elif loop.connection.state in {"signed-out", "update-needed"}:
            state.state, state.reason = "signed-out", loop.connection.reason
        elif loop.is_paused:
            state.state = "paused"
        elif loop.connection.state == "offline":
            state.state, state.reason = "offline", loop.connection.reason
        elif not loop.is_settled():
            state.state = "syncing"
        else:
            state.state = "attention" if problems or held else "syncing" if state.pending else "in-step"
        return state

    def state_now(self) -> EngineState:
        """For somebody who asks: whether the folder is still there is looked at first."""
        self._loop.disk.check_root()
        return self.state()

    def state_at_rest(self) -> EngineState:
        """Without a run: what the journal remembers. Nothing is looked at."""
        loop = self._loop
        held = loop.strategy.held()
        pending = len(loop.journal.differing())
        state = EngineState(
            pending=pending,
            problems=len(loop.problems),
            stopped=len(loop.problems.of_code(STOPPED)),
            conflicts=len(self.conflicts()),
            held=held.deletions if held else 0,
            files=loop.journal.files(),
            changes=loop.journal.changes(),
        )
        self._add_usage(state)
        is_unknown = loop.journal.cursor() is None  # nothing was ever compared, so nothing can be said to be in step
        state.state = "attention" if state.problems or held else "syncing" if pending or is_unknown else "in-step"
        return state

    def is_signed_in(self) -> bool | None:
        """As the server said last; ``None`` if it was not asked, or did not answer."""
        connection = self._loop.connection
        if connection.state == "signed-out":
            return False
        return True if connection.state == "online" and connection.has_answered else None

    def _add_usage(self, state: EngineState) -> None:
        usage = self._loop.wire.usage
        state.used_bytes, state.quota_bytes = usage.used_bytes, usage.quota_bytes

    def problems(self) -> list[Problem]:
        return self._loop.problems.all()

    def exclusions(self) -> list[Exclusion]:
        return self._loop.strategy.exclusions.all()

    def conflicts(self) -> list[str]:
        """Paths of the conflicted copies that are in the folder."""
        return self._loop.journal.conflicted_copies()

    def _conflict_count(self) -> int:
        """Looked up now and then only: status is asked for many times a second."""
        now = self._clock.monotonic()
        if self._conflicts_counted_at is None or now - self._conflicts_counted_at > COUNT_CONFLICTS_EVERY_S:
            self._conflicts_counted_at = now
            self._conflicts = len(self.conflicts())
        return self._conflicts

    def _file_count(self) -> int:
        """Counted when something has changed, and so seldom that counting does not matter, however many they are."""
        now, changes = self._clock.monotonic(), self._loop.journal.changes()
        if changes != self._files_counted_at and now >= self._count_files_at:
            self._files, self._files_counted_at = self._loop.journal.files(), changes
            took_s = self._clock.monotonic() - now
            self._count_files_at = now + max(COUNT_FILES_EVERY_S, COUNT_FILES_PART * took_s)
        return self._files

    def activity(self, limit: int) -> list[Activity]:
        """Newest first."""
        return self._loop.journal.activity(limit)

    def _transfers(self) -> list[Transfer]:
        return [
            Transfer(t.path, "up" if t.is_upload else "down", t.done, t.size) for t in self._loop.contents.transfers()
        ]

    def moving(self) -> dict[NodeId, Literal["uploading", "downloading"]]:
        """Files that are under way, so many as people are shown."""
        return {
            transfer.node_id: "uploading" if transfer.is_upload else "downloading"
            for transfer in self._loop.contents.transfers()
        }

    def try_now(self, path: str | None = None) -> None:
        """Try at once what would be tried again later: everything but what was stopped, or one path in any case."""
        if path is None:
            self._loop.try_now()
        else:
            self._loop.try_one(path)

    def stop_transfer(self, path: str) -> None:
        """Let this file be as it is, here and on the server, until somebody has it tried again or it changes."""
        self._loop.stop_transfer(path)

    def status_of(self, path: str) -> PathStatus:
        """Of one path relative to the folder; "" for all of it."""
        loop = self._loop
        loop.disk.check_root()
        if (error := loop.disk.root_error) is not None:
            return PathStatus(path, "problem", error.code)
        if not path:
            is_unknown = loop.journal.cursor() is None
            return PathStatus(path, "pending" if is_unknown or loop.journal.differing() else "in-step")
        problem = loop.problems.at(path)
        if problem is not None:
            state: Literal["pending", "problem"] = "pending" if problem.code == STOPPED else "problem"
            return PathStatus(path, state, problem.code, problem.detail)
        node = loop.journal.local_at(path)
        node_id = loop.strategy.exclusions.at(path) if node is None else node.node_id
        is_excluded = node_id is not None and loop.strategy.exclusions.covering(node_id) is not None
        if node is None:
            if is_excluded:
                return PathStatus(path, "excluded")
            return status_outside(self._filesystem, path, is_on_server=node_id is not None)
        moving = next((t for t in loop.contents.transfers() if t.node_id == node.node_id), None)
        if moving is not None:
            return PathStatus(path, "uploading" if moving.is_upload else "downloading")
        remote = loop.journal.remote([node.node_id]).get(node.node_id)
        synced = loop.journal.synced([node.node_id]).get(node.node_id)
        if is_in_step(node, remote, synced):
            return PathStatus(path, "excluded" if is_excluded else "in-step")
        return PathStatus(path, "pending")
