"""The state of the tree in SQL: nodes at their latest revision, their ancestors, and what lies below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, and_, func, select

from server_api.contract.messages import ROOT, Kind, NamespaceId, NodeId
from server_api.contract.names import name_key
from server_api.domain.nodes import Node
from server_api.storage.bulk import Lookup
from server_api.storage.tables import node, revision

KINDS: Final = {int(kind): kind for kind in Kind}
"""By what is stored: quicker than asking the enum, for each row."""

STATE: Final = (
    revision.c.node_id,
    revision.c.kind,
    revision.c.parent_id,
    revision.c.seq,
    revision.c.revision_id,
    revision.c.name,
    revision.c.is_deleted,
    revision.c.version_id,
    revision.c.content_hash,
    revision.c.size,
    revision.c.mtime_ns,
    revision.c.executable,
    revision.c.link_target,
    revision.c.committed_at,
)
"""What a revision says of its node: what ``state_of`` takes."""
_NODES: Final = select(*STATE, node.c.live_name_key, node.c.subtree_seq).join_from(
    node, revision, and_(revision.c.namespace_id == node.c.namespace_id, revision.c.seq == node.c.seq)
)
_BY_ID: Final = Lookup(_NODES, node.c.namespace_id, node.c.node_id)
_CHILDREN: Final = Lookup(_NODES, node.c.namespace_id, node.c.parent_id)
_LIVING_CHILDREN: Final = Lookup(_NODES.where(node.c.live_name_key.is_not(None)), node.c.namespace_id, node.c.parent_id)
_BY_PLACE: Final = Lookup(
    select(node.c.parent_id, node.c.live_name_key, node.c.node_id),
    node.c.namespace_id,
    node.c.parent_id,
    node.c.live_name_key,
)
_CHILD_FOLDERS: Final = Lookup(
    select(node.c.node_id, node.c.parent_id).where(node.c.kind == int(Kind.FOLDER)),
    node.c.namespace_id,
    node.c.parent_id,
)


def read_nodes(connection: Connection, namespace_id: NamespaceId, node_ids: Iterable[NodeId]) -> Iterator[Node]:
    """The latest state of those that exist."""
    return map(state_of, _BY_ID.rows(connection, namespace_id, ((node_id,) for node_id in sorted(node_ids))))


def read_path(
    connection: Connection, namespace_id: NamespaceId, names: Iterable[str], *, below: NodeId = ROOT
) -> list[Node]:
    """The living nodes along a path from a folder, topmost first; ends before the first name that is not there."""
    along: list[Node] = []
    parent_id = below
    for name in names:
        place = (parent_id, name_key(name))
        node_id = read_occupants(connection, namespace_id, [place]).get(place)
        if node_id is None:
            break
        along.extend(read_nodes(connection, namespace_id, [node_id]))
        parent_id = node_id
    return along


def read_children(
    connection: Connection, namespace_id: NamespaceId, folder_ids: Iterable[NodeId], *, living_only: bool
) -> Iterator[Node]:
    """What is in these folders; with ``living_only`` not what is deleted by itself."""
    lookup = _LIVING_CHILDREN if living_only else _CHILDREN
    return map(state_of, lookup.rows(connection, namespace_id, ((folder_id,) for folder_id in folder_ids)))


def read_children_named(
    connection: Connection, namespace_id: NamespaceId, folder_ids: Iterable[NodeId], name: str
) -> list[Node]:
    """What has this name in these folders, deleted ones too. Reads all that is in the folders."""
    children = read_children(connection, namespace_id, folder_ids, living_only=False)
    key = name_key(name)
    return [child for child in children if child.name_key == key]


def read_lineages(connection: Connection, namespace_id: NamespaceId, node_ids: Iterable[NodeId]) -> dict[NodeId, Node]:
    """Those that exist, with all their ancestors."""
    nodes: dict[NodeId, Node] = {}
    wanted = set(node_ids) - {ROOT}
    while wanted:
        found = {found.node_id: found for found in read_nodes(connection, namespace_id, wanted)}
        nodes |= found
        wanted = {found.parent_id for found in found.values()} - nodes.keys() - {ROOT}
    return nodes


def read_below(connection: Connection, namespace_id: NamespaceId, *folder_ids: NodeId) -> list[Node]:
    """All below folders, parents before children; not what is deleted by itself, nor what is below that."""
    below: list[Node] = []
    level = list(folder_ids)
    while level:
        start = len(below)
        below.extend(read_children(connection, namespace_id, level, living_only=True))
        level = [found.node_id for found in below[start:] if found.kind is Kind.FOLDER]
    return below


def read_occupants(
    connection: Connection, namespace_id: NamespaceId, places: Iterable[tuple[NodeId, bytes]]
) -> dict[tuple[NodeId, bytes], NodeId]:
    """Who holds these places, by folder and name key."""
    rows = _BY_PLACE.rows(connection, namespace_id, sorted(places))
    return {(parent_id, key): node_id for parent_id, key, node_id in rows}


def read_folders_below(
    connection: Connection, namespace_id: NamespaceId, folder_ids: Iterable[NodeId]
) -> dict[NodeId, NodeId | None]:
    """These folders and all folders below them, dead or alive, each with its parent (``None`` if that is not below)."""
    parents: dict[NodeId, NodeId | None] = dict.fromkeys(folder_ids)
    level = list(parents)
    while level:
        found = []
        for node_id, parent_id in _CHILD_FOLDERS.rows(connection, namespace_id, ((above,) for above in level)):
            if node_id not in parents:
                found.append(node_id)
            parents[node_id] = parent_id
        level = found
    return parents


def read_folder_heights(
    connection: Connection, namespace_id: NamespaceId, folder_ids: Iterable[NodeId]
) -> dict[NodeId, int]:
    """For each folder, how many levels of folders lie below it. Reads each folder below them once."""
    heights: dict[NodeId, int] = dict.fromkeys(folder_ids, 0)
    parents = read_folders_below(connection, namespace_id, heights)
    for folder_id in parents:
        _lift(folder_id, parents, heights)
    return heights


def _lift(folder_id: NodeId, parents: Mapping[NodeId, NodeId | None], heights: dict[NodeId, int]) -> None:
    """This folder is ``height`` levels below each one above it."""
    height = 0
    current: NodeId | None = folder_id
    while current is not None:
        if current in heights:
            heights[current] = max(heights[current], height)
        current = parents[current]
        height += 1


def count_living(connection: Connection, namespace_id: NamespaceId) -> int:
    """How many nodes are alive. Walks the whole tree."""
    alive = (
        select(node.c.node_id, node.c.kind)
        .where(node.c.namespace_id == namespace_id, node.c.parent_id == ROOT, node.c.live_name_key.is_not(None))
        .cte("alive", recursive=True)
    )
    below = select(node.c.node_id, node.c.kind).join(
        alive,
        and_(
            node.c.namespace_id == namespace_id,
            node.c.parent_id == alive.c.node_id,
            alive.c.kind == int(Kind.FOLDER),
            node.c.live_name_key.is_not(None),
        ),
    )
    return connection.execute(select(func.count()).select_from(alive.union_all(below))).scalar_one()


def state_of(row: Sequence[Any]) -> Node:
    """The node as it was with this revision: of the columns of ``STATE``, then perhaps ``node``'s own two."""
    (
        node_id,
        kind,
        parent_id,
        seq,
        revision_id,
        name,
        is_deleted,
        version_id,
        content_hash,
        size,
        mtime_ns,
        executable,
        link_target,
        committed_at,
        *of_now,
    ) = row
    live_name_key, subtree_seq = of_now or (None, 0)
    return Node(
        node_id=node_id,
        kind=KINDS[kind],
        parent_id=parent_id,
        name=name,
        name_key=live_name_key or name_key(name),
        seq=seq,
        revision_id=revision_id,
        is_deleted=bool(is_deleted),
        version_id=version_id,
        content_hash=content_hash,
        size=size,
        mtime_ns=mtime_ns,
        executable=bool(executable),
        link_target=link_target,
        committed_at=committed_at,
        subtree_seq=subtree_seq,
    )
