"""Restoring: old versions, and deleted files and folders, come back by new revisions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from server_api.contract.messages import (
    MAX_DEPTH,
    ROOT,
    Kind,
    NamespaceId,
    NodeId,
    Restored,
    RestoreRequest,
    RevisionId,
)
from server_api.contract.names import name_key
from server_api.domain.contents import split_manifest
from server_api.domain.nodes import Node, Revision
from server_api.domain.paths import Names, restored_names, split_path
from server_api.domain.revisions import announce
from server_api.errors import InvalidBodyError, NotFoundError, QuotaExceededError
from server_api.services.deleted import Returning, find_deleted
from server_api.services.history import versions_at
from server_api.services.listening import tell_moved
from server_api.services.listing import find_all
from server_api.services.server import Caller, Server
from server_api.storage.chunks import known_chunks
from server_api.storage.contention import retried
from server_api.storage.nodes import count_living, read_folder_heights, read_occupants, read_path
from server_api.storage.revisions import Appending, LockedNamespace, append, lock_namespace
from server_api.storage.versions import Version, read_manifests, read_version_ids, read_versions

_APPEND_AT_ONCE: Final = 2_000
_NOTHING_DELETED: Final = "Nothing there was deleted. `lockstep ls --deleted` shows what was."
_ANOTHERS: Final = "That is a version of another file. `lockstep versions` shows those that a file had."
_GONE: Final = "The content is gone from the store. `lockstep sync --full` on a device that has it sends it again."
_EXPIRED: Final = "The content has expired, since old versions are kept for a time only."


@retried
def restore(server: Server, caller: Caller, namespace_id: NamespaceId, request: RestoreRequest) -> Restored:
    """Bring back what the request names, all of it or nothing. Asking again for what is there already changes nothing.

    Raises: NotFoundError, InvalidBodyError, QuotaExceededError (the namespace holds as many nodes as it may).
    """
    names = split_path(request.path)
    to = None if request.to is None else split_path(request.to)
    if not names or to == ():
        raise InvalidBodyError("the root itself cannot be restored")
    with server.database.write() as work:
        locked = lock_namespace(work.connection, namespace_id)
        if locked is None:
            raise NotFoundError
        log = _Log(server, caller, work.connection, locked)
        if request.revision_id is None:
            restored = _restore_deleted(log, names, to)
        else:
            restored = _restore_version(log, names, to, request.revision_id)
        seq = log.close()
        if log.revisions:
            tell_moved(server, work, namespace_id, seq)
    return Restored(path="/".join(restored), revisions=log.revisions, files=log.files, expired=log.expired)


class _Place(Struct, frozen=True):
    parent_id: NodeId
    names: Names

    @property
    def name(self) -> str:
        return self.names[-1]


class _Log:
    """Appends revisions of one person's wish, some at a time.

    Attributes:
        connection: inside the transaction that holds the namespace's lock.
        namespace_id: of it.
        revisions: how many there were.
        files: how many of them brought a file back, or a content into one.
        expired: how many files were left out, because their contents are gone.
    """

    def __init__(self, server: Server, caller: Caller, connection: Connection, locked: LockedNamespace) -> None:
        self.connection = connection
        self.namespace_id = locked.namespace_id
        self.revisions = 0
        self.files = 0
        self.expired = 0
        self.new_id = server.ids.new_id
        self._device_id = caller.device_id
        self._at = max(locked.last_at, server.clock.now_ms())
        self._locked = locked
        self._room = server.config.limits.nodes_a_namespace
        self._waiting: list[Revision] = []
        self._before: dict[NodeId, Node] = {}
        self._nodes: dict[NodeId, Node] = {}
        self._created = 0

    def know(self, *nodes: Node) -> None:
        """Folders above what will be put."""
        self._nodes.update((node.node_id, node) for node in nodes)

    def put(
        self,
        before: Node | None,
        after: Node,
        manifest: bytes | None = None,
        *,
        is_new_version: bool = False,
        was_alive: bool = False,
    ) -> Node:
        """The node as it is from now on; gives it seq and revision id."""
        revision = announce(after, self._locked.seq + len(self._waiting) + 1, self.new_id)
        node = revision.node
        if is_new_version:
            node = replace(node, version_id=node.revision_id)
        self._waiting.append(replace(revision, node=node, manifest=manifest))
        self._nodes[node.node_id] = node
        if before is not None:
            self._before[node.node_id] = before
        self._created += not was_alive
        self.revisions += 1
        self.files += after.kind is Kind.FILE
        if len(self._waiting) >= _APPEND_AT_ONCE:
            self._append()
        return node

    def close(self) -> int:
        """Append what waits; the namespace's seq. Raises: QuotaExceededError."""
        self._append()
        if self._locked.live_nodes > self._room:
            living = count_living(self.connection, self.namespace_id)
            if living > self._room:
                raise QuotaExceededError("The namespace holds as many nodes as it may.")
        return self._locked.seq

    def _append(self) -> None:
        seq = append(
            self.connection,
            self._locked,
            Appending(
                device_id=self._device_id,
                committed_at=self._at,
                revisions=self._waiting,
                before=self._before,
                nodes=self._nodes,
                created=self._created,
            ),
        )
        live_nodes = self._locked.live_nodes + self._created
        self._locked = replace(self._locked, seq=seq, live_nodes=live_nodes)
        self._waiting, self._before, self._created = [], {}, 0

    # --- places ----------------------------------------------------------------------------------------------------

    def make_place(self, names: Names) -> _Place:
        """Make the folders that are missing above, and number what is taken: each name that would be in the way."""
        along = read_path(self.connection, self.namespace_id, names[:-1])
        while along and along[-1].kind is not Kind.FOLDER:
            along.pop()
        self.know(*along)
        parent_id = along[-1].node_id if along else ROOT
        made: Names = tuple(node.name for node in along)
        is_new = False
        for name in names[len(along) : -1]:
            free = name if is_new else self._free_name(parent_id, name)
            folder = Node(
                node_id=NodeId(self.new_id()),
                kind=Kind.FOLDER,
                parent_id=parent_id,
                name=free,
                name_key=name_key(free),
                seq=0,
                revision_id=RevisionId(b""),
            )
            parent_id = self.put(None, folder).node_id
            made += (free,)
            is_new = True
        last = names[-1] if is_new else self._free_name(parent_id, names[-1])
        return _Place(parent_id, (*made, last))

    def _free_name(self, parent_id: NodeId, name: str) -> str:
        for candidate in restored_names(name):
            if not read_occupants(self.connection, self.namespace_id, [(parent_id, name_key(candidate))]):
                return candidate
        raise AssertionError("the names never end")


# --- deleted files and folders -----------------------------------------------------------------------------------


def _restore_deleted(log: _Log, names: Names, to: Names | None) -> Names:
    top, below = find_deleted(log.connection, log.namespace_id, names)
    if top is None:
        raise NotFoundError(_NOTHING_DELETED)
    returning = [top, *below]
    if not top.is_back or to is not None:
        _check_depth(log, top.node, to or names)
    if to is not None:
        return _copy(log, returning, to)
    log.know(*read_path(log.connection, log.namespace_id, names))
    place = _Place(top.parent_id, names) if top.is_back else log.make_place(names)
    for each, _ in _with_manifests(log, returning):
        node = each.node
        if each.is_back:
            log.know(node)
        elif node is top.node:
            log.put(node, _at(node, place))
        else:
            log.put(node, replace(node, is_deleted=False, parent_id=each.parent_id))
    if not log.revisions:
        raise NotFoundError(_EXPIRED if log.expired else _NOTHING_DELETED)
    return place.names


def _check_depth(log: _Log, node: Node, names: Names) -> None:
    levels = len(names) - 1
    if node.kind is Kind.FOLDER:
        levels += 1 + read_folder_heights(log.connection, log.namespace_id, [node.node_id])[node.node_id]
    if levels > MAX_DEPTH:
        raise InvalidBodyError(f"that would be deeper than {MAX_DEPTH} folders")


def _at(node: Node, place: _Place) -> Node:
    return replace(node, is_deleted=False, parent_id=place.parent_id, name=place.name, name_key=name_key(place.name))


def _copy(log: _Log, returning: list[Returning], to: Names) -> Names:
    """As new nodes, which have no past. Living folders come along where something in them comes back."""
    top, *_ = returning
    place = log.make_place(to)
    folders = {each.node.node_id: each for each in returning if each.is_back}
    copies: dict[NodeId, NodeId] = {}

    def put(each: Returning, manifest: bytes | None) -> None:
        node = each.node
        if each is top:
            where = _at(node, place)
        else:
            if each.parent_id not in copies:
                put(folders[each.parent_id], None)
            where = replace(node, is_deleted=False, parent_id=copies[each.parent_id])
        copies[node.node_id] = NodeId(log.new_id())
        new = replace(where, node_id=copies[node.node_id], subtree_seq=0)
        log.put(None, new, manifest, is_new_version=node.kind is Kind.FILE)

    for each, manifest in _with_manifests(log, returning):
        if not each.is_back:
            put(each, manifest)
    if not copies:
        raise NotFoundError(_EXPIRED if log.expired else _NOTHING_DELETED)
    return place.names


def _with_manifests(log: _Log, returning: list[Returning]) -> Iterator[tuple[Returning, bytes | None]]:
    """Each with its content's manifest, in order.

    Files that were deleted by themselves below the first one, and have no content any more, are counted and left out.
    Raises: NotFoundError if any other's is.
    """
    top, *_ = returning
    for start in range(0, len(returning), _APPEND_AT_ONCE):
        some = returning[start : start + _APPEND_AT_ONCE]
        wanted = {each.node.version_id for each in some if each.node.version_id and not each.is_back}
        manifests = dict(read_manifests(log.connection, log.namespace_id, wanted))
        there = _known(log, manifests.values())
        for each in some:
            node = each.node
            manifest = manifests.get(node.version_id) if node.version_id else None
            is_whole = manifest is not None and there.issuperset(split_manifest(manifest))
            if node.kind is not Kind.FILE or is_whole:
                yield each, manifest
            elif each is not top and each.is_dispensable:
                log.expired += 1
            else:
                raise NotFoundError(_EXPIRED if manifest is None else _GONE)


# --- versions ----------------------------------------------------------------------------------------------------


def _restore_version(log: _Log, names: Names, to: Names | None, revision_id: bytes) -> Names:
    """At ``to`` as a new node, else as the newest version of the file at the path, or of the one deleted there."""
    version, manifest = _read_version(log, revision_id)
    there = find_all(log.connection, log.namespace_id, names).found
    is_own = any(found.node.node_id == version.node_id for found in there)
    if not is_own and version.version_id not in versions_at(log.connection, log.namespace_id, names):
        raise NotFoundError(_ANOTHERS)
    if to is None:
        along = read_path(log.connection, log.namespace_id, names)
        if len(along) == len(names) and along[-1].kind is Kind.FILE:
            log.know(*along)
            _set_content(log, along[-1], along[-1], version, manifest)
            return tuple(node.name for node in along)
        same = next((found for found in there if found.node.node_id == version.node_id), None)
        place = log.make_place(names)
        if same is not None and same.died_at is not None:
            _set_content(log, same.node, _at(same.node, place), version, manifest)
            return place.names
    else:
        place = log.make_place(to)
    new = Node(
        node_id=NodeId(log.new_id()),
        kind=Kind.FILE,
        parent_id=place.parent_id,
        name=place.name,
        name_key=name_key(place.name),
        seq=0,
        revision_id=RevisionId(b""),
    )
    log.put(None, _with_content(new, version), manifest, is_new_version=True)
    return place.names


def _read_version(log: _Log, revision_id: bytes) -> tuple[Version, bytes]:
    """Raises: NotFoundError."""
    version_id = read_version_ids(log.connection, log.namespace_id, [revision_id]).get(revision_id)
    found = list(read_versions(log.connection, log.namespace_id, [version_id])) if version_id else []
    if not found:
        raise NotFoundError("There is no such version. `lockstep versions` shows those that there are.")
    for _, manifest in read_manifests(log.connection, log.namespace_id, [found[0].version_id]):
        _check_there(log, [manifest])
        return found[0], manifest
    raise NotFoundError(_EXPIRED)


def _check_there(log: _Log, manifests: Iterable[bytes]) -> None:
    """Raises: NotFoundError, if some of these contents is not in the store."""
    manifests = list(manifests)
    if not _known(log, manifests).issuperset(hash_ for manifest in manifests for hash_ in split_manifest(manifest)):
        raise NotFoundError(_GONE)


def _known(log: _Log, manifests: Iterable[bytes]) -> set[bytes]:
    """Those of their chunks that are in the store."""
    wanted = {hash_ for manifest in manifests for hash_ in split_manifest(manifest)}
    return known_chunks(log.connection, log.namespace_id, wanted)


def _set_content(log: _Log, before: Node, node: Node, version: Version, manifest: bytes) -> None:
    is_same = before.content_hash == version.content_hash
    if is_same and node == before and before.mtime_ns == version.mtime_ns:
        return
    log.put(
        before,
        _with_content(node, version),
        None if is_same else manifest,
        is_new_version=not is_same,
        was_alive=node == before,
    )


def _with_content(node: Node, version: Version) -> Node:
    return replace(
        node,
        content_hash=version.content_hash,
        size=version.size,
        mtime_ns=version.mtime_ns,
        executable=version.executable,
    )
