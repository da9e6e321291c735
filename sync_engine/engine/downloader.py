"""Brings the content of remote files into staging: located in bulk, few requests, every byte verified.

A job finds one piece of work and does it: it plans what is pending, or pulls a segment, which are many small files out
of one pack or a stretch of a large file, or looks for chunks on this device.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Final, Protocol

from msgspec import Struct

from sync_engine.core.model import NodeId, RemoteNode
from sync_engine.core.operations import Fetch
from sync_engine.engine import locating
from sync_engine.engine.limits import CalledOff
from sync_engine.engine.pulling import Pulling
from sync_engine.engine.room import Room
from sync_engine.engine.segments import FileDownload, Outcome, Run, Segment
from sync_engine.engine.transfers import UNUSABLE, Errands, Outside, Transfer
from sync_engine.errors import EngineError
from sync_engine.ports import Staged


class Nearby(Struct, frozen=True):
    """What of a wanted file may be on this device already; all of it is verified. Paths relative to the root."""

    same: str | None = None
    """A file that has the wanted content."""
    older: str | None = None
    """Another version of it, usually the file that it replaces: chunks they share need no download."""


_NOTHING: Final = Nearby()
_JOBS: Final = 4
"""At once. Each holds little more than a chunk; large files hold up to four segments of 8 MiB."""


class DownloadEvents(Protocol):
    """What a downloader tells. All are called in the control thread, from within ``Workers.collect``."""

    def on_staged(self, files: list[tuple[RemoteNode, Staged]]) -> None:
        """Complete, verified and finished with mtime and mode. Not durable: ``FileSystem.sync`` once before placing.

        From here on they are the receiver's: to put in place, or to discard.
        """

    def on_failed(self, node: RemoteNode, error: EngineError) -> None:
        """This file was given up, after the retries that make sense; nothing of it is left in staging.

        It is no longer under way; fetching it again is the way to try again.
        """


class Downloader:
    """Takes fetches by the thousand and works on them in the background.

    Thread: every method belongs to the control thread.
    """

    def __init__(self, outside: Outside, events: DownloadEvents) -> None:
        self._outside = outside
        self._events = events
        self._pulling = Pulling(outside)
        self._room = Room(outside.filesystem)
        self._under_way: dict[NodeId, FileDownload] = {}
        self._run = self._new_run()

    def fetch(self, fetches: Sequence[Fetch], nearby: Mapping[NodeId, Nearby] | None = None) -> None:
        """Take these on. A node that is under way with the same content is left alone; with another, it starts anew."""
        for fetch in fetches:
            node = fetch.node
            before = self._under_way.get(node.node_id)
            if before is not None and _is_same_file(before.node, node):
                continue
            if before is not None:
                before.drop()
            hint = (nearby or {}).get(node.node_id, _NOTHING)
            download = FileDownload(node, hint.same, hint.older)
            self._under_way[node.node_id] = download
            (self._run.copies if hint.same is not None else self._run.pending).append(download)
        self._run.errands.drop_unwanted()
        self._start_jobs()

    def under_way(self) -> Collection[NodeId]:
        """Asked for, and neither staged nor failed yet."""
        return self._under_way.keys()

    def transfers(self, limit: int = 100) -> list[Transfer]:
        """What is arriving now, for people."""
        arriving = (download for download in self._under_way.values() if download.has_begun or download.arrived)
        shown = list(islice(arriving, limit))
        return [
            Transfer(download.node.node_id, download.node.name, download.node.size, arrived, is_upload=False)
            for download, arrived in zip(shown, self._run.arrived(shown), strict=True)
        ]

    def stop(self, nodes: Collection[NodeId]) -> set[NodeId]:
        """Drop these, staging included; returns those that were under way. No ``on_staged`` or ``on_failed`` comes.

        What is on its way for them alone ends at once, what others need as well goes on.
        """
        found = [download for node_id in nodes if (download := self._under_way.get(node_id)) is not None]
        stopped = {download.node.node_id for download in found if self._is_over(download)}
        if stopped:
            self._run.errands.drop_unwanted()
        return stopped

    def cancel(self) -> None:
        """Drop everything (pause, quit), staging included. Returns at once; threads are free within a second.

        Nothing is under way afterwards, and no ``on_staged`` or ``on_failed`` comes for what was dropped.
        """
        run, self._run = self._run, self._new_run()
        run.errands.cancel()
        for download in self._under_way.values():
            download.drop()
        self._under_way.clear()

    # --- jobs ----------------------------------------------------------------------------------------------------

    def _new_run(self) -> Run:
        return Run(Errands(self._outside))

    def _start_jobs(self) -> None:
        run = self._run
        for _ in range(min(_JOBS - run.jobs, run.waiting())):
            run.jobs += 1
            outcome = Outcome()
            job = partial(self._work, run, outcome)
            self._outside.workers.submit(job, partial(self._settle, run, outcome), "transfer")

    def _work(self, run: Run, outcome: Outcome) -> None:
        """In a worker: find one piece of work, and do it."""
        try:
            with run.lock:
                work = self._find_work(run, outcome)
            if work is not None:
                work()
            else:
                outcome.was_idle = True
        except CalledOff:
            pass

    def _find_work(self, run: Run, outcome: Outcome) -> Callable[[], None] | None:
        """Under the run's lock. What many small files share comes first, then large files in their order."""
        while not run.segments and run.pending:
            empty = locating.plan(run, self._room, self._outside.remote, outcome)
            self._pulling.stage_empty(empty, outcome)
        if run.segments:
            return partial(self._pull, run, run.segments.popleft(), outcome)
        if run.copies:
            return partial(self._copy, run, run.copies.popleft(), outcome)
        run.large = [large for large in run.large if not (large.download.is_over or large.is_claimed())]
        for large in run.large:
            if large.needs_index and not large.is_being_indexed:
                large.is_being_indexed = True
                return partial(self._pulling.index, large, run.patience)
            if large.may_claim():
                try:
                    with run.errands.one(large.is_wanted) as patience:
                        segment = locating.next_segment(large, self._outside.remote, patience)
                except EngineError as error:
                    outcome.fail(large.download, error)
                    continue
                return partial(self._pull, run, segment, outcome)
        return None

    def _pull(self, run: Run, segment: Segment, outcome: Outcome) -> None:
        run.open.append(segment)
        try:
            with run.errands.one(segment.is_wanted) as patience:
                self._pulling.pull(segment, patience, outcome)
        finally:
            run.open.remove(segment)

    def _copy(self, run: Run, download: FileDownload, outcome: Outcome) -> None:
        staged = self._pulling.copy(download, run.patience)
        if staged is None:
            run.pending.append(download)
        else:
            outcome.staged.append((download, staged))

    def _settle(self, run: Run, outcome: Outcome, result: object) -> None:
        """In the control thread, when the job came to its end."""
        run.jobs -= 1
        ready = []
        for download, staged in outcome.staged:
            if self._is_over(download):
                ready.append((download.node, staged))
            else:
                staged.discard()
        if ready:
            self._events.on_staged(ready)
        for download, error in outcome.failed:
            self._fail(download, error)
        if run is not self._run:
            return
        if isinstance(result, BaseException):
            self._crashed(result)
        unusable = next((error for _, error in outcome.failed if isinstance(error, UNUSABLE)), None)
        if unusable is not None:
            for download in [download for download in self._under_way.values() if not download.done]:
                self._fail(download, unusable)
        if not outcome.was_idle or outcome.failed or not run.jobs:
            self._start_jobs()

    def _crashed(self, result: BaseException) -> None:
        """A bug: which files it took along is not known, so all of them start over."""
        error = EngineError(repr(result))
        error.__cause__ = result
        dropped = list(self._under_way.values())
        self.cancel()
        for download in dropped:
            self._events.on_failed(download.node, error)

    def _fail(self, download: FileDownload, error: EngineError) -> None:
        if self._is_over(download):
            self._events.on_failed(download.node, error)

    def _is_over(self, download: FileDownload) -> bool:
        """Take it off the list; False if it was not on it (any more)."""
        node_id = download.node.node_id
        if self._under_way.get(node_id) is not download:
            return False
        del self._under_way[node_id]
        download.drop()
        return True


def _is_same_file(before: RemoteNode, node: RemoteNode) -> bool:
    """Whether what is under way will do: bytes, time and mode."""
    return (before.content, before.mtime_ns, before.executable) == (node.content, node.mtime_ns, node.executable)
