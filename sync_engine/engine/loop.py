"""The control loop: one thread's ``step()`` that keeps folder and server in step.

Everything slow runs as a job in workers and comes back as a call in this thread. Two lanes hold what must not overlap:

    disk   a look at the folder, or a plan's operations on it: what the engine itself is writing would be taken for
           somebody else's change
    wire   a page of the change feed, or a commit: the remote tree moves by one of them at a time (``wire.py``)

Uploads, downloads (``contents.py``) and the wait for news run beside both. A plan is made only when both lanes are
free, the folder was scanned and the feed is read to its end.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from server_api.contract import messages
from sync_engine.core.model import LocalNode, NodeId, RemoteNode
from sync_engine.core.operations import Agree, Disagree, Forget, KeepAside, Plan, Rebind, TrashLocal
from sync_engine.core.reports import Choice, Keep, Progress, Resolution
from sync_engine.engine import executor, resolving
from sync_engine.engine.agenda import Agenda
from sync_engine.engine.commits import Settled
from sync_engine.engine.connection import Connection
from sync_engine.engine.contents import Contents, paths_of
from sync_engine.engine.executor import Outcome, Places
from sync_engine.engine.observer import Observation, Observer
from sync_engine.engine.problems import Problems
from sync_engine.engine.quiet import Quiet
from sync_engine.engine.strategy import Strategy, problems_of
from sync_engine.engine.tally import Tally, activity_of, activity_of_commit
from sync_engine.engine.transfers import Outside
from sync_engine.engine.wire import Wire, nodes_of
from sync_engine.errors import DiskError, EngineError, Policy, Refused, RemoteError, RootError
from sync_engine.ports import Dirty, Ids, Journal, Outbox, Problem, TransferCounts

_log = logging.getLogger(__name__)

ROOT_RETRY_S = 5.0
RESCUE_AFTER_S = 11.0
"""How long after something was displaced it is looked at again: the trash tells of what is older than 10 s."""


Errand = tuple[Callable[[], Callable[[], object] | None], Callable[[object], None]]
"""Says, in the control thread, what to do on the disk, if anything is; and takes in what came of it."""


@dataclass(frozen=True)
class Rhythm:
    """How a run behaves in time. A single run reads what is there and goes; a daemon waits for quiet and for news."""

    quiet_s: float = 0.0
    grace_s: float = 0.0
    scan_every_s: float | None = None
    waits_for_news: bool = False


class Loop:
    """Owns the journal, and with it the truth. Thread: one, whoever calls ``step``."""

    def __init__(
        self,
        outside: Outside,
        journal: Journal,
        ids: Ids,
        namespace_id: messages.NamespaceId,
        strategy: Strategy,
        *,
        counts: TransferCounts,
        rhythm: Rhythm,
        drain: Callable[[], None] | None = None,
    ) -> None:
        self._filesystem = outside.filesystem
        self._workers = outside.workers
        self._clock = outside.clock
        self._rhythm = rhythm
        self._quiet = Quiet(outside.clock, rhythm.quiet_s)
        self._observer = Observer(outside.filesystem, journal, ids, grace_s=rhythm.grace_s, drain=drain)
        self.journal = journal
        self.strategy = strategy
        self.agenda = Agenda(outside.clock)
        self.connection = Connection(outside.clock, outside.chance)
        self.contents = Contents(outside, journal, namespace_id, self._quiet, self)
        self.wire = Wire(journal, outside.remote, outside.workers, self.connection, outside.clock, ids, self)
        self.problems = Problems(journal)
        self.counts = counts
        self.tally = Tally(counts)
        self.root_error: RootError | None = None
        self.is_paused = False
        self._held_back: set[NodeId] = set()
        """Planned again after any result."""
        self._errands: deque[Errand] = deque()
        """What people want done on the disk, as soon as it is free."""
        self._disk_is_busy = False
        self._is_recovered = False
        self._was_scanned = False
        self._scan_at = 0.0
        self._rescue_at = float("inf")
        self._root_retry_at = 0.0

    # --- stepping ------------------------------------------------------------------------------------------

    def step(self, longest_s: float | None = None, *, is_over: Callable[[], bool] = lambda: False) -> None:
        """Start what can be started, then take in what comes back; waits up to ``longest_s`` for the first of it.

        Args:
            longest_s: seconds; ``None`` where nothing but an event or a time that is due ends the wait.
            is_over: asked in between. What was started may have settled everything without leaving anything to wait
                for; then there is no wait.
        """
        self._start()
        if not is_over():
            self._workers.collect(self._patience(longest_s))

    def _start(self) -> None:
        self.agenda.wake()
        if not self._root_is_good():
            return
        if not self._is_recovered:
            self._recover()
        if self._scan_at <= self._clock.monotonic():
            self.scan()
        self._start_errand()
        self._start_rescue()
        self._start_look()
        if self.is_paused or not self.connection.may_try():
            return
        self.wire.start(seals=not self.contents.is_uploading())
        self._start_plan()
        if self._rhythm.waits_for_news:
            self.wire.wait_for_news()

    def _patience(self, longest_s: float | None) -> float | None:
        """Seconds until the next thing is due by the clock."""
        if self._plannable():
            return 0.0
        if self.root_error is not None:
            due: list[float | None] = [self._root_retry_at]
        elif self._disk_is_busy or self.wire.is_busy:  # their end is an event; what is due waits for it
            due = []
        else:
            due = [self._observer.due(), self.agenda.next_due(), self._scan_at, self._rescue_at]
            due.append(None if self.is_paused else self.connection.next_try())
        now = self._clock.monotonic()
        waits = [max(0.0, at - now) for at in due if at is not None and at < float("inf")]
        return min([*waits, longest_s] if longest_s is not None else waits, default=None)

    def is_settled(self) -> bool:
        """Nothing is left that could be done now: folder and server are in step, but for what waits for a person, or
        failed and is tried again later."""
        return (
            self._is_recovered
            and self._was_scanned
            and self.wire.is_ready()
            and self.is_idle()
            and self._observer.is_settled()
            and self.agenda.is_empty()
            and not self._errands
        )

    def is_idle(self) -> bool:
        """No job is out."""
        return not self._disk_is_busy and not self.wire.is_busy and self.contents.is_idle()

    def tidy(self) -> None:
        """Somebody's sync is over: set the progress back."""
        if self.is_settled():
            self.contents.tidy()

    def pending(self) -> int:
        """Nodes that are not known to be in step."""
        return len(self.agenda) + len(self.contents.under_way())

    def progress(self) -> Progress:
        contents = self.contents
        done = Progress(
            "waiting", contents.files_done, contents.files_total, contents.bytes_done(), contents.bytes_total
        )
        if not contents.is_idle():
            done.phase = "transferring"
        elif not self._was_scanned:
            done.phase = "scanning"
        elif not self.is_settled():
            done.phase = "comparing"
        return done

    # --- commands ------------------------------------------------------------------------------------------

    def scan(self) -> None:
        """Look at the whole folder."""
        every = self._rhythm.scan_every_s
        self._scan_at = self._clock.monotonic() + every if every else float("inf")
        self._observer.mark_everything()

    def look(self, events: Sequence[Dirty]) -> None:
        """What the watcher saw."""
        self.agenda.wake_now(self._quiet.note(events))
        self._observer.mark(events)

    def refresh(self) -> None:
        """Somebody asks for everything now: no more waiting."""
        self.wire.doubt()
        self.connection.try_now()
        self.agenda.wake_all()
        self._was_scanned = False
        self._root_retry_at = 0.0
        self.scan()

    def read_again(self) -> None:
        """Have every file's content read: what the local tree knows of it is not believed."""
        self.agenda.plan(self.journal.forget_contents())

    def pause(self) -> None:
        """No traffic. What was under way is dropped, and planned again later."""
        self.is_paused = True
        self.drop_transfers()

    def resume(self) -> None:
        self.is_paused = False
        self.wire.doubt()
        self.connection.try_now()

    def drop_transfers(self) -> None:
        self.agenda.plan(self.contents.cancel())
        self.wire.interrupt()

    def approve_held(self) -> None:
        """Go through with the deletions that wait for a person's word."""
        self.agenda.plan(self.strategy.approve())

    def dismiss_held(self) -> None:
        """Undo them."""
        self.agenda.plan(self.strategy.dismiss())

    def exclude(self, path: str, known_as: NodeId | None = None) -> Choice:
        """What is at this path is not wanted on this device, nor what is below it."""
        return self._chosen(*self.strategy.exclusions.add(path, known_as))

    def include(self, path: str) -> Choice:
        """It is wanted again."""
        return self._chosen(*self.strategy.exclusions.remove(path))

    def resolve(self, path: str, keep: Keep, then: Callable[[Resolution | EngineError], None]) -> None:
        """Resolve a conflict; ``then`` is told what became of it. Raises: RootError."""
        if self.root_error is not None:
            raise self.root_error

        def done(result: object) -> None:
            if isinstance(result, resolving.Resolved):
                self._observer.mark([Dirty(touched, closed=True) for touched in result.touched])
                self._rescue_at = self._clock.monotonic() + RESCUE_AFTER_S
                then(result.resolution)
            else:
                self._observer.mark([Dirty(path, closed=True)])
                then(result if isinstance(result, EngineError) else EngineError(repr(result)))

        def prepared() -> Callable[[], object] | None:
            name = self.strategy.conflicted_name
            job = resolving.prepare(self.journal, self._filesystem, path, keep, name)
            if isinstance(job, Resolution):
                then(job)
                return None
            return job

        self._errands.append((prepared, done))

    def _start_errand(self) -> None:
        while self._errands and not self._disk_is_busy:
            prepare, done = self._errands.popleft()
            job = prepare()
            if job is not None:
                self._on_disk(job, done)

    def _chosen(self, choice: Choice, nodes: set[NodeId]) -> Choice:
        self.agenda.plan(nodes)
        self.agenda.plan(self.strategy.take_unremovable())
        self._something_happened()
        return choice

    # --- the root ------------------------------------------------------------------------------------------

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
        _log.warning("the folder cannot be used: %s: %s", error.code, error)
        self.root_error = error
        self._root_retry_at = self._clock.monotonic() + ROOT_RETRY_S

    def _recover(self) -> None:
        """After a crash as after a plain end: tidy up, then compare the trees."""
        try:
            self._filesystem.check_root()
            self._filesystem.clean_up(self._clock.now_ns())
        except RootError as error:
            self._root_failed(error)
            return
        self.agenda.plan(self.journal.differing())
        self.agenda.plan(self.strategy.exclusions.nodes)
        self._rescue_at = self._clock.monotonic()
        self._is_recovered = True

    # --- the disk lane -------------------------------------------------------------------------------------

    def _on_disk(self, job: Callable[[], object], then: Callable[[object], None]) -> None:
        def done(result: object) -> None:
            self._disk_is_busy = False
            then(result)

        self._disk_is_busy = True
        self._workers.submit(job, done)

    def _start_look(self) -> None:
        if self._disk_is_busy or self.root_error is not None:
            return
        look = self._observer.next_look(self._clock.monotonic())
        if look is not None:
            self._on_disk(look, self._looked)
        elif self._observer.is_settled():
            self._was_scanned = True

    def _start_rescue(self) -> None:
        """What was displaced is looked at again: a program may have held it open, and written on."""
        if self._disk_is_busy or self.root_error is not None or self._rescue_at > self._clock.monotonic():
            return

        def then(result: object) -> None:
            if isinstance(result, list):
                self.tally.conflicts.extend(result)
                self._observer.mark([Dirty(path, closed=True) for path in result])

        self._rescue_at = float("inf")
        now_ns = self._clock.now_ns()
        self._on_disk(lambda: executor.rescue(self._filesystem, now_ns, self.strategy.conflicted_name), then)

    def _looked(self, result: object) -> None:
        assert isinstance(result, Observation), result
        try:
            changed = self._observer.take_in(result, self._clock.monotonic())
        except RootError as error:
            self._root_failed(error)
            return
        self.problems.take_in(result)
        if changed:
            self.agenda.forget_failures(changed)
            self.agenda.plan(changed)
            self.agenda.plan(self.strategy.take_unremovable())

    def _carry_out(self, plan: Plan) -> None:
        places = Places.for_operations(self.journal, plan.local)
        staged = dict(self.contents.staged)
        job = executor.Job(self._filesystem, plan.local, places, staged, self.strategy.conflicted_name)

        def then(result: object) -> None:
            if isinstance(result, DiskError):
                self._disk_failed([operation.node.node_id for operation in plan.local], result)
                return
            assert isinstance(result, list), result
            self._carried_out(plan, result)

        self._on_disk(job, then)

    def _carried_out(self, plan: Plan, outcomes: list[Outcome]) -> None:
        in_step = executor.record(self.journal, outcomes)
        self.contents.placed(outcomes)
        self.strategy.note(outcomes)
        if any(executor.displaces(outcome.operation) for outcome in outcomes):
            self._rescue_at = self._clock.monotonic() + RESCUE_AFTER_S
        self.tally.carried_out(outcomes)
        with self.journal.transaction():
            self.journal.add_activity(activity_of(outcomes, self._clock.now_ns() // 1_000_000))
        self._observer.mark(executor.to_look_at(outcomes))
        for outcome in outcomes:
            node_id = outcome.operation.node.node_id
            if outcome.error is not None:
                self._disk_failed([node_id], outcome.error)
            elif node_id not in in_step:
                self.agenda.plan([node_id])
        self._something_happened()
        if all(outcome.error is None for outcome in outcomes):
            self._commit(plan)
        else:
            self.agenda.plan(operation.node.node_id for operation in plan.remote)

    # --- plans ---------------------------------------------------------------------------------------------

    def _plannable(self) -> set[NodeId]:
        """What a plan can be made for now."""
        if not self.agenda.nodes or self.is_paused or self.root_error is not None:
            return set()
        if self._disk_is_busy or not self._was_scanned or not self.wire.is_ready() or not self.connection.may_try():
            return set()
        return self.agenda.nodes - self._in_flight()

    def _in_flight(self) -> set[NodeId]:
        return self.contents.under_way() | self._observer.waiting()

    def _start_plan(self) -> None:
        dirty = self._plannable()
        if not dirty:
            return
        plan, left, members = self.strategy.plan(
            dirty,
            in_flight=self._in_flight() | self.agenda.postponed(),
            prepared=self.contents.prepared,
            staged=self.contents.staged.keys(),
        )
        self.agenda.nodes -= dirty
        self.agenda.plan(left)
        self._held_back.update(plan.postponed)
        self._tell_problems(plan, members)
        self._record_at_once(plan)
        for node_id, wait_s in self.contents.offer(plan.offers).items():
            self.agenda.postpone([node_id], wait_s)
        self.contents.fetch(plan.fetches)
        if plan.local:
            self._carry_out(plan)
        elif plan.remote:
            self._commit(plan)
        elif plan.journal:
            self._something_happened()

    def _tell_problems(self, plan: Plan, members: Collection[NodeId]) -> None:
        problems = problems_of(self.journal, plan)
        with_problem = {problem.node_id for problem in problems}
        self.problems.clear_nodes(node for node in members if node not in with_problem)
        self.problems.put(problems)

    def _record_at_once(self, plan: Plan) -> None:
        """What the plan changes in the journal alone; a detached object is detached before it is renamed, and what was
        agreed of what is excluded is forgotten before it leaves the disk."""
        if not plan.journal and not plan.local:
            return
        journal = self.journal
        aside = [operation for operation in plan.local if isinstance(operation, KeepAside)]
        rebound: list[Rebind | KeepAside] = [operation for operation in plan.journal if isinstance(operation, Rebind)]
        rebound += aside
        forgotten = [operation.node_id for operation in plan.journal if isinstance(operation, Forget)]
        disagreed = [operation.node_id for operation in plan.journal if isinstance(operation, Disagree)]
        let_go = [op.node.node_id for op in plan.local if isinstance(op, TrashLocal) and op.forgets is not None]
        children = journal.local_children(operation.node.node_id for operation in rebound)
        with journal.transaction(durable=bool(rebound or let_go)):
            journal.put_synced([operation.node for operation in plan.journal if isinstance(operation, Agree)])
            journal.drop_synced([*forgotten, *disagreed, *(operation.node.node_id for operation in aside)])
            journal.drop_synced(let_go)
            journal.drop_remote(forgotten)
            for operation in rebound:
                journal.rebind_local(operation.node.node_id, operation.becomes)
        detached = [operation.node.node_id for operation in rebound]
        self.contents.used(detached)
        self.agenda.plan(detached)
        self.agenda.plan(operation.becomes for operation in rebound)
        self.agenda.plan(child.node_id for child in children)
        self.agenda.plan(disagreed)

    def _something_happened(self) -> None:
        """A result is in: what waited for one is planned again."""
        self.agenda.plan(self._held_back)
        self._held_back.clear()

    # --- commits -------------------------------------------------------------------------------------------

    def _commit(self, plan: Plan) -> None:
        if plan.remote:
            self.agenda.plan(self.wire.commit(plan.remote, self.contents.prepared))

    def on_remote_changed(self, nodes: set[NodeId]) -> None:
        if self.wire.is_current:
            self.strategy.exclusions.drop_gone()
            self.agenda.plan(self.strategy.exclusions.set_free(nodes))
        self.agenda.forget_failures(nodes)
        self.agenda.plan(nodes)
        self._something_happened()

    def on_committed(self, outbox: Outbox, settled: Settled) -> None:
        applied = {NodeId(operation.node_id) for operation in settled.applied}
        self.contents.used(applied)
        self.agenda.forget_failures(applied)
        self.agenda.plan(settled.unsettled)
        self.agenda.plan(self.strategy.exclusions.set_free(applied))
        self.tally.committed(settled.applied)
        paths = paths_of(self.journal, [node for node in outbox.nodes if isinstance(node, LocalNode)])
        with self.journal.transaction():
            now_ms = self._clock.now_ns() // 1_000_000
            self.journal.add_activity(activity_of_commit(settled.applied, paths, now_ms))
        for operation, refused in settled.refused:
            self._refused(NodeId(operation.node_id), refused, paths, is_current=settled.is_current)
        self._something_happened()

    def _refused(
        self, node_id: NodeId, refused: messages.Refused, paths: dict[NodeId, str], *, is_current: bool
    ) -> None:
        reason = refused.reason
        if reason is messages.Refusal.MISSING:
            self.contents.distrust(node_id, refused.missing)
            self.agenda.plan([node_id])
        elif reason in {messages.Refusal.QUOTA, messages.Refusal.FORBIDDEN, messages.Refusal.INVALID}:
            self._problem(paths.get(node_id, ""), reason.value, refused.detail, node_id)
            self.agenda.retry(node_id)
        elif is_current:  # nothing of others explains it: not at once again
            if reason is messages.Refusal.STALE:
                self.strategy.note_outdated(node_id)
            if self.agenda.retry(node_id):
                self._problem(paths.get(node_id, ""), reason.value, refused.detail, node_id)
        else:  # others were first: the feed is read before the next plan
            self.agenda.plan([node_id])

    def on_commit_refused(self, outbox: Outbox, error: Refused) -> None:
        for node_id in nodes_of(outbox):
            self._problem(self.journal.local_path(node_id) or "", error.problem_code, str(error), node_id)
            self.agenda.retry(node_id)

    # --- transfers -----------------------------------------------------------------------------------------

    def on_content(self, nodes: Iterable[NodeId]) -> None:
        self.connection.succeeded()
        self.agenda.plan(nodes)
        self._something_happened()

    def on_transfer_failed(self, node: LocalNode | RemoteNode, error: EngineError) -> None:
        self._something_happened()
        if isinstance(error, DiskError):
            if isinstance(node, RemoteNode):  # by its name in staging nobody knows it
                error.path = self.journal.remote_path(node.node_id) or node.name
            self._disk_failed([node.node_id], error)
            return
        is_stubborn = self.agenda.retry(node.node_id)
        if isinstance(error, Refused) or is_stubborn:
            code = error.problem_code if isinstance(error, Refused) else error.code
            self._problem(self.journal.local_path(node.node_id) or node.name, code, str(error), node.node_id)
        if isinstance(error, RemoteError) and not isinstance(error, Refused) and not self.is_paused:
            self.connection.failed(error)

    # --- problems ------------------------------------------------------------------------------------------

    def _disk_failed(self, nodes: Iterable[NodeId], error: DiskError) -> None:
        """One item waits; the rest goes on."""
        if error.policy is Policy.REPLAN:
            self._observer.mark([Dirty(error.path, closed=True)])
            self.agenda.plan(nodes)
            return
        for node_id in nodes:
            self._problem(error.path, error.code, str(error), node_id)
            self.agenda.retry(node_id)

    def _problem(self, path: str, code: str, detail: str, node_id: NodeId) -> None:
        _log.warning("%s: %s: %s", path, code, detail)
        self.problems.put([Problem(path, code, detail, node_id)])
