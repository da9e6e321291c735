"""What was put in place on the disk and not written down, because a crash came between.

After it, what a device has placed itself looks like something that a person made. As long as the server has the same,
that is found out and agreed; but if another device has changed or deleted it meanwhile, it would become a conflicted
copy, or come back from the dead. So a batch is announced before it begins, durably; what of an announced one is found
in its place at the next start, before anything is looked at, was done, and is recorded as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from server_api.contract.reading import from_msgpack
from sync_engine.core.model import Found, Kind, LocalNode, NodeId, RemoteNode, Signature
from sync_engine.core.moves import has_same_bytes, is_same_object
from sync_engine.core.operations import LocalOperation, MakeFolder, MakeSymlink, MoveLocal, PlaceFile
from sync_engine.errors import DiskError
from sync_engine.ports import FileSystem, Journal

_SETTING = "unrecorded"


def announced_of(operations: Iterable[LocalOperation], seen: Mapping[NodeId, RemoteNode]) -> list[RemoteNode]:
    """What is to be announced of a batch: the nodes that come to a place, as the plan saw them."""
    comes = (MakeFolder, MakeSymlink, PlaceFile, MoveLocal)
    nodes = {each.node.node_id: seen.get(each.node.node_id) for each in operations if isinstance(each, comes)}
    return [node for node in nodes.values() if node is not None]


def announce(journal: Journal, nodes: Sequence[RemoteNode]) -> None:
    """Within a transaction that is durable before the batch begins."""
    journal.set_setting(_SETTING, msgspec.msgpack.encode(nodes).hex())


def recorded(journal: Journal) -> None:
    """Within the transaction that writes down what was done."""
    journal.set_setting(_SETTING, None)


def found_done(journal: Journal, filesystem: FileSystem) -> list[tuple[LocalNode, RemoteNode]]:
    """What is there of an announced batch, parents first, with the nodes that it was placed as.

    Raises: RootError.
    """
    announced = journal.setting(_SETTING)
    if announced is None:
        return []
    nodes = from_msgpack(bytes.fromhex(announced), list[RemoteNode])
    known = journal.local([node.node_id for node in nodes])
    paths: dict[NodeId, str] = {}
    done: list[tuple[LocalNode, RemoteNode]] = []
    for node in nodes:
        for place in _places(node, known.get(node.node_id)):
            above = paths.get(place.parent_id, journal.local_path(place.parent_id))
            if above is None or _is_taken(journal, place):
                continue
            path = f"{above}/{place.name}" if above else place.name
            found = _look(filesystem, path)
            if found is not None and (local := _as_placed(found, node, place, known.get(node.node_id))) is not None:
                paths[node.node_id] = path
                done.append((local, node))
                break
    return done


def _places(node: RemoteNode, before: LocalNode | None) -> list[LocalNode]:
    """Where it may be by now: at its new place, or where it was with something new in it."""
    blank = Signature(0, 0, None, 0, 0, 0)
    there = LocalNode(node.node_id, node.parent_id, node.name, node.kind, before.signature if before else blank)
    return [there] if before is None else [there, before]


def _is_taken(journal: Journal, place: LocalNode) -> bool:
    """Something else was there before: what it makes of the place is for the scan to find out."""
    there = journal.local_named([(place.parent_id, place.name)])
    return any(node.node_id != place.node_id for node in there)


def _look(filesystem: FileSystem, path: str) -> Found | None:
    try:
        return filesystem.look(path)
    except DiskError:
        return None


def _as_placed(found: Found, node: RemoteNode, place: LocalNode, before: LocalNode | None) -> LocalNode | None:
    """The local node that this is, if it came here by the announced batch. A file is read once more before anything
    replaces it."""
    if found.kind != node.kind:
        return None
    if before is not None and is_same_object(before, found):
        is_file = node.kind == Kind.FILE
        has_moved = (place.parent_id, place.name) != (before.parent_id, before.name)
        if not has_moved or (is_file and not has_same_bytes(before.signature, found.signature)):
            return None
        return replace(before, parent_id=place.parent_id, name=place.name, signature=found.signature, recheck=is_file)
    if not _is_new_object_of(node, found, before):
        return None
    return LocalNode(
        node.node_id, place.parent_id, place.name, node.kind, found.signature, node.content, found.executable,
        found.link_target, recheck=node.kind == Kind.FILE,
    )  # fmt: skip


def _is_new_object_of(node: RemoteNode, found: Found, before: LocalNode | None) -> bool:
    """Times are kept to the nanosecond where the disk can, so that size and time tell a downloaded file from others."""
    match node.kind:
        case Kind.FILE:
            return (found.signature.size, found.signature.mtime_ns) == (node.size, node.mtime_ns)
        case Kind.SYMLINK:
            return found.link_target == node.link_target
        case _:
            return before is None
