"""A world for the planner in terms of paths: what happens on the disk and on another device, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random

from server_api.contract.names import comparable
from sync_engine.core.model import ROOT, Kind, NodeId, RevisionId
from sync_engine.core.operations import Plan
from tests.fakes.planner_world import TOP, ServerNode, Traits, World, content_of

Tree = dict[str, int | str | None]
"""Path to a file's content, a symlink's target, or ``None`` for a folder."""


class Stage(World):
    """Contents are numbers. Paths are separated by ``/``."""

    def __init__(self, traits: Traits | None = None) -> None:
        super().__init__(Random(0), traits or Traits())

    # --- the disk -------------------------------------------------------------------------------------------

    def inode(self, path: str) -> int:
        inode = TOP
        for name in path.split("/") if path else []:
            found = next((o for o in self.disk.children(inode) if o.name == name), None)
            assert found is not None, f"nothing at {path}"
            inode = found.inode
        return inode

    def _parent_and_name(self, path: str) -> tuple[int, str]:
        folder, _, name = path.rpartition("/")
        return self.inode(folder), name

    def write(self, path: str, content: int) -> None:
        parent, name = self._parent_and_name(path)
        there = next((o for o in self.disk.children(parent) if o.name == name), None)
        if there is not None:
            self.disk.write(there.inode, content_of(content))
        else:
            self.disk.make(parent, name, Kind.FILE, content=content_of(content))

    def make_folder(self, path: str) -> None:
        self.disk.make(*self._parent_and_name(path), Kind.FOLDER)

    def link(self, path: str, target: str) -> None:
        self.disk.make(*self._parent_and_name(path), Kind.SYMLINK, link_target=target)

    def ignore(self, path: str) -> None:
        self.disk.make(*self._parent_and_name(path), Kind.FILE, content=content_of(0), is_ignored=True)

    def move(self, path: str, to: str) -> None:
        self.disk.move(self.inode(path), *self._parent_and_name(to))

    def remove(self, path: str) -> None:
        self.disk.remove(self.inode(path))

    def chmod(self, path: str, *, executable: bool) -> None:
        self.disk.chmod(self.inode(path), executable=executable)

    def touch(self, path: str) -> None:
        self.disk.touch(self.inode(path))

    def here(self) -> Tree:
        """The disk."""
        found: Tree = {}
        pending = [(TOP, "")]
        while pending:
            inode, above = pending.pop()
            for child in self.disk.children(inode):
                path = above + child.name
                found[path] = _shown(child.kind, child.content, child.link_target)
                pending.append((child.inode, path + "/"))
        return found

    # --- the server, by another device -------------------------------------------------------------------------

    def node(self, path: str) -> ServerNode:
        """As the server has it."""
        found = self.server.paths().get(comparable(path))
        assert found is not None, f"nothing at {path} on the server"
        return found

    def _place_there(self, path: str) -> tuple[NodeId, str]:
        folder, _, name = path.rpartition("/")
        return (self.node(folder).node_id if folder else ROOT), name

    def _put(self, node: ServerNode, **changes: object) -> None:
        revision = self.server._revision()
        put = replace(node, revision_id=revision, seq=self.server.seq, **changes)  # type: ignore[arg-type]
        self.server.nodes[put.node_id] = put
        if put.content is not None:
            self.server.versions.add(put.content)

    def _make_there(self, path: str, kind: Kind, **rest: object) -> None:
        self._put(ServerNode(self.new_id(), *self._place_there(path), kind, RevisionId(b""), 0), **rest)

    def write_there(self, path: str, content: int) -> None:
        known = self.server.paths().get(comparable(path))
        if known is None:
            self._make_there(path, Kind.FILE, content=content_of(content))
        else:
            self._put(known, content=content_of(content))

    def make_folder_there(self, path: str) -> None:
        self._make_there(path, Kind.FOLDER)

    def link_there(self, path: str, target: str) -> None:
        self._make_there(path, Kind.SYMLINK, link_target=target)

    def move_there(self, path: str, to: str) -> None:
        node = self.node(path)
        parent_id, name = self._place_there(to)
        self._put(node, parent_id=parent_id, name=name)

    def remove_there(self, path: str) -> None:
        self._put(self.node(path), is_deleted=True)

    def chmod_there(self, path: str, *, executable: bool) -> None:
        self._put(self.node(path), executable=executable)

    def there(self) -> Tree:
        """The server."""
        return {path: _shown(node.kind, node.content, node.link_target) for path, node in self.server.paths().items()}

    # --- both ----------------------------------------------------------------------------------------------------

    def settle(self) -> list[Plan]:
        """Take in what happened and do everything that follows; the plans with something in them."""
        self.plans = []
        self.observe()
        self.read_feed()
        self.sync()
        return [made for made in self.plans if not made.is_empty()]

    @contextmanager
    def agreed(self) -> Iterator[None]:
        """What is done inside is in step at the end."""
        yield
        self.settle()
        self.asides = 0
        assert self.here() == self.there()

    def lose_journal(self) -> None:
        """What was agreed is forgotten, and every object gets another id."""
        for tree in (self.trees.local_nodes, self.trees.remote_nodes, self.trees.synced_nodes):
            tree.clear()
        self.trees.drop_local([])
        self.prepared.clear()
        self.cursor = 0


def _shown(kind: Kind, content: bytes | None, link_target: str | None) -> int | str | None:
    if kind == Kind.FILE:
        return int.from_bytes(content or b"", "big")
    return link_target
