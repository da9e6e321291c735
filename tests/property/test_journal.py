"""The real journal and the fake one answer alike, whatever is asked of them in whatever order."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from server_api.contract import messages
from sync_engine.adapters.journal.journal import SqlJournal, open_journal
from sync_engine.core.model import (
    ROOT,
    ContentHash,
    Cursor,
    Kind,
    LocalNode,
    NodeId,
    RemoteNode,
    RevisionId,
    Signature,
    SyncedNode,
)
from sync_engine.errors import JournalError
from sync_engine.ports import Prepared
from tests.fakes.journal import MemoryJournal

IDS = [NodeId(bytes([number]) * 16) for number in range(1, 8)]
NAMES = ["a", "A", "b", "é", "e\u0301", "\udcff", "x (pc's conflicted copy 2026-11-05)"]
SERVER_NAMES = [name for name in NAMES if name != "\udcff"]

ids = st.sampled_from(IDS)
parents = st.sampled_from([ROOT, *IDS])
kinds = {node_id: list(Kind)[index % 3] for index, node_id in enumerate(IDS)}
contents = st.sampled_from([None, bytes(32), b"c" * 32])
seqs = st.integers(1, 6)


@st.composite
def local_nodes(draw: st.DrawFn) -> LocalNode:
    node_id = draw(ids)
    inode = draw(st.sampled_from([1, 2, 2**80]))
    return LocalNode(
        node_id,
        draw(parents),
        draw(st.sampled_from(NAMES)),
        kinds[node_id],
        Signature(1, inode, None, 5, draw(st.sampled_from([0, -(2**70)])), 9),
        draw(contents) if kinds[node_id] == Kind.FILE else None,  # type: ignore[arg-type]
        executable=draw(st.booleans()),
        recheck=draw(st.booleans()),
    )


@st.composite
def remote_nodes(draw: st.DrawFn) -> RemoteNode:
    node_id = draw(ids)
    seq = draw(seqs)
    return RemoteNode(
        node_id,
        draw(parents),
        draw(st.sampled_from(SERVER_NAMES)),
        kinds[node_id],
        RevisionId(bytes([seq]) * 16),
        seq,
        draw(contents) if kinds[node_id] == Kind.FILE else None,  # type: ignore[arg-type]
        executable=draw(st.booleans()),
        is_deleted=draw(st.booleans()),
    )


@st.composite
def changes(draw: st.DrawFn) -> messages.Change:
    node = draw(remote_nodes())
    return messages.Change(
        node_id=node.node_id,
        seq=node.seq,
        revision_id=node.revision_id,
        kind=node.kind,
        parent_id=node.parent_id,
        name=node.name,
        committed_at=0,
        deleted=node.is_deleted,
        content_hash=node.content,
    )


class Journals(RuleBasedStateMachine):
    @initialize(case_sensitive=st.booleans())
    def open(self, case_sensitive: bool) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.real: SqlJournal = open_journal(
            Path(self.folder.name) / "journal.db", bytes(16), ignores_case=not case_sensitive
        )
        self.fake = MemoryJournal(case_sensitive=case_sensitive)

    def teardown(self) -> None:
        if hasattr(self, "real"):
            self.real.close()
            self.folder.cleanup()

    @rule(nodes=st.lists(local_nodes(), max_size=4))
    def put_local(self, nodes: list[LocalNode]) -> None:
        self.real.put_local(nodes)
        self.fake.put_local(nodes)

    @rule(nodes=st.lists(remote_nodes(), max_size=4))
    def put_remote(self, nodes: list[RemoteNode]) -> None:
        self.real.put_remote(nodes)
        self.fake.put_remote(nodes)

    @rule(nodes=st.lists(remote_nodes(), max_size=4))
    def put_synced(self, nodes: list[RemoteNode]) -> None:
        agreed = [
            SyncedNode(node.node_id, node.parent_id, node.name, node.kind, node.revision_id, node.content)
            for node in nodes
        ]
        self.real.put_synced(agreed)
        self.fake.put_synced(agreed)

    @rule(dropped=st.lists(ids, max_size=3), tree=st.sampled_from(["local", "remote", "synced"]))
    def drop(self, dropped: list[NodeId], tree: str) -> None:
        for journal in (self.real, self.fake):
            getattr(journal, f"drop_{tree}")(dropped)

    @rule(read=st.lists(local_nodes(), max_size=4), recheck=st.booleans())
    def put_contents(self, read: list[LocalNode], recheck: bool) -> None:
        files = [
            Prepared(node.node_id, node.signature, ContentHash(node.content), 5, [], recheck)
            for node in read
            if node.content is not None
        ]
        self.real.put_contents(files)
        self.fake.put_contents(files)

    @rule(node_id=ids, becomes=ids)
    def rebind_local(self, node_id: NodeId, becomes: NodeId) -> None:
        refused = []
        for journal in (self.real, self.fake):
            try:
                journal.rebind_local(node_id, becomes)
            except JournalError:
                refused.append(journal)
        assert len(refused) in {0, 2}

    @rule(page=st.lists(changes(), max_size=6))
    def gather(self, page: list[messages.Change]) -> None:
        self.real.gather(page)
        self.fake.gather(page)

    @rule(seq=seqs, whole=st.booleans())
    def switch(self, seq: int, whole: bool) -> None:
        cursor = Cursor(bytes(16), seq, RevisionId(bytes(16)))
        assert self.real.switch(cursor, whole=whole) == self.fake.switch(cursor, whole=whole)

    @rule(nodes=st.lists(local_nodes(), max_size=3), page=st.lists(changes(), max_size=3))
    def fail_midway(self, nodes: list[LocalNode], page: list[messages.Change]) -> None:
        for journal in (self.real, self.fake):
            with suppress(ZeroDivisionError), journal.transaction():
                journal.put_local(nodes)
                assert journal.local_path(IDS[0]) != "/"
                journal.gather(page)
                journal.switch(Cursor(b"other"), whole=False)
                raise ZeroDivisionError

    @rule(excluded=st.dictionaries(ids, st.sampled_from(NAMES), max_size=2))
    def exclude(self, excluded: dict[NodeId, str]) -> None:
        for journal in (self.real, self.fake):
            journal.set_excluded(excluded)
            assert journal.excluded() == excluded

    @rule()
    def start_over(self) -> None:
        self.real.start_over()
        self.fake.start_over()

    @rule()
    def forget_contents(self) -> None:
        assert self.real.forget_contents() == self.fake.forget_contents()

    @rule(node_id=ids)
    def ask_below(self, node_id: NodeId) -> None:
        assert set(self.real.below_local(node_id)) == set(self.fake.below_local(node_id))

    @rule(path=st.lists(st.sampled_from(NAMES), min_size=1, max_size=4).map("/".join))
    def ask_who_is_at(self, path: str) -> None:
        real = self.real.local_at(path)
        matches = [node for node in self.fake.local_nodes.values() if self.fake.local_path(node.node_id) == path]
        assert real in matches if matches else real is None

    @invariant()
    def the_trees_are_equal(self) -> None:
        assert self.real.local(IDS) == self.fake.local(IDS)
        assert self.real.remote(IDS) == self.fake.remote(IDS)
        assert self.real.synced(IDS) == self.fake.synced(IDS)
        assert self.real.cursor() == self.fake.cursor()
        assert self.real.counts() == self.fake.counts()
        assert self.real.differing() == self.fake.differing()

    @invariant()
    def they_find_the_same(self) -> None:
        everyone = [ROOT, *IDS]
        places = [(parent, name) for parent in everyone for name in NAMES]
        for question in ("local_children", "remote_children", "synced_children"):
            assert _same(getattr(self.real, question)(everyone), getattr(self.fake, question)(everyone))
        assert _same(self.real.local_named(places), self.fake.local_named(places))
        assert _same(self.real.remote_named(places), self.fake.remote_named(places))
        assert _same(self.real.local_inodes([1, 2**80]), self.fake.local_inodes([1, 2**80]))
        for node_id in everyone:
            assert self.real.local_path(node_id) == self.fake.local_path(node_id)
            assert self.real.remote_path(node_id) == self.fake.remote_path(node_id)
        assert self.real.conflicted_copies() == self.fake.conflicted_copies()


def _same(
    one: list[LocalNode] | list[RemoteNode] | list[SyncedNode],
    other: list[LocalNode] | list[RemoteNode] | list[SyncedNode],
) -> bool:
    return sorted(one, key=lambda node: node.node_id) == sorted(other, key=lambda node: node.node_id)


TestJournals = Journals.TestCase
TestJournals.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
