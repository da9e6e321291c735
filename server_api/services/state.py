"""What the server knows about itself: its epoch and its secrets, made at the first start and kept in the database."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from server_api.domain.clock import Ids
from server_api.services.server import Server
from server_api.storage.database import Database
from server_api.storage.tables import server_state

SECRET_BYTES = 32
EPOCH = "epoch"


def ensure_epoch(database: Database, ids: Ids) -> None:
    """Gives a new database its epoch. Idempotent."""
    with database.write() as work:
        if _read(work.connection, EPOCH) is None:
            work.connection.execute(insert(server_state).values(key=EPOCH, value=ids.new_id()))


def read_epoch(connection: Connection) -> bytes:
    """16 bytes, renewed when the server is restored: read it in the transaction that depends on it."""
    epoch = _read(connection, EPOCH)
    if epoch is None:
        raise LookupError("the database has no epoch: the server was not started properly")
    return epoch


def ensure_secret(database: Database, ids: Ids, name: str) -> bytes:
    """The secret of this name (``tokens``, ``store``, ``web``), made when first asked for."""
    with database.read() as connection:
        found = _read(connection, f"secret.{name}")
    if found is not None:
        return found
    with database.write() as work:
        found = _read(work.connection, f"secret.{name}")
        if found is None:
            found = ids.new_secret(SECRET_BYTES)
            work.connection.execute(insert(server_state).values(key=f"secret.{name}", value=found))
    return found


def secret(server: Server, name: str) -> bytes:
    """As ``ensure_secret``, read once a process."""
    known = server.secrets.get(name)
    if known is None:
        known = server.secrets[name] = ensure_secret(server.database, server.ids, name)
    return known


def _read(connection: Connection, key: str) -> bytes | None:
    value: bytes | None = connection.scalar(select(server_state.c.value).where(server_state.c.key == key))
    return value
