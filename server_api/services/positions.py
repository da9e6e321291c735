"""Which devices have a file: each says itself how far it has come, and what of that it does not have."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from server_api.contract.messages import DeviceId, NamespaceId
from server_api.contract.positions import Keeper, PositionTold, TellPosition
from server_api.domain.nodes import Node, seq_of
from server_api.errors import ForbiddenError, UnknownCursorError
from server_api.services.limits import POSITION
from server_api.services.server import Caller, Server
from server_api.services.state import read_epoch
from server_api.storage.contention import retried
from server_api.storage.feed import read_revision_id
from server_api.storage.positions import lock_number, read_positions, write_position


def take_position(server: Server, caller: Caller, namespace_id: NamespaceId, told: TellPosition) -> PositionTold:
    """Keep what the caller's device says of itself, in place of what it said before.

    Raises: ForbiddenError (a browser keeps nothing), UnknownCursorError, RateLimitedError.
    """
    if caller.device_kind != "device":
        raise ForbiddenError("A browser keeps no files.")
    server.limiter.take(POSITION, caller.device_id.hex())
    return _keep(server, caller, namespace_id, told)


@retried
def _keep(server: Server, caller: Caller, namespace_id: NamespaceId, told: TellPosition) -> PositionTold:
    with server.database.write() as work:
        connection = work.connection
        number = lock_number(connection, namespace_id, caller.device_id)
        seq = seq_of(told.revision_id)
        if read_epoch(connection) != told.epoch or read_revision_id(connection, namespace_id, seq) != told.revision_id:
            raise UnknownCursorError
        if told.number <= number:
            return PositionTold(is_kept=False, number=number)
        write_position(
            connection, namespace_id, caller.device_id,
            number=told.number, seq=seq, lacks=told.without, told_at=server.clock.now_ms(),
        )  # fmt: skip
        return PositionTold(is_kept=True, number=told.number)


def read_keepers(
    connection: Connection, namespace_id: NamespaceId, along: Sequence[Node], asking: DeviceId
) -> list[Keeper]:
    """Devices that have the file at the end of a path as it is now; in doubt one is left out.

    A device counts from the newest change on of the file and of all folders above it: at that time the file lay below
    the same folders for it as it does now. So what it said of them holds, whatever was moved in or out of them before.
    """
    newest = max(node.seq for node in along)
    lineage = {node.node_id for node in along}
    return [
        Keeper(
            device_id=said.device_id,
            name=said.name,
            told_at=said.told_at,
            is_current=said.device_id == asking,
        )
        for said in read_positions(connection, namespace_id, newest)
        if said.lacks is not None and said.lacks.isdisjoint(lineage)
    ]
