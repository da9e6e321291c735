"""Adoption: a database that comes back from an earlier time meets a store that went on without it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Final

import google_crc32c
from sqlalchemy import Connection, select

from server_api.contract.messages import MAX_PACK_BYTES, NamespaceId, PackId
from server_api.contract.packs import PackError
from server_api.domain.packs import check_pack
from server_api.services.server import Server
from server_api.storage.bulk import insert_rows
from server_api.storage.chunks import insert_chunks
from server_api.storage.packs import NewPack, PackState, insert_packs
from server_api.storage.stores import ObjectMissingError, pack_key, pack_of_key
from server_api.storage.tables import namespace, placement

StoredPacks = dict[tuple[bytes, bytes], int]
"""The sizes of objects, by namespace and pack."""

_AREA: Final = "packs/"


def stored_packs(server: Server) -> StoredPacks:
    """What is in the store. Raises: UnavailableError."""
    return {ids: found.size for found in server.store.list(_AREA) if (ids := pack_of_key(found.key))}


def place_packs(server: Server, connection: Connection, packs: Iterable[tuple[bytes, bytes]]) -> None:
    """Say that these packs, each with its namespace, lie where packs lie in this store."""
    rows = [(pack_id, server.store.name, pack_key(namespace_id, pack_id)) for namespace_id, pack_id in packs]
    insert_rows(connection, placement, rows)


def adopt_packs(
    server: Server, connection: Connection, stored: Mapping[tuple[bytes, bytes], int], warnings: list[str]
) -> int:
    """Take in packs that the database does not know: read whole, since nothing else vouches for them; how many.

    Their chunks lie there from now on, those that lie elsewhere already excepted. Raises: UnavailableError.
    """
    known = set(connection.scalars(select(namespace.c.namespace_id)))
    adopted = refused = 0
    for (namespace_bytes, pack_bytes), size in stored.items():
        namespace_id, pack_id = NamespaceId(namespace_bytes), PackId(pack_bytes)
        if namespace_id not in known:
            refused += 1
            continue
        try:
            whole = server.store.read_range(pack_key(namespace_id, pack_id), 0, MAX_PACK_BYTES)
            chunks = check_pack(whole, namespace_id)
        except (PackError, ObjectMissingError):
            refused += 1
            continue
        insert_packs(
            connection,
            [NewPack(pack_id=pack_id, size=size, crc32c=_crc32c(whole), md5=_md5(whole))],
            namespace_id=namespace_id,
            device_id=None,
            state=PackState.VERIFIED,
            store=server.store.name,
            now_ms=server.clock.now_ms(),
            expires_at=0,
        )
        insert_chunks(connection, namespace_id, pack_id, chunks)
        adopted += 1
    if refused:
        warnings.append(f"{refused} packs in the store are of no known tree or cannot be read; they were left")
    return adopted


def _crc32c(data: bytes) -> bytes:
    value: int = google_crc32c.value(data)
    return value.to_bytes(4, "big")


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()
