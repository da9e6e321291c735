"""Hears, on behalf of everyone who waits in this process, what other processes changed.

With PostgreSQL they say so in their commits. With other databases, and while that connection is lost, whoever leads the
waiting looks every second.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from sqlalchemy import or_, select

from server_api.errors import UnavailableError
from server_api.storage.bulk import pieces
from server_api.storage.database import Database, UnitOfWork
from server_api.storage.notices import notify
from server_api.storage.tables import account, device, namespace, session

if TYPE_CHECKING:
    from server_api.services.hub import Hub
    from server_api.services.server import Server

SLICE_S: Final = 1.0
RECONNECT_S: Final = 1.0
_SESSIONS_A_NOTICE: Final = 200
_LOG: Final = logging.getLogger("lockstep.listening")

ENDED: Final = (
    select(session.c.session_id)
    .join(device, device.c.device_id == session.c.device_id)
    .join(account, account.c.account_id == device.c.account_id)
    .where(or_(session.c.ended_at.is_not(None), device.c.revoked_at.is_not(None), account.c.is_disabled))
)
"""Sessions that have lost their right to wait."""


def tell_moved(server: Server, work: UnitOfWork, namespace_id: bytes, seq: int) -> None:
    """Once it is committed, wake whoever waits for the namespace, in every process."""
    notify(work.connection, f"moved {namespace_id.hex()} {seq}")
    work.after_commit(lambda: server.hub.moved(namespace_id, seq))


def tell_ended(server: Server, work: UnitOfWork, session_ids: Sequence[bytes]) -> None:
    """Once it is committed, wake whoever waits in these sessions, in every process."""
    for some in pieces(session_ids, _SESSIONS_A_NOTICE):
        notify(work.connection, f"ended {' '.join(session_id.hex() for session_id in some)}")
    work.after_commit(lambda: server.hub.ended(*session_ids))


class Listener:
    """One of a process; a thread (or greenlet) of its own, only while somebody waits.

    Attributes:
        is_listening: others' changes come by themselves; nobody has to look.
    """

    def __init__(self, database: Database, hub: Hub) -> None:
        self._database = database
        self._hub = hub
        self._lock = threading.Lock()
        self._is_running = False
        self.is_listening = False

    def ensure(self) -> None:
        """Listen, if that can be done. Call it while the hub knows of a watch."""
        if not self._database.can_listen:
            return
        with self._lock:
            if self._is_running:
                return
            self._is_running = True
        threading.Thread(target=self._run, name="listener", daemon=True).start()

    def look(self) -> None:
        """Look for what others changed of all that anyone waits for. Raises: UnavailableError."""
        with self._database.read() as connection:
            for some in pieces(self._hub.topics()):
                seqs = select(namespace.c.namespace_id, namespace.c.seq).where(namespace.c.namespace_id.in_(some))
                for namespace_id, seq in connection.execute(seqs).all():
                    self._hub.moved(namespace_id, seq)
                over = ENDED.where(session.c.session_id.in_(some))
                self._hub.ended(*connection.scalars(over).all())

    def _run(self) -> None:
        is_over = False
        while not is_over:
            try:
                self._listen_until_nobody_waits()
                is_over = True
            except UnavailableError:
                _LOG.warning("the connection that tells of other processes' changes is lost: making another one")
                self.is_listening = False
                self._hub.wake_leader()  # who looks again from now on
                time.sleep(RECONNECT_S)
                is_over = self._may_end()
        self.is_listening = False

    def _listen_until_nobody_waits(self) -> None:
        with self._database.listen() as receive:
            self.look()  # for what came while nobody listened
            self.is_listening = True
            while not self._may_end():
                for notice in receive(SLICE_S):
                    self._hear(notice)

    def _may_end(self) -> bool:
        """Whether nobody waits; then the next who does starts another thread."""
        with self._lock:
            if self._hub.topics() and not self._hub.is_closed:
                return False
            self._is_running = False
            return True

    def _hear(self, notice: str) -> None:
        kind, *words = notice.split()
        if kind == "moved":
            self._hub.moved(bytes.fromhex(words[0]), int(words[1]))
        elif kind == "ended":
            self._hub.ended(*map(bytes.fromhex, words))
