"""What the person does not want on this device: chosen by path, kept by node. ``core/exclusion.py`` has the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Final, Literal

from server_api.contract.names import comparable
from sync_engine.core.model import ROOT, Kind, NodeId
from sync_engine.core.reports import Choice, Exclusion
from sync_engine.ports import Journal, Trees

_KINDS: Final[Mapping[Kind, Literal["file", "folder", "symlink"]]] = {
    Kind.FILE: "file",
    Kind.FOLDER: "folder",
    Kind.SYMLINK: "symlink",
}


class Exclusions:
    """Thread: the control thread's."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._paths = journal.excluded()

    @property
    def nodes(self) -> AbstractSet[NodeId]:
        """The topmost ones."""
        return self._paths.keys()

    # --- what the person wants ------------------------------------------------------------------------------------

    def add(self, path: str, known_as: NodeId | None = None) -> tuple[Choice, set[NodeId]]:
        """Exclude what is at a path. Durable when it returns, with the nodes to plan.

        ``known_as``: the node that the server has there, for one that this device has not heard of yet. Exclusions
        below go up in this one.
        """
        node_id, is_here = self._wanted(path)
        node_id = node_id or known_as
        if node_id is None:
            return Choice("not-on-server" if is_here else "unknown", path), set()
        if (cover := self.covering(node_id)) is not None:
            return Choice("already" if cover == node_id else "part", self._path(cover)), set()
        others = {other: name for other, name in self._paths.items() if node_id not in self._upwards(other)}
        self._write({**others, node_id: path})
        return Choice("done", self._path(node_id)), {node_id} | displaced_below(self._journal, node_id)

    def remove(self, path: str) -> tuple[Choice, set[NodeId]]:
        """It is wanted again. What was agreed of it and below it is forgotten in the same transaction: what is not on
        the disk comes, and nothing of it is a deletion. Durable when it returns, with the nodes to plan."""
        node_id = next((n for n in self._paths if comparable(self._path(n)) == comparable(path)), None)
        if node_id is None:
            found = self.at(path)
            cover = self.covering(found) if found is not None else None
            return (Choice("unknown", path) if cover is None else Choice("part", self._path(cover))), set()
        shown = self._path(node_id)
        below = all_below(self._journal, node_id)
        with self._journal.transaction(durable=True):
            self._journal.drop_synced(below)
            self._write({other: name for other, name in self._paths.items() if other != node_id})
        return Choice("done", shown), below

    def all(self) -> list[Exclusion]:
        """By path."""
        remote, local = self._journal.remote(self.nodes), self._journal.local(self.nodes)
        found = [
            Exclusion(
                self._path(node_id),
                _KINDS[remote[node_id].kind] if node_id in remote else "unknown",
                "leaving" if node_id in local else "excluded",
            )
            for node_id in self.nodes
        ]
        return sorted(found, key=lambda exclusion: exclusion.path)

    # --- what the server does -------------------------------------------------------------------------------------

    def drop_gone(self) -> None:
        """Those that the server does not have any more. Only once the feed was read to its end."""
        gone = {node_id for node_id in self.nodes if self._journal.remote_path(node_id) is None}
        if gone:
            self._write({node_id: path for node_id, path in self._paths.items() if node_id not in gone})

    def set_free(self, changed: AbstractSet[NodeId]) -> set[NodeId]:
        """What lies in folders of these that are not excluded, and is not here: they may have come out of an excluded
        one, of which the change feed says no more than that the folder moved."""
        if not self.nodes or not changed:
            return set()
        folders = {n for n, node in self._journal.remote(changed).items() if node.kind is Kind.FOLDER}
        return absent_below(self._journal, {n for n in folders if self.covering(n) is None}, self.nodes)

    # --- questions ------------------------------------------------------------------------------------------------

    def covering(self, node_id: NodeId) -> NodeId | None:
        """The exclusion that a node is, or that it is below in the server's tree."""
        return next((above for above in self._upwards(node_id) if above in self._paths), None)

    def at(self, path: str) -> NodeId | None:
        """The living node that the server has at a path, as far as this device has read."""
        current = ROOT
        for name in path.split("/"):
            found = self._journal.remote_named([(current, name)])
            if not found:
                return None
            current = found[0].node_id
        return current

    def _wanted(self, path: str) -> tuple[NodeId | None, bool]:
        """What a person means by a path, if the server has it; and whether anything is here."""
        here = self._journal.local_at(path)
        if here is not None and self._is_on_server(here.node_id):
            return here.node_id, True
        return self.at(path), here is not None

    def _is_on_server(self, node_id: NodeId) -> bool:
        return self._journal.remote_path(node_id) is not None

    def _upwards(self, node_id: NodeId) -> Iterable[NodeId]:
        seen: set[NodeId] = set()
        while node_id not in seen and node_id != ROOT:
            yield node_id
            seen.add(node_id)
            current = self._journal.remote([node_id]).get(node_id)
            if current is None:
                return
            node_id = current.parent_id

    def _path(self, node_id: NodeId) -> str:
        return self._journal.remote_path(node_id) or self._paths[node_id]

    def _write(self, paths: dict[NodeId, str]) -> None:
        with self._journal.transaction(durable=True):
            self._journal.set_excluded(paths)
        self._paths = paths


def absent_below(trees: Trees, folders: AbstractSet[NodeId], excluded: AbstractSet[NodeId]) -> set[NodeId]:
    """What the server has in these folders that is not on this disk, and that nothing was agreed of."""
    found: set[NodeId] = set()
    seen = level = set(folders)
    while level:
        children = {c.node_id: c for c in trees.remote_children(level) if c.node_id not in excluded}
        found |= children.keys() - trees.local(children).keys() - trees.synced(children).keys()
        level = {n for n, child in children.items() if child.kind is Kind.FOLDER} - seen
        seen = seen | level
    return found


def displaced_below(trees: Trees, node_id: NodeId) -> set[NodeId]:
    """What the server has below a node and this disk has elsewhere: not found by looking into the folder here."""
    found: set[NodeId] = set()
    seen = level = {node_id}
    while level:
        children = {child.node_id: child for child in trees.remote_children(level)}
        local = trees.local(children)
        found |= {n for n, node in local.items() if node.parent_id != children[n].parent_id}
        level = {n for n, child in children.items() if child.kind is Kind.FOLDER} - seen
        seen = seen | level
    return found


def all_below(trees: Trees, node_id: NodeId) -> set[NodeId]:
    """A node with everything that is below it by any of the three trees."""
    found = {node_id}
    level: Iterable[NodeId] = found
    while level:
        below = {node.node_id for node in trees.remote_children(level)}
        below |= {node.node_id for node in trees.synced_children(level)}
        below |= {node.node_id for node in trees.local_children(level)}
        level = below - found
        found |= level
    return found
