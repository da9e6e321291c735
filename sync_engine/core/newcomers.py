"""Files that are new on one side and meet nobody: they are sent or fetched, and no rule has more to say of them.

First uploads and downloads are made of such files. What the merge and the tree's rules would come to is known
beforehand, so they are told apart before either is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Generic, TypeVar

from msgspec import Struct, field

from server_api.contract.names import comparable
from sync_engine.core.constraints import refused
from sync_engine.core.model import ROOT, Kind, LocalNode, NodeId, RemoteNode
from sync_engine.core.operations import CommitCreate, Fetch, Offer, PlaceFile
from sync_engine.core.platform_names import unholdable
from sync_engine.core.trees import Context
from sync_engine.core.view import View

_Node = TypeVar("_Node", LocalNode, RemoteNode)


class Newcomers(Struct):
    """What is to be done about them, in the order of their ids."""

    nodes: set[NodeId] = field(default_factory=set)
    offers: list[Offer] = field(default_factory=list)
    creates: list[CommitCreate] = field(default_factory=list)
    fetches: list[Fetch] = field(default_factory=list)
    places: list[PlaceFile] = field(default_factory=list)


def find_newcomers(view: View, context: Context) -> Newcomers:
    """The files that one side alone has, that were never agreed on, and that have their name for themselves on both
    sides, in a folder that both have, or one that is as new and as lonely as they are.

    None where something in sight may touch any of them: objects that turned out to be other nodes, folders of which
    nobody knows where they are, what is excluded, a disk on which names that differ may be equal.
    """
    found = Newcomers()
    if view.becomes or view.excluded or context.adrift or not context.naming.tells_case:
        return found
    others = view.synced.keys() | view.dead.keys() | context.in_flight | view.broken | _rivals(view)
    prepared, staged, rules = context.prepared, context.staged, context.naming.rules
    for local in _Side(view.local, view.remote, others, lambda node: refused(node.name, node.parent_id)).files():
        read = prepared.get(local.node_id)
        found.nodes.add(local.node_id)
        if read is not None and local.content is not None and read.content == local.content:
            found.creates.append(CommitCreate(local))
        else:
            found.offers.append(Offer(local))
    for remote in _Side(
        view.remote, view.local, others, lambda node: unholdable(node.name, rules, at_root=node.parent_id == ROOT)
    ).files():
        found.nodes.add(remote.node_id)
        if (remote.node_id, remote.content) in staged:
            found.places.append(PlaceFile(remote))
        else:
            found.fetches.append(Fetch(remote))
    return found


def _rivals(view: View) -> set[NodeId]:
    """Nodes that have to share their name with another one, on whichever side."""
    holders: dict[tuple[NodeId, str], NodeId] = {}
    rivals: set[NodeId] = set()
    trees: tuple[Mapping[NodeId, LocalNode | RemoteNode], ...] = (view.local, view.remote)
    for tree in trees:
        for node_id, node in tree.items():
            name = node.name
            holder = holders.setdefault((node.parent_id, name if name.isascii() else comparable(name)), node_id)
            if holder != node_id:
                rivals |= {holder, node_id}
    return rivals


class _Side(Generic[_Node]):
    """What is new on one side."""

    def __init__(
        self,
        nodes: Mapping[NodeId, _Node],
        opposite: Mapping[NodeId, LocalNode | RemoteNode],
        others: AbstractSet[NodeId],
        is_barred: Callable[[_Node], str | None],
    ) -> None:
        """``others``: those that are no newcomers; ``is_barred``: by its name, from the opposite side."""
        self._nodes: Mapping[NodeId, _Node] = nodes
        self._opposite = opposite
        self._is_barred: Callable[[_Node], str | None] = is_barred
        self._new = nodes.keys() - opposite.keys() - others
        self._takes: dict[NodeId, bool] = {ROOT: True}

    def files(self) -> Iterator[_Node]:
        for node_id in sorted(self._new):
            node = self._nodes[node_id]
            if node.kind is Kind.FILE and self._takes_any(node.parent_id) and not self._is_barred(node):
                yield node

    def _takes_any(self, folder_id: NodeId) -> bool:
        """Whether the opposite side has this folder, or will have it by the same plan. It is there, up to the root."""
        path: list[NodeId] = []
        while (takes := self._takes.get(folder_id)) is None:
            path.append(folder_id)
            folder, same = self._nodes[folder_id], self._opposite.get(folder_id)
            if same is not None or folder_id not in self._new or self._is_barred(folder):
                takes = same is not None and same.kind is folder.kind is Kind.FOLDER
                break
            folder_id = folder.parent_id
        self._takes.update((step, takes) for step in path)
        return takes
