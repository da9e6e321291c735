"""The change feed: what became of a namespace since a reader last looked."""

from __future__ import annotations

from msgspec import Struct

from server_api.contract.messages import PAGE_CHANGES, Change, Changes, NamespaceId, NodeId
from server_api.domain.pages import take_page
from server_api.errors import NotFoundError, UnknownCursorError
from server_api.metrics import FEED_PAGES
from server_api.services.server import Caller, Server
from server_api.services.state import read_epoch
from server_api.storage import feed


class Cursor(Struct, frozen=True):
    """How far a reader has taken in the feed. At seq 0 there is nothing to be wrong about; the rest is not read."""

    seq: int
    epoch: bytes | None = None
    revision_id: bytes | None = None


def read_page(server: Server, caller: Caller, namespace_id: NamespaceId, cursor: Cursor) -> Changes:
    """The page after a cursor; from seq 0 only what is alive.

    Raises:
        UnknownCursorError: this server never was at that position.
        NotFoundError: there is no such namespace.
    """
    FEED_PAGES.add()
    with server.database.read() as connection:
        epoch = read_epoch(connection)
        seq = feed.read_seq(connection, namespace_id)
        if seq is None:
            raise NotFoundError
        if cursor.seq and (
            cursor.epoch != epoch
            or cursor.revision_id is None
            or feed.read_revision_id(connection, namespace_id, cursor.seq) != cursor.revision_id
        ):
            raise UnknownCursorError
        from_start = cursor.seq == 0
        found = feed.read_changes(connection, namespace_id, cursor.seq, PAGE_CHANGES + 1, living_only=from_start)
        page, is_last = take_page(found, PAGE_CHANGES, _texts)
        reached = seq if is_last else page[-1].seq
        if from_start:
            dead = feed.read_dead_folders(connection, namespace_id, (NodeId(change.parent_id) for change in page))
            page = [change for change in page if change.parent_id not in dead]
        return Changes(
            epoch=epoch,
            seq=reached,
            revision_id=feed.read_revision_id(connection, namespace_id, reached) if reached else None,
            complete=is_last,
            changes=page,
            commit_number=feed.read_commit_number(connection, namespace_id, caller.device_id),
        )


def _texts(change: Change) -> tuple[str, str | None]:
    return change.name, change.link_target
