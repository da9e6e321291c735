"""Everything on the server as plain files: the same downloads, into a directory that is no synced folder."""

from __future__ import annotations

import os
import random
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Final

from server_api.contract.history import Entry
from server_api.contract.messages import Kind
from server_api.contract.names import version_names
from sync_engine.adapters.clock import SystemClock
from sync_engine.adapters.filesystem.folder import SyncedFolder
from sync_engine.adapters.filesystem.root import prepare_root
from sync_engine.adapters.remote import HttpRemote
from sync_engine.adapters.workers import ThreadWorkers
from sync_engine.core.model import ROOT, ContentHash, LocalNode, NodeId, RemoteNode, RevisionId
from sync_engine.core.operations import Fetch
from sync_engine.engine.downloader import Downloader
from sync_engine.engine.transfers import Outside
from sync_engine.errors import DiskError, EngineError, RemoteError
from sync_engine.ports import Staged, Store

_AT_ONCE: Final = 2_000
_VERSIONS: Final = "versions"
_FILES: Final = "files"
_DELETED: Final = "deleted"


@dataclass
class Exported:
    """What came of it."""

    files: int = 0
    bytes: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)
    """Path and reason."""


def export_tree(remote: HttpRemote, store: Store, target: str, *, all_versions: bool) -> Exported:
    """Into ``target``; with all versions into its folders ``files``, ``deleted`` and ``versions``.

    A version of ``a/b.txt`` is ``versions/a/b.txt/2026-11-05 10.15.00 Laptop.txt``, in this device's time zone.
    Raises: RemoteError when the server cannot be listed; DiskError, OSError when the directory cannot be used.
    """
    prepare_root(target, journal_id := uuid.uuid4().hex)
    filesystem = SyncedFolder(target, journal_id)
    workers = ThreadWorkers()
    try:
        filesystem.check_root()
        outside = Outside(filesystem, remote, store, workers, SystemClock(), random.SystemRandom().random)
        export = _Export(outside)
        living = remote.list_all("", recursive=True)
        export.entries(living, f"{_FILES}/" if all_versions else "")
        if all_versions:
            deleted = remote.list_all("", recursive=True, deleted=True)
            export.entries(deleted, f"{_DELETED}/")
            export.versions(remote, living + deleted)
        filesystem.sync()
        return export.done
    finally:
        workers.close()
        filesystem.close()
        shutil.rmtree(os.path.join(target, ".lockstep"), ignore_errors=True)


class _Export:
    def __init__(self, outside: Outside) -> None:
        self._filesystem = outside.filesystem
        self._workers = outside.workers
        self._downloader = Downloader(outside, self)
        self._places: dict[NodeId, str] = {}
        self._folders: set[str] = {""}
        self.done = Exported()

    def entries(self, entries: list[Entry], prefix: str) -> None:
        files = []
        for entry in entries:
            path = prefix + entry.path
            try:
                if entry.kind is Kind.FOLDER:
                    self._make_folder(path)
                elif entry.kind is Kind.SYMLINK:
                    self._make_folder(str(PurePosixPath(path).parent))
                    self._filesystem.make_symlink(path, entry.link_target or "")
                else:
                    files.append((path, entry))
            except DiskError as error:
                self._fail(path, error)
        self._fetch([(path, _node(entry)) for path, entry in files])

    def versions(self, remote: HttpRemote, entries: list[Entry]) -> None:
        """Every content that ever lay at any path, the current ones too."""
        for path in sorted({entry.path for entry in entries if entry.kind is Kind.FILE}):
            try:
                history = remote.history(path)
            except RemoteError as error:
                self._fail(path, error)
                continue
            history.reverse()
            written = [
                (datetime.fromtimestamp(each.created_at / 1000, UTC).astimezone(), each.device) for each in history
            ]
            wanted = []
            for version, version_name in zip(history, version_names(path, written), strict=True):
                name = f"{_VERSIONS}/{path}/{version_name}"
                node = RemoteNode(
                    NodeId(uuid.uuid4().bytes),
                    ROOT,
                    name,
                    Kind.FILE,
                    RevisionId(version.revision_id),
                    version.seq,
                    ContentHash(version.content_hash),
                    version.size,
                    version.mtime_ns,
                )
                wanted.append((name, node))
            self._fetch(wanted)

    def _make_folder(self, path: str) -> None:
        path = "" if path == "." else path
        if path in self._folders:
            return
        self._make_folder(str(PurePosixPath(path).parent))
        self._filesystem.make_folder(path)
        self._folders.add(path)

    def _fetch(self, files: list[tuple[str, RemoteNode]]) -> None:
        for batch in _batches(files):
            self._places = {node.node_id: path for path, node in batch}
            self._downloader.fetch([Fetch(node) for _, node in batch])
            while self._downloader.under_way():
                self._workers.collect(1.0)

    def on_staged(self, files: list[tuple[RemoteNode, Staged]]) -> None:
        for node, staged in files:
            path = self._places[node.node_id]
            try:
                self._make_folder(str(PurePosixPath(path).parent))
                self._filesystem.put_in_place(staged, path, None)
            except DiskError as error:
                staged.discard()
                self._fail(path, error)
            else:
                self.done.files += 1
                self.done.bytes += node.size

    def on_failed(self, node: LocalNode | RemoteNode, error: EngineError) -> None:
        self._fail(self._places[node.node_id], error)

    def _fail(self, path: str, error: EngineError) -> None:
        self.done.failed.append((path, error.code))


def _node(entry: Entry) -> RemoteNode:
    return RemoteNode(
        NodeId(entry.node_id),
        ROOT,
        entry.path,
        entry.kind,
        RevisionId(entry.revision_id),
        entry.seq,
        ContentHash(entry.content_hash) if entry.content_hash else None,
        entry.size,
        entry.mtime_ns,
        entry.executable,
        entry.link_target,
    )


def _batches(files: list[tuple[str, RemoteNode]]) -> Iterator[list[tuple[str, RemoteNode]]]:
    for start in range(0, len(files), _AT_ONCE):
        yield files[start : start + _AT_ONCE]
