"""The disk lane: looks at the folder and what is done in it, one job at a time, for what the engine itself is writing
would be taken for somebody else's change.

It also keeps an eye on the root: as long as that cannot be used nothing is looked at, and nothing is taken for gone.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Protocol

from sync_engine.core.model import ContentHash, NodeId
from sync_engine.core.operations import Plan
from sync_engine.core.reports import Keep, Resolution
from sync_engine.engine import executor, resolving
from sync_engine.engine.executor import ConflictName, Outcome
from sync_engine.engine.observer import Observation, Observer
from sync_engine.engine.pairing import Pairing
from sync_engine.engine.places import Places
from sync_engine.engine.recording import record_unrecorded
from sync_engine.errors import DiskError, EngineError, RootError, RootUnreadable
from sync_engine.ports import Clock, Dirty, Disturbed, FileSystem, Journal, Staged, Workers

ROOT_RETRY_S = 5.0
RESCUE_AFTER_S = 11.0
"""How long after something was displaced it is looked at again: the trash tells of what is older than 10 s."""
UNREAD_RETRY_S = 60.0
"""What could not be looked at is tried again: who is allowed to again, or closes a file, tells nobody."""
_NEVER = float("inf")

_log = logging.getLogger(__name__)


class DiskEvents(Protocol):
    """What the lane tells, in the control thread."""

    def on_root_found(self) -> None:
        """For the first time: nothing is known yet of what happened before."""

    def on_root_lost(self, nodes: Iterable[NodeId]) -> None:
        """In the midst of operations: what was done of these is not known before the next look."""

    def on_root_back(self) -> None:
        """After a time in which it could not be used."""

    def on_parted(self) -> None:
        """The folder is not the one that the journal tells of, or one of them is an old copy: what was agreed is not to
        be relied on."""

    def on_looked(self, observation: Observation, changed: set[NodeId], turned_up: AbstractSet[NodeId]) -> None:
        """The local tree has what was seen.

        ``changed`` appeared, changed, moved or are gone. ``turned_up`` are not waited for any more: they are here, or
        gone for good.
        """

    def on_carried_out(self, plan: Plan, outcomes: list[Outcome]) -> None:
        """Each operation was done, or failed by itself."""

    def on_disk_failed(self, nodes: Iterable[NodeId], error: DiskError) -> None:
        """The disk as a whole: what was done of these is not known before the next look."""

    def on_rescued(self, copies: list[str]) -> None:
        """Paths of conflicted copies that something displaced became."""


class Disk:
    """Thread: the control thread's.

    Attributes:
        is_busy: a job is out.
        root_error: why the folder cannot be used; ``None`` while it can.
        was_scanned: the local tree is true, as far as the watcher told.
    """

    def __init__(
        self,
        filesystem: FileSystem,
        workers: Workers,
        clock: Clock,
        journal: Journal,
        observer: Observer,
        conflict_name: ConflictName,
        events: DiskEvents,
        *,
        pairing: Pairing,
        scan_every_s: float | None,
    ) -> None:
        self._filesystem = filesystem
        self._workers = workers
        self._clock = clock
        self._journal = journal
        self._observer = observer
        self._pairing = pairing
        self._conflict_name = conflict_name
        self._events = events
        self.scan_every_s = scan_every_s
        """How often the whole folder is looked at; ``None``: not by itself."""
        self.is_busy = False
        self.root_error: RootError | None = None
        self.was_scanned = False
        self._was_found = False
        self._is_tidy = False
        """What a crash or a failure of the disk left aside is back in its place. Before that nothing is looked at: it
        would be missing."""
        self._errands: deque[Callable[[], None]] = deque()
        """What people want done, as soon as the lane is free."""
        self._scan_at = 0.0
        self._rescue_at = _NEVER
        self._unrescued: list[Disturbed] = []
        self._root_retry_at = 0.0
        self._unread: set[str] = set()
        self._unread_at = _NEVER

    # --- what there is to do -------------------------------------------------------------------------------

    def start(self) -> bool:
        """Begin the next job, if one is due and none is out. Returns whether the root can be used."""
        if not self._is_root_good():
            return False
        if self._scan_at <= self._clock.monotonic():
            self.scan()
            self.renew_pairing()
        if self._unread_at <= self._clock.monotonic():
            self._look_at_unread()
        while self._errands and not self.is_busy:
            self._errands.popleft()()
        self._start_rescue()
        self._start_look()
        return True

    def next_due(self) -> float | None:
        """When ``start`` has something to do without any event; ``None``: an event comes first."""
        if self.root_error is not None:
            return self._root_retry_at
        if self.is_busy:
            return None
        times = (self._observer.due(), self._scan_at, self._rescue_at, self._unread_at)
        due = [at for at in times if at is not None and at < _NEVER]
        return min(due, default=None)

    def is_ready(self) -> bool:
        """The local tree stands still and is true: a plan can be made."""
        return self.was_scanned and not self.is_busy and self.root_error is None

    def is_settled(self) -> bool:
        """Nothing is under way or waits to be looked at or done."""
        is_idle = not self.is_busy and not self._errands
        return self._was_found and self.was_scanned and is_idle and self._observer.is_settled()

    def waiting(self) -> AbstractSet[NodeId]:
        """Nodes that are not where they were and may turn up elsewhere."""
        return self._observer.waiting()

    def scan(self) -> None:
        """Look at the whole folder."""
        every = self.scan_every_s
        self._scan_at = self._clock.monotonic() + every if every else _NEVER
        self._observer.mark_everything()

    def doubt(self) -> None:
        """Somebody asks for everything now: nothing is planned before the whole folder was looked at."""
        self.was_scanned = False
        self._root_retry_at = 0.0
        self.scan()

    def mark(self, dirties: Iterable[Dirty]) -> None:
        """Look at these."""
        self._observer.mark(dirties)

    def mark_saved(self, paths: Iterable[str]) -> None:
        """Look at these, which are complete."""
        self._observer.mark(Dirty(path, closed=True) for path in paths)

    # --- the root ------------------------------------------------------------------------------------------

    def _is_root_good(self) -> bool:
        if self._is_tidy and self.root_error is None:
            return True
        if self._clock.monotonic() < self._root_retry_at:
            return False
        try:
            self._filesystem.check_root()
            self._filesystem.clean_up(self._clock.now_ns())
            self._unrescued = []  # it finds them again
            self._is_tidy = True
            self._rescue_at = self._clock.monotonic()
            is_parted = not self._pairing.holds()
            if not is_parted and not self._was_found:  # else what was announced is of another time, or recorded
                record_unrecorded(self._journal, self._filesystem)
        except RootError as error:
            self._root_failed(error)
            return False
        except DiskError as error:  # nothing is looked at before what a crash left is back in its place
            self._root_failed(RootUnreadable(str(error)))
            return False
        was_lost, self.root_error = self.root_error is not None, None
        if is_parted:
            self._events.on_parted()
        if not self._was_found:
            self._was_found = True
            self._events.on_root_found()
        if was_lost:
            self._events.on_root_back()
        self._scan_at = 0.0
        return True

    def _root_failed(self, error: RootError) -> None:
        _log.warning("the folder cannot be used: %s: %s", error.code, error)
        self.root_error = error
        self._is_tidy = False
        self._root_retry_at = self._clock.monotonic() + ROOT_RETRY_S

    def check_root(self) -> None:
        """Somebody asks how things stand. A folder that went away is known at once, before the watcher notices."""
        if not self._was_found or self.root_error is not None or self.is_busy:
            return
        try:
            self._filesystem.check_root()
        except RootError as error:
            self._root_failed(error)

    def renew_pairing(self) -> None:
        """From now on, copies of folder or journal that were made before can be told from them."""
        if self._was_found and self.root_error is None:
            try:
                self._pairing.renew()
            except RootError as error:
                self._root_failed(error)

    # --- jobs ----------------------------------------------------------------------------------------------

    def _run(self, job: Callable[[], object], then: Callable[[object], None]) -> None:
        def done(result: object) -> None:
            self.is_busy = False
            then(result)

        self.is_busy = True
        self._workers.submit(job, done)

    def _start_look(self) -> None:
        if self.is_busy or self.root_error is not None:
            return
        look = self._observer.next_look(self._clock.monotonic())
        if look is not None:
            self._run(look, self._looked)
        elif self._observer.is_settled():
            self.was_scanned = True

    def _looked(self, result: object) -> None:
        assert isinstance(result, Observation), result
        waiting = self._observer.waiting()
        if result.unread:
            self._unread.update(problem.path for problem in result.unread)
            self._unread_at = self._clock.monotonic() + UNREAD_RETRY_S
        try:
            changed = self._observer.take_in(result, self._clock.monotonic())
        except RootError as error:
            self._root_failed(error)
            return
        self._events.on_looked(result, changed, waiting - self._observer.waiting())

    def _look_at_unread(self) -> None:
        unread, self._unread, self._unread_at = self._unread, set(), _NEVER
        self.mark(Dirty(path, everything=True) for path in sorted(unread))

    def _start_rescue(self) -> None:
        """What was displaced is looked at again: a program may have held it open, and written on."""
        if self.is_busy or self._rescue_at > self._clock.monotonic():
            return

        def then(result: object) -> None:
            if isinstance(result, executor.Rescued):
                self._unrescued = result.waiting
                self.mark_saved(result.copies)
                self._events.on_rescued(result.copies)
                if result.waiting:
                    self._rescue_later()
            else:
                _log.warning("the trash could not be looked at: %r", result)
                self._rescue_later()

        self._rescue_at = _NEVER
        now_ns, waiting = self._clock.now_ns(), self._unrescued
        self._run(lambda: executor.rescue(self._filesystem, now_ns, self._conflict_name, waiting), then)

    def _rescue_later(self) -> None:
        self._rescue_at = self._clock.monotonic() + RESCUE_AFTER_S

    def carry_out(self, plan: Plan, staged: Mapping[tuple[NodeId, ContentHash], Staged]) -> None:
        """The plan's operations on the disk. Only when ``is_ready``."""
        places = Places.for_operations(self._journal, plan.local)
        job = executor.Job(self._filesystem, plan.local, places, dict(staged), self._conflict_name)

        def then(result: object) -> None:
            nodes = [operation.node.node_id for operation in plan.local]
            if isinstance(result, RootError):
                self._root_failed(result)
                self._events.on_root_lost(nodes)
                return
            if isinstance(result, DiskError):
                self._is_tidy = False
                self.scan()
                self._events.on_disk_failed(nodes, result)
                return
            assert isinstance(result, list), result
            if any(executor.displaces(outcome.operation) for outcome in result):
                self._rescue_later()
            self.mark(executor.to_look_at(result))
            self._events.on_carried_out(plan, result)

        self._run(job, then)

    def resolve(self, path: str, keep: Keep, then: Callable[[Resolution | EngineError], None]) -> None:
        """Resolve a conflict as soon as the lane is free; ``then`` is told what became of it. Raises: RootError."""
        if self.root_error is not None:
            raise self.root_error

        def done(result: object) -> None:
            if isinstance(result, resolving.Resolved):
                self.mark_saved(result.touched)
                self._rescue_later()
                then(result.resolution)
            else:
                self.mark_saved([path])
                then(result if isinstance(result, EngineError) else EngineError(repr(result)))

        def errand() -> None:
            job = resolving.prepare(self._journal, self._filesystem, path, keep, self._conflict_name)
            if isinstance(job, Resolution):
                then(job)
            else:
                self._run(job, done)

        self._errands.append(errand)
