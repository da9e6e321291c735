"""Whether an object that appeared is one that was elsewhere before: a move, and no deletion and creation."""

from __future__ import annotations

from collections.abc import Callable

from sync_engine.core.model import Found, Kind, LocalNode, Signature


def is_moved(node: LocalNode, found: Found, share_a_child: Callable[[], bool]) -> bool:
    """Whether ``found`` is the node's object, given that both have one inode number and the old place is free of it.

    Inode numbers are given out again at once, so something else must agree: the time of birth where the file system
    tells it; else size and mtime of a file, the target of a link, a child of a folder.

    Args:
        node: as it was last seen, at its old place.
        found: the object at a place where the node was not.
        share_a_child: asked for folders only, and only if nothing else decides.
    """
    if node.kind is not found.kind or node.signature.inode != found.signature.inode:
        return False
    born, reborn = node.signature.birth_ns, found.signature.birth_ns
    if born is not None and reborn is not None:
        return born == reborn
    if node.kind is Kind.FILE:
        return has_same_bytes(node.signature, found.signature)
    if node.kind is Kind.SYMLINK:
        return node.link_target == found.link_target
    return share_a_child()


def is_same_object(node: LocalNode, found: Found) -> bool:
    """At one and the same place: whether this is the object that was there, whatever its content is by now.

    The device's number is left out: it may be another one after each start of the system.
    """
    born, reborn = node.signature.birth_ns, found.signature.birth_ns
    return (
        node.kind is found.kind
        and node.signature.inode == found.signature.inode
        and (born is None or reborn is None or born == reborn)
    )


def has_same_bytes(before: Signature, after: Signature) -> bool:
    """For one object: whether its content is untouched, as far as a rename (which changes the ctime) lets one tell."""
    return before.size == after.size and before.mtime_ns == after.mtime_ns
