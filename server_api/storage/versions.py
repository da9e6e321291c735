"""Versions in SQL: the revisions that brought a content, with their manifests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, func, select

from server_api.contract.messages import ContentHash, NamespaceId, NodeId, RevisionId
from server_api.domain.nodes import seq_of
from server_api.storage.bulk import Lookup, pieces
from server_api.storage.tables import device, revision

_FETCH: Final = 200
"""How many manifests are read at once."""


class Version(Struct, frozen=True, kw_only=True, gc=False):
    """One content of a file."""

    version_id: RevisionId
    node_id: NodeId
    content_hash: ContentHash
    size: int
    mtime_ns: int
    executable: bool
    device_id: bytes | None
    created_at: int
    seq: int
    manifest_bytes: int | None
    """Length of its manifest; ``None`` if the content is gone."""


_VERSIONS: Final = Lookup(
    select(
        revision.c.seq,
        revision.c.revision_id,
        revision.c.node_id,
        revision.c.content_hash,
        revision.c.size,
        revision.c.mtime_ns,
        revision.c.executable,
        revision.c.device_id,
        revision.c.committed_at,
        func.length(revision.c.manifest),
    ).where(revision.c.content_hash.is_not(None)),
    revision.c.namespace_id,
    revision.c.seq,
)
_VERSION_IDS: Final = Lookup(
    select(revision.c.seq, revision.c.revision_id, revision.c.version_id), revision.c.namespace_id, revision.c.seq
)
_MANIFESTS: Final = Lookup(select(revision.c.revision_id, revision.c.manifest), revision.c.namespace_id, revision.c.seq)


def read_version_ids(
    connection: Connection, namespace_id: NamespaceId, revision_ids: Iterable[bytes]
) -> dict[bytes, RevisionId]:
    """Which version these revisions show; those that do not exist or are of no file are left out."""
    asked = {seq_of(id_): id_ for id_ in revision_ids}
    rows = _VERSION_IDS.rows(connection, namespace_id, ((seq,) for seq in sorted(asked)))
    return {id_: version_id for seq, id_, version_id in rows if version_id and asked[seq] == id_}


def read_versions(
    connection: Connection, namespace_id: NamespaceId, version_ids: Iterable[RevisionId]
) -> Iterator[Version]:
    """Those that exist, in no order."""
    asked = {seq_of(id_): id_ for id_ in version_ids}
    for seq, id_, node_id, hash_, size, mtime_ns, executable, device_id, at, length in _VERSIONS.rows(
        connection, namespace_id, ((seq,) for seq in sorted(asked))
    ):
        if asked[seq] == id_:
            yield Version(
                version_id=id_,
                node_id=node_id,
                content_hash=hash_,
                size=size,
                mtime_ns=mtime_ns,
                executable=bool(executable),
                device_id=device_id,
                created_at=at,
                seq=seq,
                manifest_bytes=length,
            )


def read_manifests(
    connection: Connection, namespace_id: NamespaceId, version_ids: Iterable[RevisionId]
) -> Iterator[tuple[RevisionId, bytes]]:
    """Version and manifest, some at a time; those without a manifest are left out."""
    for some in pieces(sorted(version_ids), _FETCH):
        for id_, manifest in _MANIFESTS.rows(connection, namespace_id, ((seq_of(id_),) for id_ in some)):
            if manifest is not None:
                yield id_, manifest


def read_device_names(connection: Connection, device_ids: Iterable[bytes]) -> dict[bytes, str]:
    """Their names; those that do not exist are left out."""
    names: dict[bytes, str] = {}
    for some in pieces(sorted(device_ids)):
        rows = connection.execute(select(device.c.device_id, device.c.name).where(device.c.device_id.in_(some)))
        names.update((id_, name) for id_, name in rows)
    return names
