"""What is known of one file: where its content lies, since when, when it was last verified, and who has it."""

from __future__ import annotations

from collections import Counter, defaultdict

from server_api.contract.history import Details, Holder, StoredPart
from server_api.contract.messages import NamespaceId
from server_api.domain.contents import split_manifest
from server_api.domain.paths import split_path
from server_api.errors import InvalidBodyError, NotFoundError
from server_api.services.positions import read_keepers
from server_api.services.server import Caller, Server
from server_api.services.whereabouts import Whereabouts
from server_api.storage.chunks import Stored, locate_stored
from server_api.storage.nodes import read_path
from server_api.storage.recent import count_contents, read_owners
from server_api.storage.versions import read_manifests, read_versions


def read_details(server: Server, caller: Caller, namespace_id: NamespaceId, path: str) -> Details:
    """Of what is there now. Raises: NotFoundError, InvalidBodyError."""
    names = split_path(path)
    if not names:
        raise InvalidBodyError("the root is no node")
    with server.database.read() as connection:
        along = read_path(connection, namespace_id, names)
        if len(along) < len(names):
            raise NotFoundError
        node = along[-1]
        where = Whereabouts(connection, namespace_id)
        where.learn([node.node_id])
        entry = where.entry(node)
        if node.version_id is None:
            return Details(entry=entry, kept_by=[])
        (version,) = read_versions(connection, namespace_id, [node.version_id])
        manifests = dict(read_manifests(connection, namespace_id, [node.version_id]))
        hashes = split_manifest(manifests.get(node.version_id, b""))
        stored = locate_stored(connection, namespace_id, set(hashes))
        owners = read_owners(connection, {version.device_id} if version.device_id else ())
        return Details(
            entry=entry,
            on_server_since=version.created_at,
            verified_at=_verified_at(stored, set(hashes), version.created_at),
            chunks=len(hashes),
            versions=count_contents(connection, namespace_id, node.node_id),
            stored=_parts(stored),
            devices=[
                Holder(device_id=id_, name=owner.name, last_seen_at=owner.last_seen_at) for id_, owner in owners.items()
            ],
            kept_by=read_keepers(connection, namespace_id, along, caller.device_id),
        )


def _verified_at(stored: list[Stored], hashes: set[bytes], committed_at: int) -> int | None:
    """Since when all of it has been read back. An empty file is whole by itself."""
    times = [each.checked_at for each in stored if each.checked_at is not None]
    if len(times) < len(stored) or {each.chunk_hash for each in stored} != hashes:
        return None
    return min(times, default=committed_at)


def _parts(stored: list[Stored]) -> list[StoredPart]:
    sizes: Counter[tuple[str, str]] = Counter()
    packs: dict[tuple[str, str], set[bytes]] = defaultdict(set)
    for each in stored:
        place = (each.store, "old" if each.is_old else "standard")
        sizes[place] += each.stored_size
        packs[place].add(each.pack_id)
    return [
        StoredPart(store=store, tier=tier, size=size, packs=len(packs[store, tier]))
        for (store, tier), size in sorted(sizes.items())
    ]
