"""Waiting requests: they answer when a namespace moves, when the session ends, or when the time is up."""

from __future__ import annotations

from typing import Final

from sqlalchemy import or_, select

from server_api.contract.messages import Wait, Waited
from server_api.errors import NotFoundError, SessionEndedError, UnknownCursorError
from server_api.services import state
from server_api.services.hub import POLL_INTERVAL_S, Watch
from server_api.services.server import Caller, Server
from server_api.storage.bulk import pieces
from server_api.storage.tables import account, device, membership, namespace, session

_ENDED: Final = (
    select(session.c.session_id)
    .join(device, device.c.device_id == session.c.device_id)
    .join(account, account.c.account_id == device.c.account_id)
    .where(or_(session.c.ended_at.is_not(None), device.c.revoked_at.is_not(None), account.c.is_disabled))
)


def wait_for_changes(server: Server, caller: Caller, request: Wait) -> Waited:
    """Which of the namespaces are past the seq that the caller knows; empty when the time is up or the server ends.

    Raises: UnknownCursorError, NotFoundError (no member of one of them), SessionEndedError.
    """
    left_s = float(request.timeout_s)
    with server.hub.watch([*request.namespaces, caller.session_id]) as watch:
        while True:
            moved = _look(server, caller, request)
            if moved or left_s <= 0 or server.hub.is_closed:
                return Waited(moved=moved)
            left_s -= _pause(server, watch, left_s)


def poll(server: Server) -> None:
    """Hears, on behalf of everyone who waits in this process, of what other processes changed."""
    with server.database.read() as connection:
        for some in pieces(server.hub.topics()):
            seqs = select(namespace.c.namespace_id, namespace.c.seq).where(namespace.c.namespace_id.in_(some))
            for namespace_id, seq in connection.execute(seqs).all():
                server.hub.moved(namespace_id, seq)
            over = _ENDED.where(session.c.session_id.in_(some))
            server.hub.ended(*connection.scalars(over).all())


def _pause(server: Server, watch: Watch, left_s: float) -> float:
    """How many seconds went by until something may have happened, or the time was up."""
    waited_s = 0.0
    while waited_s < left_s:
        slice_s = min(left_s - waited_s, POLL_INTERVAL_S) if watch.leads else left_s - waited_s
        started = server.clock.monotonic()
        if watch.wait(slice_s):
            return waited_s + server.clock.monotonic() - started
        waited_s += slice_s
        if watch.leads:
            poll(server)
    return waited_s


def _look(server: Server, caller: Caller, request: Wait) -> dict[bytes, int]:
    seqs: dict[bytes, int] = {}
    with server.database.read() as connection:
        if state.read_epoch(connection) != request.epoch:
            raise UnknownCursorError
        if connection.scalar(_ENDED.where(session.c.session_id == caller.session_id)) is not None:
            raise SessionEndedError
        for some in pieces(request.namespaces):
            mine = (
                select(namespace.c.namespace_id, namespace.c.seq)
                .join(membership, membership.c.namespace_id == namespace.c.namespace_id)
                .where(membership.c.account_id == caller.account_id, namespace.c.namespace_id.in_(some))
            )
            seqs.update((namespace_id, seq) for namespace_id, seq in connection.execute(mine).all())
    if len(seqs) != len(request.namespaces):
        raise NotFoundError("There is a namespace among them that you are no member of.")
    return {namespace_id: seq for namespace_id, seq in seqs.items() if seq > request.namespaces[namespace_id]}
