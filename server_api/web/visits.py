"""The pages of share links: for whoever has one. They work without scripts, but for one that draws a PDF.

Nobody else learns of them.
"""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Final

from flask import Blueprint, Response, g, make_response, redirect, request

from server_api.contract.messages import Kind
from server_api.domain.media import BINARY, TEXT, attachment, media_type, shown_as
from server_api.domain.nodes import Node
from server_api.domain.showing import showable
from server_api.errors import (
    ApiError,
    LinkOverError,
    LinkPausedError,
    NotFoundError,
    RateLimitedError,
    WrongCredentialsError,
)
from server_api.routes.access import current_server
from server_api.routes.origin import origin
from server_api.routes.problems import answer_problem
from server_api.routes.slots import Slots
from server_api.services.archiving import archive, list_folder
from server_api.services.publishing import find_place, want
from server_api.services.reading import ContentExpiredError, Reader
from server_api.services.server import Server
from server_api.services.visits import (
    TICKET_S,
    UNLOCKED_S,
    Visit,
    begin_download,
    find_shared,
    unlock,
    visit,
    was_counted,
)
from server_api.web.pages import page, protect, refuse_other_sites
from server_api.web.uploads import take_upload, upload_page

visits = Blueprint("visits", __name__)

_UNLOCKED: Final = "lockstep_share"
_TICKET: Final = "lockstep_ticket_"
_MOST_TICKETS: Final = 40
"""A browser sends all of them, some 100 bytes each, and servers take only so much. Each begins with when it ends."""
_ROWS_A_PAGE: Final = 500
_MAX_PASSWORD: Final = 1_024
_STREAMS: Final = Slots(64, "Many download from here just now.", most_each=32)
"""Files that go through this process at once; each may hold two chunks, 8 MiB."""
_ZIPS: Final = Slots(8, "Many download whole folders from here just now.", most_each=3)
_DOWNLOAD_HEADERS: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_VIEW_HEADERS: Final = {
    **_DOWNLOAD_HEADERS,
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
}
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_DRAWING_POLICY: Final = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; "
    "style-src 'self'; img-src 'self' blob:; base-uri 'none'; frame-ancestors 'none'"
)
"""Of a page that draws a PDF, which browsers would not show under any of the other policies."""
_MOST_OF_PDF: Final = 64_000_000
"""Bytes: a page holds all of them."""


@visits.app_template_filter("shown_as")
def _shown_as(name: str) -> str | None:
    return shown_as(name)


@visits.app_template_filter("showable_lines")
def _showable_lines(text: str) -> str:
    """As ``showable``, line by line: a note has several."""
    return "\n".join(showable(line) for line in text.splitlines())


@visits.after_request
def _keep_private(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    if not response.headers.get("Content-Security-Policy", "").startswith("sandbox"):  # a page, no content
        response.headers.setdefault("Content-Security-Policy", _POLICY)
        protect(response)
    return response


def _locked(token: str, problem: str = "") -> Response:
    """The form for the password. With no referrer at all, browsers would not say that this page has sent it."""
    response = page("web/share_locked.html", token=token, problem=problem)
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@visits.errorhandler(ApiError)
def _refuse(error: ApiError) -> Response:
    """As everywhere, but that the page leads nowhere else on this server."""
    response = answer_problem(error)
    if response.mimetype == "text/html":
        shown = page("web/share_problem.html", problem=g.problem)
        response.set_data(shown.get_data())
    return response


@visits.get("/s/<token>")
def show(token: str) -> Response:
    """What the link leads to, or a form for its password."""
    found = _visit(token)
    if not found.is_open:
        return _locked(token)
    if found.share.is_upload:
        return upload_page(token, found)
    if found.is_used_up:
        raise LinkOverError
    node, names = find_shared(current_server(), found, request.args.get("path", ""))
    values = {"token": token, "share": found.share, "names": names, "path": "/".join(names), "top": found.top}
    if node.kind is not Kind.FOLDER:
        kind = _shown(node)
        response = page("web/share_file.html", node=node, shown_as=kind, **values)
        if kind == "pdf" and found.share.is_view_only:
            response.headers["Content-Security-Policy"] = _DRAWING_POLICY
        return response
    start = max(request.args.get("from", 0, type=int), 0)
    rows = list_folder(current_server(), found.share.namespace_id, node.node_id)
    shown = rows[start:][:_ROWS_A_PAGE]
    more = start + len(shown)
    return page("web/share_folder.html", rows=shown, more=more if more < len(rows) else None, **values)


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
        response = _locked(token, said)
        response.status_code = error.status
        if error.retry_after_s is not None:
            response.headers["Retry-After"] = str(error.retry_after_s)
        return response
    response = make_response(redirect(f"/s/{token}", HTTPStatus.SEE_OTHER))
    _set_cookie(response, _UNLOCKED, unlocked, UNLOCKED_S, f"/s/{token}")
    return response


@visits.post("/s/<token>/upload")
def upload(token: str) -> Response:
    """Files for the folder that the link leads to: all of them, or nothing. They get numbers where names are taken."""
    refuse_other_sites()
    return take_upload(token, _open(token))


@visits.get("/s/<token>/download")
def download(token: str) -> Response:
    """A file's bytes, whole or a range of them: from the store, if they lie there as one object, else through here.

    It counts when it is asked for from its start; HEAD is free.
    """
    found = _seen(token)
    if found.share.is_view_only:
        raise NotFoundError
    node = _find_file(found)
    headers = _DOWNLOAD_HEADERS | {"Content-Type": media_type(node.name), "Content-Disposition": attachment(node.name)}
    return _answer(token, found, node, headers, is_sent_away=True)


@visits.get("/s/<token>/view")
def view(token: str) -> Response:
    """The same for looking at it, where a browser can show it without running it; always through here."""
    found = _seen(token)
    node = _find_file(found)
    kind = _shown(node)
    if kind is None or not found.share.is_view_only:
        raise NotFoundError
    type_ = {"text": TEXT, "pdf": BINARY}.get(kind, media_type(node.name))  # no browser opens a PDF by itself
    return _answer(token, found, node, _VIEW_HEADERS | {"Content-Type": type_, "Content-Disposition": "inline"})


def _answer(token: str, found: Visit, node: Node, headers: dict[str, str], *, is_sent_away: bool = False) -> Response:
    """``is_sent_away``: to the store, if the file lies there as one object."""
    server = current_server()
    tag = f'"{(node.content_hash or b"").hex()}"'
    if_range = request.headers.get("If-Range")
    range_ = _range(node.size)
    place = find_place(server, found.share, node) if is_sent_away and if_range != tag else None
    if place is None and if_range and if_range != tag:
        range_ = 0, node.size, False  # it goes on with something else
    if range_ is None:
        return _unsatisfiable(node.size)
    start, length, is_part = range_
    headers |= {"Content-Length": str(length), "Accept-Ranges": "bytes", "ETag": tag}
    if is_part:
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{node.size}"
    status = HTTPStatus.PARTIAL_CONTENT if is_part else HTTPStatus.OK
    if request.method == "HEAD":
        return Response(status=status, headers=headers)
    given = request.cookies.get(_ticket_cookie(node))
    if place is not None:
        ticket = begin_download(server, found, node, is_start=start == 0, ticket=given)
        response = make_response(redirect(place.url, HTTPStatus.FOUND))
        response.headers["Cache-Control"] = "no-store"
    else:
        with _STREAMS.taken(found.share.account_id) as slot:
            try:
                pieces = Reader(server, found.share.namespace_id).read(node.version_id, start, start + length)
            except ContentExpiredError as error:
                raise NotFoundError from error
            ticket = begin_download(server, found, node, is_start=start == 0, ticket=given)
            if is_sent_away and ticket is not None:
                want(server, found.share, node)
            response = Response(map(bytes, pieces), status, headers)
            slot.until_closed(response)
    if ticket is not None:
        _give_ticket(response, token, node, ticket)
    return response


@visits.get("/s/<token>/zip")
def download_zip(token: str) -> Response:
    """A folder as one archive, made as it is sent. It counts as one download."""
    found = _seen(token)
    if found.share.is_view_only:
        raise NotFoundError
    if found.is_used_up:
        raise LinkOverError
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
    server = current_server()
    with _ZIPS.taken(found.share.account_id) as slot:
        begin_download(server, found, node, is_start=True, ticket=None)
        may_read = partial(_still_leads_there, server, token, origin().address, request.cookies.get(_UNLOCKED))
        response = Response(archive(server, found.share.namespace_id, [node], may_read), headers=headers)
        slot.until_closed(response)
    return response


def _still_leads_there(server: Server, token: str, address: str, unlocked: str | None) -> bool:
    """For who reads on and on."""
    try:
        found = visit(server, token, address, unlocked)
    except (NotFoundError, LinkOverError, LinkPausedError):
        return False
    return found.is_open and not found.share.is_view_only


def _find_file(found: Visit) -> Node:
    """What the request names; of a link that is used up only to go on with it. Raises: NotFoundError, LinkOverError."""
    server = current_server()
    try:
        node, _ = find_shared(server, found, request.args.get("path", ""))
        if node.kind is not Kind.FILE or node.version_id is None or node.content_hash is None:
            raise NotFoundError
    except NotFoundError as error:
        raise LinkOverError if found.is_used_up else error from None
    if found.is_used_up and not was_counted(server, found, node, request.cookies.get(_ticket_cookie(node))):
        raise LinkOverError
    return node


def _ticket_cookie(node: Node) -> str:
    return f"{_TICKET}{node.node_id.hex()[:12]}"


def _give_ticket(response: Response, token: str, node: Node, ticket: str) -> None:
    """In place of the oldest, if there are many."""
    mine, path = _ticket_cookie(node), f"/s/{token}"
    others = [name for name in request.cookies if name.startswith(_TICKET) and name != mine]
    for name in sorted(others, key=request.cookies.__getitem__)[: max(len(others) + 1 - _MOST_TICKETS, 0)]:
        response.delete_cookie(name, path)
    _set_cookie(response, mine, ticket, TICKET_S, path)


def _shown(node: Node) -> str | None:
    """How it is shown, if it is."""
    kind = shown_as(node.name)
    return None if kind == "pdf" and node.size > _MOST_OF_PDF else kind


def _visit(token: str) -> Visit:
    return visit(current_server(), token, origin().address, request.cookies.get(_UNLOCKED))


def _open(token: str) -> Visit:
    """Raises: NotFoundError for who has not given the password."""
    found = _visit(token)
    if not found.is_open:
        raise NotFoundError
    return found


def _seen(token: str) -> Visit:
    """The same for what is to be read. Raises: NotFoundError, also where nothing is shown."""
    found = _open(token)
    if found.share.is_upload:
        raise NotFoundError
    return found


def _range(size: int) -> tuple[int, int, bool] | None:
    """Start, length and whether it is a part; ``None`` if the request asks for what is not there."""
    asked = request.range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return 0, size, False
    start, stop = asked.ranges[0]
    start = max(size + start, 0) if start < 0 else start
    stop = size if stop is None else min(stop, size)
    return (start, stop - start, True) if start < stop else None


def _unsatisfiable(size: int) -> Response:
    headers = {**_DOWNLOAD_HEADERS, "Content-Range": f"bytes */{size}"}
    return Response(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=headers)


def _set_cookie(response: Response, name: str, value: str, lasts_s: int, path: str) -> None:
    response.set_cookie(
        name, value, max_age=lasts_s, path=path, secure=request.is_secure, httponly=True, samesite="Lax"
    )
