"""Counts and tells what was done: the figures of a report, and the lines of the activity list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from server_api.contract import messages
from sync_engine.core.model import NodeId
from sync_engine.core.operations import (
    KeepAside,
    LocalOperation,
    MakeFolder,
    MakeSymlink,
    MoveLocal,
    ParkLocal,
    PlaceFile,
    SetExecutable,
    TrashLocal,
)
from sync_engine.core.reports import Moved, SyncReport
from sync_engine.engine.executor import Outcome
from sync_engine.ports import Activity, TransferCounts


class Tally:
    """Since it was made: one per run, or one per life of a daemon."""

    def __init__(self, counts: TransferCounts) -> None:
        self._counts = counts
        self._before = TransferCounts(
            counts.uploaded_bytes, counts.upload_requests, counts.downloaded_bytes, counts.download_requests
        )
        self._operations: Counter[str] = Counter()
        self._uploaded_files = 0
        self._downloaded_files = 0
        self.conflicts: list[str] = []

    def committed(self, operations: list[messages.Operation]) -> None:
        self._operations.update(word for operation in operations for word in _words_for_commit(operation))
        self._uploaded_files += sum(
            not isinstance(operation, messages.DeleteNode) and operation.content is not None for operation in operations
        )

    def carried_out(self, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            if outcome.kept_as:
                self.conflicts.append(outcome.kept_as)
            word = _word_for_local(outcome.operation)
            if outcome.error is None and word:
                self._operations[word] += 1
                self._downloaded_files += isinstance(outcome.operation, PlaceFile)
                if isinstance(outcome.operation, KeepAside):
                    self.conflicts.append(outcome.path)

    def report(self) -> SyncReport:
        """The figures so far; what the loop knows of problems and holds is the caller's to add."""
        now, before = self._counts, self._before
        return SyncReport(
            uploaded=Moved(
                self._uploaded_files,
                now.uploaded_bytes - before.uploaded_bytes,
                now.upload_requests - before.upload_requests,
            ),
            downloaded=Moved(
                self._downloaded_files,
                now.downloaded_bytes - before.downloaded_bytes,
                now.download_requests - before.download_requests,
            ),
            operations=dict(self._operations),
            conflicts=list(self.conflicts),
        )


def _word_for_local(operation: LocalOperation) -> str | None:
    """The contract's word for it; ``None`` for a step that is no change by itself."""
    match operation:
        case MakeFolder():
            return "create"
        case MakeSymlink(replaces=replaces) | PlaceFile(replaces=replaces):
            return "update" if replaces else "create"
        case MoveLocal():
            return "move"
        case SetExecutable():
            return "chmod"
        case TrashLocal():
            return "delete"
        case KeepAside():
            return "conflict"
        case ParkLocal():
            return None


def _words_for_commit(operation: messages.Operation) -> list[str]:
    """The contract's words; a change may be several things at once."""
    match operation:
        case messages.CreateNode():
            return ["create"]
        case messages.DeleteNode():
            return ["delete"]
        case messages.ChangeNode(place=place, content=content, executable=executable):
            said = (("move", place), ("update", content), ("chmod", executable))
            return [word for word, what in said if what is not None]


def activity_of(outcomes: list[Outcome], now_ms: int) -> list[Activity]:
    """What came from other devices, for people."""
    lines = []
    for outcome in outcomes:
        word = _word_for_local(outcome.operation)
        if outcome.error is None and word:
            lines.append(Activity(now_ms, f"{word}-here", outcome.path))
        if outcome.kept_as:
            lines.append(Activity(now_ms, "conflict-here", outcome.kept_as))
    return lines


def activity_of_commit(
    operations: list[messages.Operation], paths: Mapping[NodeId, str], now_ms: int
) -> list[Activity]:
    """What this device told the server, for people. ``paths`` by node id."""
    return [
        Activity(now_ms, word, paths.get(NodeId(operation.node_id), ""))
        for operation in operations
        for word in _words_for_commit(operation)
    ]
