"""The pages of share links: for whoever has one. They work without scripts, and nobody else learns of them."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from flask import Blueprint, Response, make_response, redirect, request
from werkzeug.http import dump_options_header

from server_api.contract.messages import Kind
from server_api.domain.nodes import Node
from server_api.domain.zipping import Entry, zipped
from server_api.errors import LinkOverError, NotFoundError, RateLimitedError, WrongCredentialsError
from server_api.routes.access import current_server
from server_api.routes.origin import origin
from server_api.services.reading import ContentExpiredError, Reader
from server_api.services.server import Server
from server_api.services.visits import (
    TICKET_S,
    UNLOCKED_S,
    Visit,
    begin_download,
    find_shared,
    list_shared,
    unlock,
    visit,
    walk_shared,
)
from server_api.web.pages import page, protect, refuse_other_sites

visits = Blueprint("visits", __name__)

_UNLOCKED: Final = "lockstep_share"
_ROWS_A_PAGE: Final = 500
_MAX_PASSWORD: Final = 1_024
_DOWNLOAD_HEADERS: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


@visits.after_request
def _keep_private(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    if response.headers.get("Content-Security-Policy") is None:
        protect(response)
    return response


@visits.get("/s/<token>")
def show(token: str) -> Response:
    """What the link leads to, or a form for its password."""
    found = _visit(token)
    if not found.is_open:
        return page("web/share_locked.html", token=token, problem="")
    if found.is_used_up:
        raise LinkOverError
    node, names = find_shared(current_server(), found, request.args.get("path", ""))
    if node.kind is not Kind.FOLDER:
        return page("web/share_file.html", token=token, share=found.share, node=node, path="/".join(names))
    start = request.args.get("from", 0, type=int)
    rows = list_shared(current_server(), found, node.node_id)
    shown = rows[max(start, 0) :][:_ROWS_A_PAGE]
    more = max(start, 0) + len(shown)
    return page(
        "web/share_folder.html",
        token=token,
        share=found.share,
        top=found.top,
        names=names,
        path="/".join(names),
        rows=shown,
        more=more if more < len(rows) else None,
    )


@visits.post("/s/<token>")
def give_password(token: str) -> Response:
    """The password; the browser remembers for half a day that it was right."""
    refuse_other_sites()
    found = _visit(token)
    if found.is_open:
        return make_response(redirect(f"/s/{token}", HTTPStatus.SEE_OTHER))
    try:
        unlocked = unlock(current_server(), found, request.form.get("password", "")[:_MAX_PASSWORD], origin().address)
    except (WrongCredentialsError, RateLimitedError) as error:
        said = "Too many tries. Wait a while." if isinstance(error, RateLimitedError) else "This is not the password."
        response = page("web/share_locked.html", token=token, problem=said)
        response.status_code = error.status
        if error.retry_after_s is not None:
            response.headers["Retry-After"] = str(error.retry_after_s)
        return response
    response = make_response(redirect(f"/s/{token}", HTTPStatus.SEE_OTHER))
    _set_cookie(response, _UNLOCKED, unlocked, UNLOCKED_S, f"/s/{token}")
    return response


@visits.get("/s/<token>/download")
def download(token: str) -> Response:
    """A file's bytes, whole or a range of them. It counts when it is asked for from its start; HEAD is free."""
    found = _open(token)
    node, _ = find_shared(current_server(), found, request.args.get("path", ""))
    if node.kind is not Kind.FILE or node.version_id is None or node.content_hash is None:
        raise NotFoundError
    tag = f'"{node.content_hash.hex()}"'
    range_ = _range(node.size, tag)
    if range_ is None:
        return _unsatisfiable(node.size)
    start, length, is_part = range_
    headers = {
        **_DOWNLOAD_HEADERS,
        "Content-Type": "application/octet-stream",
        "Content-Disposition": attachment(node.name),
        "Content-Length": str(length),
        "Accept-Ranges": "bytes",
        "ETag": tag,
    }
    if is_part:
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{node.size}"
    status = HTTPStatus.PARTIAL_CONTENT if is_part else HTTPStatus.OK
    if request.method == "HEAD":
        return Response(status=status, headers=headers)
    try:
        pieces = Reader(current_server(), found.share.namespace_id).read(node.version_id, start, start + length)
    except ContentExpiredError as error:
        raise NotFoundError from error
    cookie = f"lockstep_ticket_{node.node_id.hex()[:12]}"
    given = request.cookies.get(cookie)
    ticket = begin_download(current_server(), found, node, is_start=start == 0, ticket=given)
    response = Response(map(bytes, pieces), status, headers)
    if ticket is not None:
        _set_cookie(response, cookie, ticket, TICKET_S, f"/s/{token}/download")
    return response


@visits.get("/s/<token>/zip")
def download_zip(token: str) -> Response:
    """A folder as one archive, made as it is sent. It counts as one download."""
    found = _open(token)
    node, _ = find_shared(current_server(), found, request.args.get("path", ""))
    if node.kind is not Kind.FOLDER:
        raise NotFoundError
    headers = {
        **_DOWNLOAD_HEADERS,
        "Content-Type": "application/zip",
        "Content-Disposition": attachment(f"{node.name}.zip"),
    }
    if request.method == "HEAD":
        return Response(headers=headers)
    begin_download(current_server(), found, node, is_start=True, ticket=None)
    return Response(zipped(_entries(current_server(), found, node)), headers=headers)


def _entries(server: Server, found: Visit, folder: Node) -> Iterator[Entry]:
    reader = Reader(server, found.share.namespace_id, packs_kept=1)
    for names, node in walk_shared(server, found, folder.node_id):
        content = None if node.kind is Kind.FOLDER else reader.read(node.version_id)
        yield Entry(names, node.mtime_ns, node.executable, content)


def _visit(token: str) -> Visit:
    return visit(current_server(), token, origin().address, request.cookies.get(_UNLOCKED))


def _open(token: str) -> Visit:
    """Raises: NotFoundError for who has not given the password."""
    found = _visit(token)
    if not found.is_open:
        raise NotFoundError
    return found


def _range(size: int, tag: str) -> tuple[int, int, bool] | None:
    """Start, length and whether it is a part; ``None`` if the request asks for what is not there."""
    asked = request.range
    if_range = request.headers.get("If-Range")
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1 or (if_range and if_range != tag):
        return 0, size, False
    found = asked.range_for_length(size)
    return None if found is None else (found[0], found[1] - found[0], True)


def _unsatisfiable(size: int) -> Response:
    headers = {**_DOWNLOAD_HEADERS, "Content-Range": f"bytes */{size}"}
    return Response(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=headers)


def attachment(name: str) -> str:
    """The header that has a browser save it, under a name of any script."""
    plain = name.encode("ascii", "replace").decode().translate(str.maketrans('"\\/%', "____"))
    plain = "".join(c if c.isprintable() else "_" for c in plain)
    if plain == name:
        return dump_options_header("attachment", {"filename": name})
    return dump_options_header("attachment", {"filename": plain}) + "; filename*=UTF-8''" + _quoted(name)


def _quoted(name: str) -> str:
    kept = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    return "".join(chr(byte) if byte in kept else f"%{byte:02X}" for byte in name.encode("utf-8", "replace"))


def _set_cookie(response: Response, name: str, value: str, lasts_s: int, path: str) -> None:
    response.set_cookie(
        name, value, max_age=lasts_s, path=path, secure=request.is_secure, httponly=True, samesite="Lax"
    )
