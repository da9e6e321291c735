"""Which packs the store was told are old, and what of a namespace's packs files use."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from server_api.contract.messages import Kind, NamespaceId, NodeId, PackId
from server_api.storage.bulk import Lookup, pieces
from server_api.storage.packs import PackState
from server_api.storage.tables import chunk, node, old_pack, pack, placement

_PACKS: Final = Lookup(select(chunk.c.pack_id), chunk.c.namespace_id, chunk.c.chunk_hash)


def files_after(connection: Connection, namespace_id: NamespaceId, after: NodeId, limit: int) -> list[NodeId]:
    """The namespace's files, living or not, in the order of their ids."""
    wanted = select(node.c.node_id).where(
        node.c.namespace_id == namespace_id, node.c.node_id > after, node.c.kind == int(Kind.FILE)
    )
    return [NodeId(id_) for id_ in connection.scalars(wanted.order_by(node.c.node_id).limit(limit))]


def packs_holding(connection: Connection, namespace_id: NamespaceId, hashes: Collection[bytes]) -> set[PackId]:
    """The packs in which these chunks lie."""
    return {PackId(row[0]) for row in _PACKS.rows(connection, namespace_id, ((hash_,) for hash_ in sorted(hashes)))}


def settled_packs(connection: Connection, namespace_id: NamespaceId, before_ms: int) -> dict[PackId, str]:
    """Verified packs that were made before then, and their keys."""
    wanted = (
        select(pack.c.pack_id, placement.c.object_key)
        .join(placement, placement.c.pack_id == pack.c.pack_id)
        .where(
            pack.c.namespace_id == namespace_id,
            pack.c.state == PackState.VERIFIED.value,
            pack.c.created_at <= before_ms,
        )
    )
    return {PackId(pack_id): key for pack_id, key in connection.execute(wanted)}


def old_packs(connection: Connection, among: Mapping[PackId, str]) -> set[PackId]:
    """Those that the store was told are old."""
    found: set[PackId] = set()
    for some in pieces(sorted(among)):
        found.update(
            PackId(id_) for id_ in connection.scalars(select(old_pack.c.pack_id).where(old_pack.c.pack_id.in_(some)))
        )
    return found


def note_tier(connection: Connection, pack_id: PackId, *, is_old: bool) -> None:
    """The store was told."""
    connection.execute(delete(old_pack).where(old_pack.c.pack_id == pack_id))
    if is_old:
        connection.execute(insert(old_pack).values(pack_id=pack_id))
