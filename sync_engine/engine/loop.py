"""The control loop: one thread's ``step()`` that keeps folder and server in step.

Everything slow runs as a job in workers and comes back as a call in this thread. Two lanes hold what must not overlap:

    disk   a look at the folder, or a plan's operations on it: what the engine itself is writing would be taken for
           somebody else's change
    wire   a page of the change feed, or a commit: the remote tree moves by one of them at a time

Uploads, downloads and the wait for news run beside both. A plan is made only when both lanes are free, the folder was
scanned and the feed is read to its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from server_api.contract import messages
from sync_engine.core.agreement import as_synced
from sync_engine.core.model import ContentHash, Cursor, LocalNode, NodeId, RemoteNode, RevisionId
from sync_engine.core.operations import Agree, Fetch, Forget, KeepAside, Offer, Plan, Rebind
from sync_engine.engine import commits, executor
from sync_engine.engine.agenda import Agenda
from sync_engine.engine.connection import Connection
from sync_engine.engine.downloader import Downloader, Nearby
from sync_engine.engine.executor import Outcome, Places
from sync_engine.engine.observer import Observation, Observer
from sync_engine.engine.quiet import Quiet
from sync_engine.engine.strategy import Strategy
from sync_engine.engine.tally import Tally, activity_of, activity_of_commit
from sync_engine.engine.transfers import Outside
from sync_engine.engine.uploader import Uploader
from sync_engine.errors import (
    DiskError,
    EngineError,
    Policy,
    Refused,
    RemoteError,
    RootError,
    Superseded,
    UnknownCursor,
)
from sync_engine.ports import Dirty, Ids, Journal, Outbox, Prepared, Problem, Staged, TransferCounts

ROOT_RETRY_S = 5.0
REFUSED_AGAIN_S = 60.0
REUSE_FROM_BYTES = 8 * 1024 * 1024
"""A changed file of at least this size is worth looking through for chunks that need no download."""
WAIT_FOR_NEWS_S = 50


@dataclass(frozen=True)
class Rhythm:
    """How a run behaves in time. A single run reads what is there and goes; a daemon waits for quiet and for news."""

    quiet_s: float = 0.0
    grace_s: float = 0.0
    scan_every_s: float | None = None
    waits_for_news: bool = False


class Loop:
    """Owns the journal, and with it the truth; thread: one, whoever calls ``step``."""

    def __init__(
        self,
        outside: Outside,
        journal: Journal,
        ids: Ids,
        namespace_id: messages.NamespaceId,
        strategy: Strategy,
        counts: TransferCounts,
        rhythm: Rhythm,
        drain: Callable[[], None] | None = None,
    ) -> None:
        self._outside = outside
        self._filesystem, self._remote = outside.filesystem, outside.remote
        self._workers, self._clock = outside.workers, outside.clock
        self.journal = journal
        self._ids = ids
        self._strategy = strategy
        self._rhythm = rhythm
        self._observer = Observer(outside.filesystem, journal, ids, grace_s=rhythm.grace_s, drain=drain)
        self.uploader = Uploader(outside, namespace_id, self)
        self.downloader = Downloader(outside, self)
        self.agenda = Agenda(outside.clock)
        self.connection = Connection(outside.clock, outside.chance)
        self._quiet = Quiet(outside.clock, rhythm.quiet_s)
        self.tally = Tally(counts)
        self.counts = counts
        self._prepared: dict[NodeId, Prepared] = {}
        self._staged: dict[tuple[NodeId, ContentHash], Staged] = {}
        self._disk_is_busy = False
        self._wire_is_busy = False
        self._is_waiting_for_news = False
        self._feed_is_current = False
        self._was_scanned = False
        self._is_recovered = False
        self._scan_at = 0.0
        self._root_retry_at = 0.0
        self.root_error: RootError | None = None
        self.is_paused = False

    # --- stepping ------------------------------------------------------------------------------------------

    def step(self, longest_s: float | None = None) -> None:
        """Start what can be started, then take in what comes back; waits up to ``longest_s`` for the first of it."""
        self._start_what_can_be()
        self._workers.collect(self._patience(longest_s))

    def _start_what_can_be(self) -> None:
        self.agenda.wake()
        if not self._root_is_good():
            return
        if not self._is_recovered:
            self._recover()
        if self._scan_at <= self._clock.monotonic():
            self.scan()
        self._start_look()
        if self.is_paused or not self.connection.may_try():
            return
        self._start_wire()
        self._start_plan()
        if self._rhythm.waits_for_news:
            self._start_waiting()

    def _patience(self, longest_s: float | None) -> float | None:
        """Until the next thing is due by the clock."""
        due = [self._observer.due(), self.agenda.next_due(), self._scan_at if self._rhythm.scan_every_s else None]
        if not self.is_paused:
            due.append(self.connection.next_try())
        if self.root_error is not None:
            due = [self._root_retry_at]
        now = self._clock.monotonic()
        times = [max(0.0, at - now) for at in due if at is not None]
        if self._disk_is_busy or self._wire_is_busy:  # their end is an event; what is due waits for it
            times = []
        if longest_s is not None:
            times.append(longest_s)
        return min(times, default=None)

    def is_settled(self) -> bool:
        """Nothing is left to do that could be done now: folder and server are in step, but for what waits for a person,
        for a time, or for a reason that may pass."""
        return (
            self._is_recovered
            and self._was_scanned
            and self._feed_is_current
            and not (self._disk_is_busy or self._wire_is_busy)
            and self.journal.outbox() is None
            and self._observer.is_settled()
            and self.agenda.is_empty(ignoring_failures=True)
            and not self.uploader.under_way()
            and not self.downloader.under_way()
        )

    def pending(self) -> int:
        """Nodes that are not known to be in step."""
        return len(self.agenda) + len(self.uploader.under_way()) + len(self.downloader.under_way())

    # --- commands ---------------------------------------------------------------------------------------------

    def scan(self) -> None:
        """Look at the whole folder."""
        every = self._rhythm.scan_every_s
        self._scan_at = self._clock.monotonic() + every if every else float("inf")
        self._observer.mark_everything()

    def look(self, events: Sequence[Dirty]) -> None:
        """What the watcher saw."""
        self._quiet.note(events)
        self._observer.mark(events)

    def refresh(self) -> None:
        """Somebody asks for everything now: no more waiting."""
        self._feed_is_current = False
        self._was_scanned = False
        self.connection.try_now()
        self.agenda.wake_all()
        self._root_retry_at = 0.0
        self.scan()

    def read_again(self) -> None:
        """Have every file's content read: signatures are not believed. The local tree forgets what it knows."""
        self.agenda.plan(self.journal.forget_contents())

    def pause(self) -> None:
        """No traffic. What was under way is dropped and planned again later."""
        self.is_paused = True
        self.drop_transfers()

    def resume(self) -> None:
        self.is_paused = False
        self._feed_is_current = False
        self.connection.try_now()

    def drop_transfers(self) -> None:
        """Call off what is under way; it is planned again."""
        self.agenda.plan(self.uploader.under_way())
        self.agenda.plan(self.downloader.under_way())
        self.uploader.cancel()
        self.downloader.cancel()
        self._remote.interrupt()
        self._outside.store.interrupt()

    # --- start -------------------------------------------------------------------------------------------------------

    def _root_is_good(self) -> bool:
        if self.root_error is None:
            return True
        if self._clock.monotonic() < self._root_retry_at:
            return False
        try:
            self._filesystem.check_root()
        except RootError as error:
            self._root_failed(error)
            return False
        self.root_error = None
        self.refresh()
        return True

    def _root_failed(self, error: RootError) -> None:
        self.root_error = error
        self._root_retry_at = self._clock.monotonic() + ROOT_RETRY_S

    def _recover(self) -> None:
        """After a crash or a plain end: finish what was begun, then compare the trees."""
        self._filesystem.clean_up(self._clock.now_ns())
        self.agenda.plan(self.journal.differing())
        self._is_recovered = True

    # --- the disk lane ---------------------------------------------------------------------------------------------

    def _on_disk(self, job: Callable[[], object], then: Callable[[object], None]) -> None:
        def done(result: object) -> None:
            self._disk_is_busy = False
            then(result)

        self._disk_is_busy = True
        self._workers.submit(job, done)

    def _start_look(self) -> None:
        if self._disk_is_busy:
            return
        look = self._observer.next_look(self._clock.monotonic())
        if look is not None:
            self._on_disk(look, self._looked)
        elif self._observer.is_settled():
            self._was_scanned = True

    def _looked(self, result: object) -> None:
        assert isinstance(result, Observation), result
        try:
            changed = self._observer.take_in(result, self._clock.monotonic())
        except RootError as error:
            self._root_failed(error)
            return
        self.agenda.forget_failures(changed)
        self.agenda.plan(changed)
        with self.journal.transaction():
            self.journal.put_problems(result.unread)

    # --- the wire lane -----------------------------------------------------------------------------------------------

    def _on_wire(self, job: Callable[[], object], then: Callable[[object], None]) -> None:
        def done(result: object) -> None:
            self._wire_is_busy = False
            if isinstance(result, RemoteError):
                self._wire_failed(result)
            elif isinstance(result, BaseException):
                raise result
            else:
                self.connection.succeeded()
                then(result)

        self._wire_is_busy = True
        self._workers.submit(job, done)

    def _wire_failed(self, error: RemoteError) -> None:
        if isinstance(error, UnknownCursor):
            self._merge_anew()
        elif isinstance(error, Superseded):
            self._drop_outbox()
        elif isinstance(error, Refused) and (outbox := self.journal.outbox()) is not None:
            self._commit_refused(outbox, error)
        elif not self.is_paused:
            self.connection.failed(error)

    def _start_wire(self) -> None:
        if self._wire_is_busy:
            return
        if packs := self.journal.packs_under_way():
            if not self.uploader.under_way():
                self._on_wire(
                    lambda: self._remote.seal_packs(packs[: messages.MAX_PACKS_A_REQUEST]), self._packs_sealed
                )
        elif (outbox := self.journal.outbox()) is not None:
            self._send(outbox)
        elif not self._feed_is_current:
            self.journal.discard_gathered()
            cursor = self.journal.cursor()
            self._read_page(cursor or Cursor(bytes(16)), is_whole=cursor is None)

    def _packs_sealed(self, result: object) -> None:
        assert isinstance(result, messages.SealedPacks)
        self.journal.end_packs([*result.sealed, *result.refused])

    def _read_page(self, cursor: Cursor, *, is_whole: bool) -> None:
        def then(page: object) -> None:
            assert isinstance(page, messages.Changes)
            self._page_read(page, is_whole=is_whole)

        self._on_wire(lambda: self._remote.changes(cursor), then)

    def _page_read(self, page: messages.Changes, *, is_whole: bool) -> None:
        journal = self.journal
        if page.commit_number > journal.commit_number():  # a restored or rebuilt journal: an old copy
            with journal.transaction(durable=True):
                journal.set_commit_number(page.commit_number)
            if not is_whole:
                self._merge_anew()
                return
        if page.changes:
            journal.gather(page.changes)
        cursor = Cursor(page.epoch, page.seq, RevisionId(page.revision_id) if page.revision_id else None)
        if not page.complete:
            self._read_page(cursor, is_whole=is_whole)
            return
        changed = journal.switch(cursor, whole=is_whole)
        self.agenda.forget_failures(changed)
        self.agenda.plan(changed)
        self._feed_is_current = True

    def _merge_anew(self) -> None:
        """Another epoch, an old journal: what was agreed is not to be relied on. Deletes nothing."""
        with self.journal.transaction(durable=True):
            self.journal.start_over()
        self._feed_is_current = False
        self.agenda.plan(self.journal.differing())

    def _start_waiting(self) -> None:
        cursor = self.journal.cursor()
        if self._is_waiting_for_news or self._wire_is_busy or not self._feed_is_current or cursor is None:
            return

        def done(result: object) -> None:
            self._is_waiting_for_news = False
            if result is True or isinstance(result, UnknownCursor):
                self._feed_is_current = False
            elif isinstance(result, RemoteError) and not self.is_paused:
                self.connection.failed(result)

        self._is_waiting_for_news = True
        self._workers.submit(lambda: self._remote.wait(cursor, WAIT_FOR_NEWS_S), done, "waiting")

    # --- commits --------------------------------------------------------------------------------------------------------

    def _send(self, outbox: Outbox) -> None:
        def then(response: object) -> None:
            assert isinstance(response, messages.CommitResponse)
            self._committed(outbox, response)

        self._on_wire(lambda: self._remote.commit(outbox.request), then)

    def _committed(self, outbox: Outbox, response: messages.CommitResponse) -> None:
        now_ms = self._clock.now_ns() // 1_000_000
        settled = commits.record(self.journal, outbox, response, now_ms)
        self._feed_is_current = settled.is_current
        applied = {NodeId(operation.node_id) for operation in settled.applied}
        for node_id in applied:
            self._prepared.pop(node_id, None)
        self.agenda.forget_failures(applied)
        self.agenda.plan(settled.unsettled)
        self.tally.committed(settled.applied)
        paths = self._paths_of([node for node in outbox.nodes if isinstance(node, LocalNode)])
        self.journal.add_activity(activity_of_commit(settled.applied, paths, now_ms))
        for operation, refused in settled.refused:
            self._refused(NodeId(operation.node_id), refused, paths.get(operation.node_id, ""))

    def _refused(self, node_id: NodeId, refused: messages.Refused, path: str) -> None:
        match refused.reason:
            case messages.Refusal.MISSING:
                self.uploader.distrust(refused.missing)
                self._prepared.pop(node_id, None)
                self.agenda.plan([node_id])
            case messages.Refusal.QUOTA | messages.Refusal.FORBIDDEN | messages.Refusal.INVALID:
                self._problem(path, refused.reason.value, refused.detail, node_id)
                self.agenda.retry(node_id)
            case _:  # others were there first: read what they did, then plan again
                self._feed_is_current = False
                self.agenda.retry(node_id)

    def _commit_refused(self, outbox: Outbox, error: Refused) -> None:
        """The server will not take this request, however often it comes."""
        nodes = [NodeId(operation.node_id) for operation in outbox.request.operations]
        self._drop_outbox()
        for node_id in nodes:
            self.agenda.retry(node_id)
            self._problem(self.journal.local_path(node_id) or "", error.problem_code, str(error), node_id)

    def _drop_outbox(self) -> None:
        with self.journal.transaction(durable=True):
            self.journal.clear_outbox()
        self._feed_is_current = False

    # --- plans -----------------------------------------------------------------------------------------------------------

    def _start_plan(self) -> None:
        if self._disk_is_busy or self._wire_is_busy or not (self._was_scanned and self._feed_is_current):
            return
        if not self.agenda.nodes or self.journal.outbox() is not None:
            return
        busy = {*self.uploader.under_way(), *self.downloader.under_way(), *self._observer.waiting()}
        dirty = self.agenda.nodes - busy
        if not dirty:
            return
        plan, looked_at = self._strategy.plan(
            self.journal,
            dirty,
            in_flight=busy | self.agenda.postponed(),
            prepared=self._prepared,
            staged=self._staged.keys(),
        )
        self.agenda.nodes -= looked_at
        self._record_at_once(plan)
        self._start_transfers(plan)
        if plan.local:
            self._carry_out(plan)
        else:
            self._commit(plan)

    def _record_at_once(self, plan: Plan) -> None:
        journal = self.journal
        rebound = [op for op in (*plan.journal, *plan.local) if isinstance(op, Rebind | KeepAside)]
        forgotten = [op.node_id for op in plan.journal if isinstance(op, Forget)]
        with journal.transaction(durable=bool(rebound)):
            journal.put_synced([as_synced(op.node) for op in plan.journal if isinstance(op, Agree)])
            for operation in rebound:
                journal.rebind_local(operation.node.node_id, operation.becomes)
            journal.drop_synced([*forgotten, *(op.node.node_id for op in rebound)])
            journal.drop_remote(forgotten)
            journal.put_problems(self._strategy.problems(journal, plan))
        for operation in rebound:
            self._prepared.pop(operation.node.node_id, None)
            self.agenda.plan([operation.node.node_id, operation.becomes])

    def _carry_out(self, plan: Plan) -> None:
        places = Places.for_operations(self.journal, plan.local)
        job = executor.Job(self._filesystem, plan.local, places, dict(self._staged), self._strategy.conflicted_name)

        def then(result: object) -> None:
            if isinstance(result, DiskError):
                self._disk_failed([op.node.node_id for op in plan.local], result)
                return
            assert isinstance(result, list), result
            self._carried_out(plan, result)

        self._on_disk(job, then)

    def _carried_out(self, plan: Plan, outcomes: list[Outcome]) -> None:
        settled = executor.record(self.journal, outcomes)
        self.tally.carried_out(outcomes)
        self.journal.add_activity(activity_of(outcomes, self._clock.now_ns() // 1_000_000))
        self._observer.mark([Dirty(outcome.kept_as, closed=True) for outcome in outcomes if outcome.kept_as])
        for outcome in outcomes:
            operation = outcome.operation
            node_id = operation.node.node_id
            if isinstance(operation.node, RemoteNode) and operation.node.content is not None:
                staged = self._staged.pop((node_id, operation.node.content), None)
                if staged is not None and outcome.error is not None:
                    staged.discard()
            if outcome.error is not None:
                self._disk_failed([node_id], outcome.error)
            elif node_id not in settled:
                self.agenda.plan([node_id])
        self._strategy.note_unremovable(outcomes)
        if all(outcome.error is None for outcome in outcomes):
            self._commit(plan)
        else:
            self.agenda.plan(op.node.node_id for op in plan.remote)

    def _commit(self, plan: Plan) -> None:
        if not plan.remote:
            return
        if self._wire_is_busy or not self._feed_is_current:
            self.agenda.plan(op.node.node_id for op in plan.remote)
            return
        cursor = self.journal.cursor()
        assert cursor is not None
        outbox = commits.compose(self.journal, plan.remote, self._prepared, cursor, self._ids)
        self.agenda.plan(op.node.node_id for op in plan.remote[len(outbox.nodes) :])
        self._send(outbox)

    # --- transfers ----------------------------------------------------------------------------------------------------------

    def _start_transfers(self, plan: Plan) -> None:
        if plan.offers:
            paths = self._paths_of([offer.node for offer in plan.offers])
            ready: list[tuple[str, Offer]] = []
            for offer in plan.offers:
                path = paths[offer.node.node_id]
                wait_s = self._quiet.wait_s(path, offer.node.signature)
                if wait_s > 0:
                    self.agenda.postpone([offer.node.node_id], wait_s)
                else:
                    ready.append((path, offer))
            self.uploader.offer(ready)
        if plan.fetches:
            self.downloader.fetch(plan.fetches, self._nearby(plan.fetches))

    def _paths_of(self, nodes: Sequence[LocalNode]) -> dict[bytes, str]:
        places = Places.load(self.journal, {node.parent_id for node in nodes})
        return {node.node_id: places.of(node) for node in nodes}

    def _nearby(self, fetches: Iterable[Fetch]) -> dict[NodeId, Nearby]:
        large = [fetch.node.node_id for fetch in fetches if fetch.node.size >= REUSE_FROM_BYTES]
        here = [node for node in self.journal.local(large).values() if node.signature.size >= REUSE_FROM_BYTES]
        return {NodeId(node_id): Nearby(older=path) for node_id, path in self._paths_of(here).items()}

    def on_prepared(self, files: list[Prepared]) -> None:
        """Of ``UploadEvents``: what was read is known from now on, if the file is still what it was."""
        current = self.journal.local(file.node_id for file in files)
        known = []
        for file in files:
            node = current.get(file.node_id)
            if node is not None and node.signature == file.signature:
                known.append(executor.read_as(node, file))
                self._prepared[file.node_id] = file
        with self.journal.transaction():
            self.journal.put_local(known)
        self.agenda.plan(file.node_id for file in files)
        self.connection.succeeded()

    def on_staged(self, files: list[tuple[RemoteNode, Staged]]) -> None:
        """Of ``DownloadEvents``."""
        for node, staged in files:
            assert node.content is not None
            older = self._staged.pop((node.node_id, node.content), None)
            if older is not None:
                older.discard()
            self._staged[node.node_id, node.content] = staged
        self.agenda.plan(node.node_id for node, _ in files)
        self.connection.succeeded()

    def on_failed(self, node: LocalNode | RemoteNode, error: EngineError) -> None:
        """Of both."""
        node_id = node.node_id
        if isinstance(error, DiskError):
            self._disk_failed([node_id], error)
            return
        if isinstance(error, Refused):
            self._problem(self.journal.local_path(node_id) or node.name, error.problem_code, str(error), node_id)
        elif isinstance(error, RemoteError) and not self.is_paused:
            self.connection.failed(error)
        self.agenda.retry(node_id)

    def on_pack_begun(self, pack_id: bytes) -> None:
        """Of ``UploadEvents``."""
        with self.journal.transaction(durable=True):
            self.journal.begin_pack(pack_id)

    def on_packs_ended(self, pack_ids: Sequence[bytes]) -> None:
        """Of ``UploadEvents``."""
        with self.journal.transaction():
            self.journal.end_packs(pack_ids)

    # --- problems -----------------------------------------------------------------------------------------------------------------

    def _disk_failed(self, node_ids: Iterable[NodeId], error: DiskError) -> None:
        """One item waits; the rest goes on."""
        if error.policy is Policy.REPLAN:
            self._observer.mark([Dirty(error.path, closed=True)])
            self.agenda.plan(node_ids)
            return
        for node_id in node_ids:
            self._problem(error.path, error.code, str(error), node_id)
            self.agenda.retry(node_id)

    def _problem(self, path: str, code: str, detail: str, node_id: NodeId) -> None:
        with self.journal.transaction():
            self.journal.put_problems([Problem(path, code, detail, node_id)])
