"""The sending half of an upload: register a pack, put its bytes into the store, have the server seal it. In workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from server_api.contract.messages import RegisteredPack
from sync_engine.core.packing import Pack
from sync_engine.engine.limits import Patience
from sync_engine.errors import CorruptTransfer, RemoteError, UrlExpired
from sync_engine.ports import Remote, Store

_PIECE_BYTES: Final = 64 * 1024
"""Sent between two looks at whether it is wanted."""
_ROUNDS: Final = 4
"""A pack that is not there, or not as declared, is sent anew so often."""


class Shipping:
    """Sends packs. What it begins and ends is told through ``begun``, in the worker's thread."""

    def __init__(self, remote: Remote, store: Store, begun: Callable[[bytes], None]) -> None:
        self._remote = remote
        self._store = store
        self._begun = begun

    def ship(self, pack: Pack, patience: Patience, ended: list[bytes], go_on: Callable[[float], None]) -> None:
        """Returns when the pack is sealed. Ids of packs that came to an end, well or not, are added to ``ended``.

        ``go_on`` is told again and again which part of the pack went, and raises ``CalledOff`` if nobody wants it any
        more.

        Raises: RemoteError; CalledOff.
        """
        failure: RemoteError = CorruptTransfer(f"a pack of {pack.declared.size} bytes did not arrive as declared")
        for _ in range(_ROUNDS):
            go_on(0.0)
            registered = self._register(pack, patience)
            try:
                patience.attempt(partial(self._put, registered, pack, go_on))
            except (UrlExpired, CorruptTransfer) as error:  # a slow line, a sleeping computer, a flipped bit
                failure = error
                ended.append(registered.pack_id)
                continue
            answer = patience.attempt(partial(self._remote.seal_packs, [registered.pack_id]))
            ended.append(registered.pack_id)
            if registered.pack_id in answer.sealed:
                return
        raise failure

    def _put(self, registered: RegisteredPack, pack: Pack, go_on: Callable[[float], None]) -> None:
        self._store.put(registered.put, _pieces(pack, go_on), pack.declared.size)

    def _register(self, pack: Pack, patience: Patience) -> RegisteredPack:
        (registered,) = patience.attempt(partial(self._remote.register_packs, [pack.declared]))
        self._begun(registered.pack_id)
        return registered


def _pieces(pack: Pack, go_on: Callable[[float], None]) -> Iterator[memoryview]:
    sent = 0
    for part in pack.parts:
        view = memoryview(part)
        for start in range(0, len(view), _PIECE_BYTES):
            go_on(sent / pack.declared.size)
            piece = view[start : start + _PIECE_BYTES]
            yield piece
            sent += len(piece)
    go_on(1.0)
