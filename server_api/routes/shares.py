"""Share links of the caller's."""

from __future__ import annotations

from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, Response, request

from server_api.contract.messages import Kind
from server_api.contract.shares import CreateShare, EditShare, Share, Shares
from server_api.domain.hosts import is_loopback_name
from server_api.errors import ForbiddenError, NotFoundError, QuotaExceededError
from server_api.routes.access import caller, current_server, member, requires_device
from server_api.routes.bodies import answer, read_body
from server_api.routes.openapi import documented
from server_api.services.shares import Described, create_share, edit_share, own_shares, withdraw_share

shares = Blueprint("shares", __name__)


@shares.post("/v1/namespaces/<uuid:namespace_id>/shares")
@requires_device
@documented(
    request=CreateShare,
    answer=Share,
    status=HTTPStatus.CREATED,
    errors=(ForbiddenError, NotFoundError, QuotaExceededError),
)
def post_share(namespace_id: UUID) -> Response:
    """Make a link that lets whoever has it download a file or a folder."""
    namespace = member(namespace_id, at_least="editor")
    made = create_share(current_server(), caller(), namespace, read_body(CreateShare))
    return answer(_message(made), HTTPStatus.CREATED)


@shares.get("/v1/shares")
@requires_device
@documented(answer=Shares)
def get_shares() -> Response:
    """The caller's links, newest first."""
    return answer(Shares(shares=[_message(each) for each in own_shares(current_server(), caller())]))


@shares.patch("/v1/shares/<uuid:share_id>")
@requires_device
@documented(request=EditShare, answer=Share, errors=(NotFoundError,))
def patch_share(share_id: UUID) -> Response:
    """Change what a link allows and says. A new password ends what the old one opened."""
    return answer(_message(edit_share(current_server(), caller(), share_id.bytes, read_body(EditShare))))


@shares.delete("/v1/shares/<uuid:share_id>")
@requires_device
@documented(status=HTTPStatus.NO_CONTENT, errors=(NotFoundError,))
def delete_share(share_id: UUID) -> Response:
    """Withdraw a link; from now on it leads to nothing."""
    withdraw_share(current_server(), caller(), share_id.bytes)
    return Response(status=HTTPStatus.NO_CONTENT)


def _message(described: Described) -> Share:
    row = described.row
    address = (current_server().config.public_url or request.url_root).rstrip("/")
    return Share(
        share_id=row.share_id,
        namespace_id=row.namespace_id,
        node_id=row.node_id,
        path=described.path,
        kind=described.node.kind if described.node is not None else Kind.FILE,
        url=f"{address}/s/{row.token}",
        reach=_reach(urlsplit(address).hostname or ""),
        created_at=row.created_at,
        expires_at=row.expires_at,
        has_password=row.password_hash is not None,
        limit=row.download_limit,
        downloads=row.downloads,
        title=row.title,
        note=row.note,
        state=described.state,
        version_id=row.version_id,
        view_only=row.is_view_only,
        upload=row.is_upload,
        max_file_bytes=row.max_file_bytes,
        max_bytes=row.max_bytes,
        uploaded_bytes=row.uploaded_bytes,
    )


def _reach(host: str) -> str:
    if is_loopback_name(host):
        return "computer"
    try:
        return "anywhere" if ip_address(host).is_global else "network"
    except ValueError:
        is_local = "." not in host or host.endswith((".local", ".lan", ".internal", ".home.arpa"))
        return "network" if is_local else "anywhere"
