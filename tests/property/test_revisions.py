"""Random batches against a plain model of the rules, and the log that they leave behind."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from server_api.contract.messages import (
    ROOT,
    Applied,
    ChangeNode,
    CreateNode,
    DeleteNode,
    Kind,
    Operation,
    Place,
)
from server_api.contract.names import comparable
from server_api.services.server import Server
from server_api.storage import tables
from tests.fixtures.log import Log, Reader, reasons

pytestmark = pytest.mark.every_database

NAMES = ["a", "b", "caf\u00e9", "cafe\u0301"]
CONTENTS = [b"", b"one", b"two"]


@dataclass
class ModelNode:
    kind: Kind
    parent: bytes
    name: str
    base: bytes = b""
    deleted: bool = False
    data: bytes | None = None
    executable: bool = False
    seq: int = 0


@dataclass
class Model:
    """The rules, as slowly and plainly as they can be said."""

    nodes: dict[bytes, ModelNode] = field(default_factory=dict)
    seq: int = 0
    subtree: dict[bytes, int] = field(default_factory=dict)
    """For folders: the highest seq that anything had which was below at the end of a batch."""

    def is_alive(self, node_id: bytes) -> bool:
        if node_id == ROOT:
            return True
        node = self.nodes.get(node_id)
        return node is not None and not node.deleted and self.is_alive(node.parent)

    def _above(self, node_id: bytes) -> set[bytes]:
        above = set()
        while (node_id := self.nodes[node_id].parent) != ROOT:
            above.add(node_id)
        return above

    def twins(self) -> set[bytes]:
        """Nodes whose name another one of their folder has as well."""
        places: dict[tuple[bytes, str], list[bytes]] = {}
        for node_id, node in self.nodes.items():
            if not node.deleted:
                places.setdefault((node.parent, comparable(node.name)), []).append(node_id)
        return {node_id for ids in places.values() if len(ids) > 1 for node_id in ids}

    def batch(self, operations: list[Operation]) -> list[str]:
        """What becomes of each; groups are adjacent."""
        start = copy.deepcopy(self.nodes)
        results: list[str] = []
        through: set[bytes] = set()
        unborn: set[bytes] = set()
        i = 0
        while i < len(operations):
            group = operations[i].group
            end = i + 1
            while group is not None and end < len(operations) and operations[end].group == group:
                end += 1
            before = copy.deepcopy((self.nodes, self.seq))
            here = set(through)
            unit = []
            for operation in operations[i:end]:
                reason = self._one(operation, here, unborn)
                if reason == "applied":
                    here.add(operation.operation_id)
                unit.append(reason)
            twins = self.twins()
            for n, operation in enumerate(operations[i:end]):
                if unit[n] == "applied" and operation.node_id in twins and not isinstance(operation, DeleteNode):
                    unit[n] = "name_taken"
            if any(reason != "applied" for reason in unit):
                self.nodes, self.seq = before
                unit = ["blocked" if reason == "applied" else reason for reason in unit]
                unborn |= {
                    operation.node_id
                    for operation in operations[i:end]
                    if isinstance(operation, CreateNode) and operation.node_id not in self.nodes
                }
            else:
                through = here
                unborn -= {operation.node_id for operation in operations[i:end]}
            results += unit
            i = end
        self._announce(start)
        for node_id, node in self.nodes.items():
            if node_id not in start or start[node_id].seq != node.seq:
                for folder_id in {node_id, *self._above(node_id)}:
                    self.subtree[folder_id] = max(self.subtree.get(folder_id, 0), node.seq)
        return results

    def _one(self, operation: Operation, through: set[bytes], unborn: set[bytes]) -> str:
        if not set(operation.needs) <= through:
            return "blocked"
        known = self.nodes.get(operation.node_id)
        if isinstance(operation, CreateNode):
            if known:
                return "stale"
            if reason := self._place(operation, operation.place, unborn):
                return reason
            data = CONTENTS[[len(x) for x in CONTENTS].index(operation.content.size)] if operation.content else None
            new = ModelNode(operation.kind, operation.place.parent_id, operation.place.name, data=data)
            self._put(operation.node_id, new)
            return "applied"
        if operation.node_id in unborn:
            return "blocked"
        if known is None or known.base != operation.base:
            return "stale"
        if isinstance(operation, DeleteNode):
            if not self.is_alive(operation.node_id):
                return "applied"
            if known.kind is Kind.FOLDER and self.subtree.get(operation.node_id, 0) > operation.seen_seq:
                return "stale"
            self._put(operation.node_id, _with(known, deleted=True))
            return "applied"
        return self._change(operation, known, unborn)

    def _change(self, operation: ChangeNode, known: ModelNode, unborn: set[bytes]) -> str:
        if known.kind is not Kind.FILE and (operation.content or operation.executable is not None):
            return "invalid"
        if known.deleted and (not operation.revive or not operation.place or known.kind is Kind.FOLDER):
            return "invalid"
        moves = operation.place is not None and (
            known.deleted or (operation.place.parent_id, operation.place.name) != (known.parent, known.name)
        )
        if moves:
            assert operation.place is not None
            if reason := self._place(operation, operation.place, unborn):
                return reason
        elif not self.is_alive(operation.node_id):
            return "parent_deleted"
        after = _with(known, deleted=False)
        if operation.place:
            after = _with(after, parent=operation.place.parent_id, name=operation.place.name)
        if operation.content:
            after = _with(after, data=CONTENTS[[len(x) for x in CONTENTS].index(operation.content.size)])
        if operation.executable is not None:
            after = _with(after, executable=operation.executable)
        if after != known:
            self._put(operation.node_id, after)
        return "applied"

    def _place(self, operation: Operation, place: Place, unborn: set[bytes]) -> str | None:
        if place.parent_id in unborn:
            return "blocked"
        if place.parent_id != ROOT:
            parent = self.nodes.get(place.parent_id)
            if parent is None:
                return "parent_deleted"
            if parent.kind is not Kind.FOLDER:
                return "invalid"
            if not self.is_alive(place.parent_id):
                return "parent_deleted"
            if operation.node_id == place.parent_id or operation.node_id in self._above(place.parent_id):
                return "cycle"
        return None

    def _announce(self, start: dict[bytes, ModelNode]) -> None:
        """What was dead and is alive again without a revision of its own."""
        began = Model(start)
        for node_id, node in list(self.nodes.items()):
            revived = node_id in start and not began.is_alive(node_id) and self.is_alive(node_id)
            if revived and node.seq == start[node_id].seq:
                self._put(node_id, node)

    def _put(self, node_id: bytes, node: ModelNode) -> None:
        self.seq += 1
        self.nodes[node_id] = _with(node, seq=self.seq, base=b"")


def _with(node: ModelNode, **fields: Any) -> ModelNode:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


node_numbers = st.integers(0, 7)
groups = st.one_of(st.none(), st.integers(0, 2))


@st.composite
def intents(draw: st.DrawFn) -> dict[str, Any]:
    """An operation, by numbers; ``operations_of`` turns it into one on the state of the moment."""
    return {
        "what": draw(st.sampled_from(["create", "create", "change", "move", "move", "delete"])),
        "node": draw(node_numbers),
        "parent": draw(st.one_of(st.none(), node_numbers)),
        "name": draw(st.sampled_from(NAMES)),
        "kind": draw(st.sampled_from([Kind.FILE, Kind.FOLDER, Kind.FOLDER])),
        "content": draw(st.sampled_from([None, *CONTENTS])),
        "executable": draw(st.sampled_from([None, None, True])),
        "revive": draw(st.booleans()),
        "wrong_base": draw(st.integers(0, 9)) == 0,
        "unread": draw(st.integers(0, 3)),
        "needs": draw(st.one_of(st.none(), st.none(), st.none(), st.integers(0, 3))),
        "group": draw(groups),
    }


def operations_of(log: Log, model: Model, pool: list[bytes], wishes: list[dict[str, Any]]) -> list[Operation]:
    operations: list[Operation] = []
    closed: set[int] = set()
    for wish in wishes:
        group = wish["group"]
        last = operations[-1].group if operations else None
        if last is not None and group != last:
            closed.add(last)
        if group in closed:
            group = None
        known = model.nodes.get(pool[wish["node"]])
        place = Place(parent_id=ROOT if wish["parent"] is None else pool[wish["parent"]], name=wish["name"])
        shared: dict[str, Any] = {"operation_id": log.new_id(), "node_id": pool[wish["node"]], "group": group}
        if wish["needs"] is not None and wish["needs"] < len(operations):
            shared["needs"] = [operations[wish["needs"]].operation_id]
        base = known.base if known and not wish["wrong_base"] else log.new_id()
        content = None if wish["content"] is None else log.offer(wish["content"])
        if wish["what"] == "create":
            if wish["kind"] is Kind.FILE and content is None:
                content = log.offer(b"")
            content = content if wish["kind"] is Kind.FILE else None
            operations.append(CreateNode(kind=wish["kind"], place=place, content=content, **shared))
        elif wish["what"] == "delete":
            operations.append(DeleteNode(base=base, seen_seq=max(model.seq - wish["unread"], 0), **shared))
        elif wish["what"] == "move":
            operations.append(ChangeNode(base=base, place=place, revive=wish["revive"], **shared))
        else:
            fields = {"content": content, "executable": wish["executable"], "revive": wish["revive"]}
            operations.append(ChangeNode(base=base, **fields, **shared))
    return operations


@settings(max_examples=40)
@given(batches=st.lists(st.lists(intents(), min_size=1, max_size=8), min_size=1, max_size=6), every=st.integers(1, 4))
def test_the_log_follows_the_rules_and_every_reader_ends_up_with_the_same_tree(
    log_server: Server, batches: list[list[dict[str, Any]]], every: int
) -> None:
    log = Log(log_server)
    model = Model()
    pool = [log.new_id() for _ in range(8)]
    eager, lazy = Reader(log), Reader(log)
    for i, wishes in enumerate(batches):
        operations = operations_of(log, model, pool, wishes)
        response = log.send(*operations)
        assert reasons(response) == model.batch(operations)
        assert response.seq == model.seq
        eager.read()
        if i % every == 0:
            lazy.read()
        rows = check_log(log, model)
        for node_id, node in model.nodes.items():
            node.base = rows[node_id].revision_id
        again = log.send(
            *[o for o, r in zip(operations, response.results, strict=True) if isinstance(r, Applied)] or operations
        )
        assert [r for r in again.results if isinstance(r, Applied)] == [
            r for r in response.results if isinstance(r, Applied)
        ]
        assert again.seq == response.seq
    lazy.read()
    fresh = Reader(log)
    fresh.read()
    assert eager.nodes == lazy.nodes == fresh.nodes
    assert set(fresh.nodes) == {node_id for node_id in model.nodes if model.is_alive(node_id)}


def check_log(log: Log, model: Model) -> dict[bytes, Any]:
    """What holds after each commit; the node rows by id."""
    with log.server.database.read() as connection:
        revisions = connection.execute(
            select(tables.revision)
            .where(tables.revision.c.namespace_id == log.namespace_id)
            .order_by(tables.revision.c.seq)
        ).all()
        nodes = {
            row.node_id: row
            for row in connection.execute(select(tables.node).where(tables.node.c.namespace_id == log.namespace_id))
        }
        row = connection.execute(
            select(tables.namespace).where(tables.namespace.c.namespace_id == log.namespace_id)
        ).one()
    assert [revision.seq for revision in revisions] == list(range(1, row.seq + 1)), "seq has gaps"
    latest = {revision.node_id: revision for revision in revisions}
    assert latest.keys() == nodes.keys() == model.nodes.keys()
    for node_id, node in model.nodes.items():
        revision = latest[node_id]
        stored = (revision.kind, revision.parent_id, revision.name, revision.is_deleted, revision.executable)
        assert stored == (node.kind, node.parent, node.name, node.deleted, node.executable)
        assert revision.size == len(node.data or b"")
        assert (nodes[node_id].seq, nodes[node_id].revision_id) == (revision.seq, revision.revision_id)
        assert (nodes[node_id].live_name_key is None) == node.deleted
        assert nodes[node_id].subtree_seq == (model.subtree[node_id] if node.kind is Kind.FOLDER else node.seq)
        if revision.version_id:
            version = next(other for other in revisions if other.revision_id == revision.version_id)
            assert version.manifest is not None
            assert version.content_hash == revision.content_hash
    assert not model.twins()
    assert row.live_nodes >= sum(model.is_alive(node_id) for node_id in model.nodes)
    return nodes
