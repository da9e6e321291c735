"""The past of nodes in SQL: where each was, and from when until when."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from operator import attrgetter
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection, bindparam, func, select

from server_api.contract.messages import Kind, NamespaceId, NodeId, RevisionId
from server_api.contract.names import name_key
from server_api.domain.nodes import Node
from server_api.storage.bulk import IN_LIMIT, Lookup, pieces
from server_api.storage.nodes import STATE, state_of
from server_api.storage.tables import revision

_AT_ONCE: Final = 128
_NODES_NAMED: Final = (  # not distinct: SQLite would read all of the namespace for that, node by node
    select(revision.c.node_id).where(
        revision.c.namespace_id == bindparam("namespace_id"),
        revision.c.parent_id.in_(bindparam("ids", expanding=True)),
        revision.c.name.in_(bindparam("names", expanding=True)),
    )
)
_LIVES: Final = (
    select(
        revision.c.node_id,
        revision.c.seq,
        revision.c.kind,
        revision.c.parent_id,
        revision.c.name,
        revision.c.is_deleted,
        revision.c.version_id,
    )
    .where(
        revision.c.namespace_id == bindparam("namespace_id"), revision.c.node_id.in_(bindparam("ids", expanding=True))
    )
    .order_by(revision.c.node_id, revision.c.seq)
)


class Stay(Struct, frozen=True, gc=False):
    """A node was at a place, alive by itself, from one seq until another one, which does not belong to it."""

    node_id: NodeId
    is_folder: bool
    parent_id: NodeId
    version_id: RevisionId | None
    start: int
    end: int


def read_stays(
    connection: Connection,
    namespace_id: NamespaceId,
    folder_ids: Collection[NodeId],
    spellings: Iterable[str],
    now: int,
) -> Iterator[Stay]:
    """All stays in these folders under a name.

    Args:
        connection: to read with.
        namespace_id: of all of them.
        folder_ids: where to look.
        spellings: the name in every form in which it may be stored; all have the same key.
        now: a seq past all others, the end of stays that last.
    """
    names = list(spellings)
    key = name_key(names[0])
    inside = set(folder_ids)
    node_ids: set[NodeId] = set()
    scope: dict[str, Any] = {"namespace_id": namespace_id}
    for some in pieces(sorted(inside)):
        node_ids.update(connection.scalars(_NODES_NAMED, scope | {"ids": some, "names": names}))
    is_named = dict.fromkeys(names, True)
    for some in pieces(sorted(node_ids), IN_LIMIT):
        rows = connection.execute(_LIVES, scope | {"ids": some}).all()
        for i, row in enumerate(rows):
            last = i + 1 == len(rows) or rows[i + 1].node_id != row.node_id
            if row.name not in is_named:  # a key is dear, and a file with many versions has few names
                is_named[row.name] = name_key(row.name) == key
            if not row.is_deleted and row.parent_id in inside and is_named[row.name]:
                end = now if last else rows[i + 1].seq
                is_folder = row.kind == Kind.FOLDER
                yield Stay(row.node_id, is_folder, row.parent_id, row.version_id, row.seq, end)


_CONTENTS_NAMED: Final = (
    select(revision.c.node_id, revision.c.parent_id, revision.c.version_id, revision.c.seq)
    .where(
        revision.c.namespace_id == bindparam("namespace_id"),
        revision.c.parent_id.in_(bindparam("ids", expanding=True)),
        revision.c.name.in_(bindparam("names", expanding=True)),
        revision.c.is_deleted.is_(False),
        revision.c.version_id < bindparam("before"),
    )
    .order_by(revision.c.version_id.desc(), revision.c.seq.desc())
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)
_SEQS: Final = (
    select(revision.c.node_id, revision.c.seq)
    .where(
        revision.c.namespace_id == bindparam("namespace_id"),
        revision.c.node_id.in_(bindparam("ids", expanding=True)),
        revision.c.seq > bindparam("after"),
    )
    .order_by(revision.c.node_id, revision.c.seq)
)


def read_content_stays(
    connection: Connection,
    namespace_id: NamespaceId,
    folder_ids: Iterable[NodeId],
    spellings: Iterable[str],
    before: int,
    now: int,
) -> Iterator[Stay]:
    """The same of files, the newest content with a seq below ``before`` first. Reads some at a time, as wanted."""
    scope: dict[str, Any] = {
        "namespace_id": namespace_id,
        "names": list(spellings),
        "before": before.to_bytes(8, "big"),  # an id begins with its seq
    }
    each = [_read_contents(connection, scope | {"ids": some}, now) for some in pieces(sorted(folder_ids))]
    return heapq.merge(*each, key=attrgetter("version_id"), reverse=True)


def _read_contents(connection: Connection, scope: dict[str, Any], now: int) -> Iterator[Stay]:
    offset = 0
    while rows := connection.execute(_CONTENTS_NAMED, scope | {"limit": max(_AT_ONCE, offset), "offset": offset}).all():
        ids, oldest = sorted({row.node_id for row in rows}), min(row.seq for row in rows)
        later = connection.execute(_SEQS, {"namespace_id": scope["namespace_id"], "ids": ids, "after": oldest}).all()
        for row in rows:
            at = bisect_right(later, (row.node_id, row.seq))
            is_last = at == len(later) or later[at].node_id != row.node_id
            end = now if is_last else later[at].seq
            yield Stay(
                node_id=row.node_id,
                is_folder=False,
                parent_id=row.parent_id,
                version_id=row.version_id,
                start=row.seq,
                end=end,
            )
        offset += len(rows)


_LATEST_BY_THEN: Final = (
    select(revision.c.node_id, func.max(revision.c.seq))
    .where(
        revision.c.namespace_id == bindparam("namespace_id"),
        revision.c.node_id.in_(bindparam("ids", expanding=True)),
        revision.c.seq <= bindparam("then"),
    )
    .group_by(revision.c.node_id)
)
_EVER_IN: Final = (  # as above
    select(revision.c.node_id).where(
        revision.c.namespace_id == bindparam("namespace_id"),
        revision.c.parent_id.in_(bindparam("ids", expanding=True)),
        revision.c.seq <= bindparam("then"),
    )
)
_COMMITTED_AT: Final = select(revision.c.committed_at).where(
    revision.c.namespace_id == bindparam("namespace_id"), revision.c.seq == bindparam("seq")
)
_STATES: Final = Lookup(select(*STATE), revision.c.namespace_id, revision.c.seq)


def committed_at(connection: Connection, namespace_id: NamespaceId, seq: int) -> int:
    """When a revision was; 0 if there is none."""
    found = connection.execute(_COMMITTED_AT, {"namespace_id": namespace_id, "seq": seq})
    return found.scalar_one_or_none() or 0


def seq_at(connection: Connection, namespace_id: NamespaceId, now: int, at: int) -> int:
    """The last seq of those up to ``now`` that was committed by a time; 0 if there is none. Times never decrease."""
    low, high = 0, now
    while low < high:
        middle = (low + high + 1) // 2
        if committed_at(connection, namespace_id, middle) <= at:
            low = middle
        else:
            high = middle - 1
    return low


def read_states(
    connection: Connection, namespace_id: NamespaceId, node_ids: Iterable[NodeId], then: int
) -> Iterator[Node]:
    """Nodes as they were at a seq, deleted ones too, in no order; those that were not there yet are left out."""
    for some in pieces(sorted(node_ids)):
        scope = {"namespace_id": namespace_id, "ids": some, "then": then}
        seqs = sorted(seq for _, seq in connection.execute(_LATEST_BY_THEN, scope))
        yield from read_revisions(connection, namespace_id, seqs)


def read_revisions(connection: Connection, namespace_id: NamespaceId, seqs: Iterable[int]) -> Iterator[Node]:
    """The nodes that these revisions are of, each as it was with it; in no order."""
    return map(state_of, _STATES.rows(connection, namespace_id, ((seq,) for seq in seqs)))


def read_below_then(connection: Connection, namespace_id: NamespaceId, folder_id: NodeId, then: int) -> Iterator[Node]:
    """All that was alive below a folder at a seq, parents before children."""
    level = [folder_id]
    while level:
        above = set(level)
        ever: set[NodeId] = set()
        for some in pieces(level):
            ever.update(connection.scalars(_EVER_IN, {"namespace_id": namespace_id, "ids": some, "then": then}))
        level = []
        for found in read_states(connection, namespace_id, ever, then):
            if found.parent_id in above and not found.is_deleted:
                if found.kind is Kind.FOLDER:
                    level.append(found.node_id)
                yield found
