"""Which chunks a namespace has, and where they lie."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final, TypeAlias

from sqlalchemy import BindParameter, Connection, Row, Select, and_, bindparam, delete, or_, select

from server_api.contract.messages import DeviceId, NamespaceId, PackedChunk, PackId
from server_api.storage.bulk import IN_LIMIT, insert_rows, pieces
from server_api.storage.tables import chunk, pack, placement

AnyRow: TypeAlias = Row[*tuple[Any, ...]]

_HASHES: Final[BindParameter[list[bytes]]] = bindparam("hashes", expanding=True)


def present_chunks(
    connection: Connection, namespace_id: NamespaceId, device_id: DeviceId | None, hashes: Collection[bytes]
) -> dict[bytes, int]:
    """The plain sizes of those that this device may refer to: verified, or sealed by itself."""
    is_visible = or_(pack.c.state == "verified", and_(pack.c.state == "sealed", pack.c.device_id == device_id))
    query = (
        select(chunk.c.chunk_hash, chunk.c.plain_size)
        .join(pack, pack.c.pack_id == chunk.c.pack_id)
        .where(chunk.c.namespace_id == namespace_id, chunk.c.chunk_hash.in_(_HASHES), is_visible)
    )
    return {row[0]: row[1] for row in _lookup(connection, query, hashes)}


def known_chunks(connection: Connection, namespace_id: NamespaceId, hashes: Collection[bytes]) -> set[bytes]:
    """Those that lie somewhere, whether or not they were verified."""
    query = select(chunk.c.chunk_hash).where(chunk.c.namespace_id == namespace_id, chunk.c.chunk_hash.in_(_HASHES))
    return {row[0] for row in _lookup(connection, query, hashes)}


def locate_chunks(connection: Connection, namespace_id: NamespaceId, hashes: Collection[bytes]) -> list[AnyRow]:
    """Rows of chunk_hash, pack_id, offset, stored_size, plain_size, codec, key_id, object_key, ordered as they lie.

    Whatever is sealed can be read by any member: a device hashes what it reads.
    """
    query = (
        select(
            chunk.c.chunk_hash,
            chunk.c.pack_id,
            chunk.c.offset,
            chunk.c.stored_size,
            chunk.c.plain_size,
            chunk.c.codec,
            chunk.c.key_id,
            placement.c.object_key,
        )
        .join(placement, placement.c.pack_id == chunk.c.pack_id)
        .where(chunk.c.namespace_id == namespace_id, chunk.c.chunk_hash.in_(_HASHES))
    )
    return sorted(_lookup(connection, query, hashes), key=lambda row: (row.pack_id, row.offset))


def unverified_packs(
    connection: Connection, namespace_id: NamespaceId, device_id: DeviceId, hashes: Collection[bytes]
) -> set[PackId]:
    """Packs of other devices that hold some of these chunks and may turn out false."""
    is_others = or_(pack.c.device_id.is_(None), pack.c.device_id != device_id)
    waiting = select(pack.c.pack_id).where(pack.c.namespace_id == namespace_id, pack.c.state == "sealed", is_others)
    pack_ids = connection.scalars(waiting).all()
    if not pack_ids:  # as nearly always, for a pack waits a second
        return set()
    query = (
        select(chunk.c.pack_id)
        .distinct()
        .where(
            chunk.c.namespace_id == namespace_id,
            chunk.c.chunk_hash.in_(_HASHES),
            chunk.c.pack_id.in_(pack_ids[:IN_LIMIT]),
        )
    )
    return {PackId(row[0]) for row in _lookup(connection, query, hashes)}


def insert_chunks(
    connection: Connection, namespace_id: NamespaceId, pack_id: PackId, chunks: Iterable[PackedChunk]
) -> None:
    """Say where these chunks lie; for those that lie somewhere already, nothing changes.

    The caller holds the namespace's row, so that no other transaction adds the same ones.
    """
    new = {entry.hash: entry for entry in chunks}
    for hash_ in known_chunks(connection, namespace_id, new):
        del new[hash_]
    rows = [
        (namespace_id, hash_, pack_id, c.offset, c.stored_size, c.plain_size, int(c.codec), c.key_id)
        for hash_, c in sorted(new.items())
    ]
    insert_rows(connection, chunk, rows)


def delete_chunks(connection: Connection, pack_id: PackId) -> None:
    """The chunks that lie in this pack are missing from now on."""
    connection.execute(delete(chunk).where(chunk.c.pack_id == pack_id))


def _lookup(connection: Connection, query: Select[Any], hashes: Collection[bytes]) -> Iterator[AnyRow]:
    for some in pieces(sorted(hashes)):  # in the index's order, neighbours share its pages
        yield from connection.execute(query, {"hashes": some}).all()
