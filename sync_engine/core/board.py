"""What the two sides' steps are made from, and what they find out on the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

from sync_engine.core.conflicts import free_name
from sync_engine.core.constraints import OCCUPIED, Drafts
from sync_engine.core.merge import Draft, Fate
from sync_engine.core.model import ROOT, ContentHash, LocalNode, NodeId, RemoteNode, SyncedNode
from sync_engine.core.operations import Fetch, Issue, Offer
from sync_engine.core.ordering import Op, Step, leavers
from sync_engine.core.platform_names import case_key
from sync_engine.core.trees import Closure, Context, SideTree
from sync_engine.core.view import View


class Board:
    """One plan under way.

    Attributes:
        issues: by node.
        blocked: nodes for which nothing changes before another one, given here, has no issue any more.
        postponed: nodes that wait for something else.
        leftovers: folders deleted on the server, or excluded, that stay here since what is not synced is still in them.
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
        self.leftovers = self._left_over()
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

    def explain(self, bad: Mapping[NodeId, Step[Op]], good: Mapping[NodeId, Step[Op]], tree: SideTree) -> None:
        """What is to become of nodes whose steps cannot be done now. Some wait for others that will not move: that is
        an issue. ``tree`` is the side as it is."""
        waiting = [step for step in bad.values() if step.node_id not in self.issues]
        undecided = self._left_undecided() if waiting else frozenset()
        found = True
        while found:
            found = False
            for step in waiting:
                if step.node_id in self.issues or step.node_id in self.blocked:
                    continue
                occupants = [occupant for occupant in step.occupants if occupant not in good]
                if any(occupant in undecided or self._will_not_move(occupant) for occupant in occupants):
                    self.report(self.drafts[step.node_id], OCCUPIED)
                    found = True
                elif (blocker := self._blocker(step, bad, tree)) is not None:
                    self.blocked[step.node_id] = blocker
                    found = True
        self.postponed.update(bad.keys() - self.blocked.keys())  # those with an issue, too: who has the name may leave

    def _will_not_move(self, node_id: NodeId) -> bool:
        if node_id in self.issues or node_id in self.blocked or node_id in self.leftovers:
            return True
        return (draft := self.drafts.get(node_id)) is not None and draft.is_excluded

    def _left_undecided(self) -> AbstractSet[NodeId]:
        """Deleted folders that stay while something in them has an issue."""
        found: set[NodeId] = set()
        for node_id in self.issues:
            draft = self.drafts.get(node_id)
            for side in (draft.local, draft.remote) if draft is not None else ():
                folder = self.drafts.get(side.parent_id) if side is not None else None
                while folder is not None and folder.fate is Fate.OPEN and folder.node_id not in found:
                    found.add(folder.node_id)
                    folder = self.drafts.get(folder.parent_id)
        return found

    def _blocker(self, step: Step[Op], bad: Mapping[NodeId, Step[Op]], tree: SideTree) -> NodeId | None:
        """The issue that a step waits for, with the folder it would arrive in, the node it would make room for, or what
        has to leave the folder that it ends."""
        needed = [step.only_with, step.arrives[0] if step.arrives is not None else None]
        if step.is_end and step.is_folder:
            needed += sorted(leavers(step.node_id, bad, tree))
        for node_id in needed:
            if node_id is not None and (issue := node_id if node_id in self.issues else self.blocked.get(node_id)):
                return issue
        return None

    def _left_over(self) -> set[NodeId]:
        found: set[NodeId] = set()
        for node_id in self.context.unremovable:
            draft = self.drafts.get(node_id)
            while draft is not None and draft.local is not None and (draft.fate is Fate.GOES or draft.leaves_disk):
                found.add(draft.node_id)
                draft = self.drafts.get(draft.local.parent_id if draft.is_excluded else draft.parent_id)
        return found

    def depth(self, folder_id: NodeId) -> int:
        """Of what is in this folder, once all is in step; the root's is 0."""
        if (known := self._depths.get(folder_id)) is not None:
            return known
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
        nodes: Iterable[RemoteNode | SyncedNode | None] = (draft.synced, draft.remote, draft.dead)
        if draft.is_new_here:
            nodes = [self.view.remote[other] for other in self.view.remote_tree.at(self.view.remote_place(draft))]
        return frozenset([node.content for node in nodes if node is not None and node.content is not None])
