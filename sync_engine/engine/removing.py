"""Takes the synced files off a device: only those that the server has just like that."""

from __future__ import annotations

from server_api.contract.messages import Kind
from sync_engine.core.agreement import is_in_step
from sync_engine.core.model import ROOT, LocalNode, NodeId
from sync_engine.errors import DiskError
from sync_engine.ports import FileSystem, Trees


def remove_synced(filesystem: FileSystem, trees: Trees) -> int:
    """Into the folder's trash, deepest first. Returns how many files, symlinks and folders stay.

    What changed since it was synced, is ignored, or cannot be removed stays, and keeps its folder.
    """
    filesystem.check_root()
    levels: list[list[tuple[str, LocalNode]]] = []
    prefixes: dict[NodeId, str] = {ROOT: ""}
    while prefixes:
        level = [(prefixes[node.parent_id] + node.name, node) for node in trees.local_children(prefixes)]
        levels.append(level)
        prefixes = {node.node_id: path + "/" for path, node in level if node.kind is Kind.FOLDER}
    stayed = 0
    for level in reversed(levels):
        ids = [node.node_id for _, node in level]
        remote, synced = trees.remote(ids), trees.synced(ids)
        for path, node in level:
            if not is_in_step(node, remote.get(node.node_id), synced.get(node.node_id)):
                stayed += 1
                continue
            try:
                filesystem.trash(path, None if node.kind is Kind.FOLDER else node.signature)
            except DiskError:
                stayed += 1
    filesystem.sync()
    return stayed
