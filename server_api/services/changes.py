"""The change feed: what became of a namespace since a reader last looked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from server_api.contract.messages import PAGE_CHANGES, Change, Changes, NamespaceId
from server_api.errors import NotFoundError, UnknownCursorError
from server_api.services.server import Caller, Server
from server_api.services.state import read_epoch
from server_api.storage import feed

_PAGE_TEXT_BYTES: Final = 8 * 1024 * 1024
"""Of names and link targets in one page, so that it stays within the limit of a body."""


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
        page, is_last = _fill(
            feed.read_changes(connection, namespace_id, cursor.seq, PAGE_CHANGES + 1, living_only=from_start)
        )
        reached = seq if is_last else page[-1].seq
        if from_start:
            dead = feed.read_dead_folders(connection, namespace_id)
            page = [change for change in page if change.parent_id not in dead]
        return Changes(
            epoch=epoch,
            seq=reached,
            revision_id=feed.read_revision_id(connection, namespace_id, reached) if reached else None,
            complete=is_last,
            changes=page,
            commit_number=feed.read_commit_number(connection, namespace_id, caller.device_id),
        )


def _fill(changes: Iterator[Change]) -> tuple[list[Change], bool]:
    """As many as one page takes, at least one, and whether that is all."""
    page: list[Change] = []
    text_bytes = 0
    for change in changes:
        text_bytes += len(change.name) + len(change.link_target or "")
        if len(page) == PAGE_CHANGES or (page and text_bytes > _PAGE_TEXT_BYTES):
            return page, False
        page.append(change)
    return page, True
