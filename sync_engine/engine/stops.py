"""Transfers that the person stopped: neither what is here nor what is on the server moves, until somebody wants it to.

A stop is for the contents that there were when it was said. Once the file changes, here or on the server, it is over.
It is kept in the journal: a transfer that was stopped does not begin again because the device was started anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Final

import msgspec
from msgspec import Struct

from server_api.contract.reading import from_msgpack
from sync_engine.core.agreement import is_in_step
from sync_engine.core.model import ContentHash, Kind, LocalNode, NodeId, RemoteNode
from sync_engine.core.reports import STOPPED
from sync_engine.engine.places import path_of
from sync_engine.ports import Journal, Problem

_SETTING: Final = "stopped"


class _Stop(Struct, frozen=True, array_like=True):
    """What there was: the file here, if any, and the content on the server, if any."""

    size: int | None
    mtime_ns: int | None
    content: ContentHash | None


class Stops:
    """Thread: the control thread's."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        stored = journal.setting(_SETTING)
        self._stops = from_msgpack(bytes.fromhex(stored), dict[NodeId, _Stop]) if stored else {}

    def add(self, node_id: NodeId) -> bool:
        """Durable when it returns. False: there is nothing to stop, for it is no file, or in step."""
        here, there = self._as_it_is(node_id)
        if here is None and there is None:
            return False
        if any(node is not None and node.kind is not Kind.FILE for node in (here, there)):
            return False
        if here is not None and is_in_step(here, there, self._journal.synced([node_id]).get(node_id)):
            return False
        self.forget_past(self._stops.keys())  # lest those of what has gone gather
        self._write({**self._stops, node_id: _stop(here, there)}, durable=True)
        return True

    def lift(self, nodes: Iterable[NodeId]) -> None:
        """They may move again."""
        lifted = self._stops.keys() & set(nodes)
        if lifted:
            self._write({node: stop for node, stop in self._stops.items() if node not in lifted}, durable=True)

    def all(self) -> set[NodeId]:
        return set(self._stops)

    def among(self, nodes: Iterable[NodeId]) -> set[NodeId]:
        """Those that are to stay as they are."""
        nodes = set(nodes)
        self.forget_past(nodes)
        return self._stops.keys() & nodes

    def forget_past(self, nodes: AbstractSet[NodeId]) -> None:
        """Of these, the stops of something else than what there is now: should that come back, it may move."""
        found = self._stops.keys() & nodes
        over = {node_id for node_id in found if _stop(*self._as_it_is(node_id)) != self._stops[node_id]}
        if over:
            self._write({node: stop for node, stop in self._stops.items() if node not in over})

    def problem(self, node_id: NodeId) -> Problem:
        """As people are told of it."""
        return Problem(path_of(self._journal, node_id) or "", STOPPED, "", node_id)

    def _as_it_is(self, node_id: NodeId) -> tuple[LocalNode | None, RemoteNode | None]:
        there = self._journal.remote([node_id]).get(node_id)
        return self._journal.local([node_id]).get(node_id), None if there is None or there.is_deleted else there

    def _write(self, stops: dict[NodeId, _Stop], *, durable: bool = False) -> None:
        with self._journal.transaction(durable=durable):
            self._journal.set_setting(_SETTING, msgspec.msgpack.encode(stops).hex())
        self._stops = stops


def _stop(here: LocalNode | None, there: RemoteNode | None) -> _Stop:
    return _Stop(
        here.signature.size if here is not None else None,
        here.signature.mtime_ns if here is not None else None,
        there.content if there is not None else None,
    )
