"""Finding what is there by a part of its name.

No database compares names as people do, and each in its own way; so they are read and compared here, so many for one
request. What changed last comes first, for it is what people look for most.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from server_api.contract.history import MAX_ENTRIES, SearchPage, SearchRequest
from server_api.contract.messages import NamespaceId, NodeId
from server_api.contract.names import fold
from server_api.errors import InvalidBodyError, NotFoundError
from server_api.services.server import Server
from server_api.services.whereabouts import Whereabouts
from server_api.storage.bulk import pieces
from server_api.storage.feed import read_seq
from server_api.storage.recent import read_names

_READ: Final = 4_000
"""Names at once."""
_READS: Final = 5
"""In one request."""


def search(server: Server, namespace_id: NamespaceId, request: SearchRequest) -> SearchPage:
    """A page of what has the query in its name.

    Raises: NotFoundError, InvalidBodyError if nothing is left of the query to look for.
    """
    wanted = fold(request.query.strip())
    if not wanted:
        raise InvalidBodyError("there is nothing in it to look for")
    with server.database.read() as connection:
        seq = read_seq(connection, namespace_id)
        if seq is None:
            raise NotFoundError
        before = seq + 1 if request.before is None else min(request.before, seq + 1)
        where = Whereabouts(connection, namespace_id)
        found: list[NodeId] = []
        for _ in range(_READS):
            rows = read_names(connection, namespace_id, before, _READ)
            before = rows[-1][0] if len(rows) == _READ else 0
            hits = [(at, node_id) for at, node_id, name in rows if wanted in fold(name)]
            for at, node_id in _those_there(where, hits):
                found.append(node_id)
                if len(found) == request.limit:
                    before = at
                    break
            if not before or len(found) == request.limit:
                break
        entries = [where.entry(node) for node_id in found if (node := where.node(node_id))]
        return SearchPage(entries=entries, before=before, complete=before <= 1)


def _those_there(where: Whereabouts, hits: list[tuple[int, NodeId]]) -> Iterator[tuple[int, NodeId]]:
    """Those that are called so now, and are alive. Reads no more of them ahead than a page may take."""
    for some in pieces(hits, MAX_ENTRIES):
        where.learn(node_id for _, node_id in some)
        for at, node_id in some:
            node = where.node(node_id)
            if node is not None and node.seq == at and where.is_alive(node):
                yield at, node_id
