"""What happened in a namespace, newest first: the log, told as a person would tell it."""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from sqlalchemy import Connection

from server_api.contract.history import ActivityEntry, ActivityPage, ActivityRequest, What
from server_api.contract.messages import ROOT, NamespaceId, NodeId
from server_api.domain.nodes import Node
from server_api.errors import NotFoundError
from server_api.services.accounts import clean_email
from server_api.services.server import Server
from server_api.services.whereabouts import Whereabouts, nodes_at
from server_api.storage.bulk import AnyRow
from server_api.storage.feed import read_seq
from server_api.storage.lives import read_states, seq_at
from server_api.storage.recent import Logged, devices_of, newest_by, read_owners, read_span

_SPAN: Final = 500
"""Revisions that are read at once."""
_SPANS: Final = 3
"""In one request."""
_LEAP: Final = 100_000
"""Revisions of others that are passed over at once."""
_LEAPS: Final = 4
_PATHS: Final = 5


class _Change(Struct, frozen=True):
    """One revision, and the node before and after it."""

    logged: Logged
    before: Node | None

    @property
    def after(self) -> Node:
        return self.logged.node

    @property
    def what(self) -> What:
        before, after = self.before, self.after
        if after.is_deleted:
            return What.DELETED
        if before is None:
            return What.ADDED
        if before.is_deleted:
            return What.RESTORED
        if before.parent_id != after.parent_id:
            return What.MOVED
        if before.name != after.name:
            return What.RENAMED
        if (before.content_hash, before.mtime_ns) != (after.content_hash, after.mtime_ns):
            return What.EDITED
        if (before.executable, before.link_target) != (after.executable, after.link_target):
            return What.MODE
        return What.RESTORED  # with the folder above it


class _Group(Struct):
    """Changes that are told as one: of one device, at one time, of one kind."""

    what: What
    first: _Change
    count: int
    others: list[_Change]


def read_activity(server: Server, namespace_id: NamespaceId, request: ActivityRequest) -> ActivityPage:
    """A page of what the request asks for.

    Raises: NotFoundError, InvalidBodyError (no path, no address).
    """
    with server.database.read() as connection:
        seq = read_seq(connection, namespace_id)
        if seq is None:
            raise NotFoundError
        before = seq + 1 if request.before is None else min(request.before, seq + 1)
        if request.until_at is not None:
            before = min(before, seq_at(connection, namespace_id, seq, request.until_at) + 1)
        floor = seq_at(connection, namespace_id, seq, request.since_at - 1) if request.since_at else 0
        devices = devices_of(connection, clean_email(request.person)) if request.person is not None else None
        if request.device_id is not None:
            devices = {request.device_id} & (devices if devices is not None else {request.device_id})
        tops = nodes_at(connection, namespace_id, request.path)
        reading = _Reading(connection, namespace_id, floor, devices, tops)
        before = reading.read(before, request.limit)
        return ActivityPage(entries=reading.entries(), before=before, complete=before <= floor + 1)


class _Reading:
    """Goes back in the log until a page is full, its beginning is reached, or enough was read for one request."""

    def __init__(
        self,
        connection: Connection,
        namespace_id: NamespaceId,
        floor: int,
        devices: set[bytes] | None,
        tops: set[NodeId] | None,
    ) -> None:
        self._connection = connection
        self._namespace_id = namespace_id
        self._floor = floor
        self._devices = devices
        self._tops = tops
        self._where = Whereabouts(connection, namespace_id)
        self._batches = _Batches(connection, namespace_id)
        self._groups: list[_Group] = []

    def read(self, before: int, limit: int) -> int:
        """Where the next page begins."""
        spans, leaps = _SPANS, _LEAPS
        while before > self._floor + 1 and spans and leaps:
            if self._devices is not None:
                low = max(self._floor, before - 1 - _LEAP)
                newest = newest_by(self._connection, self._namespace_id, self._devices, low, before)
                leaps -= newest is None
                before = low + 1 if newest is None else newest + 1
                if newest is None:
                    continue
            spans -= 1
            low = max(self._floor, before - 1 - _SPAN)
            for change in self._changes(low, before):
                if change.logged.seq >= before:
                    continue  # told already, with the batch that it is part of
                start = self._batches.start(change.logged)
                if not self._add(change, What.RESTORED if start else change.what, limit):
                    return change.logged.seq + 1
                before = change.logged.seq
                if start and self._tops is None:
                    self._groups[-1].count = before - start + 1
                    before = start
            before = min(before, low + 1)
        return before

    def entries(self) -> list[ActivityEntry]:
        """What was read."""
        owners = read_owners(
            self._connection, {group.first.logged.device_id for group in self._groups if group.first.logged.device_id}
        )
        return [self._entry(group, owners.get(group.first.logged.device_id or b"")) for group in self._groups]

    def _add(self, change: _Change, what: What, limit: int) -> bool:
        """Whether there was room for it."""
        for group in reversed(self._groups):
            first = group.first.logged
            if (first.at, first.device_id) != (change.logged.at, change.logged.device_id):
                break
            if group.what is what:
                group.count += 1
                if len(group.others) < _PATHS:
                    group.others.append(change)
                return True
        if len(self._groups) == limit:
            return False
        self._groups.append(_Group(what, change, 1, []))
        return True

    def _changes(self, low: int, before: int) -> list[_Change]:
        """Those of a span that are asked for, newest first."""
        logged = read_span(self._connection, self._namespace_id, low, before)
        wanted = {each.seq for each in logged if self._devices is None or each.device_id in self._devices}
        ids = {each.node.node_id for each in logged if each.seq in wanted}
        states = {node.node_id: node for node in read_states(self._connection, self._namespace_id, ids, low)}
        found = []
        for each in reversed(logged):
            if each.seq in wanted:
                found.append(_Change(each, states.get(each.node.node_id)))
            states[each.node.node_id] = each.node
        self._where.learn(
            id_ for c in found for id_ in (c.after.node_id, c.after.parent_id, c.before.parent_id if c.before else ROOT)
        )
        return [change for change in reversed(found) if self._is_asked_for(change)]

    def _is_asked_for(self, change: _Change) -> bool:
        if self._tops is None:
            return True
        places = [change.after.node_id, change.after.parent_id]
        if change.before is not None:
            places.append(change.before.parent_id)
        return any(self._where.is_below(id_, self._tops) for id_ in places)

    def _entry(self, group: _Group, owner: AnyRow | None) -> ActivityEntry:
        change = group.first
        before, after = change.before, change.after
        was_path = None
        if before is not None and group.what in {What.MOVED, What.RENAMED}:
            was_path = self._where.path(before.parent_id, before.name)
        return ActivityEntry(
            seq=change.logged.seq,
            at=change.logged.at,
            what=group.what,
            path=self._where.path(after.parent_id, after.name),
            kind=after.kind,
            node_id=after.node_id,
            revision_id=after.revision_id,
            size=after.size,
            was_path=was_path,
            count=group.count,
            paths=[self._where.path(each.after.parent_id, each.after.name) for each in group.others],
            device_id=change.logged.device_id,
            device=owner.name if owner else "",
            person=owner.email if owner else "",
        )


class _Batches:
    """The restores and rewinds in a log: each has a time of its own, and nothing but revisions of the server's."""

    def __init__(self, connection: Connection, namespace_id: NamespaceId) -> None:
        self._connection = connection
        self._namespace_id = namespace_id
        self._starts: dict[int, int] = {}

    def start(self, logged: Logged) -> int:
        """The seq at which the one begins that this revision is part of; 0 if it is of none."""
        if not logged.is_servers:
            return 0
        if logged.at not in self._starts:
            start = seq_at(self._connection, self._namespace_id, logged.seq, logged.at - 1) + 1
            first = read_span(self._connection, self._namespace_id, start - 1, start + 1)
            self._starts[logged.at] = start if first and first[0].is_servers else 0
        return self._starts[logged.at]
