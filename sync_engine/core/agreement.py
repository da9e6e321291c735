"""What both sides agree on: the one rule by which the synced tree moves."""

from __future__ import annotations

import msgspec

from server_api.contract.names import comparable
from sync_engine.core.model import Kind, LocalNode, RemoteNode, SyncedNode


def same_place(local: LocalNode | SyncedNode, remote: RemoteNode | SyncedNode) -> bool:
    return local.parent_id == remote.parent_id and comparable(local.name) == comparable(remote.name)


def same_content(local: LocalNode | SyncedNode, remote: RemoteNode | SyncedNode) -> bool:
    """Whether a file's bytes or a symlink's target are the same; a file that has to be read is not known to be."""
    if local.kind == Kind.FILE:
        return local.content is not None and local.content == remote.content
    return local.link_target == remote.link_target


def same_mode(local: LocalNode | SyncedNode, remote: RemoteNode | SyncedNode) -> bool:
    return local.kind != Kind.FILE or local.executable == remote.executable


def is_same(local: LocalNode, remote: RemoteNode) -> bool:
    """Whether both sides have the same, in every aspect: then ``as_synced(remote)`` is agreed, whatever was before."""
    return same_place(local, remote) and same_content(local, remote) and same_mode(local, remote)


def agreed(local: LocalNode, remote: RemoteNode, synced: SyncedNode | None) -> SyncedNode | None:
    """The synced node after local and remote were seen like this: each aspect that is equal on both sides is agreed,
    the others stay as they were.

    ``None`` if nothing was agreed before and not everything is equal now.
    """
    place, content, mode = same_place(local, remote), same_content(local, remote), same_mode(local, remote)
    if place and content and mode:
        return as_synced(remote)
    if synced is None:
        return None
    if place:
        synced = msgspec.structs.replace(synced, parent_id=remote.parent_id, name=remote.name)
    if content:
        synced = msgspec.structs.replace(synced, content=remote.content, link_target=remote.link_target)
    if mode:
        synced = msgspec.structs.replace(synced, executable=remote.executable)
    caught_up = same_place(synced, remote) and same_content(synced, remote) and same_mode(synced, remote)
    return msgspec.structs.replace(synced, revision_id=remote.revision_id) if caught_up else synced


def is_in_step(local: LocalNode, remote: RemoteNode | None, synced: SyncedNode | None) -> bool:
    """Whether all three are there and are one, so that there is nothing to plan."""
    return (
        remote is not None
        and synced is not None
        and synced.revision_id == remote.revision_id
        and not remote.is_deleted
        and is_same(local, remote)
    )


def is_unchanged(local: LocalNode, synced: SyncedNode | None) -> bool:
    """Whether it is here as it was when both sides last agreed on it, whatever the server has by now."""
    return synced is not None and same_place(local, synced) and same_content(local, synced) and same_mode(local, synced)


def as_synced(remote: RemoteNode) -> SyncedNode:
    return SyncedNode(
        remote.node_id,
        remote.parent_id,
        remote.name,
        remote.kind,
        remote.revision_id,
        remote.content,
        remote.executable,
        remote.link_target,
    )
