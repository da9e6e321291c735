"""What one device has under way, and what becomes of it: the disk lane, the wire lane and the transfers tell here what
came back, and here it turns into what is to be planned, what is tried again later, and what people are told.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from collections.abc import Set as AbstractSet
from typing import Final

from server_api.contract import messages
from sync_engine.core.constraints import NAME_TWIN
from sync_engine.core.model import LocalNode, NodeId, RemoteNode, SyncedNode
from sync_engine.core.operations import Fetch, Plan, Rebind
from sync_engine.core.paths import with_all_above
from sync_engine.core.reports import STOPPED, Progress
from sync_engine.engine.agenda import Agenda
from sync_engine.engine.commits import Settled
from sync_engine.engine.connection import Connection
from sync_engine.engine.contents import Contents
from sync_engine.engine.deferred import Deferred
from sync_engine.engine.disk import Disk
from sync_engine.engine.executor import Outcome
from sync_engine.engine.observer import Observation, Observer
from sync_engine.engine.obstructed import Obstructed
from sync_engine.engine.pairing import Pairing
from sync_engine.engine.places import path_of, paths_of, paths_there
from sync_engine.engine.problems import Problems
from sync_engine.engine.quiet import Quiet
from sync_engine.engine.recording import record_decided, record_done, seen_there
from sync_engine.engine.stops import Stops
from sync_engine.engine.strategy import Strategy
from sync_engine.engine.tally import Tally, activity_of, activity_of_commit
from sync_engine.engine.transfers import UNUSABLE, Outside
from sync_engine.engine.wire import Wire, nodes_of
from sync_engine.errors import DiskError, EngineError, Occupied, Policy, Refused, Vanished
from sync_engine.ports import Activity, Dirty, Ids, Journal, Outbox, Problem, TransferCounts

_IN_THE_WAY: Final = {Occupied.code, Vanished.code}

_log = logging.getLogger(__name__)


class Lanes:
    """Thread: the control thread's."""

    def __init__(
        self,
        outside: Outside,
        journal: Journal,
        ids: Ids,
        namespace_id: messages.NamespaceId,
        strategy: Strategy,
        counts: TransferCounts,
        *,
        quiet_s: float,
        grace_s: float,
        scan_every_s: float | None,
        drain: Callable[[], None] | None,
    ) -> None:
        self._journal = journal
        self._strategy = strategy
        self._clock = outside.clock
        self._counts = counts
        self._seen_there: dict[NodeId, RemoteNode] = {}
        """As the plan saw them that is being carried out on the disk."""
        observer = Observer(outside.filesystem, journal, ids, grace_s=grace_s, drain=drain)
        self.agenda = Agenda(outside.clock)
        self.deferred = Deferred()
        self.connection = Connection(outside.clock, outside.chance)
        self.problems = Problems(journal)
        self.tally = Tally(counts)
        self._stops = Stops(journal)
        self._obstructed = Obstructed(journal, outside.filesystem)
        self.quiet = Quiet(outside.clock, quiet_s)
        self.contents = Contents(outside, journal, namespace_id, self.quiet, self)
        self.wire = Wire(journal, outside.remote, outside.workers, self.connection, outside.clock, ids, self)
        self.disk = Disk(
            outside.filesystem, outside.workers, outside.clock, journal, observer, strategy.conflicted_name, self,
            pairing=Pairing(outside.filesystem, journal, ids), scan_every_s=scan_every_s,
        )  # fmt: skip

    # --- how it stands -------------------------------------------------------------------------------------

    def is_idle(self) -> bool:
        """No job is out."""
        return not self.disk.is_busy and not self.wire.is_busy and self.contents.is_idle()

    def is_settled(self) -> bool:
        """Nothing is left that could be done now. Folder and server are in step but for what waits for a person, what
        failed and is tried again later, and what is ``pending`` all the same."""
        return self.disk.is_settled() and self.wire.is_ready() and self.contents.is_idle() and self.agenda.is_empty()

    def in_flight(self) -> set[NodeId]:
        """Nodes of which nobody knows yet what they will be."""
        return {*self.contents.under_way(), *self.disk.waiting()}

    def pending(self) -> int:
        """Nodes that are not known to be in step, and that people are told nothing else of."""
        return len(self.agenda) + len(self.contents.under_way() | self.put_off())

    def put_off(self) -> set[NodeId]:
        """Nodes that the last plan that saw them left for later, and that have no problem which would say why.

        They wait for something else. Once all is settled, nothing has a problem and no deletion is held, there should
        be none.
        """
        return self.deferred.untold(set(self.problems.nodes()))

    def progress(self) -> Progress:
        contents = self.contents
        done = Progress(
            "waiting", contents.files_done, contents.files_total, contents.bytes_done(), contents.bytes_total
        )
        if not contents.is_idle():
            done.phase = "transferring"
        elif not self.disk.was_scanned:
            done.phase = "scanning"
        elif not self.is_settled():
            done.phase = "comparing"
        return done

    # --- all of it at once ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Somebody asks for everything now: no more waiting."""
        self.wire.doubt()
        self.connection.try_now()
        self.agenda.wake_all()
        self.something_happened()
        self.disk.doubt()

    def drop_transfers(self) -> None:
        """They are planned again later."""
        self.agenda.plan(self.contents.cancel())
        self.wire.interrupt()

    def drop_fetches(self, is_unwanted: Callable[[NodeId], object]) -> None:
        """Of what is not to be here. They are planned again."""
        unwanted = [node_id for node_id in self.contents.fetching() if is_unwanted(node_id)]
        self.contents.stop(unwanted)
        self.agenda.begin_anew(unwanted)

    def count_anew(self) -> None:
        """From now on the tally is of what is yet to come."""
        self.tally = Tally(self._counts)

    def stop(self, node_id: NodeId) -> None:
        """What is to move of this file, or moves already, does not any more. What is agreed of it otherwise goes on."""
        if self._stops.add(node_id):
            self.contents.stop([node_id])
            self.agenda.begin_anew([node_id])
            self.problems.put([self._stops.problem(node_id)])

    def try_again(self, nodes: AbstractSet[NodeId]) -> None:
        """These now, also if they were stopped or have failed."""
        self._stops.lift(nodes)
        self.problems.clear_nodes(self.problems.nodes_of({STOPPED}) & nodes)
        self.agenda.begin_anew(nodes)
        self.something_happened()

    def try_stopped(self) -> None:
        self.try_again(self._stops.all())

    def something_happened(self) -> None:
        """A result is in: what waited for one is planned again."""
        self.agenda.plan(self.deferred.take_result())
        self._follow_stopped()

    def _follow_stopped(self) -> None:
        """A folder above may have another name now: what was stopped is told where it is. What is gone stays told where
        it was, until it is planned."""
        told = map(self._stops.problem, self.problems.nodes_of({STOPPED}))
        self.problems.put(problem for problem in told if problem.path)

    # --- plans ---------------------------------------------------------------------------------------------

    def begin(self, plan: Plan, members: Collection[NodeId], problems: Iterable[Problem]) -> None:
        """Have a plan carried out: journal, then disk, then the commit; transfers start at once.

        ``members`` are the nodes that it looked at, ``problems`` what it found: the others have none any more.
        """
        in_vain, told = self._in_vain(plan.fetches)
        stopped = self._stops.among(_moved_by(plan))
        found = [*problems, *told, *map(self._stops.problem, stopped)]
        with_problem = {problem.node_id for problem in found}
        waiting = self.agenda.postponed()
        self.problems.clear_nodes(node for node in members if node not in with_problem and node not in waiting)
        self.problems.put(found)
        self.agenda.plan(self.deferred.take(plan, members, with_problem))
        decided = record_decided(self._journal, plan)
        self.contents.used(decided.detached)
        self.agenda.plan(decided.dirty)
        self.agenda.hand_on({each.node.node_id: each.becomes for each in plan.journal if isinstance(each, Rebind)})
        offers = [offer for offer in plan.offers if offer.node.node_id not in stopped]
        for node_id, wait_s in self.contents.offer(offers).items():
            self.agenda.postpone([node_id], wait_s)
        self.contents.fetch([fetch for fetch in plan.fetches if fetch.node.node_id not in in_vain | stopped])
        if plan.local:
            self._seen_there = seen_there(self._journal, plan.local)
            self.disk.carry_out(plan, self.contents.staged)
        elif plan.remote:
            self._commit(plan)
        elif plan.journal:
            self.something_happened()

    def _in_vain(self, fetches: Iterable[Fetch]) -> tuple[set[NodeId], list[Problem]]:
        """What would find no room, and what is to be told of it. It is tried again after a while, or when there may be
        some."""
        nodes = [fetch.node for fetch in fetches]
        in_vain, told = self._obstructed.among(nodes, self.problems.nodes_of(_IN_THE_WAY), self.agenda.failed())
        for node_id in in_vain:
            self.agenda.put_off(node_id)
        return in_vain, told

    def _commit(self, plan: Plan) -> None:
        if plan.remote:
            self.agenda.plan(self.wire.commit(plan.remote, self.contents.prepared))

    # --- what the disk lane tells --------------------------------------------------------------------------

    def on_root_found(self) -> None:
        self.agenda.plan(self._journal.differing())
        self.agenda.plan(self._strategy.exclusions.nodes)
        self.agenda.plan(self.problems.nodes())

    def on_root_lost(self, nodes: Iterable[NodeId]) -> None:
        self.agenda.plan(nodes)

    def on_root_back(self) -> None:
        self.refresh()

    def on_parted(self) -> None:
        told = "this folder and what is known of it are not of one time; everything is compared, nothing is deleted"
        with self._journal.transaction():
            self._journal.add_activity([Activity(self._now_ms(), "merge", "", told)])
        self.wire.merge_anew()

    def on_looked(self, observation: Observation, changed: set[NodeId], turned_up: AbstractSet[NodeId]) -> None:
        self.problems.take_in(observation)
        if changed:
            self.agenda.forget_failures(changed)
            self.agenda.plan(changed)
            self._look_at_twins()
            self._follow_stopped()
        if changed or self._was_seen_in_unremovable(observation):
            self.agenda.plan(self._strategy.take_unremovable())
        if turned_up:
            self.something_happened()

    def _was_seen_in_unremovable(self, observation: Observation) -> bool:
        """What is not synced, and keeps a folder, is in no tree: it may have gone without any node having changed."""
        paths = {self._journal.local_path(node_id) for node_id in self._strategy.unremovable}
        return bool(paths) and any(
            not paths.isdisjoint(with_all_above(seen.path))
            and (seen.whole or any(f"{seen.path}/{name}" not in paths for name in seen.names()))
            for seen in observation.listings
        )

    def on_carried_out(self, plan: Plan, outcomes: list[Outcome]) -> None:
        in_step = record_done(self._journal, outcomes, self._seen_there)
        self.contents.placed(outcomes)
        self.agenda.forget_failures(in_step)
        self._stops.lift(in_step)
        unremovable = self._strategy.note(outcomes)
        self.tally.carried_out(outcomes)
        with self._journal.transaction():
            self._journal.add_activity(activity_of(outcomes, self._now_ms()))
        for outcome in outcomes:
            node_id = outcome.operation.node.node_id
            if node_id in unremovable:  # that is no failure: the next plan knows
                self.disk.mark_saved([outcome.path])
                self.agenda.plan([node_id])
            elif outcome.error is not None:
                self.on_disk_failed([node_id], outcome.error)
            elif node_id not in in_step:
                self.agenda.plan([node_id])
        if any(outcome.error is None for outcome in outcomes):
            self.agenda.wake_now(self._obstructed.take())
        self._look_at_twins()
        self.something_happened()
        if all(outcome.error is None for outcome in outcomes):
            self._commit(plan)
        else:
            self.agenda.plan(operation.node.node_id for operation in plan.remote)

    def _look_at_twins(self) -> None:
        """What stays out of the tree because of another's name: that one may have left it."""
        self.disk.mark(Dirty(path) for path in self.problems.of_code(NAME_TWIN))

    def on_disk_failed(self, nodes: Iterable[NodeId], error: DiskError) -> None:
        """One item waits; the rest goes on. Where the world has moved on it is looked at and planned again at once, but
        if that changes nothing it waits as well: what is in the way may be nothing that is synced."""
        if isinstance(error, Vanished) and not error.path:  # its folder could not be made, and tells why
            self.agenda.plan(nodes)
            return
        has_moved_on = error.policy is Policy.REPLAN
        if has_moved_on:
            self.disk.mark_saved([error.path])
        for node_id in nodes:
            if self.agenda.retry(node_id, at_once=has_moved_on) or not has_moved_on:
                self._problem(error.path, error.code, error.detail, node_id)

    def on_rescued(self, copies: list[str]) -> None:
        self.tally.conflicts.extend(copies)

    # --- what the wire lane tells --------------------------------------------------------------------------

    def on_remote_changed(self, nodes: set[NodeId]) -> None:
        if self.wire.is_current:
            self._strategy.exclusions.drop_gone()
            self.agenda.plan(self._strategy.exclusions.set_free(nodes))
        self.agenda.forget_failures(nodes)
        self.agenda.plan(nodes)
        self.something_happened()

    def on_committed(self, outbox: Outbox, settled: Settled) -> None:
        applied = {NodeId(operation.node_id) for operation in settled.applied}
        self.contents.used(applied)
        self.agenda.forget_failures(applied)
        self._stops.forget_past(applied)
        self.agenda.plan(settled.unsettled)
        self.agenda.plan(self._strategy.exclusions.set_free(applied))
        self.tally.committed(settled.applied)
        paths = paths_of(self._journal, [node for node in outbox.nodes if isinstance(node, LocalNode)])
        paths |= paths_there(self._journal, [node for node in outbox.nodes if isinstance(node, SyncedNode)])
        with self._journal.transaction():
            self._journal.add_activity(activity_of_commit(settled.applied, paths, self._now_ms()))
        for operation, refused in settled.refused:
            self._refused(NodeId(operation.node_id), refused, paths, is_current=settled.is_current)
        self.something_happened()

    def _refused(
        self, node_id: NodeId, refused: messages.Refused, paths: dict[NodeId, str], *, is_current: bool
    ) -> None:
        reason = refused.reason
        if reason is messages.Refusal.MISSING:
            self.contents.distrust(node_id, refused.missing)
            if self.agenda.retry(node_id, at_once=True):
                self._problem(paths.get(node_id, ""), reason.value, refused.detail, node_id)
        elif reason in {messages.Refusal.QUOTA, messages.Refusal.FORBIDDEN, messages.Refusal.INVALID}:
            self._problem(paths.get(node_id, ""), reason.value, refused.detail, node_id)
            self.agenda.retry(node_id)
        elif is_current:  # nothing of others explains it: not at once again
            if reason is messages.Refusal.STALE:
                self._strategy.note_outdated(node_id)
            if self.agenda.retry(node_id):
                self._problem(paths.get(node_id, ""), reason.value, refused.detail, node_id)
        else:  # others were first: the feed is read before the next plan
            self.agenda.plan([node_id])

    def on_commit_refused(self, outbox: Outbox, error: Refused) -> None:
        for node_id in nodes_of(outbox):
            self._problem(self._journal.local_path(node_id) or "", error.problem_code, str(error), node_id)
            self.agenda.retry(node_id)

    # --- what transfers tell -------------------------------------------------------------------------------

    def on_content(self, nodes: Iterable[NodeId]) -> None:
        self.connection.succeeded()
        self.agenda.plan(nodes)
        self.something_happened()

    def on_transfer_failed(self, node: LocalNode | RemoteNode, error: EngineError) -> None:
        self.something_happened()
        if isinstance(error, DiskError):
            if isinstance(node, RemoteNode):  # by its name in staging nobody knows it
                error.path = self._path_of(node)
            self.on_disk_failed([node.node_id], error)
            return
        is_stubborn = self.agenda.retry(node.node_id)
        if isinstance(error, Refused) or is_stubborn:
            code = error.problem_code if isinstance(error, Refused) else error.code
            self._problem(self._path_of(node), code, str(error), node.node_id)
        if isinstance(error, UNUSABLE):
            self.connection.failed(error)

    # --- for people ----------------------------------------------------------------------------------------

    def _path_of(self, node: LocalNode | RemoteNode) -> str:
        return path_of(self._journal, node.node_id) or node.name

    def _problem(self, path: str, code: str, detail: str, node_id: NodeId) -> None:
        _log.warning("%s: %s: %s", path, code, detail)
        self.problems.put([Problem(path, code, detail, node_id)])

    def _now_ms(self) -> int:
        return self._clock.now_ns() // 1_000_000


def _moved_by(plan: Plan) -> set[NodeId]:
    """Of which bytes are to go one way or the other."""
    return {offer.node.node_id for offer in plan.offers} | {fetch.node.node_id for fetch in plan.fetches}
