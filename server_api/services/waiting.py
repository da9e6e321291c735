"""Waiting requests: they answer when a namespace moves, when the session ends, or when the time is up."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import select

from server_api.contract.messages import Wait, Waited
from server_api.errors import NotFoundError, SessionEndedError, UnavailableError, UnknownCursorError
from server_api.metrics import WAITING
from server_api.services import state
from server_api.services.hub import Watch
from server_api.services.listening import ENDED
from server_api.services.server import Caller, Server
from server_api.storage.bulk import pieces
from server_api.storage.tables import membership, namespace, session

POLL_INTERVAL_S = 1.0
"""How often the one leading watch of a process looks for what other processes changed."""
CALM_INTERVAL_S = 15.0
"""The same while they say so by themselves."""


def wait_for_changes(server: Server, caller: Caller, request: Wait) -> Waited:
    """Which of the namespaces are past the seq that the caller knows; empty when the time is up or the server ends.

    Raises: UnknownCursorError (another epoch, or a seq that this server has not come to), NotFoundError (no member of
    one of them), SessionEndedError.
    """
    left_s = float(request.timeout_s)
    with server.hub.watch([*request.namespaces, caller.session_id]) as watch, WAITING.held():
        server.listener.ensure()
        while True:
            moved = _look(server, caller, request)
            if moved or left_s <= 0 or server.hub.is_closed:
                return Waited(moved=moved)
            left_s -= _pause(server, watch, left_s)


def _pause(server: Server, watch: Watch, left_s: float) -> float:
    """How many seconds went by until something may have happened, or the time was up."""
    waited_s = 0.0
    while waited_s < left_s:
        interval_s = CALM_INTERVAL_S if server.listener.is_listening else POLL_INTERVAL_S
        slice_s = min(left_s - waited_s, interval_s) if watch.leads else left_s - waited_s
        started = server.clock.monotonic()
        if watch.wait(slice_s):
            waited_s += server.clock.monotonic() - started
            if watch.take_news():
                return waited_s
            continue
        waited_s += slice_s
        if watch.leads:
            with suppress(UnavailableError):  # the database may be back before the time is up
                server.listener.look()
    return waited_s


def _look(server: Server, caller: Caller, request: Wait) -> dict[bytes, int]:
    seqs: dict[bytes, int] = {}
    with server.database.read() as connection:
        if state.read_epoch(connection) != request.epoch:
            raise UnknownCursorError
        if connection.scalar(ENDED.where(session.c.session_id == caller.session_id)) is not None:
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
    if any(seq < request.namespaces[namespace_id] for namespace_id, seq in seqs.items()):
        raise UnknownCursorError  # it was restored, and nobody gave it a new epoch
    return {namespace_id: seq for namespace_id, seq in seqs.items() if seq > request.namespaces[namespace_id]}
