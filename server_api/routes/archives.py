"""Folders, and several things at once, as one zip: for the members of a namespace."""

from __future__ import annotations

from functools import partial
from typing import Final
from uuid import UUID

from flask import Blueprint, Response, request

from server_api.contract.messages import NodeId
from server_api.domain.media import attachment
from server_api.errors import InvalidBodyError, NotFoundError
from server_api.routes.access import caller, current_server, member, requires_device
from server_api.routes.openapi import documented
from server_api.routes.slots import Slots
from server_api.services.archiving import archive, choose
from server_api.services.sessions import is_signed_in

archives = Blueprint("archives", __name__)

_ID_BYTES: Final = 16
_MOST: Final = 100
"""In one address, which proxies and servers take up to some 4,000 characters of."""
_ZIPS: Final = Slots(8, "Many download whole folders from here just now.", most_each=3)
_HEADERS: Final = {
    "Content-Type": "application/zip",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


@archives.get("/v1/namespaces/<uuid:namespace_id>/zip")
@requires_device
@documented(
    errors=(NotFoundError,),
    query={"node": f"A node's id, 32 hexadecimal digits; again for each of up to {_MOST}."},
)
def get_zip(namespace_id: UUID) -> Response:
    """Files and folders as one zip, made as it is sent.

    Of a single folder it has what is in it. Names become such as every system can hold; symbolic links are left out.
    A zip that cannot be made to its end ends without one: the connection breaks. HEAD tells whether it would begin.
    """
    server, namespace = current_server(), member(namespace_id)
    chosen = choose(server, namespace, _nodes())
    headers = _HEADERS | {"Content-Disposition": attachment(f"{chosen.name}.zip")}
    with _ZIPS.taken(caller().account_id) as slot:
        if request.method == "HEAD":
            return Response(headers=headers)
        may_read = partial(is_signed_in, server, caller())
        response = Response(archive(server, namespace, chosen.nodes, may_read), headers=headers)
        slot.until_closed(response)
    return response


def _nodes() -> list[NodeId]:
    """Raises: InvalidBodyError."""
    given = request.args.getlist("node")
    if len(given) > _MOST:
        raise InvalidBodyError(f"one zip is of up to {_MOST} nodes")
    try:
        nodes = [NodeId(bytes.fromhex(value)) for value in given]
    except ValueError:
        nodes = [NodeId(b"")]
    if any(len(node) != _ID_BYTES for node in nodes):
        raise InvalidBodyError("node is 32 hexadecimal digits")
    return nodes
