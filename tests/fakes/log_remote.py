"""A server with a revision log in memory: what the engine's tests need of one where they are about the device."""

from __future__ import annotations

import msgspec

from server_api.contract import messages
from server_api.contract.messages import ROOT, Kind, NamespaceId
from server_api.contract.names import comparable
from sync_engine.core.model import Cursor
from tests.fakes.remote import FakeRemote
from tests.fakes.store import FakeStore

EPOCH = b"e" * 16


class LogRemote(FakeRemote):
    """``ports.Remote``: one namespace. Refuses what is stale or has a taken name; a repeated commit is answered again.

    Attributes:
        nodes: the latest state of each node, tombstones included.
        history: each content that a node ever had, by node.
    """

    def __init__(self, store: FakeStore, namespace_id: NamespaceId) -> None:
        super().__init__(store, namespace_id)
        self.nodes: dict[bytes, messages.Change] = {}
        self.history: dict[bytes, list[bytes]] = {}
        self.seq = 0
        self._number = 0
        self._answers: dict[int, messages.CommitResponse] = {}

    def is_alive(self, node_id: bytes) -> bool:
        while node_id != ROOT:
            node = self.nodes.get(node_id)
            if node is None or node.deleted:
                return False
            node_id = node.parent_id
        return True

    def paths(self) -> dict[str, messages.Change]:
        """What is alive."""
        return {self._path(node): node for node in self.nodes.values() if self.is_alive(node.node_id)}

    def _path(self, node: messages.Change) -> str:
        above = "" if node.parent_id == ROOT else self._path(self.nodes[node.parent_id]) + "/"
        return above + node.name

    def edit(self, path: str, **changes: object) -> None:
        """By another device."""
        node = self.paths()[path]
        self._put(msgspec.structs.replace(node, **changes))

    def _put(self, node: messages.Change) -> messages.Applied:
        self.seq += 1
        revision = self.seq.to_bytes(16, "big")
        self.nodes[node.node_id] = msgspec.structs.replace(node, seq=self.seq, revision_id=revision)
        if node.content_hash is not None:
            self.history.setdefault(node.node_id, []).append(node.content_hash)
        return messages.Applied(self.seq, revision)

    def commit(self, request: messages.CommitRequest) -> messages.CommitResponse:
        if request.number in self._answers:
            return self._answers[request.number]
        before = self.seq
        results = [self._judge(operation) for operation in request.operations]
        answer = messages.CommitResponse(results=results, previous_seq=before, seq=self.seq)
        self._answers[request.number] = answer
        self._number = request.number
        return answer

    def _judge(self, operation: messages.Operation) -> messages.Applied | messages.Refused:
        known = self.nodes.get(operation.node_id)
        if isinstance(operation, messages.CreateNode):
            if known is not None:
                return messages.Refused(messages.Refusal.STALE)
            known = messages.Change(
                operation.node_id, 0, b"", operation.kind, ROOT, "", 0, executable=operation.executable,
                link_target=operation.link_target,
            )  # fmt: skip
        elif known is None or known.revision_id != operation.base:
            return messages.Refused(messages.Refusal.STALE)
        if isinstance(operation, messages.DeleteNode):
            return self._put(msgspec.structs.replace(known, deleted=True))
        return self._change(operation, known)

    def _change(
        self, operation: messages.CreateNode | messages.ChangeNode, known: messages.Change
    ) -> messages.Applied | messages.Refused:
        if operation.place is not None:
            parent_id, name = operation.place.parent_id, operation.place.name
            if not self.is_alive(parent_id):
                return messages.Refused(messages.Refusal.PARENT_DELETED)
            for other in self.nodes.values():
                place = (other.parent_id, comparable(other.name))
                if place == (parent_id, comparable(name)) and other.node_id != known.node_id and not other.deleted:
                    return messages.Refused(messages.Refusal.NAME_TAKEN)
            known = msgspec.structs.replace(known, parent_id=parent_id, name=name, deleted=False)
        content = operation.content
        if content is not None:
            known = msgspec.structs.replace(
                known, content_hash=content.hash, size=content.size, mtime_ns=content.mtime_ns
            )
        applied = self._put(known)
        if content is not None:
            manifest = messages.Manifest(applied.revision_id, content.hash, content.size, content.chunks)
        elif known.kind is Kind.FILE:
            manifest = msgspec.structs.replace(
                next(m for m in self.manifests_by_revision.values() if m.hash == known.content_hash),
                revision_id=applied.revision_id,
            )
        else:
            return applied
        self.manifests_by_revision[applied.revision_id] = manifest
        return applied

    def changes(self, cursor: Cursor) -> messages.Changes:
        new = sorted((node for node in self.nodes.values() if node.seq > cursor.seq), key=lambda node: node.seq)
        if cursor.seq == 0:
            new = [node for node in new if self.is_alive(node.node_id)]
        revision = self.seq.to_bytes(16, "big") if self.seq else None
        return messages.Changes(
            epoch=EPOCH, seq=self.seq, revision_id=revision, complete=True, changes=new, commit_number=self._number
        )

    def wait(self, cursor: Cursor, timeout_s: int) -> bool:
        return self.seq > cursor.seq
