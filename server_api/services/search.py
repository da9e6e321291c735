"""Finding what is there by a part of its name.

No database compares names as people do, and each in its own way; so they are read and compared here, so many for one
request. What changed last comes first, for it is what people look for most.
"""

from __future__ import annotations

from typing import Final

from server_api.contract.history import SearchPage, SearchRequest
from server_api.contract.messages import NamespaceId, NodeId
from server_api.domain.folding import fold
from server_api.errors import InvalidBodyError, NotFoundError
from server_api.services.server import Server
from server_api.services.whereabouts import Whereabouts
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
            hits = [(at, node_id) for at, node_id, name in rows if wanted in fold(name)]
            where.learn(node_id for _, node_id in hits)
            before = rows[-1][0] if len(rows) == _READ else 0
            for at, node_id in hits:
                node = where.node(node_id)
                if node is None or node.seq != at or not where.is_alive(node):
                    continue  # it was called so once
                found.append(node_id)
                if len(found) == request.limit:
                    before = at
                    break
            if not before or len(found) == request.limit:
                break
        entries = [where.entry(node) for node_id in found if (node := where.node(node_id))]
        return SearchPage(entries=entries, before=before, complete=before <= 1)
