"""Selective sync: what is on the server and not wanted on this device.

An exclusion names a node, so it follows the node wherever the server has it, and holds for all that is below. Three
rules make it safe:

- An excluded node that is not on the disk is no deletion, whatever was agreed of it; and what is not on this device
  cannot be deleted from it, so a folder that held it outlives its own deletion here.
- It leaves the disk only once the server has all that the disk has of it. What was agreed of it leaves the synced tree,
  durably, before the object leaves the disk: its absence never means anything, even if the exclusion ends that moment.
- When an exclusion ends, what was agreed below it is forgotten with it. So all of it comes, and nothing goes.

Its name is taken on the server. Another object of this disk that has that name stays where it is, with an issue.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from sync_engine.core.model import ROOT, LocalNode, NodeId, RemoteNode

EXCLUDED_NAME: Final = "excluded-name"
"""The issue of an object on the disk that has the name of an excluded one."""


def excluded_there(remote: Mapping[NodeId, RemoteNode], excluded: AbstractSet[NodeId]) -> set[NodeId]:
    """Of the living nodes of the server, given with their ancestors: the excluded ones, and those below them."""
    found: set[NodeId] = set()
    known: dict[NodeId, bool] = {ROOT: False}
    for node_id in remote:
        if _is_below(node_id, remote, excluded, known):
            found.add(node_id)
    return found


def excluded_here(
    local: Mapping[NodeId, LocalNode], remote: Mapping[NodeId, RemoteNode], there: AbstractSet[NodeId]
) -> set[NodeId]:
    """Of the nodes that only the disk has: those that lie in excluded folders (``there``) which are still on it."""
    alone = {node_id: node for node_id, node in local.items() if node_id not in remote}
    known: dict[NodeId, bool] = {ROOT: False}
    for node in alone.values():
        if node.parent_id in remote:
            known[node.parent_id] = node.parent_id in there
    return {node_id for node_id in alone if _is_below(node_id, alone, frozenset(), known)}


def _is_below(
    node_id: NodeId,
    nodes: Mapping[NodeId, LocalNode] | Mapping[NodeId, RemoteNode],
    excluded: AbstractSet[NodeId],
    known: dict[NodeId, bool],
) -> bool:
    path: list[NodeId] = []
    current = node_id
    while (answer := known.get(current)) is None:
        path.append(current)
        if current in excluded:
            answer = True
            break
        known[current] = False  # a chain that runs into itself ends here
        node = nodes.get(current)
        if node is None:
            answer = False
            break
        current = node.parent_id
    known.update((step, answer) for step in path)
    return answer
