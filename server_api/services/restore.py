"""Restoring: old versions, and deleted files and folders, come back by new revisions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec.structs import replace

from server_api.contract.messages import MAX_DEPTH, Kind, NamespaceId, NodeId, RevisionId
from server_api.contract.names import name_key
from server_api.contract.restoring import Restored, RestoreRequest
from server_api.domain.contents import split_manifest
from server_api.domain.nodes import Node
from server_api.domain.paths import Names, split_path
from server_api.errors import InvalidBodyError, NotFoundError
from server_api.services.appending import APPEND_AT_ONCE, Log, Place
from server_api.services.deleted import Returning, find_deleted
from server_api.services.history import versions_at
from server_api.services.listening import tell_moved
from server_api.services.listing import find_all
from server_api.services.server import Caller, Server
from server_api.storage.chunks import known_chunks
from server_api.storage.contention import retried
from server_api.storage.nodes import read_folder_heights, read_path
from server_api.storage.revisions import lock_namespace
from server_api.storage.versions import Version, read_manifests, read_version_ids, read_versions

_NOTHING_DELETED: Final = "Nothing there was deleted. `lockstep ls --deleted` shows what was."
_IS_THERE: Final = (
    "Nothing there was deleted. `lockstep versions` lists a file's old contents, "
    "`lockstep restore PATH --version ID` brings one back."
)
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
        log = Log(server, caller, work.connection, locked)
        if request.revision_id is None:
            restored = _restore_deleted(log, names, to)
        else:
            restored = _restore_version(log, names, to, request.revision_id)
        seq = log.close()
        if log.revisions:
            tell_moved(server, work, namespace_id, seq)
    return Restored(path="/".join(restored), revisions=log.revisions, files=log.files, expired=log.expired)


# --- deleted files and folders -----------------------------------------------------------------------------------


def _restore_deleted(log: Log, names: Names, to: Names | None) -> Names:
    top, below = find_deleted(log.connection, log.namespace_id, names)
    if top is None:
        is_there = len(read_path(log.connection, log.namespace_id, names)) == len(names)
        raise NotFoundError(_IS_THERE if is_there else _NOTHING_DELETED)
    returning = [top, *below]
    if not top.is_back or to is not None:
        _check_depth(log, top.node, to or names)
    if to is not None:
        return _copy(log, returning, to)
    log.know(*read_path(log.connection, log.namespace_id, names))
    place = Place(top.parent_id, names) if top.is_back else log.make_place(names)
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


def _check_depth(log: Log, node: Node, names: Names) -> None:
    levels = len(names) - 1
    if node.kind is Kind.FOLDER:
        levels += 1 + read_folder_heights(log.connection, log.namespace_id, [node.node_id])[node.node_id]
    if levels > MAX_DEPTH:
        raise InvalidBodyError(f"that would be deeper than {MAX_DEPTH} folders")


def _at(node: Node, place: Place) -> Node:
    return replace(node, is_deleted=False, parent_id=place.parent_id, name=place.name, name_key=name_key(place.name))


def _copy(log: Log, returning: list[Returning], to: Names) -> Names:
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


def _with_manifests(log: Log, returning: list[Returning]) -> Iterator[tuple[Returning, bytes | None]]:
    """Each with its content's manifest, in order.

    Files that were deleted by themselves below the first one, and have no content any more, are counted and left out.
    Raises: NotFoundError if any other's is.
    """
    top, *_ = returning
    for start in range(0, len(returning), APPEND_AT_ONCE):
        some = returning[start : start + APPEND_AT_ONCE]
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


def _restore_version(log: Log, names: Names, to: Names | None, revision_id: bytes) -> Names:
    """At ``to`` as a new node, else as the newest version of the file at the path, or of the one deleted there."""
    version, manifest = _read_version(log, revision_id)
    there = find_all(log.connection, log.namespace_id, names).found
    is_own = any(found.node.node_id == version.node_id for found in there)
    if not is_own:
        shown = versions_at(log.connection, log.namespace_id, names, before=version.seq + 1)
        if next(shown, None) != version.version_id:
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


def _read_version(log: Log, revision_id: bytes) -> tuple[Version, bytes]:
    """Raises: NotFoundError."""
    version_id = read_version_ids(log.connection, log.namespace_id, [revision_id]).get(revision_id)
    found = list(read_versions(log.connection, log.namespace_id, [version_id])) if version_id else []
    if not found:
        raise NotFoundError("There is no such version. `lockstep versions` shows those that there are.")
    for _, manifest in read_manifests(log.connection, log.namespace_id, [found[0].version_id]):
        _check_there(log, [manifest])
        return found[0], manifest
    raise NotFoundError(_EXPIRED)


def _check_there(log: Log, manifests: Iterable[bytes]) -> None:
    """Raises: NotFoundError, if some of these contents is not in the store."""
    manifests = list(manifests)
    if not _known(log, manifests).issuperset(hash_ for manifest in manifests for hash_ in split_manifest(manifest)):
        raise NotFoundError(_GONE)


def _known(log: Log, manifests: Iterable[bytes]) -> set[bytes]:
    """Those of their chunks that are in the store."""
    wanted = {hash_ for manifest in manifests for hash_ in split_manifest(manifest)}
    return known_chunks(log.connection, log.namespace_id, wanted)


def _set_content(log: Log, before: Node, node: Node, version: Version, manifest: bytes) -> None:
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
