"""What the two sides' steps are made from, and what they find out on the way."""

from __future__ import annotations

from sync_engine.core.conflicts import free_name
from sync_engine.core.constraints import Drafts, View, case_key
from sync_engine.core.merge import Draft
from sync_engine.core.model import ROOT, ContentHash, LocalNode, NodeId, RemoteNode
from sync_engine.core.operations import Fetch, Issue, Offer
from sync_engine.core.trees import Closure, Context, SideTree

_NOTHING_KNOWN: frozenset[ContentHash] = frozenset()


class Board:
    """One plan under way.

    Attributes:
        issues: by node.
        blocked: nodes that wait for one with an issue, and for which: nothing will change for them before that does.
        postponed: nodes that wait for something else.
        touched: nodes that get an operation on the disk, after which they look otherwise.
    """

    def __init__(self, closure: Closure, context: Context, view: View, drafts: Drafts) -> None:
        self.context = context
        self.view = view
        self.drafts = drafts
        self.issues: dict[NodeId, Issue] = {}
        self.blocked: dict[NodeId, NodeId] = {}
        self.postponed: set[NodeId] = set()
        self.touched: set[NodeId] = set()
        self.offers: dict[NodeId, Offer] = {}
        self.fetches: dict[NodeId, Fetch] = {}
        self._closure = closure
        self._depths: dict[NodeId, int] = {ROOT: 0}
        self._names: dict[NodeId, set[str]] = {}

    def report(self, draft: Draft, code: str) -> None:
        self.issues[draft.node_id] = Issue(draft.node_id, draft.parent_id, draft.name, code)

    def offer(self, draft: Draft, local: LocalNode) -> None:
        """Have the file read and sent, unless the server has for it already what turns out."""
        self.offers[draft.node_id] = Offer(local, self._known_contents(draft))

    def fetch(self, remote: RemoteNode) -> None:
        self.fetches[remote.node_id] = Fetch(remote)

    def is_staged(self, remote: RemoteNode) -> bool:
        return (remote.node_id, remote.content) in self.context.staged

    def wait(self, node_id: NodeId, parent_id: NodeId | None) -> None:
        """A node whose step cannot be done now; ``parent_id`` is the folder it would arrive in. Parents come first."""
        if node_id in self.issues:
            return
        if parent_id in self.issues:
            self.blocked[node_id] = parent_id
        elif parent_id in self.blocked:
            self.blocked[node_id] = self.blocked[parent_id]
        else:
            self.postponed.add(node_id)

    def depth(self, folder_id: NodeId) -> int:
        """Of what is in this folder, once all is in step; the root's is 0."""
        path: list[NodeId] = []
        current = folder_id
        while (depth := self._depths.get(current)) is None:
            path.append(current)
            draft = self.drafts.get(current)
            current = draft.parent_id if draft is not None else ROOT
        for step in reversed(path):
            depth += 1
            self._depths[step] = depth
        return depth

    def copy_name(self, local: LocalNode) -> str:
        """A free name for a conflicted copy in the folder where the file is; nobody gets it twice."""
        folder_id = local.parent_id
        names = self._names.get(folder_id)
        if names is None:
            names = self._names[folder_id] = self._names_in(folder_id)
        name = free_name(
            local.name, self.context.device_name, self.context.today, lambda candidate: case_key(candidate) in names
        )
        names.add(case_key(name))
        return name

    def _names_in(self, folder_id: NodeId) -> set[str]:
        names: set[str] = set()
        for known_as in (folder_id, *(old for old, new in self.view.becomes.items() if new == folder_id)):
            names.update(map(case_key, self._closure.taken.get(known_as, ())))
        trees: tuple[SideTree, SideTree] = (self.view.local_tree, self.view.remote_tree)
        for tree in trees:
            names.update(case_key(tree.nodes[child].name) for child in tree.children(folder_id))
        return names

    def _known_contents(self, draft: Draft) -> frozenset[ContentHash]:
        known: set[ContentHash | None] = set()
        if draft.is_new_here:
            view, place = self.view, self.view.remote_place(draft)
            known.update(view.remote[other].content for other in view.remote_tree.at(place))
        else:
            known.update(node.content for node in (draft.synced, draft.remote, draft.dead) if node is not None)
        known.discard(None)
        return frozenset(known) if known else _NOTHING_KNOWN  # type: ignore[arg-type]
