"""What collection asks of the database and writes into it: chunks without a reference, packs without a chunk, orphans.

Chunks: live ──condemn──> condemned ──free──> no row, which is to say missing
                 ^──revive──┘

The pack goes when nothing lies in it any more. All of it happens under the lock of the namespace's row, which commits
and seals hold as well.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, CursorResult, delete, exists, func, insert, or_, select, update

from server_api.contract.messages import Codec, NamespaceId, PackedChunk, PackId
from server_api.storage.bulk import Lookup, pieces, update_rows
from server_api.storage.packs import PackState
from server_api.storage.tables import chunk, namespace, orphan, pack, placement

_STATES: Final = Lookup(
    select(chunk.c.chunk_hash, chunk.c.condemned_at, chunk.c.pack_id), chunk.c.namespace_id, chunk.c.chunk_hash
)
_THERE: Final = (PackState.SEALED.value, PackState.VERIFIED.value)


class Dead(Struct, frozen=True):
    """Chunks that nothing refers to: those to condemn, and those that have been condemned for long enough."""

    fresh: list[bytes]
    overdue: list[bytes]


def collectable_namespaces(connection: Connection) -> list[NamespaceId]:
    return [NamespaceId(id_) for id_ in connection.scalars(select(namespace.c.namespace_id).order_by("namespace_id"))]


def namespace_seq(connection: Connection, namespace_id: NamespaceId) -> int:
    return connection.scalar(select(namespace.c.seq).where(namespace.c.namespace_id == namespace_id)) or 0


def chunks_after(connection: Connection, namespace_id: NamespaceId, after: bytes, limit: int) -> list[bytes]:
    """The hashes of the namespace's chunks in their order."""
    wanted = select(chunk.c.chunk_hash).where(chunk.c.namespace_id == namespace_id, chunk.c.chunk_hash > after)
    return list(connection.scalars(wanted.order_by(chunk.c.chunk_hash).limit(limit)))


def judge_dead(
    connection: Connection, namespace_id: NamespaceId, hashes: Collection[bytes], *, now_ms: int, grace_ms: int
) -> Dead:
    """Of chunks that nothing refers to; without those of packs whose reservation still holds."""
    rows = list(_STATES.rows(connection, namespace_id, ((hash_,) for hash_ in sorted(hashes))))
    reserved: set[bytes] = set()
    for some in pieces({row[2] for row in rows}):
        waiting = select(pack.c.pack_id).where(pack.c.pack_id.in_(some))
        reserved.update(connection.scalars(waiting.where(or_(pack.c.expires_at > now_ms, pack.c.state.not_in(_THERE)))))
    fresh, overdue = set(), set()
    for hash_, condemned_at, pack_id in rows:
        if condemned_at is None:
            if pack_id not in reserved:
                fresh.add(hash_)
        elif condemned_at <= now_ms - grace_ms:
            overdue.add(hash_)
    return Dead(sorted(fresh), sorted(overdue))


def condemn(connection: Connection, namespace_id: NamespaceId, hashes: Sequence[bytes], now_ms: int) -> None:
    for some in pieces(hashes):
        live = update(chunk).where(
            chunk.c.namespace_id == namespace_id, chunk.c.chunk_hash.in_(some), chunk.c.condemned_at.is_(None)
        )
        connection.execute(live.values(condemned_at=now_ms))


def free_chunks(connection: Connection, namespace_id: NamespaceId, hashes: Sequence[bytes]) -> None:
    for some in pieces(hashes):
        condemned = delete(chunk).where(
            chunk.c.namespace_id == namespace_id, chunk.c.chunk_hash.in_(some), chunk.c.condemned_at.is_not(None)
        )
        connection.execute(condemned)


def empty_packs(
    connection: Connection, namespace_id: NamespaceId, now_ms: int, after: bytes, limit: int
) -> list[tuple[PackId, int]]:
    """Packs in which nothing lies, and their sizes, in order; not those whose reservation still holds."""
    wanted = select(pack.c.pack_id, pack.c.size).where(
        pack.c.namespace_id == namespace_id,
        pack.c.pack_id > after,
        pack.c.state.in_(_THERE),
        pack.c.expires_at <= now_ms,
        ~exists().where(chunk.c.pack_id == pack.c.pack_id),
    )
    return [(PackId(row.pack_id), row.size) for row in connection.execute(wanted.order_by(pack.c.pack_id).limit(limit))]


def free_packs(connection: Connection, pack_ids: Sequence[PackId], until_ms: int) -> int:
    """Those in which nothing lies will be deleted then; how many there are."""
    freed = 0
    for some in pieces(pack_ids):
        done: CursorResult[object] = connection.execute(
            update(pack)
            .where(
                pack.c.pack_id.in_(some),
                pack.c.state.in_(_THERE),
                ~exists().where(chunk.c.pack_id == pack.c.pack_id),
            )
            .values(state=PackState.FREED.value, declared=None, expires_at=until_ms)
        )
        freed += done.rowcount
    return freed


# --- rewriting ---------------------------------------------------------------------------------------------------


class Filling(Struct, frozen=True):
    """How full a pack is: ``live_bytes`` of its chunks as they are stored, of which none is condemned."""

    pack_id: PackId
    size: int
    chunks: int
    live_bytes: int


def read_fillings(connection: Connection, namespace_id: NamespaceId, before_ms: int) -> list[Filling]:
    """The namespace's verified packs in which something lies and nothing is condemned, oldest first."""
    wanted = (
        select(pack.c.pack_id, pack.c.size, func.count(), func.sum(chunk.c.stored_size))
        .join(chunk, chunk.c.pack_id == pack.c.pack_id)
        .where(
            pack.c.namespace_id == namespace_id,
            pack.c.state == PackState.VERIFIED.value,
            pack.c.created_at <= before_ms,
        )
        .group_by(pack.c.pack_id, pack.c.size, pack.c.created_at)
        .having(func.count(chunk.c.condemned_at) == 0)
        .order_by(pack.c.created_at, pack.c.pack_id)
    )
    return [Filling(PackId(row[0]), row[1], row[2], int(row[3])) for row in connection.execute(wanted)]


def chunks_in(connection: Connection, pack_ids: Sequence[PackId]) -> list[tuple[PackId, int | None, PackedChunk]]:
    """All that lies in these packs, in order: pack, since when it is condemned, where it lies."""
    wanted = (
        select(
            chunk.c.pack_id,
            chunk.c.condemned_at,
            chunk.c.chunk_hash,
            chunk.c.offset,
            chunk.c.stored_size,
            chunk.c.plain_size,
            chunk.c.codec,
            chunk.c.key_id,
        )
        .where(chunk.c.pack_id.in_(pack_ids))
        .order_by(chunk.c.pack_id, chunk.c.offset)
    )
    rows = connection.execute(wanted).all()
    return [(PackId(r[0]), r[1], PackedChunk(r[2], r[3], r[4], r[5], Codec(r[6]), r[7])) for r in rows]


def move_chunks(
    connection: Connection, namespace_id: NamespaceId, chunks: Sequence[PackedChunk], target: PackId
) -> None:
    """From now on they lie there. The caller holds the namespace's row and has looked where they lie."""
    rows = [(namespace_id, each.hash, target, each.offset) for each in sorted(chunks, key=lambda each: each.hash)]
    update_rows(connection, chunk, ("namespace_id", "chunk_hash"), ("pack_id", "offset"), rows)


def switch_pack(connection: Connection, pack_id: PackId, now_ms: int) -> bool:
    """Whether this made a written pack, that was read back, a verified one."""
    written = update(pack).where(pack.c.pack_id == pack_id, pack.c.state == PackState.WRITTEN.value)
    done: CursorResult[object] = connection.execute(
        written.values(state=PackState.VERIFIED.value, declared=None, expires_at=0, checked_at=now_ms)
    )
    return done.rowcount == 1


# --- orphans -----------------------------------------------------------------------------------------------------


def unknown_objects(connection: Connection, pack_ids: Mapping[str, bytes]) -> set[str]:
    """Of these keys those that no pack lies under or is sent to; given each key's pack."""
    known: dict[bytes, str] = {}
    for some in pieces(sorted(set(pack_ids.values()))):
        placed = select(placement.c.pack_id, placement.c.object_key).where(placement.c.pack_id.in_(some))
        known.update((pack_id, key) for pack_id, key in connection.execute(placed))
    # What is being copied to its place has a row that names where it was sent.
    return {
        key
        for key, pack_id in pack_ids.items()
        if pack_id not in known or (key.startswith("incoming/") and known[pack_id] != key)
    }


def orphans_seen(connection: Connection) -> dict[str, int]:
    """What was found without a row before, and when first."""
    return {row.object_key: row.seen_at for row in connection.execute(select(orphan))}


def note_orphans(connection: Connection, keys: Collection[str], now_ms: int) -> None:
    known = orphans_seen(connection)
    rows = [{"object_key": key, "seen_at": now_ms} for key in sorted(set(keys) - known.keys())]
    if rows:
        connection.execute(insert(orphan), rows)


def forget_orphans(connection: Connection, keys: Collection[str]) -> None:
    for some in pieces(sorted(keys)):
        connection.execute(delete(orphan).where(orphan.c.object_key.in_(some)))
