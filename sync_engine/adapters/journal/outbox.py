"""How a commit that is under way is kept."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import astuple, replace

from server_api.contract import messages
from server_api.contract.reading import from_msgpack
from sync_engine.adapters.journal.rows import narrowed, widened
from sync_engine.core.model import LocalNode, Signature, SyncedNode
from sync_engine.ports import Outbox


class _StoredOutbox(Struct, array_like=True):
    """An ``Outbox``: per operation a local node, or ``None`` and a synced one by its index."""

    request: messages.CommitRequest
    local: list[LocalNode | None]
    synced: dict[int, SyncedNode]
    signatures: list[list[Any] | None] | None = None
    """Those of the local nodes, ``widened``, if one has a number beyond 64 bits."""


_NO_SIGNATURE: Final = Signature(0, 0, None, 0, 0, 0)


def encode_outbox(outbox: Outbox) -> bytes:
    stored = _StoredOutbox(
        outbox.request,
        [node if isinstance(node, LocalNode) else None for node in outbox.nodes],
        {index: node for index, node in enumerate(outbox.nodes) if isinstance(node, SyncedNode)},
    )
    try:
        return msgspec.msgpack.encode(stored)
    except OverflowError:
        stored.signatures = [None if node is None else list(widened(astuple(node.signature))) for node in stored.local]
        stored.local = [None if node is None else replace(node, signature=_NO_SIGNATURE) for node in stored.local]
        return msgspec.msgpack.encode(stored)


def decode_outbox(body: bytes) -> Outbox:
    stored = from_msgpack(body, _StoredOutbox)
    local = stored.local
    if stored.signatures is not None:
        local = [
            replace(node, signature=Signature(*map(narrowed, wide))) if node and wide else None
            for node, wide in zip(local, stored.signatures, strict=True)
        ]
    return Outbox(stored.request, [node or stored.synced[index] for index, node in enumerate(local)])
