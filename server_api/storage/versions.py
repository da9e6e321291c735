"""Versions in SQL: the revisions that brought a content, with their manifests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from msgspec import Struct
from sqlalchemy import Connection, func, select

from server_api.contract.messages import ContentHash, NamespaceId, NodeId, RevisionId
from server_api.domain.nodes import seq_of
from server_api.storage.bulk import IN_LIMIT, Lookup, pieces
from server_api.storage.tables import device, revision

_FETCH: Final = 200
"""How many manifests are read at once."""
_BATCH_BYTES: Final = 160_000
"""So much of manifests is looked at together: 5,000 chunks."""


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


class Content(NamedTuple):
    """A version that has its content, and the chunks that this is made of, one hash after another."""

    version_id: RevisionId
    manifest: bytes

    @property
    def seq(self) -> int:
        return seq_of(self.version_id)


def read_contents(connection: Connection, namespace_id: NamespaceId, after_seq: int) -> list[Content]:
    """The next versions in the log that have a content: so many that their manifests fit together, one at least."""
    page = (
        select(revision.c.seq, func.length(revision.c.manifest))
        .where(revision.c.namespace_id == namespace_id, revision.c.seq > after_seq, revision.c.manifest.is_not(None))
        .order_by(revision.c.seq)
        .limit(IN_LIMIT)
    )
    seqs: list[int] = []
    total = 0
    for seq, length in connection.execute(page).all():
        total += length
        if seqs and total > _BATCH_BYTES:
            break
        seqs.append(seq)
    rows = _MANIFESTS.rows(connection, namespace_id, ((seq,) for seq in seqs))
    return sorted((Content(id_, manifest) for id_, manifest in rows), key=lambda content: content.seq)


def read_device_names(connection: Connection, device_ids: Iterable[bytes]) -> dict[bytes, str]:
    """Their names; those that do not exist are left out."""
    names: dict[bytes, str] = {}
    for some in pieces(sorted(device_ids)):
        rows = connection.execute(select(device.c.device_id, device.c.name).where(device.c.device_id.in_(some)))
        names.update((id_, name) for id_, name in rows)
    return names
