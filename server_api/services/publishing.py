"""Published objects: a shared file as one object in the store, to which visitors are sent instead of through the API.

A visitor who downloads has it wanted. A worker assembles it from its packs, once, a second's work at a time; until it
is there visitors are streamed to. It is deleted when the link is over or shows something else, when it lies unused,
when it is old (before the bucket's own rule would delete it), or when its place is wanted more. Nothing is ever lost by
that: whoever comes next has it wanted again.

A worker may be killed anywhere. What it was building is given up when nothing was heard of it in time; an object of
which no row is left is found by collection.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Final

from sqlalchemy import Connection

from server_api.contract.messages import NamespaceId, RevisionId, SignedRequest
from server_api.domain.media import media_type
from server_api.domain.nodes import Node, Tree
from server_api.errors import ApiError, UnavailableError
from server_api.metrics import PUBLISHED, PUBLISHED_BYTES
from server_api.services.reading import ContentExpiredError, ContentGoneError, Reader
from server_api.services.server import Server
from server_api.storage import published
from server_api.storage.contention import one_of_several, retried
from server_api.storage.nodes import read_lineages
from server_api.storage.published import PublishedRow, Standing, State
from server_api.storage.shares import ShareRow
from server_api.storage.stores import Writing

_LEASE_MS: Final = 2 * 60 * 1000
_RENEW_S: Final = 20.0
_SLICE_S: Final = 1.0
_LOOK_S: Final = 2.0
"""So often a worker looks which are not needed any more."""
_TOUCHED_MS: Final = 60 * 1000
"""That it was asked for is written down so often, at most."""
_MOST_WANTED: Final = 100
_DELETED_AT_ONCE: Final = 50
_LOG: Final = logging.getLogger(__name__)


# --- for visitors ----------------------------------------------------------------------------------------------------


def find_place(server: Server, share: ShareRow, node: Node) -> SignedRequest | None:
    """The right to read the file from the store for some minutes, if it lies there as one object."""
    if node.version_id is None:
        return None
    with server.database.read() as connection:
        row = published.find_published(connection, share.share_id, node.version_id)
        now_ms = server.database_now_ms(connection)
    if row is None or row.state != State.READY:
        return None
    if row.used_at < now_ms - _TOUCHED_MS:
        _touch(server, row, now_ms)
    expires_in_s = server.config.limits.get_url_s
    sign = server.cdn.sign if server.cdn is not None else server.store.presign_get
    return sign(row.key, expires_in_s=expires_in_s, content_type=media_type(node.name), filename=node.name)


@retried
def _touch(server: Server, row: PublishedRow, now_ms: int) -> None:
    with server.database.write() as work:
        published.touch(work.connection, row.published_id, now_ms)


def want(server: Server, share: ShareRow, node: Node) -> None:
    """Have a worker publish what a visitor downloads now, for those who come next; unless that is not worth it."""
    limits = server.config.limits
    is_last = share.download_limit is not None and share.downloads + 1 >= share.download_limit
    if node.version_id is None or is_last or not limits.publish_from_bytes <= node.size <= limits.published_bytes // 2:
        return
    with suppress(UnavailableError):  # the visitor gets the file all the same
        with server.database.read() as connection:
            is_known = published.find_published(connection, share.share_id, node.version_id) is not None
            is_much = published.count_in(connection, State.WANTED) >= _MOST_WANTED
        if not is_known and not is_much:
            _insert(server, share, node, node.version_id)


@retried
def _insert(server: Server, share: ShareRow, node: Node, version_id: RevisionId) -> None:
    with one_of_several(), server.database.write() as work:
        if published.find_published(work.connection, share.share_id, version_id) is not None:
            return
        now_ms = server.database_now_ms(work.connection)
        row = PublishedRow(
            published_id=server.ids.new_secret(16),
            share_id=share.share_id,
            namespace_id=share.namespace_id,
            node_id=node.node_id,
            version_id=version_id,
            size=node.size,
            state=State.WANTED.value,
            created_at=now_ms,
            used_at=now_ms,
        )
        published.insert_published(work.connection, row)


# --- for workers -----------------------------------------------------------------------------------------------------


def publish_due(server: Server) -> bool:
    """Publish what is wanted and delete what is not needed, for a second or so; whether there is more to do.

    Raises: UnavailableError, StoreFullError.
    """
    if server.clock.monotonic() >= server.published_look_at:
        server.published_look_at = server.clock.monotonic() + _LOOK_S
        _retire(server)
    is_more = _delete_some(server)
    if server.publishing is None:
        row = _claim(server)
        if row is None:
            return is_more
        server.publishing = _building(server, row)
    until = server.clock.monotonic() + _SLICE_S
    has_ended = True
    try:
        for _ in server.publishing:
            if server.clock.monotonic() >= until:
                has_ended = False
                break
    finally:
        if has_ended:
            server.publishing = None
    return True


@retried
def _claim(server: Server) -> PublishedRow | None:
    """What was wanted first, if there is room for it; what there is none for is not wanted any more."""
    with server.database.read() as connection:
        wanted = published.oldest(connection, State.WANTED, 1)
    if not wanted:
        return None
    row = wanted[0]
    with server.database.write() as work:
        connection = work.connection
        now_ms = server.database_now_ms(connection)
        if not _make_room(server, connection, row.size, now_ms):
            published.doom(connection, [row.published_id])
            return None
        return row if published.claim(connection, row.published_id, now_ms + _LEASE_MS) else None


def _make_room(server: Server, connection: Connection, size: int, now_ms: int) -> bool:
    """Doom those that nobody has asked for, the longest unused first, until there is room for one more."""
    limits = server.config.limits
    count, total = published.stored(connection)
    over_count, over_bytes = count + 1 - limits.published_most, total + size - limits.published_bytes
    if over_count <= 0 and over_bytes <= 0:
        return True
    # Who was sent to one lately may be about to read it. What is doomed is counted until it is deleted.
    idle = published.idlest(connection, now_ms - limits.get_url_s * 1000, max(over_count, _DELETED_AT_ONCE))
    doomed = []
    for each in idle:
        if over_count <= 0 and over_bytes <= 0:
            break
        doomed.append(each.published_id)
        over_count, over_bytes = over_count - 1, over_bytes - each.size
    has_room = over_count <= 0 and over_bytes <= 0
    if has_room:
        published.doom(connection, doomed)
    return has_room


def _building(server: Server, row: PublishedRow) -> Iterator[None]:
    """Assembles one object, a chunk at a time. Whatever goes wrong, nothing of it is left."""
    writing: Writing | None = None
    is_done = False
    try:
        content = Reader(server, row.namespace_id).read(row.version_id)
        writing = server.store.begin(row.key, row.size)
        size = 0
        renew_at = 0.0
        for piece in content:
            if server.clock.monotonic() >= renew_at:
                if not _renew(server, row, writing):
                    return
                renew_at = server.clock.monotonic() + _RENEW_S
            writing.write(bytes(piece))
            size += len(piece)
            yield
        if size != row.size or not _renew(server, row, writing):
            return
        writing.finish()
        is_done = _finish(server, row)
        if is_done:
            PUBLISHED.add()
            PUBLISHED_BYTES.add(size)
    except (ContentExpiredError, ContentGoneError):
        _LOG.warning("a shared file cannot be published", extra={"namespace": row.namespace_id.hex()})
    finally:
        if not is_done:
            with suppress(ApiError):
                if writing is not None:
                    writing.drop()
            with suppress(ApiError):
                _doom(server, [row.published_id])


@retried
def _renew(server: Server, row: PublishedRow, writing: Writing) -> bool:
    with server.database.write() as work:
        until_ms = server.database_now_ms(work.connection) + _LEASE_MS
        return published.renew(work.connection, row.published_id, until_ms, writing.handle)


@retried
def _finish(server: Server, row: PublishedRow) -> bool:
    with server.database.write() as work:
        return published.finish(work.connection, row.published_id)


@retried
def _doom(server: Server, published_ids: Sequence[bytes]) -> None:
    with server.database.write() as work:
        published.doom(work.connection, published_ids)


# --- what is not needed ----------------------------------------------------------------------------------------------


def _retire(server: Server) -> None:
    limits = server.config.limits
    with server.database.read() as connection:
        now_ms = server.database_now_ms(connection)
        late = published.abandoned(connection, now_ms)
        found = published.standings(connection)
        oldest_ms, unused_ms = now_ms - limits.published_s * 1000, now_ms - limits.published_idle_s * 1000
        doomed = {
            each.row.published_id
            for each in found
            if not _leads_somewhere(each.share, now_ms)
            or each.row.created_at < oldest_ms
            or each.row.used_at < unused_ms
        }
        doomed |= _shows_another(server, connection, [each for each in found if each.row.published_id not in doomed])
    if late or doomed:
        _doom(server, [*late, *doomed])


def _leads_somewhere(share: ShareRow | None, now_ms: int) -> bool:
    """One that is used up does for a while: the last visitor may go on with what was counted."""
    if share is None or share.is_paused or share.is_suspended:
        return False
    return share.expires_at is None or share.expires_at > now_ms


def _shows_another(server: Server, connection: Connection, found: Sequence[Standing]) -> set[bytes]:
    """Those whose file is gone from what is shared, or has another content. Only where something has changed."""
    seen = server.published_seen
    changed: dict[NamespaceId, list[Standing]] = defaultdict(list)
    for each in found:
        if seen.get(each.row.published_id) != each.seq:
            changed[each.row.namespace_id].append(each)
    others: set[bytes] = set()
    for namespace_id, some in changed.items():
        tree = Tree(read_lineages(connection, namespace_id, {each.row.node_id for each in some}))
        others |= {each.row.published_id for each in some if not _shows(tree, each)}
    server.published_seen = {each.row.published_id: each.seq for each in found}
    return others


def _shows(tree: Tree, each: Standing) -> bool:
    node = tree.nodes.get(each.row.node_id)
    if node is None or each.share is None or not tree.is_alive(node):
        return False
    is_current = each.row.version_id == (each.share.version_id or node.version_id)
    return is_current and each.share.node_id in tree.lineage(node.node_id)


def _delete_some(server: Server) -> bool:
    with server.database.read() as connection:
        doomed = published.oldest(connection, State.DOOMED, _DELETED_AT_ONCE)
    return delete_doomed(server, doomed) and len(doomed) == _DELETED_AT_ONCE


def delete_doomed(server: Server, doomed: Sequence[PublishedRow]) -> bool:
    """Their objects, then their rows; whether all of them. What cannot be deleted now is left for the next time."""
    for row in doomed:
        try:
            server.store.abandon(row.key, row.upload)
            server.store.delete(row.key)
        except ApiError:
            _LOG.warning("a published object cannot be deleted now")
            return False
        _forget(server, row)
    return True


@retried
def _forget(server: Server, row: PublishedRow) -> None:
    with server.database.write() as work:
        published.forget_published(work.connection, row.published_id)
