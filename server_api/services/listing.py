"""Listings: what is below a path, or what was deleted there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection

from server_api.contract.history import Entry, Listing, ListRequest
from server_api.contract.messages import PAGE_CHANGES, ROOT, Kind, NamespaceId, NodeId
from server_api.domain.nodes import Node
from server_api.domain.pages import take_page
from server_api.domain.paths import Names, split_path
from server_api.errors import NotFoundError
from server_api.services.server import Server
from server_api.storage.nodes import read_children, read_children_named, read_path

READ_AHEAD: Final = 32
"""Folders whose children are read in one go."""


class Found(Struct, frozen=True, gc=False):
    """A node at some path, and when it died: by its own deletion, or with a folder above it."""

    node: Node
    died_at: int | None
    died_seq: int = 0


class Spot(Struct, frozen=True, gc=False):
    """A path and all nodes that are there, or were when they died."""

    names: Names
    found: Sequence[Found]

    @property
    def folders(self) -> list[Found]:
        return [found for found in self.found if found.node.kind is Kind.FOLDER]

    @property
    def latest_dead(self) -> Found | None:
        """What a person means by "the deleted one"."""
        dead = [found for found in self.found if found.died_at is not None]
        return max(dead, key=lambda found: (found.died_seq, found.node.seq), default=None)


def list_entries(server: Server, namespace_id: NamespaceId, request: ListRequest) -> Listing:
    """A page of what is below the path, in order; a path that is no folder lists itself.

    Among the deleted there is one entry a path: what would be restored.

    Raises: NotFoundError, InvalidBodyError.
    """
    names = split_path(request.path)
    after = tuple(request.after.split("/")) if request.after else ()
    with server.database.read() as connection:
        walk = Walk(connection, namespace_id, deleted=request.deleted)
        start = walk.spot(names)
        entries = walk.entries(start, after, recursive=request.recursive)
        page, is_last = take_page(entries, min(request.limit, PAGE_CHANGES), _texts)
        return Listing(entries=page, complete=is_last, folder_id=_living_folder(start))


def _living_folder(spot: Spot) -> NodeId | None:
    if not spot.names:
        return ROOT
    return next((found.node.node_id for found in spot.folders if found.died_at is None), None)


def _texts(entry: Entry) -> tuple[str, str | None]:
    return entry.path, entry.link_target


def find_all(connection: Connection, namespace_id: NamespaceId, names: Names) -> Spot:
    """All that is at a path or was there when it died, not what moved away; nothing ``found`` if there is none."""
    folders: list[tuple[NodeId, Found | None]] = [(ROOT, None)]
    found: list[Found] = []
    for name in names:
        above = dict(folders)
        found = [
            _found(child, above[child.parent_id])
            for child in read_children_named(connection, namespace_id, above, name)
        ]
        folders = [(each.node.node_id, each) for each in found if each.node.kind is Kind.FOLDER]
    return Spot(names, found)


def _found(node: Node, above: Found | None) -> Found:
    if node.is_deleted:
        return Found(node, node.committed_at, node.seq)
    return Found(node, above.died_at if above else None, above.died_seq if above else 0)


class Walk:
    """Goes through a tree in the order of paths, compared name by name."""

    def __init__(self, connection: Connection, namespace_id: NamespaceId, *, deleted: bool) -> None:
        self._connection = connection
        self._namespace_id = namespace_id
        self._deleted = deleted
        self._children: dict[NodeId, list[Node]] = {}
        """Read ahead, and taken out when it is their turn."""

    def spot(self, names: Names) -> Spot:
        """Where to start. Raises: NotFoundError."""
        if not names:
            return Spot((), ())
        if self._deleted:
            spot = find_all(self._connection, self._namespace_id, names)
        else:
            along = read_path(self._connection, self._namespace_id, names)
            spot = Spot(names, [Found(along[-1], None)] if len(along) == len(names) else [])
        if not spot.found:
            raise NotFoundError
        return spot

    def entries(self, start: Spot, after: Names, *, recursive: bool) -> Iterator[Entry]:
        """What comes after ``after``."""
        stack = [start] if start.names and not start.folders else self.below(start, [])
        while stack:
            spot = stack.pop()
            reached = after[: len(spot.names)]
            if spot.names < reached:
                continue
            if spot.names > reached and (entry := self._entry(spot)):
                yield entry
            if recursive:
                stack.extend(self.below(spot, stack))

    def below(self, spot: Spot, pending: Sequence[Spot]) -> list[Spot]:
        """The spots one level down, last one first."""
        folders: dict[NodeId, Found | None] = {found.node.node_id: found for found in spot.folders}
        if not spot.names:
            folders = {ROOT: None}
        if not folders:
            return []
        self._read(list(folders), pending)
        by_name: dict[bytes, list[Found]] = defaultdict(list)
        for folder_id, folder in folders.items():
            for child in self._children.pop(folder_id):
                by_name[child.name_key].append(_found(child, folder))
        below = [Spot((*spot.names, found[0].node.name), found) for found in by_name.values()]
        return sorted(below, key=lambda spot: spot.names, reverse=True)

    def _read(self, folder_ids: list[NodeId], pending: Sequence[Spot]) -> None:
        if all(folder_id in self._children for folder_id in folder_ids):
            return
        ahead = (found.node.node_id for spot in reversed(pending) for found in spot.folders)
        wanted = dict.fromkeys([*folder_ids, *islice(ahead, READ_AHEAD)])
        missing = [folder_id for folder_id in wanted if folder_id not in self._children]
        self._children.update((folder_id, []) for folder_id in missing)
        for child in read_children(self._connection, self._namespace_id, missing, living_only=not self._deleted):
            self._children[child.parent_id].append(child)

    def _entry(self, spot: Spot) -> Entry | None:
        found = spot.latest_dead if self._deleted else spot.found[0]
        if found is None:
            return None
        return entry_of(found.node, "/".join(spot.names), found.died_at)


def entry_of(node: Node, path: str, deleted_at: int | None) -> Entry:
    """As it is listed."""
    return Entry(
        node_id=node.node_id,
        revision_id=node.revision_id,
        path=path,
        kind=node.kind,
        size=node.size,
        mtime_ns=node.mtime_ns,
        seq=node.seq,
        committed_at=node.committed_at,
        executable=node.executable,
        content_hash=node.content_hash,
        link_target=node.link_target,
        deleted_at=deleted_at,
    )
