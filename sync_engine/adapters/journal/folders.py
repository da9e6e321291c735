"""Where folders are: paths of one tree, remembered between questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from sync_engine.core.model import ROOT, LocalNode, NodeId

_REMEMBERED: Final = 20_000
"""Folders; some MB at most."""

Place: TypeAlias = tuple[NodeId, str, bool]
"""Parent, name, and whether it is a folder."""


class FolderPaths:
    """Answers for paths of nodes from the places of nodes.

    Whoever changes the tree says so first: a folder that moves takes along what is below, so all is forgotten then.
    """

    def __init__(self, place_of: Callable[[NodeId], Place | None]) -> None:
        self._place_of = place_of
        self._paths: dict[NodeId, str] = {}
        self._ids: dict[str, NodeId] = {}
        self.forget()

    def path(self, node_id: NodeId) -> str | None:
        """Relative to the root; ``None`` if the node or one above it is not in the tree, or none leads to the root."""
        steps: dict[NodeId, Place] = {}
        current = node_id
        while (known := self._paths.get(current)) is None:
            place = self._place_of(current)
            if place is None or current in steps:
                return None
            steps[current] = place
            current = place[0]
        for step_id, (parent_id, name, is_folder) in reversed(steps.items()):
            known = f"{known}/{name}" if known else name
            if is_folder:
                self._remember(step_id, parent_id, known)
        return known

    def at(self, path: str, named: Callable[[NodeId, str], tuple[NodeId, str, bool] | None]) -> NodeId | None:
        """The node at a path; ``named`` knows who has a name in a folder, by which name, and whether it is a folder."""
        current, known = ROOT, ""
        above, _, _ = path.rpartition("/")
        if (folder_id := self._ids.get(above)) is not None:
            current, known = folder_id, above
        rest = path[len(known) :].removeprefix("/")
        for name in rest.split("/") if rest else ():
            found = named(current, name)
            if found is None:
                return None
            parent_id, (current, shown, is_folder) = current, found
            known = f"{known}/{shown}" if known else shown
            if is_folder:
                self._remember(current, parent_id, known)
        return current

    def puts(self, node: LocalNode) -> None:
        """This node is about to be put."""
        known = self._paths.get(node.node_id)
        if known is None:
            return
        above = self._paths.get(node.parent_id)
        if above is None or known != (f"{above}/{node.name}" if above else node.name):
            self.forget()

    def drops(self, ids: Iterable[NodeId]) -> None:
        """These nodes are about to leave the tree, or to become others."""
        if not self._paths.keys().isdisjoint(ids):
            self.forget()

    def forget(self) -> None:
        self._paths = {ROOT: ""}
        self._ids = {"": ROOT}

    def _remember(self, folder_id: NodeId, parent_id: NodeId, path: str) -> None:
        """Only with all above it: a change of a folder that is not remembered is no reason to forget any."""
        if len(self._paths) >= _REMEMBERED:
            self.forget()
        if parent_id in self._paths:
            self._paths[folder_id] = path
            self._ids[path] = folder_id
