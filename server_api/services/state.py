"""What the server knows about itself: its epoch and its secrets, made at the first start and kept in the database."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, insert, select, update

from server_api.domain.clock import Ids
from server_api.storage.contention import one_of_several, retried
from server_api.storage.database import Database
from server_api.storage.positions import drop_positions
from server_api.storage.tables import server_state

ACCESS: Final = "access"
"""Signs access tokens."""
BROWSER: Final = "browser"
"""Signs browsers' cookies."""
STORE: Final = "store"
"""Signs a directory store's addresses."""
WIPE: Final = "wipe"
"""Makes the proofs of wipe orders."""

SHARE: Final = "share"
"""Signs what visitors of share links show."""

_USES: Final = (ACCESS, BROWSER, STORE, WIPE, SHARE)
_EPOCH: Final = "epoch"
_HELD: Final = "collection-held"
_SECRET_BYTES: Final = 32


@retried
def ensure_state(database: Database, ids: Ids) -> dict[str, bytes]:
    """Gives a new database its epoch and secrets; the secrets by use. Idempotent."""
    wanted = {_EPOCH: ids.new_id()}
    wanted |= {f"secret.{use}": ids.new_secret(_SECRET_BYTES) for use in _USES}
    with one_of_several(), database.write() as work:
        rows = work.connection.execute(select(server_state)).all()
        known: dict[str, bytes] = {row.key: row.value for row in rows}
        for key in sorted(wanted.keys() - known.keys()):  # in one order, so that two never wait for each other
            work.connection.execute(insert(server_state).values(key=key, value=wanted[key]))
    state = wanted | known
    return {use: state[f"secret.{use}"] for use in _USES}


def read_epoch(connection: Connection) -> bytes:
    """16 bytes, renewed when the server is restored: read it in the transaction that depends on it."""
    epoch: bytes | None = connection.scalar(select(server_state.c.value).where(server_state.c.key == _EPOCH))
    if epoch is None:
        raise LookupError("the database has no epoch: it was not opened by build_server")
    return epoch


def renew_epoch(connection: Connection, ids: Ids) -> None:
    """The history was restored: every cursor that a device holds is unknown from now on, and what devices
    said they have is of another time."""
    drop_positions(connection)
    connection.execute(update(server_state).where(server_state.c.key == _EPOCH).values(value=ids.new_id()))


def read_note(connection: Connection, key: str) -> bytes | None:
    """What a job has written down for its next turn."""
    value: bytes | None = connection.scalar(select(server_state.c.value).where(server_state.c.key == key))
    return value


def write_note(connection: Connection, key: str, value: bytes) -> None:
    """Remember this, in place of what was remembered. Raises: ContentionError."""
    if not connection.execute(update(server_state).where(server_state.c.key == key).values(value=value)).rowcount:
        with one_of_several():
            connection.execute(insert(server_state).values(key=key, value=value))


def hold_collection(connection: Connection, until_ms: int) -> None:
    """Nothing is collected until then: what the restored database does not name may be what devices will name."""
    write_note(connection, _HELD, until_ms.to_bytes(8, "big"))


def held_until(connection: Connection) -> int:
    """Until when nothing is collected, ms; 0 if it is not held."""
    return int.from_bytes(read_note(connection, _HELD) or b"", "big")
