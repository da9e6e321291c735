"""The control loop: one thread's ``step()`` that keeps folder and server in step.

Everything slow runs as a job in workers and comes back as a call in this thread. Two lanes hold what must not overlap:

    disk   a look at the folder, or a plan's operations on it (``disk.py``)
    wire   a page of the change feed, or a commit: both move the remote tree (``wire.py``)

Uploads, downloads (``contents.py``), the wait for news and what the server is told (``position.py``) run beside both.
What comes back is taken in by ``lanes.py``; a plan is made here, when both lanes are free, the folder was scanned and
the feed is read to its end.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from server_api.contract import messages
from sync_engine.core.model import NodeId
from sync_engine.core.reports import Choice, Keep, Progress, Resolution
from sync_engine.engine.lanes import Lanes
from sync_engine.engine.position import Position
from sync_engine.engine.strategy import Strategy, problems_of
from sync_engine.engine.transfers import Outside
from sync_engine.errors import EngineError
from sync_engine.ports import Dirty, Ids, Journal, TransferCounts

WARNINGS: Final = frozenset({"watch-limit", "unwatched"})
"""The watcher's reasons that people are told."""

_log = logging.getLogger(__name__)


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
        self.journal = journal
        self.strategy = strategy
        self.lanes = lanes = Lanes(
            outside,
            journal,
            ids,
            namespace_id,
            strategy,
            counts,
            quiet_s=rhythm.quiet_s,
            grace_s=rhythm.grace_s,
            scan_every_s=rhythm.scan_every_s,
            drain=drain,
        )
        self.disk, self.wire, self.contents = lanes.disk, lanes.wire, lanes.contents
        self.agenda, self.connection, self.problems = lanes.agenda, lanes.connection, lanes.problems
        self.position = Position(journal, outside, self.connection, strategy.exclusions, self.problems, self.wire.doubt)
        self.is_paused = False
        self.paused_until: int | None = None
        """Milliseconds since the epoch, by the clock on the wall: a computer that slept has waited as well."""
        self.warning = ""
        """The code of what keeps the watcher from telling everything at once."""
        self._waits_for_news = rhythm.waits_for_news
        self._workers = outside.workers
        self._clock = outside.clock

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
        if self._paused_for_s() == 0.0:
            self.resume()
        if not self.disk.start() or self.is_paused or not self.connection.may_try():
            return
        self.wire.start(seals=not self.contents.is_uploading())
        self._start_plan()
        if self.is_settled():
            self.contents.count_anew()
            self.wire.ask_usage()
        if self.is_settled():
            self.position.tell()
        if self._waits_for_news:
            self.wire.wait_for_news()

    def _patience(self, longest_s: float | None) -> float | None:
        """Seconds until the next thing is due by the clock."""
        if self._plannable():
            return 0.0
        due = [self.disk.next_due()]
        if (paused_for_s := self._paused_for_s()) is not None:
            due.append(self._clock.monotonic() + paused_for_s)
        if self.disk.root_error is None and not self.disk.is_busy and not self.wire.is_busy:
            due.append(self.agenda.next_due())
            due.append(None if self.is_paused else self.connection.next_try())
            if not self.is_paused and self.connection.may_try() and self.is_settled():
                due.append(self.position.next_due())
        now = self._clock.monotonic()
        waits = [max(0.0, at - now) for at in due if at is not None]
        return min([*waits, longest_s] if longest_s is not None else waits, default=None)

    def is_settled(self) -> bool:
        """Nothing is left that could be done now. Folder and server are in step but for what waits for a person, what
        failed and is tried again later, and what is ``pending`` all the same."""
        return self.lanes.is_settled()

    def is_idle(self) -> bool:
        """No job is out."""
        return self.lanes.is_idle()

    def tidy(self) -> None:
        """Somebody's sync is over."""
        if self.is_settled():
            self.contents.tidy()

    def pending(self) -> int:
        """Nodes that are not known to be in step, and that people are told nothing else of."""
        return self.lanes.pending()

    def progress(self) -> Progress:
        return self.lanes.progress()

    # --- plans ---------------------------------------------------------------------------------------------

    def _plannable(self) -> set[NodeId]:
        """What a plan can be made for now."""
        if not self.agenda.nodes or self.is_paused:
            return set()
        if not (self.disk.is_ready() and self.wire.is_ready() and self.connection.may_try()):
            return set()
        return self.agenda.nodes - self.lanes.in_flight()

    def _start_plan(self) -> None:
        dirty = self._plannable()
        if not dirty:
            return
        plan, left, members = self.strategy.plan(
            dirty,
            in_flight=self.lanes.in_flight() | self.agenda.postponed(),
            adrift=self.disk.waiting(),
            prepared=self.contents.prepared,
            staged=self.contents.staged.keys(),
        )
        self.agenda.nodes -= dirty
        self.agenda.plan(left)
        self.lanes.begin(plan, members, problems_of(self.journal, plan))

    # --- commands ------------------------------------------------------------------------------------------

    def scan(self) -> None:
        """Look at the whole folder."""
        self.disk.scan()

    def look(self, events: Sequence[Dirty]) -> None:
        """What the watcher saw. What waits because of something there need not wait any longer."""
        for event in events:
            if event.everything and not event.path:
                self._take_reason(event.reason)
        self.agenda.wake_now(self.lanes.quiet.note(events))
        self.agenda.wake_now(self.problems.nodes_at(event.path for event in events))
        self.disk.mark(events)

    def _take_reason(self, reason: str) -> None:
        _log.info("the watcher has everything looked at: %s", reason)
        self.warning = reason if reason in WARNINGS else ""

    def refresh(self) -> None:
        """Somebody asks for everything now: no more waiting."""
        self.lanes.refresh()

    def read_again(self) -> None:
        """Have every file's content read, and what the server lacks of it sent: neither is believed what the local tree
        knows, nor what the server is known to have."""
        self.contents.doubt()
        self.agenda.plan(self.journal.forget_contents())

    def pause(self, until_ms: int | None = None) -> None:
        """No traffic. What was under way is dropped, and planned again later."""
        self.is_paused, self.paused_until = True, until_ms
        self.drop_transfers()

    def _paused_for_s(self) -> float | None:
        """``None``: not paused, or until somebody says so."""
        if self.paused_until is None:
            return None
        return max(0.0, self.paused_until / 1000 - self._clock.now_ns() / 1e9)

    def stop_transfer(self, path: str) -> None:
        """Of one file. It waits until somebody has it tried again, or until it changes, here or on the server."""
        if (node_id := self._node_at(path)) is not None and self.strategy.exclusions.covering(node_id) is None:
            self.lanes.stop(node_id)

    def try_one(self, path: str) -> None:
        """What is at this path, or should be: no more waiting, also if it was stopped."""
        self.connection.try_now()
        if self.problems.at(path) is not None:
            self.disk.mark([Dirty(path)])
        if (node_id := self._node_at(path)) is not None:
            self.lanes.try_again({node_id})

    def _node_at(self, path: str) -> NodeId | None:
        """What moves or has a problem comes first: of what is here and what the server has there it may be either."""
        for transfer in self.contents.transfers():
            if transfer.path == path:
                return transfer.node_id
        if (problem := self.problems.at(path)) is not None and problem.node_id is not None:
            return problem.node_id
        here = self.journal.local_at(path)
        return here.node_id if here is not None else self.strategy.exclusions.at(path)

    def try_now(self) -> None:
        """The server, and what has a problem: no more waiting. What was stopped stays so."""
        self.wire.doubt()
        self.connection.try_now()
        self.agenda.wake_all()
        self.agenda.plan(self.problems.nodes())
        self.disk.mark(Dirty(problem.path) for problem in self.problems.all())
        self.lanes.something_happened()

    def resume(self) -> None:
        self.is_paused, self.paused_until = False, None
        self.wire.doubt()
        self.connection.try_now()

    def drop_transfers(self) -> None:
        self.lanes.drop_transfers()

    def approve_held(self) -> None:
        """Go through with the deletions that wait for a person's word."""
        self.agenda.plan(self.strategy.approve())

    def dismiss_held(self) -> None:
        """Undo them. What was stopped of it is wanted again."""
        self.lanes.try_again(self.strategy.dismiss())

    def exclude(self, path: str, known_as: NodeId | None = None) -> Choice:
        """What is at this path is not wanted on this device, nor what is below it."""
        chosen = self.strategy.exclusions.add(path, known_as)
        self.lanes.drop_fetches(self.strategy.exclusions.covering)
        return self._chosen(*chosen)

    def include(self, path: str) -> Choice:
        """It is wanted again."""
        choice, nodes = self.strategy.exclusions.remove(path)
        self.lanes.try_again(nodes)
        return self._chosen(choice, nodes)

    def _chosen(self, choice: Choice, nodes: set[NodeId]) -> Choice:
        self.disk.renew_pairing()  # a journal of before would take what is excluded for deleted
        self.agenda.plan(nodes)
        self.agenda.plan(self.strategy.take_unremovable())
        self.lanes.something_happened()
        return choice

    def resolve(self, path: str, keep: Keep, then: Callable[[Resolution | EngineError], None]) -> None:
        """Resolve a conflict; ``then`` is told what became of it. Raises: RootError."""
        self.disk.resolve(path, keep, then)
