"""The wire lane: the change feed and the commits, one call at a time, for both move the remote tree.

Beside it runs the wait for news, which only says that there is something to read.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from server_api.contract import messages
from server_api.contract.reading import from_json
from sync_engine.core.model import Cursor, NodeId, RevisionId
from sync_engine.core.operations import CommitOperation
from sync_engine.engine import commits, position
from sync_engine.engine.commits import Settled
from sync_engine.engine.connection import Connection
from sync_engine.errors import Refused, RemoteError, Superseded, UnknownCursor, Unreachable
from sync_engine.ports import Clock, Ids, Journal, Outbox, Prepared, Remote, Usage, Workers

WAIT_FOR_NEWS_S = 50
MOST_PAGES = 5_000
"""Of the feed in one reading: ten times what a namespace may hold."""
MOST_MERGES = 3
"""In a row, without the server having taken what came of one: it knows no cursor at all, or is two servers."""
MOST_FALSE_ALARMS = 5
"""In a row, that there is news, and the feed has none: one or two come of this device's own commits."""
USAGE_EVERY_S = 10.0
_USAGE = "usage"

_log = logging.getLogger(__name__)


class WireEvents(Protocol):
    """What the lane tells, in the control thread."""

    def on_remote_changed(self, nodes: set[NodeId]) -> None:
        """The remote tree moved, or what was agreed was given up: plan these."""

    def on_committed(self, outbox: Outbox, settled: Settled) -> None: ...

    def on_commit_refused(self, outbox: Outbox, error: Refused) -> None:
        """The server will not take this request, however often it comes; it is out of the outbox."""


class Wire:
    """Thread: the control thread's."""

    def __init__(
        self,
        journal: Journal,
        remote: Remote,
        workers: Workers,
        connection: Connection,
        clock: Clock,
        ids: Ids,
        events: WireEvents,
    ) -> None:
        self._journal = journal
        self._remote = remote
        self._workers = workers
        self._connection = connection
        self._clock = clock
        self._ids = ids
        self._events = events
        self._is_waiting_for_news = False
        self._pages = 0
        self._is_doubted = False
        """Since the call under way was made: its answer may be older than the doubt."""
        self._merges = self._false_alarms = 0
        """In a row."""
        self._is_void = False
        """What the call under way brings is not taken in: the feed will tell."""
        stored = journal.setting(_USAGE)
        self.usage = from_json(stored, Usage) if stored else Usage()
        """As the server said last."""
        self._usage_is_old = stored is None
        self._usage_at = -USAGE_EVERY_S
        self.is_busy = False
        self.is_current = False
        """The feed was read to its end since somebody last doubted it."""

    def is_ready(self) -> bool:
        """The remote tree stands still and is true: a plan can be made."""
        return self.is_current and not self.is_busy and self._journal.outbox() is None

    def doubt(self) -> None:
        """There may be news: read the feed before the next plan."""
        self.is_current = False
        self._is_doubted = True

    def interrupt(self) -> None:
        """End the calls under way at once; they count as not answered."""
        self._remote.interrupt()

    def start(self, *, seals: bool) -> None:
        """Begin the next call, if one is due and none is under way: what was begun before comes first.

        Args:
            seals: nothing is being uploaded, so that packs under way in the journal are from before a crash.
        """
        if self.is_busy:
            return
        if seals and (packs := self._journal.packs_under_way()):
            self._call(lambda: self._remote.seal_packs(packs[: messages.MAX_PACKS_A_REQUEST]), self._sealed)
        elif (outbox := self._journal.outbox()) is not None:
            self._send(outbox, is_repeated=True)
        elif not self.is_current or self._connection.state == "offline":  # the feed says at once whether it still is
            self._journal.discard_gathered()
            cursor = self._journal.cursor()
            self._pages = 0
            self._read_page(cursor or Cursor(bytes(16)), is_whole=cursor is None)

    def commit(self, operations: Sequence[CommitOperation], prepared: Mapping[NodeId, Prepared]) -> list[NodeId]:
        """Send them, or as many as fit into one commit; returns the nodes of those that were left."""
        cursor = self._journal.cursor()
        if cursor is None or not self.is_ready():
            return [operation.node.node_id for operation in operations]
        outbox = commits.compose(self._journal, operations, prepared, cursor, self._ids)
        self._send(outbox)
        return [operation.node.node_id for operation in operations[len(outbox.nodes) :]]

    def ask_usage(self) -> None:
        """Everything is settled: find out what the account stores now, if something changed since that was asked."""
        now = self._clock.monotonic()
        if self._usage_is_old and now - self._usage_at >= USAGE_EVERY_S and not self.is_busy:
            self._usage_at, self._usage_is_old = now, False
            self._call(self._remote.usage, self._keep_usage)

    def _keep_usage(self, usage: object) -> None:
        assert isinstance(usage, Usage)
        self._connection.succeeded()
        self.usage = usage
        with self._journal.transaction():
            self._journal.set_setting(_USAGE, msgspec.json.encode(usage).decode())

    def wait_for_news(self) -> None:
        """Have the server say when something moved. Beside the lane; one wait at a time."""
        cursor = self._journal.cursor()
        if self._is_waiting_for_news or self.is_busy or not self.is_current or cursor is None:
            return

        def done(result: object) -> None:
            self._is_waiting_for_news = False
            if result is True or isinstance(result, UnknownCursor):
                self.doubt()
                self._false_alarms += 1
                if self._false_alarms > MOST_FALSE_ALARMS:  # not as fast as the two of us can
                    self._connection.failed(Unreachable("the server tells of news that there are not"))
            elif isinstance(result, RemoteError):
                self._connection.failed(result)

        self._is_waiting_for_news = True
        self._workers.submit(lambda: self._remote.wait(cursor, WAIT_FOR_NEWS_S), done, "waiting")

    # --- calls ---------------------------------------------------------------------------------------------

    def _call(self, job: Callable[[], object], then: Callable[[object], None]) -> None:
        def done(result: object) -> None:
            self.is_busy = False
            if isinstance(result, BaseException) and not isinstance(result, RemoteError):
                raise result
            if self._is_void:
                self._is_void = False
            elif isinstance(result, RemoteError):
                self._failed(result)
            else:
                self._connection.answered()
                then(result)

        self.is_busy = True
        self._is_doubted = False
        self._workers.submit(job, done)

    def _failed(self, error: RemoteError) -> None:
        _log.warning("call failed: %s: %s", error.code, error)
        outbox = self._journal.outbox()
        if isinstance(error, UnknownCursor):
            self._count_merge(error)
        elif isinstance(error, Superseded):
            self._clear_outbox()
        elif isinstance(error, Refused) and outbox is not None:
            self._clear_outbox()
            self._events.on_commit_refused(outbox, error)
        else:
            self._connection.failed(error)

    def _clear_outbox(self) -> None:
        with self._journal.transaction(durable=True):
            self._journal.clear_outbox()
        self.doubt()

    def _sealed(self, result: object) -> None:
        assert isinstance(result, messages.SealedPacks)
        self._connection.succeeded()
        with self._journal.transaction():
            self._journal.end_packs([*result.sealed, *result.refused])

    # --- the feed --------------------------------------------------------------------------------------------

    def _read_page(self, cursor: Cursor, *, is_whole: bool) -> None:
        def then(page: object) -> None:
            assert isinstance(page, messages.Changes)
            self._take_in(page, is_whole=is_whole)

        self._pages += 1
        self._call(lambda: self._remote.changes(cursor), then)

    def _take_in(self, page: messages.Changes, *, is_whole: bool) -> None:
        journal = self._journal
        if page.commit_number > journal.commit_number():  # this journal is an old copy, or a new one
            with journal.transaction(durable=True):
                journal.set_commit_number(page.commit_number)
            if not is_whole:
                self.merge_anew()
                return
        journal.gather(page.changes)
        cursor = Cursor(page.epoch, page.seq, RevisionId(page.revision_id) if page.revision_id else None)
        if page.complete:
            self._connection.succeeded()
            if cursor != journal.cursor():
                self._false_alarms = 0
            changed = journal.switch(cursor, whole=is_whole)
            with journal.transaction():
                is_as_expected = commits.is_as_expected(journal)
            if not is_as_expected and not is_whole:
                self._count_merge(UnknownCursor("the server does not have what it has taken from this device"))
                return
            if not is_whole:
                self._merges = 0
            _log.info("feed read to %d: %d nodes changed", cursor.seq, len(changed))
            self.is_current = not self._is_doubted
            self._usage_is_old |= bool(changed)
            self._events.on_remote_changed(changed)
        elif self._pages < MOST_PAGES:
            self._read_page(cursor, is_whole=is_whole)
        else:
            error = Refused(f"{self._pages} pages of the change feed, and no end", "endless-feed", 200)
            _log.warning("call failed: %s: %s", error.problem_code, error)
            self._connection.failed(error, is_lasting=True)

    def _count_merge(self, error: UnknownCursor) -> None:
        """Merge anew, but not for ever with a server that forgets each time."""
        self._merges += 1
        if self._merges > MOST_MERGES:
            self._connection.failed(error, is_lasting=True)
        self.merge_anew()

    def merge_anew(self) -> None:
        """Another epoch, another folder, an old copy: what was agreed is not to be relied on. Deletes nothing."""
        self._is_void = self.is_busy
        _log.warning("merging anew: another epoch, another folder, or an old copy")
        with self._journal.transaction(durable=True):
            self._journal.start_over()
            self._journal.set_setting(position.SETTING, None)
        self.doubt()
        self._events.on_remote_changed(self._journal.differing())

    # --- commits -----------------------------------------------------------------------------------------------

    def _send(self, outbox: Outbox, *, is_repeated: bool = False) -> None:
        """``is_repeated``: perhaps it was sent before a restart, and nobody remembers what has changed here since."""

        def then(response: object) -> None:
            assert isinstance(response, messages.CommitResponse)
            self._connection.succeeded()
            self._merges = self._false_alarms = 0
            settled = commits.record(self._journal, outbox, response, self._clock.now_ns() // 1_000_000)
            if is_repeated:
                settled.unsettled.update(nodes_of(outbox))
            self.is_current = settled.is_current and not self._is_doubted
            self._usage_is_old = True
            _log.info(
                "commit %d: %d applied, %d refused", outbox.request.number, len(settled.applied), len(settled.refused)
            )
            self._events.on_committed(outbox, settled)

        self._call(lambda: self._remote.commit(outbox.request), then)


def nodes_of(outbox: Outbox) -> Iterable[NodeId]:
    return (NodeId(operation.node_id) for operation in outbox.request.operations)
