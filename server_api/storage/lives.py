"""The past of nodes in SQL: where each was, and from when until when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection, bindparam, select

from server_api.contract.messages import Kind, NamespaceId, NodeId, RevisionId
from server_api.contract.names import name_key
from server_api.storage.bulk import IN_LIMIT, pieces
from server_api.storage.tables import revision

_NODES_NAMED: Final = (
    select(revision.c.node_id)
    .distinct()
    .where(
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
    for some in pieces(sorted(node_ids), IN_LIMIT):
        rows = connection.execute(_LIVES, scope | {"ids": some}).all()
        for i, row in enumerate(rows):
            last = i + 1 == len(rows) or rows[i + 1].node_id != row.node_id
            if not row.is_deleted and row.parent_id in inside and name_key(row.name) == key:
                end = now if last else rows[i + 1].seq
                is_folder = row.kind == Kind.FOLDER
                yield Stay(row.node_id, is_folder, row.parent_id, row.version_id, row.seq, end)
