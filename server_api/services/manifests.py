"""Manifests: the chunks that make up versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from server_api.contract.messages import FoundManifests, Manifest, NamespaceId, RevisionId
from server_api.domain.contents import split_manifest
from server_api.services.server import Server
from server_api.storage.versions import read_manifests, read_version_ids, read_versions

_ANSWER_BYTES: Final = 12 * 1024 * 1024
"""Of manifests in one answer; a larger one goes by itself. As base64 in JSON it stays within the body's limit."""


def find_manifests(server: Server, namespace_id: NamespaceId, revision_ids: Sequence[bytes]) -> FoundManifests:
    """The manifests of the versions that these revisions show, in order, as many as one answer takes."""
    wanted = list(dict.fromkeys(revision_ids))
    with server.database.read() as connection:
        version_ids = read_version_ids(connection, namespace_id, wanted)
        versions = {
            version.version_id: version
            for version in read_versions(connection, namespace_id, set(version_ids.values()))
            if version.manifest_bytes is not None
        }
        chosen: dict[bytes, RevisionId] = {}
        gone = []
        total = 0
        for id_ in wanted:
            version = versions.get(version_ids.get(id_, RevisionId(b"")))
            if version is None:
                gone.append(id_)
                continue
            total += version.manifest_bytes or 0
            if chosen and total > _ANSWER_BYTES:
                break
            chosen[id_] = version.version_id
        manifests = dict(read_manifests(connection, namespace_id, set(chosen.values())))
    return FoundManifests(
        manifests=[
            Manifest(
                revision_id=id_,
                hash=versions[version_id].content_hash,
                size=versions[version_id].size,
                chunks=split_manifest(manifests[version_id]),
            )
            for id_, version_id in chosen.items()
        ],
        gone=gone,
    )
