"""What is referenced: the one place that says which contents must stay, and which chunks they are made of.

A version that keeps its manifest refers to its chunks, and nothing else does. So whatever needs a content, a living
file or a share link, only has to keep the version's manifest from being freed: it is added to ``kept_versions``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from sqlalchemy import Connection, CursorResult, select, update

from server_api.contract.messages import NamespaceId, NodeId, RevisionId
from server_api.domain.nodes import Tree, seq_of
from server_api.storage.bulk import pieces
from server_api.storage.nodes import read_lineages
from server_api.storage.tables import revision

_FETCH: Final = 10
"""Manifests at once: one may take 16 MB."""


def read_references(
    connection: Connection, namespace_id: NamespaceId, after_seq: int, up_to_seq: int
) -> Iterator[bytes]:
    """The manifests of the versions with a seq above the one and up to the other."""
    wanted = (
        select(revision.c.manifest)
        .where(
            revision.c.namespace_id == namespace_id,
            revision.c.seq > after_seq,
            revision.c.seq <= up_to_seq,
            revision.c.manifest.is_not(None),
        )
        .execution_options(yield_per=_FETCH)
    )
    yield from connection.execute(wanted).scalars()


def kept_versions(
    connection: Connection, namespace_id: NamespaceId, node_ids: Collection[NodeId]
) -> tuple[set[RevisionId], dict[NodeId, int]]:
    """Of these files' versions those that stay whatever their age, and when the dead among the files died.

    What is current in a living file stays. A file is dead by its own deletion or by that of a folder above it; if both,
    then by the later one.
    """
    nodes = read_lineages(connection, namespace_id, node_ids)
    tree = Tree(nodes)
    kept: set[RevisionId] = set()
    died_at: dict[NodeId, int] = {}
    for node_id in node_ids:
        node = nodes.get(node_id)
        if node is None:
            continue
        if tree.is_alive(node):
            if node.version_id:
                kept.add(node.version_id)
        else:
            above = [nodes[id_] for id_ in tree.lineage(node_id) if id_ in nodes]
            deletions = [each.committed_at for each in above if each.is_deleted]
            died_at[node_id] = max(deletions, default=node.committed_at)
    return kept, died_at


def free_versions(connection: Connection, namespace_id: NamespaceId, version_ids: Collection[RevisionId]) -> int:
    """Their manifests are gone from now on; how many had one. The caller holds the namespace's row."""
    freed = 0
    for some in pieces(sorted(version_ids)):
        done: CursorResult[object] = connection.execute(
            update(revision)
            .where(
                revision.c.namespace_id == namespace_id,
                revision.c.seq.in_([seq_of(id_) for id_ in some]),
                revision.c.revision_id.in_(some),
                revision.c.manifest.is_not(None),
            )
            .values(manifest=None)
        )
        freed += done.rowcount
    return freed
