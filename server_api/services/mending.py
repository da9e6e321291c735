"""What it means that packs are not whole: whose files are hit, and what of them can be mended.

First another copy of each chunk is looked for. Those of which there is none become missing, so that a device that has
them sends them again; their bytes stay in the store until then, damaged as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from msgspec import Struct

from server_api.contract.messages import NamespaceId, PackId
from server_api.contract.packs import PackError
from server_api.errors import StoreFullError, UnavailableError
from server_api.services.rewriting import rewrite_group
from server_api.services.salvaging import read_index, salvage
from server_api.services.scrub_report import Scrubbed
from server_api.services.server import Server
from server_api.services.wholeness import BrokenVersions, look_at_versions
from server_api.storage import chunks, collecting
from server_api.storage.bulk import pieces
from server_api.storage.contention import retried
from server_api.storage.revisions import lock_namespace
from server_api.storage.stores import ObjectMissingError, pack_key

_LOCKED: Final = 200


class Lost(Struct):
    """What of one namespace's packs is not whole.

    Attributes:
        damaged: packs with other bytes, each with its chunks that are hit.
        gone: packs without an object.
    """

    damaged: dict[PackId, list[bytes]]
    gone: list[PackId]


def judge(server: Server, namespace_id: NamespaceId, lost: Lost, report: Scrubbed) -> Iterator[None]:
    """Tell which files are hit; after mending what can be, if the report says that it is a repair."""
    lost_in = {hash_: pack_id for pack_id, hit in lost.damaged.items() for hash_ in hit}
    with server.database.read() as connection:
        for pack_id in lost.gone:
            lost_in |= {chunk.hash: pack_id for _, _, chunk in collecting.chunks_in(connection, [pack_id])}
    before, lacking = BrokenVersions(), set[bytes]()
    for some in _look_for_broken(server, namespace_id, lost_in.keys(), before):
        lacking |= some
        yield
    if report.is_repair and (lost.damaged or lost_in or lacking):
        try:
            for salvaged in salvage(server, namespace_id, lacking, lost_in):
                report.chunks_salvaged += len(salvaged)
                lacking -= salvaged
                for hash_ in salvaged:
                    lost_in.pop(hash_, None)
                yield
            for some_lost in pieces(lost_in.items(), _LOCKED):
                report.chunks_awaited += _forget(server, namespace_id, dict(some_lost))
                yield
            lost_in.clear()
            for pack_id in lost.damaged:
                # The bytes that nobody else has stay where they are, damaged as they may be.
                if not _may_hold(server, namespace_id, pack_id, lacking):
                    _take_out(server, namespace_id, pack_id, report)
                yield
        except (UnavailableError, StoreFullError) as error:
            report.fail(f"not all of it could be repaired: {error}")
        before = BrokenVersions()
        for _ in _look_for_broken(server, namespace_id, lost_in.keys(), before):
            yield
    report.chunks_left += len(lost_in)
    report.chunks_lacking += len(lacking)
    report.broken.join(before)


def _look_for_broken(
    server: Server, namespace_id: NamespaceId, damaged: Collection[bytes], found: BrokenVersions
) -> Iterator[set[bytes]]:
    reached: int | None = 0
    while reached is not None:
        with server.database.read() as connection:
            look = look_at_versions(connection, namespace_id, reached, damaged)
        for broken in look.broken:
            found.add(broken)
        reached = look.reached
        yield look.lacking


@retried
def _forget(server: Server, namespace_id: NamespaceId, lost_in: dict[bytes, PackId]) -> int:
    """They are missing from now on: the next device that has them is asked to send them."""
    with server.database.write() as work:
        if lock_namespace(work.connection, namespace_id) is None:
            return 0
        for hash_, pack_id in lost_in.items():
            chunks.forget_chunk(work.connection, namespace_id, pack_id, hash_)
    return len(lost_in)


def _may_hold(server: Server, namespace_id: NamespaceId, pack_id: PackId, lacking: Collection[bytes]) -> bool:
    """Whether what is left of one of these chunks may lie in this pack. Raises: UnavailableError."""
    if not lacking:
        return False
    stored = server.store.head(pack_key(namespace_id, pack_id))
    try:
        return stored is not None and any(chunk.hash in lacking for chunk in read_index(server, stored))
    except (PackError, ObjectMissingError):
        return True


def _take_out(server: Server, namespace_id: NamespaceId, pack_id: PackId, report: Scrubbed) -> None:
    """What is whole in a damaged pack becomes another one; without any, collection deletes the pack by itself."""
    done = rewrite_group(server, namespace_id, [pack_id], grace_ms=server.config.limits.grace_s * 1000)
    with server.database.read() as connection:
        is_empty = not collecting.chunks_in(connection, [pack_id])
    report.packs_rewritten += is_empty
    if done is not None and done.failure:
        report.fail(done.failure)
