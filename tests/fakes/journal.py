"""The journal in memory: dictionaries, and copies of them to go back to."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from server_api.contract import messages
from sync_engine.core.agreement import as_synced, is_in_step, same_content, same_mode, same_place
from sync_engine.core.model import Cursor, Kind, LocalNode, NodeId, RemoteNode, RevisionId, SyncedNode
from sync_engine.errors import JournalError
from sync_engine.ports import Activity, Outbox, Prepared, Problem
from tests.fakes.trees import MemoryTrees


class MemoryJournal(MemoryTrees):
    """Implements ``ports.Journal``."""

    def __init__(self, *, case_sensitive: bool = True) -> None:
        super().__init__(case_sensitive=case_sensitive)
        self._changes = 0
        self._gathered: dict[NodeId, RemoteNode] = {}
        self._cursor: Cursor | None = None
        self._commit_number = 0
        self._outbox: Outbox | None = None
        self._packs: dict[bytes, None] = {}
        self._activity: list[Activity] = []
        self._problems: dict[str, Problem] = {}
        self._settings: dict[str, str] = {}
        self._excluded: dict[NodeId, str] = {}
        self._depth = 0
        self._failure: BaseException | None = None

    @contextmanager
    def transaction(self, *, durable: bool = False) -> Iterator[None]:
        if self._depth == 0:
            before = {key: copy.copy(value) for key, value in vars(self).items() if key not in _OUTSIDE}
            self._failure = None
        else:
            before = {}
        self._depth += 1
        try:
            yield
            if self._depth == 1 and self._failure is not None:
                raise JournalError("a part of this transaction failed") from self._failure
        except BaseException as error:
            self._failure = self._failure or error
            raise
        finally:
            self._depth -= 1
            if self._depth == 0:
                self._changes += 1
                if self._failure is not None:
                    vars(self).update(before)
                    self._indexes = {}
                    self._failure = None

    # --- the trees -----------------------------------------------------------------------------------------------

    def agree(self, revisions: Mapping[NodeId, RevisionId]) -> set[NodeId]:
        current = [
            node
            for node in self.remote(revisions).values()
            if node.revision_id == revisions[node.node_id] and not node.is_deleted
        ]
        self.put_synced(map(as_synced, current))
        return {node.node_id for node in current}

    def put_contents(self, files: Iterable[Prepared]) -> None:
        for file in files:
            node = self.local([file.node_id]).get(file.node_id)
            if node is not None and node.signature == file.signature:
                self.put_local([msgspec.structs.replace(node, content=file.content, recheck=file.recheck)])

    def rebind_local(self, node_id: NodeId, becomes: NodeId) -> None:
        with self.transaction():
            if node_id == becomes:
                return
            if node_id in self.local_nodes and becomes in self.local_nodes:
                raise JournalError("there is a local object of this id")
            moved = []
            for node in self.local_nodes.values():
                renamed = becomes if node.node_id == node_id else node.node_id
                parent_id = becomes if node.parent_id == node_id else node.parent_id
                moved.append(msgspec.structs.replace(node, node_id=renamed, parent_id=parent_id))
            self.drop_local(list(self.local_nodes))
            self.put_local(moved)

    def below_local(self, node_id: NodeId) -> list[NodeId]:
        found: dict[NodeId, None] = {}
        level = [node_id]
        while level:
            level = [node.node_id for node in self.local_children(level) if node.node_id not in found]
            found.update(dict.fromkeys(level))
        found.pop(node_id, None)
        return list(found)

    def differing(self) -> set[NodeId]:
        return {
            node_id
            for node_id in {*self.local_nodes, *self.remote_nodes, *self.synced_nodes}
            if self._differs(
                self.local_nodes.get(node_id), self.remote_nodes.get(node_id), self.synced_nodes.get(node_id)
            )
        } - self._away()

    def _away(self) -> set[NodeId]:
        return self._not_wanted() - self.local_nodes.keys() - self.synced_nodes.keys()

    def _not_wanted(self) -> set[NodeId]:
        found = level = set(self._excluded)
        while level := {node.node_id for node in self.remote_children(level)} - found:
            found = found | level
        return found

    def _differs(self, local: LocalNode | None, remote: RemoteNode | None, synced: SyncedNode | None) -> bool:
        if local is None and synced is None:
            return remote is not None and not remote.is_deleted
        if local is None or remote is None or synced is None:
            return True
        if remote.is_deleted or not is_in_step(local, remote, synced):
            return True
        return not (
            same_place(synced, remote)
            and same_content(synced, remote)
            and same_mode(synced, remote)
            and local.kind == remote.kind == synced.kind
        )

    def lacking(self, most: int) -> list[NodeId] | None:
        not_wanted = self._not_wanted()
        found = [
            node_id
            for node_id, node in self.remote_nodes.items()
            if node.kind is Kind.FILE
            and not node.is_deleted
            and node_id not in not_wanted
            and (node_id not in self.local_nodes or self.local_nodes[node_id].content != node.content)
        ]
        return found if len(found) <= most else None

    def forget_contents(self) -> set[NodeId]:
        files = [node for node in self.local_nodes.values() if node.kind == Kind.FILE]
        self.put_local([msgspec.structs.replace(node, content=None) for node in files])
        return {node.node_id for node in files}

    def conflicted_copies(self) -> list[str]:
        copies = (
            self.local_path(node.node_id)
            for node in self.local_nodes.values()
            if node.kind == Kind.FILE and "'s conflicted copy 20" in node.name
        )
        return sorted(path for path in copies if path is not None)

    def changes(self) -> int:
        return self._changes

    def files(self) -> int:
        return sum(node.kind is Kind.FILE and not node.is_deleted for node in self.remote_nodes.values())

    def counts(self) -> dict[str, int]:
        return {
            "local": len(self.local_nodes),
            "remote": len(self.remote_nodes),
            "tombstones": sum(node.is_deleted for node in self.remote_nodes.values()),
            "synced": len(self.synced_nodes),
        }

    # --- the change feed -----------------------------------------------------------------------------------------

    def cursor(self) -> Cursor | None:
        return self._cursor

    def gather(self, changes: Sequence[messages.Change]) -> None:
        self._gathered.update((NodeId(change.node_id), _told(change)) for change in changes)

    def discard_gathered(self) -> None:
        self._gathered.clear()

    def switch(self, cursor: Cursor, *, whole: bool) -> set[NodeId]:
        before = dict(self.remote_nodes)
        after = {} if whole else dict(before)
        for node_id, node in self._gathered.items():
            if node_id not in after or node.seq >= after[node_id].seq:
                after[node_id] = node
        graves = {node_id for node_id, node in after.items() if node.is_deleted}
        dead = set(graves)
        while more := {n for n, node in after.items() if node.parent_id in dead} - dead:
            dead |= more
        needed = graves & (self.local_nodes.keys() | self.synced_nodes.keys())
        after = {node_id: node for node_id, node in after.items() if node_id not in dead or node_id in needed}
        self.drop_remote(list(before))
        self.put_remote(after.values())
        self._gathered.clear()
        self._cursor = cursor
        return {node_id for node_id in {*before, *after} if before.get(node_id) != after.get(node_id)}

    def set_cursor(self, cursor: Cursor) -> None:
        self._cursor = cursor

    # --- commits -------------------------------------------------------------------------------------------------

    def next_commit_number(self) -> int:
        with self.transaction(durable=True):
            self._commit_number += 1
        return self._commit_number

    def commit_number(self) -> int:
        return self._commit_number

    def set_commit_number(self, number: int) -> None:
        self._commit_number = max(self._commit_number, number)

    def put_outbox(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def outbox(self) -> Outbox | None:
        return self._outbox

    def clear_outbox(self) -> None:
        self._outbox = None

    def begin_pack(self, pack_id: bytes) -> None:
        self._packs[pack_id] = None

    def end_packs(self, pack_ids: Iterable[bytes]) -> None:
        for pack_id in pack_ids:
            self._packs.pop(pack_id, None)

    def packs_under_way(self) -> list[bytes]:
        return list(self._packs)

    def start_over(self) -> None:
        with self.transaction(durable=True):
            self.drop_synced(list(self.synced_nodes))
            self._gathered.clear()
            self._outbox = self._cursor = None

    # --- for people ----------------------------------------------------------------------------------------------

    def add_activity(self, lines: Iterable[Activity]) -> None:
        self._activity.extend(lines)

    def activity(self, limit: int) -> list[Activity]:
        return self._activity[::-1][:limit]

    def put_problems(self, problems: Iterable[Problem]) -> None:
        self._problems.update((problem.path, problem) for problem in problems)

    def clear_problems(self, paths: Iterable[str]) -> None:
        for path in paths:
            self._problems.pop(path, None)

    def problems(self) -> list[Problem]:
        return [
            self._problems[path] for path in sorted(self._problems, key=lambda p: p.encode("utf-8", "surrogatepass"))
        ]

    def excluded(self) -> dict[NodeId, str]:
        return dict(self._excluded)

    def set_excluded(self, nodes: Mapping[NodeId, str]) -> None:
        self._excluded = dict(nodes)

    def setting(self, key: str) -> str | None:
        return self._settings.get(key)

    def set_setting(self, key: str, value: str | None) -> None:
        if value is None:
            self._settings.pop(key, None)
        else:
            self._settings[key] = value

    def close(self) -> None:
        pass


_OUTSIDE = frozenset({"_changes", "queries", "rows", "_indexes", "_depth", "_failure"})


def _told(change: messages.Change) -> RemoteNode:
    fields: dict[str, Any] = {name: getattr(change, name) for name in ("size", "mtime_ns", "executable", "link_target")}
    return RemoteNode(
        NodeId(change.node_id),
        NodeId(change.parent_id),
        change.name,
        change.kind,
        RevisionId(change.revision_id),
        change.seq,
        change.content_hash,  # type: ignore[arg-type]
        is_deleted=change.deleted,
        is_approved=change.approved,
        **fields,
    )
