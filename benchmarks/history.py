"""What it costs a server to look back, where a namespace has a million revisions."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Final

from benchmarks.filling import CHUNK_BYTES, chunk_hash, email, fill, namespace_of
from benchmarks.measuring import Failed, cpu_s
from benchmarks.reporting import Figure, at_most, told
from benchmarks.server_load import place
from benchmarks.setting import Setting
from benchmarks.subjects import PASSWORD
from server_api.building import build_server
from server_api.config import ServerConfig
from server_api.contract import messages
from server_api.contract.history import (
    ActivityRequest,
    DeletedRequest,
    HistoryRequest,
    ListRequest,
    SearchPage,
    SearchRequest,
)
from server_api.contract.restoring import RewindRequest
from server_api.services.activity import read_activity
from server_api.services.bin import read_deleted
from server_api.services.commits import append_batch
from server_api.services.history import read_history
from server_api.services.listing import list_entries
from server_api.services.rewind import rewind
from server_api.services.search import search
from server_api.services.server import Caller, Server
from server_api.services.state import read_epoch
from server_api.storage.recent import devices_of

DATABASES: Final = ("SQLite", "PostgreSQL", "MariaDB")
_VERSIONS: Final = 1_000
_PAGE: Final = 100
_TIMES: Final = 9
_PAGE_MS: Final = 50
_REWIND_S: Final = 2


def looking_back(setting: Setting, databases: Sequence[str] = DATABASES) -> list[Figure]:
    """Versions, deleted files, activity, listings, searches and a rewind among 1,000,000 revisions."""
    figures: list[Figure] = []
    for name in databases:
        with place(name, setting.work) as (new_database, database_pid):
            url = new_database()
            began = time.perf_counter()
            fill(url, [setting.nodes[1]], PASSWORD)
            data = setting.work / f"data-{name}"
            server = build_server(ServerConfig(data=data, database_url=url, store_url=f"dir:{data / 'store'}"))
            try:
                past = _Past(server, setting.small_files, _VERSIONS)
                took = time.perf_counter() - began
                figures.append(told(f"{name}: {setting.nodes[1]:,} revisions", f"made in {took:.0f} s"))
                figures += _measure(name, past, database_pid)
            finally:
                server.database.close()
    return figures


class _Past:
    """What one person did on top of a large tree: a busy file, a folder of many that were edited and deleted in part.

    Attributes:
        then: the seq before the folder was changed.
    """

    def __init__(self, server: Server, files: int, versions: int) -> None:
        self.server = server
        self.namespace_id = namespace_of(0)
        self.files = files
        self.versions = versions
        with server.database.read() as connection:
            self._epoch = read_epoch(connection)
            (device_id,) = devices_of(connection, email(0))
        self.caller = Caller(
            account_id=self.namespace_id,
            device_id=messages.DeviceId(device_id),
            session_id=b"",
            email="",
            role="member",
        )
        self._number = 0
        self._fill()

    def _fill(self) -> None:
        busy = self._create(messages.ROOT, "busy", 0)
        for number in range(1, self.versions):
            self._send([self._edit(busy, number)])
        folder = os.urandom(16)
        where = messages.Place(parent_id=messages.ROOT, name="folder")
        made = messages.CreateNode(operation_id=os.urandom(16), node_id=folder, kind=messages.Kind.FOLDER, place=where)
        self._send([made])
        creations = [self._creation(folder, f"{number}.txt", number % 900) for number in range(self.files)]
        self.then = self._send(creations)
        self._known = {each.node_id: self._revisions[each.node_id] for each in creations}
        half = self.files // 2
        edits = [self._edit(each.node_id, 7) for each in creations[:half] if each.node_id in self._known]
        self._send(edits)
        seen = self._send([])
        gone = creations[half : half + half // 2]
        self._send(
            [
                messages.DeleteNode(
                    operation_id=os.urandom(16),
                    node_id=each.node_id,
                    base=self._revisions[each.node_id],
                    seen_seq=seen,
                )
                for each in gone
            ]
        )

    _revisions: dict[bytes, bytes]
    _seq = 0

    def _creation(self, parent_id: bytes, name: str, content: int) -> messages.CreateNode:
        return messages.CreateNode(
            operation_id=os.urandom(16),
            node_id=os.urandom(16),
            kind=messages.Kind.FILE,
            place=messages.Place(parent_id=parent_id, name=name),
            content=_content(content),
        )

    def _create(self, parent_id: bytes, name: str, content: int) -> bytes:
        self._revisions = {}
        creation = self._creation(parent_id, name, content)
        self._send([creation])
        return creation.node_id

    def _edit(self, node_id: bytes, content: int) -> messages.ChangeNode:
        base = self._revisions[node_id]
        return messages.ChangeNode(
            operation_id=os.urandom(16), node_id=node_id, base=base, content=_content(content % 900 + 1)
        )

    def _send(self, operations: Sequence[messages.Operation]) -> int:
        """The seq afterwards."""
        if operations:
            self._number += 1
            request = messages.CommitRequest(epoch=self._epoch, number=self._number, operations=list(operations))
            answer = append_batch(self.server, self.caller, self.namespace_id, request)
            for operation, result in zip(operations, answer.results, strict=True):
                if not isinstance(result, messages.Applied):
                    raise Failed(f"a commit was refused: {result}")
                self._revisions[operation.node_id] = result.revision_id
            self._seq = answer.seq
        return self._seq


def _content(number: int) -> messages.Content:
    seq = number % 900 + 2  # the first one is a folder's
    hash_ = messages.ContentHash(chunk_hash(0, seq))
    return messages.Content(hash=hash_, size=CHUNK_BYTES, mtime_ns=number, chunks=[hash_])


def _measure(name: str, past: _Past, database_pid: int | None) -> list[Figure]:
    server, namespace_id = past.server, past.namespace_id

    def versions() -> None:
        request = HistoryRequest(path="busy", limit=_PAGE)
        read = read_history(server, namespace_id, request).versions
        read_history(server, namespace_id, HistoryRequest(path="busy", limit=_PAGE, after=read[-1].revision_id))

    folder, file = "folder-000007", "folder-000007/file-0500.txt"
    pages: dict[str, tuple[Callable[[], object], int]] = {
        f"a page of {_PAGE} of {past.versions:,} versions": (versions, 2),
        f"the same of a file with {past.versions:,}, whatever it was called": (
            lambda: read_history(server, namespace_id, HistoryRequest(path="busy", of_file=True, limit=_PAGE)),
            1,
        ),
        "versions of any file": (
            lambda: read_history(server, namespace_id, HistoryRequest(path=file, limit=_PAGE)),
            1,
        ),
        f"the first {_PAGE} that were deleted": (
            lambda: read_deleted(server, namespace_id, DeletedRequest(limit=_PAGE)),
            1,
        ),
        f"the first {_PAGE} of the activity": (
            lambda: read_activity(server, namespace_id, ActivityRequest(limit=_PAGE)),
            1,
        ),
        "the activity below a folder": (
            lambda: read_activity(server, namespace_id, ActivityRequest(path="folder", limit=_PAGE)),
            1,
        ),
        "a folder of 1,000 files": (lambda: list_entries(server, namespace_id, ListRequest(path=folder)), 1),
        "the topmost folder": (lambda: list_entries(server, namespace_id, ListRequest()), 1),
        "a search that finds at once": (
            lambda: search(server, namespace_id, SearchRequest(query="FILE-05", limit=_PAGE)),
            1,
        ),
        "one step of a search that finds nothing": (
            lambda: search(server, namespace_id, SearchRequest(query="n\u00f6where")),
            1,
        ),
    }
    figures = []
    for what, (do, requests) in pages.items():
        do()
        spent = [_spent(do, database_pid) for _ in range(_TIMES)]
        wall_ms = statistics.median(wall for wall, _ in spent) / requests * 1000
        cpu_ms = sum(cpu for _, cpu in spent) / len(spent) / requests * 1000
        claim = f"{name}: {what}: CPU time of server and database"
        if "versions" in what or "whatever" in what:
            figures.append(at_most(claim, cpu_ms, _PAGE_MS, "ms", detail=f"wall {wall_ms:.0f} ms"))
        else:
            figures.append(told(claim, f"{cpu_ms:.1f} ms (wall {wall_ms:.0f} ms)"))
    steps, took = _search_all(past)
    figures.append(told(f"{name}: all of a search that finds nothing", f"{took:.1f} s in {steps} steps"))
    figures.append(_rewind(name, past, database_pid))
    return figures


def _search_all(past: _Past) -> tuple[int, float]:
    began, steps, before = time.perf_counter(), 0, None
    while True:
        page: SearchPage = search(past.server, past.namespace_id, SearchRequest(query="nowhere", before=before))
        steps, before = steps + 1, page.before
        if page.complete:
            return steps, time.perf_counter() - began


def _rewind(name: str, past: _Past, database_pid: int | None) -> Figure:
    """There and back, so that both directions count; the dearer one is told."""

    def used() -> tuple[float, float]:
        return time.process_time(), 0.0 if database_pid is None else cpu_s(database_pid)

    costs, to_seq = [], past.then
    for _ in range(4):
        before = used()
        request = RewindRequest(path="folder", to_seq=to_seq)
        done = rewind(past.server, past.caller, past.namespace_id, request)
        after = used()
        costs.append((after[0] - before[0], after[1] - before[1]))
        to_seq = done.undo_seq
    mine, databases = max(costs)
    claim = f"{name}: a folder of {past.files:,} files is rewound: the server's CPU time"
    return at_most(claim, mine, _REWIND_S, "s", detail=f"and {databases:.2f} s of the database's")


def _spent(do: Callable[[], object], database_pid: int | None) -> tuple[float, float]:
    """Wall time, and CPU time of this process and the database's. A database's comes in hundredths of a second."""

    def used() -> float:
        return time.process_time() + (0.0 if database_pid is None else cpu_s(database_pid))

    before, began = used(), time.perf_counter()
    do()
    took = time.perf_counter() - began
    return took, used() - before
