"""What was deleted below a path, in the order in which it can come back."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from sqlalchemy import Connection

from server_api.contract.messages import Kind, NamespaceId, NodeId
from server_api.domain.nodes import Node
from server_api.domain.paths import Names
from server_api.services.listing import READ_AHEAD, Spot, Walk, find_all


class Returning(Struct, frozen=True, gc=False):
    """A node that comes back, or a living folder on the way to one."""

    node: Node
    """As the log has it."""
    parent_id: NodeId
    """The folder that is at its path, or will be: not always the one that it was deleted in."""
    is_back: bool
    """It was alive all along."""

    @property
    def is_dispensable(self) -> bool:
        """Deleted by itself, and so missed by nothing else that comes back."""
        return self.node.is_deleted


def find_deleted(
    connection: Connection, namespace_id: NamespaceId, names: Names
) -> tuple[Returning | None, Iterator[Returning]]:
    """What is meant by the deleted one at a path: a living folder there, for what was deleted in it, or what died there
    last; ``None`` if there is neither. And all below it, parents before children.

    At each path below that nobody has now, it is what died there last.
    """
    walk = Walk(connection, namespace_id, deleted=True)
    spot = find_all(connection, namespace_id, names)
    living = next((found.node for found in spot.folders if found.died_at is None), None)
    if living is not None:
        top = Returning(living, living.parent_id, is_back=True)
    elif (dead := spot.latest_dead) is not None:
        top = Returning(dead.node, dead.node.parent_id, is_back=False)
    else:
        return None, iter(())
    return top, _below(walk, spot, top)


def _below(walk: Walk, spot: Spot, top: Returning) -> Iterator[Returning]:
    pending: list[tuple[Spot, Returning]] = []

    def look_into(spot: Spot, folder: Returning) -> None:
        if folder.node.kind is Kind.FOLDER:
            ahead = [spot for spot, _ in pending[-READ_AHEAD:]]
            pending.extend((below, folder) for below in walk.below(spot, ahead))

    look_into(spot, top)
    while pending:
        spot, folder = pending.pop()
        there = next((f.node for f in spot.found if _is_in(f.node, folder)), None)
        dead = spot.latest_dead
        if there is not None:
            each = Returning(there, there.parent_id, is_back=folder.is_back)
        elif dead is not None:
            each = Returning(dead.node, folder.node.node_id, is_back=False)
        else:
            continue
        if not each.is_back or each.node.kind is Kind.FOLDER:
            yield each
            look_into(spot, each)


def _is_in(node: Node, folder: Returning) -> bool:
    """Whether it is alive as soon as that folder is."""
    return not node.is_deleted and node.parent_id == folder.node.node_id
