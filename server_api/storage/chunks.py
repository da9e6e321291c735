"""Which chunks a namespace has, and where they lie."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final, NamedTuple

from sqlalchemy import Connection, and_, delete, or_, select, update

from server_api.contract.messages import DeviceId, NamespaceId, PackedChunk, PackId
from server_api.storage.bulk import AnyRow, Lookup, insert_rows, pieces
from server_api.storage.tables import chunk, old_pack, pack, placement

_CHUNKS: Final = Lookup(
    select(chunk.c.chunk_hash, chunk.c.pack_id, chunk.c.plain_size, chunk.c.condemned_at),
    chunk.c.namespace_id,
    chunk.c.chunk_hash,
)
_PLACES: Final = Lookup(
    select(
        chunk.c.chunk_hash,
        chunk.c.pack_id,
        chunk.c.offset,
        chunk.c.stored_size,
        chunk.c.plain_size,
        chunk.c.codec,
        chunk.c.key_id,
    ),
    chunk.c.namespace_id,
    chunk.c.chunk_hash,
)
_STORED: Final = Lookup(
    select(
        chunk.c.chunk_hash,
        chunk.c.pack_id,
        chunk.c.stored_size,
        pack.c.checked_at,
        placement.c.store,
        old_pack.c.pack_id.label("old_id"),
    )
    .join(pack, pack.c.pack_id == chunk.c.pack_id)
    .join(placement, placement.c.pack_id == chunk.c.pack_id)
    .outerjoin(old_pack, old_pack.c.pack_id == chunk.c.pack_id),
    chunk.c.namespace_id,
    chunk.c.chunk_hash,
)


def present_chunks(
    connection: Connection, namespace_id: NamespaceId, device_id: DeviceId, hashes: Collection[bytes]
) -> dict[bytes, int]:
    """The plain sizes of those that this device may refer to: verified, or sealed by itself."""
    return {hash_: plain_size for hash_, plain_size, _ in _visible_chunks(connection, namespace_id, device_id, hashes)}


def claim_chunks(
    connection: Connection, namespace_id: NamespaceId, device_id: DeviceId, hashes: Collection[bytes]
) -> dict[bytes, int]:
    """The same for a commit that is about to refer to them: none of them is condemned any more.

    The caller holds the namespace's row, under which alone chunks are condemned and forgotten.
    """
    found = _visible_chunks(connection, namespace_id, device_id, hashes)
    revive_chunks(connection, namespace_id, [hash_ for hash_, _, condemned_at in found if condemned_at is not None])
    return {hash_: plain_size for hash_, plain_size, _ in found}


def revive_chunks(connection: Connection, namespace_id: NamespaceId, hashes: Collection[bytes]) -> None:
    """They are not condemned any more."""
    for some in pieces(sorted(hashes)):
        condemned = update(chunk).where(chunk.c.namespace_id == namespace_id, chunk.c.chunk_hash.in_(some))
        connection.execute(condemned.values(condemned_at=None))


def _visible_chunks(
    connection: Connection, namespace_id: NamespaceId, device_id: DeviceId, hashes: Collection[bytes]
) -> list[tuple[bytes, int, int | None]]:
    found = list(_look_up(connection, _CHUNKS, namespace_id, hashes))
    is_visible = or_(pack.c.state == "verified", and_(pack.c.state == "sealed", pack.c.device_id == device_id))
    visible: set[bytes] = set()
    for some in pieces({row[1] for row in found}):
        visible.update(connection.scalars(select(pack.c.pack_id).where(pack.c.pack_id.in_(some), is_visible)))
    return [(hash_, plain_size, at) for hash_, pack_id, plain_size, at in found if pack_id in visible]


def known_chunks(connection: Connection, namespace_id: NamespaceId, hashes: Collection[bytes]) -> set[bytes]:
    """Those that lie somewhere, whether or not they were verified."""
    return {row[0] for row in _look_up(connection, _CHUNKS, namespace_id, hashes)}


def locate_chunks(
    connection: Connection, namespace_id: NamespaceId, hashes: Collection[bytes]
) -> tuple[list[AnyRow], dict[bytes, str]]:
    """Rows of chunk_hash, pack_id, offset, stored_size, plain_size, codec, key_id, as they lie; the packs' keys.

    Whatever is sealed can be read by any member: a device hashes what it reads.
    """
    found = sorted(_look_up(connection, _PLACES, namespace_id, hashes), key=lambda row: (row[1], row[2]))
    keys: dict[bytes, str] = {}
    for some in pieces({row[1] for row in found}):
        placed = select(placement.c.pack_id, placement.c.object_key).where(placement.c.pack_id.in_(some))
        keys.update((pack_id, key) for pack_id, key in connection.execute(placed))
    return found, keys


class Stored(NamedTuple):
    """A chunk in one of the stores where it lies."""

    chunk_hash: bytes
    pack_id: bytes
    stored_size: int
    checked_at: int | None
    store: str
    is_old: bool
    """The store was told that only old versions use its pack."""


def locate_stored(connection: Connection, namespace_id: NamespaceId, hashes: Collection[bytes]) -> list[Stored]:
    """Where these chunks lie, for people."""
    rows = _look_up(connection, _STORED, namespace_id, hashes)
    return [
        Stored(hash_, pack_id, size, checked_at, store, old_id is not None)
        for hash_, pack_id, size, checked_at, store, old_id in rows
    ]


def unverified_packs(
    connection: Connection, namespace_id: NamespaceId, device_id: DeviceId, hashes: Collection[bytes]
) -> set[PackId]:
    """Packs of other devices that hold some of these chunks and may turn out false."""
    is_others = or_(pack.c.device_id.is_(None), pack.c.device_id != device_id)
    waiting = select(pack.c.pack_id).where(pack.c.namespace_id == namespace_id, pack.c.state == "sealed", is_others)
    pack_ids = set(connection.scalars(waiting))
    if not pack_ids:  # as nearly always, for a pack waits a second
        return set()
    return {PackId(row[1]) for row in _look_up(connection, _CHUNKS, namespace_id, hashes) if row[1] in pack_ids}


def insert_chunks(
    connection: Connection, namespace_id: NamespaceId, pack_id: PackId, chunks: Iterable[PackedChunk]
) -> None:
    """Say where these chunks lie; those that lie somewhere already stay there, and none of them is condemned.

    The caller holds the namespace's row, so that no other transaction adds the same ones.
    """
    new = {entry.hash: entry for entry in chunks}
    condemned = []
    for hash_, _, _, condemned_at in list(_look_up(connection, _CHUNKS, namespace_id, new)):
        del new[hash_]
        if condemned_at is not None:
            condemned.append(hash_)
    revive_chunks(connection, namespace_id, condemned)
    rows = [
        (namespace_id, hash_, pack_id, c.offset, c.stored_size, c.plain_size, int(c.codec), c.key_id, None)
        for hash_, c in sorted(new.items())
    ]
    insert_rows(connection, chunk, rows)


def forget_chunk(connection: Connection, namespace_id: NamespaceId, pack_id: PackId, hash_: bytes) -> None:
    """This chunk is missing from now on, if it still lies in that pack; the pack's others stay."""
    connection.execute(
        delete(chunk).where(
            chunk.c.namespace_id == namespace_id, chunk.c.chunk_hash == hash_, chunk.c.pack_id == pack_id
        )
    )


def delete_chunks(connection: Connection, pack_id: PackId) -> None:
    """The chunks that lie in this pack are missing from now on."""
    connection.execute(delete(chunk).where(chunk.c.pack_id == pack_id))


def _look_up(
    connection: Connection, lookup: Lookup, namespace_id: NamespaceId, hashes: Collection[bytes]
) -> Iterator[AnyRow]:
    # In the index's order: neighbours share its pages.
    return lookup.rows(connection, namespace_id, ((hash_,) for hash_ in sorted(hashes)))
