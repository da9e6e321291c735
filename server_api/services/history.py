"""The history of a path: every content that ever lay there."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from sqlalchemy import Connection

from server_api.contract.history import History, HistoryRequest, VersionEntry
from server_api.contract.messages import ROOT, NamespaceId, NodeId, RevisionId
from server_api.domain.nodes import seq_of
from server_api.domain.paths import Names, split_path
from server_api.errors import InvalidBodyError, NotFoundError
from server_api.services.server import Server
from server_api.storage.lives import read_content_stays, read_stays
from server_api.storage.nodes import read_path
from server_api.storage.recent import contents_of
from server_api.storage.versions import read_device_names, read_versions

_END: Final = 2**63 - 1
_Span = tuple[int, int]


def read_history(server: Server, namespace_id: NamespaceId, request: HistoryRequest) -> History:
    """A page, newest first, whichever node it was and whichever folders were above it then; nothing for a folder.

    Raises: NotFoundError if nothing ever was there (of a file: is there now), InvalidBodyError.
    """
    names = split_path(request.path)
    if not names:
        raise InvalidBodyError("the root has no history of its own")
    with server.database.read() as connection:
        before = _END if request.after is None else seq_of(request.after)
        along = read_path(connection, namespace_id, names)
        if request.of_file:
            if len(along) < len(names):
                raise NotFoundError
            older = contents_of(connection, namespace_id, along[-1].node_id, before, request.limit + 1)
        else:
            older = list(islice(versions_at(connection, namespace_id, names, before), request.limit + 1))
            if not older and not _was_there(connection, namespace_id, names):
                raise NotFoundError
        current = along[-1].version_id if len(along) == len(names) else None
        versions = sorted(
            read_versions(connection, namespace_id, older[: request.limit]), key=lambda found: found.seq, reverse=True
        )
        devices = read_device_names(connection, {found.device_id for found in versions if found.device_id})
        return History(
            versions=[
                VersionEntry(
                    revision_id=found.version_id,
                    node_id=found.node_id,
                    content_hash=found.content_hash,
                    size=found.size,
                    mtime_ns=found.mtime_ns,
                    device=devices.get(found.device_id or b"", ""),
                    created_at=found.created_at,
                    seq=found.seq,
                    is_current=found.version_id == current,
                    expired=found.manifest_bytes is None,
                )
                for found in versions
            ],
            complete=len(older) <= request.limit,
        )


def versions_at(connection: Connection, namespace_id: NamespaceId, names: Names, before: int) -> Iterator[RevisionId]:
    """What the history of a path shows, newest first: versions with a seq below ``before``."""
    folders = _folders_at(connection, namespace_id, names[:-1])
    latest = None
    for stay in read_content_stays(connection, namespace_id, folders, _spellings(names[-1]), before, _END):
        if stay.version_id != latest and _overlaps(folders[stay.parent_id], (stay.start, stay.end)):
            latest = stay.version_id
            assert latest is not None
            yield latest


def _was_there(connection: Connection, namespace_id: NamespaceId, names: Names) -> bool:
    folders = _folders_at(connection, namespace_id, names[:-1])
    return any(
        _overlaps(folders[stay.parent_id], (stay.start, stay.end))
        for stay in read_stays(connection, namespace_id, folders, _spellings(names[-1]), _END)
    )


def _folders_at(connection: Connection, namespace_id: NamespaceId, names: Names) -> dict[NodeId, list[_Span]]:
    """Goes down a path with the folders that were there: those at its end, each with the times it was."""
    folders: dict[NodeId, list[_Span]] = {ROOT: [(0, _END)]}
    for name in names:
        below: dict[NodeId, list[_Span]] = defaultdict(list)
        for stay in read_stays(connection, namespace_id, folders, _spellings(name), _END):
            if stay.is_folder:
                below[stay.node_id].extend(_overlaps(folders[stay.parent_id], (stay.start, stay.end)))
        folders = {node_id: _joined(spans) for node_id, spans in below.items() if spans}
    return folders


def _spellings(name: str) -> set[str]:
    return {name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)}


def _overlaps(spans: Iterable[_Span], other: _Span) -> list[_Span]:
    return [
        (max(span[0], other[0]), min(span[1], other[1])) for span in spans if span[0] < other[1] and other[0] < span[1]
    ]


def _joined(spans: Sequence[_Span]) -> list[_Span]:
    """The same times in as few spans as there can be: a change that keeps the place ends no stay."""
    joined: list[_Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
