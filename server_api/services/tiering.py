"""Tiers: which packs only old versions use, told to the store, which may keep those where reading costs more.

A pack is old if nothing in it belongs to the current version of a living file. What a commit changes meanwhile counts
with the next pass: a tier decides about costs, and never about whether something can be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from server_api.contract.messages import NamespaceId, NodeId, PackId
from server_api.domain.contents import split_manifest
from server_api.services.packs import PROTECTED_MS
from server_api.services.server import Server
from server_api.storage import tiers
from server_api.storage.contention import retried
from server_api.storage.references import kept_versions
from server_api.storage.stores import ObjectMissingError
from server_api.storage.versions import read_manifests

_FILES: Final = 500
_HASHES: Final = 50_000


def set_tiers(server: Server, namespace_id: NamespaceId) -> Iterator[int]:
    """Tell the store what changed since the last time, a piece at a time; how many packs each time.

    Raises: UnavailableError; what was told already is remembered.
    """
    if not server.store.has_tiers:
        return
    used: set[PackId] = set()
    for some in _packs_of_current_versions(server, namespace_id):
        used |= some
        yield 0
    with server.database.read() as connection:
        before_ms = server.database_now_ms(connection) - PROTECTED_MS
        settled = tiers.settled_packs(connection, namespace_id, before_ms)
        old = tiers.old_packs(connection, settled)
    for pack_id, key in settled.items():
        is_old = pack_id not in used
        if is_old != (pack_id in old):
            try:
                server.store.set_tier(key, is_old=is_old)
            except ObjectMissingError:
                continue  # deleted meanwhile, or missing, which others find and tell
            _note(server, pack_id, is_old=is_old)
            yield 1


def _packs_of_current_versions(server: Server, namespace_id: NamespaceId) -> Iterator[set[PackId]]:
    after = NodeId(b"")
    while True:
        with server.database.read() as connection:
            node_ids = tiers.files_after(connection, namespace_id, after, _FILES)
            current, _ = kept_versions(connection, namespace_id, node_ids)
            found: set[PackId] = set()
            hashes: set[bytes] = set()
            for _, manifest in read_manifests(connection, namespace_id, current):
                hashes.update(split_manifest(manifest))
                if len(hashes) > _HASHES:
                    found |= tiers.packs_holding(connection, namespace_id, hashes)
                    hashes.clear()
            found |= tiers.packs_holding(connection, namespace_id, hashes)
        yield found
        if len(node_ids) < _FILES:
            return
        after = node_ids[-1]


@retried
def _note(server: Server, pack_id: PackId, *, is_old: bool) -> None:
    with server.database.write() as work:
        tiers.note_tier(work.connection, pack_id, is_old=is_old)
