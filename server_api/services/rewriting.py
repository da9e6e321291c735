"""Rewriting: packs with much dead space give up their living chunks, and small packs are merged.

The new pack is written, read back and hashed before anything refers to it. The switch is one transaction; it is off if
anything about the old packs is not as it was read. They are deleted when no address of theirs can be in use any more,
and a device that comes too late asks for the places again.
"""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Iterator, Sequence
from typing import Final

import google_crc32c
import msgspec
from msgspec import Struct

from server_api.contract.messages import NamespaceId, PackedChunk, PackId
from server_api.contract.packs import HEADER_BYTES, PackError, encode_header, encode_index, index_bytes
from server_api.domain.packs import check_chunk, check_pack
from server_api.services.packs import PROTECTED_MS
from server_api.services.server import Server
from server_api.storage import collecting
from server_api.storage.collecting import Filling
from server_api.storage.contention import retried
from server_api.storage.packs import NewPack, PackState, find_packs, insert_packs, refuse_pack
from server_api.storage.revisions import lock_namespace
from server_api.storage.stores import ObjectMissingError, pack_key

PACK_BYTES: Final = 16 * 1024 * 1024
SMALL_BYTES: Final = 4 * 1024 * 1024
_DEAD_SHARE: Final = 0.3
"""So much of a pack has to be dead before it is worth writing the rest anew."""
_MOST_CHUNKS: Final = 10_000
"""In one rewrite: its switch holds the namespace's lock."""
_LOG: Final = logging.getLogger(__name__)


class Rewrite(Struct, frozen=True):
    """What one rewrite did: packs that were replaced, and by how many bytes the store will be smaller."""

    packs: int
    saved_bytes: int
    failure: str = ""


def choose(fillings: Sequence[Filling]) -> list[list[Filling]]:
    """Which packs become one, oldest with oldest.

    A pack with much dead space is always worth it. Small ones are, once together they make a quarter of a full pack or
    are sixteen: so a byte is written anew a few times in its life, however slowly packs come in.
    """
    groups: list[list[Filling]] = []
    group: list[Filling] = []
    for filling in fillings:
        if not (_is_wasteful(filling) or filling.size < SMALL_BYTES):
            continue
        together = [*group, filling]
        if group and (
            sum(each.live_bytes for each in together) > PACK_BYTES
            or sum(each.chunks for each in together) > _MOST_CHUNKS
        ):
            groups.append(group)
            group = []
        group.append(filling)
    if group:
        groups.append(group)
    return [group for group in groups if _is_worthwhile(group)]


def _is_wasteful(filling: Filling) -> bool:
    dead_bytes = filling.size - filling.live_bytes - HEADER_BYTES - index_bytes(filling.chunks)
    return dead_bytes > _DEAD_SHARE * filling.size


def _is_worthwhile(group: Sequence[Filling]) -> bool:
    if any(_is_wasteful(each) for each in group):
        return True
    return len(group) > 1 and (len(group) >= 16 or sum(each.live_bytes for each in group) >= SMALL_BYTES)


def rewrite_packs(server: Server, namespace_id: NamespaceId, *, grace_ms: int) -> Iterator[Rewrite | None]:
    """Rewrite what is worth it, a group at a time. Raises: UnavailableError, StoreFullError."""
    with server.database.read() as connection:
        now_ms = server.database_now_ms(connection)
        fillings = collecting.read_fillings(connection, namespace_id, now_ms - PROTECTED_MS)
    for group in choose(fillings):
        yield None
        yield rewrite_group(server, namespace_id, [filling.pack_id for filling in group], grace_ms=grace_ms)


def rewrite_group(server: Server, namespace_id: NamespaceId, old: Sequence[PackId], *, grace_ms: int) -> Rewrite | None:
    """Write what lies in these packs anew as one; ``None``, if nothing does, or something changed meanwhile.

    Raises: UnavailableError, StoreFullError.
    """
    with server.database.read() as connection:
        lying = collecting.chunks_in(connection, old)
        found = find_packs(connection, old)
    if not lying or any(condemned_at is not None for _, condemned_at, _ in lying):
        return None
    try:
        whole, chunks = _pack(server, namespace_id, [(found[pack_id].object_key, chunk) for pack_id, _, chunk in lying])
    except (PackError, ObjectMissingError, KeyError) as error:
        _LOG.warning("packs cannot be rewritten", extra={"packs": [id_.hex() for id_ in old], "reason": str(error)})
        return Rewrite(0, 0, f"{len(old)} packs cannot be read back whole, among them {old[0].hex()}")
    new = write_pack(server, namespace_id, whole)
    if new is None:
        return Rewrite(0, 0, "the store gives back other bytes than were written")
    until_ms = grace_ms + server.config.limits.get_url_s * 1000
    if not _switch(server, namespace_id, old, lying, new, chunks, lasts_ms=until_ms):
        give_up(server, new)
        return None
    return Rewrite(len(old), sum(pack.size for pack in found.values()) - len(whole))


def write_pack(server: Server, namespace_id: NamespaceId, whole: bytes) -> PackId | None:
    """Put a sound pack into the store and read it back. It counts once ``collecting.switch_pack`` says so.

    ``None``, if other bytes came back. Raises: UnavailableError, StoreFullError.
    """
    new = NewPack(
        pack_id=PackId(server.ids.new_id()),
        size=len(whole),
        crc32c=google_crc32c.value(whole).to_bytes(4, "big"),
        md5=hashlib.md5(whole, usedforsecurity=False).digest(),
    )
    _announce(server, namespace_id, new)
    key = pack_key(namespace_id, new.pack_id)
    server.store.put(key, io.BytesIO(whole))
    if server.store.read_range(key, 0, new.size + 1) != whole:
        _LOG.error("the store gives back other bytes than were written", extra={"key": key})
        give_up(server, new.pack_id)
        return None
    return new.pack_id


def _pack(
    server: Server, namespace_id: NamespaceId, lying: Sequence[tuple[str, PackedChunk]]
) -> tuple[bytes, list[PackedChunk]]:
    """All these chunks as one pack, each looked at. Raises: PackError, ObjectMissingError, UnavailableError."""
    whole = bytearray(encode_header(namespace_id))
    chunks = []
    read: tuple[str, int, bytes] = ("", 0, b"")
    for i, (key, chunk) in enumerate(lying):
        if read[0] != key:
            start = chunk.offset
            end = max(other.offset + other.stored_size for other_key, other in lying[i:] if other_key == key)
            read = (key, start, server.store.read_range(key, start, end - start))
        _, start, data = read
        stored = data[chunk.offset - start : chunk.offset - start + chunk.stored_size]
        server.offload(check_chunk, stored, chunk)
        chunks.append(msgspec.structs.replace(chunk, offset=len(whole)))
        whole += stored
    packed = bytes(whole) + encode_index(chunks)
    server.offload(check_pack, packed, namespace_id)
    return packed, chunks


@retried
def _announce(server: Server, namespace_id: NamespaceId, new: NewPack) -> None:
    """Its row comes before its object, so that no object is ever without one."""
    with server.database.write() as work:
        now_ms = server.database_now_ms(work.connection)
        insert_packs(
            work.connection,
            [new],
            namespace_id=namespace_id,
            device_id=None,
            state=PackState.WRITTEN,
            store=server.store.name,
            now_ms=now_ms,
            expires_at=now_ms + PROTECTED_MS,
        )


@retried
def _switch(
    server: Server,
    namespace_id: NamespaceId,
    old: Sequence[PackId],
    lying: Sequence[tuple[PackId, int | None, PackedChunk]],
    new: PackId,
    chunks: Sequence[PackedChunk],
    *,
    lasts_ms: int,
) -> bool:
    with server.database.write() as work:
        connection = work.connection
        if lock_namespace(connection, namespace_id) is None or collecting.chunks_in(connection, old) != list(lying):
            return False
        now_ms = server.database_now_ms(connection)
        if not collecting.switch_pack(connection, new, now_ms):
            return False
        collecting.move_chunks(connection, namespace_id, chunks, new)
        collecting.free_packs(connection, old, now_ms + lasts_ms)
    return True


@retried
def give_up(server: Server, pack_id: PackId) -> None:
    """A pack that was written is not needed after all."""
    with server.database.write() as work:
        now_ms = server.database_now_ms(work.connection)
        refuse_pack(work.connection, pack_id, was=PackState.WRITTEN, until_ms=now_ms)
