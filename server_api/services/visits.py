"""Share links, as visitors meet them: who may see what, and what counts as a download.

A link that is over says so, and nothing else: not what it led to. Before the password is given not even a name is told.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from server_api.contract.messages import Kind
from server_api.domain.nodes import Node
from server_api.domain.paths import Names, split_path
from server_api.errors import LinkOverError, LinkPausedError, NotFoundError, WrongCredentialsError
from server_api.services.limits import ADDRESS, Limit
from server_api.services.passwords import is_password
from server_api.services.server import Server
from server_api.services.shares import ACTIVE, PAUSED, USED_UP, describe, tree_of
from server_api.services.state import SHARE
from server_api.storage.contention import retried
from server_api.storage.nodes import read_path
from server_api.storage.shares import ShareRow, count_download, find_share

UNLOCKED_S: Final = 12 * 3600
"""How long a visitor who knew the password is not asked again."""
TICKET_S: Final = 24 * 3600
"""How long what was counted once may be gone on with."""
_HERE: Final = Limit("share-here", 10, 30.0)
"""Wrong passwords for one link from one address."""
_ANYWHERE: Final = Limit("share", 100, 10.0)
"""Wrong passwords for one link."""
_TOKEN_CHARACTERS: Final = 22


class Visit(Struct, frozen=True):
    """A visitor with a link that leads somewhere.

    Attributes:
        share: the link.
        top: what it leads to; a file at the version that the link is pinned to.
        is_open: whether the visitor may see that.
        is_used_up: whether no download may begin any more.
    """

    share: ShareRow
    top: Node
    is_open: bool
    is_used_up: bool


def visit(server: Server, token: str, address: str, unlocked: str | None) -> Visit:
    """``unlocked``: what ``unlock`` gave this visitor.

    Raises: NotFoundError for no link, LinkOverError, LinkPausedError, RateLimitedError.
    """
    described = None
    with server.database.read() as connection:
        found = find_share(connection, token) if len(token) == _TOKEN_CHARACTERS else None
        if found is not None:
            row, may_read = found
            if row.withdrawn_at is not None or not may_read:
                raise LinkOverError
            tree = tree_of(connection, row.namespace_id, [row.node_id])
            described = describe(connection, row, tree, server.clock.now_ms())
    if described is None:
        server.limiter.take(ADDRESS, address)
        raise NotFoundError
    if described.state == PAUSED:
        raise LinkPausedError
    if described.state not in {ACTIVE, USED_UP} or described.node is None:
        raise LinkOverError
    row = described.row
    is_open = row.password_hash is None or _holds(
        server, unlocked, "unlocked", row.share_id, row.password_hash.encode()
    )
    return Visit(row, described.node, is_open, described.state == USED_UP)


def unlock(server: Server, visit: Visit, password: str, address: str) -> str:
    """What the visitor shows from now on; of no worth once the password is another.

    Raises: WrongCredentialsError, RateLimitedError.
    """
    share = visit.share
    who = share.share_id.hex()
    with server.limiter.guess((_HERE, f"{who} {address}"), (_ANYWHERE, who), (ADDRESS, address)):
        if not is_password(server, share.password_hash, password):
            raise WrongCredentialsError("The password is wrong.")
    assert share.password_hash is not None
    return _sign(server, UNLOCKED_S, "unlocked", share.share_id, share.password_hash.encode())


# --- what is there ---------------------------------------------------------------------------------------------------


def find_shared(server: Server, visit: Visit, path: str) -> tuple[Node, Names]:
    """What is at a path below what is shared, and the names on the way. Raises: NotFoundError, InvalidBodyError."""
    names = split_path(path, is_inside=True)
    if not names:
        return visit.top, ()
    if visit.top.kind is not Kind.FOLDER:
        raise NotFoundError
    with server.database.read() as connection:
        along = read_path(connection, visit.share.namespace_id, names, below=visit.top.node_id)
    if len(along) < len(names):
        raise NotFoundError
    return along[-1], tuple(node.name for node in along)


# --- what counts -----------------------------------------------------------------------------------------------------


def begin_download(server: Server, visit: Visit, what: Node, *, is_start: bool, ticket: str | None) -> str | None:
    """Count a download, unless it goes on with one that was counted. Returns the ticket for going on, if it is new.

    Raises: LinkOverError, if there were as many downloads as there may be.
    """
    if not is_start and was_counted(server, visit, what, ticket):
        return None
    _count(server, visit.share.share_id)
    return _sign(server, TICKET_S, "ticket", *_counted(visit, what))


def was_counted(server: Server, visit: Visit, what: Node, ticket: str | None) -> bool:
    """Whether the ticket is for this content."""
    return _holds(server, ticket, "ticket", *_counted(visit, what))


def _counted(visit: Visit, what: Node) -> tuple[bytes, ...]:
    return visit.share.share_id, what.node_id, what.version_id or b""


@retried
def _count(server: Server, share_id: bytes) -> None:
    with server.database.write() as work:
        if not count_download(work.connection, share_id):
            raise LinkOverError


def _sign(server: Server, lasts_s: int, use: str, *parts: bytes) -> str:
    until = server.clock.now_ms() // 1000 + lasts_s
    return f"{until:x}.{_mac(server, until, use, parts)}"


def _holds(server: Server, signed: str | None, use: str, *parts: bytes) -> bool:
    until_hex, _, mac = (signed or "").partition(".")
    try:
        until = int(until_hex[:16], 16)
    except ValueError:
        return False
    is_in_time = server.clock.now_ms() // 1000 < until
    return is_in_time and hmac.compare_digest(mac.encode(), _mac(server, until, use, parts).encode())


def _mac(server: Server, until: int, use: str, parts: Sequence[bytes]) -> str:
    message = b"".join(len(part).to_bytes(4, "big") + part for part in (use.encode(), until.to_bytes(8, "big"), *parts))
    return hmac.new(server.secrets[SHARE], message, hashlib.sha256).hexdigest()
