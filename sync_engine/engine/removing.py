"""Takes the synced files off a device: only those that the server has just like that, or had."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from server_api.contract.messages import Kind
from sync_engine.core.agreement import is_in_step
from sync_engine.core.model import ROOT, LocalNode, NodeId, RemoteNode, SyncedNode
from sync_engine.engine.verifying import hash_file
from sync_engine.errors import DiskError
from sync_engine.ports import FileSystem, Trees


class Removed(Struct, frozen=True):
    gone: int
    """Files and symlinks."""
    stayed: int
    """Files, symlinks and folders, of those that the journal knows."""


def remove_synced(
    filesystem: FileSystem,
    trees: Trees,
    may_go: Callable[[LocalNode, RemoteNode | None, SyncedNode | None], bool] = is_in_step,
) -> Removed:
    """Into the folder's trash, deepest first.

    What changed since it was synced, is ignored, or cannot be removed stays, and keeps its folder. Where times do not
    prove that a file is as it was, it is read.
    """
    filesystem.check_root()
    levels: list[list[tuple[str, LocalNode]]] = []
    prefixes: dict[NodeId, str] = {ROOT: ""}
    while prefixes:
        level = [(prefixes[node.parent_id] + node.name, node) for node in trees.local_children(prefixes)]
        levels.append(level)
        prefixes = {node.node_id: path + "/" for path, node in level if node.kind is Kind.FOLDER}
    gone = stayed = 0
    for level in reversed(levels):
        ids = [node.node_id for _, node in level]
        remote, synced = trees.remote(ids), trees.synced(ids)
        for path, node in level:
            if may_go(node, remote.get(node.node_id), synced.get(node.node_id)) and _remove(filesystem, path, node):
                gone += node.kind is not Kind.FOLDER
            else:
                stayed += 1
    filesystem.sync()
    return Removed(gone, stayed)


def _remove(filesystem: FileSystem, path: str, node: LocalNode) -> bool:
    try:
        if node.recheck and node.kind is Kind.FILE and hash_file(filesystem, path)[0] != node.content:
            return False
        filesystem.trash(path, None if node.kind is Kind.FOLDER else node.signature)
    except DiskError:
        return False
    return True
