"""Bytes under way and bytes that arrived: what was read and is on the server, what was downloaded and lies in staging.

Neither counts before a plan makes it count. All of it may be lost in a crash: chunks that are on the server are found
there again, and staging is emptied.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from server_api.contract.messages import NamespaceId
from sync_engine.core.model import ContentHash, LocalNode, NodeId, RemoteNode
from sync_engine.core.operations import Fetch, Offer
from sync_engine.engine.downloader import Downloader, Nearby
from sync_engine.engine.executor import Outcome
from sync_engine.engine.places import path_of, paths_of
from sync_engine.engine.quiet import Quiet, fresh_for_s
from sync_engine.engine.transfers import Outside, Transfer
from sync_engine.engine.uploader import Uploader
from sync_engine.errors import Changed, EngineError, Locked, NotPermitted, Occupied
from sync_engine.ports import Journal, Prepared, Staged

REUSE_FROM_BYTES = 8 * 1024 * 1024
"""A changed file of at least this size is worth looking through for chunks that need no download."""


class ContentEvents(Protocol):
    """What arrives, in the control thread."""

    def on_content(self, nodes: Iterable[NodeId]) -> None:
        """Read and uploaded, or staged: plan these."""

    def on_transfer_failed(self, node: LocalNode | RemoteNode, error: EngineError) -> None:
        """Given up after the retries that make sense."""


class Contents:
    """Thread: the control thread's."""

    def __init__(
        self, outside: Outside, journal: Journal, namespace_id: NamespaceId, quiet: Quiet, events: ContentEvents
    ) -> None:
        self._journal = journal
        self._quiet = quiet
        self._events = events
        self._store = outside.store
        self._clock = outside.clock
        self._uploader = Uploader(outside, namespace_id, self)
        self._downloader = Downloader(outside, self)
        self._prepared: dict[NodeId, Prepared] = {}
        self._staged: dict[tuple[NodeId, ContentHash], Staged] = {}
        self._arrived: dict[NodeId, ContentHash] = {}
        """What was staged last."""
        self._due: dict[NodeId, int] = {}
        """What was asked for since the counters were last set back, with its bytes."""
        self._done: set[NodeId] = set()
        """Those of it that are here, or there."""
        self._arriving: dict[NodeId, str] = {}
        """Paths of those that are shown, each looked up once: people are told of them many times a second."""
        self.bytes_total = 0

    @property
    def files_total(self) -> int:
        return len(self._due)

    @property
    def files_done(self) -> int:
        return len(self._done)

    @property
    def prepared(self) -> Mapping[NodeId, Prepared]:
        return self._prepared

    @property
    def staged(self) -> Mapping[tuple[NodeId, ContentHash], Staged]:
        return self._staged

    def under_way(self) -> set[NodeId]:
        return {*self._uploader.under_way(), *self._downloader.under_way()}

    def is_idle(self) -> bool:
        return not self._uploader.under_way() and not self._downloader.under_way()

    def is_uploading(self) -> bool:
        return bool(self._uploader.under_way())

    def fetching(self) -> Collection[NodeId]:
        return self._downloader.under_way()

    def transfers(self) -> list[Transfer]:
        """What people are shown of them, with their paths."""
        arriving = self._downloader.transfers()
        known = self._arriving
        self._arriving = {
            each.node_id: known.get(each.node_id) or path_of(self._journal, each.node_id) or each.path
            for each in arriving
        }
        named = [msgspec.structs.replace(each, path=self._arriving[each.node_id]) for each in arriving]
        return [*self._uploader.transfers(), *named]

    # --- beginning ----------------------------------------------------------------------------------------

    def offer(self, offers: Sequence[Offer]) -> dict[NodeId, float]:
        """Take these on; returns those that wait, with the seconds."""
        paths = paths_of(self._journal, [offer.node for offer in offers])
        if len(paths) < len(offers):  # the plan has given a folder another node meanwhile
            lost = [offer.node.node_id for offer in offers if offer.node.node_id not in paths]
            paths |= paths_of(self._journal, list(self._journal.local(lost).values()))
        ready: list[tuple[str, Offer]] = []
        waiting: dict[NodeId, float] = {}
        for offer in offers:
            node_id = offer.node.node_id
            path = paths.get(node_id)
            if path is None:
                continue
            wait_s = self._quiet.wait_s(node_id, path, offer.node.signature)
            if offer.node.recheck:  # it was read when it was too fresh to be sure of: not again before it may be
                wait_s = max(wait_s, fresh_for_s(offer.node.signature, self._clock.now_ns()))
            if wait_s > 0:
                waiting[node_id] = wait_s
            else:
                ready.append((path, offer))
        self._count((offer.node.node_id, offer.node.signature.size) for _, offer in ready)
        self._uploader.offer(ready)
        return waiting

    def fetch(self, fetches: Sequence[Fetch]) -> None:
        large = [fetch.node.node_id for fetch in fetches if fetch.node.size >= REUSE_FROM_BYTES]
        here = [node for node in self._journal.local(large).values() if node.signature.size >= REUSE_FROM_BYTES]
        nearby = {node_id: Nearby(older=path) for node_id, path in paths_of(self._journal, here).items()}
        self._count((fetch.node.node_id, fetch.node.size) for fetch in fetches)
        self._downloader.fetch(fetches, nearby)

    def distrust(self, node_id: NodeId, chunks: Iterable[bytes]) -> None:
        """The server lacks these chunks of what was prepared: the file has to be offered again."""
        self._prepared.pop(node_id, None)
        self._uploader.distrust(chunks)

    def doubt(self) -> None:
        """Of what is offered from now on every chunk is asked about, whatever the server is known to have."""
        self._uploader.doubt()

    def used(self, nodes: Iterable[NodeId]) -> None:
        """These were committed, or are not what they were: what was prepared for them is of no more use."""
        for node_id in nodes:
            self._prepared.pop(node_id, None)

    def placed(self, outcomes: Iterable[Outcome]) -> None:
        """Staged files that are in place now. Those that could not be placed are dropped, but for those that only their
        place did not let in: nobody wants to download them again at every attempt."""
        for outcome in outcomes:
            node = outcome.operation.node
            if isinstance(node, RemoteNode) and node.content is not None:
                if isinstance(outcome.error, Changed | Occupied | NotPermitted | Locked):
                    continue
                staged = self._staged.pop((node.node_id, node.content), None)
                if staged is not None and outcome.error is not None:
                    staged.discard()

    def count_anew(self) -> None:
        """Everything is settled: progress is of what is yet to come."""
        if self._due:
            self._due.clear()
            self._done.clear()
            self.bytes_total = 0

    def tidy(self) -> None:
        """Everything is settled: what is still here was overtaken."""
        self._prepared.clear()
        for staged in self._staged.values():
            staged.discard()
        self._staged.clear()
        self._arrived.clear()

    def stop(self, nodes: Collection[NodeId]) -> None:
        """Call off those of them that are under way. Nothing of them is left here; what others need goes on."""
        for node_id in self._uploader.stop(nodes) | self._downloader.stop(nodes):
            self.bytes_total -= self._due.pop(node_id, 0)

    def cancel(self) -> set[NodeId]:
        """Call off what is under way; returns its nodes."""
        under_way = self.under_way()
        self._uploader.cancel()
        self._downloader.cancel()
        self._store.interrupt()
        return under_way

    def bytes_done(self) -> int:
        """Of ``bytes_total``."""
        waiting = sum(self._due[node_id] for node_id in self.under_way() if node_id in self._due)
        moved = sum(each.done for each in (*self._uploader.transfers(), *self._downloader.transfers()))
        return min(self.bytes_total - waiting + moved, self.bytes_total)  # what goes both ways counts once

    def _count(self, files: Iterable[tuple[NodeId, int]]) -> None:
        for node_id, size in files:
            self.bytes_total += size - self._due.get(node_id, 0)
            self._due[node_id] = size
            self._done.discard(node_id)

    # --- what transfers tell --------------------------------------------------------------------------------

    def on_prepared(self, files: list[Prepared]) -> None:
        """What was read is known from now on, if the file is still what it was."""
        with self._journal.transaction():
            self._journal.put_contents(files)
        self._prepared.update((file.node_id, file) for file in files)
        self._done.update(file.node_id for file in files)
        self._events.on_content(file.node_id for file in files)

    def on_staged(self, files: list[tuple[RemoteNode, Staged]]) -> None:
        for node, staged in files:
            assert node.content is not None
            before = self._arrived.get(node.node_id, node.content)
            if (older := self._staged.pop((node.node_id, before), None)) is not None:
                older.discard()
            self._arrived[node.node_id] = node.content
            self._staged[node.node_id, node.content] = staged
        self._done.update(node.node_id for node, _ in files)
        self._events.on_content(node.node_id for node, _ in files)

    def on_failed(self, node: LocalNode | RemoteNode, error: EngineError) -> None:
        self._events.on_transfer_failed(node, error)

    def on_pack_begun(self, pack_id: bytes) -> None:
        with self._journal.transaction(durable=True):
            self._journal.begin_pack(pack_id)

    def on_packs_ended(self, pack_ids: Sequence[bytes]) -> None:
        with self._journal.transaction():
            self._journal.end_packs(pack_ids)
